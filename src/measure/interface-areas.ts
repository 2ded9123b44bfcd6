import { checkVolume } from "../compute/run.js";
import { type Column, type ResultTable, resultTable } from "../core/arrow/table.js";
import { checkChoice, checkOptions, type RunOptions, TABLE_OPTIONS } from "../core/options.js";
import type { Phase } from "../core/phases.js";
import { trace } from "../core/provenance.js";
import { checkRegion } from "../core/shape.js";
import type { Volume } from "../core/volume.js";
import { marchingCubesAreas } from "./cell-tables.js";
import { cellsOfPhases, measuredVoxel } from "./phase-cells.js";
import { facesOfPhases } from "./phase-faces.js";
import { measuredPhases } from "./phase-numbers.js";
import { checkDepth } from "./surface-area.js";

/** Options of {@link interfaceAreas}. */
export interface InterfaceAreasOptions extends Omit<RunOptions, "to"> {
  /** How an area is measured: by the `"faces"` of voxels, or by `"marching cubes"`. Default `"faces"`. */
  method?: "faces" | "marching cubes";
}

const OPTIONS = ["method", ...TABLE_OPTIONS] as const;

/**
 * Areas at which the phases of a segmented volume meet, for each pair of them. Faces of the volume itself, and of region and mask,
 * are no interface.
 *
 * - `"faces"`: the sum of all faces between a voxel of the one and a voxel of the other. Columns: `label`, `phase`, `other label`,
 *   `other phase`, `faces` (their number), where the voxel size is known `area` in µm² and `area per volume` in 1/µm, which is over the
 *   volume of all voxels that belong to a phase; else `faces per voxel`.
 *   A surface of voxels is a staircase, whose area does not become that of the smooth surface however small the voxels are: a
 *   plane with the normal n gets |nz| + |ny| + |nx| times its area, from 1 (along the grid) to 1.73; a ball, and matter without
 *   a direction, 1.5 times. Divide by 1.5 for such matter; compare only with numbers of the same method.
 * - `"marching cubes"`: half of the surface of the one and of that of the other, less that of both together ({@link surfaceArea}), cell by
 *   cell: the area that both have in common. Of three phases in a row this is what is left of each surface when the others are
 *   taken away; where four meet in one cell a little is counted for no pair. Of two phases that hardly touch, a film of a third one of a voxel
 *   or two between them, the difference of large areas may come out below 0: then take `"faces"`, which cannot. Cells with a voxel outside do not count. Columns as
 *   before without `faces`; without a voxel size `area` in voxel² and `area per volume` in 1/voxel. A ball has 1.08 times its area.
 *
 * Exact (marching cubes: in units of 2⁻³⁰ of a cell), same result for any brick shape and number of workers, also for volumes larger than
 * memory. Cost O(n), one to six nanoseconds a voxel, the more the rougher the phases are; memory per worker one brick and 24 bytes a pair; of
 * faces with `region` also its voxels.
 * @param labels labels of whole numbers (phases from its phase table, other labels by their number) or a mask
 * @returns one row for each pair of phases, in the order of the phase table; label 255 of 8 bits is no phase
 * @throws InvalidArgument if the volume is neither labels nor a mask, or there are more than 255 phases
 * @throws MissingData if no voxel of region and mask belongs to a phase
 * @see the factor 3/2: the mean of |nz| + |ny| + |nx| over all directions; J. Ohser & F. Mücklich, Statistical Analysis of
 * Microstructures in Materials Science (2000)
 * @example await interfaceAreas(await threshold(scan, [21000, 34000], { names: ["pore", "binder", "active material"] }))
 */
export async function interfaceAreas(labels: Volume, options: InterfaceAreasOptions = {}): Promise<ResultTable> {
  const caller = "interfaceAreas";
  checkVolume(caller, labels);
  checkOptions(caller, options, OPTIONS);
  const { method = "faces", ...run } = options;
  checkChoice("method", method, ["faces", "marching cubes"]);
  if (run.region !== undefined) checkRegion(run.region, labels.shape);
  if (method !== "faces") checkDepth(caller, method, labels, run.region);
  const { phases, total } = await measuredPhases(caller, labels, run);
  const pairs = phases.flatMap((one, a) => phases.slice(a + 1).map((other, b) => ({ one, other, a, b: a + 1 + b })));
  const columns = columnsOf(pairs);
  const { region, mask } = run;
  const provenance = trace(caller, { method, region }, { labels, mask });
  const { size, cube, length } = measuredVoxel(labels);
  let areas: number[];
  if (method === "faces") {
    const faces = await facesOfPhases(labels, phases, run);
    const sums = (weights: readonly number[]): number[] =>
      pairs.map(({ a, b }) => faces.between(a, b).reduce((sum, count, axis) => sum + weights[axis]! * count, 0));
    const counts = sums([1, 1, 1]);
    columns.push({ name: "faces", values: counts });
    if (length === "voxel") {
      columns.push({ name: "faces per voxel", values: counts.map((sum) => sum / total) });
      return resultTable(columns, provenance);
    }
    const [z, y, x] = size;
    areas = sums([y * x, z * x, z * y]);
  } else {
    const cells = await cellsOfPhases(labels, phases, run, marchingCubesAreas(size));
    areas = pairs.map(({ a, b }) => cells.between(a, b));
  }
  columns.push({ name: "area", values: areas, unit: `${length}²` });
  columns.push({ name: "area per volume", values: areas.map((area) => area / (total * cube)), unit: `1/${length}` });
  return resultTable(columns, provenance);
}

function columnsOf(pairs: readonly { readonly one: Phase; readonly other: Phase }[]): Column[] {
  return [
    { name: "label", values: pairs.map(({ one }) => one.label), whole: true },
    { name: "phase", values: pairs.map(({ one }) => one.name) },
    { name: "other label", values: pairs.map(({ other }) => other.label), whole: true },
    { name: "other phase", values: pairs.map(({ other }) => other.name) },
  ];
}
