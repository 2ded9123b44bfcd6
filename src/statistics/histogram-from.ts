import { checkVolume } from "../compute/run.js";
import { DTYPES } from "../core/dtype.js";
import { InvalidArgument } from "../core/errors.js";
import type { Volume } from "../core/volume.js";
import { Histogram, type HistogramOptions, histogram } from "./histogram.js";

/**
 * The histogram of a volume, or the one given, which has its region and mask already.
 * @param bins number of bins where grey values cannot be counted one by one
 */
export async function histogramFrom(
  caller: string,
  input: Volume | Histogram,
  options: HistogramOptions,
  bins: number,
): Promise<Histogram> {
  if (!(input instanceof Histogram)) {
    checkVolume(caller, input);
    const [low, high] = input.range;
    const wide = !DTYPES[input.dtype].integer || high - low >= 65536;
    return histogram(input, wide ? { ...options, bins: options.bins ?? bins } : options);
  }
  const given = Object.keys(options).filter((name) => options[name as keyof HistogramOptions] !== undefined);
  if (given.length > 0)
    throw new InvalidArgument(
      `${caller}: a histogram is already counted, so ${given.join(", ")} cannot be given; pass the volume instead, or give it to histogram(…)`,
    );
  return input;
}
