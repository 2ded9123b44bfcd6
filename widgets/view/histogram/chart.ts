/** What the parts of a histogram share: the counts, where grey values lie on the page, and the scene. */
import { type Counts, edgeOf } from "../../draw/pictures.js";
import type { HistogramState, Part } from "../../protocol.js";
import type { ModelHandle } from "../handle.js";
import type { PageScene } from "../scene.js";

export const MARGIN = { left: 56, right: 18, top: 10, bottom: 34 };
export const HEIGHT = 220;

export interface Chart {
  readonly root: HTMLElement;
  readonly handle: ModelHandle<HistogramState>;
  readonly scene: PageScene;
  /** Smallest and largest value of the volume. */
  readonly range: readonly [number, number];
  /** Whether grey values are whole numbers. */
  readonly whole: boolean;
  counts: Counts | undefined;
  /** The counts in as many bars as are drawn. */
  drawn: Counts | undefined;
  nan: number;
  total: number;
  scale: "linear" | "log";
  /** Bars on the screen, at most; the counts behind them stay as they are. */
  bars: number;
  part: Part;
  references: readonly { readonly name: string; readonly counts: Counts }[];
  width: number;
  /** Draws handles, bands and table in the next frame. */
  ask(): void;
}

/** A short name of a grey value: whole for integer volumes. */
export const textOf = (value: number): string => String(Number(value.toPrecision(6)));

export const room = ({ width }: Chart): number => Math.max(1, width - MARGIN.left - MARGIN.right);

/** Ends of the axis. */
export const span = ({ drawn, range }: Chart): readonly [number, number] =>
  drawn === undefined ? range : [drawn.low, drawn.low + drawn.step * drawn.counts.length];

const exact = ({ counts, whole }: Chart): boolean => counts?.exact ?? whole;

export function toPixel(chart: Chart, value: number): number {
  const [from, to] = span(chart);
  return MARGIN.left + ((edgeOf(value, exact(chart)) - from) / (to - from)) * room(chart);
}

export function toValue(chart: Chart, pixel: number): number {
  const [from, to] = span(chart);
  const value = from + ((pixel - MARGIN.left) / room(chart)) * (to - from) - (exact(chart) ? 0.5 : 0);
  return chart.whole ? Math.round(value) : Number(value.toPrecision(6));
}

/** The smallest step of a threshold. */
const least = ({ whole, range }: Chart): number => (whole ? 1 : (range[1] - range[0]) / 1e5);

/** Moves a threshold, between its neighbours and inside the values that there are. */
export function moveThreshold(chart: Chart, k: number, value: number): void {
  const { scene, range } = chart;
  const thresholds = [...scene.state.thresholds];
  const low = k === 0 ? range[0] : thresholds[k - 1]! + least(chart);
  const high = k === thresholds.length - 1 ? range[1] : thresholds[k + 1]! - least(chart);
  thresholds[k] = Math.min(high, Math.max(low, value));
  scene.update({ thresholds });
}

/** One threshold more, between the last and the largest value, or one fewer. */
export function changeNumber({ scene, handle, range, whole }: Chart, by: 1 | -1): void {
  const thresholds = [...scene.state.thresholds];
  if (by === -1) thresholds.pop();
  else if (thresholds.length < 8) {
    const next = ((thresholds.at(-1) ?? range[0]) + range[1]) / 2;
    thresholds.push(whole ? Math.round(next) : next);
  }
  scene.update({ thresholds });
  scene.settle(handle);
}
