import { gaussian as gaussianBlur } from "../compute/operations.js";
import { checkVolume, run } from "../compute/run.js";
import { BORDER_OPTIONS, type BorderOptions } from "../core/border.js";
import type { DType } from "../core/dtype.js";
import { checkOptions } from "../core/options.js";
import { trace } from "../core/provenance.js";
import type { Volume } from "../core/volume.js";
import { checkResultType, LARGEST_SIGMA, type PerAxis, perAxis } from "./neighbourhood.js";

/** Options of {@link gaussian}. */
export interface GaussianOptions extends BorderOptions {
  /**
   * Standard deviation, one for all axes or `[z, y, x]`. Bare numbers are voxels, a length such as `um(0.8)` is converted
   * per axis by the voxel size. From 0 to 64 voxels; 0 leaves an axis as it is. Default 1.
   */
  sigma?: PerAxis;
  /**
   * Voxel type of the result: that of the volume, rounded to the nearest value (ties to even), or `float32`, which keeps
   * the fractions. Default: that of the volume.
   */
  dtype?: DType;
}

/**
 * Gaussian filter: the weighted mean of what lies around each voxel. Removes Gaussian noise and blurs edges; to keep
 * these use a median or non-local means.
 * Borders reflect (`d c b a | a b c d`) unless `border` says otherwise. The Gaussian is cut at 4 σ. Computed in float32, so 32-bit integers above 2²⁴
 * lose their last digits. A NaN makes NaN of everything within reach. Same result for any brick shape and number of workers.
 * Cost O(n·σ); memory per worker one brick with a halo of 4 σ, as float32, three times.
 * @param volume any voxel type, any shape
 * @returns new volume of the same shape and voxel size (of the region's shape, with `region`)
 * @throws InvalidArgument if σ is below 0 or above 64 voxels, or a dtype is asked for that is not the volume's or float32
 * @throws MissingData if σ is a length and the voxel size is unknown
 * @throws LimitExceeded if the memory limit cannot hold the work on one brick
 * @see R. Haralick & L. Shapiro, Computer and Robot Vision 1 (1992), chapter 7. Within 1e-6 of the largest value equal to
 * scipy.ndimage.gaussian_filter with mode "reflect" and truncate 4.
 */
export async function gaussian(volume: Volume, options: GaussianOptions = {}): Promise<Volume> {
  checkVolume("gaussian", volume);
  checkOptions("gaussian", options, ["sigma", "dtype", ...BORDER_OPTIONS]);
  const { sigma = 1, dtype = volume.dtype, border, region, mask } = options;
  checkResultType(dtype, volume);
  const voxels = perAxis("sigma", sigma, volume, LARGEST_SIGMA);
  const provenance = trace("gaussian", { sigma, dtype, border, region }, { volume, mask });
  return run(gaussianBlur, volume, { sigma: voxels, dtype }, options, { provenance });
}
