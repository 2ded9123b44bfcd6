import { moments, rescale } from "../compute/operations/rescale.js";
import { checkVolume, reduce, run } from "../compute/run.js";
import { DTYPES, type DType } from "../core/dtype.js";
import { InvalidArgument, MissingData } from "../core/errors.js";
import { checkNumber, checkOptions, RUN_OPTIONS, type RunOptions } from "../core/options.js";
import { trace } from "../core/provenance.js";
import type { Volume } from "../core/volume.js";
import { histogramFrom } from "../statistics/histogram-from.js";
import { checkGreyRange, type GreyRange } from "./conversion.js";

/** Options of {@link normalise}. */
export interface NormaliseOptions extends RunOptions {
  /**
   * Which grey values become the ends of `into`:
   *
   * - `"percentiles"`: those of `percentiles`, so that single hot and dead voxels count for little (default)
   * - `"range"`: the smallest and the largest
   * - `"deviation"`: the mean becomes `into[0]`, the mean plus one standard deviation `into[1]`
   * - two grey values, such as the peaks of pores and of active material: scans of one sample then fit each other
   */
  from?: "percentiles" | "range" | "deviation" | GreyRange;
  /** Percentiles of the grey values, from 0 to 100. Default [0.1, 99.9]. */
  percentiles?: readonly [low: number, high: number];
  /** What these values become. Default [0, 1]. */
  into?: GreyRange;
  /** Whether values beyond are held at the ends of `into`; an integer `dtype` holds them at its own ends anyway. Default false. */
  hold?: boolean;
  /** Voxel type of the result. Default `float32`. */
  dtype?: DType;
}

/**
 * Brings grey values to a common scale by a straight line, so that scans with other exposure or other detectors can be
 * compared and one set of thresholds fits all. Noise and contrast grow alike; nothing is lost in float32.
 *
 * What `from` names is read off the voxels of region and mask: exactly for types of up to 16 bits, and for wider ones
 * percentiles to 1/65536 of the range. Inside a pipeline give two grey values, or the steps before are computed first.
 * NaN stays NaN. Cost O(n), two passes; memory per worker one brick of each type.
 * @param volume any voxel type, any shape
 * @returns new volume of the same shape and voxel size (of the region's shape, with `region`)
 * @throws InvalidArgument if a range or percentiles are none, or all voxels have one value
 * @throws MissingData if no voxel of region and mask is a number
 */
export async function normalise(volume: Volume, options: NormaliseOptions = {}): Promise<Volume> {
  checkVolume("normalise", volume);
  checkOptions("normalise", options, ["from", "percentiles", "into", "hold", "dtype", ...RUN_OPTIONS]);
  const { from = "percentiles", percentiles, into = [0, 1], hold = false, dtype = "float32", ...rest } = options;
  checkGreyRange("into", into);
  const facts = DTYPES[dtype as DType];
  if (facts === undefined)
    throw new InvalidArgument(`dtype is ${JSON.stringify(dtype)}; allowed are ${Object.keys(DTYPES).join(", ")}`);
  if (percentiles !== undefined && from !== "percentiles")
    throw new InvalidArgument(`percentiles are for from: "percentiles", and from is ${JSON.stringify(from)}`);
  const source = Array.isArray(from)
    ? (from as unknown as GreyRange)
    : await scaleOf(volume, from as string, percentiles ?? [0.1, 99.9], rest);
  checkGreyRange("from", source);
  const ends = [Math.min(...into), Math.max(...into)] as const;
  const [least, most] = facts.integer ? [facts.min, facts.max] : [-Infinity, Infinity];
  const [low, high] = hold ? [Math.max(least, ends[0]), Math.min(most, ends[1])] : [least, most];
  const { region, mask } = options;
  const provenance = trace("normalise", { from: source, into, hold, dtype, region }, { volume, mask });
  return run(rescale, volume, { map: { from: source, to: into }, low, high, dtype }, rest, { provenance });
}

/** The two grey values that a word names. */
async function scaleOf(
  volume: Volume,
  from: string,
  percentiles: readonly number[],
  { to: _, ...options }: RunOptions,
): Promise<GreyRange> {
  if (from !== "percentiles" && from !== "range" && from !== "deviation")
    throw new InvalidArgument(
      `from is ${JSON.stringify(from)}; allowed are "percentiles", "range", "deviation" and two grey values, [low, high]`,
    );
  const found = await reduce(moments, volume, {}, options);
  const { count, min, max, mean, squares } = found;
  if (count === 0)
    throw new MissingData("normalise: no voxel of region and mask is a number; give two grey values as `from`");
  if (!Number.isFinite(min) || !Number.isFinite(max))
    throw new InvalidArgument("normalise: there are infinite values; give two grey values as `from`");
  const source: GreyRange =
    from === "range"
      ? [min, max]
      : from === "deviation"
        ? [mean, mean + Math.sqrt(squares / count)]
        : await percentilesOf(volume, percentiles, options, [min, max]);
  if (source[0] === source[1])
    throw new InvalidArgument(
      `normalise: by ${from} both ends are ${source[0]}; give two different grey values as \`from\``,
    );
  return source;
}

/** The least grey values that at least these percentages of the voxels do not exceed. */
async function percentilesOf(
  volume: Volume,
  percentiles: readonly number[],
  options: RunOptions,
  range: GreyRange,
): Promise<GreyRange> {
  if (!Array.isArray(percentiles) || percentiles.length !== 2)
    throw new InvalidArgument(`percentiles are ${JSON.stringify(percentiles)}; give two, [low, high]`);
  for (const percentile of percentiles) checkNumber("percentiles", percentile, 0, 100);
  const [first, second] = percentiles as [number, number];
  if (first >= second)
    throw new InvalidArgument(`percentiles are [${first}, ${second}]; the first must be below the second`);
  if (range[0] === range[1]) return range;
  const counted = await histogramFrom("normalise", volume, { ...options, range }, 65536);
  const { counts, total, centres } = counted;
  const at = (percentile: number): number => {
    let sum = 0;
    const k = counts.findIndex((count) => {
      sum += count;
      return count > 0 && sum >= (percentile / 100) * total;
    });
    return centres[k < 0 ? counts.length - 1 : k]!;
  };
  return [at(first), at(second)];
}
