import { checkVolume } from "../compute/run.js";
import { type Column, type ResultTable, resultTable } from "../core/arrow/table.js";
import { DTYPES } from "../core/dtype.js";
import { InvalidArgument, MissingData } from "../core/errors.js";
import { checkOptions, type RunOptions } from "../core/options.js";
import { trace } from "../core/provenance.js";
import type { Volume } from "../core/volume.js";
import { checkLabelled } from "../morphology/find-components.js";
import { tableOfLabels } from "../statistics/label-table.js";
import { measuredVoxel } from "./phase-cells.js";

/** Options of {@link volumeExpansion}. */
export interface VolumeExpansionOptions extends Pick<RunOptions, "signal" | "onProgress" | "memoryLimit" | "workers"> {}

/**
 * How much each phase, or each particle of a tracked series, has grown from one state to another. Shapes may differ; where both voxel sizes are known, so
 * may these.
 *
 * Columns, one row for each label of either state: `label`; `phase`, where there is a phase table; `before` and `after`, in µm³, or voxels where the
 * voxel size is unknown; `ratio`, after over before (2.8 for silicon that became 280 % of what it was), and `expansion`, `ratio` − 1; infinite for what was not there, −1 for
 * what is gone.
 *
 * A surface that lies by e further out makes a ball of the diameter d 6e/d larger: of 30 voxels with an error of a tenth of a voxel 2 %.
 * @param before labels of whole numbers or a mask
 * @param after the same things after, under the same labels
 * @throws MissingData if the voxel size of only one is known
 * @throws InvalidArgument if these are no labels, or one is a mask and one is not
 * @see M. Ebner, F. Marone, M. Stampanoni & V. Wood, Visualization and quantification of electrochemical and mechanical degradation in Li ion batteries
 * (2013), doi:10.1126/science.1241882, for SnO that grows to 250 %
 */
export async function volumeExpansion(
  before: Volume,
  after: Volume,
  options: VolumeExpansionOptions = {},
): Promise<ResultTable> {
  const caller = "volumeExpansion";
  checkOptions(caller, options, ["signal", "onProgress", "memoryLimit", "workers"]);
  for (const volume of [before, after]) {
    checkVolume(caller, volume);
    checkLabelled(caller, volume);
  }
  if ((before.spacing === undefined) !== (after.spacing === undefined))
    throw new MissingData(
      `${caller}: the voxel size of the state ${before.spacing === undefined ? "before" : "after"} is unknown, that of the other one is not; set it with volume.with({ spacing: um(…) })`,
    );
  if ((before.role === "mask") !== (after.role === "mask"))
    throw new InvalidArgument(`${caller}: one state is a mask, the other one labels; give two of one kind`);
  const volumes: Map<number, number>[] = [];
  for (const volume of [before, after]) {
    const { labels, voxels } = await tableOfLabels(volume, {}, options);
    const { cube } = measuredVoxel(volume);
    volumes.push(new Map(Array.from(labels, (label, k) => [label, voxels[k]! * cube])));
  }
  const [old, now] = volumes as [Map<number, number>, Map<number, number>];
  const labels = [...new Set([...old.keys(), ...now.keys()])].sort((a, b) => a - b);
  const names = new Map([...(after.phases ?? []), ...(before.phases ?? [])].map(({ label, name }) => [label, name]));
  const unit = before.spacing === undefined ? "voxel³" : "µm³";
  const of = (map: Map<number, number>): number[] => labels.map((label) => map.get(label) ?? 0);
  const ratios = labels.map((label) => (now.get(label) ?? 0) / (old.get(label) ?? 0));
  const wide = [before, after].some(({ dtype }) => DTYPES[dtype].max > 2 ** 31);
  // Whole numbers: a label names its row and is no quantity of it.
  const columns: Column[] = [{ name: "label", values: wide ? Uint32Array.from(labels) : Int32Array.from(labels) }];
  if (names.size > 0)
    columns.push({ name: "phase", values: labels.map((label) => names.get(label) ?? `label ${label}`) });
  columns.push(
    { name: "before", values: of(old), unit },
    { name: "after", values: of(now), unit },
    { name: "ratio", values: ratios, unit: "1" },
    { name: "expansion", values: ratios.map((ratio) => ratio - 1), unit: "1" },
  );
  return resultTable(columns, trace(caller, {}, { before, after }));
}
