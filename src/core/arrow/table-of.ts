import { InvalidArgument } from "../errors.js";
import { type Traced, trace } from "../provenance.js";
import { type ResultTable, resultTable } from "./table.js";

/** Values of a column: numbers or texts; or with the unit of the numbers. */
export type ColumnValues =
  | readonly number[]
  | readonly string[]
  | Float64Array
  | Int32Array
  | { readonly values: readonly number[] | Float64Array | Int32Array; readonly unit: string };

const caller = "tableOf";

/**
 * A table of results out of columns of yours, such as what a page of a paper shows of several measurements. It shows and saves itself as other
 * results do, and tells in its provenance what it was made of.
 * @param columns values of each column by its name, all of one length
 * @param inputs tables and volumes by names, from which the values were taken
 * @throws InvalidArgument if there is no column, columns differ in length, or values are mixed or neither numbers nor texts
 * @example tableOf({ cell: ["A", "B"], porosity: [0.41, 0.44], thickness: { values: [71, 74], unit: "µm" } })
 */
export function tableOf(
  columns: Readonly<Record<string, ColumnValues>>,
  inputs: Readonly<Record<string, Traced>> = {},
): ResultTable {
  const named = Object.entries(columns ?? {});
  if (named.length === 0) throw new InvalidArgument(`${caller}: there is no column; give { name: values }`);
  const made = named.map(([name, given]) => {
    const united = typeof given === "object" && given !== null && "unit" in given;
    const values = (united ? given.values : given) as readonly (number | string)[];
    const unit = united ? String(given.unit) : undefined;
    const kind = typeof values?.[0];
    const list = Array.isArray(values) || ArrayBuffer.isView(values);
    const wanted = unit === undefined ? ["number", "string"] : ["number"];
    if (
      !list ||
      (values.length > 0 && (!wanted.includes(kind) || !Array.from(values).every((one) => typeof one === kind)))
    )
      throw new InvalidArgument(
        `${caller}: the column ${JSON.stringify(name)} is no list of ${unit === undefined ? "numbers, nor one of texts" : "numbers"}`,
      );
    return { name, values: values as readonly number[], ...(unit !== undefined && { unit }) };
  });
  return resultTable(made, trace(caller, { columns: named.map(([name]) => name) }, inputs));
}
