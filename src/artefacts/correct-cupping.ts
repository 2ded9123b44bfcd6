import { checkVolume } from "../compute/run.js";
import { InvalidArgument } from "../core/errors.js";
import type { Length } from "../core/length.js";
import { checkNumber, checkOptions, inVoxels, type RunOptions } from "../core/options.js";
import { trace } from "../core/provenance.js";
import type { Volume } from "../core/volume.js";
import { cupOf } from "./cupping-classes.js";
import { lowPassFactors } from "./cupping-low-pass.js";
import { checkMask, jointHistogram } from "./joint-histogram.js";
import { PLANE_THREAD_OPTIONS, type PlaneThreadOptions } from "./plane-threads.js";
import { mapPlanes, type PlaneMap, rounded } from "./plane-wise.js";
import { checkCentre } from "./remove-rings.js";

/** Options of {@link correctCupping}; each method takes its own. One thread works, whatever `workers` says. */
export interface CorrectCuppingOptions extends PlaneThreadOptions, Pick<RunOptions, "mask"> {
  /**
   * `classes`: for samples of a few materials that are found everywhere. `low-pass`: for fine, even mixtures, and for
   * shading that is not round. Default `classes`.
   */
  method?: "classes" | "low-pass";
  /** Grey value of no attenuation (air): what it is multiplied about. Default 0. */
  zero?: number;
  /** For `classes`: number of materials, from 1 to 8. Default 2. */
  classes?: number;
  /** For `classes`: highest power of the squared radius, from 1 to 6. Default 3. */
  order?: number;
  /** For `classes`: the axis in voxels, `[y, x]`. Default: the middle of the planes. */
  centre?: readonly [y: number, x: number];
  /** For `low-pass`: standard deviation of the Gaussian, a length or voxels, from 2 on. Default: an eighth of the width. */
  sigma?: number | Length;
}

const OWN = { classes: ["classes", "order", "centre"], "low-pass": ["sigma"] } as const;
/** Bins of grey values; a class is parted to a 500th of the range. */
const BINS = 512;

/**
 * Corrects cupping: where a beam of many energies hardens on its way, the middle of a slice comes out too dark. Grey values
 * are divided by a factor that is the same in all planes and 1 on average: v′ = zero + (v − zero) / factor.
 *
 * - **classes**: grey values are parted into classes of least variance; the factor is the polynomial in the squared
 *   radius by which the classes' means differ from ring to ring; both steps are repeated until nothing changes (the
 *   iterative histogram classification). A class must occur at most radii, and noise be smaller
 *   than the contrast: filter first, or part of the cup stays.
 * - **low-pass**: the factor is the mean plane after a wide Gaussian. What is denser in the middle of the sample comes
 *   out even: it cannot tell cupping from structure of that size.
 *
 * Give a `mask` of the sample, or the air around it counts as dark sample; voxels outside are corrected, too. Neither
 * method mends dark bands between dense parts ({@link reduceStreaks}). Compare {@link radialProfile} before and after.
 * The factor's largest deviation from 1 stands in the provenance (`depth`). Cost two passes, 5 ns a voxel; memory some
 * planes, with `to` a layer of bricks more. A run that is taken up again looks for the factors again.
 * @param volume any voxel type, at least 8 × 8 voxels a plane; classes must lie above `zero`
 * @returns new volume of the same shape and voxel type; whole numbers are rounded and held at the ends of their range
 * @throws InvalidArgument if an option is out of bounds or belongs to the other method
 * @throws MissingData if no voxel lies in the mask, or its mean is not above `zero`
 * @see P. Iassonov & M. Tuller, Application of segmentation for correction of intensity bias in X-ray computed tomography
 * images (2010), doi:10.2136/vzj2009.0042, for the iteration; R. A. Ketcham & W. D. Carlson, Acquisition, optimization and
 * interpretation of X-ray computed tomographic imagery (2001), doi:10.1016/S0098-3004(00)00116-3, for cupping
 */
