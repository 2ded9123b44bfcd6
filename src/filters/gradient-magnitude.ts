import { gradientMagnitude as operation } from "../compute/operations/derivative.js";
import { checkVolume, run } from "../compute/run.js";
import { BORDER_OPTIONS, type BorderOptions } from "../core/border.js";
import { InvalidArgument } from "../core/errors.js";
import { checkOptions } from "../core/options.js";
import { trace } from "../core/provenance.js";
import type { Volume } from "../core/volume.js";
import { axisScale, derivativeSigma, type PerAxis } from "./neighbourhood.js";

/** Options of {@link gradientMagnitude}. */
export interface GradientMagnitudeOptions extends BorderOptions {
  /**
   * `gaussian`: derivatives of a Gaussian, which leave noise out as far as σ reaches. `sobel`: central differences, smoothed
   * by 1 2 1 along the other axes; σ is not used. Default `gaussian`.
   */
  method?: "gaussian" | "sobel";
  /**
   * Standard deviation of the Gaussian, one for all axes or `[z, y, x]`. Bare numbers are voxels, a length such as
   * `um(0.8)` is converted per axis by the voxel size. From 0.25 to 64 voxels. Default 1.
   */
  sigma?: PerAxis;
}

/**
 * Length of the gradient: large at edges, whichever way they run, and at noise. In grey values per voxel; where voxels are
 * no cubes, per smallest edge of a voxel.
 * Borders reflect (`d c b a | a b c d`) unless `border` says otherwise. The Gaussian is cut at 4 σ. Computed in float32. A NaN makes NaN of everything
 * within reach. With `mask`, voxels outside keep their grey values. Same result for any brick shape and number of workers.
 * Cost O(n·σ), three times that of {@link gaussian}; memory per worker one brick with a halo of 4 σ, as float32, four times.
 * @param volume any voxel type, any shape
 * @returns new float32 volume of the same shape and voxel size (of the region's shape, with `region`)
 * @throws InvalidArgument if σ is below 0.25 or above 64 voxels, or the method is unknown
 * @throws MissingData if σ is a length and the voxel size is unknown
 * @throws LimitExceeded if the memory limit cannot hold the work on one brick
 * @see J. Canny, A computational approach to edge detection (1986), doi:10.1109/TPAMI.1986.4767851. Equal to
 * scipy.ndimage.gaussian_gradient_magnitude; by Sobel's operator, to a 32nd of generic_gradient_magnitude of sobel, whose
 * weights do not sum to one.
 */
export async function gradientMagnitude(volume: Volume, options: GradientMagnitudeOptions = {}): Promise<Volume> {
  checkVolume("gradientMagnitude", volume);
  checkOptions("gradientMagnitude", options, ["method", "sigma", ...BORDER_OPTIONS]);
  const { method = "gaussian", sigma = 1, border, region, mask } = options;
  if (method !== "gaussian" && method !== "sobel")
    throw new InvalidArgument(`method is ${JSON.stringify(method)}; allowed are "gaussian" and "sobel"`);
  const parameters = { method, sigma: derivativeSigma(sigma, volume, 0.25), scale: axisScale(volume) };
  const given = method === "sobel" ? { method, border, region } : { method, sigma, border, region };
  const provenance = trace("gradientMagnitude", given, { volume, mask });
  return run(operation, volume, parameters, options, { provenance });
}
