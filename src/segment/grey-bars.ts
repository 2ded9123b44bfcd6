import { InvalidArgument } from "../core/errors.js";
import type { RunOptions } from "../core/options.js";
import type { Histogram } from "../statistics/histogram.js";

/** Options of functions that read one threshold off a histogram. With a histogram none is allowed. */
export interface GreyThresholdOptions extends RunOptions {
  /** Number of bins for float32, and for integers over more than 65536 values; others are counted one by one. Default 256. */
  bins?: number;
}

/** Bins of a histogram from the first to the last that hold any, empty ones between them too. */
export interface GreyBars {
  /** Largest grey value of each bin: the value itself, where each has its own; the centre of a bin of floats. */
  readonly values: Float64Array;
  readonly counts: Float64Array;
  /** Grey values from one bin to the next. */
  readonly step: number;
}

/** The bins of a histogram without the empty ones at its ends; throws if all voxels lie in one. */
export function greyBars(caller: string, { centres, counts, step }: Histogram): GreyBars {
  const first = counts.findIndex((count) => count > 0);
  const end = counts.findLastIndex((count) => count > 0) + 1;
  if (end - first < 2)
    throw new InvalidArgument(
      `${caller}: two classes need at least 2 different grey values, and ${end === 0 ? "the bins of this histogram are empty" : `all voxels are ${centres[first]}`}`,
    );
  return { values: centres.subarray(first, end), counts: counts.subarray(first, end), step };
}

/** Neighbouring bins joined, as many to one as leave at most `most`. */
export function joinedBars({ values, counts, step }: GreyBars, most: number): GreyBars {
  const width = Math.ceil(values.length / most);
  if (width === 1) return { values, counts, step };
  const length = Math.ceil(values.length / width);
  const joined = new Float64Array(length);
  for (let k = 0; k < counts.length; k++) joined[Math.floor(k / width)]! += counts[k]!;
  const last = (bin: number): number => values[Math.min(values.length, (bin + 1) * width) - 1]!;
  return { values: Float64Array.from(joined, (_, k) => last(k)), counts: joined, step: step * width };
}
