import { copy } from "../compute/operations.js";
import type { WholePass } from "../compute/planned.js";
import { stageOf } from "../compute/planned.js";
import { checkMask, checkVolume } from "../compute/run.js";
import { InvalidArgument } from "../core/errors.js";
import { checkNumber, checkOptions, RUN_OPTIONS, type RunOptions } from "../core/options.js";
import { trace } from "../core/provenance.js";
import { checkRegion, voxelCount, wholeRegion } from "../core/shape.js";
import type { Volume } from "../core/volume.js";
import { contourByMeans, startOf } from "./chan-vese-rounds.js";
import { between, boxOf } from "./field-start.js";
import { madeWhole } from "./made-whole.js";

/** Options of {@link chanVese}. */
export interface ChanVeseOptions extends RunOptions {
  /**
   * What the contour begins with: thresholds as for {@link threshold}, a mask, a labels volume with the phases 0, 1, 2, …, or
   * `"chessboard"`, squares of five voxels. Default: the thresholds of {@link multiOtsu}.
   */
  start?: number | readonly number[] | Volume | "chessboard";
  /** Number of classes, from 2 to 254. Default: as `start` has them, else 2. */
  classes?: number;
  /** Names of the phases, the first class first. */
  names?: readonly string[];
  /** Most iterations, from 1 to 10 000; it ends before where nothing changes any more. Default 100. */
  iterations?: number;
  /** Curvature operators after each move, from 0 to 16: the more, the smoother is the contour. Default 1. */
  smoothing?: number;
  /** λ of each class, above 0: the larger, the narrower is the range of grey values that a class takes. Default: 1 for all. */
  weights?: readonly number[];
  /**
   * What lies beyond the faces. `"open"`: nothing, curvature is that of what is there. `"closed"`: the first class, so that
   * contours round off at the edges of the volume, as scikit-image has it. Default `"open"`.
   */
  border?: "open" | "closed";
}

const OWN = ["start", "classes", "names", "iterations", "smoothing", "weights", "border"] as const;

/**
 * Active contours without edges (Chan–Vese) by morphology: labels converge to regions of nearly one grey value with smooth
 * borders. Good where classes differ in their mean and borders are noisy or faint; it cannot follow uneven brightness (see
 * {@link localThreshold}, {@link correctCupping}), and structures thinner than three voxels are smoothed away.
 *
 * An iteration takes the mean μ of each class. Each voxel at which the labels have a slope (unlike neighbours on both sides
 * along an axis) goes to the class with the least λ·(v − μ)² among its own and those of its six neighbours. Then the
 * curvature operator smooths: by turns SI∘IS and IS∘SI, the supremum of infima and infimum of suprema over the nine planes
 * of 3 × 3 voxels (in a single plane four lines). With more than two classes labels are one function with a value for each
 * class, as in the piecewise constant level set method; the operator smooths each set of labels from k on, so that classes
 * should be ordered by their grey values, and where three meet the order decides.
 * A class that loses its last voxel is gone, and keeps its place in the table of phases.
 *
 * The provenance of the result states `means`, `voxels` of each class, `taken` iterations, how many voxels the last one
 * `changed`, and whether it has `settled`: more iterations change nothing, or go to and fro between two states; the labels are
 * always those after all `iterations`.
 * Outside region and mask, and where a voxel is NaN, labels are 255, which counts nowhere. Sums are exact (float32 in
 * 2³⁰ parts of the range of values): same result for any brick shape and number of workers, and for volumes larger than
 * memory. Cost O(n·iterations), about 5 ns a voxel and iteration for two classes; memory per worker one brick with a halo of
 * 1 + 2·smoothing voxels, and four labels volumes.
 * @param volume any voxel type, any shape
 * @returns new labels volume (uint8) of the same shape and voxel size (of the region's shape, with `region`)
 * @throws InvalidArgument if an option is outside its limits, or all voxels have one value and no start is given
 * @throws MissingData if no voxel lies in region and mask, or a class has no voxel at the start
 * @see T. F. Chan & L. A. Vese, Active contours without edges (2001), doi:10.1109/83.902291; P. Márquez-Neila, L. Baumela & L.
 * Álvarez, A morphological approach to curvature-based evolution of curves and surfaces (2014),
 * doi:10.1109/TPAMI.2013.106; J. Lie, M. Lysaker & X.-C. Tai, A variant of the level set method and applications to
 * image segmentation (Mathematics of Computation 75, 2006; one function for several classes). With two classes and the
 * border `"closed"` equal to skimage.segmentation.morphological_chan_vese, whose lambda1 is that of the second class
 */
export async function chanVese(volume: Volume, options: ChanVeseOptions = {}): Promise<Volume> {
  const caller = "chanVese";
  checkVolume(caller, volume);
  checkOptions(caller, options, [...OWN, ...RUN_OPTIONS]);
  const { iterations = 100, smoothing = 1, border = "open", names, region, mask } = options;
  checkNumber("iterations", iterations, 1, 10_000, true);
  checkNumber("smoothing", smoothing, 0, 16, true);
  if (border !== "open" && border !== "closed")
    throw new InvalidArgument(`border is ${JSON.stringify(border)}; allowed are "open" and "closed"`);
  if (region !== undefined) checkRegion(region, volume.shape);
  checkMask(mask, volume);
  const start = startOf(caller, volume, options);
  const classes = start.phases.length;
  const weights = checkedWeights(options.weights, classes);
  const named = { start: start.named, classes, names, iterations, smoothing, weights, border, region };
  const inputs = { volume, start: start.volume, mask };
  const rest = between(options);

  const box = region ?? wholeRegion(volume.shape);
  const facts = { provenance: trace(caller, named, inputs), role: "labels", phases: start.phases } as const;
  const outline = { ...stageOf(copy, volume, {}, facts, { region: box }).outline, dtype: "uint8" } as const;
  const pass: WholePass = {
    caller,
    outline,
    mask,
    why: "it looks at its own labels again and again",
    parts: outline.shape[0],
    workers: 1,
    sharedBytes: 0,
    threadBytes: 0,
    seconds: voxelCount(outline.shape) * iterations * 5e-9,
  };
  const grey = await boxOf(caller, volume, region, rest);
  const result = madeWhole(grey, pass, options, async () => {
    const how = { caller, iterations, smoothing, weights, closed: border === "closed" };
    const { labels, found } = await contourByMeans(grey, start, how, { region, mask }, rest);
    return {
      provenance: trace(caller, { ...named, ...found }, inputs),
      volume: labels,
    };
  });
  return result.finally(() => {
    if (grey !== volume) grey.store.release();
  });
}

function checkedWeights(weights: unknown, classes: number): readonly number[] {
  if (weights === undefined) return new Array<number>(classes).fill(1);
  if (!Array.isArray(weights) || weights.length !== classes)
    throw new InvalidArgument(`weights are ${JSON.stringify(weights)}; give one for each of the ${classes} classes`);
  for (const weight of weights) checkNumber("weights: a weight", weight, 1e-6, 1e6);
  return [...weights];
}
