/**
 * Watches memory from the I/O thread, which works while a cell fills it: a cell is stopped before the engine or the
 * operating system would end the process without a word.
 */

import { Session as Inspector } from "node:inspector";
import { availableMemory, memoryUsage } from "node:process";

/** Where the numbers come from; tests bring their own. */
export interface Readings {
  /** Bytes of the whole process. */
  rss(): number;
  /** Bytes of JavaScript objects of the main thread; undefined if it does not answer. */
  heap(): Promise<number | undefined>;
  /** Bytes that this process may still take, by the machine and by its container. */
  available(): number;
}

const MIB = 2 ** 20;
/** Share of the engine's limit at which a cell is stopped: collecting garbage becomes the main work from there on. */
const STOP_SHARE = 0.85;
/** Share at which memory is called short. */
const SHORT_SHARE = 0.6;
/** How much more than after the last stop, as a share of the limit, leads to another: the reader must be able to free. */
const GROWN_SHARE = 0.03;
/** Below this much free memory the system begins to end processes. */
const LEAST_AVAILABLE = 160 * MIB;

const CALM_MILLISECONDS = 500;
const NEAR_MILLISECONDS = 100;
const SHORT_MILLISECONDS = 25;

/** What is told when memory runs out, and kept for the next kernel. */
export interface Shortage {
  readonly text: string;
  /** Bytes that count: JavaScript objects, or the whole process where the machine is short. */
  readonly used: number;
  /** Whether the cell is to be stopped, or only a note to be kept. */
  readonly stop: boolean;
}

const gib = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(2)} GiB`;

/** Looks once. @returns undefined if all is well */
export async function shortage(readings: Readings, heapLimit: number): Promise<Shortage | undefined> {
  const rss = readings.rss();
  const available = readings.available();
  if (available < LEAST_AVAILABLE && rss > available)
    return {
      stop: true,
      used: rss,
      text: `the kernel holds ${gib(rss)} and only ${gib(available)} are left on this machine`,
    };
  // Objects are a part of the process: while it is small, nobody need be asked.
  if (rss < SHORT_SHARE * heapLimit) return undefined;
  const heap = await readings.heap();
  if (heap === undefined || heap < SHORT_SHARE * heapLimit) return undefined;
  const text = `cells hold ${gib(heap)} of JavaScript objects and the limit is ${gib(heapLimit)} (the kernel holds ${gib(rss)} in all)`;
  return { stop: heap > STOP_SHARE * heapLimit, used: heap, text };
}

/** What follows from a look. */
export interface Consequences {
  /** Memory is short; `stop` says whether a cell has to end for it. */
  short(shortage: Shortage): void;
  well(): void;
}

/** Keeps looking, more often as memory fills. @returns a function that ends it */
export function watchMemory(heapLimit: number, then: Consequences, readings: Readings = processReadings): () => void {
  let timer: NodeJS.Timeout;
  /** Bytes at the last stop; undefined once memory is no longer short. */
  let stoppedAt: number | undefined;
  const look = async (): Promise<void> => {
    const found = await shortage(readings, heapLimit);
    if (found === undefined) {
      stoppedAt = undefined;
      then.well();
    } else {
      const stop = found.stop && (stoppedAt === undefined || found.used > stoppedAt + GROWN_SHARE * heapLimit);
      if (stop) stoppedAt = found.used;
      then.short({ ...found, stop });
    }
    const near = readings.rss() > 0.4 * heapLimit;
    timer = setTimeout(look, found !== undefined ? SHORT_MILLISECONDS : near ? NEAR_MILLISECONDS : CALM_MILLISECONDS);
    timer.unref();
  };
  timer = setTimeout(look, CALM_MILLISECONDS);
  timer.unref();
  return () => clearTimeout(timer);
}

const processReadings: Readings = {
  rss: () => memoryUsage.rss(),
  available: () => availableMemory(),
  // The debugger's channel is served even in an endless loop; nothing else of the debugger is switched on.
  heap: () =>
    new Promise((resolve) => {
      const inspector = new Inspector();
      const end = (used: number | undefined): void => {
        clearTimeout(timer);
        inspector.disconnect();
        resolve(used);
      };
      const timer = setTimeout(() => end(undefined), 1000);
      inspector.connectToMainThread();
      inspector.post("Runtime.getHeapUsage", (error, usage) =>
        end(error ? undefined : (usage as { usedSize: number }).usedSize),
      );
    }),
};
