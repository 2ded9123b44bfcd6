/** Statistics of groups of samples. */
import { type ResultTable, resultTable } from "../core/arrow/table.js";
import type { Provenance } from "../core/provenance.js";
import { distributionOf } from "../statistics/distribution.js";
import { type Group, holm, studentFactor, welchTest } from "../statistics/student.js";

/** One number of one sample. */
export interface Measurement {
  readonly sample: string;
  readonly group: string;
  readonly quantity: string;
  readonly unit: string;
  readonly value: number;
  readonly check: "" | "ok" | "low" | "high" | "unknown";
  readonly error: string;
}

interface Members extends Group {
  readonly quantity: string;
  readonly group: string;
  readonly unit: string;
  readonly sorted: Float64Array;
  readonly outside: number;
}

/** Groups of each quantity, both in the order in which they came. What is no finite number is in none. */
function membersOf(rows: readonly Measurement[]): Members[] {
  const all = new Map<string, Measurement[]>();
  const quantities = [...new Set(rows.map(({ quantity }) => quantity))];
  const groups = [...new Set(rows.map(({ group }) => group))];
  for (const row of rows) {
    const key = JSON.stringify([row.quantity, row.group]);
    const known = all.get(key);
    if (known === undefined) all.set(key, [row]);
    else known.push(row);
  }
  return quantities.flatMap((quantity) =>
    groups.map((group) => {
      const members = all.get(JSON.stringify([quantity, group]))!;
      const values = members.map(({ value }) => value).filter(Number.isFinite);
      const outside = members.filter(({ check }) => check === "low" || check === "high").length;
      const { mean, deviation, sorted } = distributionOf(values);
      return { quantity, group, unit: members[0]!.unit, n: values.length, mean, deviation, sorted, outside };
    }),
  );
}

export function groupsTable(rows: readonly Measurement[], confidence: number, provenance: Provenance): ResultTable {
  const members = membersOf(rows);
  const half = members.map(({ n, deviation }) => (studentFactor(confidence, n - 1) * deviation) / Math.sqrt(n));
  return resultTable(
    [
      { name: "group", values: members.map(({ group }) => group) },
      { name: "quantity", values: members.map(({ quantity }) => quantity) },
      { name: "unit", values: members.map(({ unit }) => unit) },
      { name: "samples", values: members.map(({ n }) => n), whole: true },
      { name: "mean", values: members.map(({ mean }) => mean) },
      { name: "deviation", values: members.map(({ deviation }) => deviation) },
      { name: "mean low", values: members.map(({ mean }, k) => mean - half[k]!) },
      { name: "mean high", values: members.map(({ mean }, k) => mean + half[k]!) },
      { name: "least", values: members.map(({ sorted }) => sorted[0] ?? Number.NaN) },
      { name: "most", values: members.map(({ sorted }) => sorted.at(-1) ?? Number.NaN) },
      { name: "outside", values: members.map(({ outside }) => outside), whole: true },
    ],
    provenance,
  );
}

export function comparisonsTable(
  rows: readonly Measurement[],
  confidence: number,
  provenance: Provenance,
): ResultTable {
  const members = membersOf(rows);
  const pairs = members.flatMap((one, k) =>
    members
      .slice(k + 1)
      .filter(({ quantity }) => quantity === one.quantity)
      .map((other) => {
        const found = welchTest(one, other);
        const error = Math.sqrt(one.deviation ** 2 / one.n + other.deviation ** 2 / other.n);
        return { one, other, half: studentFactor(confidence, found.freedom) * error, ...found };
      }),
  );
  const corrected = holm(pairs.map(({ p }) => p));
  return resultTable(
    [
      { name: "quantity", values: pairs.map(({ one }) => one.quantity) },
      { name: "unit", values: pairs.map(({ one }) => one.unit) },
      { name: "group", values: pairs.map(({ one }) => one.group) },
      { name: "other group", values: pairs.map(({ other }) => other.group) },
      { name: "difference", values: pairs.map(({ difference }) => difference) },
      { name: "difference low", values: pairs.map(({ difference, half }) => difference - half) },
      { name: "difference high", values: pairs.map(({ difference, half }) => difference + half) },
      { name: "t", values: pairs.map(({ t }) => t) },
      { name: "freedom", values: pairs.map(({ freedom }) => freedom) },
      { name: "p", values: pairs.map(({ p }) => p) },
      { name: "p of all", values: corrected },
    ],
    provenance,
  );
}
