/** The controls below the planes: step, play, speed, round and round, two states, one window; and the slider over the states. */
import { legible } from "../../draw/state-axis.js";
import { button, choice, element, group, isolated } from "../dom.js";
import { scrubber, type TimeAxis } from "./axis.js";
import { svg } from "./chart.js";
import type { States } from "./states.js";

const SPEEDS = [1, 2, 5, 10, 15, 25];
/** Half of what is dragged of a slider. */
const THUMB = 8;
/** About what a letter of a name takes. */
const LETTER = 7;
/** Letters of a name. */
const LONGEST = 14;

const shortName = (name: string): string => (name.length > LONGEST ? `${name.slice(0, LONGEST - 1)}…` : name);

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

/** A slider over the states, each where its time is, with their names below it. */
export function sliderOf(axis: TimeAxis, states: States, go: (state: number) => void, settle: () => void): Slider {
  const { count } = axis;
  const range = element("input", { type: "range", min: "0", max: "1", step: "any", title: "state" });
  range.setAttribute("aria-label", "state");
  let shownNow: readonly number[] = [];
  const ends = (): readonly [number, number] => [axis.x(0), axis.x(count - 1)];
  range.addEventListener("input", () => {
    const [first, last] = ends();
    go(axis.stateAt(first + Number(range.value) * (last - first)));
  });
  range.addEventListener("change", settle);
  // Keys go from state to state, however far that is.
  range.addEventListener("keydown", (event) => {
    const now = shownNow[0]!;
    const goal = {
      ...{ ArrowLeft: now - 1, ArrowDown: now - 1, ArrowRight: now + 1, ArrowUp: now + 1 },
      ...{ PageDown: now - 10, PageUp: now + 10, Home: 0, End: count - 1 },
    }[event.key];
    if (goal === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    go(Math.min(count - 1, Math.max(0, goal)));
    settle();
  });
  const ticks = svg("svg", { class: "voxbook-chart", height: 18, "aria-hidden": "true" });
  scrubber(ticks, axis, go, settle);
  function drawTicks(): void {
    const { width } = axis;
    ticks.setAttribute("width", String(width));
    const names = Array.from({ length: count }, (_, k) => shortName(states.name(k)));
    const places = names.map((_, k) => axis.x(k));
    const widths = names.map((name) => LETTER * name.length + 10);
    const written = legible(places, widths, shownNow);
    const marks = names.flatMap((name, k) => {
      const tick = svg("line", { x1: places[k]!, x2: places[k]!, y1: 0, y2: 4, class: "voxbook-tick" });
      if (!written.has(k)) return [tick];
      // At the ends names stay inside.
      const half = widths[k]! / 2;
      const x = Math.max(half, Math.min(width - half, places[k]!));
      const kind = shownNow.includes(k) ? "voxbook-here" : "";
      return [tick, svg("text", { x, y: 15, "text-anchor": "middle", class: kind }, name)];
    });
    ticks.replaceChildren(...marks);
  }
  function follow(shown: readonly number[]): void {
    shownNow = shown;
    const [first, last] = ends();
    range.value = String(last > first ? (axis.x(shown[0]!) - first) / (last - first) : 0);
    range.setAttribute("aria-valuetext", `${states.name(shown[0]!)}, ${shown[0]! + 1} of ${count}`);
    drawTicks();
  }
  return {
    box: element("div", { class: "voxbook-slider" }, range, ticks),
    place() {
      const [first, last] = ends();
      range.style.marginLeft = `${first - THUMB}px`;
      range.style.width = `${last - first + 2 * THUMB}px`;
      range.hidden = count === 1;
      if (shownNow.length > 0) follow(shownNow);
    },
    follow,
  };
}

/** Round times below everything; nothing where states have none. */
export function timeRow(axis: TimeAxis): { readonly box: HTMLElement; place(): void } {
  const row = svg("svg", { class: "voxbook-chart voxbook-times", height: 20, "aria-hidden": "true" });
  const box = element("div", { class: "voxbook-slider" }, row);
  return {
    box,
    place() {
      const { width, left, span, ticks } = axis;
      box.hidden = ticks === undefined;
      if (ticks === undefined) return;
      row.setAttribute("width", String(width));
      row.replaceChildren(
        svg("line", { x1: left, x2: left + span, y1: 0.5, y2: 0.5, class: "voxbook-tick" }),
        svg("text", { x: left - 6, y: 16, "text-anchor": "end" }, `time, ${ticks.unit}`),
        ...ticks.marks.flatMap(({ x, text }) => [
          svg("line", { x1: x, x2: x, y1: 0, y2: 5, class: "voxbook-tick" }),
          svg("text", { x, y: 16, "text-anchor": "middle" }, text),
        ]),
      );
    },
  };
}
