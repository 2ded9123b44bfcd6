/** A bar for the reader's own loops, whose Stop ends them. */
import type { KernelApi } from "../../kernel/comm.js";
import { InvalidArgument } from "../../src/core/errors.js";
import { checkNumber, checkOptions } from "../../src/core/options.js";
import { Bar, type BarState, barText } from "./bar.js";
import { runningKernel } from "./core/kernel.js";

/** Thrown out of a loop whose Stop was pressed. */
export class Stopped extends Error {
  override readonly name = "Stopped";
}

/** Options of {@link progress}. */
export interface ProgressOptions {
  /** What stands before the bar. Default: "progress". */
  title?: string;
}

const TEXT_EVERY_MILLISECONDS = 1000;

const interruptible = new WeakSet<KernelApi>();
const running = new Set<ProgressBar<unknown>>();

/** An interrupt of the cell ends its bars, too: a loop that counts by hand tells nobody that it has ended. */
function stopOnInterrupt(kernel: KernelApi): void {
  if (interruptible.has(kernel)) return;
  interruptible.add(kernel);
  kernel.onInterrupt(() => {
    for (const bar of [...running]) bar.stop();
  });
}

/** A bar and the loop that it counts; made by {@link progress}. */
export class ProgressBar<T> implements Iterable<T>, AsyncIterable<T> {
  readonly #items: Iterable<T> | AsyncIterable<T>;
  readonly #title: string;
  readonly #total: number | null;
  readonly #start = performance.now();
  readonly #abort = new AbortController();
  readonly #bar: Bar | undefined;
  #done = 0;
  #state: BarState["state"] = "running";
  #told = performance.now();

  /** @internal */
  constructor(items: Iterable<T> | AsyncIterable<T>, total: number | null, title: string) {
    this.#items = items;
    this.#total = total;
    this.#title = title;
    running.add(this);
    const kernel = runningKernel();
    if (kernel === undefined) return;
    stopOnInterrupt(kernel);
    this.#bar = new Bar(
      kernel,
      () => this.#now(),
      () => this.stop(),
      true,
    );
  }

  /** Steps that are done. */
  get done(): number {
    return this.#done;
  }

  /** Aborted by Stop, for functions that take a signal: `median(scan, { signal: bar.signal })`. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /**
   * Counts steps, for a loop that does it by hand. The last one ends the bar.
   * @throws Stopped if Stop was pressed
   */
  step(count = 1): void {
    this.#check();
    checkNumber("step: count", count, 0, Number.MAX_SAFE_INTEGER);
    this.#done += count;
    if (this.#total !== null && this.#done >= this.#total) this.#end("done");
    else this.#draw();
  }

  /** Does what the Stop button does: the loop ends at its next step. */
  stop(): void {
    if (this.#state !== "running") return;
    this.#abort.abort(this.#stopped());
    this.#end("stopped");
  }

  /** Ends the bar before its last step. */
  end(): void {
    this.#end("done");
  }

  *[Symbol.iterator](): Generator<T, void, undefined> {
    if (!(Symbol.iterator in this.#items))
      throw new InvalidArgument(
        "these items come one after the other: write for await (const item of progress(items))",
      );
    try {
      for (const item of this.#items) {
        yield item;
        this.#count();
      }
      this.#end("done");
    } catch (error) {
      this.#end("failed");
      throw error;
    } finally {
      // The loop was left by break, return or an error of its own.
      this.#end("stopped");
    }
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    const { signal } = this;
    const stopped = new Promise<undefined>((resolve) =>
      signal.addEventListener("abort", () => resolve(undefined), { once: true }),
    );
    const source = iteratorOf(this.#items);
    try {
      for (;;) {
        const next = await Promise.race([source.next(), stopped]);
        if (next === undefined) throw this.#stopped();
        if (next.done) break;
        yield next.value;
        this.#count();
      }
      this.#end("done");
    } catch (error) {
      this.#end("failed");
      throw error;
    } finally {
      if (this.#state === "running" || signal.aborted) void source.return?.();
      this.#end("stopped");
    }
  }

  /** Made where it is thrown, so that its traceback is the one of the loop. */
  #stopped(): Stopped {
    const of = this.#total === null ? "" : ` of ${this.#total}`;
    return new Stopped(`${this.#title} was stopped after ${this.#done}${of}; its variables are kept`);
  }

  #check(): void {
    if (this.signal.aborted) throw this.#stopped();
  }

  #count(): void {
    this.#check();
    this.#done++;
    this.#draw();
  }

  #now(): BarState {
    const seconds = Math.round((performance.now() - this.#start) / 100) / 10;
    return { operation: this.#title, done: this.#done, total: this.#total, seconds, state: this.#state };
  }

  #draw(): void {
    if (this.#bar !== undefined) this.#bar.draw();
    else if (performance.now() - this.#told > TEXT_EVERY_MILLISECONDS) this.#print();
  }

  #end(state: BarState["state"]): void {
    if (this.#state !== "running") return;
    this.#state = state;
    running.delete(this);
    if (this.#bar !== undefined) this.#bar.end();
    else this.#print();
  }

  /** Without a notebook the bar is lines of text, beside the output of the program. */
  #print(): void {
    this.#told = performance.now();
    process.stderr.write(`${barText(this.#now())}\n`);
  }
}

function iteratorOf<T>(items: Iterable<T> | AsyncIterable<T>): AsyncIterator<T> | Iterator<T> {
  return Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]();
}

function* counted(total: number): Generator<number, void, undefined> {
  for (let k = 0; k < total; k++) yield k;
}

/** How many items there are; null if nobody can know. */
function totalOf(items: object): number | null {
  const { length, size } = items as { length?: unknown; size?: unknown };
  const known = [length, size].find((one) => typeof one === "number");
  return known === undefined ? null : (known as number);
}

/**
 * Shows a bar with Stop for a loop. Stop ends the loop, also one that never awaits; the variables stay.
 *
 *   for (const grain of progress(grains, { title: "measuring" })) measure(grain);
 *   for await (const page of progress(pages)) …          // items that come one after the other
 *   for (const k of progress(100)) …                     // 0 to 99
 *   const bar = progress(100); while (…) bar.step();     // by hand
 *
 * Where no page listens it is a line of text.
 * @param items what is looped over, or the number of steps
 * @throws Stopped out of the loop, at its next step, when Stop was pressed while it awaited; a loop that does not await is
 * ended by an interrupt
 * @throws InvalidArgument if `items` is neither a number from 0 nor something to loop over
 */
export function progress(items: number, options?: ProgressOptions): ProgressBar<number>;
export function progress<T>(items: Iterable<T> | AsyncIterable<T>, options?: ProgressOptions): ProgressBar<T>;
export function progress(
  items: number | Iterable<unknown> | AsyncIterable<unknown>,
  options: ProgressOptions = {},
): ProgressBar<unknown> {
  checkOptions("progress", options, ["title"]);
  const { title = "progress" } = options;
  if (typeof title !== "string" || title.length > 60) throw new InvalidArgument("title: text of at most 60 characters");
  if (typeof items === "number") {
    checkNumber("progress: the number of steps", items, 0, Number.MAX_SAFE_INTEGER, true);
    return new ProgressBar(counted(items), items, title);
  }
  if (typeof items !== "object" || items === null || !(Symbol.iterator in items || Symbol.asyncIterator in items))
    throw new InvalidArgument(`progress takes a number of steps or something to loop over, got ${String(items)}`);
  return new ProgressBar(items, totalOf(items), title);
}
