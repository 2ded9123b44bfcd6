import { majority as operation } from "../compute/operations/rank.js";
import { checkVolume, run } from "../compute/run.js";
import { BORDER_OPTIONS, type BorderOptions } from "../core/border.js";
import { checkOptions } from "../core/options.js";
import { trace } from "../core/provenance.js";
import type { Volume } from "../core/volume.js";
import { checkNeighbourhood, type PerAxis, radiusOf } from "../filters/neighbourhood.js";
import { withDrift } from "./drift.js";
import { checkLabelled } from "./find-components.js";
import { neutralOf } from "./structuring.js";

/** Options of {@link majority}. */
export interface MajorityOptions extends BorderOptions {
  /**
   * Radius of the neighbourhood, one for all axes or `[z, y, x]` (`[0, 1, 1]` is slice by slice). A bare number is voxels,
   * a length such as `um(1.5)` is converted per axis by the voxel size. From 0 to 16 voxels. Default 1.
   */
  radius?: PerAxis;
  /** `box`: up to the radius along each axis. `ball`: voxels whose centres lie within the radius. Default `box`. */
  shape?: "ball" | "box";
}

/** Largest radius, in voxels. */
const LARGEST = 16;

/**
 * Majority filter: each voxel gets the label that most voxels around it have, itself among them. Where its own label is among
 * those of most it stays, so that ties favour no phase; of others that are equally frequent the smallest label is taken. Rough
 * faces become smooth and specks vanish, thin phases with them: `drift` tells. For the same of grey values see {@link mode}.
 * 255, which is no phase, has no vote and stays. Borders reflect (`d c b a | a b c d`) unless `border` says otherwise. Same
 * result for any brick shape and number of workers.
 * Cost O(n·m·min(m, k)) for m neighbours and k labels, with a small constant. Memory per worker three bricks with a halo of r
 * voxels.
 * @param volume mask or labels of whole numbers, any shape
 * @returns new volume of the same kind; `drift` says what became of each phase fraction
 * @throws InvalidArgument if the radius is below 0 or above 16 voxels
 * @throws MissingData if the radius is a length and the voxel size is unknown
 * @see skimage.filters.rank.majority, which cuts the neighbourhood off at the borders and takes the first of ties
 */
export async function majority(volume: Volume, options: MajorityOptions = {}): Promise<Volume> {
  const caller = "majority";
  checkVolume(caller, volume);
  checkOptions(caller, options, ["radius", "shape", ...BORDER_OPTIONS]);
  const { radius = 1, shape = "box", border, region, mask } = options;
  checkNeighbourhood(shape);
  checkLabelled(caller, volume);
  const parameters = { radius: radiusOf(radius, volume, LARGEST), shape, never: neutralOf(volume) };
  const provenance = trace(caller, { radius, shape, border, region }, { volume, mask });
  return withDrift(volume, await run(operation, volume, parameters, options, { provenance }), options);
}
