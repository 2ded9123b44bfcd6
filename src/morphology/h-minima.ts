import type { Volume } from "../core/volume.js";
import { extremesOf, type HMaximaOptions } from "./maxima.js";

/**
 * Minima that lie deeper than their surroundings by at least h: {@link hMaxima} of the reversed volume, with the same rules,
 * cost, memory and errors. Markers for {@link watershed} on a gradient.
 * @param volume any voxel type, any shape
 * @param h in grey values, above 0
 * @returns new volume of the role mask (uint8), of the same shape and voxel size (of the region's shape, with `region`)
 * @throws InvalidArgument, MissingData as of {@link hMaxima}
 * @see equal to skimage.morphology.h_minima, which marks nothing where h is larger than the range of values
 */
export async function hMinima(volume: Volume, h: number, options: HMaximaOptions = {}): Promise<Volume> {
  return extremesOf(volume, options, { caller: "hMinima", negative: true, height: h });
}
