import { checkOptions, RUN_OPTIONS, type RunOptions } from "../core/options.js";
import type { Volume } from "../core/volume.js";
import type { Histogram } from "../statistics/histogram.js";
import { histogramFrom } from "../statistics/histogram-from.js";
import { classMoments, moments, occurring } from "./between-class.js";
import { checkThresholds } from "./thresholds.js";

/** Options of {@link separability}. With a histogram none is allowed. */
export interface SeparabilityOptions extends RunOptions {
  /** Number of bins for float32, and for integers over more than 65536 values; others are counted one by one. Default 256. */
  bins?: number;
}

/**
 * How well thresholds part the grey values: variance between the classes over total variance, from 0 to 1. Otsu's
 * thresholds have the largest that is possible. One threshold through a single Gaussian peak, where there is nothing to
 * part, gives 2/π = 0.64, and through evenly spread values 0.75: much above that the classes are real.
 * @param input a volume of any voxel type, or a histogram
 * @param thresholds ascending, as for {@link threshold}
 * @returns a number from 0 to 1; 0 if all values are the same
 * @throws InvalidArgument if thresholds are not finite and ascending
 * @see N. Otsu (1979), doi:10.1109/TSMC.1979.4310076, where it is called η
 */
export async function separability(
  input: Volume | Histogram,
  thresholds: number | readonly number[],
  options: SeparabilityOptions = {},
): Promise<number> {
  checkOptions("separability", options, ["bins", ...RUN_OPTIONS]);
  const given = checkThresholds(thresholds);
  const all = occurring(await histogramFrom("separability", input, options, 256));
  const { mean, squares } = moments(all);
  if (squares === 0) return 0;
  const between = classMoments(all, given).reduce((sum, part) => sum + part.total * (part.mean - mean) ** 2, 0);
  return between / squares;
}
