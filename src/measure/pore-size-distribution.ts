import { distinctValues } from "../compute/operations/distinct.js";
import { checkVolume, reduce } from "../compute/run.js";
import { type ResultTable, resultTable } from "../core/arrow/table.js";
import { InvalidArgument, MissingData } from "../core/errors.js";
import { isLength, type Length } from "../core/length.js";
import { checkNumber, checkOptions, inVoxels, type RunOptions, TABLE_OPTIONS } from "../core/options.js";
import { trace } from "../core/provenance.js";
import type { Volume } from "../core/volume.js";
import { runningSums } from "../statistics/running-sums.js";

/** Options of {@link poreSizeDistribution}. */
export interface PoreSizeDistributionOptions extends Omit<RunOptions, "to"> {
  /** Width of a row of the table: voxels (of the shortest edge) or a length such as `um(0.5)`. Default 1 voxel. */
  width?: number | Length;
}

/** What {@link poreSizeDistribution} returns; sizes are in `unit`. */
export type PoreSizeDistribution = ResultTable & {
  /** µm, or voxels where the voxel size is not known. */
  readonly unit: "µm" | "voxel";
  /** Mean and standard deviation of the diameter over all voxels that have one. */
  readonly mean: number;
  readonly deviation: number;
  /** The diameters that 10, 50 and 90 % of the volume do not pass. */
  readonly d10: number;
  readonly d50: number;
  readonly d90: number;
};

const caller = "poreSizeDistribution";
/** Rows of the table: more are finer than any measurement. */
const MOST_ROWS = 100_000;

/**
 * Size distribution of pores (or of struts, of particles …) from the diameters of {@link localThickness}, which makes it the
 * continuous distribution, or of {@link porosimetry}, which makes it that of mercury intrusion with its ink-bottle effect.
 *
 * Each voxel counts with the diameter that stands there, so that the distribution is weighted by volume; voxels of the value 0
 * belong to no pore and do not count. Columns, one row for each width: `from` and, not included, `to`, in µm where the voxel size
 * is known, else in voxels; `voxels`; `fraction` of the volume; `cumulative`, the share of the volume in pores smaller than `to`. Beside
 * the table stand `mean`, `deviation`, `d10`, `d50` and `d90`, which are those of the diameters themselves, not of the rows.
 *
 * Exact, same result for any brick shape and number of workers, brick by brick. Cost O(n), some nanoseconds a voxel; memory
 * one brick a worker.
 * @param sizes diameters, in voxels of the shortest edge, as the two functions give them (role field)
 * @throws InvalidArgument if the volume is no field, or a width is none
 * @throws MissingData if no voxel has a size, or `width` is a length and the voxel size is not known
 * @see B. Münch & L. Holzer, Contradicting geometrical concepts in pore size analysis attained with electron microscopy and mercury
 * intrusion (2008), doi:10.1111/j.1551-2916.2008.02736.x
 * @example const { d50 } = await poreSizeDistribution(await localThickness(phases, { phase: "pore" }));
 */
export async function poreSizeDistribution(
  sizes: Volume,
  options: PoreSizeDistributionOptions = {},
): Promise<PoreSizeDistribution> {
  checkVolume(caller, sizes);
  checkOptions(caller, options, ["width", ...TABLE_OPTIONS]);
  const { width = 1, ...run } = options;
  if (sizes.role !== "field")
    throw new InvalidArgument(
      `${caller}: this volume has the role ${sizes.role}; give the diameters that localThickness(…) or porosimetry(…) makes`,
    );
  const step = isLength(width) ? Math.max(...inVoxels("width", width, sizes)) : width;
  checkNumber("width (voxels)", step, 1e-6, Number.MAX_VALUE);
  const { values, counts } = await reduce(distinctValues, sizes, { except: 0 }, run);
  if (values.length === 0) throw new MissingData(`${caller}: no voxel of region and mask has a size`);
  if (values[0]! < 0) throw new InvalidArgument(`${caller}: a diameter is ${values[0]}; none is negative`);
  const rows = Math.floor(values.at(-1)! / step) + 1;
  if (!(rows <= MOST_ROWS))
    throw new InvalidArgument(
      `${caller}: ${rows} rows of the width ${step} up to ${values.at(-1)} voxels are too many (at most ${MOST_ROWS}); take a larger width`,
    );
  const { spacing } = sizes;
  const scale = spacing === undefined ? 1 : Math.min(...spacing) * 1e6;
  const unit = spacing === undefined ? ("voxel" as const) : ("µm" as const);
  const total = counts.reduce((sum, count) => sum + count, 0);
  const voxels = new Float64Array(rows);
  for (const [k, value] of values.entries()) voxels[Math.floor(value / step)]! += counts[k]!;
  const cumulative = runningSums(voxels).map((count) => count / total);
  const table = resultTable(
    [
      { name: "from", values: Array.from(voxels, (_, k) => k * step * scale), unit },
      { name: "to", values: Array.from(voxels, (_, k) => (k + 1) * step * scale), unit },
      { name: "voxels", values: voxels },
      { name: "fraction", values: voxels.map((count) => count / total), unit: "1" },
      { name: "cumulative", values: cumulative, unit: "1" },
    ],
    trace(caller, { width, region: run.region }, { sizes, mask: run.mask }),
  );
  return Object.assign(table, { unit, ...figuresOf(values, counts, total, scale) });
}

function figuresOf(values: Float64Array, counts: Float64Array, total: number, scale: number) {
  const sum = (of: (value: number) => number): number =>
    values.reduce((all, value, k) => all + of(value) * counts[k]!, 0) / total;
  const mean = sum((value) => value);
  const deviation = Math.sqrt(sum((value) => (value - mean) ** 2));
  const below = runningSums(counts);
  const share = (part: number): number => values[below.findIndex((count) => count >= part * total)]! * scale;
  return { mean: mean * scale, deviation: deviation * scale, d10: share(0.1), d50: share(0.5), d90: share(0.9) };
}
