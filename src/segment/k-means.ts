import { checkNumber, checkOptions, RUN_OPTIONS, type RunOptions } from "../core/options.js";
import type { Volume } from "../core/volume.js";
import type { Histogram } from "../statistics/histogram.js";
import { histogramFrom } from "../statistics/histogram-from.js";
import { bestThresholds, classMoments, occurring } from "./between-class.js";

/** Options of {@link kMeans}. With a histogram only `classes` is allowed. */
export interface KMeansOptions extends RunOptions {
  /** Number of classes, from 2 to 32. Default 3. */
  classes?: number;
  /** Number of bins for float32, and for integers over more than 65536 values; others are counted one by one. Default 256. */
  bins?: number;
}

/** Classes of grey values, from dark to bright, as {@link kMeans} finds them. */
export interface GreyClasses {
  /** Grey values halfway between neighbouring means, for {@link threshold}: one fewer than there are classes. */
  readonly thresholds: readonly number[];
  /** Mean grey value of each class. */
  readonly means: readonly number[];
  /** Standard deviation of the grey values of each class. */
  readonly deviations: readonly number[];
  /** Share of the voxels in each class. */
  readonly fractions: readonly number[];
  /** Sum of squared distances of all voxels from the means of their classes. */
  readonly inertia: number;
}

/**
 * k-means of the grey values: the classes whose values lie nearest to their means. On grey values alone that is the optimum of
 * {@link multiOtsu}, found exactly and not by trial from random starts: no other classes have a smaller `inertia`. What
 * differs is where in the gap between two classes the threshold lies: here halfway between their means, which other voxels,
 * such as those of a next scan, fall nearest to; there at the brightest value of the darker class.
 * Whole numbers over up to 65536 values are judged exactly, float32 by bins. NaN does not count.
 * Cost that of the histogram, and O(classes · n · log n) for n different values: 0.1 s for 5 classes of 16 bits.
 * @param input a volume of any voxel type, or a histogram
 * @throws InvalidArgument if there are fewer different values than classes
 * @throws MissingData if no voxel lies in region and mask
 * @see S. P. Lloyd, Least squares quantization in PCM (1982), doi:10.1109/TIT.1982.1056489; in one dimension exactly by
 * A. Grønlund et al. (2017), arXiv:1701.07204; equal to sklearn.cluster.KMeans where that finds the optimum (golden)
 * @example const labels = await threshold(scan, (await kMeans(scan, { classes: 3 })).thresholds);
 */
export async function kMeans(input: Volume | Histogram, options: KMeansOptions = {}): Promise<GreyClasses> {
  checkOptions("kMeans", options, ["classes", "bins", ...RUN_OPTIONS]);
  const { classes = 3, ...rest } = options;
  checkNumber("classes", classes, 2, 32, true);
  const all = occurring(await histogramFrom("kMeans", input, rest, 256));
  const found = classMoments(all, bestThresholds("kMeans", all, classes));
  const voxels = found.reduce((sum, { total }) => sum + total, 0);
  const means = found.map(({ mean }) => mean);
  return {
    thresholds: means.slice(1).map((mean, k) => (means[k]! + mean) / 2),
    means,
    deviations: found.map(({ squares, total }) => Math.sqrt(squares / total)),
    fractions: found.map(({ total }) => total / voxels),
    inertia: found.reduce((sum, { squares }) => sum + squares, 0),
  };
}
