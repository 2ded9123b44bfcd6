import { AsyncLocalStorage } from "node:async_hooks";
import type { RunOptions } from "../core/options.js";
import { type ProgressHook, progressSymbol, type RunInProgress, type RunState } from "../core/progress.js";

/** A run that reports its parts and can be stopped, by the caller's signal or by who watches it. */
export interface Run {
  /** Aborts when the caller's signal does, or when somebody pressed Stop; carries the reason. */
  readonly signal: AbortSignal;
  /** Counts one finished part. */
  step(): void;
}

const quiet = new AsyncLocalStorage<true>();

/** Runs `body` without telling the notebook's hook of it: a view that shows by itself how far its own work is needs no bar. */
export const quietly = <T>(body: () => Promise<T>): Promise<T> => quiet.run(true, body);

function stopReason(operation: string): DOMException {
  return new DOMException(`${operation} was stopped`, "AbortError");
}

/**
 * Runs `body` as one function that the user waits for: reports to `onProgress` and to the notebook's hook, and joins the
 * two ways to stop it.
 * @param total number of parts; `body` calls `step` after each
 */
export async function watched<T>(
  operation: string,
  total: number,
  options: Pick<RunOptions, "signal" | "onProgress">,
  body: (run: Run) => Promise<T>,
): Promise<T> {
  options.signal?.throwIfAborted();
  const controller = new AbortController();
  const forward = (): void => controller.abort(options.signal?.reason);
  options.signal?.addEventListener("abort", forward, { once: true });
  let done = 0;
  let state: RunState = "running";
  const listeners: ((run: RunInProgress) => void)[] = [];
  const watcher: RunInProgress = {
    operation,
    total,
    get done() {
      return done;
    },
    get state() {
      return state;
    },
    stop: () => {
      if (state === "running") controller.abort(stopReason(operation));
    },
    onChange: (listener) => {
      listeners.push(listener);
    },
  };
  const tell = (): void => {
    for (const listener of listeners) listener(watcher);
  };
  const hook = (globalThis as { [progressSymbol]?: ProgressHook })[progressSymbol];
  if (typeof hook === "function" && quiet.getStore() === undefined) hook(watcher);
  try {
    const result = await body({
      signal: controller.signal,
      step: () => {
        done++;
        options.onProgress?.({ operation, done, total });
        tell();
      },
    });
    state = "done";
    return result;
  } catch (error) {
    state = controller.signal.aborted ? "stopped" : "failed";
    throw controller.signal.aborted ? controller.signal.reason : error;
  } finally {
    options.signal?.removeEventListener("abort", forward);
    tell();
  }
}
