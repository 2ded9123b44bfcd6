import { rescale } from "../compute/operations/rescale.js";
import { checkVolume, run } from "../compute/run.js";
import { DTYPES } from "../core/dtype.js";
import { InvalidArgument } from "../core/errors.js";
import { checkNumber, checkOptions, RUN_OPTIONS, type RunOptions } from "../core/options.js";
import { trace } from "../core/provenance.js";
import type { Volume } from "../core/volume.js";

/** Options of {@link clip}. */
export type ClipOptions = RunOptions;

/**
 * Holds grey values between two ends: what lies below `low` becomes `low`, what lies above `high` becomes `high`. Takes single
 * hot and dead pixels out of the way of what follows; how many voxels are held tells {@link conversionLoss}. NaN stays NaN.
 * Cost O(n), one to three nanoseconds a voxel; memory per worker one brick.
 * @param volume any voxel type, any shape
 * @param low lower end in grey values, a value of the voxel type
 * @param high upper end, not below `low`
 * @returns new volume of the same shape, voxel type and voxel size (of the region's shape, with `region`)
 * @throws InvalidArgument if an end is no value of the voxel type, or `low` is above `high`
 * @see equal to numpy.clip
 */
export async function clip(volume: Volume, low: number, high: number, options: ClipOptions = {}): Promise<Volume> {
  checkVolume("clip", volume);
  checkOptions("clip", options, RUN_OPTIONS);
  const { dtype } = volume;
  const { min, max, integer } = DTYPES[dtype];
  checkNumber(`low (of ${dtype})`, low, min, max, integer);
  checkNumber(`high (of ${dtype})`, high, min, max, integer);
  if (low > high) throw new InvalidArgument(`clip: low is ${low}, above high, ${high}; exchange them`);
  const { region, mask } = options;
  const provenance = trace("clip", { low, high, region }, { volume, mask });
  return run(rescale, volume, { low, high, dtype }, options, { provenance });
}
