import { buildVolume, memoryLimitOf } from "../compute/build.js";
import { machine } from "../compute/memory.js";
import { type ColumnSpans, columnSpans } from "../compute/operations/columns.js";
import { checkMask, checkVolume, reduce } from "../compute/run.js";
import { type ResultTable, resultTable } from "../core/arrow/table.js";
import { MissingData } from "../core/errors.js";
import { checkChoice, checkOptions, type RunOptions, TABLE_OPTIONS } from "../core/options.js";
import { labelOf } from "../core/phases.js";
import { trace } from "../core/provenance.js";
import { AXES, type Axis, checkRegion, regionShape, type Shape, wholeRegion } from "../core/shape.js";
import type { Volume } from "../core/volume.js";
import { measuredVoxel } from "./phase-cells.js";
import { measuredPhases, phaseNumbers } from "./phase-numbers.js";

/** Options of {@link thicknessMap}. */
export interface ThicknessMapOptions extends Omit<RunOptions, "to"> {
  /** Axis across the layer. Default `z`. */
  axis?: Axis;
  /** `"outer"`: from the first to the last voxel of the phases, pores between included. `"solid"`: their voxels alone. Default `"outer"`. */
  between?: "outer" | "solid";
}

/** What {@link thicknessMap} returns: a row of figures. */
export type ThicknessMap = ResultTable & {
  /** Thickness at each column (float32, one voxel along the axis), in µm or voxels; NaN where there is nothing. */
  readonly map: Volume;
};

const OPTIONS = ["axis", "between", ...TABLE_OPTIONS];

/**
 * Thickness of an electrode, a coating or a separator across the volume, at each place, and how it varies.
 *
 * Columns, one row: `mean`, `deviation` (of the map), `variation` (deviation over mean), `least`, `5 %`, `median`, `95 %`, `most`, in µm, or voxels where the
 * voxel size is unknown; `covered`: the share of columns that have any. Of columns that the volume cuts thickness is that of what is inside. Whole voxels are
 * counted, from the outer face of the first to that of the last one, so that a straight layer is right and the map of a slanted one is a staircase.
 *
 * Exact, same result for any brick shape and number of workers, also for volumes larger than memory. Cost O(n), a few nanoseconds a voxel; memory per worker one brick, and 28 bytes a
 * column.
 * @param labels labels of whole numbers or a mask
 * @param phases what the layer is made of, by names or labels; of a mask `"inside"`
 * @throws InvalidArgument if there is no such phase
 * @throws MissingData if no column has any of it
 * @example (await thicknessMap(phases, ["active material", "binder"], { axis: "z" })).map
 */
export async function thicknessMap(
  labels: Volume,
  phases: string | number | readonly (string | number)[],
  options: ThicknessMapOptions = {},
): Promise<ThicknessMap> {
  const caller = "thicknessMap";
  checkVolume(caller, labels);
  checkOptions(caller, options, OPTIONS);
  const { axis = "z", between = "outer", ...run } = options;
  checkChoice("axis", axis, ["z", "y", "x"]);
  checkChoice("between", between, ["outer", "solid"]);
  const { region = wholeRegion(labels.shape), mask, ...rest } = run;
  checkRegion(region, labels.shape);
  checkMask(mask, labels);
  const { phases: all } = await measuredPhases(caller, labels, run);
  const given = Array.isArray(phases) ? phases : [phases as string | number];
  const wanted = new Set(given.map((phase: string | number) => labelOf(caller, phase, all)));
  const numbers = phaseNumbers(labels, all);
  const table = numbers.table.map((number) => (number > 0 && wanted.has(all[number - 1]!.label) ? 1 : 0));
  const along = AXES[axis];
  const shape = regionShape(region);
  const flat = shape.map((n, k) => (k === along ? 1 : n)) as unknown as Shape;
  const count = flat[0] * flat[1] * flat[2];
  const claim = await machine.claim(caller, 28 * count, memoryLimitOf(options, machine));
  try {
    const first = new Int32Array(count).fill(2 ** 31 - 1);
    const last = new Int32Array(count).fill(-1);
    const solid = new Int32Array(count);
    const [u, v] = [0, 1, 2].filter((other) => other !== along) as [number, number];
    const take = ({ start, size, ...part }: ColumnSpans): void => {
      for (let a = 0, n = 0; a < size[u]!; a++)
        for (let b = 0; b < size[v]!; b++, n++) {
          if (part.count[n] === 0) continue;
          const at = (start[u]! + a - region.start[u]!) * shape[v]! + start[v]! + b - region.start[v]!;
          first[at] = Math.min(first[at]!, part.first[n]!);
          last[at] = Math.max(last[at]!, part.last[n]!);
          solid[at]! += part.count[n]!;
        }
    };
    let begun = false;
    const join = (one: ColumnSpans, part: ColumnSpans): ColumnSpans => {
      if (!begun) take(one);
      begun = true;
      take(part);
      return one;
    };
    const parameters = { table, low: numbers.low, phases: 1, region, axis: along, masked: mask !== undefined };
    const one = await reduce({ ...columnSpans, join }, labels, parameters, { ...rest, region, ...(mask && { mask }) });
    if (!begun) take(one);
    const { size, length } = measuredVoxel(labels);
    const edge = size[along]!;
    const map = Float32Array.from(first, (from, k) =>
      solid[k] === 0 ? Number.NaN : (between === "outer" ? last[k]! - from + 1 : solid[k]!) * edge,
    );
    const sorted = Float64Array.from(map.filter((value) => !Number.isNaN(value))).sort();
    if (sorted.length === 0)
      throw new MissingData(`${caller}: no column across ${axis} has any of ${given.join(", ")}`);
    const provenance = trace(caller, { phases: given, axis, between, region: run.region }, { labels, mask });
    const volume = await buildVolume(
      { shape: flat, dtype: "float32", role: "field", provenance, ...(labels.spacing && { spacing: labels.spacing }) },
      (writer) => writer.writePlanes(0, map),
    );
    return Object.assign(figuresOf(sorted, sorted.length / count, length, provenance), { map: volume });
  } finally {
    claim.drop();
  }
}

/** Mean, spread and quantiles (interpolated as by numpy) of sorted values, and the share of places that are covered. */
export function figuresOf(
  sorted: Float64Array,
  covered: number,
  unit: string,
  provenance: ResultTable["provenance"],
): ResultTable {
  const mean = sorted.reduce((sum, value) => sum + value, 0) / sorted.length;
  const deviation = Math.sqrt(sorted.reduce((sum, value) => sum + (value - mean) ** 2, 0) / sorted.length);
  const at = (share: number): number => {
    const place = share * (sorted.length - 1);
    const low = Math.floor(place);
    return sorted[low]! + (place - low) * ((sorted[low + 1] ?? sorted[low]!) - sorted[low]!);
  };
  const lengths = { mean, deviation, least: at(0), "5 %": at(0.05), median: at(0.5), "95 %": at(0.95), most: at(1) };
  const columns = Object.entries(lengths).map(([name, value]) => ({ name, values: [value], unit }));
  columns.splice(2, 0, { name: "variation", values: [deviation / mean], unit: "1" });
  columns.push({ name: "covered", values: [covered], unit: "1" });
  return resultTable(columns, provenance);
}
