/** Streaks and dark bands of one slice; runs in the threads. */
import { solve } from "./cupping-classes.js";
import type { PlaneTask } from "./plane-threads.js";
import { projectSlice, reconstructSlice } from "./slice-work.js";

export interface StreakTask extends PlaneTask {
  /** Grey value above which matter is dense, and that of no attenuation. */
  readonly dense: number;
  readonly zero: number;
  /** Number of projections that are simulated. */
  readonly angles: number;
  /** The map of what is too bright and too dark, or the slice without it. */
  readonly result: "map" | "slice";
}

/** Voxels around dense matter that count for neither: edges are blurred. */
const MARGIN = 2;

/**
 * What a hardened beam leaves in a slice, to second order: combinations of the reconstructions of p·q and q², p the line
 * integrals of everything and q those of dense matter. How much of each is in the slice is seen in its light matter, which
 * without streaks would be even.
 */
export function streaksOf(task: StreakTask): Float32Array {
  const { plane, height, width, dense, zero, result } = task;
  const size = Math.max(height, width);
  const [top, left] = [Math.floor((size - height) / 2), Math.floor((size - width) / 2)];
  const all = new Float32Array(size * size);
  const heavy = new Float32Array(size * size);
  const middle = (size - 1) / 2;
  const seen = (y: number, x: number): boolean => (y - middle) ** 2 + (x - middle) ** 2 <= middle * middle;
  let any = false;
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const value = plane[y * width + x]!;
      if (!Number.isFinite(value) || !seen(y + top, x + left)) continue;
      const k = (y + top) * size + x + left;
      all[k] = value - zero;
      if (value > dense) {
        heavy[k] = value - zero;
        any = true;
      }
    }
  if (!any) return result === "map" ? new Float32Array(plane.length) : plane;
  const angles = Float64Array.from({ length: task.angles }, (_, k) => (Math.PI * k) / task.angles);
  const centre = middle;
  const project = (slice: Float32Array): Float32Array =>
    projectSlice({ slice, height: size, width: size, angles, columns: size, centre });
  const [p, q] = [project(all), project(heavy)];
  const weights = new Float64Array(task.angles).fill(1 / task.angles);
  const reconstruct = (sinogram: Float32Array): Float32Array =>
    reconstructSlice({ sinogram, columns: size, angles, weights, centre, window: "shepp-logan", size, circle: true });
  const bases = [reconstruct(p.map((value, k) => value * q[k]!)), reconstruct(q.map((value) => value * value))];
  const light = lightMatter(all, heavy, size);
  const coefficients = fitted(all, bases, light);
  const map = new Float32Array(plane.length);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const k = (y + top) * size + x + left;
      const at = y * width + x;
      // Dense matter has its own cup, which a mean over light matter does not tell.
      const streak =
        heavy[k]! > 0 ? 0 : coefficients.reduce((sum, c, i) => sum + c * (bases[i]![k]! - light.means[i]!), 0);
      map[at] = result === "map" ? streak : plane[at]! - streak;
    }
  return map;

  function lightMatter(
    values: Float32Array,
    dense: Float32Array,
    n: number,
  ): { readonly at: readonly number[]; readonly means: readonly number[] } {
    const at: number[] = [];
    // Half of the mean of light matter parts it from pores, so that these do not count as streaks.
    const positive = values.filter((value, k) => dense[k] === 0 && value > 0);
    const mean = positive.reduce((sum, value) => sum + value, 0) / Math.max(1, positive.length);
    for (let y = MARGIN; y < n - MARGIN; y++)
      for (let x = MARGIN; x < n - MARGIN; x++) {
        if (!seen(y, x) || values[y * n + x]! < mean / 2) continue;
        let near = false;
        for (let dy = -MARGIN; dy <= MARGIN && !near; dy++)
          for (let dx = -MARGIN; dx <= MARGIN && !near; dx++) near = dense[(y + dy) * n + x + dx]! > 0;
        if (!near) at.push(y * n + x);
      }
    const means = bases.map((base) => at.reduce((sum, k) => sum + base[k]!, 0) / Math.max(1, at.length));
    return { at, means };
  }
}

/** How much of each base is in the light matter: least squares with a free mean. */
function fitted(
  values: Float32Array,
  bases: readonly Float32Array[],
  { at, means }: { readonly at: readonly number[]; readonly means: readonly number[] },
): number[] {
  const count = bases.length;
  const mean = at.reduce((sum, k) => sum + values[k]!, 0) / Math.max(1, at.length);
  const rows = Array.from({ length: count }, () => new Float64Array(count + 1));
  for (const k of at)
    for (let i = 0; i < count; i++) {
      const base = bases[i]![k]! - means[i]!;
      for (let j = 0; j < count; j++) rows[i]![j]! += base * (bases[j]![k]! - means[j]!);
      rows[i]![count]! += base * (values[k]! - mean);
    }
  return solve(rows);
}
