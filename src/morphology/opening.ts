import type { Volume } from "../core/volume.js";
import { type MorphologyOptions, morphology } from "./structuring.js";

/**
 * Opening: an erosion and then a dilation. Takes away what the structuring element does not fit into: specks, spikes, thin
 * bridges; what is left has its old size. A voxel that leaves the phase gets the label of the nearest voxel of another one.
 * Both steps are one pass over the bricks. Borders, cost, memory and errors as of {@link erosion}, with a halo of 2 r.
 * @param volume mask or labels of whole numbers, or grey values of any type, any shape
 * @returns new volume of the same kind; `drift` says what became of each phase fraction
 * @see J. Serra, Image Analysis and Mathematical Morphology (1982), chapter 2. Equal to scipy.ndimage.binary_opening with the
 * border { constant: 0 }
 */
export async function opening(volume: Volume, options: MorphologyOptions = {}): Promise<Volume> {
  return morphology("opening", volume, options, [true, false]);
}
