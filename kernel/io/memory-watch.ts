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
  /** Bytes of JavaScript objects of the main thread, garbage included; undefined if it does not answer. */
  heap(): Promise<number | undefined>;
  /** Has the main thread collect its garbage. */
  collect(): void;
  /** Bytes that this process may still take, by the machine and by its container. */
  available(): number;
}

const MIB = 2 ** 20;
/** Share of the engine's limit at which a cell is stopped: collecting garbage becomes the main work from there on. */
const STOP_SHARE = 0.8;
/** Share at which memory is called short. */
const SHORT_SHARE = 0.6;
/** How much more than after the last stop, as a share of the limit, leads to another: the reader must be able to free. */
const GROWN_SHARE = 0.03;
/** Below this much free memory the system begins to end processes. */
const LEAST_AVAILABLE = 160 * MIB;

const CALM_MILLISECONDS = 500;
const NEAR_MILLISECONDS = 100;
const SHORT_MILLISECONDS = 25;
/** The engine ends the process itself after four collections in a row that free little and follow each other closely. */
const MOST_COLLECTIONS = 2;
const COLLECTIONS_MILLISECONDS = 10_000;
/** How long the main thread may take to say how much it holds: it may be collecting 4 GiB. */
const PATIENCE_MILLISECONDS = 5000;

/** Memory is short. */
export interface Shortage {
  readonly text: string;
  /** Bytes that count: JavaScript objects, or the whole process where the machine is short. */
  readonly used: number;
  /** Whether a cell should end for it. */
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
  short(text: string): void;
  well(): void;
  /** Stops the cell; resolves when it has been. */
  stop(text: string): Promise<void>;
}

export class MemoryWatch {
  private timer: NodeJS.Timeout | undefined;
  /** Bytes after the last stop, from which on growth counts; undefined while memory is not short. */
  private base: number | undefined;
  private collections: number[] = [];

  constructor(
    private readonly heapLimit: number,
    private readonly then: Consequences,
    private readonly readings: Readings = processReadings,
  ) {}

  /** Keeps looking, more often as memory fills. */
  start(): void {
    this.timer = setTimeout(async () => {
      await this.look();
      this.start();
    }, this.pause());
    this.timer.unref();
  }

  end(): void {
    clearTimeout(this.timer);
  }

  async look(): Promise<void> {
    const found = await shortage(this.readings, this.heapLimit);
    if (found === undefined) {
      this.base = undefined;
      return this.then.well();
    }
    this.then.short(found.text);
    if (!found.stop || found.used <= (this.base ?? 0) + GROWN_SHARE * this.heapLimit) return;
    await this.then.stop(found.text);
    // The cell went on filling until it was stopped.
    this.base = (await shortage(this.readings, this.heapLimit))?.used;
  }

  /** To be called after each cell: what the reader has freed meanwhile must not stop the next one. */
  cellEnded(): void {
    if (this.base === undefined) return;
    const now = performance.now();
    this.collections = this.collections.filter((at) => now - at < COLLECTIONS_MILLISECONDS);
    if (this.collections.length >= MOST_COLLECTIONS) return;
    this.collections.push(now);
    this.readings.collect();
  }

  private pause(): number {
    if (this.base !== undefined) return SHORT_MILLISECONDS;
    const share = this.readings.rss() / this.heapLimit;
    return share > SHORT_SHARE ? SHORT_MILLISECONDS : share > 0.4 ? NEAR_MILLISECONDS : CALM_MILLISECONDS;
  }
}

/** Asks the main thread over the debugger's channel, which is served even in an endless loop. */
function asked<T>(method: string, milliseconds: number): Promise<T | undefined> {
  return new Promise((resolve) => {
    const inspector = new Inspector();
    const end = (answer: T | undefined): void => {
      clearTimeout(timer);
      inspector.disconnect();
      resolve(answer);
    };
    const timer = setTimeout(() => end(undefined), milliseconds);
    inspector.connectToMainThread();
    inspector.post(method, (error, answer) => end(error ? undefined : (answer as T)));
  });
}

const processReadings: Readings = {
  rss: () => memoryUsage.rss(),
  available: () => availableMemory(),
  heap: async () => (await asked<{ usedSize: number }>("Runtime.getHeapUsage", PATIENCE_MILLISECONDS))?.usedSize,
  collect: () => void asked("HeapProfiler.collectGarbage", PATIENCE_MILLISECONDS),
};
