import { Schema, Table } from "apache-arrow";
import { InvalidArgument } from "../errors.js";
import { checkNumber, checkOptions, suggestion } from "../options.js";
import { type ResultTable, traced } from "./table.js";

/** Options of {@link selectColumns}. */
export interface SelectColumnsOptions {
  /** Only so many rows, from the first one on. Default all. */
  rows?: number;
}

const caller = "selectColumns";

/**
 * Some columns of a table of results, in the order in which they are named: what a page has room for. Units and provenance stay, and so it shows
 * and saves itself as a result does.
 * @param table a table of results
 * @param names columns of the table, each once
 * @throws InvalidArgument if the table has no such column, or it is named twice
 * @example selectColumns(await particles(labels), ["label", "volume", "sphericity"], { rows: 10 })
 */
export function selectColumns(
  table: ResultTable,
  names: readonly string[],
  options: SelectColumnsOptions = {},
): ResultTable {
  if (!(table instanceof Table) || table.provenance === undefined)
    throw new InvalidArgument(`${caller} takes a table of results, such as particles(…) makes, got ${String(table)}`);
  checkOptions(caller, options, ["rows"]);
  const { rows = table.numRows } = options;
  checkNumber(`${caller}: rows`, rows, 0, Number.MAX_SAFE_INTEGER, true);
  const known = table.schema.fields.map(({ name }) => name);
  if (!Array.isArray(names) || names.length === 0)
    throw new InvalidArgument(
      `${caller}: names is ${JSON.stringify(names)}; give a list of columns, such as ["${known[0]}"]`,
    );
  for (const [k, name] of names.entries()) {
    if (!known.includes(name))
      throw new InvalidArgument(
        `${caller}: the table has no column ${JSON.stringify(name)}${suggestion(String(name), known)} (it has ${known.join(", ")})`,
      );
    if (names.indexOf(name) < k)
      throw new InvalidArgument(`${caller}: the column ${JSON.stringify(name)} is named twice`);
  }
  const some = table.select([...names]).slice(0, rows);
  // What Arrow selects loses the metadata of the schema, in which the provenance is saved.
  const schema = new Schema(some.schema.fields, table.schema.metadata);
  return traced(new Table(schema, some.batches), table.provenance);
}
