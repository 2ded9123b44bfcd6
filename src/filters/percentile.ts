import { percentile as operation } from "../compute/operations/rank.js";
import { checkVolume, run } from "../compute/run.js";
import { BORDER_OPTIONS, type BorderOptions } from "../core/border.js";
import { checkNumber, checkOptions } from "../core/options.js";
import { trace } from "../core/provenance.js";
import type { Volume } from "../core/volume.js";
import { checkNeighbourhood, type PerAxis, radiusOf } from "./neighbourhood.js";

/** Options of {@link percentile}. */
export interface PercentileOptions extends BorderOptions {
  /**
   * Radius of the neighbourhood, one for all axes or `[z, y, x]` (`[0, 1, 1]` is slice by slice). A bare number is voxels,
   * a length such as `um(1.5)` is converted per axis by the voxel size. From 0 to 64 voxels. Default 1.
   */
  radius?: PerAxis;
  /** `ball`: voxels whose centres lie within the radius. `box`: up to the radius along each axis. Default `ball`. */
  shape?: "ball" | "box";
}

/**
 * Percentile filter: replaces each voxel by the value that a share of the sorted values around it does not exceed. 0 is the
 * minimum, 50 the median, 100 the maximum; 10 and 90 are a minimum and a maximum that single outliers do not move.
 * Of n values that of rank ⌊n·p/100⌋ is taken, counted from 0. Borders reflect (`d c b a | a b c d`) unless `border` says
 * otherwise. NaN sorts above all numbers. Same result for any brick shape and number of workers.
 * Cost O(n·r³) up to a few hundred neighbours, O(n·r²) above; memory per worker as of {@link median}.
 * @param volume any voxel type, any shape
 * @param percentage which percentile, from 0 to 100
 * @returns new volume of the same shape, voxel type and voxel size (of the region's shape, with `region`)
 * @throws InvalidArgument if the percentage is outside 0 to 100, or the radius below 0 or above 64 voxels
 * @throws MissingData if the radius is a length and the voxel size is unknown
 * @throws LimitExceeded if the memory limit cannot hold the work on one brick
 * @see T. S. Huang, G. J. Yang & G. Y. Tang, A fast two-dimensional median filtering algorithm (1979),
 * doi:10.1109/TASSP.1979.1163188. Equal to scipy.ndimage.percentile_filter with mode "reflect", voxel by voxel.
 */
export async function percentile(volume: Volume, percentage: number, options: PercentileOptions = {}): Promise<Volume> {
  checkVolume("percentile", volume);
  checkOptions("percentile", options, ["radius", "shape", ...BORDER_OPTIONS]);
  checkNumber("percentage", percentage, 0, 100);
  const { radius = 1, shape = "ball", border, region, mask } = options;
  checkNeighbourhood(shape);
  const parameters = { radius: radiusOf(radius, volume), shape, percentile: percentage };
  const provenance = trace("percentile", { percentage, radius, shape, border, region }, { volume, mask });
  return run(operation, volume, parameters, options, { provenance });
}
