/** What many segmentations have given, as tables. */
import { type Column, type ResultTable, resultTable } from "../core/arrow/table.js";
import type { Provenance } from "../core/provenance.js";
import { distributionOf, quantile } from "../statistics/distribution.js";
import { effectOf, type VariedParameter } from "./plausible-ranges.js";
import type { Quantity } from "./quantities.js";
import { withTableNote } from "./table-note.js";

/** One segmentation. */
export interface SampledRun {
  /** Where in the range of each number of each parameter it lies, from 0 to below 1. */
  readonly u: readonly (readonly number[])[];
  readonly quantities: readonly Quantity[];
  readonly error?: string;
}

const QUANTILES = { "5 %": 0.05, "25 %": 0.25, "75 %": 0.75, "95 %": 0.95 } as const;

/** The quantities in the order in which they came, with the value of each run; NaN where it has none. */
function valuesByQuantity(samples: readonly SampledRun[]): Map<string, { unit: string; values: number[] }> {
  const all = new Map<string, { unit: string; values: number[] }>();
  for (const [k, { quantities }] of samples.entries())
    for (const { name, unit, value } of quantities) {
      const known = all.get(name) ?? { unit, values: new Array<number>(samples.length).fill(Number.NaN) };
      known.values[k] = value;
      all.set(name, known);
    }
  return all;
}

/** One row for each quantity. */
export function sensitivityTable(
  parameters: readonly VariedParameter[],
  samples: readonly SampledRun[],
  provenance: Provenance,
  note: string,
): ResultTable {
  const rows = [...valuesByQuantity(samples)].map(([name, { unit, values }]) => {
    const counted = [...values.keys()].filter((k) => Number.isFinite(values[k]));
    const y = counted.map((k) => values[k]!);
    const effects = parameters.flatMap(({ numbers }, p) =>
      numbers.map((number, n) =>
        effectOf(
          number,
          counted.map((k) => samples[k]!.u[p]![n]!),
          y,
        ),
      ),
    );
    return { name, unit, runs: y.length, ...distributionOf(y), effects };
  });
  const names = parameters.flatMap(({ numbers }) => numbers.map(({ name }) => name));
  const columns: Column[] = [
    { name: "quantity", values: rows.map(({ name }) => name) },
    { name: "unit", values: rows.map(({ unit }) => unit) },
    { name: "runs", values: rows.map(({ runs }) => runs), whole: true },
    { name: "mean", values: rows.map(({ mean }) => mean) },
    { name: "deviation", values: rows.map(({ deviation }) => deviation) },
    { name: "median", values: rows.map(({ sorted }) => quantile(sorted, 0.5)) },
    ...Object.entries(QUANTILES).map(([name, share]) => ({
      name,
      values: rows.map(({ sorted }) => quantile(sorted, share)),
    })),
    ...names.map((name, k) => ({ name: `due to ${name}`, values: rows.map(({ effects }) => effects[k]!), unit: "1" })),
  ];
  return withTableNote(resultTable(columns, provenance), note);
}

/** One row for each run. */
export function samplesTable(
  parameters: readonly VariedParameter[],
  samples: readonly SampledRun[],
  provenance: Provenance,
): ResultTable {
  const drawn = parameters.flatMap(({ numbers }, p) =>
    numbers.map(({ name, unit, told }, n) => {
      const values = samples.map(({ u }) => told(u[p]![n]!));
      // A list may hold numbers and words.
      const text = values.some((value) => typeof value === "string");
      return {
        name,
        values: (text ? values.map(String) : values) as number[] | string[],
        ...(unit !== "" && { unit }),
      };
    }),
  );
  const measured = [...valuesByQuantity(samples)].map(([name, { unit, values }]) => ({
    name,
    values,
    ...(unit !== "" && { unit }),
  }));
  return resultTable(
    [
      { name: "run", values: samples.map((_, k) => k), whole: true },
      ...drawn,
      ...measured,
      { name: "error", values: samples.map(({ error = "" }) => error) },
    ],
    provenance,
  );
}
