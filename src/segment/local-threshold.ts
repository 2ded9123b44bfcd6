import { localThreshold as operation } from "../compute/operations/local-threshold.js";
import { checkVolume, run } from "../compute/run.js";
import { BORDER_OPTIONS, type BorderOptions } from "../core/border.js";
import { DTYPES } from "../core/dtype.js";
import { MissingData } from "../core/errors.js";
import { checkChoice, checkNumber, checkOptions } from "../core/options.js";
import { trace } from "../core/provenance.js";
import type { Triple } from "../core/shape.js";
import type { Volume } from "../core/volume.js";
import { type PerAxis, radiusOf } from "../filters/neighbourhood.js";
import { thresholdPhases } from "./thresholds.js";

/** Options of {@link localThreshold}. */
export interface LocalThresholdOptions extends BorderOptions {
  /**
   * What the threshold of a voxel is, from the mean m and the standard deviation s of the voxels around it: `sauvola`
   * m·(1 + k·(s/range − 1)), `niblack` m − k·s, `mean` m − offset, `gaussian` the mean weighted by a Gaussian, less offset.
   * Default `sauvola`.
   */
  method?: "gaussian" | "mean" | "niblack" | "sauvola";
  /**
   * Half-width of the box around a voxel, one for all axes or `[z, y, x]` (`[0, 12, 12]` is slice by slice): wider than
   * the structures, narrower than what changes from place to place. A bare number is voxels, a length such as `um(8)` is
   * converted per axis by the voxel size. From 0 to 64 voxels. The Gaussian has a third of it as its standard deviation.
   * Default 7, a box of 15 voxels an edge.
   */
  radius?: PerAxis;
  /** Weight of the standard deviation in `sauvola` and `niblack`, from −10 to 10; larger lowers the threshold. Default 0.2. */
  k?: number;
  /** Grey values by which the thresholds of `mean` and `gaussian` are lower. Default 0. */
  offset?: number;
  /**
   * Standard deviation at which Sauvola's threshold is the mean, in grey values. Default: half the range of the voxel
   * type for 8 and 16 bits, half that of the volume for others. Grey values that fill little of it need a smaller one.
   */
  range?: number;
  /** Names of both phases, the darker first. Default `phase 0` and `phase 1`. */
  names?: readonly string[];
}

/** Options of each method beside those of all. */
const OWN = { sauvola: ["k", "range"], niblack: ["k"], mean: ["offset"], gaussian: ["offset"] } as const;

/**
 * Segments a volume into two phases by a threshold for each voxel, which follows from what lies around it: for scans whose
 * grey values drift, by cupping or shading. It sees contrast, not grey values: inside a large grain all voxels are as bright as
 * their mean, and noise decides (Sauvola's method then calls them bright, as a threshold below the mean does; its dark phase is
 * meant to be the rarer one). Where the drift is smooth, `correctCupping` and one threshold are better.
 * Label 0 up to and including the threshold, 1 above it. NaN, voxels from which one is within reach and voxels outside the
 * mask get label 255, which belongs to no phase; voxels outside the mask are still seen by those inside.
 * Borders reflect (`d c b a | a b c d`) unless `border` says otherwise. Same result for any brick shape and number of workers.
 * Cost O(n) whatever the radius for 8 and 16 bits, O(n·r) for 32 bits and for Gaussians; memory per worker one brick with
 * a halo of r voxels and a few planes of float64.
 * @param volume any voxel type, any shape
 * @returns new labels volume (uint8) of the same shape and voxel size (of the region's shape, with `region`)
 * @throws InvalidArgument if the radius is below 0 or above 64 voxels, or an option is one of another method
 * @throws MissingData if the radius is a length and the voxel size is unknown
 * @throws LimitExceeded if the memory limit cannot hold the work on one brick
 * @see J. Sauvola & M. Pietikäinen, Adaptive document image binarization (2000), doi:10.1016/S0031-3203(99)00055-2; W. Niblack,
 * An introduction to digital image processing (1986). Equal to `image > t` with t of skimage.filters.threshold_sauvola and
 * threshold_niblack with `border: "mirror"`, and of threshold_local with methods mean and gaussian (golden), but for voxels
 * within rounding of their threshold: it sums means axis by axis, Gaussians here are float32, and floats there are.
 * @example const phases = await localThreshold(scan, { radius: um(10), range: 40, names: ["pore", "solid"] });
 */
export async function localThreshold(volume: Volume, options: LocalThresholdOptions = {}): Promise<Volume> {
  checkVolume("localThreshold", volume);
  const { method = "sauvola", radius = 7, k = 0.2, offset = 0, names, border, region, mask } = options;
  checkChoice("method", method, ["gaussian", "mean", "niblack", "sauvola"]);
  checkOptions(`localThreshold (${method})`, options, ["method", "radius", ...OWN[method], "names", ...BORDER_OPTIONS]);
  checkNumber("k", k, -10, 10);
  checkNumber("offset (grey values)", offset, -Number.MAX_VALUE, Number.MAX_VALUE);
  const phases = thresholdPhases([0], names);
  const half = radiusOf(radius, volume);
  const range = method === "sauvola" ? (options.range ?? halfRange(volume)) : 0;
  if (method === "sauvola") checkNumber("range (grey values)", range, Number.MIN_VALUE, Number.MAX_VALUE);
  const facts = {
    gaussian: { method: "gaussian", sigma: half.map((r) => r / 3) as unknown as Triple, offset },
    mean: { method: "mean", radius: half, offset },
    niblack: { method: "niblack", radius: half, k },
    sauvola: { method: "sauvola", radius: half, k, range },
  } as const;
  const own = { sauvola: { k, range }, niblack: { k }, mean: { offset }, gaussian: { offset } }[method];
  const provenance = trace("localThreshold", { method, radius, ...own, names, border, region }, { volume, mask });
  return run(operation, volume, facts[method], options, { provenance, role: "labels", phases });
}

function halfRange(volume: Volume): number {
  const { bytes, min, max } = DTYPES[volume.dtype];
  if (bytes < 4) return (max - min) / 2;
  const [low, high] = volume.range;
  if (!(high > low) || !Number.isFinite(high - low))
    throw new MissingData(
      `localThreshold: the grey values of this volume reach from ${low} to ${high}, which tells no range; give \`range\``,
    );
  return (high - low) / 2;
}
