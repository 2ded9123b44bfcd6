/** Threads that keep what they know from one pass to the next. */
import { type Isolated, startIsolated } from "../compute/isolated.js";
import type { Run } from "../compute/progress.js";

/** Milliseconds that one step may take. */
const DEADLINE = 3_600_000;

export class ThreadTeam {
  readonly #threads: readonly Isolated[];
  readonly #signal: AbortSignal;

  /** Whoever starts a team ends it, in a `finally`. */
  constructor(module: URL, what: string, workers: number, signal: AbortSignal) {
    this.#signal = signal;
    this.#threads = Array.from({ length: workers }, () => startIsolated(module, { what, signal, deadline: DEADLINE }));
  }

  /** Calls a function once in each thread. */
  async all(name: string, argument: unknown): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.call(name, argument)));
  }

  /** Calls a function for each of `count` parts, in whatever thread is free; results are taken in the order of the parts. */
  async each<R>(
    name: string,
    count: number,
    argument: (part: number) => unknown,
    { step }: Pick<Run, "step">,
    take: (result: R, part: number) => void | Promise<void> = () => undefined,
  ): Promise<void> {
    let next = 0;
    let due = 0;
    const early = new Map<number, R>();
    let taking: Promise<void> = Promise.resolve();
    const takeDue = async (): Promise<void> => {
      for (; early.has(due); due++) {
        const result = early.get(due)!;
        early.delete(due);
        await take(result, due);
      }
    };
    const lane = async (thread: Isolated): Promise<void> => {
      for (let k = next++; k < count; k = next++) {
        early.set(k, await thread.call<R>(name, argument(k)));
        this.#signal.throwIfAborted();
        taking = taking.then(takeDue);
        await taking;
        step();
      }
    };
    await Promise.all(this.#threads.map(lane));
  }

  async end(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.end()));
  }
}
