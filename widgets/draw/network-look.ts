/** What of a network is coloured how, and what is seen of it: the one place that the page and the picture in the notebook use. */
import { PALETTE, rgb } from "../../src/core/phases.js";
import type { Body } from "./bodies.js";
import { fieldColour } from "./colours.js";

export type Scale = "linear" | "log";

/** A column of a table: numbers, or texts as whole numbers, the most frequent first, with their names. */
export interface ColumnValues {
  readonly values: Float64Array;
  /** Of texts. */
  readonly names?: readonly string[];
}

/** Pores and throats as balls and rods. */
export interface NetworkShape {
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly z: Float64Array;
  readonly poreDiameter: Float64Array;
  /** Rows of pores. */
  readonly one: Float64Array;
  readonly other: Float64Array;
  readonly throatDiameter: Float64Array;
}

/** Where values lie on an axis. */
export interface ValueAxis {
  readonly low: number;
  readonly high: number;
  readonly scale: Scale;
}

const usable = (value: number, scale: Scale): boolean => Number.isFinite(value) && (scale === "linear" || value > 0);

/** An axis for all values that it can show. */
export function axisFor(values: Float64Array, scale: Scale): ValueAxis {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    if (!usable(value, scale)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (low > high) return { low: 1, high: 2, scale };
  return low < high ? { low, high, scale } : { low, high: low === 0 ? 1 : low + Math.abs(low) / 2, scale };
}

/** Where a value lies, from 0 to 1 inside the axis; NaN for what it cannot show. */
export function shareOf({ low, high, scale }: ValueAxis, value: number): number {
  if (!usable(value, scale)) return Number.NaN;
  return scale === "linear" ? (value - low) / (high - low) : Math.log(value / low) / Math.log(high / low);
}

export const valueAt = ({ low, high, scale }: ValueAxis, share: number): number =>
  scale === "linear" ? low + share * (high - low) : low * (high / low) ** share;

/** Values in each of `bins` bars of equal width on the axis. */
export function binned(values: Float64Array, axis: ValueAxis, bins: number): Float64Array {
  const counts = new Float64Array(bins);
  for (const value of values) {
    const share = shareOf(axis, value);
    if (share >= 0 && share <= 1) counts[Math.min(bins - 1, Math.floor(share * bins))]!++;
  }
  return counts;
}

/** The axis of the colours: few values beyond its ends, so that an outlier does not take the colours from all others. */
export function colourAxis(values: Float64Array, scale: Scale, beyond = 0.02): ValueAxis {
  const sorted = values.filter((value) => usable(value, scale)).sort();
  if (sorted.length === 0) return { low: 1, high: 2, scale };
  const at = (share: number): number => sorted[Math.round(share * (sorted.length - 1))]!;
  const [low, high] = [at(beyond), at(1 - beyond)];
  return low < high ? { low, high, scale } : axisFor(values, scale);
}

/** Little-endian RGBA. */
export const packed = ([r, g, b]: readonly [number, number, number]): number =>
  ((255 << 24) | (b << 16) | (g << 8) | r) >>> 0;

/** What has no value, and what is not coloured by the column. */
export const PLAIN = packed([158, 160, 165]);
/** Texts with a colour of their own; all others are plain. */
export const NAMED = PALETTE.length - 1;

const VALUE_COLOURS = Uint32Array.from({ length: 256 }, (_, k) => packed(fieldColour(k / 255)));

/** The colour of a value on its axis; values beyond its ends have the colours there. */
export function colourAt(axis: ValueAxis, value: number): number {
  const share = shareOf(axis, value);
  return Number.isNaN(share) ? PLAIN : VALUE_COLOURS[Math.round(255 * Math.min(1, Math.max(0, share)))]!;
}

export const nameColour = (code: number): number => (code < NAMED ? packed(rgb(PALETTE[code]!)) : PLAIN);

/** A colour for each row of a column. */
export function coloursOf({ values, names }: ColumnValues, scale: Scale): Uint32Array {
  if (names !== undefined) return Uint32Array.from(values, nameColour);
  const axis = colourAxis(values, scale);
  return Uint32Array.from(values, (value) => colourAt(axis, value));
}

/** Texts as numbers, the most frequent first, of equally frequent ones that which comes first. */
export function namedValues(texts: readonly string[]): ColumnValues & { readonly names: readonly string[] } {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  const names = [...counts].sort(([, a], [, b]) => b - a).map(([name]) => name);
  const codes = new Map(names.map((name, k) => [name, k]));
  return { values: Float64Array.from(texts, (text) => codes.get(text)!), names };
}

/** How strongly something is drawn: not at all, as what the network lies in, pale, or in full. What is stronger lies over it. */
export const HIDDEN = 0;
export const GHOST = 1;
export const PALE = 2;
export const FULL = 3;

/** What the reader looks at. */
export interface Attention {
  /** Values that are of interest, and of which table. */
  readonly range: readonly [low: number, high: number] | null;
  readonly of: "pores" | "throats";
  readonly values: Float64Array;
  /** Row of a pore. */
  readonly selected: number | null;
  /** Rows of a way. */
  readonly path: { readonly pores: ArrayLike<number>; readonly throats: ArrayLike<number> } | null;
  /** Whether throats are drawn. */
  readonly throats: boolean;
}

/**
 * How strongly each pore and throat is drawn. What is outside of the range is pale: a throat with one of its pores, a pore where
 * none of its throats is inside. Where a pore is selected or a way shown, that pore with its neighbours and the way are full, all else is
 * pale, and what is outside of the range is hidden.
 */
export function levelsOf(
  { poreDiameter, one, other }: Pick<NetworkShape, "poreDiameter" | "one" | "other">,
  { range, of, values, selected, path, throats }: Attention,
): { pores: Uint8Array; throats: Uint8Array } {
  const inside = (k: number): number => Number(range === null || (values[k]! >= range[0] && values[k]! <= range[1]));
  const pores = Uint8Array.from(poreDiameter, (_, row) => (of === "pores" ? inside(row) : Number(range === null)));
  const rods = Uint8Array.from(one, (a, e) => (of === "throats" ? inside(e) : pores[a]! & pores[other[e]!]!));
  if (of === "throats") for (let e = 0; e < rods.length; e++) if (rods[e] === 1) pores[one[e]!] = pores[other[e]!] = 1;
  const focused = selected !== null || path !== null;
  const [no, yes] = focused ? [HIDDEN, PALE] : [PALE, FULL];
  for (const list of [pores, rods]) for (let k = 0; k < list.length; k++) list[k] = list[k] === 1 ? yes : no;
  if (!throats) rods.fill(HIDDEN);
  if (selected !== null) {
    pores[selected] = FULL;
    for (let e = 0; e < one.length; e++) {
      if (one[e] !== selected && other[e] !== selected) continue;
      rods[e] = FULL;
      pores[one[e]!] = pores[other[e]!] = FULL;
    }
  }
  if (path !== null) {
    for (let k = 0; k < path.pores.length; k++) pores[path.pores[k]!] = FULL;
    for (let k = 0; k < path.throats.length; k++) rods[path.throats[k]!] = FULL;
  }
  return { pores, throats: rods };
}

/** Where the numbers of one table come to the colours. */
export interface Coloured extends ColumnValues {
  readonly of: "pores" | "throats";
  readonly scale: Scale;
}

/** A network as balls and rods; the table that the column is not of is plain. */
export function networkBody(shape: NetworkShape, coloured: Coloured, levels: ReturnType<typeof levelsOf>): Body {
  const { x, y, z, poreDiameter, one, other, throatDiameter } = shape;
  const colours = coloursOf(coloured, coloured.scale);
  const plain = (like: Float64Array): Uint32Array => new Uint32Array(like.length).fill(PLAIN);
  const [pores, throats] = coloured.of === "pores" ? [colours, plain(throatDiameter)] : [plain(poreDiameter), colours];
  const radii = (diameter: Float64Array): Float64Array => diameter.map((n) => n / 2);
  return {
    balls: { x, y, z, radius: radii(poreDiameter), colours: pores, levels: levels.pores },
    rods: { one, other, radius: radii(throatDiameter), colours: throats, levels: levels.throats },
  };
}

/** Places of voxels on a grid, z, y, x of one after the other. */
export interface VoxelPlaces {
  readonly places: Uint16Array;
  /** Voxels of one step of the grid along each edge; place n is the middle of its cell. */
  readonly step: readonly [z: number, y: number, x: number];
}

const GHOSTLY = packed([150, 156, 168]);
const OWN_VOXELS = packed([230, 159, 0]);

/** Voxels as balls that hang together: the ghost of a phase, or the voxels of a pore. @param edges of a voxel along z, y, x */
export function voxelBody(
  { places, step }: VoxelPlaces,
  edges: readonly number[],
  level: typeof GHOST | typeof FULL,
): Body {
  const count = places.length / 3;
  const along = (k: number): Float64Array =>
    Float64Array.from({ length: count }, (_, n) => ((places[3 * n + k]! + 0.5) * step[k]! - 0.5) * edges[k]!);
  // Neighbours overlap, so that no gaps are seen between them.
  const radius = 0.8 * Math.max(...edges.map((edge, k) => edge * step[k]!));
  return {
    balls: {
      ...{ z: along(0), y: along(1), x: along(2) },
      radius: new Float64Array(count).fill(radius),
      colours: new Uint32Array(count).fill(level === GHOST ? GHOSTLY : OWN_VOXELS),
      levels: new Uint8Array(count).fill(level),
    },
  };
}
