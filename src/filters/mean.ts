import { mean as meanOperation } from "../compute/operations/window.js";
import { checkVolume, run } from "../compute/run.js";
import { BORDER_OPTIONS, type BorderOptions } from "../core/border.js";
import type { DType } from "../core/dtype.js";
import { checkOptions } from "../core/options.js";
import { trace } from "../core/provenance.js";
import type { Volume } from "../core/volume.js";
import { checkNeighbourhood, checkResultType, type PerAxis, radiusOf } from "./neighbourhood.js";

/** Options of {@link mean}. */
export interface MeanOptions extends BorderOptions {
  /**
   * Radius of the neighbourhood, one for all axes or `[z, y, x]` (`[0, 1, 1]` is slice by slice). A bare number is voxels,
   * a length such as `um(1.5)` is converted per axis by the voxel size. From 0 to 64 voxels. Default 1.
   */
  radius?: PerAxis;
  /** `box`: up to the radius along each axis. `ball`: voxels whose centres lie within the radius. Default `box`. */
  shape?: "ball" | "box";
  /** Voxel type of the result: that of the volume, rounded to the nearest value, or `float32`. Default: that of the volume. */
  dtype?: DType;
}

/**
 * Mean filter: replaces each voxel by the mean of those around it. Noise falls with the root of their number, edges blur
 * by the width of the neighbourhood; a Gaussian of the same noise rings less, a median keeps edges.
 * Borders reflect (`d c b a | a b c d`) unless `border` says otherwise. Summed in float32, which is exact up to a sum of 2²⁴ and within 1e-6 of the
 * largest value beyond; divided and rounded once. A NaN makes NaN of everything within reach. Same result for any brick
 * shape and number of workers.
 * Cost O(n·r) for a box, O(n·r²) for a ball, with small constants; memory per worker one brick with a halo of r voxels,
 * for a ball twice that as float32.
 * @param volume any voxel type, any shape
 * @returns new volume of the same shape and voxel size (of the region's shape, with `region`)
 * @throws InvalidArgument if the radius is below 0 or above 64 voxels, or a dtype is asked for that is not the volume's or float32
 * @throws MissingData if the radius is a length and the voxel size is unknown
 * @throws LimitExceeded if the memory limit cannot hold the work on one brick
 * @see W. K. Pratt, Digital Image Processing (2007), chapter 10. Equal to scipy.ndimage.uniform_filter with mode "reflect"
 * and a float output (with an integer output SciPy cuts the fraction off after each axis, and the mean falls by up to 3).
 */
export async function mean(volume: Volume, options: MeanOptions = {}): Promise<Volume> {
  checkVolume("mean", volume);
  checkOptions("mean", options, ["radius", "shape", "dtype", ...BORDER_OPTIONS]);
  const { radius = 1, shape = "box", dtype = volume.dtype, border, region, mask } = options;
  checkNeighbourhood(shape);
  checkResultType(dtype, volume);
  const parameters = { radius: radiusOf(radius, volume), shape, dtype };
  const provenance = trace("mean", { radius, shape, dtype, border, region }, { volume, mask });
  return run(meanOperation, volume, parameters, options, { provenance });
}
