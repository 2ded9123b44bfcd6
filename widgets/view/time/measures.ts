/** Fractions of the phases and thickness over the states, with the values of the state that is shown. */
import { element, isolated } from "../dom.js";
import type { TimeAxis } from "./axis.js";
import { type ChartLine, chartOf, legendMark } from "./chart.js";
import type { States } from "./states.js";

const percent = (value: number): string => `${Number((100 * value).toPrecision(4))} %`;
const plain = (value: number): string => String(Number(value.toPrecision(4)));

export interface Measures {
  readonly box: HTMLElement;
  /** Draws all anew. */
  draw(shown: readonly number[]): void;
  /** Shows the values of other states. */
  follow(shown: readonly number[]): void;
}

export function measuresOf(axis: TimeAxis, states: States, go: (state: number) => void, settle: () => void): Measures {
  const fractions = chartOf("fractions of the phases", 110, axis, percent, go, settle);
  const thickness = chartOf("thickness", 70, axis, plain, go, settle);
  const names = element("div", { class: "voxbook-lines" });
  const progress = element("span", { role: "status" });

  /** A line's name with its value in the state that is shown, and in the other one. */
  function legendOf({ name, colour, values }: ChartLine, number: number, text: (value: number) => string): HTMLElement {
    const told = shownNow.map((state) => values[state]!).filter(Number.isFinite);
    return element("span", {}, legendMark(number, colour), `${isolated(name)} ${told.map(text).join(" → ")}`);
  }
  let shownNow: readonly number[] = [];
  function follow(shown: readonly number[]): void {
    shownNow = shown;
    fractions.move(shown);
    thickness.move(shown);
    const thick = states.thickness;
    names.replaceChildren(
      ...states.fractions.map((line, k) => legendOf(line, k, percent)),
      ...(thick === undefined ? [] : [legendOf(thick, 0, (value) => `${plain(value)} ${thick.unit}`)]),
      progress,
    );
    progress.textContent = states.progress;
  }
  return {
    box: element("div", {}, names, fractions.box, thickness.box),
    follow,
    draw(shown) {
      if (axis.width === 0) return;
      fractions.draw(states.fractions, shown);
      const thick = states.thickness;
      thickness.box.hidden = thick === undefined;
      if (thick !== undefined) thickness.draw([thick], shown);
      follow(shown);
    },
  };
}
