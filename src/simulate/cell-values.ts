/** Numbers for a cell model: in SI units, out of tables, lengths and numbers. */
import { Table } from "apache-arrow";
import type { ResultTable } from "../core/arrow/table.js";
import { InvalidArgument, MissingData } from "../core/errors.js";
import { isLength, type Length } from "../core/length.js";
import { suggestion } from "../core/options.js";
import { quantitiesOf } from "../measure/quantities.js";

/** A number of a table by its name: of a budget or any table with the columns `quantity`, `unit`, `value`, or as {@link sensitivity} names it. */
export interface FromTable {
  readonly table: ResultTable;
  /** Such as `tortuosityFactor, z` or `fraction, pore`. */
  readonly quantity: string;
}

/** A number in SI units, a length, or a number of a table, whose unit is converted. */
export type CellValue = number | Length | FromTable;

/** In SI units, with its ± where the table has one. */
export interface KnownValue {
  readonly value: number;
  /** NaN where unknown. */
  readonly wide: number;
}

/** What one of each unit is in SI units; µ is written with either of its two letters. */
const UNITS: Readonly<
  Record<"length" | "ratio" | "area per volume" | "conductivity", Readonly<Record<string, number>>>
> = {
  length: { m: 1, mm: 1e-3, µm: 1e-6, μm: 1e-6, nm: 1e-9 },
  ratio: { "": 1, "1": 1, "%": 0.01 },
  "area per volume": { "1/m": 1, "1/mm": 1e3, "1/µm": 1e6, "1/μm": 1e6, "1/nm": 1e9 },
  conductivity: { "S/m": 1, "S/cm": 100, "mS/cm": 0.1 },
};
export type Dimension = keyof typeof UNITS;

/**
 * A value in SI units.
 * @param wrong names of quantities that it must not be: a tortuosity is no tortuosity factor
 * @throws InvalidArgument if it is of another dimension, or a bare number for a length
 */
export function knownValue(what: string, given: CellValue, dimension: Dimension, wrong?: RegExp): KnownValue {
  if (typeof given === "number") {
    if (dimension === "length")
      throw new InvalidArgument(
        `${what} is ${given}; give a length with its unit, such as um(75), or a number of a table`,
      );
    return { value: given, wide: Number.NaN };
  }
  if (isLength(given)) {
    if (dimension !== "length")
      throw new InvalidArgument(`${what} is a length, but is told as ${dimension}; give a number or one of a table`);
    return { value: given.metres, wide: Number.NaN };
  }
  const { table, quantity } = (given ?? {}) as Partial<FromTable>;
  if (!(table instanceof Table) || typeof quantity !== "string")
    throw new InvalidArgument(`${what} is ${String(given)}; give a number, a length, or { table, quantity: "…" }`);
  if (wrong?.test(quantity))
    throw new InvalidArgument(
      `${what} is taken from ${JSON.stringify(quantity)}, which is something else: the tortuosity factor k is the square of the tortuosity τ; name the right option or the right quantity`,
    );
  const { value, wide, unit } = fromTable(what, table as ResultTable, quantity);
  const factor = UNITS[dimension][unit];
  if (factor === undefined && unit.includes("voxel"))
    throw new MissingData(
      `${what}: ${quantity} is in ${unit}, for the voxel size was unknown; set it with volume.with({ spacing: um(…) }) and measure again`,
    );
  if (factor === undefined)
    throw new InvalidArgument(
      `${what}: ${quantity} is in ${JSON.stringify(unit)}; a ${dimension} is in one of ${Object.keys(UNITS[dimension])
        .map((one) => JSON.stringify(one))
        .join(", ")}`,
    );
  return { value: value * factor, wide: wide * factor };
}

function fromTable(what: string, table: ResultTable, quantity: string): { value: number; wide: number; unit: string } {
  const column = (name: string) => table.getChild(name);
  const [names, values] = [column("quantity"), column("value")];
  if (names !== null && values !== null) {
    const all = Array.from(names as Iterable<string>, String);
    const row = all.indexOf(quantity);
    if (row < 0) throw unknown(what, quantity, all);
    if (all.includes(quantity, row + 1))
      throw new InvalidArgument(
        `${what}: the table has several rows of ${JSON.stringify(quantity)}, as of several samples; give a table of one`,
      );
    return {
      value: Number(values.get(row)),
      wide: Number(column("±")?.get(row) ?? Number.NaN),
      unit: String(column("unit")?.get(row) ?? ""),
    };
  }
  const all = quantitiesOf(what, quantity, table);
  const found = all.find(({ name }) => name === quantity);
  if (found === undefined)
    throw unknown(
      what,
      quantity,
      all.map(({ name }) => name),
    );
  return { value: found.value, wide: Number.NaN, unit: found.unit };
}

const unknown = (what: string, quantity: string, all: readonly string[]): InvalidArgument =>
  new InvalidArgument(
    `${what}: the table has no quantity ${JSON.stringify(quantity)}${suggestion(quantity, all)} (it has ${all.slice(0, 20).join("; ")})`,
  );
