import { checkOptions, RUN_OPTIONS } from "../core/options.js";
import type { Volume } from "../core/volume.js";
import type { Histogram } from "../statistics/histogram.js";
import { histogramFrom } from "../statistics/histogram-from.js";
import { type GreyThresholdOptions, greyBars } from "./grey-bars.js";

/**
 * The threshold at which the histogram lies farthest below the straight line from its highest peak to the end of its longer
 * side: for one large class and a small one in its tail, such as cracks or inclusions.
 * Whole numbers over up to 65536 values are judged one by one, float32 by bins, whose centre the threshold then is. Of 16
 * bits the noise of single counts moves it: give it `histogram(volume, { bins: 256 })`. NaN does not count.
 * Cost that of the histogram.
 * @param input a volume of any voxel type, or a histogram
 * @returns threshold t for {@link threshold}: one class holds the values up to and including t, the other those above
 * @throws InvalidArgument if all values are the same
 * @throws MissingData if no voxel lies in region and mask
 * @see G. W. Zack, W. E. Rogers & S. A. Latt, Automatic measurement of sister chromatid exchange frequency (1977),
 * doi:10.1177/25.7.70454; equal to skimage.filters.threshold_triangle (golden)
 */
export async function triangle(input: Volume | Histogram, options: GreyThresholdOptions = {}): Promise<number> {
  checkOptions("triangle", options, ["bins", ...RUN_OPTIONS]);
  const { values, counts } = greyBars("triangle", await histogramFrom("triangle", input, options, 256));
  const last = counts.length - 1;
  const peak = counts.reduce((best, count, k) => (count > counts[best]! ? k : best), 0);
  const flipped = peak < last - peak;
  const width = flipped ? last - peak : peak;
  const at = (k: number): number => (flipped ? last - k : k);
  let [best, most] = [0, Number.NEGATIVE_INFINITY];
  for (let k = 0; k < width; k++) {
    // Distance from the line, but for a factor.
    const below = counts[peak]! * k - width * counts[at(k)]!;
    if (below > most) [most, best] = [below, k];
  }
  return values[at(best)]!;
}
