import type { Triple } from "#src/core/shape.js";
import { type Block, eachVoxel, footprint, voxel } from "./neighbourhood.js";

/** What `of` makes of the values around each voxel. */
export function around(
  block: Block,
  kind: "ball" | "box",
  radius: Triple,
  of: (values: readonly number[]) => number,
): number[] {
  const offsets = footprint(kind, radius);
  return eachVoxel(block.shape, (z, y, x) => of(offsets.map(([dz, dy, dx]) => voxel(block, z + dz, y + dy, x + dx))));
}

/** Arithmetic mean. */
export const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** Smallest value; NaN counts as larger than all numbers. */
export const minimum = (values: readonly number[]): number =>
  values.reduce((least, value) => (value < least || Number.isNaN(least) ? value : least), Number.NaN);

/** Largest value; NaN counts as larger than all numbers. */
export const maximum = (values: readonly number[]): number =>
  values.some(Number.isNaN) ? Number.NaN : values.reduce((most, value) => Math.max(most, value));

/** Standard deviation by its definition, in two passes. */
export function deviation(values: readonly number[]): number {
  const centre = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - centre) ** 2)));
}
