/**
 * How a long function tells the outside world that it runs. The library only looks for a function under
 * {@link progressSymbol}; a notebook puts one there and shows a bar with a Stop button.
 */
export const progressSymbol: unique symbol = Symbol.for("voxbook.progress") as never;

/** State of a run: `running` until all parts are done, an error came or somebody stopped it. */
export type RunState = "running" | "done" | "failed" | "stopped";

/** One run of one function, as the hook gets it once, when the run starts and in the asynchronous context of its caller. */
export interface RunInProgress {
  /** Name of the function: `median`. */
  readonly operation: string;
  /** Number of parts (bricks, pages). */
  readonly total: number;
  /** Parts done until now. */
  readonly done: number;
  readonly state: RunState;
  /** Stops the run: the function throws an error with the name `AbortError`. Does nothing once the run has ended. */
  stop(): void;
  /** Calls `listener` after each part and once at the end. It must be quick: it runs between two parts. */
  onChange(listener: (run: RunInProgress) => void): void;
}

/** What may stand under `globalThis[progressSymbol]`. */
export type ProgressHook = (run: RunInProgress) => void;
