import { InvalidArgument } from "../errors.js";
import { checkOptions } from "../options.js";
import { type Traced, trace } from "../provenance.js";
import { type Column, type ResultTable, resultTable } from "./table.js";

/** Values of a column: all numbers or all texts; numbers also with their unit. */
export type ColumnValues =
  | readonly number[]
  | readonly string[]
  | Float64Array
  | { readonly values: readonly number[] | Float64Array; readonly unit: string };

/** Options of {@link fromColumns}. */
export interface FromColumnsOptions {
  /** Tables and volumes, by names, that the values were taken from; the provenance tells of them. */
  inputs?: Readonly<Record<string, Traced>>;
}

const caller = "fromColumns";

/**
 * A table of numbers and texts of your own, such as published values beside measured ones: a notebook shows it, {@link lines} draws it,
 * `save` writes it. Numbers are float64, missing ones NaN.
 * @param columns a name for each column, and its values: all numbers or all texts, in every column as many
 * @throws InvalidArgument if a column mixes numbers and texts, the columns differ in length, or a unit is no text
 * @example fromColumns({ sample: ["A", "B"], porosity: [0.41, 0.38], time: { values: [12, 15], unit: "s" } })
 */
export function fromColumns(
  columns: Readonly<Record<string, ColumnValues>>,
  options: FromColumnsOptions = {},
): ResultTable {
  checkOptions(caller, options, ["inputs"]);
  const { inputs = {} } = options;
  if (typeof columns !== "object" || columns === null || Object.keys(columns).length === 0)
    throw new InvalidArgument(`${caller} takes columns by their names, such as { sample: ["A"], porosity: [0.4] }`);
  const made = Object.entries(columns).map(([name, given]) => columnOf(name, given));
  const values = Object.fromEntries(made.map((column) => [column.name, column.values]));
  return resultTable(made, trace(caller, { columns: values }, inputs));
}

function columnOf(name: string, given: ColumnValues): Column {
  const united = typeof given === "object" && given !== null && "unit" in given;
  const [values, unit]: [unknown, unknown] = united ? [given.values, given.unit] : [given, undefined];
  if (united && (typeof unit !== "string" || unit === ""))
    throw new InvalidArgument(`${caller}: the unit of ${name} is ${JSON.stringify(unit)}; give a text such as "s"`);
  const listed: unknown[] | undefined = Array.isArray(values)
    ? values
    : values instanceof Float64Array
      ? [...values]
      : undefined;
  const kind = typeof listed?.[0];
  if (listed === undefined || (listed.length > 0 && kind !== "number" && (kind !== "string" || united)))
    throw new InvalidArgument(
      `${caller}: column ${JSON.stringify(name)} is no list of numbers${united ? "" : " or of texts"}`,
    );
  const other = listed.findIndex((value) => typeof value !== kind);
  if (other >= 0)
    throw new InvalidArgument(
      `${caller}: column ${JSON.stringify(name)} begins with a ${kind} and has ${JSON.stringify(listed[other])}, too; give numbers (NaN where one is missing) or texts`,
    );
  return { name, values: listed as number[] | string[], ...(united && { unit: String(unit) }) };
}
