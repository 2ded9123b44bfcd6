/** The axis of time that slider, charts and kymograph share: each state has a cell of it. */
import { cellAt, cellMiddle } from "../../draw/marks.js";

/** Room for the numbers beside the axes. */
const LEFT = 56;
const RIGHT = 12;

export class TimeAxis {
  /** Pixels of everything. */
  width = 0;

  constructor(readonly count: number) {}

  get left(): number {
    return LEFT;
  }

  /** Width of all cells. */
  get span(): number {
    return Math.max(1, this.width - LEFT - RIGHT);
  }

  /** Middle of a state's cell. */
  x(state: number): number {
    return cellMiddle(state, this.count, LEFT, this.span);
  }

  /** The state that is there. */
  stateAt(x: number): number {
    return cellAt(x, this.count, LEFT, this.span);
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
