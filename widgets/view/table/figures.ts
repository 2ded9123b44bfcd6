/** What is said of the selection, in one line: how many rows, and medians of what is plotted beside those of all rows. */
import { numberText } from "../../draw/axis.js";
import { medianOf } from "../../draw/median.js";
import { isolated } from "../dom.js";
import type { TableStage } from "./stage.js";

/** Digits in groups of three, which are read at a glance. */
const grouped = (count: number): string => String(count).replace(/\B(?=(\d{3})+$)/g, "\u2009");

/** @param left rows that have no place in the plot */
export function figuresText({ columns, display, lit, count }: TableStage, left: number): string {
  const rows = grouped(columns.rows);
  const parts = [lit === undefined ? `${rows} rows` : `${grouped(count)} of ${rows} selected`];
  for (const k of new Set([display.x, display.y, display.bars])) {
    const [loaded, order] = [columns.get(k), columns.orderOf(k)];
    if (loaded === undefined || order === undefined) continue;
    const { name, unit } = columns.facts[k]!;
    const text = (value: number): string =>
      Number.isNaN(value) ? "–" : `${numberText(value, 4)}${unit === "" ? "" : ` ${isolated(unit)}`}`;
    const all = text(medianOf(loaded.values, order));
    parts.push(
      `median ${isolated(name)} ${lit === undefined ? all : `${text(medianOf(loaded.values, order, lit))} / all ${all}`}`,
    );
  }
  if (left > 0) parts.push(`${grouped(left)} without a place in the plot`);
  return parts.join("   ·   ");
}
