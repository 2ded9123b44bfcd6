/** Spreads planes or sinograms, each worked on as a whole, over threads. */
import { defaultWorkers } from "../compute/pool.js";
import type { Run } from "../compute/progress.js";
import { ThreadTeam } from "../compute/thread-team.js";
import { checkNumber, type RunOptions } from "../core/options.js";

/** Number of threads for `count` parts. */
export function threadsFor(count: number, options: Pick<RunOptions, "workers">): number {
  const { workers = defaultWorkers() } = options;
  checkNumber("workers", workers, 1, 64, true);
  return Math.min(workers, count);
}

/** Work on one part after the other in several threads; results come in the order of the parts. */
export interface Spread<R> {
  /** What is done, for messages. */
  readonly what: string;
  /** Module whose exported function `name` does it, in a thread; it takes one plain value. */
  readonly module: URL;
  readonly name: string;
  /** Number of parts. */
  readonly count: number;
  readonly workers: number;
  /** Whether the threads wait a while for the next work of this module: where starting them takes longer than the work. Default false. */
  readonly keep?: boolean;
  /** The argument for part `k`; asked for in order. */
  argument(k: number): Promise<unknown>;
  /** Takes the result of part `k`; called in order, and no further part is given out until it is done. */
  store(k: number, result: R): Promise<void>;
}

/** Runs all parts; each counts as one step. Errors and the signal end the threads. */
export async function spread<R>(work: Spread<R>, run: Run): Promise<void> {
  const team = new ThreadTeam(work.module, work.what, work.workers, run.signal, work.keep);
  try {
    await team.each<R>(
      work.name,
      work.count,
      (k) => work.argument(k),
      run,
      (result, k) => work.store(k, result),
    );
  } finally {
    await team.end();
  }
}
