import { checkOptions, RUN_OPTIONS } from "../core/options.js";
import type { Volume } from "../core/volume.js";
import type { Histogram } from "../statistics/histogram.js";
import { histogramFrom } from "../statistics/histogram-from.js";
import { type GreyThresholdOptions, greyBars } from "./grey-bars.js";

/**
 * The threshold of maximum correlation (entropy of second order): −ln Σp² of the grey values within each class, summed over
 * both. Like {@link kapur} it finds a small class beside a large one, and is moved less by rare grey values.
 * Whole numbers over up to 65536 values are judged exactly, float32 by bins, whose centre the threshold then is: half a
 * bin is its error. Of equally good thresholds the lowest is given. NaN does not count.
 * Cost that of the histogram.
 * @param input a volume of any voxel type, or a histogram
 * @returns threshold t for {@link threshold}: one class holds the values up to and including t, the other those above
 * @throws InvalidArgument if all values are the same
 * @throws MissingData if no voxel lies in region and mask
 * @see J.-C. Yen, F.-J. Chang & S. Chang, A new criterion for automatic multilevel thresholding (1995),
 * doi:10.1109/83.366472; equal to skimage.filters.threshold_yen (golden), but for its rounding of sums to float32
 */
export async function yen(input: Volume | Histogram, options: GreyThresholdOptions = {}): Promise<number> {
  checkOptions("yen", options, ["bins", ...RUN_OPTIONS]);
  const { values, counts } = greyBars("yen", await histogramFrom("yen", input, options, 256));
  let [weight, squares] = [0, 0];
  for (const count of counts) {
    weight += count;
    squares += count ** 2;
  }
  // Correlation of both classes: 2 ln W − ln Σ n² each.
  let [dark, darkSquares, most, at] = [0, 0, Number.NEGATIVE_INFINITY, 0];
  for (let k = 0; k + 1 < counts.length; k++) {
    dark += counts[k]!;
    darkSquares += counts[k]! ** 2;
    const correlation = 2 * Math.log(dark * (weight - dark)) - Math.log(darkSquares * (squares - darkSquares));
    // An empty bin parts as the one before it does.
    if (counts[k]! > 0 && correlation > most) [most, at] = [correlation, k];
  }
  return values[at]!;
}
