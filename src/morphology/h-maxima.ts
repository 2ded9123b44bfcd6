import type { Volume } from "../core/volume.js";
import { extremesOf, type HMaximaOptions } from "./maxima.js";

/**
 * Maxima that stand out by at least h: from whose top every way to a higher voxel first goes down by h or more. Markers for
 * {@link watershed}: on a distance transform one for each particle, where plain maxima are many for a rough one.
 * The highest voxels are always among them. Neither mask nor NaN is a way; voxels outside the mask are 0. With `region` only
 * what lies there counts. Values are compared as float32, and h is taken off in it.
 * Exact: same result for any brick shape and number of workers, and for volumes larger than memory. Bricks are gone through
 * until none changes any more: some 30 ns a voxel and pass, few passes if h is small beside the range of values; memory besides
 * the result three volumes of float32 (with `extended` four).
 * @param volume any voxel type, any shape
 * @param h in grey values, above 0
 * @returns new volume of the role mask (uint8), of the same shape and voxel size (of the region's shape, with `region`)
 * @throws InvalidArgument if h is not above 0, all voxels have one value, values are infinite, or whole numbers beyond ±2²⁴
 * @throws MissingData if no voxel with a number lies in region and mask
 * @see P. Soille, Morphological Image Analysis (2003), section 6.3.4 (h-maxima, and with `extended` extended maxima); equal to
 * skimage.morphology.h_maxima, which marks nothing where h is larger than the range of values
 */
export async function hMaxima(volume: Volume, h: number, options: HMaximaOptions = {}): Promise<Volume> {
  return extremesOf(volume, options, { caller: "hMaxima", negative: false, height: h });
}
