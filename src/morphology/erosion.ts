import type { Volume } from "../core/volume.js";
import { type MorphologyOptions, morphology } from "./structuring.js";

/**
 * Erosion: shrinks a mask, or one phase of labels, by a structuring element: a voxel stays where the whole element around it
 * belongs to the phase. Cuts thin bridges, and takes away what is smaller than the element.
 * A voxel that leaves the phase gets the label of the nearest voxel of another one (of equally near ones the smallest
 * label). 255, which is no phase, neither erodes nor changes. Of grey values it is the smallest one in the element.
 * Borders reflect unless `border` says otherwise, so that faces do not erode; `{ constant: 0 }` makes them. Same result for
 * any brick shape and number of workers. Cost O(n·r²) on a bit a voxel; memory per worker one brick with a halo of r voxels.
 * @param volume mask or labels of whole numbers, or grey values of any type, any shape
 * @returns new volume of the same kind; `drift` says what became of each phase fraction
 * @throws InvalidArgument if the radius is below 0 or above 64 voxels, or there is no such phase
 * @throws MissingData if the radius is a length and the voxel size is unknown
 * @see J. Serra, Image Analysis and Mathematical Morphology (1982), chapter 2. Equal to scipy.ndimage.binary_erosion with the
 * border { constant: 0 }
 */
export async function erosion(volume: Volume, options: MorphologyOptions = {}): Promise<Volume> {
  return morphology("erosion", volume, options, [true]);
}
