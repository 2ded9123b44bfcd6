/** The phases in numbers: their grey values, to be typed, their fractions, and how much these move with the thresholds. */
import type { Phase } from "../../../src/core/phases.js";
import { fractionsOf } from "../../draw/pictures.js";
import { element } from "../dom.js";
import { type Chart, moveThreshold, textOf } from "./chart.js";

const COLUMNS = ["phase", "grey values", "fraction", "per grey level"];

/** Share of the voxels within one grey level (one bin, for floats) at a threshold. */
function shareAt({ counts, total, whole }: Chart, value: number): number {
  if (counts === undefined || total === 0) return 0;
  const k = Math.floor((value - counts.low) / counts.step);
  const here = counts.counts[k] ?? 0;
  const next = counts.counts[k + 1] ?? 0;
  return (here + next) / 2 / total / (whole ? counts.step : 1);
}

/** A field for the largest value of phase `k`. */
function field(chart: Chart, k: number): HTMLInputElement {
  const made = element("input", { type: "number", class: "voxbook-small", step: chart.whole ? "1" : "any" });
  made.setAttribute("aria-label", `largest grey value of phase ${k + 1}`);
  made.addEventListener("change", () => {
    const value = Number(made.value);
    if (made.value !== "" && Number.isFinite(value)) {
      moveThreshold(chart, k, chart.whole ? Math.round(value) : value);
      chart.scene.settle(chart.handle);
    }
    chart.ask();
  });
  return made;
}

function rowOf(chart: Chart, k: number): HTMLTableRowElement {
  const chip = element("span", { class: "voxbook-chip" });
  return element(
    "tr",
    { "data-phase": String(k) },
    element("td", {}, chip, element("span")),
    element("td", {}, element("span"), field(chart, k)),
    element("td", { class: "voxbook-number" }),
    element("td"),
  );
}

export interface PhaseTable {
  readonly table: HTMLElement;
  draw(phases: readonly Phase[]): void;
}

export function phaseTableOf(chart: Chart): PhaseTable {
  const body = element("tbody");
  const head = element("thead", {}, element("tr", {}, ...COLUMNS.map((name) => element("th", {}, name))));
  return {
    table: element("table", {}, head, body),
    draw(phases) {
      const { thresholds } = chart.scene.state;
      const fractions = fractionsOf(chart.counts!, thresholds);
      while (body.childElementCount > phases.length) body.lastElementChild!.remove();
      while (body.childElementCount < phases.length) body.append(rowOf(chart, body.childElementCount));
      for (const [k, { name, colour }] of phases.entries()) {
        const [first, values, fraction, slopes] = [...body.children[k]!.children] as HTMLElement[];
        (first!.firstElementChild as HTMLElement).style.background = colour;
        first!.lastElementChild!.textContent = name;
        const from = k === 0 ? textOf(chart.range[0]) : `> ${textOf(thresholds[k - 1]!)}`;
        const last = k === phases.length - 1;
        values!.firstElementChild!.textContent = `${from} … ${last ? textOf(chart.range[1]) : ""}`;
        const typed = values!.lastElementChild as HTMLInputElement;
        typed.hidden = last;
        // What is being typed stays.
        if (!last && typed.ownerDocument.activeElement !== typed) typed.value = textOf(thresholds[k]!);
        fraction!.textContent = `${(100 * fractions[k]!).toFixed(2)} %`;
        slopes!.textContent = [thresholds[k - 1], thresholds[k]]
          .filter((value) => value !== undefined)
          .map((value) => `± ${(100 * shareAt(chart, value)).toFixed(3)} %`)
          .join("  ");
      }
    },
  };
}
