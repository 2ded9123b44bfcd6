import { checkNumber, checkOptions, RUN_OPTIONS, type RunOptions } from "../core/options.js";
import type { Volume } from "../core/volume.js";
import type { Histogram } from "../statistics/histogram.js";
import { histogramFrom } from "../statistics/histogram-from.js";
import { bestThresholds, classMoments, type Occurring, occurring } from "./between-class.js";
import { crossing, type GreyGaussian } from "./gaussian-crossing.js";

/** Options of {@link gaussianMixture}. With a histogram those of counting are not allowed. */
export interface GaussianMixtureOptions extends RunOptions {
  /** Number of classes, from 2 to 16. Default 3. */
  classes?: number;
  /** Ends when an iteration raises the mean log likelihood of a voxel by less. Default 1e-7. */
  tolerance?: number;
  /** Ends at the latest after this many iterations. Default 1000. */
  iterations?: number;
  /** Number of bins for float32, and for integers over more than 65536 values; others are counted one by one. Default 1024. */
  bins?: number;
}

/** Gaussians that grey values are a mixture of, from dark to bright. */
export interface GaussianMixture {
  /** Share of the voxels that are of each class, be they on its side of a threshold or not. */
  readonly weights: readonly number[];
  /** Mean grey value of each class. */
  readonly means: readonly number[];
  /** Standard deviation of each class in grey values. */
  readonly deviations: readonly number[];
  /**
   * Grey values for {@link threshold} at which a voxel is equally likely of two neighbouring classes. Where one is the more
   * likely all the way between their means: as many standard deviations from both.
   */
  readonly thresholds: readonly number[];
  /** Logarithm of the likelihood of a voxel's grey value, mean over the voxels. */
  readonly logLikelihood: number;
  readonly iterations: number;
  /** False if `iterations` ended it. */
  readonly converged: boolean;
}

/**
 * Takes the histogram apart into Gaussians, one a class, by expectation maximisation on its bins: classes of unlike size and
 * width, whose tails overlap. The thresholds are those at which fewest voxels get the wrong label, if the classes are
 * Gaussian; `weights` are their fractions, without the error of any threshold. Blurred edges between two phases are no
 * Gaussian and fill the valley: leave them out by a `mask` where they are many.
 * Starts from the classes of {@link multiOtsu}, so that the result is always the same; like all such iterations it finds a
 * likelihood that is largest nearby, not everywhere. No class gets narrower than a bin. NaN does not count.
 * Cost that of the histogram, and O(classes · n) an iteration for n different values: 4 ms for 3 classes of 16 bits.
 * @param input a volume of any voxel type, or a histogram
 * @throws InvalidArgument if there are fewer different values than classes
 * @throws MissingData if no voxel lies in region and mask
 * @see A. P. Dempster, N. M. Laird & D. B. Rubin, Maximum likelihood from incomplete data via the EM algorithm (1977),
 * doi:10.1111/j.2517-6161.1977.tb01600.x; sklearn.mixture.GaussianMixture gives the same from the same start (golden)
 */
export async function gaussianMixture(
  input: Volume | Histogram,
  options: GaussianMixtureOptions = {},
): Promise<GaussianMixture> {
  checkOptions("gaussianMixture", options, ["classes", "tolerance", "iterations", "bins", ...RUN_OPTIONS]);
  const { classes = 3, tolerance = 1e-7, iterations = 1000, ...rest } = options;
  checkNumber("classes", classes, 2, 16, true);
  checkNumber("tolerance", tolerance, 0, 1);
  checkNumber("iterations", iterations, 1, 1e6, true);
  const counted = await histogramFrom("gaussianMixture", input, rest, 1024);
  const all = occurring(counted);
  const start = classMoments(all, bestThresholds("gaussianMixture", all, classes));
  const voxels = start.reduce((sum, { total }) => sum + total, 0);
  // Values within a bin are spread evenly: nothing is known of a width below that of such a spread.
  const least = counted.step / Math.sqrt(12);
  let found: readonly GreyGaussian[] = start.map(({ total, mean, squares }) => ({
    weight: total / voxels,
    mean,
    deviation: Math.max(least, Math.sqrt(squares / total)),
  }));
  let logLikelihood = Number.NEGATIVE_INFINITY;
  let done = 0;
  let converged = false;
  while (done < iterations && !converged) {
    const next = improved(all, found, voxels, least);
    converged = Math.abs(next.logLikelihood - logLikelihood) < tolerance;
    ({ logLikelihood, gaussians: found } = next);
    done++;
  }
  const sorted = found.toSorted((a, b) => a.mean - b.mean);
  return {
    weights: sorted.map(({ weight }) => weight),
    means: sorted.map(({ mean }) => mean),
    deviations: sorted.map(({ deviation }) => deviation),
    thresholds: sorted.slice(1).map((bright, k) => crossing(sorted[k]!, bright)),
    logLikelihood,
    iterations: done,
    converged,
  };
}

/** One iteration: the Gaussians of greater likelihood, and the mean log likelihood of those before. */
function improved(
  { values, counts }: Occurring,
  gaussians: readonly GreyGaussian[],
  voxels: number,
  least: number,
): { gaussians: GreyGaussian[]; logLikelihood: number } {
  const classes = gaussians.length;
  const height = gaussians.map(({ weight, deviation }) => Math.log(weight / (deviation * Math.sqrt(2 * Math.PI))));
  const [weight, first, second] = [0, 1, 2].map(() => new Float64Array(classes)) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  const part = new Float64Array(classes);
  let likelihood = 0;
  for (let k = 0; k < values.length; k++) {
    const value = values[k]!;
    let most = Number.NEGATIVE_INFINITY;
    for (let c = 0; c < classes; c++) {
      const { mean, deviation } = gaussians[c]!;
      part[c] = height[c]! - 0.5 * ((value - mean) / deviation) ** 2;
      if (part[c]! > most) most = part[c]!;
    }
    let sum = 0;
    for (let c = 0; c < classes; c++) {
      part[c] = Math.exp(part[c]! - most);
      sum += part[c]!;
    }
    likelihood += counts[k]! * (most + Math.log(sum));
    for (let c = 0; c < classes; c++) {
      const share = (counts[k]! * part[c]!) / sum;
      const apart = value - gaussians[c]!.mean;
      weight[c]! += share;
      first[c]! += share * apart;
      second[c]! += share * apart * apart;
    }
  }
  const next = gaussians.map(({ mean, deviation }, c) => {
    // A class that no voxel is of stays where it is.
    if (weight[c]! < 1e-9) return { weight: 1e-300, mean, deviation };
    const shift = first[c]! / weight[c]!;
    const variance = second[c]! / weight[c]! - shift ** 2;
    return {
      weight: weight[c]! / voxels,
      mean: mean + shift,
      deviation: Math.max(least, Math.sqrt(Math.max(0, variance))),
    };
  });
  return { gaussians: next, logLikelihood: likelihood / voxels };
}
