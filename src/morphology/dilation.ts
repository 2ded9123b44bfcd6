import type { Volume } from "../core/volume.js";
import { type MorphologyOptions, morphology } from "./structuring.js";

/**
 * Dilation: grows a mask, or one phase of labels, by a structuring element: a voxel joins where the element around it
 * touches the phase, whatever phase it was. 255, which is no phase, stays. Of grey values it is the largest one in the
 * element.
 * Borders, cost, memory and errors as of {@link erosion}. Same result for any brick shape and number of workers.
 * @param volume mask or labels of whole numbers, or grey values of any type, any shape
 * @returns new volume of the same kind; `drift` says what became of each phase fraction
 * @see J. Serra, Image Analysis and Mathematical Morphology (1982), chapter 2. Equal to scipy.ndimage.binary_dilation
 */
export async function dilation(volume: Volume, options: MorphologyOptions = {}): Promise<Volume> {
  return morphology("dilation", volume, options, [false]);
}
