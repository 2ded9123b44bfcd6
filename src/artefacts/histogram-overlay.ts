import { escapeHtml } from "../core/display.js";
import { rgb } from "../core/phases.js";
import { base64, encodePng } from "../core/png.js";
import type { Histogram } from "../statistics/histogram.js";

const WIDTH = 512;
const HEIGHT = 160;
const GREY = [200, 200, 200, 255];

/**
 * The histogram of a scan as a grey area, with those of its references as lines over it; all have the same bins, and each its
 * own height, for they differ in size.
 */
export function overlay(
  scan: Histogram,
  references: readonly { readonly name: string; readonly counts: Histogram; readonly colour: string }[],
  caption: string,
): string {
  const pixels = new Uint8ClampedArray(4 * WIDTH * HEIGHT).fill(255);
  const columnsOf = ({ counts }: Histogram): Float64Array => {
    const columns = new Float64Array(WIDTH);
    for (let k = 0; k < counts.length; k++) columns[Math.floor((k * WIDTH) / counts.length)]! += counts[k]!;
    const highest = columns.reduce((a, b) => Math.max(a, b), 1);
    return columns.map((count) => Math.round((count / highest) * (HEIGHT - 1)));
  };
  for (const [x, height] of columnsOf(scan).entries())
    for (let y = HEIGHT - height; y < HEIGHT; y++) pixels.set(GREY, 4 * (y * WIDTH + x));
  for (const { counts, colour } of references) {
    const heights = columnsOf(counts);
    for (let x = 0; x < WIDTH; x++) {
      // A line without holes: each column reaches from its own height to the one before.
      const [from, to] = [heights[x]!, heights[Math.max(0, x - 1)]!].sort((a, b) => a - b) as [number, number];
      for (let h = from; h <= to; h++)
        if (to > 0) pixels.set([...rgb(colour), 255], 4 * ((HEIGHT - 1 - h) * WIDTH + x));
    }
  }
  const names = references.map(
    ({ name, colour }) =>
      `<span style="background-color:${escapeHtml(colour)};color:${escapeHtml(colour)}">▇▇</span> ${escapeHtml(name)}`,
  );
  const png = base64(encodePng(pixels, WIDTH, HEIGHT, 4));
  const end = (value: number): string => String(Number(value.toPrecision(6)));
  return (
    `<div><img alt="histograms of the scan and its references" width="${WIDTH}" height="${HEIGHT}" src="data:image/png;base64,${png}">` +
    `<div>${end(scan.low)} … ${end(scan.low + scan.counts.length * scan.step)}</div>` +
    `<div>${names.join(" &nbsp; ")}</div><div>${escapeHtml(caption)}</div></div>`
  );
}
