import { checkNumber, checkOptions } from "../core/options.js";
import { trace } from "../core/provenance.js";
import type { Volume } from "../core/volume.js";
import { mapPlanesInThreads, PLANE_THREAD_OPTIONS, type PlaneThreadOptions } from "./plane-threads.js";
import { checkProjections } from "./projections.js";

/** Options of {@link correctZernike}. */
export interface CorrectZernikeOptions extends PlaneThreadOptions {
  /**
   * Frequency in cycles a pixel below which light passes the phase plate with the undiffracted beam, from 0.001 to 0.2:
   * details longer than 1/cutoff pixels shade off.
   */
  cutoff: number;
  /** Amplitude that the plate lets pass, from 0.05 to 1: the square root of its transmission. Default 1. */
  plate?: number;
  /**
   * Price of a phase that is not 0, over the largest one in the image, from 0 to 0.1: keeps the empty field empty. More for
   * noisy images; about its value is missing from all phases. Default 0.002.
   */
  sparsity?: number;
  /** Rounds of the restoration, from 1 to 2000. Default 200. */
  iterations?: number;
}

/**
 * Restores the phase from Zernike phase contrast, free of halo and shade-off: in nano-tomography the contrast that tells
 * phases of like absorption apart has bright rims around dark parts, and large parts fade towards their middle, because the
 * plate swallows coarse detail together with the undiffracted beam.
 *
 * For thin samples the image is 1 + 2·φ′/t, φ′ the phase without its frequencies below the cutoff and t the plate's amplitude.
 * What is missing is restored by what is known besides: the phase is nowhere negative, 0 outside the image, and 0 in most of
 * the field around the sample.
 * Parts that are wide against 1/cutoff and fill the image cannot be restored: a field around the sample is needed.
 * Strong phases (beyond half a radian) are taken too small.
 * Each projection is computed in one thread. Cost iterations · O(n·log n), 2 µs a pixel each; memory per worker 100 bytes a
 * pixel.
 * @param images volume of role projections, divided by the empty field: 1 where there is nothing
 * @returns float32 volume of role projections: phase in radians, which {@link filteredBackProjection} takes like absorbances
 * @throws InvalidArgument if an option is out of bounds
 * @see F. Zernike 1942, doi:10.1016/S0031-8914(42)80035-X, for the image; Z. Yin, T. Kanade & M. Chen, Understanding the
 * phase contrast optics to restore artifact-free microscopy images for segmentation (2012), doi:10.1016/j.media.2011.12.006,
 * for its inversion with a sparse phase nowhere negative; A. Beck & M. Teboulle 2009, doi:10.1137/080716542, for the iteration
 */
export async function correctZernike(images: Volume, options: CorrectZernikeOptions): Promise<Volume> {
  checkProjections("correctZernike", images);
  checkOptions("correctZernike", options, ["cutoff", "plate", "sparsity", "iterations", ...PLANE_THREAD_OPTIONS]);
  const { cutoff, plate = 1, sparsity = 0.002, iterations = 200 } = options;
  checkNumber("cutoff (cycles a pixel)", cutoff, 0.001, 0.2);
  checkNumber("plate", plate, 0.05, 1);
  checkNumber("sparsity", sparsity, 0, 0.1);
  checkNumber("iterations", iterations, 1, 2000, true);
  const work = {
    module: new URL("./phase-work.js", import.meta.url),
    name: "restorePhase",
    parameters: { cutoff, plate, sparsity, iterations },
    bytesPerPixel: 100,
    cost: 2000 * iterations,
  };
  const provenance = trace("correctZernike", { cutoff, plate, sparsity, iterations }, { volume: images });
  return mapPlanesInThreads("correctZernike", images, { dtype: "float32", provenance }, work, options);
}
