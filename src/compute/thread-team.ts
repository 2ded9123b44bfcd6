/** Threads that keep what they know from one pass to the next, and share the parts of each. */
import { type Isolated, startIsolated } from "./isolated.js";
import type { Run } from "./progress.js";

/** Milliseconds that one part may take: a slice of 4096 × 4096 from 6000 projections takes minutes. */
const DEADLINE = 3_600_000;

export class ThreadTeam {
  readonly #threads: readonly Isolated[];
  readonly #signal: AbortSignal;

  /**
   * Whoever starts a team ends it, in a `finally`.
   * @param module whose exported functions the threads call
   * @param keep whether the threads wait for the next team of this module, see `startIsolated`
   */
  constructor(module: URL, what: string, workers: number, signal: AbortSignal, keep = false) {
    this.#signal = signal;
    const options = { what, signal, deadline: DEADLINE, keep: keep && workers };
    this.#threads = Array.from({ length: workers }, () => startIsolated(module, options));
  }

  /** Calls a function once in each thread. */
  async all(name: string, argument: unknown): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.call(name, argument)));
  }

  /**
   * Calls a function for each of `count` parts, in whatever thread is free; each part counts as one step. Arguments are asked for
   * in order. Results are taken in the order of the parts, and a thread gets no further part until its own is taken.
   */
  async each<R>(
    name: string,
    count: number,
    argument: (part: number) => unknown,
    { step }: Pick<Run, "step">,
    take: (result: R, part: number) => void | Promise<void> = () => undefined,
  ): Promise<void> {
    let next = 0;
    let asked: Promise<unknown> = Promise.resolve();
    let taken: Promise<void> = Promise.resolve();
    const lane = async (thread: Isolated): Promise<void> => {
      for (let k = next++; k < count; k = next++) {
        const [mine, before] = [k, taken];
        let done = (): void => undefined;
        taken = new Promise<void>((resolve) => {
          done = resolve;
        });
        const given = asked.then(() => argument(mine));
        asked = given;
        const result = await thread.call<R>(name, await given);
        await before;
        this.#signal.throwIfAborted();
        await take(result, mine);
        step();
        done();
      }
    };
    await Promise.all(this.#threads.map(lane));
  }

  async end(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.end()));
  }
}
