import { Table } from "apache-arrow";
import type { ResultTable } from "../core/arrow/table.js";
import { displaySymbol, escapeHtml, type MimeBundle } from "../core/display.js";
import { type Phase, rgb } from "../core/phases.js";
import { base64, encodePng } from "../core/png.js";

const WIDTH = 360;
const HEIGHT = 18;

/** Shares of phases as one bar of their colours: a picture as HTML. */
export function phaseBar(name: string, phases: readonly Phase[], fractions: readonly number[]): string {
  const pixels = new Uint8ClampedArray(3 * WIDTH * HEIGHT).fill(255);
  const sum = fractions.reduce((a, b) => a + b, 0) || 1;
  for (let x = 0, k = 0, until = fractions[0] ?? 0; x < WIDTH; x++) {
    while (k + 1 < fractions.length && (x + 0.5) / WIDTH > until / sum) until += fractions[++k]!;
    const colour = rgb(phases[k]!.colour);
    for (let y = 0; y < HEIGHT; y++) pixels.set(colour, 3 * (y * WIDTH + x));
  }
  const png = base64(encodePng(pixels, WIDTH, HEIGHT, 3));
  return `<img alt="${escapeHtml(name)}" width="${WIDTH}" height="${HEIGHT}" src="data:image/png;base64,${png}">`;
}

/**
 * The table with a picture above it in a notebook: one bar for each list of fractions, in the colours of the phases, and
 * what the colours mean.
 * @param bars name → fractions in the order of `phases`
 * @param note a sentence below
 */
export function withPhaseBars(
  table: ResultTable,
  phases: readonly Phase[],
  bars: Readonly<Record<string, readonly number[]>>,
  note: string,
): ResultTable {
  const pictures = Object.entries(bars).map(
    ([name, fractions]) => `<div>${phaseBar(name, phases, fractions)} ${escapeHtml(name)}</div>`,
  );
  const names = phases.map(
    ({ name, colour }) =>
      `<span style="background-color:${escapeHtml(colour)};color:${escapeHtml(colour)}">▇▇</span> ${escapeHtml(name)}`,
  );
  const plain = (table as unknown as { [displaySymbol](): MimeBundle })[displaySymbol]();
  const text = note === "" ? "" : `\n${note}`;
  const out = new Table(table.schema, table.batches);
  // A property of a result table cannot be set again, so the same batches get a new table around them.
  Object.defineProperty(out, "provenance", { value: table.provenance, enumerable: false });
  Object.defineProperty(out, displaySymbol, {
    value: (): MimeBundle => ({
      "text/plain": `${plain["text/plain"]}${text}`,
      "text/html": `${pictures.join("")}<div>${names.join(" &nbsp; ")}</div>${plain["text/html"]}<div>${escapeHtml(note)}</div>`,
    }),
    enumerable: false,
  });
  return out as ResultTable;
}
