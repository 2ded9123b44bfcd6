import { type Field, Table, type Vector } from "apache-arrow";
import { InvalidArgument } from "../errors.js";
import { checkNumber, checkOptions, suggestion } from "../options.js";
import { type Column, type ResultTable, resultTable } from "./table.js";

/** Options of {@link selectColumns}. */
export interface SelectColumnsOptions {
  /** Only so many rows, from the first one on. Default all. */
  rows?: number;
  /** A column of numbers: rows come in its descending order, NaN last. Default: they stay in their order. */
  largest?: string;
}

const caller = "selectColumns";

/**
 * Some columns of a table of results, in the order in which they are named: what a page has room for. Units and provenance stay, and so it shows
 * and saves itself as a result does.
 * @param table a table of results
 * @param names columns of the table, each once
 * @throws InvalidArgument if the table has no such column, or it is named twice
 * @example selectColumns(await particles(labels), ["label", "volume", "sphericity"], { rows: 10, largest: "volume" })
 */
export function selectColumns(
  table: ResultTable,
  names: readonly string[],
  options: SelectColumnsOptions = {},
): ResultTable {
  if (!(table instanceof Table) || table.provenance === undefined)
    throw new InvalidArgument(`${caller} takes a table of results, such as particles(…) makes, got ${String(table)}`);
  checkOptions(caller, options, ["rows", "largest"]);
  const { rows = table.numRows, largest } = options;
  checkNumber(`${caller}: rows`, rows, 0, Number.MAX_SAFE_INTEGER, true);
  const { fields } = table.schema;
  const known = fields.map(({ name }) => name);
  if (!Array.isArray(names) || names.length === 0)
    throw new InvalidArgument(
      `${caller}: names is ${JSON.stringify(names)}; give a list of columns, such as ["${known[0]}"]`,
    );
  for (const [k, name] of [...names, ...(largest === undefined ? [] : [largest])].entries()) {
    if (!known.includes(name))
      throw new InvalidArgument(
        `${caller}: the table has no column ${JSON.stringify(name)}${suggestion(String(name), known)} (it has ${known.join(", ")})`,
      );
    if (k < names.length && names.indexOf(name) < k)
      throw new InvalidArgument(`${caller}: the column ${JSON.stringify(name)} is named twice`);
  }
  const order = Array.from({ length: table.numRows }, (_, k) => k);
  if (largest !== undefined) {
    const keys = Array.from(table.getChild(largest)!, Number);
    if (keys.length > 0 && keys.every(Number.isNaN))
      throw new InvalidArgument(`${caller}: the column ${JSON.stringify(largest)} has no numbers to sort by`);
    const key = (k: number): number => (Number.isNaN(keys[k]!) ? Number.NEGATIVE_INFINITY : keys[k]!);
    order.sort((a, b) => (key(a) === key(b) ? a - b : key(b) - key(a)));
  }
  const shown = order.slice(0, rows);
  return resultTable(
    names.map((name) => columnOf(fields[known.indexOf(name)]!, table.getChild(name)!, shown)),
    table.provenance,
  );
}

function columnOf({ name, type, metadata }: Field, vector: Vector, rows: readonly number[]): Column {
  const unit = metadata.get("unit");
  const kind = String(type);
  const numbers = (): number[] => rows.map((k) => Number(vector.get(k)));
  const values =
    kind === "Utf8"
      ? rows.map((k) => String(vector.get(k)))
      : kind === "Int32"
        ? Int32Array.from(numbers())
        : kind === "Uint32"
          ? Uint32Array.from(numbers())
          : Float64Array.from(numbers());
  return { name, values, ...(unit !== undefined && { unit }) };
}
