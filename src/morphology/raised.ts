/** Reconstruction over all bricks: passes until nothing rises any more. */
import { unequal } from "../compute/operations/contour.js";
import { type ReconstructParameters, reconstruct } from "../compute/operations/reconstruct.js";
import type { ResultFacts } from "../compute/planned.js";
import { reduce, run } from "../compute/run.js";
import type { RunOptions } from "../core/options.js";
import type { Volume } from "../core/volume.js";

/**
 * The seed, risen as far as the limit allows: what rises in one brick goes on in the next one in the next pass. The seed is
 * released.
 * @param options of work between: without region, mask and file
 */
export async function raised(
  seed: Volume,
  limit: Volume,
  parameters: Omit<ReconstructParameters, "settled">,
  options: RunOptions,
  facts: ResultFacts,
): Promise<Volume> {
  let now = seed;
  try {
    for (let settled = false; ; settled = true) {
      const next = await run(reconstruct, now, { ...parameters, settled }, { ...options, besides: [limit] }, facts);
      const before = now;
      now = next;
      const same = sameSums(before, next) && (await reduce(unequal, next, {}, { ...options, besides: [before] })) === 0;
      before.store.release();
      if (same) return next;
    }
  } catch (error) {
    now.store.release();
    throw error;
  }
}

/** False if the records of the bricks tell that two volumes differ. */
export function sameSums(a: Volume, b: Volume): boolean {
  for (let k = 0; k < a.grid.length; k++) if (a.store.zone(k).sum !== b.store.zone(k).sum) return false;
  return true;
}