export async function correctCupping(volume: Volume, options: CorrectCuppingOptions = {}): Promise<Volume> {
  const caller = "correctCupping";
  checkVolume(caller, volume);
  const { method = "classes", zero = 0, mask } = options;
  if (!Object.hasOwn(OWN, method))
    throw new InvalidArgument(`method is ${JSON.stringify(method)}; allowed are ${Object.keys(OWN).join(", ")}`);
  const shared = ["method", "zero", "mask", ...PLANE_THREAD_OPTIONS];
  checkOptions(`${caller} by ${method}`, options, [...OWN[method], ...shared]);
  const [, height, width] = volume.shape;
  if (height < 8 || width < 8)
    throw new InvalidArgument(`${caller}: planes of ${height} × ${width} are too small; they must be at least 8 × 8`);
  checkNumber("zero (grey value)", zero, -Number.MAX_VALUE, Number.MAX_VALUE);
  checkMask(mask, volume);
  const { parameters, find } =
    method === "classes" ? byClasses(volume, zero, options) : byLowPass(volume, zero, options);
  const map: PlaneMap = {
    dtype: volume.dtype,
    trace: (found) => trace(caller, { method, zero, ...parameters, ...found }, { volume, mask }),
    mask,
    looks: true,
    extraBytes: 4 * height * width,
    cost: 10,
  };
  return mapPlanes(caller, volume, map, options, async () => {
    const { signal, onProgress } = options;
    const pass = { ...(signal && { signal }), ...(onProgress && { onProgress }), ...(mask && { mask }) };
    const { factors, found } = await find(pass);
    const depth = factors.reduce((most, factor) => Math.max(most, Math.abs(factor - 1)), 0);
    return {
      found: { ...found, depth },
      work: (plane) =>
        rounded(
          Float32Array.from(plane, (value, k) => zero + (value - zero) / factors[k]!),
          volume.dtype,
        ),
    };
  });
}

type Pass = Pick<RunOptions, "mask" | "signal" | "onProgress">;
/** A way to the factors, one a pixel: its parameters, checked, and what looks for them. */
interface Method {
  readonly parameters: object;
  find(pass: Pass): Promise<{ readonly factors: Float32Array; readonly found: object }>;
}

function byClasses(volume: Volume, zero: number, options: CorrectCuppingOptions): Method {
  const [, height, width] = volume.shape;
  const { classes = 2, order = 3, centre = [(height - 1) / 2, (width - 1) / 2] } = options;
  checkNumber("classes", classes, 1, 8, true);
  checkNumber("order", order, 1, 6, true);
  checkCentre(centre, height, width);
  const find = async (pass: Pass): ReturnType<Method["find"]> => {
    const joint = await jointHistogram("correctCupping", volume, { ...pass, centre, width: 1, bins: BINS });
    const cup = cupOf(joint, classes, zero, order);
    const last = cup.factors.length - 1;
    const factors = new Float32Array(height * width);
    for (let y = 0, k = 0; y < height; y++)
      for (let x = 0; x < width; x++, k++) {
        // Between the middles of two rings.
        const r = Math.max(0, Math.hypot(y - centre[0], x - centre[1]) - 0.5);
        const ring = Math.min(last, Math.floor(r));
        const share = Math.min(1, r - ring);
        factors[k] = (1 - share) * cup.factors[ring]! + share * cup.factors[Math.min(last, ring + 1)]!;
      }
    return { factors, found: { means: cup.means, iterations: cup.iterations } };
  };
  return { parameters: { classes, order, centre }, find };
}

function byLowPass(volume: Volume, zero: number, options: CorrectCuppingOptions): Method {
  const [, height, width] = volume.shape;
  const sigma = options.sigma === undefined ? Math.max(2, width / 8) : inVoxels("sigma", options.sigma, volume)[2];
  checkNumber("sigma (voxels)", sigma, 2, Math.max(height, width));
  const find = async (pass: Pass): ReturnType<Method["find"]> => ({
    factors: await lowPassFactors("correctCupping", volume, sigma, zero, pass),
    found: {},
  });
  return { parameters: { sigma }, find };
}
