/** A bar with Stop in the output of a cell; where no page listens, a line of text. */
import type { KernelApi } from "../../kernel/comm.js";
import type { ProgressState } from "../protocol.js";
import { OwnWidget } from "./own-widget.js";

/** How far something is. */
export type BarState = Omit<ProgressState, `_${string}`>;

const BETWEEN_UPDATES_MILLISECONDS = 100;

/** One line that says how far it is. Without a page it says no times: a run is the same each time. */
export function barText({ operation, done, total, seconds, state }: BarState, interactive = true): string {
  const share = total === null ? `${done}` : total === 0 ? "100 %" : `${Math.floor((100 * done) / total)} %`;
  if (state === "running") return `${operation}: ${share}`;
  return interactive
    ? `${operation}: ${state} after ${seconds} s`
    : `${operation}: ${state}, ${total === null ? done : `${done} of ${total}`}`;
}

export class Bar {
  readonly #kernel: KernelApi;
  readonly #state: () => BarState;
  readonly #widget: OwnWidget<BarState>;
  #last = performance.now();
  #timer: ReturnType<typeof setTimeout> | undefined;

  /**
   * Shows a bar in the output of the current cell.
   * @param stop called when the reader presses Stop
   * @param stops whether Stop also interrupts a cell that does not let the kernel hear of it
   */
  constructor(kernel: KernelApi, state: () => BarState, stop: () => void, stops: boolean) {
    this.#kernel = kernel;
    this.#state = state;
    const names = { model: "ProgressModel", view: "ProgressView" };
    const widget = new OwnWidget<BarState>(names, state(), {}, { stops });
    widget.onMessage(({ kind }) => void (kind === "stop" && stop()));
    this.#widget = widget;
    const text = barText(state(), kernel.interactive);
    kernel.display(widget.bundle({ "text/plain": text }, [{ text }]), { displayId: widget.id });
  }

  /** Tells the page how far it is now, not more often than it can be seen. */
  draw(): void {
    const wait = this.#last + BETWEEN_UPDATES_MILLISECONDS - performance.now();
    if (wait <= 0) this.#update();
    else if (this.#timer === undefined) {
      this.#timer = setTimeout(() => this.#update(), wait);
      this.#timer.unref();
    }
  }

  /** What stays in the notebook is a line of text: a bar that is full says nothing more. */
  end(): void {
    this.#update();
    const text = barText(this.#state(), this.#kernel.interactive);
    this.#kernel.display({ "text/plain": text }, { displayId: this.#widget.id, update: true });
    this.#widget.close();
  }

  #update(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#last = performance.now();
    this.#widget.update(this.#state());
  }
}
