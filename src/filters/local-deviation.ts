import { deviation } from "../compute/operations/window.js";
import { checkVolume, run } from "../compute/run.js";
import { BORDER_OPTIONS, type BorderOptions } from "../core/border.js";
import { checkOptions } from "../core/options.js";
import { trace } from "../core/provenance.js";
import type { Volume } from "../core/volume.js";
import { type PerAxis, radiusOf } from "./neighbourhood.js";

/** Options of {@link localDeviation}. */
export interface LocalDeviationOptions extends BorderOptions {
  /**
   * Half-width of the box, one for all axes or `[z, y, x]` (`[0, 2, 2]` is slice by slice). A bare number is voxels, a
   * length such as `um(1.5)` is converted per axis by the voxel size. From 0 to 64 voxels. Default 1.
   */
  radius?: PerAxis;
}

/**
 * Standard deviation of the voxels in a box around each voxel (divided by their number, not by one less): the noise where
 * the sample is uniform, large at edges and in fine texture.
 * Borders reflect (`d c b a | a b c d`) unless `border` says otherwise. Computed in float64, so that a small deviation of large values is right. A NaN makes
 * NaN of everything within reach. Same result for any brick shape and number of workers. With `mask`, voxels outside keep
 * their grey values.
 * Cost O(n·r) with a small constant; memory per worker one brick with a halo of r voxels and a few planes of float64.
 * @param volume any voxel type, any shape
 * @returns new float32 volume of the same shape and voxel size (of the region's shape, with `region`), in grey values
 * @throws InvalidArgument if the radius is below 0 or above 64 voxels
 * @throws MissingData if the radius is a length and the voxel size is unknown
 * @throws LimitExceeded if the memory limit cannot hold the work on one brick
 * @see J.-S. Lee, Digital image enhancement and noise filtering by use of local statistics (1980),
 * doi:10.1109/TPAMI.1980.4766994. Equal to √(E[v²] − E[v]²) by scipy.ndimage.uniform_filter in float64.
 */
export async function localDeviation(volume: Volume, options: LocalDeviationOptions = {}): Promise<Volume> {
  checkVolume("localDeviation", volume);
  checkOptions("localDeviation", options, ["radius", ...BORDER_OPTIONS]);
  const { radius = 1, border, region, mask } = options;
  const provenance = trace("localDeviation", { radius, border, region }, { volume, mask });
  return run(deviation, volume, { radius: radiusOf(radius, volume) }, options, { provenance });
}
