import { labelTable, mapLabels } from "../compute/operations/labels.js";
import { checkVolume, run } from "../compute/run.js";
import { DTYPES } from "../core/dtype.js";
import { InvalidArgument } from "../core/errors.js";
import { checkOptions, type RunOptions } from "../core/options.js";
import type { Phase } from "../core/phases.js";
import { trace } from "../core/provenance.js";
import type { Volume } from "../core/volume.js";
import { checkLabelled } from "../morphology/find-components.js";
import { tableOfLabels } from "../statistics/label-table.js";
import { type LabelMapping, mappingOf } from "./label-mapping.js";

/** Options of {@link relabel}. */
export type RelabelOptions = Omit<RunOptions, "region" | "mask">;

const OPTIONS = ["signal", "onProgress", "memoryLimit", "workers", "to"] as const;
const ORDERS = ["size", "appearance", "label"] as const;

/**
 * Gives labels other numbers: consecutive ones, or those of a map, which may make several labels one.
 *
 * - `"size"`: 1, 2, 3, … from the label with most voxels on; of equally large ones the one of lower number comes first.
 * - `"appearance"`: in the order of their first voxels (z, then y, then x). `"label"`: in the order of their old numbers.
 * - a map such as `{ binder: "solid", "active material": "solid" }` or `{ 3: 1 }`: keys are names of phases or labels,
 *   values a label, the name of a phase that is there, or that of a new one, which gets the lowest of its labels. Labels
 *   that it does not name stay. `{ 1: 2 }` makes 1 and 2 one label; `{ 1: 2, 2: 1 }` exchanges them.
 *
 * Where numbers become consecutive, 0 stays 0 if there is no phase table: it is no label; and so does 255 of 8-bit labels that
 * no phase has. Names, colours and densities stay with their voxels. Phases that become one keep those of the phase whose label it
 * is, else of the first of them in the table, and the density only if it is the same for all.
 * Same result for any brick shape and number of workers. Cost O(n): a pass, and for an order one more; memory 24 bytes a label
 * and, for an order, that of {@link labelStatistics}.
 * @param labels a labels volume of whole numbers, any shape
 * @returns new labels volume of the same shape and voxel type
 * @throws InvalidArgument if a name is no phase, a label is none of the voxel type, or the order is not known
 */
export async function relabel(
  labels: Volume,
  by: (typeof ORDERS)[number] | LabelMapping,
  options: RelabelOptions = {},
): Promise<Volume> {
  const caller = "relabel";
  checkVolume(caller, labels);
  checkOptions(caller, options, OPTIONS);
  checkLabelled(caller, labels);
  if (labels.role !== "labels")
    throw new InvalidArgument(`${caller}: this volume has the role ${labels.role}; a mask has no labels to change`);
  const ordered = typeof by === "string";
  if (!ordered && (typeof by !== "object" || by === null || Array.isArray(by)))
    throw new InvalidArgument(
      `${caller}: give an order (${ORDERS.join(", ")}) or a map such as { 3: 1 }, got ${String(by)}`,
    );
  if (ordered && !ORDERS.includes(by))
    throw new InvalidArgument(
      `${caller}: the order is ${JSON.stringify(by)}; allowed are ${ORDERS.join(", ")}, or a map`,
    );
  const { to: _, ...between } = options;
  const { from, to, phases } = ordered ? await inOrder(labels, by, between) : mappingOf(caller, by, labels);
  const provenance = trace(caller, { by }, { labels });
  const parameters = { ...labelTable(from, to), rest: undefined, dtype: labels.dtype };
  return run(mapLabels, labels, parameters, options, { provenance, phases: phases ?? null });
}

interface Mapped {
  readonly from: Float64Array;
  readonly to: Float64Array;
  readonly phases: readonly Phase[] | undefined;
}

async function inOrder(labels: Volume, by: (typeof ORDERS)[number], options: RunOptions): Promise<Mapped> {
  const table = await tableOfLabels(labels, {}, options);
  const { labels: from, voxels, first } = table;
  const order = Array.from(from.keys());
  // Labels are ascending, and sorting keeps the order of equal ones.
  if (by === "size") order.sort((a, b) => voxels[b]! - voxels[a]!);
  if (by === "appearance") order.sort((a, b) => first[a]! - first[b]!);
  const to = new Float64Array(from.length);
  for (const [number, k] of order.entries()) to[k] = number + 1;
  const becomes = new Map(order.map((k, number) => [from[k]!, number + 1]));
  // Phases of which no voxel is left come behind all others.
  let next = from.length;
  const phases = labels.phases
    ?.map((phase) => ({ ...phase, label: becomes.get(phase.label) ?? ++next }))
    .sort((a, b) => a.label - b.label);
  const { max } = DTYPES[labels.dtype];
  if (next > max)
    throw new InvalidArgument(
      `relabel: ${next} labels are more than ${labels.dtype} has numbers for (up to ${max}); convert(…) them to a wider type first`,
    );
  return { from, to, phases };
}
