/** The histogram with thresholds to drag: what the page shows for `histogramOf(volume)`. */
import { phaseTable } from "../../src/core/phases.js";
import { type Counts, coarser, edgeOf, fractionsOf } from "../draw/pictures.js";
import type { HistogramState } from "../protocol.js";
import { addStyles, button, element, ownKeys, perFrame } from "./dom.js";
import type { ModelHandle, Mounted } from "./handle.js";
import { historyButtons } from "./history.js";
import { sceneFor } from "./scene.js";
import { settling } from "./settling.js";

const MARGIN = { left: 56, right: 18, top: 10, bottom: 34 };
const HEIGHT = 220;
/** Bars on the screen; the counts behind them stay as they are. */
const BARS = 512;

type Plotly = typeof import("plotly.js-basic-dist-min");

/** A short name of a grey value: whole for integer volumes. */
const text = (value: number): string => String(Number(value.toPrecision(6)));

/** Builds the view inside an element. */
export function mountHistogram(root: HTMLElement, handle: ModelHandle<HistogramState>): Mounted {
  addStyles(root.ownerDocument);
  const { title, dtype, range } = handle.get("volume");
  const whole = dtype !== "float32";
  let counts: Counts | undefined;
  let drawn: Counts | undefined;
  let nan = 0;
  let total = 0;
  let scale = handle.get("scale");
  let plotly: Plotly | undefined;
  let width = 0;

  const frame = perFrame(draw);
  const scene = sceneFor(handle);
  const leave = scene.join(handle, () => frame.ask());

  const axes = element("div", { class: "voxbook-axes" });
  const bands = element("div");
  const handles = element("div");
  const plot = element("div", { class: "voxbook-plot" }, axes, bands, handles);
  const table = element("tbody");
  const note = element("div", { class: "voxbook-readout" });
  const scales = {
    log: button("log", "logarithmic counts", () => setScale("log")),
    linear: button("linear", "linear counts", () => setScale("linear")),
  };
  const chips = handle.get("suggestions").map(({ name, thresholds, separability }) =>
    button(
      `${name}`,
      `${name}: ${thresholds.map(text).join(", ")}; explains ${(100 * separability).toFixed(1)} % of the variance`,
      () => {
        scene.update({ thresholds: [...thresholds] });
        scene.settle(handle);
      },
    ),
  );
  const history = historyButtons(handle);
  root.classList.add("voxbook");
  root.replaceChildren(
    element(
      "div",
      { class: "voxbook-bar" },
      element("span", { class: "voxbook-title" }, title),
      element("span", { class: "voxbook-group" }, scales.linear, scales.log),
      element(
        "span",
        { class: "voxbook-group" },
        button("−", "one threshold fewer", () => changeNumber(-1)),
        button("+", "one threshold more", () => changeNumber(1)),
      ),
      ...(chips.length > 0 ? [element("span", { class: "voxbook-group" }, ...chips)] : []),
      history.group,
    ),
    history.code,
    plot,
    element(
      "table",
      {},
      element(
        "thead",
        {},
        element(
          "tr",
          {},
          ...["phase", "grey values", "fraction", "per grey level"].map((name) => element("th", {}, name)),
        ),
      ),
      table,
    ),
    note,
  );

  function setScale(next: "linear" | "log"): void {
    scale = next;
    handle.save({ scale });
    handle.send({ kind: "settled" });
    void drawAxes();
  }

  function changeNumber(by: 1 | -1): void {
    const thresholds = [...scene.state.thresholds];
    if (by === -1) thresholds.pop();
    else if (thresholds.length < 8) {
      const last = thresholds.at(-1) ?? range[0];
      const next = (last + range[1]) / 2;
      thresholds.push(whole ? Math.round(next) : next);
    }
    scene.update({ thresholds });
    scene.settle(handle);
  }

  // --- from grey values to pixels and back
  const room = (): number => Math.max(1, width - MARGIN.left - MARGIN.right);
  const span = (): readonly [number, number] => {
    if (drawn === undefined) return range;
    return [drawn.low, drawn.low + drawn.step * drawn.counts.length];
  };
  const exact = (): boolean => counts?.exact ?? whole;
  const toPixel = (value: number): number => {
    const [from, to] = span();
    return MARGIN.left + ((edgeOf(value, exact()) - from) / (to - from)) * room();
  };
  const toValue = (pixel: number): number => {
    const [from, to] = span();
    const value = from + ((pixel - MARGIN.left) / room()) * (to - from) - (exact() ? 0.5 : 0);
    return whole ? Math.round(value) : Number(value.toPrecision(6));
  };

  /** Between its neighbours and inside the values that there are. */
  function moveTo(k: number, value: number): void {
    const thresholds = [...scene.state.thresholds];
    const least = whole ? 1 : (range[1] - range[0]) / 1e5;
    const low = k === 0 ? range[0] : thresholds[k - 1]! + least;
    const high = k === thresholds.length - 1 ? range[1] : thresholds[k + 1]! - least;
    thresholds[k] = Math.min(high, Math.max(low, value));
    scene.update({ thresholds });
  }

  function makeHandle(k: number): HTMLElement {
    const made = element("div", {
      class: "voxbook-handle",
      role: "slider",
      tabindex: "0",
      "aria-label": `threshold ${k + 1}`,
      "aria-orientation": "horizontal",
      "data-threshold": String(k),
    });
    made.append(element("span"));
    let dragging = false;
    made.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      made.focus({ preventScroll: true });
      made.setPointerCapture(event.pointerId);
      dragging = true;
    });
    made.addEventListener("pointermove", (event) => {
      if (!dragging) return;
      const box = plot.getBoundingClientRect();
      moveTo(k, toValue(((event.clientX - box.left) * width) / box.width));
    });
    const end = (): void => {
      if (!dragging) return;
      dragging = false;
      scene.settle(handle);
    };
    made.addEventListener("pointerup", end);
    made.addEventListener("pointercancel", end);
    const pending = settling(made, () => scene.settle(handle));
    made.addEventListener("keydown", (event) => {
      const unit = whole ? 1 : (range[1] - range[0]) / 1000;
      const far = (event.shiftKey ? 10 : 1) * unit;
      const by = {
        ArrowLeft: -far,
        ArrowDown: -far,
        ArrowRight: far,
        ArrowUp: far,
        PageDown: -10 * unit,
        PageUp: 10 * unit,
      }[event.key];
      if (by === undefined) return;
      event.preventDefault();
      event.stopPropagation();
      moveTo(k, scene.state.thresholds[k]! + by);
      pending.soon();
    });
    return made;
  }

  // --- drawing
  async function drawAxes(): Promise<void> {
    for (const [name, made] of Object.entries(scales)) made.setAttribute("aria-pressed", String(name === scale));
    if (counts === undefined || width === 0) return;
    try {
      plotly ??= await loadPlotly();
    } catch {
      note.textContent = "The axes could not be loaded; the thresholds work without them.";
      frame.ask();
      return;
    }
    drawn = coarser(counts, BARS);
    const { low, step } = drawn;
    const style = getComputedStyle(root);
    const y = Array.from(drawn.counts);
    const bars = {
      type: "bar" as const,
      x: y.map((_, k) => low + (k + 0.5) * step),
      y,
      width: step,
      marker: { color: style.getPropertyValue("--jp-ui-font-color2").trim() || "#777", line: { width: 0 } },
      hovertemplate: "%{x}: %{y} voxels<extra></extra>",
    };
    const colour = style.color;
    const lines = {
      color: colour,
      gridcolor: "rgba(128,128,128,0.2)",
      linecolor: colour,
      zeroline: false,
      fixedrange: true,
    };
    await plotly.react(
      axes,
      [bars],
      {
        width,
        height: HEIGHT,
        margin: { l: MARGIN.left, r: MARGIN.right, t: MARGIN.top, b: MARGIN.bottom },
        bargap: 0,
        showlegend: false,
        dragmode: false,
        paper_bgcolor: "rgba(0,0,0,0)",
        plot_bgcolor: "rgba(0,0,0,0)",
        font: { size: 11, color: colour },
        xaxis: { ...lines, range: [...span()], title: { text: "grey value", standoff: 4 } },
        yaxis: { ...lines, type: scale, title: { text: "voxels" }, exponentformat: "power" as const, nticks: 5 },
      },
      { displayModeBar: false, responsive: false },
    );
    frame.ask();
  }

  function draw(): void {
    if (counts === undefined || width === 0) return;
    const { thresholds } = scene.state;
    const given = handle.get("phases");
    const phases = phaseTable(
      thresholds.length + 1,
      given.map(({ name }) => name),
    );
    while (handles.childElementCount > thresholds.length) handles.lastElementChild!.remove();
    while (handles.childElementCount < thresholds.length) handles.append(makeHandle(handles.childElementCount));
    const tall = HEIGHT - MARGIN.top - MARGIN.bottom;
    for (const [k, value] of thresholds.entries()) {
      const made = handles.children[k] as HTMLElement;
      made.style.cssText = `left:${toPixel(value)}px;top:${MARGIN.top}px;height:${tall}px`;
      made.setAttribute("aria-valuenow", text(value));
      made.setAttribute("aria-valuemin", text(range[0]));
      made.setAttribute("aria-valuemax", text(range[1]));
      const label = made.firstElementChild as HTMLElement;
      label.textContent = text(value);
      // Labels of thresholds that are close stand below each other.
      const before = k > 0 ? toPixel(value) - toPixel(thresholds[k - 1]!) : Number.POSITIVE_INFINITY;
      label.style.top = before < 60 && k % 2 === 1 ? "36px" : "16px";
    }
    const edges = [MARGIN.left, ...thresholds.map(toPixel), MARGIN.left + room()];
    bands.replaceChildren(
      ...phases.map(({ colour }, k) => {
        const band = element("div", { class: "voxbook-band" });
        const from = Math.max(MARGIN.left, edges[k]!);
        const to = Math.min(MARGIN.left + room(), edges[k + 1]!);
        band.style.cssText = `left:${from}px;width:${Math.max(0, to - from)}px;top:${MARGIN.top}px;height:${tall}px;background:${colour}`;
        return band;
      }),
    );
    drawTable(thresholds, phases);
  }

  function drawTable(thresholds: readonly number[], phases: ReturnType<typeof phaseTable>): void {
    const fractions = fractionsOf(counts!, thresholds);
    table.replaceChildren(
      ...phases.map(({ name, colour }, k) => {
        const chip = element("span", { class: "voxbook-chip" });
        chip.style.background = colour;
        const from = k === 0 ? text(range[0]) : `> ${text(thresholds[k - 1]!)}`;
        const to = k === phases.length - 1 ? text(range[1]) : text(thresholds[k]!);
        // How much the fraction moves if a threshold of this phase is off by one grey level.
        const slopes = [thresholds[k - 1], thresholds[k]]
          .filter((value) => value !== undefined)
          .map((value) => `± ${(100 * shareAt(value)).toFixed(3)} %`);
        return element(
          "tr",
          { "data-phase": String(k) },
          element("td", {}, chip, name),
          element("td", {}, `${from} … ${to}`),
          element("td", { class: "voxbook-number" }, `${(100 * fractions[k]!).toFixed(2)} %`),
          element("td", {}, slopes.join("  ")),
        );
      }),
    );
    note.textContent = nan > 0 ? `${nan} voxels are NaN and belong to no phase.` : "";
  }

  /** Share of the voxels within one grey level (one bin, for floats) at a threshold. */
  function shareAt(value: number): number {
    if (counts === undefined || total === 0) return 0;
    const k = Math.floor((value - counts.low) / counts.step);
    const here = counts.counts[k] ?? 0;
    const next = counts.counts[k + 1] ?? 0;
    return (here + next) / 2 / total / (whole ? counts.step : 1);
  }

  const stopMessages = handle.onMessage((reply, buffers) => {
    if (reply.kind === "error") {
      note.textContent = reply.message;
      return;
    }
    if (reply.kind !== "counts") return;
    const bytes = buffers[0]!;
    const own = new Uint8Array(bytes.byteLength);
    own.set(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength));
    counts = { counts: new Float64Array(own.buffer), low: reply.low, step: reply.step, exact: reply.exact };
    nan = reply.nan;
    total = (counts.counts as Float64Array).reduce((sum, n) => sum + n, 0);
    void drawAxes();
  });
  handle.send({ kind: "counts", id: 0 });

  function resized(): void {
    const now = Math.min(880, root.clientWidth || 0);
    if (now < 40 || now === width) return;
    width = now;
    plot.style.width = `${width}px`;
    void drawAxes();
  }
  const giveKeys = ownKeys(root);
  // plotly's colours are in the drawing: another theme needs another one.
  const themes = new MutationObserver(() => void drawAxes());
  themes.observe(root.ownerDocument.body, { attributes: true, attributeFilter: ["data-jp-theme-name"] });
  const observer = new ResizeObserver(resized);
  observer.observe(root);
  resized();

  return {
    resized,
    dispose() {
      observer.disconnect();
      frame.cancel();
      leave();
      stopMessages();
      history.dispose();
      giveKeys();
      themes.disconnect();
      plotly?.purge(axes);
    },
  };
}

/** Some 400 KB: loaded with the first histogram of a page. */
async function loadPlotly(): Promise<Plotly> {
  const module = (await import("plotly.js-basic-dist-min")) as Plotly & { default?: Plotly };
  return module.default ?? module;
}
