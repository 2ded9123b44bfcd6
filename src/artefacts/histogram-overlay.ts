import { escapeHtml } from "../core/display.js";
import { rgb } from "../core/phases.js";
import { base64, encodePng } from "../core/png.js";
import type { Histogram } from "../statistics/histogram.js";

const COLUMNS = 256;
/** Pixels of a column, and of a line. */
const SCALE = 2;
const WIDTH = COLUMNS * SCALE;
const HEIGHT = 160;
const GREY = [200, 200, 200, 255];

/**
 * The histogram of a scan as a grey area, with those of its references as lines over it; all have the same bins, and each its
 * own height, for they differ in size. What is cut off at the ends of the grey values does not set the height.
 * @param caption text below the picture
 */
export function overlay(
  scan: Histogram,
  references: readonly { readonly name: string; readonly counts: Histogram; readonly colour: string }[],
  caption: readonly string[],
): string {
  const pixels = new Uint8ClampedArray(4 * WIDTH * HEIGHT).fill(255);
  const fill = (x: number, from: number, to: number, colour: readonly number[]): void => {
    for (let h = Math.max(0, from); h < Math.min(HEIGHT, to); h++)
      for (let n = 0; n < SCALE; n++) pixels.set(colour, 4 * ((HEIGHT - 1 - h) * WIDTH + SCALE * x + n));
  };
  for (const [x, height] of heightsOf(scan).entries()) fill(x, 0, height, GREY);
  for (const { counts, colour } of references) {
    const heights = heightsOf(counts);
    for (const [x, height] of heights.entries()) {
      // A line without holes: each column reaches from its own height to the one before.
      const before = heights[Math.max(0, x - 1)]!;
      if (Math.max(height, before) > 0)
        fill(x, Math.min(height, before) - SCALE, Math.max(height, before), [...rgb(colour), 255]);
    }
  }
  const names = references.map(
    ({ name, colour }) =>
      `<span style="background-color:${escapeHtml(colour)};color:${escapeHtml(colour)}">▇▇</span> ${escapeHtml(name)}`,
  );
  const png = base64(encodePng(pixels, WIDTH, HEIGHT, 4));
  const lines = [names.join(" &nbsp; "), ...caption.map(escapeHtml)].map((line) => `<div>${line}</div>`).join("");
  return `<div><img alt="histograms of the scan and its references" width="${WIDTH}" height="${HEIGHT}" src="data:image/png;base64,${png}">${lines}</div>`;
}

/** Pixels that each column is high: voxels for each grey value, over the most there are but at the ends. */
function heightsOf({ counts }: Histogram): Float64Array {
  const columns = Float64Array.from({ length: COLUMNS }, (_, x) => {
    // Where bins are wider than a column each fills several; else a column is the mean of its bins.
    const from = Math.floor((x * counts.length) / COLUMNS);
    const to = Math.max(from + 1, Math.floor(((x + 1) * counts.length) / COLUMNS));
    return counts.subarray(from, to).reduce((sum, count) => sum + count, 0) / (to - from);
  });
  const wide = Math.max(1, Math.ceil(COLUMNS / counts.length));
  const inner = columns.subarray(wide, COLUMNS - wide).reduce((a, b) => Math.max(a, b), 0);
  const highest = inner > 0 ? inner : columns.reduce((a, b) => Math.max(a, b), 1);
  return columns.map((count) => Math.min(HEIGHT, Math.ceil((count / highest) * (HEIGHT - 1))));
}
