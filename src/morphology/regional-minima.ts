import type { Volume } from "../core/volume.js";
import { extremesOf, type RegionalMaximaOptions } from "./maxima.js";

/**
 * Regional minima: plateaus of one value all of whose neighbours are higher; {@link regionalMaxima} of the reversed volume.
 * @param volume any voxel type, any shape
 * @returns new volume of the role mask (uint8), of the same shape and voxel size (of the region's shape, with `region`)
 * @throws InvalidArgument, MissingData as of {@link hMaxima}
 * @see equal to skimage.morphology.local_minima
 */
export async function regionalMinima(volume: Volume, options: RegionalMaximaOptions = {}): Promise<Volume> {
  return extremesOf(volume, options, { caller: "regionalMinima", negative: true, height: undefined });
}
