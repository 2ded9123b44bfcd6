import { gridCounts } from "../compute/operations/columns.js";
import { checkMask, checkVolume, reduce } from "../compute/run.js";
import { type Column, type ResultTable, resultTable } from "../core/arrow/table.js";
import { InvalidArgument } from "../core/errors.js";
import { checkChoice, checkNumber, checkOptions, type RunOptions, TABLE_OPTIONS } from "../core/options.js";
import { trace } from "../core/provenance.js";
import { AXES, type Axis, checkRegion, regionShape, type Triple, wholeRegion } from "../core/shape.js";
import type { Volume } from "../core/volume.js";
import { measuredVoxel } from "./phase-cells.js";
import { measuredPhases, phaseNumbers } from "./phase-numbers.js";

/** Options of {@link phaseProfile}. */
export interface PhaseProfileOptions extends Omit<RunOptions, "to"> {
  /** Axis along which fractions are told. Default `z`. */
  axis?: Axis;
  /** Slices that make one row. Default 1. */
  slices?: number;
  /** Tiles along either side of a slice, by which its fractions vary: for the ±. Default 4; 1: no ±. */
  tiles?: number;
}

const OPTIONS = ["axis", "slices", "tiles", ...TABLE_OPTIONS];

/**
 * Fractions of the phases along an axis, such as the porosity from collector to separator.
 *
 * Columns, one row for each slice (or `slices` of them): `position` of its middle from the face of the volume, in µm or voxels; for each phase its fraction by name, of
 * the voxels that belong to a phase, NaN where there are none; and `± ` with its name: the standard error, by how much the fraction varies over the tiles of the slice, √(Σ w (f − mean)² /
 * (Σ w · (n − 1))), each tile weighing as many voxels as it has. Tiles that are smaller than the structure hang together, and the ± is too small: it then says nothing of other samples.
 *
 * Exact, same result for any brick shape and number of workers, also for volumes larger than memory. Cost O(n), a few nanoseconds a voxel; memory per worker one
 * brick, and 8 bytes for each tile, slice and phase.
 * @param labels labels of whole numbers (phases from its phase table, other labels by their number) or a mask
 * @throws InvalidArgument if these are no labels, or there are more than 255
 * @throws MissingData if no voxel of region and mask belongs to a phase
 * @example lines(await phaseProfile(phases, { axis: "z", slices: 4 }), { x: "position", y: "pore" })
 */
export async function phaseProfile(labels: Volume, options: PhaseProfileOptions = {}): Promise<ResultTable> {
  const caller = "phaseProfile";
  checkVolume(caller, labels);
  checkOptions(caller, options, OPTIONS);
  const { axis = "z", slices = 1, tiles = 4, ...run } = options;
  checkChoice("axis", axis, ["z", "y", "x"]);
  const { region = wholeRegion(labels.shape), mask, ...rest } = run;
  checkRegion(region, labels.shape);
  checkMask(mask, labels);
  const shape = regionShape(region);
  const along = AXES[axis];
  checkNumber(`${caller}: slices`, slices, 1, shape[along], true);
  checkNumber(`${caller}: tiles`, tiles, 1, 1024, true);
  const { phases } = await measuredPhases(caller, labels, run);
  const cell = shape.map((n, k) => (k === along ? slices : Math.ceil(n / tiles))) as unknown as Triple;
  const counts = shape.map((n, k) => Math.ceil(n / cell[k]!)) as unknown as Triple;
  const cells = counts[0] * counts[1] * counts[2];
  if (cells * phases.length > 2 ** 24)
    throw new InvalidArgument(
      `${caller}: ${cells} tiles of ${phases.length} phases are too many; take more slices or fewer tiles`,
    );
  const parameters = {
    ...phaseNumbers(labels, phases),
    phases: phases.length,
    region,
    cell,
    masked: mask !== undefined,
  };
  const found = await reduce(gridCounts, labels, parameters, { ...rest, region, ...(mask && { mask }) });
  const rows = counts[along];
  const stride = counts.slice(along + 1).reduce((product, n) => product * n, 1);
  const fractions = phases.map(() => new Float64Array(rows));
  const errors = phases.map(() => new Float64Array(rows));
  for (let row = 0; row < rows; row++) {
    // Cells of the row in C order; going through all cells for each row would take rows times as long.
    const own = Array.from(
      { length: cells / rows },
      (_, k) => Math.floor(k / stride) * stride * rows + row * stride + (k % stride),
    );
    const of = (k: number, p: number): number => found[k * phases.length + p]!;
    const weights = own.map((k) => phases.reduce((sum, _, p) => sum + of(k, p), 0));
    const total = weights.reduce((sum, n) => sum + n, 0);
    const filled = weights.filter((n) => n > 0).length;
    for (const p of phases.keys()) {
      const mean = own.reduce((sum, k) => sum + of(k, p), 0) / total;
      const spread = own.reduce(
        (sum, k, n) => sum + (weights[n] === 0 ? 0 : weights[n]! * (of(k, p) / weights[n]! - mean) ** 2),
        0,
      );
      fractions[p]![row] = mean;
      errors[p]![row] = Math.sqrt(spread / (total * (filled - 1)));
    }
  }
  const { size, length } = measuredVoxel(labels);
  const middle = (row: number): number => {
    const first = region.start[along]! + row * slices;
    return ((first + Math.min(first + slices, region.stop[along]!)) / 2) * size[along]!;
  };
  const columns: Column[] = [
    { name: "position", values: Array.from({ length: rows }, (_, row) => middle(row)), unit: length },
  ];
  for (const [p, { name }] of phases.entries()) {
    columns.push({ name, values: fractions[p]!, unit: "1" });
    if (tiles > 1) columns.push({ name: `± ${name}`, values: errors[p]!, unit: "1" });
  }
  return resultTable(columns, trace(caller, { axis, slices, tiles, region: run.region }, { labels, mask }));
}
