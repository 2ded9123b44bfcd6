import { checkVolume } from "../compute/run.js";
import { type Column, type ResultTable, resultTable } from "../core/arrow/table.js";
import { DTYPES } from "../core/dtype.js";
import { InvalidArgument } from "../core/errors.js";
import { checkOptions, type RunOptions, TABLE_OPTIONS } from "../core/options.js";
import { trace } from "../core/provenance.js";
import { sameShape } from "../core/shape.js";
import type { Volume } from "../core/volume.js";
import { checkLabelled } from "../morphology/find-components.js";
import { greyUnits } from "../segment/potts-model.js";
import { type LabelTable, tableOfLabels } from "../statistics/label-table.js";

/** Options of {@link labelStatistics}. */
export interface LabelStatisticsOptions extends Omit<RunOptions, "to"> {
  /** The scan that was labelled, of the same shape: then the grey values of each label are told, too. */
  scan?: Volume;
}

/**
 * What there is of each label: a row for each one that occurs, in ascending order. Particles of {@link components} or
 * {@link watershed}, or the phases of a segmentation.
 *
 * Columns: `label`; `name`, where the labels have a phase table; `voxels`; `volume` in µm³ where the voxel size is known; the
 * bounding box, `z from` up to, not including, `z to` and so on, as a {@link Region} has it, and the centroid, `centroid z`,
 * `centroid y`, `centroid x`, both in voxels from the first voxel of the volume (also with `region`); with `scan` the
 * `grey mean`, `grey deviation` (of the voxels as they are, divided by their number), `grey min` and `grey max` of the
 * label's voxels, without NaN; NaN where there are none.
 *
 * Labels without a phase table leave out 0, which is no label; 255 of 8-bit labels is left out unless a phase has it. All but 0
 * of a mask is the label 1.
 * Exact and the same for any brick shape and number of workers: grey values are added up in whole units of at most 2⁻³⁰ of their
 * range (which are exact for whole numbers), in bricks of up to 2²⁰ voxels, which are the default. Cost O(n), brick by brick,
 * one or two nanoseconds a voxel, about five with `scan`; bricks of one label are not read where there is neither `scan` nor `mask`;
 * memory 116 bytes a label, with `scan` 172, while tables grow up to twice as much.
 * @param labels labels of whole numbers or a mask, any shape
 * @returns one row a label
 * @throws InvalidArgument if these are no labels, or the scan has another shape
 * @throws LimitExceeded if there are more labels than the memory limit holds
 * @see equal to skimage.measure.regionprops_table and cc3d.statistics
 * @example const particles = await labelStatistics(await components(phases, { phase: "active material" }), { scan });
 */
export async function labelStatistics(labels: Volume, options: LabelStatisticsOptions = {}): Promise<ResultTable> {
  const caller = "labelStatistics";
  checkVolume(caller, labels);
  checkOptions(caller, options, ["scan", ...TABLE_OPTIONS]);
  checkLabelled(caller, labels);
  const { scan, ...run } = options;
  const { region, mask } = run;
  if (scan !== undefined) {
    checkVolume(caller, scan);
    if (!sameShape(scan.shape, labels.shape))
      throw new InvalidArgument(
        `${caller}: scan has the shape ${scan.shape.join(" × ")}, the labels ${labels.shape.join(" × ")}; crop one to the other`,
      );
  }
  const units = scan && greyUnits(caller, scan);
  const table = await tableOfLabels(labels, { scan, units }, run);
  return resultTable(columnsOf(labels, table), trace(caller, { region }, { labels, scan, mask }));
}

function columnsOf(labels: Volume, table: LabelTable): Column[] {
  const { voxels, start, stop, places, grey } = table;
  const numbers = DTYPES[labels.dtype].max > 2 ** 31 ? Uint32Array.from(table.labels) : Int32Array.from(table.labels);
  const columns: Column[] = [{ name: "label", values: numbers }];
  if (labels.phases !== undefined) {
    const names = new Map(labels.phases.map(({ label, name }) => [label, name]));
    columns.push({ name: "name", values: Array.from(numbers, (label) => names.get(label) ?? `label ${label}`) });
  }
  columns.push({ name: "voxels", values: voxels });
  if (labels.spacing !== undefined) {
    const cube = labels.spacing.reduce((product, size) => product * (size * 1e6), 1);
    columns.push({ name: "volume", values: voxels.map((count) => count * cube), unit: "µm³" });
  }
  for (const [k, axis] of ["z", "y", "x"].entries())
    columns.push(
      { name: `${axis} from`, values: Int32Array.from(start[k]!) },
      { name: `${axis} to`, values: Int32Array.from(stop[k]!) },
    );
  for (const [k, axis] of ["z", "y", "x"].entries())
    columns.push({ name: `centroid ${axis}`, values: places[k]!.map((sum, row) => sum / voxels[row]!), unit: "voxel" });
  if (grey !== undefined)
    columns.push(
      { name: "grey mean", values: grey.mean },
      { name: "grey deviation", values: grey.deviation },
      { name: "grey min", values: grey.least },
      { name: "grey max", values: grey.most },
    );
  return columns;
}
