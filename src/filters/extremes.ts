import { maximum as maximumOperation, minimum as minimumOperation } from "../compute/operations/window.js";
import { checkVolume, run } from "../compute/run.js";
import { BORDER_OPTIONS, type BorderOptions } from "../core/border.js";
import { checkOptions } from "../core/options.js";
import { trace } from "../core/provenance.js";
import type { Volume } from "../core/volume.js";
import { checkNeighbourhood, type PerAxis, radiusOf } from "./neighbourhood.js";

/** Options of {@link minimum} and {@link maximum}. */
export interface ExtremeOptions extends BorderOptions {
  /**
   * Radius of the neighbourhood, one for all axes or `[z, y, x]` (`[0, 1, 1]` is slice by slice). A bare number is voxels,
   * a length such as `um(1.5)` is converted per axis by the voxel size. From 0 to 64 voxels. Default 1.
   */
  radius?: PerAxis;
  /** `box`: up to the radius along each axis. `ball`: voxels whose centres lie within the radius. Default `box`. */
  shape?: "ball" | "box";
}

/**
 * Minimum filter: replaces each voxel by the smallest one around it. Dark places grow by the radius, bright ones shrink:
 * a grey erosion. Removes bright speckle where it is followed by {@link maximum}.
 * Borders reflect (`d c b a | a b c d`) unless `border` says otherwise. NaN counts as larger than all numbers, so it stays only where there is nothing
 * else. Same result for any brick shape and number of workers.
 * Cost O(n·r) for a box, O(n·r²) for a ball, with small constants; memory per worker three bricks with a halo of r voxels.
 * @param volume any voxel type, any shape
 * @returns new volume of the same shape, voxel type and voxel size (of the region's shape, with `region`)
 * @throws InvalidArgument if the radius is below 0 or above 64 voxels
 * @throws MissingData if the radius is a length and the voxel size is unknown
 * @throws LimitExceeded if the memory limit cannot hold the work on one brick
 * @see J. Serra, Image Analysis and Mathematical Morphology (1982), chapter 12. Equal to scipy.ndimage.minimum_filter with
 * mode "reflect", voxel by voxel.
 */
export async function minimum(volume: Volume, options: ExtremeOptions = {}): Promise<Volume> {
  return extreme("minimum", volume, options);
}

/**
 * Maximum filter: replaces each voxel by the largest one around it. Bright places grow by the radius, dark ones shrink: a
 * grey dilation.
 * Borders reflect (`d c b a | a b c d`) unless `border` says otherwise. NaN counts as larger than all numbers, so it spreads. Same result for any brick
 * shape and number of workers. Cost, memory and errors as of {@link minimum}.
 * @param volume any voxel type, any shape
 * @returns new volume of the same shape, voxel type and voxel size (of the region's shape, with `region`)
 * @see J. Serra, Image Analysis and Mathematical Morphology (1982), chapter 12. Equal to scipy.ndimage.maximum_filter with
 * mode "reflect", voxel by voxel.
 */
export async function maximum(volume: Volume, options: ExtremeOptions = {}): Promise<Volume> {
  return extreme("maximum", volume, options);
}

async function extreme(name: "minimum" | "maximum", volume: Volume, options: ExtremeOptions): Promise<Volume> {
  checkVolume(name, volume);
  checkOptions(name, options, ["radius", "shape", ...BORDER_OPTIONS]);
  const { radius = 1, shape = "box", border, region, mask } = options;
  checkNeighbourhood(shape);
  const parameters = { radius: radiusOf(radius, volume), shape };
  const provenance = trace(name, { radius, shape, border, region }, { volume, mask });
  const operation = name === "minimum" ? minimumOperation : maximumOperation;
  return run(operation, volume, parameters, options, { provenance });
}
