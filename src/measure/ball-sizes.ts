/** Sizes of balls, and which ball about a voxel has all voxels of which ball about its neighbour. */
import { type LargestBallsParameters, NEIGHBOUR_KINDS, STRICTLY } from "../compute/operations/balls.js";
import { LimitExceeded } from "../core/errors.js";
import type { Triple } from "../core/shape.js";

/** Sizes are told by 16 bits. */
const MOST_SIZES = 65_535;
/** What stands for a ball that does not exist. */
const NONE = 0xffffffff;

/**
 * All distances of two voxels up to `most`, ascending, as float32 has them: of cubes the roots of whole numbers.
 * @param steps distances of neighbouring voxels, the shortest one 1
 */
export function distancesUpTo(caller: string, steps: Triple, most: number): Float64Array {
  const found = new Set<number>();
  const [wz, wy, wx] = steps.map((step) => step ** 2) as [number, number, number];
  const limit = most ** 2 * (2 - STRICTLY);
  if (steps.every((step) => step === 1)) {
    const roots = rootsOfSums(limit);
    if (roots.length > MOST_SIZES) throw tooMany(caller, most, roots.length);
    return roots;
  }
  const reach = steps.map((step) => Math.floor(Math.sqrt(limit) / step));
  for (let z = 0; z <= reach[0]!; z++)
    for (let y = 0; y <= reach[1]!; y++) {
      for (let x = 0; x <= reach[2]!; x++) {
        const square = wz * z * z + wy * y * y + wx * x * x;
        if (square > 0 && square <= limit) found.add(Math.fround(Math.sqrt(square)));
      }
      if (found.size > MOST_SIZES) throw tooMany(caller, most, found.size);
    }
  return apart(Float64Array.from(found).sort());
}

const tooMany = (caller: string, most: number, found: number): LimitExceeded =>
  new LimitExceeded(
    `${caller}: up to ${most.toPrecision(4)} voxels there are more than ${MOST_SIZES} different distances, each of which would be a radius; name radii, such as { radii: "whole" }, or downsample the volume`,
    found,
    MOST_SIZES,
  );

/** Roots of all sums of three squares up to a limit. */
function rootsOfSums(limit: number): Float64Array {
  const is = new Uint8Array(Math.floor(limit) + 1);
  for (let z = 0; z * z < is.length; z++)
    for (let y = 0; y <= z && z * z + y * y < is.length; y++)
      for (let x = 0, sum = z * z + y * y; x <= y && sum < is.length; x++, sum = z * z + y * y + x * x) is[sum] = 1;
  const roots: number[] = [];
  for (let k = 1; k < is.length; k++) if (is[k] === 1) roots.push(Math.fround(Math.sqrt(k)));
  return Float64Array.from(roots);
}

/** Without those that only rounding tells from the one before. */
function apart(sorted: Float64Array): Float64Array {
  return sorted.filter((radius, k) => k === 0 || radius * STRICTLY > sorted[k - 1]!);
}

/** The parameters of balls of these radii. @param radii ascending, in the shortest distance of two voxels */
export function ballSizes(radii: Float64Array, steps: Triple, shape: Triple): LargestBallsParameters {
  const squares = radii.map((radius) => radius ** 2 * STRICTLY);
  const reach = steps.map((step) => Math.ceil(Math.sqrt(squares.at(-1)!) / step) - 1) as unknown as Triple;
  const shared = (values: Float64Array): SharedArrayBuffer => {
    const out = new SharedArrayBuffer(values.byteLength);
    new Float64Array(out).set(values);
    return out;
  };
  // No centre lies beyond the faces.
  const seen = reach.map((n, k) => Math.min(n, shape[k]! - 1)) as unknown as Triple;
  return { radii: shared(radii), containers: containersOf(squares, steps, reach), steps, reach: seen };
}

/**
 * For each size k and kind of neighbour v the least size whose ball about v has every voxel x of ball k: one that is larger than
 * the largest |x − v|. By mirroring, all x lie in one octant and v points away from it.
 */
function containersOf(squares: Float64Array, steps: Triple, reach: Triple): SharedArrayBuffer {
  const count = squares.length;
  const farthest = NEIGHBOUR_KINDS.map(() => new Float64Array(count));
  const [wz, wy, wx] = steps.map((step) => step ** 2) as [number, number, number];
  const firstAbove = above(squares);
  for (let z = 0; z <= reach[0]; z++)
    for (let y = 0; y <= reach[1]; y++)
      for (let x = 0; x <= reach[2]; x++) {
        const square = wz * z * z + wy * y * y + wx * x * x;
        const size = firstAbove(square);
        if (size === count) break;
        for (const [kind, [dz, dy, dx]] of NEIGHBOUR_KINDS.entries()) {
          const far = wz * (z + dz) ** 2 + wy * (y + dy) ** 2 + wx * (x + dx) ** 2;
          const most = farthest[kind]!;
          if (far > most[size]!) most[size] = far;
        }
      }
  const out = new SharedArrayBuffer(4 * count * NEIGHBOUR_KINDS.length);
  const containers = new Uint32Array(out);
  for (const [kind, most] of farthest.entries())
    for (let k = 0, far = 0, at = 0; k < count; k++) {
      far = Math.max(far, most[k]!);
      while (at < count && squares[at]! <= far) at++;
      containers[kind * count + k] = at < count ? at + 1 : NONE;
    }
  return out;
}

/** A function that finds the first of ascending numbers that is above a value, from a place that a table tells. */
function above(sorted: Float64Array): (value: number) => number {
  const last = sorted.at(-1)!;
  const places = new Int32Array(Math.min(2 ** 20, 4 * sorted.length + 2));
  const scale = (places.length - 1) / last;
  for (let k = 0, at = 0; k < places.length; k++) {
    while (at < sorted.length && sorted[at]! <= k / scale) at++;
    places[k] = at;
  }
  return (value) => {
    if (value >= last) return sorted.length;
    let at = places[Math.floor(value * scale)]!;
    while (sorted[at]! <= value) at++;
    // The table's own rounding may have gone one too far.
    while (at > 0 && sorted[at - 1]! > value) at--;
    return at;
  };
}
