import { Table } from "apache-arrow";
import type { ResultTable } from "../core/arrow/table.js";
import { InvalidArgument } from "../core/errors.js";

/** A number with its unit. */
export interface Measured {
  readonly value: number;
  readonly unit: string;
}

/** Numbers that a function of a segmentation gives: one, several by name, with units or bare, or a table with a row for each phase or pair of phases. */
export type Quantities = number | Measured | Readonly<Record<string, number | Measured>> | ResultTable;

/** One of them. */
export interface Quantity {
  readonly name: string;
  readonly unit: string;
  readonly value: number;
}

/**
 * All numbers by name: of a table each number by its column and by the text, or else the labels, that stand in its row before the first
 * number. What comes after it is a remark, such as the reason why a number is infinite, and would be another name each time.
 */
export function quantitiesOf(caller: string, name: string, found: unknown): Quantity[] {
  if (typeof found === "number") return [{ name, unit: "", value: found }];
  if (found instanceof Table) return cellsOf(found);
  if (isMeasured(found)) return [{ name, unit: found.unit, value: found.value }];
  const entries = typeof found === "object" && found !== null ? Object.entries(found) : [];
  if (entries.length === 0 || !entries.every(([, value]) => typeof value === "number" || isMeasured(value)))
    throw new InvalidArgument(
      `${caller}: the quantity gave ${typeof found === "object" ? JSON.stringify(found) : String(found)}; give a number, an object of numbers or of { value, unit }, or a table such as phaseFractions(…) makes`,
    );
  return entries.map(([name, value]) =>
    isMeasured(value) ? { name, unit: value.unit, value: value.value } : { name, unit: "", value: value as number },
  );
}

const isMeasured = (found: unknown): found is Measured =>
  typeof found === "object" &&
  found !== null &&
  Object.keys(found).length === 2 &&
  typeof (found as Partial<Measured>).value === "number" &&
  typeof (found as Partial<Measured>).unit === "string";

function cellsOf(table: Table): Quantity[] {
  const { fields } = table.schema;
  const typed = fields.map((field, k) => ({
    name: field.name,
    unit: field.metadata.get("unit") ?? "",
    values: table.getChildAt(k)!,
    kind: String(field.type) === "Utf8" ? "text" : String(field.type).startsWith("Float") ? "number" : "label",
  }));
  const of = (kind: string, among = typed) => among.filter((column) => column.kind === kind);
  const first = typed.findIndex(({ kind }) => kind === "number");
  const before = typed.slice(0, first < 0 ? typed.length : first);
  const rowNames = of("text", before).length > 0 ? of("text", before) : of("label", before);
  return Array.from({ length: table.numRows }, (_, row) => {
    const named = rowNames.map(({ values }) => String(values.get(row))).join(", ");
    const which = named !== "" ? `, ${named}` : table.numRows > 1 ? `, row ${row + 1}` : "";
    return of("number").map(({ name, unit, values }) => ({
      name: `${name}${which}`,
      unit,
      value: Number(values.get(row)),
    }));
  }).flat();
}
