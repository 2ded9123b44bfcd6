/** The bar of a long function, with its Stop: the library tells of its runs, this shows those that take long enough. */
import type { KernelApi } from "../../kernel/comm.js";
import { type ProgressHook, progressSymbol, type RunInProgress } from "../../src/core/progress.js";
import type { ProgressState } from "../protocol.js";
import { OwnWidget } from "./own-widget.js";

type State = Omit<ProgressState, `_${string}`>;

/** What ends sooner shows no bar: it would only flash. */
const SHOWN_AFTER_MILLISECONDS = 400;
const BETWEEN_UPDATES_MILLISECONDS = 100;

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
  const stateNow = (): State => ({
    operation: run.operation,
    done: run.done,
    total: run.total,
    seconds: Math.round((performance.now() - start) / 100) / 10,
    state: run.state,
  });
  let widget: OwnWidget<State> | undefined;
  let last = 0;
  const text = (): string => {
    const { operation, done, total, seconds, state } = stateNow();
    const share = total === 0 ? 100 : Math.floor((100 * done) / total);
    return state === "running" ? `${operation}: ${share} %` : `${operation}: ${state} after ${seconds} s`;
  };
  const timer = setTimeout(() => {
    widget = new OwnWidget<State>({ model: "ProgressModel", view: "ProgressView" }, stateNow());
    widget.onMessage(({ kind }) => void (kind === "stop" && run.stop()));
    const picture = { "text/plain": text() };
    kernel.display(widget.bundle(picture, [{ text: text() }]), { displayId: widget.id });
  }, SHOWN_AFTER_MILLISECONDS);
  run.onChange(() => {
    if (run.state === "running") {
      if (widget === undefined || performance.now() - last < BETWEEN_UPDATES_MILLISECONDS) return;
      last = performance.now();
      widget.update(stateNow());
      return;
    }
    clearTimeout(timer);
    if (widget === undefined) return;
    // What stays in the notebook is a line of text: a bar that is full says nothing more.
    kernel.display({ "text/plain": text() }, { displayId: widget.id, update: true });
    widget.close();
  });
}
