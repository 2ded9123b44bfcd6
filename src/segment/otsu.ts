import { checkOptions, RUN_OPTIONS, type RunOptions } from "../core/options.js";
import type { Volume } from "../core/volume.js";
import type { Histogram } from "../statistics/histogram.js";
import { histogramFrom } from "../statistics/histogram-from.js";
import { bestThresholds, occurring } from "./between-class.js";

/** Options of {@link otsu}. With a histogram none is allowed. */
export interface OtsuOptions extends RunOptions {
  /** Number of bins for float32, and for integers over more than 65536 values; others are counted one by one. Default 256. */
  bins?: number;
}

/**
 * The threshold that parts the grey values into two classes with the largest variance between them. Works where both
 * classes are about equally large and wide; for more phases see {@link multiOtsu}.
 * Whole numbers over up to 65536 values are judged exactly, float32 by bins, whose centre the threshold then is: half a
 * bin is its error. Of equally good thresholds the lowest is given. NaN does not count.
 * Cost that of the histogram.
 * @param input a volume of any voxel type, or a histogram
 * @returns threshold t for {@link threshold}: one class holds the values up to and including t, the other those above
 * @throws InvalidArgument if all values are the same
 * @throws MissingData if no voxel lies in region and mask
 * @see N. Otsu, A threshold selection method from gray-level histograms (1979), doi:10.1109/TSMC.1979.4310076; equal to
 * skimage.filters.threshold_otsu (golden)
 */
export async function otsu(input: Volume | Histogram, options: OtsuOptions = {}): Promise<number> {
  checkOptions("otsu", options, ["bins", ...RUN_OPTIONS]);
  const histogram = await histogramFrom("otsu", input, options, 256);
  return bestThresholds("otsu", occurring(histogram), 2)[0]!;
}
