/** The axis of time that slider, charts and kymograph share: states are where their times are, else the same step apart. */
import { type StateAxis, stateAxis, type TimeTicks, timeTicks } from "../../draw/state-axis.js";

/** Room for the numbers beside the axes. */
const LEFT = 56;
const RIGHT = 12;
/** Pixels from one time that is written to the next, about. */
const APART = 80;

export class TimeAxis {
  #width = 0;
  #times: readonly number[] | undefined;
  #axis: StateAxis;

  constructor(readonly count: number) {
    this.#axis = this.#made();
  }

  #made(): StateAxis {
    return stateAxis(this.count, this.#times, LEFT, this.span);
  }

  /** Pixels of everything. */
  get width(): number {
    return this.#width;
  }

  set width(width: number) {
    this.#width = width;
    this.#axis = this.#made();
  }

  /** Times of the states in seconds; undefined: there are none. */
  take(times: readonly number[] | undefined): void {
    this.#times = times;
    this.#axis = this.#made();
  }

  get left(): number {
    return LEFT;
  }

  /** Width of all cells. */
  get span(): number {
    return Math.max(1, this.#width - LEFT - RIGHT);
  }

  /** Where a state is. */
  x(state: number): number {
    return this.#axis.middle(state);
  }

  /** Where what is shown of a state begins and ends. */
  cell(state: number): readonly [begin: number, end: number] {
    return this.#axis.cell(state);
  }

  /** The state that is nearest. */
  stateAt(x: number): number {
    return this.#axis.at(x);
  }

  /** Round times with their places; undefined where states have none. */
  get ticks(): (Pick<TimeTicks, "unit"> & { readonly marks: readonly { x: number; text: string }[] }) | undefined {
    if (this.#times === undefined) return undefined;
    const { unit, ticks } = timeTicks(this.#times, Math.max(2, this.span / APART));
    return { unit, marks: ticks.map(({ time, text }) => ({ x: this.#axis.place(time), text })) };
  }
}

/** Goes to the state under the mouse while it is pressed. @param at also gets the share of the height */
export function scrubber(
  target: HTMLElement | SVGElement,
  axis: TimeAxis,
  go: (state: number, down: number) => void,
  settle: () => void,
): void {
  let pressed = false;
  const move = (event: PointerEvent): void => {
    const box = target.getBoundingClientRect();
    go(axis.stateAt(((event.clientX - box.left) * axis.width) / box.width), (event.clientY - box.top) / box.height);
  };
  target.addEventListener("pointerdown", (event) => {
    const press = event as PointerEvent;
    if (press.button !== 0) return;
    press.preventDefault();
    target.setPointerCapture(press.pointerId);
    pressed = true;
    move(press);
  });
  target.addEventListener("pointermove", (event) => pressed && move(event as PointerEvent));
  const end = (): void => {
    if (pressed) settle();
    pressed = false;
  };
  target.addEventListener("pointerup", end);
  target.addEventListener("pointercancel", end);
}
