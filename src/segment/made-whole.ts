import { copy } from "../compute/operations.js";
import { plannedWhole, type WholePass } from "../compute/planned.js";
import { run } from "../compute/run.js";
import { checkResult } from "../compute/whole.js";
import type { RunOptions } from "../core/options.js";
import type { Provenance } from "../core/provenance.js";
import { Volume } from "../core/volume.js";
import { runOnly } from "../morphology/where.js";

/** What was made, with all that was found on the way. */
export interface Made {
  /** It becomes the result, or is released. */
  readonly volume: Volume;
  readonly provenance: Provenance;
}

/**
 * The result of work that goes over a volume again and again, with volumes between. A planned volume is only noted. Into a file
 * the result is copied at the end.
 */
export async function madeWhole(
  volume: Volume,
  pass: WholePass,
  options: RunOptions,
  make: () => Promise<Made>,
): Promise<Volume> {
  const planned = plannedWhole(volume, pass, options);
  if (planned !== undefined) return planned;
  const { to, ...between } = runOnly(options);
  if (to !== undefined) await checkResult(to, volume);
  const made = await make();
  const { outline } = pass;
  const { provenance } = made;
  const facts = { ...outline, provenance, truth: volume.truth };
  if (to === undefined) return new Volume({ ...facts, brick: made.volume.grid.brick, store: made.volume.store });
  try {
    const { role, phases = null } = outline;
    const { store, grid } = await run(copy, made.volume, {}, { ...between, to }, { provenance, role, phases });
    return new Volume({ ...facts, brick: grid.brick, store });
  } finally {
    made.volume.store.release();
  }
}
