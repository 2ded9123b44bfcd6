/** Spreads planes or sinograms, each worked on as a whole, over threads. */

import { startIsolated } from "../compute/isolated.js";
import { defaultWorkers } from "../compute/pool.js";
import type { Run } from "../compute/progress.js";
import { checkNumber, type RunOptions } from "../core/options.js";

/** Milliseconds that one plane may take: a slice of 4096 × 4096 from 6000 projections takes minutes. */
const DEADLINE = 3_600_000;

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
  /** The argument for part `k`; asked for in order. */
  argument(k: number): Promise<unknown>;
  /** Takes the result of part `k`; called in order, and no further part is given out until it is done. */
  store(k: number, result: R): Promise<void>;
}

/** Runs all parts; each counts as one step. Errors and the signal end the threads. */
export async function spread<R>(work: Spread<R>, { signal, step }: Run): Promise<void> {
  const threads = Array.from({ length: work.workers }, () =>
    startIsolated(work.module, { what: work.what, signal, deadline: DEADLINE }),
  );
  let next = 0;
  let asked: Promise<unknown> = Promise.resolve();
  let stored: Promise<void> = Promise.resolve();
  const lane = async (thread: (typeof threads)[number]): Promise<void> => {
    for (let k = next++; k < work.count; k = next++) {
      const [mine, before] = [k, stored];
      let done = (): void => undefined;
      stored = new Promise<void>((resolve) => {
        done = resolve;
      });
      const argument = asked.then(() => work.argument(mine));
      asked = argument;
      const result = await thread.call<R>(work.name, await argument);
      await before;
      signal.throwIfAborted();
      await work.store(mine, result);
      step();
      done();
    }
  };
  try {
    await Promise.all(threads.map(lane));
  } finally {
    await Promise.all(threads.map((thread) => thread.end()));
  }
}
