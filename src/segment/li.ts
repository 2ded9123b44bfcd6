import { checkOptions, RUN_OPTIONS } from "../core/options.js";
import type { Volume } from "../core/volume.js";
import type { Histogram } from "../statistics/histogram.js";
import { histogramFrom } from "../statistics/histogram-from.js";
import { type GreyThresholdOptions, greyBars } from "./grey-bars.js";

/**
 * The threshold of least cross entropy between the voxels and the means of the two classes that it makes, by iteration from
 * the mean: above a dark class with a long tail it lies lower than {@link otsu}'s.
 * Whole numbers over up to 65536 values are judged exactly, ending with a step of at most half a grey value; float32 by bins,
 * half of which is the error, ending where nothing changes any more. Grey values count from the smallest one, as ratios need a zero. NaN does not count.
 * Cost that of the histogram.
 * @param input a volume of any voxel type, or a histogram
 * @returns threshold t for {@link threshold}, mostly between two grey values
 * @throws InvalidArgument if all values are the same
 * @throws MissingData if no voxel lies in region and mask
 * @see C. H. Li & P. K. S. Tam, An iterative algorithm for minimum cross entropy thresholding (1998),
 * doi:10.1016/S0167-8655(98)00057-9; equal to skimage.filters.threshold_li (golden), which takes the means of floats without bins
 */
export async function li(input: Volume | Histogram, options: GreyThresholdOptions = {}): Promise<number> {
  checkOptions("li", options, ["bins", ...RUN_OPTIONS]);
  const counted = await histogramFrom("li", input, options, 256);
  const { values, counts } = greyBars("li", counted);
  const tolerance = counted.exact ? 0.5 : 0;
  const least = values[0]!;
  const mean = (from: number, to: number): number => {
    let [weight, sum] = [0, 0];
    for (let k = from; k < to; k++) {
      weight += counts[k]!;
      sum += counts[k]! * (values[k]! - least);
    }
    return sum / weight;
  };
  let next = mean(0, values.length);
  for (let before = Number.NEGATIVE_INFINITY; Math.abs(next - before) > tolerance; ) {
    before = next;
    const end = values.findIndex((value) => value - least > before);
    const [dark, bright] = [mean(0, end), mean(end, values.length)];
    // Only the smallest value is left below, whose logarithm is none.
    if (dark === 0) break;
    next = (dark - bright) / (Math.log(dark) - Math.log(bright));
  }
  return next + least;
}
