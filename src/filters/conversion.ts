/** What the conversions of grey values have in common. */
import type { RescaleParameters } from "../compute/operations/rescale.js";
import { DTYPES, type DType, isDType } from "../core/dtype.js";
import { InvalidArgument } from "../core/errors.js";
import { checkNumber } from "../core/options.js";
import type { Volume } from "../core/volume.js";

/** Two grey values. */
export type GreyRange = readonly [low: number, high: number];

/** How grey values become those of another voxel type. */
export interface ConversionOptions {
  /**
   * Grey values that become the ends of the new range: two of them, or `"range"` for the smallest and the largest of the
   * volume. Values beyond are held at the ends. Default: values stay as they are.
   */
  from?: GreyRange | "range";
  /** What `from` becomes. Default: the whole range of an integer type, 0 to 1 for float32. */
  into?: GreyRange;
}

/** Throws unless `range` is two different finite numbers. */
export function checkGreyRange(name: string, range: unknown): asserts range is GreyRange {
  if (!Array.isArray(range) || range.length !== 2 || !range.every(Number.isFinite) || range[0] === range[1])
    throw new InvalidArgument(
      `${name} is ${JSON.stringify(range)}; give two different finite grey values, [low, high]`,
    );
}

/** The straight line, the ends and the voxel type that a conversion is. */
export function conversionOf(
  caller: string,
  volume: Volume,
  dtype: DType,
  { from, into }: ConversionOptions,
): RescaleParameters {
  if (!isDType(dtype))
    throw new InvalidArgument(
      `${caller}: dtype is ${JSON.stringify(dtype)}; allowed are ${Object.keys(DTYPES).join(", ")}`,
    );
  const { min, max, integer } = DTYPES[dtype];
  if (from === undefined) {
    if (into !== undefined) throw new InvalidArgument(`${caller}: into says what \`from\` becomes; give \`from\`, too`);
    // A float32 holds every value of the others, and infinities of its own.
    return integer ? { low: min, high: max, dtype } : { low: -Infinity, high: Infinity, dtype };
  }
  const source = from === "range" ? rangeOf(caller, volume) : from;
  checkGreyRange("from", source);
  const target = into ?? (integer ? [min, max] : [0, 1]);
  checkGreyRange("into", target);
  for (const end of target) checkNumber(`into (of ${dtype})`, end, min, max);
  const [low, high] = [Math.min(...target), Math.max(...target)];
  return { map: { from: source, to: target }, low, high, dtype };
}

/** Smallest and largest value of a volume; one above where all are the same, so that there is a line. */
export function rangeOf(caller: string, volume: Volume): GreyRange {
  const [low, high] = volume.range;
  if (!(low <= high)) throw new InvalidArgument(`${caller}: all voxels are NaN, there is no range`);
  if (!Number.isFinite(low) || !Number.isFinite(high))
    throw new InvalidArgument(`${caller}: the volume holds infinite values; give two grey values instead of "range"`);
  return low === high ? [low, low + 1] : [low, high];
}
