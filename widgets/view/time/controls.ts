/** The controls below the planes: step, play, speed, round and round, two states, one window; and the slider over the states. */
import { button, choice, element, group, isolated } from "../dom.js";
import { scrubber, type TimeAxis } from "./axis.js";
import { svg } from "./chart.js";
import type { States } from "./states.js";

const SPEEDS = [1, 2, 5, 10, 15, 25];
/** Half of what is dragged of a slider. */
const THUMB = 8;

export interface Acts {
  step(by: 1 | -1): void;
  play(): void;
  pace(fps: number): void;
  compare(state: number | null): void;
  swap(): void;
  lock(locked: boolean): void;
}

export interface Controls {
  readonly row: HTMLElement;
  readonly loop: HTMLInputElement;
  /** Shows what is. */
  follow(now: { index: number; other: number | null; playing: boolean; locked: boolean; fps: number }): void;
}

export function controlsOf(count: number, states: States, acts: Acts): Controls {
  const play = button("▶", "play, or hold (space)", acts.play);
  const speed = choice(
    "states shown in a second",
    SPEEDS.map((fps) => [String(fps), `${fps} / s`] as const),
  );
  speed.addEventListener("change", () => acts.pace(Number(speed.value)));
  const loop = element("input", { type: "checkbox", title: "begin again at the end" });
  loop.checked = true;
  const told = element("span", { class: "voxbook-state", role: "status" });
  const other = choice("state behind the curtain (b)", [["", "one state"]]);
  other.addEventListener("change", () => acts.compare(other.value === "" ? null : Number(other.value)));
  const swap = button("⇄", "exchange both states (s)", acts.swap);
  const locked = element("input", { type: "checkbox", title: "one window of grey values for all states" });
  locked.addEventListener("change", () => acts.lock(locked.checked));
  const row = element(
    "div",
    { class: "voxbook-bar" },
    group(
      button("‹", "state before (,)", () => acts.step(-1)),
      play,
      button("›", "next state (.)", () => acts.step(1)),
    ),
    speed,
    element("label", {}, loop, "loop"),
    told,
    element("label", {}, "compare with ", other),
    swap,
    element("label", {}, locked, "one window"),
  );
  let named = "";
  return {
    row,
    loop,
    follow(now) {
      const names = states.list.map(({ name }) => name);
      if (names.join() !== named) {
        named = names.join();
        for (const [k, name] of names.entries()) other.append(element("option", { value: String(k) }, name));
      }
      if (!SPEEDS.includes(now.fps)) {
        SPEEDS.push(now.fps);
        speed.append(element("option", { value: String(now.fps) }, `${now.fps} / s`));
      }
      speed.value = String(now.fps);
      play.textContent = now.playing ? "❚❚" : "▶";
      play.setAttribute("aria-pressed", String(now.playing));
      locked.checked = now.locked;
      other.value = now.other === null ? "" : String(now.other);
      swap.disabled = now.other === null;
      const facts = states.facts(now.index);
      told.replaceChildren(
        element("b", {}, isolated(states.name(now.index))),
        ` ${now.index + 1} of ${count}${facts === "" ? "" : `   ${facts}`}`,
      );
    },
  };
}

export interface Slider {
  readonly box: HTMLElement;
  place(): void;
  follow(shown: readonly number[]): void;
}

/** A slider over the states, with their names below it. */
export function sliderOf(axis: TimeAxis, states: States, go: (state: number) => void, settle: () => void): Slider {
  const { count } = axis;
  const range = element("input", { type: "range", min: "0", max: String(count - 1), step: "1", title: "state" });
  range.setAttribute("aria-label", "state");
  range.addEventListener("input", () => go(Number(range.value)));
  range.addEventListener("change", settle);
  const ticks = svg("svg", { class: "voxbook-chart", height: 18, "aria-hidden": "true" });
  scrubber(ticks, axis, go, settle);
  let shownNow: readonly number[] = [];
  function drawTicks(): void {
    const { width, span } = axis;
    ticks.setAttribute("width", String(width));
    const names = Array.from({ length: count }, (_, k) => states.name(k));
    // About what a letter takes of this size.
    const widest = 7 * Math.max(...names.map((name) => Math.min(14, name.length))) + 10;
    const every = Math.max(1, Math.ceil((widest * count) / span));
    const marks = names.flatMap((name, k) => {
      const here = shownNow.includes(k);
      const tick = svg("line", { x1: axis.x(k), x2: axis.x(k), y1: 0, y2: 4, class: "voxbook-tick" });
      const near = shownNow.some((other) => Math.abs(other - k) < every);
      if (!here && (k % every !== 0 || near)) return [tick];
      const text = name.length > 14 ? `${name.slice(0, 13)}…` : name;
      return [
        tick,
        svg("text", { x: axis.x(k), y: 15, "text-anchor": "middle", class: here ? "voxbook-here" : "" }, text),
      ];
    });
    ticks.replaceChildren(...marks);
  }
  return {
    box: element("div", { class: "voxbook-slider" }, range, ticks),
    place() {
      const cell = axis.span / count;
      range.style.marginLeft = `${axis.left + cell / 2 - THUMB}px`;
      range.style.width = `${axis.span - cell + 2 * THUMB}px`;
      range.hidden = count === 1;
      drawTicks();
    },
    follow(shown) {
      shownNow = shown;
      range.value = String(shown[0]);
      range.setAttribute("aria-valuetext", states.name(shown[0]!));
      drawTicks();
    },
  };
}
