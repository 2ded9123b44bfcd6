import { hessianEigenvalues as operation } from "../compute/operations/tensor.js";
import { checkVolume, run } from "../compute/run.js";
import { BORDER_OPTIONS, type BorderOptions } from "../core/border.js";
import { checkOptions } from "../core/options.js";
import { trace } from "../core/provenance.js";
import type { Volume } from "../core/volume.js";
import { axisScale, checkEigenvalue, derivativeSigma, type PerAxis } from "./neighbourhood.js";

/** Options of {@link hessianEigenvalues}. */
export interface HessianEigenvaluesOptions extends BorderOptions {
  /**
   * Standard deviation of the Gaussian, one for all axes or `[z, y, x]`. Bare numbers are voxels, a length such as
   * `um(0.8)` is converted per axis by the voxel size. From 0.25 to 64 voxels. Default 1.
   */
  sigma?: PerAxis;
  /**
   * Which eigenvalue, by its value and not by its magnitude: `smallest ≤ middle ≤ largest`. Of an image, a single plane, there
   * are two, of a line one. Default `largest`.
   */
  which?: "smallest" | "middle" | "largest";
}

/**
 * An eigenvalue of the Hessian, the matrix of the second derivatives of the blurred volume: how much the grey values bend
 * along the directions in which they bend the most, the least, and between. Dark cracks and gaps bend up across:
 * one large eigenvalue; dark channels have two, dark blobs three. Bright ones have negative eigenvalues: bright fibres two,
 * the smallest and the middle one. A σ answers most to cracks and plates that are 2 σ wide.
 * In grey values per square voxel; where voxels are no cubes, per square of the smallest edge of a voxel. To compare what
 * different σ find, multiply by σ², which is not done here.
 * Borders reflect (`d c b a | a b c d`) unless `border` says otherwise. The Gaussian is cut at 4 σ, so that of a constant c
 * there remain up to 10⁻³ c/σ² (10⁻⁴ at σ 1). Derivatives in float32, eigenvalues in float64 by their closed form, right also where two or three
 * are the same. A NaN makes NaN of everything within reach. With `mask`, voxels outside keep their grey values. Same result
 * for any brick shape and number of workers.
 * Cost O(n·σ); memory per worker one brick with a halo of 4 σ, as float32, four times.
 * @param volume any voxel type, any shape
 * @returns new float32 volume of the same shape and voxel size (of the region's shape, with `region`)
 * @throws InvalidArgument if σ is below 0.25 or above 64 voxels, or there is no such eigenvalue
 * @throws MissingData if σ is a length and the voxel size is unknown
 * @throws LimitExceeded if the memory limit cannot hold the work on one brick
 * @see Y. Sato et al., Three-dimensional multi-scale line filter (1998), doi:10.1016/S1361-8415(98)80009-1; the closed form:
 * O. K. Smith, Eigenvalues of a symmetric 3 × 3 matrix (1961), doi:10.1145/355578.366316. Equal to numpy.linalg.eigvalsh of
 * scipy.ndimage.gaussian_filter with the orders of the second derivatives; near to skimage.feature.hessian_matrix_eigvals,
 * whose derivatives are two first ones of σ/√2 each.
 */
export async function hessianEigenvalues(volume: Volume, options: HessianEigenvaluesOptions = {}): Promise<Volume> {
  checkVolume("hessianEigenvalues", volume);
  checkOptions("hessianEigenvalues", options, ["sigma", "which", ...BORDER_OPTIONS]);
  const { sigma = 1, which = "largest", border, region, mask } = options;
  checkEigenvalue(which, volume, ["smallest", "middle", "largest"]);
  const parameters = { sigma: derivativeSigma(sigma, volume, 0.25), scale: axisScale(volume), which };
  const provenance = trace("hessianEigenvalues", { sigma, which, border, region }, { volume, mask });
  return run(operation, volume, parameters, options, { provenance });
}
