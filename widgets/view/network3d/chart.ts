/** The histogram of the column that colours the network: its bars are the legend of the colours, and a brush over it picks values. */
import {
  axisFor,
  binned,
  type ColumnValues,
  colourAt,
  colourAxis,
  nameColour,
  shareOf,
  type ValueAxis,
  valueAt,
} from "../../draw/network-look.js";
import { element, isolated } from "../dom.js";
import { settling } from "../settling.js";
import type { Stage } from "./stage.js";

const BINS = 60;
const TALL = 84;
/** Share of the axis that a key moves an end by. */
const STEP = 0.01;
/** Names that are listed, at most. */
const NAMES = 10;

const css = (colour: number): string => `rgb(${colour & 255}, ${(colour >> 8) & 255}, ${(colour >> 16) & 255})`;
const textOf = (value: number): string => String(Number(value.toPrecision(4)));

export interface NetworkChart {
  readonly element: HTMLElement;
  /** Draws all: another column, another scale, another size. */
  draw(): void;
  /** Moves the brush to where the range is. */
  follow(): void;
}

/** Chips with names and how many rows have each. */
function nameList({ values, names = [] }: ColumnValues): HTMLElement {
  const counts = new Float64Array(names.length);
  for (const code of values) counts[code]!++;
  const lines = names.slice(0, NAMES).map((name, k) => {
    const chip = element("span", { class: "voxbook-chip" });
    chip.style.background = css(nameColour(k));
    return element("span", {}, chip, `${name === "" ? "none" : isolated(name)} (${counts[k]})`);
  });
  const more = names.length > NAMES ? [element("span", {}, `… ${names.length - NAMES} more`)] : [];
  return element("div", { class: "voxbook-network-names" }, ...lines, ...more);
}

