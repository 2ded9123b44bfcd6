/** How values become colours: the one place that both the page and the picture in the notebook use. */
import { DTYPES, type DType, type Voxels } from "../../src/core/dtype.js";
import { PALETTE, type Phase, rgb } from "../../src/core/phases.js";

/** How a plane is to look. */
export interface Look {
  /** Values shown as black and as white. */
  readonly window: readonly [low: number, high: number];
  /** Ascending; phase k holds the values > thresholds[k − 1] and ≤ thresholds[k]. Empty: no colour. */
  readonly thresholds: readonly number[];
  /** Colours of the thresholds' phases by position, or of a label plane by label. */
  readonly phases: readonly Phase[];
  /** 0 (only grey) to 1 (only colour). */
  readonly opacity: number;
  /** Whether only the edges of labels are coloured. Default false. */
  readonly outline?: boolean;
  /**
   * By label, 1: selected. Labels that are selected keep their colour and get a white edge; all other voxels are half as bright and have no
   * colour. Undefined: nothing is selected, and all is shown alike.
   */
  readonly lit?: Uint8Array | undefined;
}

/** The phase of a value: the number of thresholds below it. NaN has none and gets −1. */
export function phaseOf(value: number, thresholds: readonly number[]): number {
  if (Number.isNaN(value)) return -1;
  let phase = 0;
  while (phase < thresholds.length && value > thresholds[phase]!) phase++;
  return phase;
}

/** Little-endian RGBA of one value. */
function mixed(grey: number, colour: readonly [number, number, number] | undefined, opacity: number): number {
  const part = (of: number): number => Math.round(grey + (of - grey) * opacity);
  const [r, g, b] = colour === undefined ? [grey, grey, grey] : [part(colour[0]), part(colour[1]), part(colour[2])];
  return ((255 << 24) | (b << 16) | (g << 8) | r) >>> 0;
}

/** What each grey is without a colour. */
const GREYS = Uint32Array.from({ length: 256 }, (_, grey) => mixed(grey, undefined, 0));

/** The grey of a value, 0 to 255; NaN is black. */
export function greyOf(value: number, window: readonly [number, number]): number {
  const [low, high] = window;
  const grey = Math.round(((value - low) * 255) / (high - low));
  return grey > 0 ? Math.min(255, grey) : 0;
}

/** The colour of any value under a look. */
function colourOf(value: number, look: Look, colours: readonly (readonly [number, number, number])[]): number {
  const coloured = look.thresholds.length > 0 && look.opacity > 0;
  const phase = coloured ? phaseOf(value, look.thresholds) : -1;
  return mixed(greyOf(value, look.window), phase < 0 ? undefined : colours[phase], look.opacity);
}

/** The colour of each value, from `first` on. */
export interface ColourTable {
  readonly first: number;
  readonly colours: Uint32Array;
}

/**
 * A table from value to colour for a type of at most 16 bits: the threshold overlay is exact to one grey level, and a
 * plane takes one look-up a pixel however many thresholds there are. Undefined for wider types.
 */
export function colourTable(dtype: DType, look: Look): ColourTable | undefined {
  const { bytes, min, max } = DTYPES[dtype];
  if (bytes > 2) return undefined;
  const coloured = look.thresholds.length > 0 && look.opacity > 0;
  // Within a phase the colour hangs on the grey alone.
  const tints = look.phases.map((phase) => tintOf(rgb(phase.colour), look.opacity));
  const colours = new Uint32Array(max - min + 1);
  for (let k = 0, phase = 0; k < colours.length; k++) {
    while (phase < look.thresholds.length && min + k > look.thresholds[phase]!) phase++;
    const tint = (coloured ? tints[phase] : undefined) ?? GREYS;
    colours[k] = tint[greyOf(min + k, look.window)]!;
  }
  return { first: min, colours };
}

/** A plane of labels that lies over a plane of values. */
export interface LabelPlane {
  readonly values: Voxels;
  readonly phases: readonly Phase[];
  /** Voxels in a row. */
  readonly width: number;
}

/** A plane of a field over a plane of values. */
export interface FieldPlane {
  readonly values: Voxels;
  /** Values that are shown in the first and in the last colour; NaN is not. */
  readonly range: readonly [low: number, high: number];
}

/** Corners of the colour map viridis, which grows evenly for all eyes. @see N. Smith & S. van der Walt, matplotlib (CC0) */
const VIRIDIS = [
  "#440154",
  "#482878",
  "#3e4989",
  "#31688e",
  "#26828e",
  "#1f9e89",
  "#35b779",
  "#6ece58",
  "#b5de2b",
  "#fde725",
];

/** The colour of a share from 0 to 1 of a field's range. */
export function fieldColour(share: number): [number, number, number] {
  const at = Math.min(1, Math.max(0, share)) * (VIRIDIS.length - 1);
  const k = Math.min(VIRIDIS.length - 2, Math.floor(at));
  const [from, to] = [rgb(VIRIDIS[k]!), rgb(VIRIDIS[k + 1]!)];
  return from.map((value, channel) => Math.round(value + (to[channel]! - value) * (at - k))) as [
    number,
    number,
    number,
  ];
}

