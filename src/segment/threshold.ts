import { threshold as thresholdOperation } from "../compute/operations.js";
import { checkVolume, run } from "../compute/run.js";
import { checkOptions, RUN_OPTIONS, type RunOptions } from "../core/options.js";
import { trace } from "../core/provenance.js";
import type { Volume } from "../core/volume.js";
import { checkThresholds, thresholdPhases } from "./thresholds.js";

/** Options of {@link threshold}. */
export interface ThresholdOptions extends RunOptions {
  /** Names of the phases, the darkest first: one more than there are thresholds. Default `phase 0`, `phase 1`, …. */
  names?: readonly string[];
}

/**
 * Segments a volume by its grey values: label 0 up to and including the first threshold, label 1 above it up to and
 * including the second, and so on. NaN and voxels outside the mask get label 255, which belongs to no phase. Known phases
 * of a simulated scan stay with the result.
 * Cost O(n · thresholds), a nanosecond a voxel; memory n bytes.
 * @param volume any voxel type, any shape
 * @param thresholds one grey value, or up to 254 in ascending order, such as {@link otsu} and {@link multiOtsu} give
 * @returns new labels volume (uint8) of the same shape and voxel size (of the region's shape, with `region`)
 * @throws InvalidArgument if thresholds are not finite and ascending, or the number of names is wrong
 * @example const labels = await threshold(scan, [21000, 34000], { names: ["pore", "binder", "active material"] });
 */
export async function threshold(
  volume: Volume,
  thresholds: number | readonly number[],
  options: ThresholdOptions = {},
): Promise<Volume> {
  checkVolume("threshold", volume);
  checkOptions("threshold", options, ["names", ...RUN_OPTIONS]);
  const { names, region, mask } = options;
  const given = checkThresholds(thresholds);
  const phases = thresholdPhases(given, names);
  const provenance = trace("threshold", { thresholds: given, names, region }, { volume, mask });
  return run(thresholdOperation, volume, { thresholds: given }, options, { provenance, role: "labels", phases });
}
