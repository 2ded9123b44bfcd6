import { mode as operation } from "../compute/operations/rank.js";
import { checkVolume, run } from "../compute/run.js";
import { BORDER_OPTIONS, type BorderOptions } from "../core/border.js";
import { checkOptions } from "../core/options.js";
import { trace } from "../core/provenance.js";
import type { Volume } from "../core/volume.js";
import { checkNeighbourhood, type PerAxis, radiusOf } from "./neighbourhood.js";

/** Options of {@link mode}. */
export interface ModeOptions extends BorderOptions {
  /**
   * Radius of the neighbourhood, one for all axes or `[z, y, x]` (`[0, 1, 1]` is slice by slice). A bare number is voxels,
   * a length such as `um(1.5)` is converted per axis by the voxel size. From 0 to 16 voxels. Default 1.
   */
  radius?: PerAxis;
  /** `box`: up to the radius along each axis. `ball`: voxels whose centres lie within the radius. Default `box`. */
  shape?: "ball" | "box";
}

/** Largest radius, in voxels: what is counted grows with its sixth power. */
const LARGEST = 16;

/**
 * Mode filter: replaces each voxel by the most frequent value around it, of equally frequent ones by the smallest. The
 * median of labels: it smooths the faces of phases and never makes a label that is not there. For the peaks of a histogram
 * see {@link modes}.
 * Borders reflect (`d c b a | a b c d`) unless `border` says otherwise. All NaN count as one value above all numbers. Same
 * result for any brick shape and number of workers.
 * Cost O(n·m·min(m, k)) for m neighbours and k different values, with a small constant: fast for labels, slow for large
 * neighbourhoods of grey values. Memory per worker three bricks with a halo of r voxels.
 * @param volume any voxel type, any shape
 * @returns new volume of the same shape, voxel type, role and voxel size (of the region's shape, with `region`)
 * @throws InvalidArgument if the radius is below 0 or above 16 voxels
 * @throws MissingData if the radius is a length and the voxel size is unknown
 * @throws LimitExceeded if the memory limit cannot hold the work on one brick
 * @see E. R. Davies, On the noise suppression and image enhancement characteristics of the median, truncated median and mode
 * filters (1988), doi:10.1016/0167-8655(88)90122-2. Equal to skimage.filters.rank.modal, voxel by voxel, but at the borders,
 * where that one cuts the neighbourhood off.
 */
export async function mode(volume: Volume, options: ModeOptions = {}): Promise<Volume> {
  checkVolume("mode", volume);
  checkOptions("mode", options, ["radius", "shape", ...BORDER_OPTIONS]);
  const { radius = 1, shape = "box", border, region, mask } = options;
  checkNeighbourhood(shape);
  const parameters = { radius: radiusOf(radius, volume, LARGEST), shape };
  const provenance = trace("mode", { radius, shape, border, region }, { volume, mask });
  return run(operation, volume, parameters, options, { provenance });
}
