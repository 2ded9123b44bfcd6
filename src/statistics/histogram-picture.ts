import { escapeHtml } from "../core/display.js";
import { rgb } from "../core/phases.js";
import { base64, encodePng } from "../core/png.js";
import type { Histogram } from "./histogram.js";

/** A vertical line over a histogram. */
export interface Mark {
  readonly value: number;
  /** Colour as `#rrggbb`. */
  readonly colour: string;
}

const WIDTH = 360;
const HEIGHT = 120;
const BAR = [0, 114, 178, 255] as const;
const LOG_BAR = [0, 114, 178, 70] as const;

/**
 * A histogram as a picture in HTML: bars with a linear scale, behind them pale ones with a logarithmic scale, so that a
 * small phase is seen too.
 * @param caption text below the picture
 */
export function histogramHtml(
  bars: Pick<Histogram, "counts" | "low" | "step">,
  caption: string,
  marks: readonly Mark[] = [],
): string {
  const { counts, low, step } = bars;
  const columns = new Float64Array(WIDTH);
  for (let k = 0; k < counts.length; k++) {
    // Where bins are wider than a column each fills several with its own height; else a column adds its bins.
    const from = Math.floor((k * WIDTH) / counts.length);
    const to = Math.max(from + 1, Math.floor(((k + 1) * WIDTH) / counts.length));
    for (let x = from; x < to; x++) columns[x]! += counts[k]!;
  }
  const highest = columns.reduce((a, b) => Math.max(a, b), 1);
  const pixels = new Uint8ClampedArray(4 * WIDTH * HEIGHT);
  const fill = (x: number, height: number, colour: readonly number[]): void => {
    for (let y = HEIGHT - Math.round(height); y < HEIGHT; y++) pixels.set(colour, 4 * (y * WIDTH + x));
  };
  for (let x = 0; x < WIDTH; x++) {
    fill(x, ((HEIGHT - 1) * Math.log1p(columns[x]!)) / Math.log1p(highest), LOG_BAR);
    fill(x, ((HEIGHT - 1) * columns[x]!) / highest, BAR);
  }
  for (const { value, colour } of marks) {
    const x = Math.floor((((value - low) / step) * WIDTH) / counts.length);
    if (x >= 0 && x < WIDTH) fill(x, HEIGHT, [...rgb(colour), 255]);
  }
  const png = base64(encodePng(pixels, WIDTH, HEIGHT, 4));
  const end = (value: number): string => String(Number(value.toPrecision(6)));
  return (
    `<div><img alt="histogram" width="${WIDTH}" height="${HEIGHT}" src="data:image/png;base64,${png}">` +
    `<div>${end(low + step / 2)} … ${end(low + (counts.length - 0.5) * step)}</div><div>${escapeHtml(caption)}</div></div>`
  );
}
