/** The pictures that stand in a notebook where no kernel runs: drawn on the CPU, without DOM and without Node. */
import type { DType, Voxels } from "../../src/core/dtype.js";
import { rgb } from "../../src/core/phases.js";
import type { Axis, Region, Shape, Triple } from "../../src/core/shape.js";
import { drawPlane, type FieldPlane, type LabelPlane, type Look, outlineLabels, phaseOf } from "./colours.js";
import { type Layout, layoutPanes, type Pane, SIDES, scaleBar } from "./layout.js";

/** An RGBA picture. */
export interface Picture {
  readonly pixels: Uint8ClampedArray;
  readonly width: number;
  readonly height: number;
}

/** A plane of the volume, rows after rows as `Volume.plane` gives them. */
export interface Plane {
  readonly axis: Axis;
  readonly values: Voxels;
  readonly height: number;
  readonly width: number;
  readonly over?: LabelPlane | FieldPlane;
  /** Labels of which only the edges are drawn, over everything else. */
  readonly outlined?: LabelPlane;
  /** Another volume's plane, seen from this share of the width on. */
  readonly behind?: {
    readonly values: Voxels;
    readonly dtype: DType;
    readonly window: readonly [low: number, high: number];
    readonly from: number;
    readonly over?: LabelPlane;
  };
}

type Colour = readonly [r: number, g: number, b: number];

const WHITE: Colour = [255, 255, 255];
const INK: Colour = [40, 40, 40];
const CURSOR: Colour = [255, 220, 0];

export function blank(width: number, height: number): Picture {
  return { pixels: new Uint8ClampedArray(4 * width * height).fill(255), width, height };
}

function fill(picture: Picture, x: number, y: number, width: number, height: number, colour: Colour, alpha = 1): void {
  const { pixels } = picture;
  const right = Math.min(picture.width, Math.round(x + width));
  const bottom = Math.min(picture.height, Math.round(y + height));
  for (let row = Math.max(0, Math.round(y)); row < bottom; row++)
    for (let column = Math.max(0, Math.round(x)); column < right; column++) {
      const at = 4 * (row * picture.width + column);
      for (let c = 0; c < 3; c++) pixels[at + c] = pixels[at + c]! + (colour[c]! - pixels[at + c]!) * alpha;
    }
}

/** Where there is no volume: neither black nor white, as voxels may be. */
export const NOTHING: Colour = [52, 56, 66];

/** One colour in a pane. */
export const fillPane = (picture: Picture, { x, y, width, height }: Pane, colour: Colour): void =>
  fill(picture, x, y, width, height, colour);

/** The other volume's plane: grey, with its labels where it has some. */
function drawnBehind({ values, dtype, window, over }: NonNullable<Plane["behind"]>, look: Look): Uint8ClampedArray {
  const own: Look = { ...look, window, thresholds: [], opacity: over === undefined ? 0 : look.opacity };
  return drawPlane(values, dtype, own, new Uint8ClampedArray(4 * values.length), over);
}

/** Draws a plane into its pane; each pixel shows the voxel under its centre. */
export function paint(picture: Picture, pane: Pane, plane: Plane, dtype: DType, look: Look): void {
  const drawn = drawPlane(plane.values, dtype, look, new Uint8ClampedArray(4 * plane.values.length), plane.over);
  if (plane.outlined !== undefined) outlineLabels(drawn, plane.outlined);
  const { behind } = plane;
  const front = new Uint32Array(drawn.buffer);
  const back = behind && new Uint32Array(drawnBehind(behind, look).buffer);
  const to = new Uint32Array(picture.pixels.buffer);
  // The plane across x comes with rows of z, but z runs to the right.
  const turned = pane.axis === "x";
  const [down, right] = turned ? [plane.width, plane.height] : [plane.height, plane.width];
  for (let y = 0; y < pane.height; y++) {
    const row = Math.floor(((y + 0.5) * down) / pane.height);
    for (let x = 0; x < pane.width; x++) {
      const column = Math.floor(((x + 0.5) * right) / pane.width);
      const at = turned ? column * plane.width + row : row * plane.width + column;
      const seen = back !== undefined && x >= behind!.from * pane.width ? back : front;
      to[(pane.y + y) * picture.width + pane.x + x] = seen[at]!;
    }
  }
}

