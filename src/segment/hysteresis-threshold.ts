import { release } from "../compute/memory.js";
import { labelMask } from "../compute/operations/labels.js";
import { threshold as thresholdOperation } from "../compute/operations.js";
import { checkVolume, run } from "../compute/run.js";
import { InvalidArgument } from "../core/errors.js";
import { checkOptions, RUN_OPTIONS, type RunOptions } from "../core/options.js";
import { trace } from "../core/provenance.js";
import type { Volume } from "../core/volume.js";
import { checkConnectivity, plannedApart } from "../morphology/find-components.js";
import { keepMarked } from "../morphology/keep-marked.js";
import { runOnly } from "../morphology/where.js";

/** Options of {@link hysteresisThreshold}. */
export interface HysteresisThresholdOptions extends RunOptions {
  /** Neighbours of a voxel: 6 (faces), 18 (and edges) or 26 (and corners). Default 6. */
  connectivity?: 6 | 18 | 26;
}

/**
 * Hysteresis threshold: the voxels above `low` that hang together with one above `high`. What is surely inside brings its
 * faint surroundings along, and faint noise that stands alone is left out.
 * Each brick is labelled by itself and joined with its neighbours, exactly: same result for any brick shape and number of
 * workers, and for volumes larger than memory. Cost O(n), a few nanoseconds a voxel; memory 2 n bytes besides the result.
 * @param volume any voxel type, any shape
 * @param low, high grey values; `low` is below `high`. NaN and voxels outside the mask are in neither
 * @returns new volume of the role mask (uint8), of the same shape and voxel size (the region's shape, with `region`)
 * @throws InvalidArgument if low is not below high
 * @see J. Canny, A computational approach to edge detection (1986), doi:10.1109/TPAMI.1986.4767851; equal to
 * skimage.filters.apply_hysteresis_threshold
 */
export async function hysteresisThreshold(
  volume: Volume,
  low: number,
  high: number,
  options: HysteresisThresholdOptions = {},
): Promise<Volume> {
  checkVolume("hysteresisThreshold", volume);
  checkOptions("hysteresisThreshold", options, ["connectivity", ...RUN_OPTIONS]);
  const { connectivity = 6, region, mask } = options;
  checkConnectivity("hysteresisThreshold", connectivity);
  if (!Number.isFinite(low) || !Number.isFinite(high) || low >= high)
    throw new InvalidArgument(
      `hysteresisThreshold: low is ${low} and high ${high}; give two numbers, the lower one first`,
    );
  const provenance = trace("hysteresisThreshold", { low, high, connectivity, region }, { volume, mask });
  const facts = { provenance, role: "mask", phases: null } as const;
  const planned = plannedApart(labelMask, volume, facts, options);
  if (planned !== undefined) return planned;
  const rest = runOnly(options);
  const { to: _, ...between } = rest;
  const where = { ...between, ...(region && { region }), ...(mask && { mask }) };
  // 0 up to low, 1 up to high, 2 above.
  const labels = await run(thresholdOperation, volume, { thresholds: [low, high] }, where, {
    ...facts,
    role: "labels",
  });
  try {
    return await keepMarked(labels, connectivity, rest, facts);
  } finally {
    release(labels);
  }
}