export function chartOf(stage: Stage): NetworkChart {
  const { handle } = stage;
  const canvas = element("canvas", { "aria-hidden": "true" });
  const brush = element("div", { class: "voxbook-network-brush" });
  const [least, most] = [element("span"), element("span")];
  const name = element("div", { class: "voxbook-network-name" });
  const names = element("div");
  let axis: ValueAxis = { low: 0, high: 1, scale: "linear" };

  /** Ends of the brush, from 0 to 1. */
  const ends = (): [number, number] => {
    const range = handle.get("range");
    if (range === null) return [0, 1];
    const at = range.map((value) => Math.min(1, Math.max(0, shareOf(axis, value) || 0)));
    return at as [number, number];
  };
  function set([from, to]: readonly [number, number]): void {
    const low = Math.min(1, Math.max(0, from));
    const high = Math.min(1, Math.max(low, to));
    // The ends as they are: what lies there is inside.
    const value = (share: number): number =>
      share === 0 ? axis.low : share === 1 ? axis.high : Number(valueAt(axis, share).toPrecision(6));
    stage.note({ range: low === 0 && high === 1 ? null : [value(low), value(high)] });
  }
  function dragging(target: HTMLElement, move: (by: number, begun: readonly [number, number]) => void): void {
    let begun: { x: number; ends: [number, number] } | undefined;
    target.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      event.stopPropagation();
      target.focus({ preventScroll: true });
      target.setPointerCapture(event.pointerId);
      begun = { x: event.clientX, ends: ends() };
    });
    target.addEventListener("pointermove", (event) => {
      if (begun !== undefined) move((event.clientX - begun.x) / (plot.getBoundingClientRect().width || 1), begun.ends);
    });
    const end = (): void => {
      if (begun !== undefined) stage.settle();
      begun = undefined;
    };
    target.addEventListener("pointerup", end);
    target.addEventListener("pointercancel", end);
  }
  const handles = ([0, 1] as const).map((k) => {
    const made = element("div", {
      ...{ class: "voxbook-network-end", role: "slider", tabindex: "0", "aria-orientation": "horizontal" },
      "aria-label": k === 0 ? "least value in full colour" : "largest value in full colour",
    });
    const to = (share: number): void => {
      const [low, high] = ends();
      set(k === 0 ? [Math.min(share, high), high] : [low, Math.max(share, low)]);
    };
    dragging(made, (by, begun) => to(begun[k] + by));
    const pending = settling(made, () => stage.settle());
    made.addEventListener("keydown", (event) => {
      const far = event.shiftKey ? 10 * STEP : STEP;
      const now = ends()[k];
      const goal = {
        ...{ ArrowLeft: now - far, ArrowDown: now - far, ArrowRight: now + far, ArrowUp: now + far },
        ...{ PageDown: now - 10 * STEP, PageUp: now + 10 * STEP, Home: 0, End: 1 },
      }[event.key];
      if (goal === undefined) return;
      event.preventDefault();
      event.stopPropagation();
      to(goal);
      pending.soon();
    });
    return made;
  });
  dragging(brush, (by, [low, high]) => {
    const shift = Math.min(1 - high, Math.max(-low, by));
    if (high - low < 1) set([low + shift, high + shift]);
  });
  brush.addEventListener("dblclick", () => {
    stage.note({ range: null });
    stage.settle();
  });
  const numbers = element("div", { class: "voxbook-network-numbers" }, least, most);
  const plot = element("div", { class: "voxbook-network-chart" }, canvas, brush, ...handles, numbers, name);

  function follow(): void {
    const [low, high] = ends();
    const range = handle.get("range");
    brush.style.cssText = `left:${100 * low}%;width:${100 * (high - low)}%`;
    const values = [range?.[0] ?? axis.low, range?.[1] ?? axis.high] as const;
    for (const [k, made] of handles.entries()) {
      made.style.left = `${100 * [low, high][k]!}%`;
      made.setAttribute("aria-valuemin", textOf(axis.low));
      made.setAttribute("aria-valuemax", textOf(axis.high));
      made.setAttribute("aria-valuenow", textOf(values[k]!));
    }
    least.textContent = textOf(values[0]);
    most.textContent = textOf(values[1]);
    for (const [k, bar] of bars.entries()) bar.inside = (k + 1) / BINS > low + 1e-9 && k / BINS < high - 1e-9;
    paint();
  }

  let bars: { tall: number; colour: string; inside: boolean }[] = [];
  function paint(): void {
    const ratio = window.devicePixelRatio || 1;
    const width = canvas.clientWidth || 240;
    canvas.width = Math.round(width * ratio);
    canvas.height = TALL * ratio;
    const context = canvas.getContext("2d")!;
    context.scale(ratio, ratio);
    for (const [k, { tall, colour, inside }] of bars.entries()) {
      context.globalAlpha = inside ? 1 : 0.25;
      context.fillStyle = colour;
      const [from, to] = [Math.round((k * width) / BINS), Math.round(((k + 1) * width) / BINS)];
      context.fillRect(from, TALL - 2 - tall, to - from, tall);
    }
    context.globalAlpha = 1;
    context.fillStyle = getComputedStyle(plot).color;
    context.fillRect(0, TALL - 2, width, 1);
  }

  return {
    element: element("div", {}, plot, names),
    draw() {
      const { column } = stage;
      if (column === undefined) return;
      const scale = handle.get("scale");
      const colour = handle.get("colour");
      const isText = column.names !== undefined;
      plot.hidden = isText;
      names.replaceChildren(...(isText ? [nameList(column)] : []));
      if (isText) return;
      axis = axisFor(column.values, scale);
      const colours = colourAxis(column.values, scale);
      const counts = binned(column.values, axis, BINS);
      const highest = Math.max(1, ...counts);
      bars = Array.from(counts, (count, k) => ({
        // Even a single one is seen.
        tall: count === 0 ? 0 : Math.max(2, (count / highest) * (TALL - 8)),
        colour: css(colourAt(colours, valueAt(axis, (k + 0.5) / BINS))),
        inside: true,
      }));
      const unit = column.unit === "" || column.unit === "1" ? "" : ` (${column.unit})`;
      name.textContent = `${isolated(colour.name)} of ${colour.of}${unit}`;
      follow();
    },
    follow,
  };
}
