import { laplacian } from "../compute/operations/derivative.js";
import { checkVolume, run } from "../compute/run.js";
import { BORDER_OPTIONS, type BorderOptions } from "../core/border.js";
import { checkOptions } from "../core/options.js";
import { trace } from "../core/provenance.js";
import type { Volume } from "../core/volume.js";
import { axisScale, derivativeSigma, type PerAxis } from "./neighbourhood.js";

/** Options of {@link laplacianOfGaussian}. */
export interface LaplacianOfGaussianOptions extends BorderOptions {
  /**
   * Standard deviation of the Gaussian, one for all axes or `[z, y, x]`. Bare numbers are voxels, a length such as
   * `um(0.8)` is converted per axis by the voxel size. From 0 (the plain
   * Laplacian: differences of neighbours, without a blur) to 64 voxels. Default 1.
   */
  sigma?: PerAxis;
}

/**
 * Laplacian of a Gaussian: the sum of the second derivatives of the blurred volume. Negative inside bright blobs of a radius
 * of √3 σ, positive inside dark ones, through zero at edges. In grey values per square voxel; where voxels are no cubes, per
 * square of the smallest edge of a voxel.
 * Borders reflect (`d c b a | a b c d`) unless `border` says otherwise. The Gaussian is cut at 4 σ, so that of a constant c there remain
 * up to 3·10⁻³ c/σ² (2·10⁻⁴ at σ 1).
 * Computed in float32. A NaN makes NaN of everything
 * within reach. With `mask`, voxels outside keep their grey values. Same result for any brick shape and number of workers.
 * Cost O(n·σ), three times that of {@link gaussian}; memory per worker one brick with a halo of 4 σ, as float32, four times.
 * @param volume any voxel type, any shape
 * @returns new float32 volume of the same shape and voxel size (of the region's shape, with `region`)
 * @throws InvalidArgument if σ is below 0 or above 64 voxels
 * @throws MissingData if σ is a length and the voxel size is unknown
 * @throws LimitExceeded if the memory limit cannot hold the work on one brick
 * @see D. Marr & E. Hildreth, Theory of edge detection (1980), doi:10.1098/rspb.1980.0020. Equal to
 * scipy.ndimage.gaussian_laplace, and with σ 0 to scipy.ndimage.laplace, both with mode "reflect".
 */
export async function laplacianOfGaussian(volume: Volume, options: LaplacianOfGaussianOptions = {}): Promise<Volume> {
  checkVolume("laplacianOfGaussian", volume);
  checkOptions("laplacianOfGaussian", options, ["sigma", ...BORDER_OPTIONS]);
  const { sigma = 1, border, region, mask } = options;
  const parameters = { sigma: derivativeSigma(sigma, volume, 0), scale: axisScale(volume) };
  const provenance = trace("laplacianOfGaussian", { sigma, border, region }, { volume, mask });
  return run(laplacian, volume, parameters, options, { provenance });
}