/**
 * Draws a plane: RGBA, 4 bytes a pixel, row after row.
 * @param out is filled; its length is 4 · values.length
 * @param over replaces the thresholds' colours. Labels without a phase stay grey. Where there are no phases at all, as of numbered
 * particles, each number but 0 has a colour, so that neighbours can mostly be told apart
 * @param table of the look, where several planes share it
 */
export function drawPlane(
  values: Voxels,
  dtype: DType,
  look: Look,
  out: Uint8ClampedArray,
  over?: LabelPlane | FieldPlane,
  table: ColourTable | undefined = colourTable(dtype, over === undefined ? look : { ...look, thresholds: [] }),
): Uint8ClampedArray {
  const pixels = new Uint32Array(out.buffer, out.byteOffset, values.length);
  if (table !== undefined) {
    const { first, colours } = table;
    for (let k = 0; k < values.length; k++) pixels[k] = colours[values[k]! - first]!;
  } else {
    const base: Look = over === undefined ? look : { ...look, thresholds: [] };
    const phases = base.phases.map((phase) => rgb(phase.colour));
    for (let k = 0; k < values.length; k++) pixels[k] = colourOf(values[k]!, base, phases);
  }
  if (over !== undefined && look.opacity > 0) {
    if ("phases" in over) overlay(pixels, over, look);
    else overlayField(pixels, over, look.opacity);
  }
  return out;
}

/** Draws the edges of labels in their full colours over what is drawn already, and does so within 0. */
export function outlineLabels(out: Uint8ClampedArray, { values, phases, width }: LabelPlane): void {
  const pixels = new Uint32Array(out.buffer, out.byteOffset, values.length);
  const colours = new Map(phases.map(({ label, colour }) => [label, mixed(0, rgb(colour), 1)] as const));
  for (let k = 0; k < values.length; k++) {
    const colour = values[k] === 0 ? undefined : colours.get(values[k]!);
    if (colour !== undefined && atEdge(values, width, k)) pixels[k] = colour;
  }
}

/** Numbers that follow each other become numbers that do not. */
export const scattered = (label: number): number => Math.imul(label, 2654435761) >>> 16;

/** What each grey becomes under a colour: little-endian RGBA. */
export function tintOf(colour: readonly [number, number, number], opacity: number): Uint32Array {
  return Uint32Array.from({ length: 256 }, (_, grey) => mixed(grey, colour, opacity));
}

/** What each grey becomes under each of the 256 colours of a field. */
export const fieldTints = (opacity: number): Uint32Array[] =>
  Array.from({ length: 256 }, (_, k) => tintOf(fieldColour(k / 255), opacity));

/** The colour, 0 to 255, of a value of a field; NaN has none and stays NaN. */
export function fieldLevel(value: number, [low, high]: FieldPlane["range"]): number {
  const share = Math.round((value - low) * (high > low ? 255 / (high - low) : 0));
  return Math.min(255, Math.max(0, share));
}

function overlayField(pixels: Uint32Array, { values, range }: FieldPlane, opacity: number): void {
  const tints = fieldTints(opacity);
  for (let k = 0; k < values.length; k++) {
    const level = fieldLevel(values[k]!, range);
    if (!Number.isNaN(level)) pixels[k] = tints[level]![pixels[k]! & 255]!;
  }
}

/** Whether a voxel of a plane has a neighbour, of 4, with another label. */
function atEdge(values: Voxels, width: number, k: number): boolean {
  const label = values[k];
  const column = k % width;
  return (
    (column > 0 && values[k - 1] !== label) ||
    (column < width - 1 && values[k + 1] !== label) ||
    (k >= width && values[k - width] !== label) ||
    (k + width < values.length && values[k + width] !== label)
  );
}

/** What each grey becomes outside of the selection: little-endian RGBA. */
export const DIM = Uint32Array.from({ length: 256 }, (_, grey) => mixed(Math.round(grey / 2), undefined, 0));
/** Edges of what is selected: nothing beside them, at half its brightness, is as bright. */
export const EDGE = 0xffffffff;

function overlay(
  pixels: Uint32Array,
  { values, phases, width }: LabelPlane,
  { opacity, outline = false, lit }: Look,
): void {
  const tints = new Map(phases.map((phase) => [phase.label, tintOf(rgb(phase.colour), opacity)] as const));
  const numbered = phases.length === 0 ? PALETTE.map((colour) => tintOf(rgb(colour), opacity)) : undefined;
  // Labels come in runs: one look-up for each.
  let label = Number.NaN;
  let tint: Uint32Array | undefined;
  let dim = false;
  for (let k = 0; k < values.length; k++) {
    if (values[k] !== label) {
      label = values[k]!;
      dim = lit !== undefined && lit[label] !== 1;
      tint = dim
        ? DIM
        : numbered === undefined || label === 0
          ? tints.get(label)
          : numbered[scattered(label) % numbered.length];
    }
    if (dim || (!outline && lit === undefined)) {
      if (tint !== undefined) pixels[k] = tint[pixels[k]! & 255]!;
      continue;
    }
    const edge = atEdge(values, width, k);
    if (edge && !outline) pixels[k] = EDGE;
    else if ((edge || !outline) && tint !== undefined) pixels[k] = tint[pixels[k]! & 255]!;
  }
}
