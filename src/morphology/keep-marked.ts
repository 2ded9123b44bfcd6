import { release } from "../compute/memory.js";
import { type Connectivity, eraseComponents } from "../compute/operations/components.js";
import { labelMask } from "../compute/operations/labels.js";
import type { ResultFacts } from "../compute/planned.js";
import { run } from "../compute/run.js";
import type { RunOptions } from "../core/options.js";
import { OUTSIDE } from "../core/phases.js";
import type { Volume } from "../core/volume.js";
import { findComponents, joined } from "./find-components.js";

/**
 * A mask of the components of 1 and 2 in which a 2 occurs; 0 and 255 belong to none.
 * @param options of a run of the whole volume, with the file of the result
 */
export async function keepMarked(
  labels: Volume,
  connectivity: Connectivity,
  { to, ...between }: RunOptions,
  facts: ResultFacts,
): Promise<Volume> {
  const found = { connectivity, label: 0, except: true, never: OUTSIDE };
  const all = await findComponents(labels, { ...found, mark: 2 }, between);
  const erased = joined(labels, found, all, (component) => all.marked[component]!);
  const kept = await run(eraseComponents, labels, { ...erased, value: 0, keep: undefined }, between, facts);
  try {
    return await run(labelMask, kept, { values: [1, 2] }, { ...between, ...(to !== undefined && { to }) }, facts);
  } finally {
    release(kept);
  }
}