/** The outline of a box in a pane. */
function frame(picture: Picture, pane: Pane, { start, stop }: Region, shape: Shape): void {
  const { right, down } = SIDES[pane.axis];
  const [wide, tall] = [pane.width / shape[right], pane.height / shape[down]];
  const [x, y] = [pane.x + start[right] * wide, pane.y + start[down] * tall];
  const [width, height] = [(stop[right] - start[right]) * wide, (stop[down] - start[down]) * tall];
  for (const [line, colour] of [
    [3, INK],
    [1, WHITE],
  ] as const) {
    const out = (line - 1) / 2;
    fill(picture, x - out, y - out, width + 2 * out, line, colour);
    fill(picture, x - out, y + height - 1 - out, width + 2 * out, line, colour);
    fill(picture, x - out, y - out, line, height + 2 * out, colour);
    fill(picture, x + width - 1 - out, y - out, line, height + 2 * out, colour);
  }
}

/** Pixels of a picture of slices, at most. */
export const PICTURE_SIZE = { width: 640, height: 520 };

/** What a picture of slices shows. */
export interface SlicesScene {
  readonly shape: Shape;
  readonly dtype: DType;
  readonly spacing: Triple | null;
  readonly cursor: Triple;
  readonly look: Look;
  /** Box of interest, drawn as a frame. */
  readonly region?: Region | null;
}

/**
 * Three planes with the cursor's lines and a scale bar.
 * @param scale pixels for each pixel of the screen: lines grow with the picture
 * @returns the picture, and its scale bar: the length in metres (voxels where the voxel size is unknown), and where it lies
 */
export function slicesPicture(
  scene: SlicesScene,
  planes: readonly Plane[],
  most = PICTURE_SIZE,
  scale = 1,
): { picture: Picture; layout: Layout; bar: Bar } {
  const largest = { width: most.width * scale, height: most.height * scale };
  const layout = layoutPanes(scene.shape, scene.spacing, largest);
  const picture = blank(layout.width, layout.height);
  for (const pane of layout.panes) {
    const plane = planes.find(({ axis }) => axis === pane.axis);
    if (plane !== undefined) paint(picture, pane, plane, scene.dtype, scene.look);
    const { right, down } = SIDES[pane.axis];
    if (scene.region) frame(picture, pane, scene.region, scene.shape);
    if (layout.panes.length === 1) continue;
    const x = pane.x + ((scene.cursor[right] + 0.5) * pane.width) / scene.shape[right];
    const y = pane.y + ((scene.cursor[down] + 0.5) * pane.height) / scene.shape[down];
    fill(picture, x - scale / 2, pane.y, scale, pane.height, CURSOR, 0.6);
    fill(picture, pane.x, y - scale / 2, pane.width, scale, CURSOR, 0.6);
  }
  return { picture, layout, bar: drawBar(picture, layout.panes[0]!, layout.scale, scale) };
}

/** A scale bar in a picture. */
export interface Bar {
  /** In metres, or in voxels where the voxel size is unknown. */
  readonly length: number;
  /** Its left end, its top and its width in the picture. */
  readonly x: number;
  readonly y: number;
  readonly pixels: number;
}

/** A scale bar in the lower right corner of a pane. @param pen pixels for each pixel of the screen: the bar grows with the picture */
export function drawBar(picture: Picture, pane: Pane, scale: number, pen = 1): Bar {
  const { length, pixels } = scaleBar({ scale }, pane.width);
  const at = { x: pane.x + pane.width - pixels - 10 * pen, y: pane.y + pane.height - 12 * pen };
  fill(picture, at.x - pen, at.y - pen, pixels + 2 * pen, 6 * pen, INK);
  fill(picture, at.x, at.y, pixels, 4 * pen, WHITE);
  return { length, pixels, ...at };
}

/**
 * Counts of a histogram: bin k reaches from `low + k · step` to the next. Where each bin is one whole grey value
 * (`exact`), that value is its middle.
 */
export interface Counts {
  readonly counts: ArrayLike<number>;
  readonly low: number;
  readonly step: number;
  readonly exact: boolean;
}

/** Middle of a bin. */
const middle = ({ low, step }: Counts, k: number): number => low + (k + 0.5) * step;

/** Where a threshold stands on the axis: it belongs to the phase below it, so a whole one stands behind its grey value. */
export const edgeOf = (threshold: number, exact: boolean): number => (exact ? threshold + 0.5 : threshold);

