/** The tables that a look is drawn by: made with the functions of `widgets/draw`, so that card and processor cannot differ. */
import { DTYPES, type DType } from "../../../../src/core/dtype.js";
import { PALETTE, rgb } from "../../../../src/core/phases.js";
import {
  colourTable,
  DIM,
  EDGE,
  fieldLevel,
  fieldTints,
  greyOf,
  type LabelPlane,
  type Look,
  tintOf,
} from "../../../draw/colours.js";
import type { Painted } from "../pane.js";
import { levelBounds, thresholdPlace } from "./levels.js";
import { MOST_THRESHOLDS, OVERLAYS } from "./shader.js";

export interface Tables {
  readonly overlay: number;
  readonly wide: boolean;
  /** 256 × 256 colours by value, of types with at most 16 bits. */
  readonly colours: Uint8Array<ArrayBuffer> | undefined;
  /** Rows of 256 colours. */
  readonly tints: Uint8Array<ArrayBuffer>;
  readonly firstTint: number;
  readonly tintCount: number;
  readonly bounds: readonly [grey: Uint32Array<ArrayBuffer>, field: Uint32Array<ArrayBuffer>];
  readonly greyScale: readonly [number, number];
  readonly fieldScale: readonly [number, number];
  readonly thresholds: Uint32Array<ArrayBuffer>;
  readonly thresholdCount: number;
  /** Row of tints by label, `rowsWidth` labels in a row. */
  readonly rows: Uint16Array<ArrayBuffer>;
  readonly rowsWidth: number;
}

/** Labels with colours of their own beyond this are drawn by the processor. */
const MOST_LABELS = 2 ** 18;
const ROWS_WIDTH = 512;
/** Every card takes textures of this width. */
const LIT_WIDTH = 2048;
const NONE = new Uint32Array(256);

const bytes = (rows: readonly Uint32Array[]): Uint8Array<ArrayBuffer> => {
  const out = new Uint32Array(256 * rows.length);
  for (const [k, row] of rows.entries()) out.set(row, 256 * k);
  return new Uint8Array(out.buffer);
};

const scaleOf = ([low, high]: readonly [number, number]): readonly [number, number] => [low, 255 / (high - low)];

/** For each label the row of its tint; undefined where a label is too large for a table. */
function rowsOf(phases: LabelPlane["phases"], firstTint: number): Uint16Array<ArrayBuffer> | undefined {
  const most = Math.max(0, ...phases.map(({ label }) => label));
  if (most >= MOST_LABELS) return undefined;
  const rows = new Uint16Array(ROWS_WIDTH * Math.ceil((most + 1) / ROWS_WIDTH));
  for (const [k, { label }] of phases.entries()) if (label >= 0) rows[label] = firstTint + k;
  return rows;
}

/** What tables of looks are the same by: all but the selection and the outline, which change nothing in them. */
export function keyOf({ plane, over, overFrom, look }: Painted): string {
  const { window, thresholds, phases, opacity } = look;
  const written = (table: Look["phases"]): string => table.map(({ label, colour }) => label + colour).join();
  const above = over === undefined ? "" : "phases" in over ? `labels ${written(over.phases)}` : `field ${over.range}`;
  return [window, thresholds, opacity, written(phases), plane.dtype, overFrom?.dtype, above].join(" / ");
}

/** What is selected, as rows of a table on the card; undefined where it would have more rows than a texture can have. */
export function litRows(lit: Uint8Array, mostRows: number): { rows: Uint8Array; width: number } | undefined {
  const count = Math.max(1, Math.ceil(lit.length / LIT_WIDTH));
  if (count > mostRows) return undefined;
  const rows = new Uint8Array(LIT_WIDTH * count);
  rows.set(lit);
  return { rows, width: LIT_WIDTH };
}

