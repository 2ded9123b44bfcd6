import { edgeStopping } from "../compute/operations/derivative.js";
import { checkVolume, run } from "../compute/run.js";
import { BORDER_OPTIONS, type BorderOptions } from "../core/border.js";
import { checkNumber, checkOptions } from "../core/options.js";
import { trace } from "../core/provenance.js";
import type { Volume } from "../core/volume.js";
import { axisScale, derivativeSigma, type PerAxis } from "./neighbourhood.js";

/** Options of {@link inverseGaussianGradient}. */
export interface InverseGaussianGradientOptions extends BorderOptions {
  /** What lies beyond the faces of the volume. Default `"nearest"`. */
  border?: BorderOptions["border"];
  /**
   * Standard deviation of the Gaussian, one for all axes or `[z, y, x]`. Bare numbers are voxels, a length is converted per
   * axis by the voxel size. From 0.25 to 64 voxels. Default 5.
   */
  sigma?: PerAxis;
  /** α, how steeply the map falls with the gradient, in voxels per grey value; from 0 to 10⁹. Default 100. */
  alpha?: number;
}

/**
 * Map of edges for {@link geodesicContour}: 1 / √(1 + α·|∇(G_σ * v)|), 1 where the volume is flat and near 0 at edges. α
 * should be about the inverse of the gradients that noise makes, σ about their size.
 * Computed in float32; a NaN makes NaN of everything within reach. With `mask`, voxels outside keep their grey values. Same
 * result for any brick shape and number of workers. Cost and memory as of {@link gradientMagnitude}.
 * @param volume any voxel type, any shape
 * @returns new float32 volume of the same shape and voxel size (of the region's shape, with `region`)
 * @throws InvalidArgument if σ or α is outside its limits
 * @throws MissingData if σ is a length and the voxel size is unknown
 * @see V. Caselles, R. Kimmel & G. Sapiro, Geodesic active contours (1997), doi:10.1023/A:1007979827043. Equal to
 * skimage.segmentation.inverse_gaussian_gradient, within float32
 */
export async function inverseGaussianGradient(
  volume: Volume,
  options: InverseGaussianGradientOptions = {},
): Promise<Volume> {
  const caller = "inverseGaussianGradient";
  checkVolume(caller, volume);
  checkOptions(caller, options, ["sigma", "alpha", ...BORDER_OPTIONS]);
  const { sigma = 5, alpha = 100, border = "nearest", region, mask } = options;
  checkNumber("alpha (voxels per grey value)", alpha, 0, 1e9);
  const parameters = { sigma: derivativeSigma(sigma, volume, 0.25), scale: axisScale(volume), alpha };
  const provenance = trace(caller, { sigma, alpha, border, region }, { volume, mask });
  return run(edgeStopping, volume, parameters, { ...options, border }, { provenance, role: "field", phases: null });
}
