import { InvalidArgument } from "../errors.js";
import { checkOptions, suggestion } from "../options.js";
import { trace } from "../provenance.js";
import { type Column, type ResultTable, resultTable } from "./table.js";

/** Options of {@link fromColumns}. */
export interface FromColumnsOptions {
  /** Units of columns by their names, such as `{ time: "s" }`. */
  units?: Readonly<Record<string, string>>;
}

/**
 * A table of numbers and texts of your own, such as published values beside measured ones: a notebook shows it, {@link lines} draws it,
 * `save` writes it. Numbers are float64, missing ones NaN.
 * @param columns a name for each column, and its values: all numbers or all texts, in every column as many
 * @throws InvalidArgument if a column mixes numbers and texts, the columns differ in length, or a unit has no column
 * @example fromColumns({ sample: ["A", "B"], porosity: [0.41, 0.38], time: [12, 15] }, { units: { time: "s" } })
 */
export function fromColumns(
  columns: Readonly<Record<string, readonly number[] | readonly string[] | Float64Array>>,
  options: FromColumnsOptions = {},
): ResultTable {
  const caller = "fromColumns";
  checkOptions(caller, options, ["units"]);
  const { units = {} } = options;
  if (typeof columns !== "object" || columns === null || Object.keys(columns).length === 0)
    throw new InvalidArgument(`${caller} takes columns by their names, such as { sample: ["A"], porosity: [0.4] }`);
  const names = Object.keys(columns);
  for (const [name, unit] of Object.entries(units)) {
    if (!names.includes(name))
      throw new InvalidArgument(`${caller}: there is no column ${JSON.stringify(name)}${suggestion(name, names)}`);
    if (typeof unit !== "string" || unit === "")
      throw new InvalidArgument(`${caller}: the unit of ${name} is ${JSON.stringify(unit)}; give a text such as "s"`);
  }
  const made = Object.entries(columns).map(([name, values]): Column => {
    const listed = Array.isArray(values) ? values : values instanceof Float64Array ? [...values] : undefined;
    const kind = typeof listed?.[0];
    if (listed === undefined || (listed.length > 0 && kind !== "number" && kind !== "string"))
      throw new InvalidArgument(`${caller}: column ${JSON.stringify(name)} is no list of numbers or of texts`);
    const other = listed.findIndex((value) => typeof value !== kind);
    if (other >= 0)
      throw new InvalidArgument(
        `${caller}: column ${JSON.stringify(name)} begins with a ${kind} and has ${JSON.stringify(listed[other])}, too; give numbers (NaN where one is missing) or texts`,
      );
    return { name, values: listed, ...(units[name] !== undefined && { unit: units[name] }) };
  });
  return resultTable(made, trace(caller, { columns, units }));
}
