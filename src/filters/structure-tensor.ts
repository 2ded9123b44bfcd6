import { structureTensor as operation } from "../compute/operations/tensor.js";
import { checkVolume, run } from "../compute/run.js";
import { BORDER_OPTIONS, type BorderOptions } from "../core/border.js";
import { checkChoice, checkOptions } from "../core/options.js";
import { trace } from "../core/provenance.js";
import type { Volume } from "../core/volume.js";
import { axisScale, checkEigenvalue, derivativeSigma, type PerAxis } from "./neighbourhood.js";

/** Options of {@link structureTensor}. */
export interface StructureTensorOptions extends BorderOptions {
  /**
   * `gaussian`: derivatives of a Gaussian of σ. `sobel`: central differences, smoothed by 1 2 1 along the other axes; σ is not
   * used. Default `gaussian`.
   */
  method?: "gaussian" | "sobel";
  /**
   * Standard deviation of the Gaussian whose derivatives are taken, one for all axes or `[z, y, x]`: about the size of the
   * noise. Bare numbers are voxels, a length such as `um(0.8)` is converted per axis by the voxel size. From 0.25 to 64
   * voxels. Default 1.
   */
  sigma?: PerAxis;
  /** Standard deviation of the Gaussian over which the products of derivatives are averaged: the size of the texture. From 0 to 64 voxels. Default 2. */
  rho?: PerAxis;
  /**
   * Which eigenvalue: `smallest ≤ middle ≤ largest`, all of them ≥ 0 but for rounding; of an image, a single plane, there are
   * two, of a line one. Or `anisotropy`, by how much they differ: from 0, the same in all directions, to 1, a change along
   * one direction only, √(n/(n − 1))·√(Σ(λ − mean)²/Σλ²) of the n eigenvalues. Default `largest`.
   */
  which?: "smallest" | "middle" | "largest" | "anisotropy";
}

/**
 * An eigenvalue of the structure tensor, the local mean of the products of the first derivatives: how much grey values change
 * along the directions in which they change the most, the least, and between. In layers and at faces one is large, along
 * fibres and edges two, in corners and grains three; the anisotropy sums it up in a number that does not depend on contrast.
 * Eigenvalues in square grey values per square voxel; where voxels are no cubes, per square of the smallest edge of a voxel.
 * Borders reflect (`d c b a | a b c d`) unless `border` says otherwise. Gaussians are cut at 4 σ. Products in float32,
 * eigenvalues in float64 by their closed form, right also where two or three are the same. A NaN makes NaN of everything
 * within reach. With `mask`, voxels outside keep their grey values. Same result for any brick shape and number of workers.
 * Cost O(n·(σ + ρ)); memory per worker one brick with a halo of 4 σ + 4 ρ, as float32, seven times, and another six without.
 * @param volume any voxel type, any shape
 * @returns new float32 volume of the same shape and voxel size (of the region's shape, with `region`)
 * @throws InvalidArgument if σ or ρ is outside its limits, the method is unknown, or there is no such eigenvalue
 * @throws MissingData if σ or ρ is a length and the voxel size is unknown
 * @throws LimitExceeded if the memory limit cannot hold the work on one brick
 * @see J. Bigün & G. Granlund, Optimal orientation detection of linear symmetry (1987); J. Weickert, Coherence-enhancing
 * diffusion filtering (1999), doi:10.1023/A:1008009714131; the anisotropy: P. Basser & C. Pierpaoli (1996),
 * doi:10.1006/jmrb.1996.0086. `{ method: "sobel", rho }` gives 1/1024 of the eigenvalues of skimage.feature.structure_tensor
 * with sigma = rho (1/64 in an image), whose operator does not sum to one, 4 ρ + 1 voxels and more from the borders: there it
 * reflects the products of derivatives, where here the grey values go on beyond.
 */
export async function structureTensor(volume: Volume, options: StructureTensorOptions = {}): Promise<Volume> {
  checkVolume("structureTensor", volume);
  checkOptions("structureTensor", options, ["method", "sigma", "rho", "which", ...BORDER_OPTIONS]);
  const { method = "gaussian", sigma = 1, rho = 2, which = "largest", border, region, mask } = options;
  checkChoice("method", method, ["gaussian", "sobel"]);
  checkEigenvalue(which, volume, ["smallest", "middle", "largest", "anisotropy"]);
  const parameters = {
    method,
    sigma: derivativeSigma(sigma, volume, 0.25),
    rho: derivativeSigma(rho, volume, 0, "rho"),
    scale: axisScale(volume),
    which,
  };
  const given = { method, ...(method === "gaussian" && { sigma }), rho, which, border, region };
  const provenance = trace("structureTensor", given, { volume, mask });
  return run(operation, volume, parameters, options, { provenance });
}