/** What the shader needs for a plane; undefined where only the processor draws it right. */
export function tablesOf({ plane, over, look }: Painted, over_: DType | undefined): Tables | undefined {
  const { dtype } = plane;
  const wide = DTYPES[dtype].bytes > 2;
  const shown = look.opacity > 0 ? over : undefined;
  if (!(look.window[1] > look.window[0])) return undefined;
  const plain = tintOf([0, 0, 0], 0);
  const rows: Uint32Array[] = [plain];
  const table = over === undefined ? look : { ...look, thresholds: [] };
  const common = {
    wide,
    colours: wide ? undefined : coloursOf(dtype, table),
    firstTint: 1,
    greyScale: scaleOf(look.window),
    fieldScale: [0, 0] as readonly [number, number],
    rows: new Uint16Array(ROWS_WIDTH),
    rowsWidth: ROWS_WIDTH,
  };
  const grey = wide ? levelBounds(dtype, (value) => greyOf(value, look.window)) : NONE;
  const thresholds = wide && over === undefined && look.opacity > 0 ? placesOf(look.thresholds, dtype) : NO_THRESHOLDS;
  if (thresholds === undefined) return undefined;
  if (shown === undefined) {
    if (thresholds.count >= 0)
      for (const phase of look.phases.slice(thresholds.first)) rows.push(tintOf(rgb(phase.colour), look.opacity));
    return {
      ...common,
      overlay: OVERLAYS.none,
      tints: bytes(rows),
      tintCount: rows.length - 1,
      bounds: [grey, NONE],
      thresholds: thresholds.places,
      thresholdCount: thresholds.count,
    };
  }
  const none = { thresholds: NO_THRESHOLDS.places, thresholdCount: -1 };
  if (!("phases" in shown)) {
    if (over_ === undefined || !(shown.range[1] > shown.range[0])) return undefined;
    return {
      ...common,
      ...none,
      overlay: OVERLAYS.field,
      tints: bytes([plain, ...fieldTints(look.opacity)]),
      tintCount: 256,
      bounds: [grey, levelBounds(over_, (value) => fieldLevel(value, shown.range))],
      fieldScale: scaleOf(shown.range),
    };
  }
  // Labels are whole numbers; what else somebody has made of them is drawn as it always was.
  if (over_ === undefined || over_ === "float32") return undefined;
  const numbered = shown.phases.length === 0;
  const colours = numbered ? PALETTE : shown.phases.map(({ colour }) => colour);
  const shared = [plain, DIM, new Uint32Array(256).fill(EDGE)];
  const labels = numbered ? common.rows : rowsOf(shown.phases, shared.length);
  if (labels === undefined) return undefined;
  return {
    ...common,
    ...none,
    overlay: numbered ? OVERLAYS.numbered : OVERLAYS.labels,
    tints: bytes([...shared, ...colours.map((colour) => tintOf(rgb(colour), look.opacity))]),
    firstTint: shared.length,
    tintCount: colours.length,
    bounds: [grey, NONE],
    rows: labels,
  };
}

function coloursOf(dtype: DType, look: Look): Uint8Array<ArrayBuffer> {
  const out = new Uint32Array(2 ** 16);
  out.set(colourTable(dtype, look)!.colours);
  return new Uint8Array(out.buffer);
}

interface Places {
  readonly places: Uint32Array<ArrayBuffer>;
  /** −1: there are none, and no phase has a colour. */
  readonly count: number;
  /** Thresholds that lie below all values. */
  readonly first: number;
}

const NO_THRESHOLDS: Places = { places: new Uint32Array(MOST_THRESHOLDS), count: -1, first: 0 };

function placesOf(thresholds: readonly number[], dtype: DType): Places | undefined {
  if (thresholds.length === 0) return NO_THRESHOLDS;
  if (thresholds.length > MOST_THRESHOLDS) return undefined;
  const found = thresholds.map((threshold) => thresholdPlace(threshold, dtype));
  const first = found.filter((place) => place === undefined).length;
  const places = new Uint32Array(MOST_THRESHOLDS);
  places.set(found.slice(first) as number[]);
  return { places, count: found.length - first, first };
}
