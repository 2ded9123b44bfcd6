/** Columns of an Arrow table as a page takes them: numbers, or texts of limited length. */
import type { Table } from "apache-arrow";
import { type Column, type ResultTable, resultTable } from "../../../src/core/arrow/table.js";
import { InvalidArgument } from "../../../src/core/errors.js";
import { suggestion } from "../../../src/core/options.js";
import type { Provenance } from "../../../src/core/provenance.js";
import { MOST_LABELS } from "../../draw/label-set.js";
import type { ColumnFacts, ColumnType } from "../../protocol/table.js";
import { MAX_PART_BYTES } from "../../protocol.js";

/** What a page draws fluently. */
const MOST_ROWS = 1_000_000;
const MOST_COLUMNS = 256;
/** Characters of a name or text that a page gets. */
const LONGEST = 200;

type Numbers = Float64Array | Int32Array | Uint32Array;

/** Rows of a column, from `row` on. */
export interface ColumnPart {
  readonly type: ColumnType;
  readonly row: number;
  readonly buffers: readonly ArrayBufferView[];
}

export class Columns {
  readonly table: ResultTable;
  /** Number of the column of labels. */
  readonly label: number;
  /** Label of each row. */
  readonly labels: Int32Array;
  readonly facts: readonly ColumnFacts[];
  readonly #numbers = new Map<number, Numbers>();

  /** @throws InvalidArgument if this is no table, has no such column, or its labels are none */
  constructor(table: ResultTable, label: string) {
    const { numRows, schema } = Object(table) as Partial<Table>;
    if (numRows === undefined || schema === undefined)
      throw new InvalidArgument("tableOf takes an Arrow table with a row for each label, such as particles(…) makes");
    if (numRows > MOST_ROWS || schema.fields.length > MOST_COLUMNS)
      throw new InvalidArgument(
        `tableOf: the table has ${numRows} rows and ${schema.fields.length} columns; at most ${MOST_ROWS} rows and ${MOST_COLUMNS} columns can be shown`,
      );
    this.table = table;
    this.facts = schema.fields.map(({ name, metadata }, k) => {
      const unit = metadata.get("unit") ?? "";
      return { name: name.slice(0, LONGEST), unit: unit === "1" ? "" : unit.slice(0, LONGEST), kind: kindOf(table, k) };
    });
    this.label = this.numberOf("label", label);
    this.labels = labelsOfRows(this.numbers(this.label), label);
  }

  /** The number of a column. @throws InvalidArgument if no column has the name */
  numberOf(option: string, name: unknown, numeric = true): number {
    const names = this.table.schema.fields.map((field) => field.name);
    const k = names.indexOf(name as string);
    if (k < 0)
      throw new InvalidArgument(
        `tableOf: ${option} is ${JSON.stringify(name)}${suggestion(String(name), names)}; the columns are ${names.map((one) => JSON.stringify(one)).join(", ")}`,
      );
    if (numeric && this.facts[k]!.kind !== "number")
      throw new InvalidArgument(`tableOf: ${option} is the column ${JSON.stringify(name)}, which holds no numbers`);
    return k;
  }

  /** Numbers of a column; what is missing is NaN. */
  numbers(k: number): Numbers {
    const known = this.#numbers.get(k);
    if (known !== undefined) return known;
    const vector = this.table.getChildAt(k)!;
    const whole: unknown = vector.nullCount === 0 ? vector.toArray() : undefined;
    const plain = whole instanceof Float64Array || whole instanceof Int32Array || whole instanceof Uint32Array;
    const made = plain
      ? whole
      : Float64Array.from({ length: vector.length }, (_, row) => {
          const value: unknown = vector.get(row);
          return value === null || value === undefined ? Number.NaN : Number(value);
        });
    this.#numbers.set(k, made);
    return made;
  }

  /** Texts of a column in some rows; numbers as they are written. */
  text(k: number, row: number): string {
    return String(this.table.getChildAt(k)!.get(row) ?? "").slice(0, LONGEST);
  }

  /** A column in parts that are at most as large as a message may be. */
  *parts(k: number): Generator<ColumnPart> {
    if (this.facts[k]!.kind === "text") return yield* this.#textParts(k);
    const numbers = this.numbers(k);
    const rows = MAX_PART_BYTES / numbers.BYTES_PER_ELEMENT;
    const type = numbers instanceof Float64Array ? "float64" : numbers instanceof Int32Array ? "int32" : "uint32";
    for (let row = 0; row < Math.max(1, numbers.length); row += rows)
      yield { type, row, buffers: [numbers.subarray(row, row + rows)] };
  }

  *#textParts(k: number): Generator<ColumnPart> {
    const encoder = new TextEncoder();
    const { numRows } = this.table;
    let row = 0;
    do {
      const places = new Map<string, number>();
      const [texts, ends, codes]: [Uint8Array[], number[], number[]] = [[], [], []];
      const first = row;
      let bytes = 0;
      // A text of 200 characters takes at most 600 bytes.
      for (; row < numRows && bytes + 4 * (ends.length + codes.length) < MAX_PART_BYTES - 1024; row++) {
        const text = this.text(k, row);
        let place = places.get(text);
        if (place === undefined) {
          place = places.size;
          places.set(text, place);
          const encoded = encoder.encode(text);
          texts.push(encoded);
          bytes += encoded.length;
          ends.push(bytes);
        }
        codes.push(place);
      }
      yield {
        type: "text",
        row: first,
        buffers: [Int32Array.from(codes), Int32Array.from(ends), Buffer.concat(texts)],
      };
    } while (row < numRows);
  }

  /** A table of some of the rows, with all columns. */
  rows(wanted: Int32Array, provenance: Provenance): ResultTable {
    const columns = this.table.schema.fields.map(({ name, metadata }, k): Column => {
      const unit = metadata.get("unit");
      const from = this.facts[k]!.kind === "text" ? undefined : this.numbers(k);
      const values =
        from === undefined
          ? Array.from(wanted, (row) => String(this.table.getChildAt(k)!.get(row) ?? ""))
          : from.slice(0, wanted.length).map((_, n) => from[wanted[n]!]!);
      return { name, values, ...(unit === undefined ? {} : { unit }) };
    });
    return resultTable(columns, provenance);
  }
}

/** Whether the values of a column are numbers, by the first one that there is. */
function kindOf(table: Table, k: number): ColumnFacts["kind"] {
  const vector = table.getChildAt(k)!;
  for (let row = 0; row < vector.length; row++) {
    const value: unknown = vector.get(row);
    if (value === null || value === undefined) continue;
    return ["number", "bigint", "boolean"].includes(typeof value) ? "number" : "text";
  }
  return "number";
}

function labelsOfRows(numbers: Numbers, name: string): Int32Array {
  const seen = new Uint8Array(MOST_LABELS);
  return Int32Array.from(numbers, (label, row) => {
    if (!Number.isInteger(label) || label < 0 || label >= MOST_LABELS)
      throw new InvalidArgument(
        `tableOf: ${JSON.stringify(name)} is ${label} in row ${row}; labels are whole numbers from 0 to ${MOST_LABELS - 1}: relabel(…) the volume before it is measured`,
      );
    if (seen[label] === 1)
      throw new InvalidArgument(
        `tableOf: the label ${label} stands in row ${row} and in one before; a table has one row for each label`,
      );
    seen[label] = 1;
    return label;
  });
}
