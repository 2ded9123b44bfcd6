import { loss } from "../compute/operations/rescale.js";
import { checkVolume, reduce } from "../compute/run.js";
import { type ResultTable, resultTable } from "../core/arrow/table.js";
import { DTYPES, type DType } from "../core/dtype.js";
import { MissingData } from "../core/errors.js";
import { checkOptions, type RunOptions, TABLE_OPTIONS } from "../core/options.js";
import { trace } from "../core/provenance.js";
import type { Volume } from "../core/volume.js";
import { type ConversionOptions, conversionOf } from "./conversion.js";

/** Options of {@link conversionLoss}. */
export interface ConversionLossOptions extends Omit<RunOptions, "to">, ConversionOptions {}

/**
 * What {@link convert} would lose with the same arguments, without making a volume: one row of a table.
 *
 * - `voxels`: those of region and mask
 * - `below`, `above`: share of them that is held at the ends of the new range, where all values become one
 * - `nan`: share that is NaN; an integer type has none, there they become the lower end
 * - `rounded`: share between the ends whose value changes because the new type has no such number
 * - `rms_rounding`, `largest_rounding`: what rounding changes there, in grey values of this volume: compare it with
 *   {@link noiseLevel}. Rounding that is small beside the noise loses nothing.
 * - `step`: distance of neighbouring grey values of the result, in grey values of this volume; 0 for float32
 *
 * Cost O(n), some nanoseconds a voxel; memory per worker one brick.
 * @param volume any voxel type, any shape
 * @param dtype the new voxel type
 * @throws MissingData if no voxel lies in region and mask
 */
export async function conversionLoss(
  volume: Volume,
  dtype: DType,
  options: ConversionLossOptions = {},
): Promise<ResultTable> {
  checkVolume("conversionLoss", volume);
  checkOptions("conversionLoss", options, ["from", "into", ...TABLE_OPTIONS]);
  const { from, into, ...run } = options;
  const parameters = conversionOf("conversionLoss", volume, dtype, { ...(from && { from }), ...(into && { into }) });
  const { voxels, below, above, nan, rounded, squares, largest } = await reduce(loss, volume, parameters, run);
  if (voxels === 0) throw new MissingData("conversionLoss: no voxel lies in region and mask; give a larger region");
  const { map } = parameters;
  const step = map === undefined ? 1 : Math.abs((map.from[1] - map.from[0]) / (map.to[1] - map.to[0]));
  const share = (name: string, count: number): { name: string; values: number[]; unit: string } => ({
    name,
    values: [count / voxels],
    unit: "1",
  });
  const kept = voxels - below - above - nan;
  return resultTable(
    [
      { name: "voxels", values: [voxels] },
      share("below", below),
      share("above", above),
      share("nan", nan),
      share("rounded", rounded),
      { name: "rms_rounding", values: [kept === 0 ? 0 : step * Math.sqrt(squares / kept)], unit: "grey value" },
      { name: "largest_rounding", values: [step * largest], unit: "grey value" },
      { name: "step", values: [DTYPES[dtype].integer ? step : 0], unit: "grey value" },
    ],
    trace("conversionLoss", { dtype, from: map?.from, into, region: run.region }, { volume, mask: run.mask }),
  );
}
