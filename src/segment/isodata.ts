import { checkOptions, RUN_OPTIONS } from "../core/options.js";
import type { Volume } from "../core/volume.js";
import type { Histogram } from "../statistics/histogram.js";
import { histogramFrom } from "../statistics/histogram-from.js";
import { type GreyThresholdOptions, greyBars } from "./grey-bars.js";

/**
 * The threshold that lies halfway between the means of the two classes that it makes, to within a grey value; of several the
 * lowest. Mostly {@link otsu}'s threshold, or one beside it.
 * Whole numbers over up to 65536 values are judged exactly, float32 by bins, whose centre the threshold then is. NaN does not
 * count.
 * Cost that of the histogram.
 * @param input a volume of any voxel type, or a histogram
 * @returns threshold t for {@link threshold}: one class holds the values up to and including t, the other those above
 * @throws InvalidArgument if all values are the same
 * @throws MissingData if no voxel lies in region and mask
 * @see T. W. Ridler & S. Calvard, Picture thresholding using an iterative selection method (1978),
 * doi:10.1109/TSMC.1978.4310039; equal to skimage.filters.threshold_isodata (golden)
 */
export async function isodata(input: Volume | Histogram, options: GreyThresholdOptions = {}): Promise<number> {
  checkOptions("isodata", options, ["bins", ...RUN_OPTIONS]);
  const { values, counts, step } = greyBars("isodata", await histogramFrom("isodata", input, options, 256));
  // Distances from the darkest value: a large offset costs no digits.
  const base = values[0]!;
  let [weight, sum] = [0, 0];
  for (let k = 0; k < counts.length; k++) {
    weight += counts[k]!;
    sum += counts[k]! * (values[k]! - base);
  }
  // Halfway between the means lies above the first value and, before the last one, not above that: somewhere it is passed.
  let [dark, darkSum, k] = [0, 0, 0];
  for (; k + 1 < counts.length; k++) {
    dark += counts[k]!;
    darkSum += counts[k]! * (values[k]! - base);
    const apart = (darkSum / dark + (sum - darkSum) / (weight - dark)) / 2 - (values[k]! - base);
    if (apart >= 0 && apart < step) break;
  }
  return values[k]!;
}
