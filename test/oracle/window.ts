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

const nanLast = (a: number, b: number): number => {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
  return a - b;
};

/** The sorted value that a percentage of the others is below: rank ⌊n·p/100⌋, the last one for 100; NaN sorts last. */
export function ranked(values: readonly number[], percentage: number): number {
  const sorted = [...values].sort(nanLast);
  return sorted[Math.min(values.length - 1, Math.floor((values.length * percentage) / 100))]!;
}

/** The most frequent value, of equally frequent ones the smallest; NaN is one value above all numbers. */
export function mostFrequent(values: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  const most = Math.max(...counts.values());
  return [...counts.keys()].filter((value) => counts.get(value) === most).sort(nanLast)[0]!;
}
