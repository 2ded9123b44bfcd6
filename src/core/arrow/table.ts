import {
  Field,
  type Float64,
  Int32,
  makeData,
  makeVector,
  RecordBatch,
  Schema,
  Struct,
  Table,
  type Uint32,
  type Utf8,
  Utf8 as Utf8Type,
  type Vector,
  vectorFromArray,
} from "apache-arrow";
import { displaySymbol, escapeHtml, type MimeBundle } from "../display.js";
import { InvalidArgument } from "../errors.js";
import type { Provenance, Traced } from "../provenance.js";

/**
 * One column of a result: numbers (whole ones as int32 where asked; those of a typed array as they are) or text, with the unit
 * of the numbers.
 */
export interface Column {
  readonly name: string;
  readonly values: readonly number[] | readonly string[] | Float64Array | Int32Array | Uint32Array;
  /** Unit as text: `"µm"`, `"1"` for a fraction. Left out for names and labels. */
  readonly unit?: string;
  readonly whole?: boolean;
}

/** A table of results: an Arrow table whose fields carry a `unit` and whose schema carries the provenance. */
export type ResultTable = Table & Traced;

/**
 * Makes a table of results. In a notebook it shows itself as a table; `save` writes it as CSV or as an Arrow file.
 * @param show what a notebook shows in place of the columns
 * @throws InvalidArgument if the columns differ in length
 */
export function resultTable(columns: readonly Column[], provenance: Provenance, show?: () => MimeBundle): ResultTable {
  const length = columns[0]?.values.length ?? 0;
  const fields: Field[] = [];
  const children = columns.map((column) => {
    if (column.values.length !== length)
      throw new InvalidArgument(`column ${column.name} has ${column.values.length} values, the first column ${length}`);
    const text = typeof column.values[0] === "string";
    const vector = ArrayBuffer.isView(column.values)
      ? makeVector(column.values as Float64Array)
      : text
        ? textVector(column.values as readonly string[])
        : column.whole
          ? vectorFromArray(column.values as readonly number[], new Int32())
          : makeVector(Float64Array.from(column.values as readonly number[]));
    const metadata = new Map(column.unit === undefined ? [] : [["unit", column.unit]]);
    fields.push(new Field<Utf8 | Float64 | Int32 | Uint32>(column.name, vector.type as Utf8, false, metadata));
    return vector.data[0]!;
  });
  const schema = new Schema(fields, new Map([["provenance", JSON.stringify(provenance)]]));
  const data = makeData({ type: new Struct(fields), length, nullCount: 0, children });
  return traced(new Table(schema, new RecordBatch(schema, data)), provenance, show);
}

/** Texts as Arrow has them. Not by its builder, which takes hundreds of bytes for each: tables may have millions of rows. */
function textVector(values: readonly string[]): Vector<Utf8> {
  const encoder = new TextEncoder();
  const known = new Map<string, Uint8Array>();
  const encoded = (text: string): Uint8Array => {
    const bytes = known.get(text) ?? encoder.encode(text);
    known.set(text, bytes);
    return bytes;
  };
  const valueOffsets = new Int32Array(values.length + 1);
  for (const [k, text] of values.entries()) valueOffsets[k + 1] = valueOffsets[k]! + encoded(text).length;
  const data = new Uint8Array(valueOffsets[values.length]!);
  for (const [k, text] of values.entries()) data.set(encoded(text), valueOffsets[k]);
  return makeVector(makeData({ type: new Utf8Type(), length: values.length, nullCount: 0, valueOffsets, data }));
}

/** Gives a table its provenance and its display. */
export function traced(table: Table, provenance: Provenance, show?: () => MimeBundle): ResultTable {
  Object.defineProperty(table, "provenance", { value: provenance, enumerable: false });
  Object.defineProperty(table, displaySymbol, {
    value: show ?? (() => ({ "text/plain": asText(table), "text/html": asHtml(table) })),
    enumerable: false,
  });
  return table as ResultTable;
}

const headings = (table: Table): string[] =>
  table.schema.fields.map((field) => {
    const unit = field.metadata.get("unit");
    return unit === undefined || unit === "1" ? field.name : `${field.name} (${unit})`;
  });

const cell = (value: unknown): string =>
  typeof value !== "number"
    ? String(value)
    : Number.isInteger(value)
      ? String(value)
      : Number(value.toPrecision(6)).toString();

function rows(table: Table, most: number): string[][] {
  const shown = Math.min(table.numRows, most);
  return Array.from({ length: shown }, (_, k) =>
    table.schema.fields.map((_field, c) => cell(table.getChildAt(c)?.get(k))),
  );
}

function asText(table: Table): string {
  const lines = [headings(table), ...rows(table, 20)];
  const widths = lines[0]!.map((_, c) => Math.max(...lines.map((line) => line[c]!.length)));
  const text = lines.map((line) =>
    line
      .map((value, c) => value.padEnd(widths[c]!))
      .join("  ")
      .trimEnd(),
  );
  if (table.numRows > 20) text.push(`… ${table.numRows} rows`);
  return text.join("\n");
}

function asHtml(table: Table): string {
  const tags = (values: string[], tag: string): string =>
    `<tr>${values.map((value) => `<${tag} style="text-align:left;padding:2px 12px 2px 0">${escapeHtml(value)}</${tag}>`).join("")}</tr>`;
  const body = rows(table, 100)
    .map((row) => tags(row, "td"))
    .join("");
  const more = table.numRows > 100 ? `<p>… ${table.numRows} rows</p>` : "";
  return `<table><thead>${tags(headings(table), "th")}</thead><tbody>${body}</tbody></table>${more}`;
}