/** Fewer, wider bins, so that no bar is thinner than a pixel: `most` at most. Sums are kept. */
export function coarser(histogram: Counts, most: number): Counts {
  const { counts, step } = histogram;
  const join = Math.max(1, Math.ceil(counts.length / most));
  if (join === 1) return histogram;
  const out = new Float64Array(Math.ceil(counts.length / join));
  for (let k = 0; k < counts.length; k++) out[Math.floor(k / join)]! += counts[k]!;
  return { ...histogram, counts: out, step: step * join };
}

/**
 * Share of the counted voxels in each phase; NaN and voxels outside were not counted. Exact where each bin is one grey
 * value, else to the bin that a threshold cuts.
 */
export function fractionsOf(histogram: Counts, thresholds: readonly number[]): number[] {
  const { counts } = histogram;
  const sums = new Array<number>(thresholds.length + 1).fill(0);
  let total = 0;
  for (let k = 0; k < counts.length; k++) {
    sums[phaseOf(middle(histogram, k), thresholds)]! += counts[k]!;
    total += counts[k]!;
  }
  return sums.map((sum) => (total === 0 ? 0 : sum / total));
}

/** A histogram as bars, coloured by phase, with a line at each threshold. */
export function histogramPicture(
  histogram: Counts,
  look: Pick<Look, "thresholds" | "phases">,
  scale: "linear" | "log",
  size = { width: 640, height: 180 },
): Picture {
  const bars = coarser(histogram, size.width);
  const { counts, low, step } = bars;
  const picture = blank(size.width, size.height);
  const height = (count: number): number => (scale === "log" ? Math.log10(count + 1) : count);
  let highest = 0;
  for (let k = 0; k < counts.length; k++) highest = Math.max(highest, height(counts[k]!));
  const colours = look.phases.map((phase) => rgb(phase.colour));
  const room = size.height - 8;
  const bar = size.width / counts.length;
  for (let k = 0; k < counts.length; k++) {
    const tall = highest === 0 ? 0 : (height(counts[k]!) / highest) * room;
    const phase = phaseOf(middle(bars, k), look.thresholds);
    const colour = look.thresholds.length === 0 ? ([110, 110, 110] as const) : (colours[phase] ?? INK);
    fill(picture, k * bar, size.height - 2 - tall, Math.max(1, bar), tall, colour);
  }
  fill(picture, 0, size.height - 2, size.width, 2, INK);
  for (const threshold of look.thresholds) {
    const x = ((edgeOf(threshold, histogram.exact) - low) / step) * bar;
    fill(picture, x - 1, 0, 2, size.height, INK);
  }
  return picture;
}

/** White paper with lines at its left and lower side, for a plot between them. @param draw gets the paper without the lines */
export function framed(width: number, height: number, draw: (inside: Picture) => void): Picture {
  const out = blank(width, height);
  const inside = blank(width - 2, height - 2);
  draw(inside);
  for (let y = 0; y < inside.height; y++) {
    const row = inside.pixels.subarray(4 * y * inside.width, 4 * (y + 1) * inside.width);
    out.pixels.set(row, 4 * (y * width + 2));
  }
  fill(out, 0, 0, 2, height, INK);
  fill(out, 0, height - 2, width, 2, INK);
  return out;
}

/** Pictures below each other, with a gap. */
export function stacked(pictures: readonly Picture[], gap = 8): Picture {
  const width = Math.max(...pictures.map((picture) => picture.width));
  const height = pictures.reduce((sum, picture) => sum + picture.height, gap * (pictures.length - 1));
  const out = blank(width, height);
  let top = 0;
  for (const picture of pictures) {
    for (let y = 0; y < picture.height; y++) {
      const row = picture.pixels.subarray(4 * y * picture.width, 4 * (y + 1) * picture.width);
      out.pixels.set(row, 4 * (top + y) * width);
    }
    top += picture.height + gap;
  }
  return out;
}

/** Pictures of one size in rows of so many, with a gap. */
export function besides(pictures: readonly Picture[], columns: number, gap = 6): Picture {
  const [{ width, height }] = pictures as readonly [Picture, ...Picture[]];
  const rows = Math.ceil(pictures.length / columns);
  const out = blank(columns * (width + gap) - gap, rows * (height + gap) - gap);
  for (const [k, { pixels }] of pictures.entries())
    for (let y = 0; y < height; y++) {
      const [top, left] = [Math.floor(k / columns) * (height + gap) + y, (k % columns) * (width + gap)];
      out.pixels.set(pixels.subarray(4 * y * width, 4 * (y + 1) * width), 4 * (top * out.width + left));
    }
  return out;
}
