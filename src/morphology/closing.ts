import type { Volume } from "../core/volume.js";
import { type MorphologyOptions, morphology } from "./structuring.js";

/**
 * Closing: a dilation and then an erosion. Fills what the structuring element does not fit into: small pores inside a
 * particle, cracks, narrow gaps; the outline keeps its place.
 * Both steps are one pass over the bricks. Borders, cost, memory and errors as of {@link erosion}, with a halo of 2 r.
 * SciPy's binary_closing, which sees nothing beyond the faces between the two steps either, eats at them; a closing here never
 * takes a voxel away.
 * @param volume mask or labels of whole numbers, or grey values of any type, any shape
 * @returns new volume of the same kind; `drift` says what became of each phase fraction
 * @see J. Serra, Image Analysis and Mathematical Morphology (1982), chapter 2
 */
export async function closing(volume: Volume, options: MorphologyOptions = {}): Promise<Volume> {
  return morphology("closing", volume, options, [false, true]);
}
