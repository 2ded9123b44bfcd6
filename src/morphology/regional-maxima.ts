import type { Volume } from "../core/volume.js";
import { extremesOf, type RegionalMaximaOptions } from "./maxima.js";

/**
 * Regional maxima: plateaus of one value all of whose neighbours are lower, however little. Of noisy volumes there are very
 * many; those that stand out gives {@link hMaxima}, whose rules, cost, memory and errors these are.
 * @param volume any voxel type, any shape
 * @returns new volume of the role mask (uint8), of the same shape and voxel size (of the region's shape, with `region`)
 * @throws InvalidArgument, MissingData as of {@link hMaxima}
 * @see equal to skimage.morphology.local_maxima
 */
export async function regionalMaxima(volume: Volume, options: RegionalMaximaOptions = {}): Promise<Volume> {
  return extremesOf(volume, options, { caller: "regionalMaxima", negative: false, height: undefined });
}
