import { InvalidArgument } from "../core/errors.js";
import { checkNumber, checkOptions, RUN_OPTIONS, type RunOptions } from "../core/options.js";
import type { Volume } from "../core/volume.js";
import type { Histogram } from "../statistics/histogram.js";
import { histogramFrom } from "../statistics/histogram-from.js";
import type { Occurring } from "./between-class.js";
import { greyBars, joinedBars } from "./grey-bars.js";

/** Options of {@link kapur}. With a histogram only `classes` is allowed. */
export interface KapurOptions extends RunOptions {
  /** Number of classes, from 2 to 5: one more than there will be thresholds. Default 2. */
  classes?: number;
  /** Number of bins for float32, and for integers over more than 65536 values; others are counted one by one. Default 256. */
  bins?: number;
}

/** Bins that more than two classes are looked for in, at most. */
const MOST_BINS = 4096;

/**
 * Thresholds by maximum entropy: the grey values within each class are as evenly spread as they can be, summed over the
 * classes. Finds a small class beside a large one, which Otsu's method misses; where the noise is Gaussian and the classes
 * are about equally large {@link multiOtsu} is nearer to the truth.
 * Two classes are judged exactly as {@link otsu} does. With more of them, neighbours are joined where there are more than
 * 4096 grey values between the ends, so that a threshold of 16-bit voxels is right to at most 16 grey values; among those
 * bins no thresholds are better (entropies of classes add up, so that the best way to part all values contains the best way
 * to part those below its last threshold). Of equally good thresholds the lower ones are given. NaN does not count.
 * Cost that of the histogram, and O(n) for two classes, O(classes · n²) for more: below 1 ms of 8 bits, 0.1 s a class of 16.
 * @param input a volume of any voxel type, or a histogram
 * @returns `classes − 1` ascending thresholds t for {@link threshold}: a class holds the values above one and not above the next
 * @throws InvalidArgument if there are fewer different values than classes
 * @throws MissingData if no voxel lies in region and mask
 * @see J. Kapur, P. Sahoo & A. Wong, A new method for gray-level picture thresholding using the entropy of the histogram
 * (1985), doi:10.1016/0734-189X(85)90125-2; two classes of 8 bits are ITK's maximum entropy
 * threshold (golden)
 */
export async function kapur(input: Volume | Histogram, options: KapurOptions = {}): Promise<number[]> {
  checkOptions("kapur", options, ["classes", "bins", ...RUN_OPTIONS]);
  const { classes = 2, ...rest } = options;
  checkNumber("classes", classes, 2, 5, true);
  const all = greyBars("kapur", await histogramFrom("kapur", input, rest, 256));
  const { values, counts } = classes === 2 ? all : joinedBars(all, MOST_BINS);
  const filled = [...counts.keys()].filter((k) => counts[k]! > 0);
  if (filled.length < classes)
    throw new InvalidArgument(
      `kapur: ${classes} classes need at least ${classes} different grey values, and there are ${filled.length}`,
    );
  const pick = (from: Float64Array): Float64Array => Float64Array.from(filled, (k) => from[k]!);
  return mostEntropy({ values: pick(values), counts: pick(counts) }, classes);
}

/**
 * The largest value of each class but the last, for the largest sum of entropies. That of a class is ln W − Σ n ln n / W,
 * with the numbers n of its values and their sum W. It satisfies no quadrangle inequality, in neither direction, so that
 * each end of a class has to be tried with each of the one before.
 */
function mostEntropy({ values, counts }: Occurring, classes: number): number[] {
  const n = values.length;
  const weight = new Float64Array(n + 1);
  const order = new Float64Array(n + 1);
  for (let k = 0; k < n; k++) {
    weight[k + 1] = weight[k]! + counts[k]!;
    order[k + 1] = order[k]! + counts[k]! * Math.log(counts[k]!);
  }
  const entropy = (from: number, to: number): number => {
    const held = weight[to]! - weight[from]!;
    return Math.log(held) - (order[to]! - order[from]!) / held;
  };
  let best = Float64Array.from({ length: n + 1 }, (_, to) => (to === 0 ? 0 : entropy(0, to)));
  const cuts: Int32Array[] = [];
  for (let c = 2; c <= classes; c++) {
    const next = new Float64Array(n + 1);
    const cut = new Int32Array(n + 1);
    // All values belong to the last class or to one before it: of that layer one end is asked for.
    for (let end = c === classes ? n : c; end <= n; end++) {
      let most = Number.NEGATIVE_INFINITY;
      for (let k = c - 1; k < end; k++) {
        const total = best[k]! + entropy(k, end);
        if (total > most) {
          most = total;
          cut[end] = k;
        }
      }
      next[end] = most;
    }
    cuts.push(cut);
    best = next;
  }
  const thresholds: number[] = [];
  for (let c = classes - 2, end = n; c >= 0; c--) {
    end = cuts[c]![end]!;
    thresholds.unshift(values[end - 1]!);
  }
  return thresholds;
}
