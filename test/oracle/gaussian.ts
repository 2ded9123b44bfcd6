import type { Border } from "#src/core/border.js";
import type { Triple } from "#src/core/shape.js";
import { type Block, eachVoxel, voxel } from "./neighbourhood.js";

/** Gaussian filter in double precision, axis by axis: weights exp(−k²/2σ²) up to ⌊4σ + ½⌋, normalised. */
export function gaussian(block: Block, sigma: Triple, border: Border = "reflect"): number[] {
  let now = block;
  for (const axis of [0, 1, 2] as const) {
    const reach = Math.floor(4 * sigma[axis] + 0.5);
    if (reach === 0) continue;
    const weights = Array.from({ length: 2 * reach + 1 }, (_, k) =>
      Math.exp(-((k - reach) ** 2) / (2 * sigma[axis] ** 2)),
    );
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    const before = now;
    now = {
      shape: block.shape,
      values: eachVoxel(block.shape, (z, y, x) =>
        weights.reduce((sum, weight, k) => {
          const at: [number, number, number] = [z, y, x];
          at[axis] += k - reach;
          return sum + (weight / total) * voxel(before, ...at, border);
        }, 0),
      ),
    };
  }
  return Array.from(now.values);
}
