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
const HEAP_SHARE = 0.85;
/** Below this much free memory the system begins to end processes. */
const LEAST_AVAILABLE = 160 * MIB;
const CALM_MILLISECONDS = 500;
const CLOSE_MILLISECONDS = 100;
/** After a stop the collector needs time. */
const AFTER_STOP_MILLISECONDS = 3000;

/** What is told when memory runs out, and kept for the next kernel. */
export interface Shortage {
  readonly text: string;
  /** Whether the cell is to be stopped, or only a note to be kept. */
  readonly stop: boolean;
}

const gib = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(2)} GiB`;

/** Looks once. @returns undefined if all is well */
export async function shortage(readings: Readings, heapLimit: number): Promise<Shortage | undefined> {
  const rss = readings.rss();
  const available = readings.available();
  if (available < LEAST_AVAILABLE && rss > available)
    return { stop: true, text: `the kernel holds ${gib(rss)} and only ${gib(available)} are left on this machine` };
  // Objects are a part of the process: while it is small, nobody need be asked.
  if (rss < 0.6 * heapLimit) return undefined;
  const heap = await readings.heap();
  if (heap === undefined || heap < 0.6 * heapLimit) return undefined;
  const text = `cells hold ${gib(heap)} of JavaScript objects and the limit is ${gib(heapLimit)} (the kernel holds ${gib(rss)} in all)`;
  return { stop: heap > HEAP_SHARE * heapLimit, text };
}

/** Keeps looking, more often as memory fills. @returns a function that ends it */
export function watchMemory(
  heapLimit: number,
  on: { short(shortage: Shortage): void; well(): void },
  readings: Readings = processReadings,
): () => void {
  let timer: NodeJS.Timeout;
  const look = async (): Promise<void> => {
    const found = await shortage(readings, heapLimit);
    if (found === undefined) on.well();
    else on.short(found);
    const near = found !== undefined || readings.rss() > 0.4 * heapLimit;
    const pause = found?.stop ? AFTER_STOP_MILLISECONDS : near ? CLOSE_MILLISECONDS : CALM_MILLISECONDS;
    timer = setTimeout(look, pause);
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
