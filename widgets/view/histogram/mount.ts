/**
 * The histogram with thresholds to drag: what the page shows for `histogramOf(volume)`. A drag goes from handles.ts to the scene by
 * `moveThreshold` (chart.ts); handles, bands, table and all slices of the volume are drawn in the next frame.
 */
import { phaseTable } from "../../../src/core/phases.js";
import type { HistogramState, Reply, Suggestion } from "../../protocol.js";
import { addStyles, button, choice, element, group, ownKeys, perFrame } from "../dom.js";
import type { ModelHandle, Mounted } from "../handle.js";
import { historyButtons } from "../history.js";
import { sceneFor } from "../scene.js";
import { drawAxes, purgeAxes } from "./axes.js";
import { type Chart, changeNumber, textOf } from "./chart.js";
import { drawBands, drawHandles } from "./handles.js";
import { jointPicture } from "./joint.js";
import { asking, numbersOf, partChoice } from "./parts.js";
import { phaseTableOf } from "./table.js";

const WIDEST = 880;
const BARS = [64, 128, 256, 512, 1024];

/** Buttons that set the thresholds to what a method proposes, the one that parts the values best marked. */
function chipsOf({ scene, handle }: Chart, suggestions: readonly Suggestion[]): HTMLElement[] {
  const best = Math.max(...suggestions.map(({ separability }) => separability));
  return suggestions.map(({ name, thresholds, separability }) => {
    const score = (100 * separability).toFixed(1);
    const title = `${name}: ${thresholds.map(textOf).join(", ")}; explains ${score} % of the variance`;
    const chip = button(name, title, () => {
      scene.update({ thresholds: [...thresholds] });
      scene.settle(handle);
    });
    const shown = element("small", {}, ` ${score}`);
    if (separability === best) shown.style.fontWeight = "600";
    chip.append(shown);
    return chip;
  });
}

