/** Pairs of voxels that lie some way apart along the axes: which parts there are, and what a thread answers. */
import type { Triple } from "../../core/shape.js";
import { STAGING_BYTES } from "../gather.js";

/** Lines of voxels that go into one row of bytes, a bit each. */
export const LINES = 8;

export interface PairsParameters {
  /** The label of the phase; undefined: all but 0. */
  readonly label: number | undefined;
  /** A label beyond the sample. Voxels outside the mask are there, too. */
  readonly outside: number | undefined;
  /** 1: of the phase. 2: of the sample, too. */
  readonly fields: 1 | 2;
  /** How far apart, along z, y, x: whole numbers from 0 on, ascending. */
  readonly lags: readonly [z: readonly number[], y: readonly number[], x: readonly number[]];
  /** Rows that a part looks along z at. */
  readonly rows: number;
  /** Parts that share the lags of the same lines. */
  readonly shares: number;
}

/** Numbers of lags of all axes together: so many numbers of pairs has a field, those along z first. */
export const lagCount = ({ lags }: Pick<PairsParameters, "lags">): number =>
  lags.reduce((sum, { length }) => sum + length, 0);

/**
 * Lines of the whole region that one part has: first eight planes each, along y and x, then `rows` rows each, along z. Each such slab is
 * given to as many parts as share its lags.
 */
export const slabCounts = ([depth, height]: Triple, rows: number): readonly [planes: number, rows: number] => [
  Math.ceil(depth / LINES),
  Math.ceil(height / rows),
];

/** Bytes that eight lines take as bits: with 16 of 0 behind them, which lines look at from their end. */
export const groupBytes = (width: number): number => 16 * Math.ceil(width / 16) + 16;

/** Bytes of a row of bits of `lines` lines: an odd number of 16, so that rows do not push each other out of the cache. */
export const rowBytes = (lines: number, width: number): number => {
  const bytes = Math.ceil(lines / LINES) * groupBytes(width);
  return bytes + 16 * ((bytes / 16 + 1) % 2);
};

/** Planes of a slab of rows that are gathered at a time: as many voxels as {@link LINES} of its rows have, or one plane. */
export const planesAtOnce = ([depth, rows]: Triple): number =>
  Math.min(depth, Math.max(1, Math.floor((LINES * depth) / rows)));

/** Bytes of memory that a thread takes. @param bytes of a voxel, and of one of the mask, if there is one */
export function pairsBytes(
  shape: Triple,
  { fields, lags, rows }: Pick<PairsParameters, "fields" | "lags" | "rows">,
  bytes: number,
): number {
  const [depth, height, width] = shape;
  const voxels = Math.max(Math.min(LINES, depth) * height, LINES * depth, rows) * width;
  const bits = Math.max((height + LINES) * rowBytes(LINES, width), (depth + LINES) * rowBytes(rows, width));
  return voxels * bytes + fields * bits + lagCount({ lags }) * (4 + 16 * fields) + STAGING_BYTES;
}
