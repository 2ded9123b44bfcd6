import { rescale } from "../compute/operations/rescale.js";
import { checkVolume, run } from "../compute/run.js";
import { DTYPES, type DType } from "../core/dtype.js";
import { InvalidArgument } from "../core/errors.js";
import { checkChoice, checkOptions, RUN_OPTIONS, type RunOptions } from "../core/options.js";
import { trace } from "../core/provenance.js";
import type { Volume } from "../core/volume.js";
import { type ConversionOptions, conversionOf } from "./conversion.js";

/** Options of {@link convert}. */
export interface ConvertOptions extends RunOptions, ConversionOptions {
  /**
   * What happens where, without `from`, a value has no place in the new type: `"refuse"` throws, `"hold"` makes it the
   * nearest end of the type's range, and NaN the lower one. Default `"refuse"`.
   */
  beyond?: "refuse" | "hold";
}

/**
 * Another voxel type. Without `from` values stay as they are, rounded where the type has whole numbers only (ties to even),
 * and a volume whose values do not fit is refused rather than cut off silently. With `from` they are mapped by a straight
 * line, for instance 16 bits to 8 by `convert(scan, "uint8", { from: [1200, 41000] })`; what lies beyond is held at the ends,
 * and NaN becomes the lower one. How much that loses tells {@link conversionLoss} with the same arguments.
 *
 * Computed in float64. Cost O(n), one to three nanoseconds a voxel; memory per worker one brick of each type.
 * @param volume any voxel type, any shape
 * @param dtype the new voxel type
 * @returns new volume of the same shape, voxel size, role and phases (of the region's shape, with `region`)
 * @throws InvalidArgument if values do not fit and `beyond` is `"refuse"`, or `from` or `into` is no range
 * @see without `from`, equal to numpy.rint and numpy.ndarray.astype
 */
export async function convert(volume: Volume, dtype: DType, options: ConvertOptions = {}): Promise<Volume> {
  checkVolume("convert", volume);
  checkOptions("convert", options, ["from", "into", "beyond", ...RUN_OPTIONS]);
  const { from, into, beyond = "refuse", region, mask } = options;
  checkChoice("beyond", beyond, ["refuse", "hold"]);
  const parameters = conversionOf("convert", volume, dtype, { ...(from && { from }), ...(into && { into }) });
  if (from === undefined && beyond === "refuse" && !holdsAll(dtype, volume.dtype)) checkFit(volume, dtype);
  const provenance = trace("convert", { dtype, from: parameters.map?.from, into, beyond, region }, { volume, mask });
  return run(rescale, volume, parameters, options, { provenance });
}

/** Whether a type has room for all values of another one, apart from digits behind the point. */
function holdsAll(dtype: DType, before: DType): boolean {
  const [to, from] = [DTYPES[dtype], DTYPES[before]];
  return !to.integer || (from.integer && to.min <= from.min && to.max >= from.max);
}

/** Throws if a value has no place in the type: known from the bricks' records, without reading voxels. */
function checkFit(volume: Volume, dtype: DType): void {
  const { min, max } = DTYPES[dtype];
  const [low, high] = volume.range;
  const numbers = low > high ? "" : `values from ${low} to ${high}`;
  let nan = 0;
  for (let k = 0; k < volume.grid.length; k++) nan += volume.store.zone(k).nan;
  if (nan === 0 && low >= min - 0.5 && high < max + 0.5) return;
  const found = [numbers, nan === 0 ? "" : `${nan} NaN`].filter((part) => part !== "").join(" and ");
  throw new InvalidArgument(
    `convert: the volume has ${found}, and ${dtype} holds ${min} to ${max}. Map them with from: "range" or from: [low, high], or hold what lies beyond at the ends with beyond: "hold"`,
  );
}
