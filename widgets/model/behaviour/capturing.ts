/** Output that is part of a widget's state, so that it is shown wherever the widget is, and saved with it. */
import type { Output as Message } from "../../../kernel/comm.js";
import { DOMWidget } from "../controls/dom.js";
import { runningKernel } from "../core/kernel.js";

/** One output, as a notebook file keeps it. */
export type OutputRecord = Readonly<Record<string, unknown>>;

type Display = Extract<Message, { transient?: unknown }>;

/** What comes within this time goes to the page in one message. */
const GATHERED_MILLISECONDS = 50;
/** The state goes as a whole: much of it goes less often. */
const CHARACTERS_PER_MILLISECOND = 20_000;

/** A place for output. */
export abstract class Capturing extends DOMWidget {
  /** What is shown, in the form of a notebook's outputs. */
  declare outputs: readonly OutputRecord[];
  /** What the page will be told next. */
  #next: OutputRecord[] | undefined;
  #since = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Whether the next output takes the place of all there is. */
  #stale = false;
  #characters = 0;
  readonly #displays = new WeakMap<OutputRecord, string>();

  /**
   * Runs a function and shows here what it prints and displays, now and later (timers, callbacks that it registers), the
   * value it returns, as the last value of a cell is shown, and what it throws, with the traceback. Where no page
   * listens, in a run without Jupyter, the cell shows it.
   *
   *   const out = new Output();
   *   await out.capture(async () => { console.log("here"); return slices(scan); });
   *
   * @returns what `run` returns; undefined if it threw, for its error is shown, not thrown
   */
  async capture<T>(run: () => T | Promise<T>): Promise<T | undefined> {
    const kernel = runningKernel();
    if (kernel === undefined) return run();
    try {
      return await kernel.capture(kernel.interactive ? this.#take : undefined, run);
    } finally {
      this.#tell();
    }
  }

  /**
   * Like {@link capture}, but what comes takes the place of what is shown: nothing flickers. If nothing comes, nothing is
   * shown afterwards; unless `signal` was aborted: what is shown then stays until something else comes.
   */
  async replace<T>(run: () => T | Promise<T>, signal?: AbortSignal): Promise<T | undefined> {
    this.clear(true);
    const value = await this.capture(run);
    if (this.#stale && signal?.aborted !== true) this.clear();
    return value;
  }

  /** Removes what is shown: at once, or with `wait` when something new comes, so that nothing flickers. */
  clear(wait = false): void {
    this.#stale = wait;
    if (wait) return;
    this.#next = [];
    this.#characters = 0;
    this.#tell();
  }

  readonly #take = (message: Message): void => {
    if (message.output_type === "clear_output") return this.clear(message.wait);
    if (message.output_type === "update_display_data") this.#renew(message);
    else this.#add(message);
    this.#soon();
  };

  #renew({ data, metadata, transient }: Display): void {
    this.#next = this.#pending().map((record) => {
      const id = this.#displays.get(record);
      if (id === undefined || id !== transient?.display_id) return record;
      return this.#remembered({ ...record, data, metadata }, id);
    });
  }

  #add(message: Exclude<Message, { output_type: "clear_output" }>): void {
    if (this.#stale) {
      this.#next = [];
      this.#characters = 0;
      this.#stale = false;
    }
    const records = this.#pending();
    const last = records.at(-1);
    this.#characters += charactersOf(message);
    if (message.output_type === "stream" && last?.output_type === "stream" && last.name === message.name)
      records[records.length - 1] = { ...message, text: `${String(last.text)}${message.text}` };
    else if (message.output_type === "display_data") {
      const { transient, ...record } = message;
      records.push(this.#remembered(record, transient?.display_id));
    } else records.push({ ...message });
  }

  #remembered(record: OutputRecord, id: string | undefined): OutputRecord {
    if (id !== undefined) this.#displays.set(record, id);
    return record;
  }

  #pending(): OutputRecord[] {
    this.#next ??= [...this.outputs];
    return this.#next;
  }

  #soon(): void {
    const wait = Math.max(GATHERED_MILLISECONDS, this.#characters / CHARACTERS_PER_MILLISECOND);
    const now = performance.now();
    if (this.#timer === undefined) {
      this.#since = now;
      this.#timer = setTimeout(() => this.#tell(), wait);
      this.#timer.unref();
    }
    // In a synchronous loop no timer fires.
    else if (now - this.#since > 2 * wait) this.#tell();
  }

  #tell(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const outputs = this.#next;
    this.#next = undefined;
    if (outputs !== undefined) this.put({ outputs });
  }
}

function charactersOf(message: Message): number {
  if (message.output_type === "stream") return message.text.length;
  if (!("data" in message)) return 0;
  return Object.values(message.data).reduce<number>(
    (sum, data) => sum + (typeof data === "string" ? data.length : 100),
    0,
  );
}
