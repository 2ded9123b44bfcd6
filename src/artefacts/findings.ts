/** Tables of figures with what each allows and what to do about it. */
import { type ResultTable, resultTable } from "../core/arrow/table.js";
import { escapeHtml, type MimeBundle } from "../core/display.js";
import type { Provenance } from "../core/provenance.js";

/** How a figure is to be read: `good` needs nothing, `fair` care, `poor` a remedy; `unknown` could not be judged. */
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

const COLOURS = { good: "#009e73", fair: "#e69f00", poor: "#d55e00", unknown: "#808080" } as const;

/**
 * The table of findings: columns `figure`, `value`, `unit`, `verdict`, `meaning`, `remedy`. In a notebook a figure stands with
 * its unit, and its remedy below its meaning.
 */
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
    () => shown(findings),
  );
}

/** A figure with its unit: `2.6 voxel`, and `–` where it is unknown. */
function withUnit({ value, unit }: Finding): string {
  if (Number.isNaN(value)) return "–";
  if (unit === "%" && value > 0 && value < 1e-3) return "< 0.001 %";
  const digits = String(Number(value.toPrecision(3)));
  return unit === "1" ? digits : `${digits} ${unit}`;
}

function shown(findings: readonly Finding[]): MimeBundle {
  const widest = (texts: string[]): number => Math.max(...texts.map((text) => text.length));
  const figure = widest(findings.map((finding) => finding.figure));
  const value = widest(findings.map(withUnit));
  const plain = findings.flatMap((finding) => [
    `${finding.figure.padEnd(figure)}  ${withUnit(finding).padEnd(value)}  ${finding.verdict}`,
    `    ${finding.meaning}`,
    ...(finding.remedy === "" ? [] : [`    → ${finding.remedy}`]),
  ]);
  const cell = (tag: "th" | "td", html: string, more = ""): string =>
    `<${tag} style="text-align:left;vertical-align:top;padding:2px 12px 2px 0${more}">${html}</${tag}>`;
  const short = (html: string): string => cell("td", html, ";white-space:nowrap");
  const rows = findings.map((finding) => {
    const remedy = finding.remedy === "" ? "" : `<br><em>→ ${escapeHtml(finding.remedy)}</em>`;
    const verdict = `<span style="color:${COLOURS[finding.verdict]}">●</span> ${finding.verdict}`;
    const figures = [escapeHtml(finding.figure), escapeHtml(withUnit(finding)), verdict].map(short).join("");
    return `<tr>${figures}${cell("td", escapeHtml(finding.meaning) + remedy)}</tr>`;
  });
  const head = ["figure", "value", "verdict", "what it means, and what to do"].map((text) => cell("th", text)).join("");
  return {
    "text/plain": plain.join("\n"),
    "text/html": `<table><thead><tr>${head}</tr></thead><tbody>${rows.join("")}</tbody></table>`,
  };
}
