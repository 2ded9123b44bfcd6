/** What is known of the newest forest: how right it is, what was scribbled, what its answer hangs on. */
import type { Phase } from "../../../../src/core/phases.js";
import type { TrainingReply, TrainingReport } from "../../../protocol/training.js";
import { element } from "../../dom.js";

type Predicted = Extract<TrainingReply, { kind: "predicted" }>;

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

const cell = (text: string): HTMLElement => element("td", {}, text);

/** Shares of the phases in a box or in everything. */
function sharesOf({ voxels }: Predicted): Map<number, string> {
  const all = voxels.reduce((sum, { count }) => sum + count, 0);
  return new Map(voxels.map(({ label, count }) => [label, all === 0 ? "" : percent(count / all)]));
}

function classTable(report: TrainingReport, phases: readonly Phase[], predicted: readonly Predicted[]): HTMLElement {
  const counted = predicted.map((one) => ({
    name: one.region === null ? "whole volume" : "in box",
    of: sharesOf(one),
  }));
  const scribbled = new Map(report.scribbled.map((one) => [one.label, one]));
  const overlaps = new Map(report.overlap.map(({ label, value }) => [label, value]));
  const head = ["phase", "scribbled", "held out", "overlap (IoU)", ...counted.map(({ name }) => name)];
  const rows = phases.map(({ label, name, colour }) => {
    const chip = element("span", { class: "voxbook-chip" });
    chip.style.background = colour;
    const own = scribbled.get(label);
    const overlap = overlaps.get(label);
    return element(
      "tr",
      { "data-label": String(label) },
      element("td", {}, chip, name),
      cell(String(own?.voxels ?? 0)),
      cell(String(own?.heldOut ?? 0)),
      cell(typeof overlap === "number" ? overlap.toFixed(3) : "–"),
      ...counted.map(({ of }) => cell(of.get(label) ?? "–")),
    );
  });
  const titles = head.map((text) => element("th", { scope: "col" }, text));
  return element("table", {}, element("thead", {}, element("tr", {}, ...titles)), element("tbody", {}, ...rows));
}

function importanceList({ importance }: TrainingReport): HTMLElement {
  const most = Math.max(...importance.map(([, share]) => share), 1e-9);
  const rows = importance.map(([feature, share]) => {
    const bar = element("span", { class: "voxbook-importance", "aria-hidden": "true" });
    bar.style.width = `${Math.round((90 * share) / most)}px`;
    return element("li", {}, element("span", {}, feature), bar, element("small", {}, percent(share)));
  });
  return element("ol", { class: "voxbook-features", "aria-label": "features that tell most" }, ...rows);
}

export interface Panel {
  readonly root: HTMLElement;
  show(report: TrainingReport): void;
  /** Shares of the phases, as the newest forest finds them. */
  add(predicted: Predicted): void;
}

export function panelOf(phases: () => readonly Phase[]): Panel {
  const root = element("div", { class: "voxbook-training", role: "region", "aria-label": "the newest forest" });
  root.hidden = true;
  let report: TrainingReport | undefined;
  let predicted: Predicted[] = [];
  function draw(): void {
    if (report === undefined) return;
    const { accuracy, trees, seconds, scribbled } = report;
    const held = scribbled.reduce((sum, { heldOut }) => sum + heldOut, 0);
    const score =
      accuracy === null
        ? "no score yet: too few scribbles to hold some out"
        : `${percent(accuracy)} of ${held} held-out voxels right`;
    const facts = `${trees} trees in ${seconds < 1 ? `${Math.round(1000 * seconds)} ms` : `${seconds.toFixed(1)} s`}`;
    root.hidden = false;
    root.replaceChildren(
      element("div", {}, element("strong", { class: "voxbook-score" }, score), element("small", {}, `   ${facts}`)),
      element("div", { class: "voxbook-columns" }, classTable(report, phases(), predicted), importanceList(report)),
    );
  }
  return {
    root,
    show(next) {
      if (next.model !== report?.model) predicted = [];
      report = next;
      draw();
    },
    add(one) {
      if (one.model !== report?.model) return;
      predicted = [...predicted.filter(({ region }) => (region === null) !== (one.region === null)), one];
      draw();
    },
  };
}

export const TRAINING_STYLE = `
.voxbook-training { padding: 4px 0; }
.voxbook-training table { margin: 2px 0; }
.voxbook-training small { white-space: pre; }
.voxbook-columns { display: flex; flex-wrap: wrap; gap: 4px 40px; align-items: flex-start; }
.voxbook-features { margin: 2px 0; padding: 0; list-style: none; font-size: 12px; font-variant-numeric: tabular-nums; }
.voxbook-features li { display: grid; grid-template-columns: 132px 96px auto; gap: 6px; align-items: center; line-height: 17px; }
.voxbook-importance { display: block; height: 8px; border-radius: 2px; background: var(--jp-brand-color1, #0072b2); }
.voxbook-hint { color: var(--jp-warn-color0, #8a5300); font-weight: 600; }
.voxbook-bar > .voxbook-status { font-variant-numeric: tabular-nums; }
`;
