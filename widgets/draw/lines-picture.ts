/** A chart of numbers over states, as a notebook keeps it: lines with marks, and where the state is that is shown. */
import { rgb } from "../../src/core/phases.js";
import { axisEnd, inMark } from "./marks.js";
import type { Picture } from "./pictures.js";
import { stateAxis } from "./state-axis.js";

export interface Line {
  readonly colour: string;
  /** One a state; NaN: not known. */
  readonly values: readonly number[];
}

const RADIUS = 4;
const MARGIN = 8;

/**
 * @param index the state that is shown, with a line across the chart
 * @param times of the states; undefined: they are the same step apart
 */
export function linesPicture(
  lines: readonly Line[],
  index: number,
  size: { width: number; height: number },
  times?: readonly number[],
): Picture {
  const { width, height } = size;
  const pixels = new Uint8ClampedArray(4 * width * height).fill(255);
  const put = (x: number, y: number, colour: readonly number[]): void => {
    const [column, row] = [Math.round(x), Math.round(y)];
    if (column >= 0 && row >= 0 && column < width && row < height) pixels.set(colour, 4 * (row * width + column));
  };
  const count = lines[0]?.values.length ?? 1;
  const end = axisEnd(Math.max(0, ...lines.flatMap(({ values }) => values.filter(Number.isFinite))));
  const { middle: x } = stateAxis(count, times, 0, width);
  const y = (value: number): number => height - MARGIN - (value / end) * (height - 2 * MARGIN);
  for (const value of [0, end / 2, end]) for (let at = 0; at < width; at++) put(at, y(value), [225, 225, 225]);
  for (let at = 0; at < height; at++) for (const by of [-0.5, 0.5]) put(x(index) + by, at, [40, 40, 40]);
  for (const [n, { colour, values }] of lines.entries()) {
    const ink = rgb(colour);
    for (const [k, value] of values.entries()) {
      if (!Number.isFinite(value)) continue;
      const before = values[k - 1];
      if (before !== undefined && Number.isFinite(before)) {
        const steps = Math.ceil(Math.max(x(k) - x(k - 1), Math.abs(y(value) - y(before)))) * 2;
        for (let step = 0; step <= steps; step++) {
          const share = step / steps;
          const [column, row] = [x(k - 1) + share * (x(k) - x(k - 1)), y(before) + share * (y(value) - y(before))];
          put(column, row, ink);
          put(column, row + 1, ink);
        }
      }
      for (let dy = -2 * RADIUS; dy <= 2 * RADIUS; dy++)
        for (let dx = -2 * RADIUS; dx <= 2 * RADIUS; dx++)
          if (inMark(n, dx, dy, RADIUS)) put(Math.round(x(k)) + dx, Math.round(y(value)) + dy, ink);
    }
  }
  return { pixels, width, height };
}
