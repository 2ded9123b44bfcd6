import { copy } from "../compute/operations.js";
import { checkVolume, run } from "../compute/run.js";
import { BORDER_OPTIONS, type BorderOptions } from "../core/border.js";
import type { DType } from "../core/dtype.js";
import { InvalidArgument } from "../core/errors.js";
import { checkChoice, checkNumber, checkOptions } from "../core/options.js";
import { trace } from "../core/provenance.js";
import type { Triple } from "../core/shape.js";
import type { Volume } from "../core/volume.js";
import { noiseLevel } from "../statistics/noise-level.js";
import { diffuse, diffuseRelative } from "./diffusion-steps.js";
import { axisScale, checkResultType } from "./neighbourhood.js";

/** Options of {@link anisotropicDiffusion}. */
export interface AnisotropicDiffusionOptions extends BorderOptions {
  /** Number of steps, from 1 to 1000: more reaches farther, by about √(2·steps·timeStep) voxels. Default 5. */
  iterations?: number;
  /**
   * Length of a step, in square voxels. The limit of stability is 1/6 for cubes, 1/4 in an image; for other voxels it is
   * ½ / Σ (smallest edge / edge)². Default 1/16.
   */
  timeStep?: number;
  /**
   * How much flows over a slope s, in parts of what would flow without edges: `exponential`, exp(−(s/K)²), keeps few strong
   * edges; `reciprocal`, 1/(1 + (s/K)²), keeps large regions before small ones. Default `exponential`.
   */
  conductance?: "exponential" | "reciprocal";
  /**
   * K, the slope that begins to be an edge: in grey values per voxel (where voxels are no cubes, per smallest edge of one);
   * or relative, `{ relative: 2 }`, in multiples of the root mean square of the gradient, which is measured over the whole
   * volume before the first step and again before each step, or after `every` so many. Default: 3 times the noise that
   * {@link noiseLevel} finds.
   */
  edge?: number | { readonly relative: number; readonly every?: number };
  /**
   * `gradient`: grey values flow down their gradient, as Perona and Malik have it. `curvature`: surfaces of equal grey value
   * move by their curvature, which does not blur or sharpen across them. Default `gradient`.
   */
  method?: "gradient" | "curvature";
  /**
   * Voxel type of the result: that of the volume, rounded to the nearest value (ties to even), or `float32`, which keeps
   * the fractions. Default: that of the volume.
   */
  dtype?: DType;
}

/**
 * Anisotropic diffusion (Perona and Malik): grey values flow between neighbours as heat does, but the less the steeper it is
 * from one to the other. Smooths inside particles and pores, and leaves their edges. Takes away noise that is weaker than
 * the edges; with a K above these it is a blur.
 *
 * Each step is v + timeStep·Σ (flux in − flux out) over the six faces of a voxel. The flux through a face is the difference
 * of its two voxels times the conductance, for which the slope at the face has all three components: that difference, and
 * along the face the mean of the central differences of the two voxels (the discretisation of ITK; Perona and Malik take the
 * difference alone, so that edges which are aligned to the voxels are kept better than others). No value leaves the range of
 * the volume with the method `gradient`.
 *
 * Borders reflect (`d c b a | a b c d`), through which nothing flows, unless `border` says otherwise; voxels beyond a border
 * `nearest` or of a constant flow with those of the volume. Computed in float32. NaN spreads a voxel with each step. With
 * `mask`, voxels outside keep their grey values. Same result for any brick shape and number of workers.
 * Cost O(n·iterations); memory per worker one brick with a halo of up to five voxels, as float32, twice; with a mask, or a
 * border `nearest` or of a constant, with a halo of as many voxels as there are iterations. With more than five iterations,
 * or a relative edge, intermediate float32 volumes are written.
 * @param volume any voxel type, any shape
 * @returns new volume of the same shape and voxel size (of the region's shape, with `region`)
 * @throws InvalidArgument if an option is outside its limits, the time step is not stable, a dtype is asked for that is not
 * the volume's or float32, or the edge is relative and the border neither reflects nor wraps
 * @throws MissingData if the noise has to be estimated and there are not enough voxels
 * @throws LimitExceeded if the memory limit cannot hold the work on one brick
 * @see P. Perona & J. Malik, Scale-space and edge detection using anisotropic diffusion (1990), doi:10.1109/34.56205; curvature:
 * R. Whitaker & X. Xue, Variable-conductance, level-set curvature for image denoising (2001), International Conference on Image Processing.
 * `{ edge: { relative: Math.SQRT2 * c }, timeStep: t, dtype: "float32" }` is SimpleITK's GradientAnisotropicDiffusion with the
 * conductance c and the time step t, for voxels that are cubes (`every` is its conductanceScalingUpdateInterval); and so the
 * method `curvature` is CurvatureAnisotropicDiffusion.
 */
export async function anisotropicDiffusion(volume: Volume, options: AnisotropicDiffusionOptions = {}): Promise<Volume> {
  checkVolume("anisotropicDiffusion", volume);
  const own = ["iterations", "timeStep", "conductance", "edge", "method", "dtype"];
  checkOptions("anisotropicDiffusion", options, [...own, ...BORDER_OPTIONS]);
  const { iterations = 5, timeStep = 1 / 16, conductance = "exponential", method = "gradient" } = options;
  const { dtype = volume.dtype, border, region, mask, signal } = options;
  checkNumber("iterations", iterations, 1, 1000, true);
  checkChoice("conductance", conductance, ["exponential", "reciprocal"]);
  checkChoice("method", method, ["gradient", "curvature"]);
  checkResultType(dtype, volume);
  const scale = axisScale(volume);
  checkStep(timeStep, scale);
  checkEdge(options.edge);
  const sampled = { ...(region && { region }), ...(mask && { mask }), ...(signal && { signal }) };
  const edge = options.edge ?? 3 * (await noiseLevel(volume, sampled));
  const given = { iterations, timeStep, conductance, edge, method, dtype, border, region };
  const provenance = trace("anisotropicDiffusion", given, { volume, mask });
  const flow = { method, conductance, timeStep, scale, dtype };
  if (typeof edge === "object") return diffuseRelative(volume, flow, iterations, edge, options, provenance);
  // Without noise there is nothing to take away; over an edge of next to nothing nothing flows.
  if (edge === 0 && dtype === volume.dtype) return run(copy, volume, {}, options, { provenance });
  return diffuse(volume, flow, new Array<number>(iterations).fill(edge || 1e-30), options, provenance);
}

/** Throws unless a step of this length is stable: each voxel then becomes a mean of itself and its neighbours. */
function checkStep(timeStep: unknown, scale: Triple): void {
  const limit = 0.5 / scale.reduce((sum, s) => sum + s ** 2, 0);
  const digits = (value: number): string => value.toPrecision(4);
  if (typeof timeStep !== "number" || !(timeStep > 0 && timeStep <= limit * (1 + 1e-9)))
    throw new InvalidArgument(
      `timeStep is ${String(timeStep)}; allowed is a number above 0 and up to ${digits(limit)}, from where on the steps swing ever higher. For a longer way take more iterations`,
    );
}

function checkEdge(edge: unknown): void {
  if (edge === undefined) return;
  if (typeof edge !== "object" || edge === null) return checkNumber("edge (grey values per voxel)", edge, 1e-20, 1e20);
  checkOptions("edge", edge, ["relative", "every"]);
  const { relative, every = 1 } = edge as { relative: unknown; every?: unknown };
  checkNumber("edge: relative (times the mean gradient)", relative, 1e-6, 1e6);
  checkNumber("edge: every (steps)", every, 1, 1000, true);
}
