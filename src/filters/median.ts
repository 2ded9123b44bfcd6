import { medianBall, medianBox, reach } from "../compute/operations.js";
import { checkVolume, run } from "../compute/run.js";
import { BORDER_OPTIONS, type BorderOptions } from "../core/border.js";
import { checkOptions } from "../core/options.js";
import { trace } from "../core/provenance.js";
import type { Volume } from "../core/volume.js";
import { checkNeighbourhood, type PerAxis, radiusOf } from "./neighbourhood.js";

/** Options of {@link median}. */
export interface MedianOptions extends BorderOptions {
  /**
   * Radius of the neighbourhood, one for all axes or `[z, y, x]` (`[0, 1, 1]` is slice by slice). A bare number is voxels,
   * a length such as `um(1.5)` is converted per axis by the voxel size. From 0 to 64 voxels. Default 1. In a volume of one
   * plane the neighbourhood is flat.
   */
  radius?: PerAxis;
  /** `ball`: voxels whose centres lie within the radius. `box`: up to the radius along each axis. Default `ball`. */
  shape?: "ball" | "box";
}

/**
 * Median filter: replaces each voxel by the middle one of the sorted values around it. Removes speckle, keeps edges; for
 * Gaussian noise alone a Gaussian or non-local means removes more.
 * Borders reflect (`d c b a | a b c d`) unless `border` says otherwise. Of an even number of values the upper middle one is taken. NaN sorts above all
 * numbers, so a few NaN are filtered out like any other speckle. Same result for any brick shape and number of workers.
 * Cost O(n·r³) up to a few hundred neighbours, O(n·r²) above; memory per worker one brick with a halo of r voxels, and
 * about four times that for large neighbourhoods of 32-bit values.
 * @param volume any voxel type, any shape
 * @returns new volume of the same shape, voxel type and voxel size (of the region's shape, with `region`)
 * @throws InvalidArgument if the radius is below 0 or above 64 voxels
 * @throws MissingData if the radius is a length and the voxel size is unknown
 * @throws LimitExceeded if the memory limit cannot hold the work on one brick
 * @see T. S. Huang, G. J. Yang & G. Y. Tang, A fast two-dimensional median filtering algorithm (1979),
 * doi:10.1109/TASSP.1979.1163188. Equal to scipy.ndimage.median_filter with mode "reflect", voxel by voxel.
 */
export async function median(volume: Volume, options: MedianOptions = {}): Promise<Volume> {
  checkVolume("median", volume);
  checkOptions("median", options, ["radius", "shape", ...BORDER_OPTIONS]);
  const { radius = 1, shape = "ball", border, region, mask } = options;
  checkNeighbourhood(shape);
  const voxels = radiusOf(radius, volume);
  const operation = shape === "ball" ? medianBall : medianBox;
  const parameters = { radius: shape === "ball" ? voxels : (voxels.map(reach) as unknown as typeof voxels) };
  const provenance = trace("median", { radius, shape, border, region }, { volume, mask });
  return run(operation, volume, parameters, options, { provenance });
}
