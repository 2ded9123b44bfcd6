import { setImmediate } from "node:timers/promises";
import { watched } from "../compute/progress.js";
import { checkVolume } from "../compute/run.js";
import { type ResultTable, resultTable } from "../core/arrow/table.js";
import { DTYPES, type Voxels } from "../core/dtype.js";
import { InvalidArgument, MissingData } from "../core/errors.js";
import { checkOptions, RUN_OPTIONS, type RunOptions } from "../core/options.js";
import { trace } from "../core/provenance.js";
import { intersect, sameShape, wholeRegion } from "../core/shape.js";
import type { Volume } from "../core/volume.js";
import { countPhases, type PhaseCounts } from "../statistics/phase-counts.js";
import { withPhaseBars } from "./phase-table.js";

/** Options of {@link compareLabels}. */
export type CompareLabelsOptions = RunOptions;

/** What {@link compareLabels} returns: the table, and the share of all voxels that have the right phase. */
export type LabelComparison = ResultTable & { readonly accuracy: number };

/**
 * Compares a segmentation with the truth, voxel by voxel: what a filter or a threshold does to the result.
 * The first phase of one phase table is compared with the first of the other, and so on, whatever the numbers of the
 * labels; a volume without a phase table has its labels in ascending order. Voxels that belong to no phase in either
 * volume (outside region or mask, label 255) do not count.
 *
 * Columns, one row a phase: `label` and `phase` (of the truth), `fraction`, `true fraction`, `error` (their difference),
 * `Dice` 2|A∩B|/(|A|+|B|), `IoU` |A∩B|/|A∪B|, `precision` (share of the voxels labelled so that are), `recall` (share of
 * those that are and were labelled so). NaN where a phase has no voxels to divide by. `accuracy` is a property.
 * Exact; cost O(n), on one thread; memory two bricks.
 * @param labels the segmentation
 * @param truth labels of the same shape, such as `scan.truth` of a simulated scan
 * @throws MissingData if there is no truth, or no voxel counts
 * @throws InvalidArgument if shapes or numbers of phases differ
 * @see L. R. Dice (1945), doi:10.2307/1932409; P. Jaccard (1912), doi:10.1111/j.1469-8137.1912.tb05611.x
 */
export async function compareLabels(
  labels: Volume,
  truth: Volume | undefined,
  options: CompareLabelsOptions = {},
): Promise<LabelComparison> {
  checkVolume("compareLabels", labels);
  if (truth === undefined)
    throw new MissingData("compareLabels: the truth is undefined; only simulated scans (samples.electrode) carry one");
  checkVolume("compareLabels", truth);
  checkOptions("compareLabels", options, RUN_OPTIONS);
  if (!sameShape(labels.shape, truth.shape))
    throw new InvalidArgument(
      `compareLabels: the labels have the shape ${labels.shape.join(" × ")}, the truth ${truth.shape.join(" × ")}; crop one to the other`,
    );
  const { onProgress: _, ...quiet } = options;
  const counted = [
    await countPhases("compareLabels", labels, quiet),
    await countPhases("compareLabels", truth, quiet),
  ] as const;
  const names = counted.map(({ phases }) => phases.map(({ name }) => name).join(", "));
  const n = counted[1].phases.length;
  if (counted[0].phases.length !== n)
    throw new InvalidArgument(
      `compareLabels: the labels have ${counted[0].phases.length} phases (${names[0]}), the truth ${n} (${names[1]}); make as many as the truth has`,
    );
  const both = await crossed(labels, truth, counted, options);
  const at = (k: number, t: number): number => both[k * n + t]!;
  const each = [...Array(n).keys()];
  const here = each.map((k) => each.reduce((sum, t) => sum + at(k, t), 0));
  const there = each.map((t) => each.reduce((sum, k) => sum + at(k, t), 0));
  const right = each.map((k) => at(k, k));
  const total = here.reduce((sum, count) => sum + count, 0);
  if (total === 0) throw new MissingData("compareLabels: no voxel belongs to a phase in both volumes");
  const columns = {
    fraction: here.map((count) => count / total),
    "true fraction": there.map((count) => count / total),
    error: each.map((k) => (here[k]! - there[k]!) / total),
    Dice: each.map((k) => (2 * right[k]!) / (here[k]! + there[k]!)),
    IoU: each.map((k) => right[k]! / (here[k]! + there[k]! - right[k]!)),
    precision: each.map((k) => right[k]! / here[k]!),
    recall: each.map((k) => right[k]! / there[k]!),
  };
  const { region, mask } = options;
  const { phases } = counted[1];
  const table = resultTable(
    [
      { name: "label", values: phases.map(({ label }) => label), whole: true },
      { name: "phase", values: phases.map(({ name }) => name) },
      ...Object.entries(columns).map(([name, values]) => ({ name, values, unit: "1" })),
    ],
    trace("compareLabels", { region }, { labels, truth, mask }),
  );
  const accuracy = right.reduce((sum, count) => sum + count, 0) / total;
  const bars = { labels: columns.fraction, truth: columns["true fraction"] };
  const note = `Of ${total} voxels ${Number((100 * accuracy).toFixed(2))} % have the right phase.`;
  return Object.assign(withPhaseBars(table, phases, bars, note), { accuracy });
}

/** Numbers of voxels for each pair of phases, rows the labels', columns the truth's. */
async function crossed(
  labels: Volume,
  truth: Volume,
  counted: readonly [PhaseCounts, PhaseCounts],
  options: RunOptions,
): Promise<Float64Array> {
  const n = counted[1].phases.length;
  const out = new Float64Array(n * n);
  const { region = wholeRegion(labels.shape), mask } = options;
  const bricks = labels.grid.touching(region);
  const [row, column] = [lookup(labels, counted[0]), lookup(truth, counted[1])];
  await watched("compareLabels", bricks.length, options, async ({ signal, step }) => {
    for (const index of bricks) {
      // Reading from memory never leaves this turn of the event loop: without a pause Stop would not be heard.
      await setImmediate();
      signal.throwIfAborted();
      const box = intersect(labels.grid.region(index), region)!;
      const [a, b, inside] = await Promise.all([labels.read(box), truth.read(box), mask?.read(box)]);
      for (let k = 0; k < a.length; k++) {
        if (inside !== undefined && inside[k] === 0) continue;
        const r = row(a, k);
        const c = column(b, k);
        if (r >= 0 && c >= 0) out[r * n + c]!++;
      }
      step();
    }
  });
  return out;
}

/** Position of a voxel's phase in the table, −1 for none. */
function lookup(volume: Volume, { phases }: PhaseCounts): (voxels: Voxels, k: number) => number {
  if (volume.role === "mask") return (voxels, k) => (voxels[k] === 0 ? 0 : 1);
  const { min, max, bytes } = DTYPES[volume.dtype];
  if (bytes > 2) {
    const at = new Map(phases.map(({ label }, k) => [label, k]));
    return (voxels, k) => at.get(voxels[k]!) ?? -1;
  }
  const at = new Int16Array(max - min + 1).fill(-1);
  for (const [k, { label }] of phases.entries()) if (label >= min && label <= max) at[label - min] = k;
  return (voxels, k) => at[voxels[k]! - min]!;
}
