import { MissingData } from "../core/errors.js";
import { checkNumber, checkOptions, RUN_OPTIONS } from "../core/options.js";
import type { Volume } from "../core/volume.js";
import type { Histogram } from "../statistics/histogram.js";
import { histogramFrom } from "../statistics/histogram-from.js";
import { type GreyThresholdOptions, greyBars, joinedBars } from "./grey-bars.js";

/** Options of {@link minimumThreshold}. With a histogram only `iterations` is allowed. */
export interface MinimumThresholdOptions extends GreyThresholdOptions {
  /** Most times that the histogram is smoothed. Default 10000. */
  iterations?: number;
}

/** Bins that are smoothed, at most: of more each pass would smooth too little. */
const MOST_BINS = 1024;

/**
 * The threshold in the valley between two peaks: the histogram is smoothed by means of three bins, again and again, until
 * two maxima are left; the lowest bin between them is the threshold. It follows the peaks however unlike their sizes are;
 * for more phases, or peaks of noise that are as high as a phase, see {@link valleys}.
 * Where there are more than 1024 grey values between the ends neighbours are joined, so that a threshold of 16-bit voxels is
 * right to 64 grey values. NaN does not count.
 * Cost that of the histogram, and O(bins) a pass.
 * @param input a volume of any voxel type, or a histogram
 * @returns threshold t for {@link threshold}: one class holds the values up to and including t, the other those above
 * @throws InvalidArgument if all values are the same
 * @throws MissingData if smoothing leads to no two maxima, or no voxel lies in region and mask
 * @see J. M. S. Prewitt & M. L. Mendelsohn, The analysis of cell images (1966), doi:10.1111/j.1749-6632.1965.tb11715.x;
 * equal to skimage.filters.threshold_minimum (golden), which smooths in float32
 */
export async function minimumThreshold(
  input: Volume | Histogram,
  options: MinimumThresholdOptions = {},
): Promise<number> {
  checkOptions("minimumThreshold", options, ["iterations", "bins", ...RUN_OPTIONS]);
  const { iterations = 10_000, ...rest } = options;
  checkNumber("iterations", iterations, 1, 1e6, true);
  const all = greyBars("minimumThreshold", await histogramFrom("minimumThreshold", input, rest, 256));
  const { values, counts } = joinedBars(all, MOST_BINS);
  let heights = counts;
  let tops: number[] = [];
  for (let k = 0; k < iterations; k++) {
    heights = meansOfThree(heights);
    tops = maxima(heights);
    if (tops.length < 3) break;
  }
  if (tops.length !== 2)
    throw new MissingData(
      `minimumThreshold: ${tops.length} maxima are left of the histogram after smoothing, and 2 are needed; see modes(…) for its peaks, or use otsu(…)`,
    );
  let lowest = tops[0]!;
  for (let k = lowest; k <= tops[1]!; k++) if (heights[k]! < heights[lowest]!) lowest = k;
  return values[lowest]!;
}

/** Beyond its ends a histogram goes on with its outermost bins. */
function meansOfThree(heights: Float64Array): Float64Array {
  const last = heights.length - 1;
  return heights.map((height, k) => (heights[Math.max(0, k - 1)]! + height + heights[Math.min(last, k + 1)]!) / 3);
}

/** Bins after which the heights fall and before which they rose; of a flat top the last. */
function maxima(heights: Float64Array): number[] {
  const found: number[] = [];
  let rises = true;
  for (let k = 0; k + 1 < heights.length; k++) {
    if (rises && heights[k + 1]! < heights[k]!) {
      rises = false;
      found.push(k);
    } else if (heights[k + 1]! > heights[k]!) rises = true;
  }
  return found;
}
