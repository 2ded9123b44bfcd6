import { MissingData } from "../core/errors.js";
import { checkNumber, checkOptions, RUN_OPTIONS, type RunOptions } from "../core/options.js";
import type { Volume } from "../core/volume.js";
import type { Histogram } from "../statistics/histogram.js";
import { histogramFrom } from "../statistics/histogram-from.js";
import { modes } from "../statistics/modes.js";

/** Options of {@link valleys}. With a histogram those of counting are not allowed. */
export interface ValleysOptions extends RunOptions {
  /** Number of classes, from 2 to 32: one more than there will be thresholds. Default 3. */
  classes?: number;
  /**
   * Standard deviation, in grey values, of the Gaussian that smooths the histogram first; 0 for none. Default: 1 % of the
   * span from the 0.1th to the 99.9th percentile.
   */
  smoothing?: number;
}

/**
 * Thresholds in the valleys of the histogram between its most prominent peaks, one peak a class: they follow the peaks
 * however unlike their sizes are, where those of {@link multiOtsu} move into the larger class.
 * @param input a volume, counted here (exactly, or float32 in 1024 bins), or a histogram
 * @returns `classes − 1` ascending thresholds for {@link threshold}
 * @throws MissingData if there are fewer peaks than classes, or no voxel lies in region and mask
 * @see {@link modes}, which finds the peaks, and the valleys where their number is not known;
 * J. M. S. Prewitt & M. L. Mendelsohn, The analysis of cell images (1966), doi:10.1111/j.1749-6632.1965.tb11715.x
 */
export async function valleys(input: Volume | Histogram, options: ValleysOptions = {}): Promise<number[]> {
  checkOptions("valleys", options, ["classes", "smoothing", ...RUN_OPTIONS]);
  const { classes = 3, smoothing, ...run } = options;
  checkNumber("classes", classes, 2, 32, true);
  const counted = await histogramFrom("valleys", input, run, 1024);
  const smooth = smoothing === undefined ? {} : { smoothing };
  const { peaks } = await modes(counted, { ...smooth, prominence: 0 });
  const highest = Math.max(...peaks.map(({ height }) => height));
  const shares = peaks.map(({ prominence }) => prominence / highest).sort((a, b) => b - a);
  const [last, next = 0] = shares.slice(classes - 1);
  if (last === undefined || last === next)
    throw new MissingData(
      `valleys: ${classes} classes need ${classes} peaks, and this histogram has ${peaks.length}${last === next ? ", some of which stand out equally" : ""}; give fewer classes or less smoothing, or use multiOtsu(…)`,
    );
  // Between the last peak that counts and the first that does not.
  const { valleys: found } = await modes(counted, { ...smooth, prominence: (last + next) / 2 });
  return [...found];
}
