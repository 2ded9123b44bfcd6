import { sheetness as operation } from "../compute/operations/tensor.js";
import { checkVolume, run } from "../compute/run.js";
import { BORDER_OPTIONS, type BorderOptions } from "../core/border.js";
import { InvalidArgument } from "../core/errors.js";
import { isLength, type Length } from "../core/length.js";
import { checkChoice, checkOptions } from "../core/options.js";
import { trace } from "../core/provenance.js";
import type { Triple } from "../core/shape.js";
import type { Volume } from "../core/volume.js";
import { axisScale, derivativeSigma } from "./neighbourhood.js";

/** Options of {@link sheetness}. */
export interface SheetnessOptions extends BorderOptions {
  /**
   * Standard deviation of the Gaussian, or several: half the width of the sheets that are looked for. A bare number is voxels, a
   * length such as `um(0.4)` is converted per axis. From 0.25 to 64 voxels. Default `[0.7, 1, 1.5, 2]`.
   */
  sigma?: number | Length | readonly (number | Length)[];
  /** `dark`: sheets that are darker than what is around, such as cracks; `bright`: brighter ones. Default `dark`. */
  of?: "dark" | "bright";
}

/**
 * How much each voxel lies in a thin sheet, such as a crack, a gap between layers, or a foil: what the grey values bend across the
 * sheet, times how flat they are along it. With the eigenvalues λ₁ ≤ λ₂ ≤ λ₃ of the Hessian of the blurred volume, for dark sheets
 *
 *     σ² · max(0, λ₃) · w(λ₂/λ₃) · w(λ₁/λ₃),    w(r) = 1 − r for r ≥ 0, 1 + r/4 for −4 ≤ r < 0, 0 below,
 *
 * and of several σ the largest; for bright ones the signs are exchanged. A channel or a ball bends in several directions and
 * gets less than a sixth of that. In grey values: a flat sheet that is d darker gets up to 0.484 d, where it is 2 σ wide; half of that
 * where it is 0.6 σ or 3.8 σ wide. White noise of the standard deviation s gets about 0.1 s/σ^1.5, root mean square.
 * Of an image, a single plane, sheets are lines.
 * Borders reflect (`d c b a | a b c d`) unless `border` says otherwise. Derivatives in float32, eigenvalues in float64. A NaN
 * makes NaN of everything within reach. With `mask`, voxels outside keep their grey values. Same result for any brick shape and number
 * of workers. Where voxels are no cubes derivatives are per smallest edge of a voxel.
 * Cost O(n · σ) for each σ; memory per worker one brick with a halo of 4 times the largest σ, as float32, four times.
 * @param volume any voxel type, any shape
 * @returns new float32 volume of the same shape and voxel size (of the region's shape, with `region`)
 * @throws InvalidArgument if there is no σ, or one is below 0.25 or above 64 voxels
 * @throws MissingData if σ is a length and the voxel size is unknown
 * @throws LimitExceeded if the memory limit cannot hold the work on one brick
 * @see Y. Sato et al., Tissue classification based on 3D local intensity structures for volume rendering (2000),
 * doi:10.1109/2945.856997: its sheets, with γ = 1 and α = ¼; {@link hessianEigenvalues}
 */
export async function sheetness(volume: Volume, options: SheetnessOptions = {}): Promise<Volume> {
  checkVolume("sheetness", volume);
  checkOptions("sheetness", options, ["sigma", "of", ...BORDER_OPTIONS]);
  const { sigma = [0.7, 1, 1.5, 2], of = "dark", border, region, mask } = options;
  checkChoice("of", of, ["dark", "bright"]);
  const scales = typeof sigma === "number" || isLength(sigma) ? [sigma] : sigma;
  if (!Array.isArray(scales) || scales.length === 0)
    throw new InvalidArgument(`sigma is ${JSON.stringify(sigma)}; give a number, a length, or several of these`);
  const sigmas = scales.map((one: number | Length) => derivativeSigma(one, volume, 0.25));
  const scale = axisScale(volume);
  const parameters = { sigmas, factors: sigmas.map((one) => variance(one, scale)), scale, dark: of === "dark" };
  const provenance = trace("sheetness", { sigma, of, border, region }, { volume, mask });
  return run(operation, volume, parameters, options, { provenance });
}

/** σ² in squares of the smallest edge of a voxel; the geometric mean of the axes, where a bare number is not the same length along all. */
function variance(sigma: Triple, scale: Triple): number {
  const lengths = sigma.map((s, k) => s / scale[k]!).filter((_, k) => scale[k] !== 0);
  // Of cubes without the rounding of a root.
  if (lengths.every((length) => length === lengths[0])) return (lengths[0] ?? 0) ** 2;
  return lengths.reduce((product, length) => product * length, 1) ** (2 / lengths.length);
}
