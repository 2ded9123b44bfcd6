/** Tables of figures with what each allows and what to do about it. */
import { type ResultTable, resultTable } from "../core/arrow/table.js";
import type { Provenance } from "../core/provenance.js";

/** How a figure is to be read: `good` needs nothing, `fair` care, `poor` a remedy; `unknown` could not be measured. */
export type Verdict = "good" | "fair" | "poor" | "unknown";

/** One measured figure. */
export interface Finding {
  readonly figure: string;
  /** NaN if unknown. */
  readonly value: number;
  readonly unit: string;
  readonly verdict: Verdict;
  /** What the figure allows or forbids. */
  readonly meaning: string;
  /** What to do; empty if nothing. */
  readonly remedy: string;
}

/** The table of findings: columns `figure`, `value`, `unit`, `verdict`, `meaning`, `remedy`. */
export function findingsTable(findings: readonly Finding[], provenance: Provenance): ResultTable {
  const text = (name: keyof Finding): { name: string; values: string[] } => ({
    name,
    values: findings.map((finding) => String(finding[name])),
  });
  return resultTable(
    [
      text("figure"),
      { name: "value", values: findings.map(({ value }) => value) },
      text("unit"),
      text("verdict"),
      text("meaning"),
      text("remedy"),
    ],
    provenance,
  );
}
