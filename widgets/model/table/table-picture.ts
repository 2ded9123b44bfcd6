/** The picture of a table that a notebook keeps: its plot, with the first rows below it. */
import { axisFor, numberText } from "../../draw/axis.js";
import { medianOf, orderOf } from "../../draw/median.js";
import { framed } from "../../draw/pictures.js";
import { drawScatter, LIT_COLOUR, placesOf, pointPixels } from "../../draw/scatter.js";
import type { TableState } from "../../protocol/table.js";
import type { CaptionPart } from "../own-widget.js";
import type { Shown } from "../view.js";
import type { Columns } from "./columns.js";

const WIDTH = 480;
const HEIGHT = 320;
const INK = "#404040";
/** Rows and columns of the text. */
const ROWS = 8;
const COLUMNS = 8;

const named = ({ name, unit }: { readonly name: string; readonly unit: string }): string =>
  unit === "" ? name : `${name} (${unit})`;

/** The first rows, of what is selected if anything is, with the columns that are shown first. */
function firstRows(columns: Columns, { x, y, bars }: TableState["display"], order: readonly number[]): string[][] {
  const { facts, label } = columns;
  const shown = [...new Set([label, x, y, bars, ...facts.keys()])].slice(0, COLUMNS);
  const cell = (k: number, row: number): string =>
    facts[k]!.kind === "text" ? columns.text(k, row) : numberText(columns.numbers(k)[row]!);
  return [shown.map((k) => named(facts[k]!)), ...order.slice(0, ROWS).map((row) => shown.map((k) => cell(k, row)))];
}

/** Draws the plot as the page shows it, and writes what it says of the selection. */
export function tableShown(
  columns: Columns,
  { title, display }: Pick<TableState, "title" | "display">,
  selected: Int32Array,
): Shown {
  const { facts, labels } = columns;
  const wanted = new Set(selected);
  const lit = selected.length === 0 ? undefined : Uint8Array.from(labels, (label) => (wanted.has(label) ? 1 : 0));
  const [x, y] = [columns.numbers(display.x), columns.numbers(display.y)];
  const [xAxis, yAxis] = [axisFor(x, display.logX), axisFor(y, display.logY)];
  const picture = framed(WIDTH, HEIGHT, (inside) => {
    drawScatter(inside, pointPixels(placesOf(x, y, { xAxis, yAxis }), inside), lit, INK);
  });
  const rows = [...labels.keys()].filter((row) => lit === undefined || lit[row] === 1);
  const median = (k: number): CaptionPart => {
    const numbers = columns.numbers(k);
    const order = orderOf(numbers);
    const { unit } = facts[k]!;
    const parts = [...(lit === undefined ? [] : [medianOf(numbers, order, lit)]), medianOf(numbers, order)];
    const text = parts.map((value) => `${numberText(value, 4)}${unit === "" ? "" : ` ${unit}`}`).join(" / ");
    return { text: `median ${facts[k]!.name} ${text}` };
  };
  const span = (k: number, { low, high }: typeof xAxis): string =>
    `${named(facts[k]!)} ${numberText(low, 3)} … ${numberText(high, 3)}`;
  const caption: CaptionPart[] = [
    lit === undefined
      ? { text: `${labels.length} rows` }
      : { text: `${rows.length} of ${labels.length} selected`, colour: LIT_COLOUR },
    { text: `→ ${span(display.x, xAxis)}` },
    { text: `↑ ${span(display.y, yAxis)}` },
    ...[...new Set([display.x, display.y])].map(median),
  ];
  return { picture, alt: title, caption, rows: firstRows(columns, display, rows) };
}