/** Builds the view inside an element. */
export function mountHistogram(root: HTMLElement, handle: ModelHandle<HistogramState>): Mounted {
  addStyles(root.ownerDocument);
  const { title, dtype, range } = handle.get("volume");
  const axes = element("div", { class: "voxbook-axes" });
  const bands = element("div");
  const handles = element("div");
  const plot = element("div", { class: "voxbook-plot" }, axes, bands, handles);
  const note = element("div", { class: "voxbook-readout", role: "status" });
  const chips = group();
  const frame = perFrame(draw);
  const chart: Chart = {
    root,
    handle,
    scene: sceneFor(handle),
    range,
    whole: dtype !== "float32",
    counts: undefined,
    drawn: undefined,
    nan: 0,
    total: 0,
    scale: handle.get("scale"),
    bars: 512,
    part: { of: "whole" },
    references: [],
    width: 0,
    ask: frame.ask,
  };
  const { scene } = chart;
  const table = phaseTableOf(chart);
  const joint = jointPicture(chart);
  const ask = { counts: asking(chart, "counts"), suggest: asking(chart, "suggest"), joint: asking(chart, "joint") };
  const parts = partChoice(chart, follow);
  const leave = scene.join(handle, () => {
    frame.ask();
    follow();
  });

  /** Counts what is to be counted now. */
  function follow(): void {
    chart.part = parts.now();
    ask.counts.ask(chart.part);
    if (!joint.panel.hidden) ask.joint.ask(chart.part);
  }

  const scales = { linear: scaleButton("linear"), log: scaleButton("log") };
  function scaleButton(name: "linear" | "log"): HTMLButtonElement {
    return button(name, name === "log" ? "logarithmic counts" : "linear counts", () => {
      chart.scale = name;
      handle.save({ scale: name });
      handle.send({ kind: "settled" });
      void showAxes();
    });
  }
  const bins = choice(
    "bars, at most",
    BARS.map((n) => [String(n), `${n} bars`] as const),
  );
  bins.value = String(chart.bars);
  bins.addEventListener("change", () => {
    chart.bars = Number(bins.value);
    void showAxes();
  });
  const gradient = button("∇", "grey value against gradient", () => {
    joint.panel.hidden = !joint.panel.hidden;
    gradient.setAttribute("aria-pressed", String(!joint.panel.hidden));
    follow();
    frame.ask();
  });
  const history = historyButtons(handle, "histogram");
  root.classList.add("voxbook");
  root.replaceChildren(
    element(
      "div",
      { class: "voxbook-bar" },
      element("span", { class: "voxbook-title" }, title),
      parts.select,
      bins,
      group(scales.linear, scales.log),
      gradient,
      group(
        button("−", "one threshold fewer", () => changeNumber(chart, -1)),
        button("+", "one threshold more", () => changeNumber(chart, 1)),
      ),
      history.group,
    ),
    element("div", { class: "voxbook-bar" }, chips),
    history.code,
    plot,
    joint.panel,
    table.table,
    note,
  );

  async function showAxes(): Promise<void> {
    for (const [name, made] of Object.entries(scales)) made.setAttribute("aria-pressed", String(name === chart.scale));
    try {
      await drawAxes(chart, axes);
    } catch {
      note.textContent = "The axes could not be loaded; the thresholds work without them.";
      frame.ask();
    }
  }

  function draw(): void {
    if (chart.counts === undefined || chart.width === 0) return;
    const { thresholds } = scene.state;
    const names = handle.get("phases").map(({ name }) => name);
    const phases = phaseTable(thresholds.length + 1, names);
    drawHandles(chart, plot, handles);
    drawBands(chart, bands, phases);
    table.draw(phases);
    joint.draw();
  }

  function receive(reply: Reply, buffers: readonly DataView[]): void {
    if (reply.kind === "error") {
      for (const one of Object.values(ask)) one.take(reply);
      note.textContent = reply.message;
    } else if (reply.kind === "counts" && ask.counts.take(reply)) {
      const counts = numbersOf(buffers[0]!);
      chart.counts = { counts, low: reply.low, step: reply.step, exact: reply.exact };
      chart.nan = reply.nan;
      chart.total = counts.reduce((sum, n) => sum + n, 0);
      note.textContent = reply.nan > 0 ? `${reply.nan} voxels are NaN and belong to no phase.` : "";
      ask.suggest.ask(chart.part);
      void showAxes();
    } else if (reply.kind === "suggestions" && ask.suggest.take(reply))
      chips.replaceChildren(...chipsOf(chart, reply.suggestions));
    else if (reply.kind === "joint" && ask.joint.take(reply)) {
      joint.set({ ...reply, counts: numbersOf(buffers[0]!) });
      frame.ask();
    } else if (reply.kind === "about") {
      parts.setLabels(reply.labels);
      chart.references = reply.references.map(({ name, ...rest }, k) => ({
        name,
        counts: { ...rest, counts: numbersOf(buffers[k]!) },
      }));
      if (chart.references.length > 0) void showAxes();
    }
  }

  function resized(): void {
    const now = Math.min(WIDEST, root.clientWidth || 0);
    if (now < 40 || now === chart.width) return;
    chart.width = now;
    plot.style.width = `${now}px`;
    void showAxes();
  }
  const stopMessages = handle.onMessage(receive);
  handle.send({ kind: "about", id: 0 });
  follow();
  // plotly's colours are in the drawing: another theme needs another one.
  const themes = new MutationObserver(() => void showAxes());
  themes.observe(root.ownerDocument.body, { attributes: true, attributeFilter: ["data-jp-theme-name"] });
  const observer = new ResizeObserver(resized);
  observer.observe(root);
  const giveKeys = ownKeys(root);
  resized();

  return {
    resized,
    dispose() {
      observer.disconnect();
      themes.disconnect();
      frame.cancel();
      leave();
      stopMessages();
      history.dispose();
      giveKeys();
      purgeAxes(axes);
    },
  };
}
