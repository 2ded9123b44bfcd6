/** The bars of the library's long functions: the library tells of its runs, this shows those that take long enough. */
import type { KernelApi } from "../../kernel/comm.js";
import { type ProgressHook, progressSymbol, type RunInProgress } from "../../src/core/progress.js";
import { Bar, type BarState } from "./bar.js";

/** What ends sooner shows no bar: it would only flash. */
const SHOWN_AFTER_MILLISECONDS = 400;

/** Shows a bar with Stop for each run that takes longer than a moment, in the output of the cell that started it. */
export function attachProgress(kernel: KernelApi): void {
  const running = new Set<RunInProgress>();
  const hook: ProgressHook = (run) => {
    running.add(run);
    run.onChange(() => {
      if (run.state !== "running") running.delete(run);
    });
    if (kernel.interactive) show(kernel, run);
  };
  (globalThis as Record<symbol, unknown>)[progressSymbol] = hook;
  kernel.onInterrupt(() => {
    for (const run of running) run.stop();
  });
}

function show(kernel: KernelApi, run: RunInProgress): void {
  const start = performance.now();
  const stateNow = (): BarState => ({
    operation: run.operation,
    done: run.done,
    total: run.total,
    seconds: Math.round((performance.now() - start) / 100) / 10,
    state: run.state,
  });
  let bar: Bar | undefined;
  const timer = setTimeout(() => {
    bar = new Bar(kernel, stateNow, () => run.stop(), false);
  }, SHOWN_AFTER_MILLISECONDS);
  run.onChange(() => {
    if (run.state === "running") return bar?.draw();
    clearTimeout(timer);
    bar?.end();
  });
}
