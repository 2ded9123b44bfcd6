/** The histogram of a column: all rows, those selected over them, and a span that selects. */
import type { AxisScale } from "../../draw/axis.js";
import { axisFor } from "../../draw/axis.js";
import { LIT_COLOUR } from "../../draw/scatter.js";
import { lastOf } from "../last-of.js";
import type { LoadedColumn } from "./columns.js";
import { dragging, MARGIN, Plot, type Theme } from "./plot.js";
import { axisOf, beginSelecting, type Mode, modeOf, named, settle, type TableStage } from "./stage.js";

const BARS = 64;
const CLICK = 3;

export interface Bars {
  readonly plot: Plot;
  draw(theme: Theme): void;
  /** Selects the rows whose value lies in a span, both ends included. */
  select(low: number, high: number, mode: Mode): void;
  dispose(): void;
}

/** Stands for a row that has no place on the axis. */
const NOWHERE = 255;

/** The bar of each row. */
function barring({ values }: LoadedColumn, axis: AxisScale): Uint8Array {
  const bars = new Uint8Array(values.length);
  for (let row = 0; row < bars.length; row++) {
    const share = axis.at(values[row]!);
    bars[row] = Number.isNaN(share) ? NOWHERE : Math.min(BARS - 1, Math.max(0, Math.floor(share * BARS)));
  }
  return bars;
}

/** Rows in each bar: all, and those that are lit. */
function counted(bars: Uint8Array, lit: Uint8Array | undefined): { all: Float64Array; on: Float64Array } {
  const [all, on] = [new Float64Array(NOWHERE + 1), new Float64Array(NOWHERE + 1)];
  for (let row = 0; row < bars.length; row++) all[bars[row]!]!++;
  if (lit !== undefined) for (let row = 0; row < bars.length; row++) on[bars[row]!]! += lit[row]!;
  return { all: all.subarray(0, BARS), on: on.subarray(0, BARS) };
}

/** @param spanned is called with the span that is being drawn */
export function barsOf(stage: TableStage, spanned: (low: number, high: number) => void): Bars {
  const plot = new Plot("histogram of a column");
  /** The span that is being drawn, in pixels of the room. */
  let span: readonly [from: number, to: number] | undefined;
  const barsOfRows = lastOf(barring);
  const columnNow = (): LoadedColumn | undefined => stage.columns.get(stage.display.bars);

  const stop = dragging(plot, (from, event) => {
    const column = columnNow();
    if (column === undefined) return undefined;
    const axis = axisOf(column, stage.display.logBars);
    const select = beginSelecting(stage, modeOf(event));
    const { width } = plot.room;
    const within = (x: number): number => Math.min(width, Math.max(0, x));
    return {
      move({ x }) {
        if (span === undefined && Math.abs(x - from.x) < CLICK) return;
        span = [within(Math.min(from.x, x)), within(Math.max(from.x, x))];
        const [low, high] = [axis.valueAt(span[0] / width), axis.valueAt(span[1] / width)];
        spanned(low, high);
        select((row) => column.values[row]! >= low && column.values[row]! <= high);
      },
      end() {
        // A click takes nothing.
        if (span === undefined) select(() => false);
        span = undefined;
        settle(stage);
        stage.ask();
      },
    };
  });

  return {
    plot,
    draw(theme) {
      const context = plot.begin(theme);
      const column = columnNow();
      if (column === undefined) return;
      const { display, lit, columns } = stage;
      const axis = axisOf(column, display.logBars);
      const { all, on } = counted(barsOfRows(column, axis), lit);
      const most = all.reduce((largest, count) => Math.max(largest, count), 1);
      const up = axisFor([0, most], false);
      // Counts begin at the axis.
      const upright: AxisScale = { ...up, low: 0, at: (count) => count / up.high };
      const { width, height } = plot.room;
      const bar = (counts: Float64Array, colour: string, alpha: number): void => {
        context.globalAlpha = alpha;
        context.fillStyle = colour;
        for (const [k, count] of counts.entries()) {
          const tall = upright.at(count) * height;
          const x = MARGIN.left + (k * width) / BARS;
          context.fillRect(x, MARGIN.top + height - tall, width / BARS - 0.5, tall);
        }
        context.globalAlpha = 1;
      };
      bar(all, theme.faint, lit === undefined ? 0.7 : 0.35);
      bar(on, LIT_COLOUR, 1);
      plot.axes(axis, upright, { x: named(columns.facts[display.bars]!), y: "rows" }, theme);
      if (span === undefined) return;
      context.fillStyle = LIT_COLOUR;
      context.globalAlpha = 0.15;
      context.fillRect(MARGIN.left + span[0], MARGIN.top, span[1] - span[0], height);
      context.globalAlpha = 1;
      for (const x of span) context.fillRect(MARGIN.left + x - 0.5, MARGIN.top, 1, height);
    },
    select(low, high, mode) {
      const column = columnNow();
      if (column === undefined) return;
      beginSelecting(stage, mode)((row) => column.values[row]! >= low && column.values[row]! <= high);
      settle(stage);
    },
    dispose: stop,
  };
}
