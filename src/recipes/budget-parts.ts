/** What the parts of an uncertainty are given as: tables and numbers by the names of quantities. */
import { Table } from "apache-arrow";
import type { ResultTable } from "../core/arrow/table.js";
import { InvalidArgument } from "../core/errors.js";
import { checkNumber, suggestion } from "../core/options.js";
import type { Quantity } from "../measure/quantities.js";

/** A part of the uncertainty relative to the value: one number for all quantities, or one for each by its name. */
export type RelativePart = number | Readonly<Record<string, number>>;

/** What a sample tells of the material: relative standard deviations, or tables of {@link representativeVolume}. */
export type SamplingPart = number | ResultTable | Readonly<Record<string, number | ResultTable>>;

const caller = "uncertaintyBudget";

/** Deviation and number of runs of each quantity that a table of sensitivity has. */
export function deviationsOf(
  table: ResultTable | undefined,
  found: readonly Quantity[],
): Map<string, { deviation: number; runs: number }> {
  if (table === undefined) return new Map();
  const column = (name: string) => (table instanceof Table ? table.getChild(name) : null);
  const [names, deviations, runs] = [column("quantity"), column("deviation"), column("runs")];
  if (names === null || deviations === null || runs === null)
    throw new InvalidArgument(
      `${caller}: segmentation has no columns quantity, runs and deviation; give what sensitivity(…) returns`,
    );
  const all = Array.from(
    names as Iterable<string>,
    (name, k) => [name, { deviation: Number(deviations.get(k)), runs: Number(runs.get(k)) }] as const,
  );
  if (!found.some(({ name }) => all.some(([known]) => known === name)))
    throw new InvalidArgument(
      `${caller}: segmentation tells of ${list(all.map(([name]) => name))}, but the quantity of ${list(found.map(({ name }) => name))}; give sensitivity and budget the same function`,
    );
  return new Map(all);
}

interface Sampled {
  readonly relative: number;
  readonly degrees: number;
}

/** The relative deviation of samples of each quantity, with its degrees of freedom. */
export function samplingOf(given: SamplingPart | undefined, found: readonly Quantity[]): Map<string, Sampled> {
  const names = found.map(({ name }) => name);
  if (given instanceof Table) {
    const all = sampledRows(given as ResultTable);
    if (!names.some((name) => all.has(name)))
      throw new InvalidArgument(
        `${caller}: sampling tells of ${list([...all.keys()])}, but the quantity of ${list(names)}; give it by name: { sampling: { ${JSON.stringify(names[0])}: … } }`,
      );
    return all;
  }
  if (typeof given !== "object" || given === null || Object.values(given).every((value) => typeof value === "number")) {
    const plain = relativePart("sampling", given as RelativePart | undefined, found);
    return new Map([...plain].map(([name, relative]) => [name, { relative, degrees: Number.POSITIVE_INFINITY }]));
  }
  const all = new Map<string, Sampled>();
  for (const [name, one] of Object.entries(given)) {
    checkName("sampling", name, names);
    if (typeof one === "number") {
      checkNumber(`sampling of ${name} (relative)`, one, 0, 1e6);
      all.set(name, { relative: one, degrees: Number.POSITIVE_INFINITY });
      continue;
    }
    const rows = sampledRows(one);
    const row = rows.get(name) ?? (rows.size === 1 ? [...rows.values()][0] : undefined);
    if (row === undefined)
      throw new InvalidArgument(
        `${caller}: the table of sampling for ${JSON.stringify(name)} tells of ${list([...rows.keys()])}; give one with this quantity, or of one row`,
      );
    all.set(name, row);
  }
  return all;
}

function sampledRows(table: unknown): Map<string, Sampled> {
  const column = (name: string) => (table instanceof Table ? table.getChild(name) : null);
  const [names, values, deviations, degrees] = ["quantity", "value", "deviation", "degrees"].map(column);
  if (names == null || values == null || deviations == null)
    throw new InvalidArgument(
      `${caller}: the table of sampling has no columns quantity, value and deviation; give what representativeVolume(…) returns, or relative deviations by the names of quantities`,
    );
  return new Map(
    Array.from(names as Iterable<string>, (name, k) => [
      String(name),
      {
        relative: Math.abs(Number(deviations.get(k)) / Number(values.get(k))),
        degrees: degrees == null ? Number.POSITIVE_INFINITY : Number(degrees.get(k)),
      },
    ]),
  );
}

export const tablesOf = (given: SamplingPart | undefined): Record<string, ResultTable> =>
  given instanceof Table
    ? { sampling: given as ResultTable }
    : Object.fromEntries(
        Object.entries(typeof given === "object" ? given : {}).flatMap(([name, one]) =>
          one instanceof Table ? [[`sampling of ${name}`, one as ResultTable]] : [],
        ),
      );

function checkName(what: string, name: string, names: readonly string[]): void {
  if (!names.includes(name))
    throw new InvalidArgument(
      `${caller}: ${what} names ${JSON.stringify(name)}${suggestion(name, names)}; the quantities are ${list(names)}`,
    );
}

export function relativePart(
  what: "sampling" | "solver",
  given: RelativePart | undefined,
  found: readonly Quantity[],
): Map<string, number> {
  if (given === undefined) return new Map();
  const names = found.map(({ name }) => name);
  if (typeof given === "number") {
    checkNumber(`${what} (relative)`, given, 0, 1e6);
    return new Map(names.map((name) => [name, given]));
  }
  if (typeof given !== "object" || given === null)
    throw new InvalidArgument(
      `${caller}: ${what} is ${String(given)}; give a relative number, or one for each quantity`,
    );
  for (const [name, value] of Object.entries(given)) {
    checkName(what, name, names);
    checkNumber(`${what} of ${name} (relative)`, value, 0, 1e6);
  }
  return new Map(Object.entries(given));
}

const list = (names: readonly string[]): string =>
  names.length <= 8 ? names.join("; ") : `${names.slice(0, 8).join("; ")}; … (${names.length})`;
