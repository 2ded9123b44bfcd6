/** Thresholds to drag, and the bands of the phases between them. */
import type { Phase } from "../../../src/core/phases.js";
import { element } from "../dom.js";
import { settling } from "../settling.js";
import { type Chart, HEIGHT, MARGIN, moveThreshold, room, textOf, toPixel, toValue } from "./chart.js";

const TALL = HEIGHT - MARGIN.top - MARGIN.bottom;
/** Numbers of handles that are nearer than this stand below each other. */
const CLOSE = 60;

function makeHandle(chart: Chart, plot: HTMLElement, k: number): HTMLElement {
  const { scene, handle, whole, range } = chart;
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
    moveThreshold(chart, k, toValue(chart, ((event.clientX - box.left) * chart.width) / box.width));
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
    moveThreshold(chart, k, scene.state.thresholds[k]! + by);
    pending.soon();
  });
  return made;
}

/** Puts a handle on each threshold. */
export function drawHandles(chart: Chart, plot: HTMLElement, handles: HTMLElement): void {
  const { thresholds } = chart.scene.state;
  const { range } = chart;
  while (handles.childElementCount > thresholds.length) handles.lastElementChild!.remove();
  while (handles.childElementCount < thresholds.length)
    handles.append(makeHandle(chart, plot, handles.childElementCount));
  for (const [k, value] of thresholds.entries()) {
    const made = handles.children[k] as HTMLElement;
    made.style.cssText = `left:${toPixel(chart, value)}px;top:${MARGIN.top}px;height:${TALL}px`;
    made.setAttribute("aria-valuenow", textOf(value));
    made.setAttribute("aria-valuemin", textOf(range[0]));
    made.setAttribute("aria-valuemax", textOf(range[1]));
    const label = made.firstElementChild as HTMLElement;
    label.textContent = textOf(value);
    const before = k > 0 ? toPixel(chart, value) - toPixel(chart, thresholds[k - 1]!) : Number.POSITIVE_INFINITY;
    label.style.top = before < CLOSE && k % 2 === 1 ? "36px" : "16px";
  }
}

/** Colours the room between thresholds. */
export function drawBands(chart: Chart, bands: HTMLElement, phases: readonly Phase[]): void {
  const far = MARGIN.left + room(chart);
  const edges = [MARGIN.left, ...chart.scene.state.thresholds.map((value) => toPixel(chart, value)), far];
  bands.replaceChildren(
    ...phases.map(({ colour }, k) => {
      const band = element("div", { class: "voxbook-band" });
      const from = Math.max(MARGIN.left, edges[k]!);
      const to = Math.min(far, edges[k + 1]!);
      band.style.cssText = `left:${from}px;width:${Math.max(0, to - from)}px;top:${MARGIN.top}px;height:${TALL}px;background:${colour}`;
      return band;
    }),
  );
}
