/** Tables as comma-separated values (RFC 4180). */
import type { Table } from "apache-arrow";

/** Letters with which a spreadsheet begins a formula. */
const FORMULA = /^[=+\-@\t\r]/;

function quoted(text: string): string {
  return /[",\r\n]/.test(text) || /^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** One cell. Text that a spreadsheet would run as a formula gets an apostrophe in front; numbers are numbers. */
function cell(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "number" || typeof value === "bigint") return String(value);
  const text = String(value);
  return quoted(FORMULA.test(text) ? `'${text}` : text);
}

/** Lines of a table: names with units first, then one a row, each ended by CR LF. Numbers keep all their digits. */
export function* csvLines(table: Table): Iterable<string> {
  const names = table.schema.fields.map((field) => {
    const unit = field.metadata.get("unit");
    return cell(unit === undefined || unit === "1" ? field.name : `${field.name} (${unit})`);
  });
  yield `${names.join(",")}\r\n`;
  const columns = names.map((_, k) => table.getChildAt(k));
  for (let row = 0; row < table.numRows; row++)
    yield `${columns.map((column) => cell(column?.get(row))).join(",")}\r\n`;
}
