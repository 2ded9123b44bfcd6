/**
 * Output of cells. Each cell has a context; whatever runs on its behalf, however late (timers, promises, widget
 * callbacks), finds it by AsyncLocalStorage, so that output goes to the cell that caused it.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import type { Json, MimeBundle } from "../comm.js";
import type { StreamName } from "../threads/shared-text.js";
import type { Tail } from "./tail.js";

/** One output, in the shape of the notebook format. */
export type Output =
  | { output_type: "stream"; name: StreamName; text: string }
  | {
      output_type: "display_data" | "update_display_data";
      data: MimeBundle;
      metadata: Record<string, Json>;
      transient?: { display_id?: string };
    }
  | { output_type: "execute_result"; data: MimeBundle; metadata: Record<string, Json>; execution_count: number }
  | { output_type: "error"; ename: string; evalue: string; traceback: string[] }
  | { output_type: "clear_output"; wait: boolean };

const FLUSH_MILLISECONDS = 20;
const FLUSH_CHARACTERS = 16 * 1024;

/** Contexts that have gathered text here; what lies in a tail is not among it. */
const unsent = new Set<OutputContext>();

/**
 * Where one cell's output goes. Streams are gathered, for 20 ms or 16 KiB if there is no tail: a page draws few large
 * messages faster than many small ones.
 */
export class OutputContext {
  private name: StreamName = "stdout";
  private text: string[] = [];
  private size = 0;
  private flushed = performance.now();
  private timer: NodeJS.Timeout | undefined;

  /**
   * @param cell number of the cell; undefined for what no cell caused, such as a message of the page
   * @param outer the context in which this one was made, where its output is captured
   * @param tail where the I/O thread finds text that this one cannot send because it spins
   */
  constructor(
    public cell: number | undefined,
    private readonly sink: (output: Output) => void,
    readonly outer?: OutputContext,
    private readonly tail?: Tail,
  ) {}

  write(name: StreamName, text: string): void {
    if (text === "") return;
    if (name !== this.name) this.flush();
    this.name = name;
    if (this.size === 0 && this.tail !== undefined && this.appends(this.tail, text)) return;
    unsent.add(this);
    this.text.push(text);
    this.size += text.length;
    // In a synchronous loop no timer fires: what is old goes out with the next write.
    if (this.size >= FLUSH_CHARACTERS || performance.now() - this.flushed > 10 * FLUSH_MILLISECONDS) this.flush();
    else this.timer ??= setTimeout(() => this.flush(), FLUSH_MILLISECONDS).unref();
  }

  /** Sends an output after all text written before it. */
  send(output: Output): void {
    this.flush();
    if (output.output_type === "update_display_data") for (const renew of renewals) renew(output);
    this.sink(output);
  }

  /** Once more after what lies there has been sent: it may have been full. */
  private appends(tail: Tail, text: string): boolean {
    if (tail.append(this, this.name, text)) return true;
    this.flush();
    return tail.append(this, this.name, text);
  }

  flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.flushed = performance.now();
    unsent.delete(this);
    const text = (this.tail?.take(this) ?? "") + this.text.join("");
    this.text = [];
    this.size = 0;
    if (text === "") return;
    this.sink({ output_type: "stream", name: this.name, text });
  }
}

/** Sends what all contexts have gathered: a callback may have written into that of its cell. */
export function flushAll(tail: Tail): void {
  tail.flush();
  for (const context of [...unsent]) context.flush();
}

/** Called with each renewal of a display, whichever context it comes from. */
export const renewals = new Set<(output: Output) => void>();

/** The context of the running code. */
export const contexts = new AsyncLocalStorage<OutputContext>();

/** Where output goes that no cell caused; the kernel sets the cell that ran last. */
export const fallback: { context: OutputContext | undefined } = { context: undefined };

export const currentContext = (): OutputContext | undefined => contexts.getStore() ?? fallback.context;

/** Node prints a warning for each experimental feature that the kernel stands on; a reader can do nothing about them. */
export function hideExperimentalWarnings(): void {
  process.removeAllListeners("warning");
  process.on("warning", (warning) => {
    if (warning.name !== "ExperimentalWarning") process.stderr.write(`${warning.name}: ${warning.message}\n`);
  });
}

/** Sends what the process writes to stdout and stderr to the current context. @returns a function that undoes it */
export function captureStreams(): () => void {
  const undo: (() => void)[] = [];
  for (const name of ["stdout", "stderr"] as const) {
    const stream = process[name];
    const original = stream.write.bind(stream);
    const write = (chunk: string | Uint8Array, encoding?: unknown, done?: unknown): boolean => {
      const text = typeof chunk === "string" ? chunk : Buffer.from(chunk).toString("utf8");
      const context = currentContext();
      if (context === undefined) return original(chunk as string);
      context.write(name, text);
      const callback = typeof encoding === "function" ? encoding : done;
      if (typeof callback === "function") queueMicrotask(() => callback());
      return true;
    };
    stream.write = write as typeof stream.write;
    undo.push(() => {
      stream.write = original as typeof stream.write;
    });
  }
  return () => {
    for (const restore of undo) restore();
  };
}
