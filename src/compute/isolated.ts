/**
 * Work on hostile input: one module in a thread of its own, with a deadline for each step. The thread is ended whatever
 * happens (unless whoever asks wants it kept), so that a decoder that hangs, or that leaves its memory damaged, can do no more harm.
 */
import { Worker } from "node:worker_threads";
import { ComputeFailed, type PlainError, revive } from "../core/errors.js";
import { endThread } from "./end-thread.js";
import { givesWay } from "./give-way.js";
import { keepThread, takeThread } from "./kept-threads.js";
import { compiledKernels } from "./own-wasm.js";

export interface IsolatedOptions {
  /** What is being done, for messages: `reading scan.tif`. */
  readonly what: string;
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds that one step may take. Default 60 s. */
  readonly deadline?: number;
  /** Megabytes of JavaScript heap; typed arrays do not count in it. Default 512. */
  readonly heap?: number;
  /**
   * True: the thread is not ended but waits half a minute for whoever wants the same module next, if all that it was asked has been
   * answered. For work of ours on checked input alone; a module that knows something exports `forget`. A number: so many threads
   * of the module may wait; true is 1. Default false.
   */
  readonly keep?: boolean | number;
  /** True: the thread gets the kernels that are compiled already, with all that V8 has made better of them. Default false. */
  readonly kernels?: boolean;
}

/** The functions that a module exports, in another thread. */
export interface Isolated {
  /** Calls the exported function `name` with one plain value; typed arrays in the answer are moved, not copied. */
  call<R>(name: string, argument: unknown): Promise<R>;
  /** Ends the thread, or keeps it; calls that wait for it fail. */
  end(): Promise<void>;
}

/** @internal Messages between the two sides. */
export type ToIsolated =
  | { readonly call: number; readonly name: string; readonly argument: unknown }
  /** Nothing is asked any more for now; nothing ever; or memory of other threads' is to be freed. */
  | "rest"
  | "end"
  | "collect";
export type FromIsolated =
  | { readonly call: number; readonly result: unknown }
  | { readonly call: number; readonly error: PlainError }
  | "collected";

interface Pending {
  resolve(result: unknown): void;
  reject(error: unknown): void;
  readonly late: NodeJS.Timeout;
}

function startWorker(module: URL, { heap, kernels, keep }: { heap: number; kernels: boolean; keep: boolean }): Worker {
  const worker = new Worker(new URL("./isolated-thread.js", import.meta.url), {
    workerData: { module: module.href, givesWay: givesWay(), ...(kernels && { kernels: compiledKernels() }) },
    // What the host was started with is not for this thread; what its packages print is for nobody. To read it would keep the
    // process alive; a thread that is kept runs our modules alone, which print nothing.
    execArgv: [],
    stdout: !keep,
    stderr: !keep,
    resourceLimits: { maxOldGenerationSizeMb: heap },
    name: "voxbook isolated",
  });
  if (!keep) for (const stream of [worker.stdout, worker.stderr]) stream.resume();
  return worker;
}

/**
 * Starts a thread that loads `module`, or takes one that was kept. Whoever starts it ends it, in a `finally`.
 * Calls throw ComputeFailed if they take longer than the deadline or the thread dies, the called function's own error as
 * its own class, and the signal's reason.
 */
export function startIsolated(module: URL, options: IsolatedOptions): Isolated {
  const { what, signal, deadline = 60_000, heap = 512, kernels = false, keep: kept = false } = options;
  const keep = Number(kept) > 0;
  signal?.throwIfAborted();
  const kind = JSON.stringify([module.href, heap, kernels]);
  const worker = (keep ? takeThread(kind) : undefined) ?? startWorker(module, { heap, kernels, keep });
  const pending = new Map<number, Pending>();
  let failure: unknown;
  const fail = (error: unknown): void => {
    failure ??= error;
    for (const [call, { reject, late }] of pending) {
      clearTimeout(late);
      pending.delete(call);
      reject(error);
    }
  };
  const abort = (): void => fail(signal?.reason);
  signal?.addEventListener("abort", abort, { once: true });
  const hear = (message: FromIsolated): void => {
    if (message === "collected") return;
    const waiting = pending.get(message.call);
    if (waiting === undefined) return;
    pending.delete(message.call);
    clearTimeout(waiting.late);
    if ("error" in message) waiting.reject(revive(message.error));
    else waiting.resolve(message.result);
  };
  const died = (cause: unknown): void => {
    const error = new ComputeFailed(
      `${what} failed: its thread died (${cause instanceof Error ? cause.message : cause})`,
    );
    error.cause = cause;
    fail(error);
  };
  const ended = (code: number): void => died(`it ended with status ${code}`);
  worker.on("message", hear).on("error", died).on("exit", ended);
  let calls = 0;
  const call = <R>(name: string, argument: unknown): Promise<R> =>
    new Promise<R>((resolve, reject) => {
      if (failure !== undefined) return reject(failure);
      const late = setTimeout(
        () => fail(new ComputeFailed(`${what} took longer than the deadline of ${deadline / 1000} s for one step`)),
        deadline,
      );
      pending.set(++calls, { resolve: resolve as Pending["resolve"], reject, late });
      worker.postMessage({ call: calls, name, argument } satisfies ToIsolated);
    });
  let over = false;
  const end = async (): Promise<void> => {
    if (over) return;
    over = true;
    signal?.removeEventListener("abort", abort);
    const idle = failure === undefined && pending.size === 0;
    fail(new ComputeFailed(`${what} is over`));
    if (!idle) {
      await worker.terminate();
      return;
    }
    worker.off("message", hear).off("error", died).off("exit", ended);
    await (keep ? keepThread(worker, kind, Number(kept)) : endThread(worker));
  };
  return { call, end };
}

/** Calls one function of a module in a fresh thread; see {@link startIsolated}. */
export async function isolated<R>(module: URL, name: string, argument: unknown, options: IsolatedOptions): Promise<R> {
  const thread = startIsolated(module, options);
  try {
    return await thread.call<R>(name, argument);
  } finally {
    await thread.end();
  }
}
