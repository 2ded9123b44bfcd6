/** Mouse, pen and keys over the planes, as calls that say what is meant. */
import type { Axis } from "../../src/core/shape.js";
import type { Camera, PaneCanvas } from "./pane.js";
import { settling } from "./settling.js";

export type Tool = "cursor" | "pan" | "window";

/** What a view does when it is touched. */
export interface Actions {
  tool(): Tool;
  /** The pane of a canvas. */
  pane(target: EventTarget | null): PaneCanvas | undefined;
  camera(): Camera;
  window(): readonly [number, number];
  /** Smallest and largest grey value: one screen height of dragging is this far. */
  readonly range: readonly [number, number];
  active(): Axis;
  focus(axis: Axis): void;
  cursorTo(axis: Axis, at: { right: number; down: number }): void;
  /** To the next plane. */
  step(axis: Axis, by: number): void;
  /** Moves the cursor inside a plane. */
  nudge(axis: Axis, right: number, down: number): void;
  /** By voxels. */
  panBy(axis: Axis, right: number, down: number): void;
  /** 0: back to the whole volume. */
  zoomBy(factor: number, about?: { axis: Axis; x: number; y: number }): void;
  windowTo(window: [number, number]): void;
  hover(at: { axis: Axis; right: number; down: number } | undefined): void;
  autoWindow(): void;
  toggleOverlay(): void;
  /** A gesture that the kernel has to know of has ended. */
  settle(): void;
}

/** @returns a function that ends the listening */
export function gestures(root: HTMLElement, area: HTMLElement, actions: Actions): () => void {
  const ending = new AbortController();
  const listen = { signal: ending.signal };
  let drag: { pane: PaneCanvas; tool: Tool; x: number; y: number; window: readonly [number, number] } | undefined;

  const place = (pane: PaneCanvas, event: MouseEvent): { x: number; y: number } => {
    const box = pane.canvas.getBoundingClientRect();
    // A notebook may be scaled by the browser or by a slide show.
    return {
      x: ((event.clientX - box.left) * pane.pane.width) / box.width,
      y: ((event.clientY - box.top) * pane.pane.height) / box.height,
    };
  };
  const voxel = (pane: PaneCanvas, event: MouseEvent): { right: number; down: number } => {
    const { x, y } = place(pane, event);
    return pane.voxelAt(x, y, actions.camera());
  };

  area.addEventListener(
    "pointerdown",
    (event) => {
      const pane = actions.pane(event.target);
      if (pane === undefined) return;
      event.preventDefault();
      root.focus({ preventScroll: true });
      actions.focus(pane.axis);
      const tool: Tool =
        event.shiftKey || event.button === 1
          ? "pan"
          : event.ctrlKey || event.metaKey || event.button === 2
            ? "window"
            : actions.tool();
      drag = { pane, tool, ...place(pane, event), window: actions.window() };
      pane.canvas.setPointerCapture(event.pointerId);
      if (tool === "cursor") actions.cursorTo(pane.axis, voxel(pane, event));
    },
    listen,
  );
  area.addEventListener(
    "pointermove",
    (event) => {
      const pane = drag?.pane ?? actions.pane(event.target);
      if (pane === undefined) return;
      actions.hover({ axis: pane.axis, ...voxel(pane, event) });
      if (drag === undefined) return;
      const { x, y } = place(pane, event);
      if (drag.tool === "cursor") actions.cursorTo(pane.axis, voxel(pane, event));
      else if (drag.tool === "pan") {
        const step = pane.pixelsPerVoxel(actions.camera());
        actions.panBy(pane.axis, (x - drag.x) / step.right, (y - drag.y) / step.down);
        drag = { ...drag, x, y };
      } else {
        const [low, high] = drag.window;
        const far = (actions.range[1] - actions.range[0]) / 300;
        const level = (low + high) / 2 + (x - drag.x) * far;
        const width = Math.max((actions.range[1] - actions.range[0]) / 1000, high - low + (y - drag.y) * far);
        actions.windowTo([level - width / 2, level + width / 2]);
      }
    },
    listen,
  );
  const end = (): void => {
    if (drag === undefined) return;
    const { tool } = drag;
    drag = undefined;
    // Zoom and place are the reader's own; the kernel is not told.
    if (tool !== "pan") actions.settle();
  };
  area.addEventListener("pointerup", end, listen);
  area.addEventListener("pointercancel", end, listen);
  area.addEventListener("pointerleave", () => drag === undefined && actions.hover(undefined), listen);
  area.addEventListener("contextmenu", (event) => event.preventDefault(), listen);
  area.addEventListener("dblclick", () => actions.zoomBy(0), listen);

  const pending = settling(root, () => actions.settle());
  area.addEventListener(
    "wheel",
    (event) => {
      const pane = actions.pane(event.target);
      // Until the view was clicked the wheel scrolls the page.
      if (pane === undefined || !root.contains(root.ownerDocument.activeElement)) return;
      event.preventDefault();
      if (event.ctrlKey || event.metaKey) {
        actions.zoomBy(event.deltaY < 0 ? 1.2 : 1 / 1.2, { axis: pane.axis, ...place(pane, event) });
        return;
      }
      actions.focus(pane.axis);
      actions.step(pane.axis, event.deltaY > 0 ? 1 : -1);
      pending.soon();
    },
    { signal: ending.signal, passive: false },
  );

  root.addEventListener(
    "keydown",
    (event) => {
      if (event.target !== root || event.ctrlKey || event.metaKey || event.altKey) return;
      const axis = actions.active();
      const far = event.shiftKey ? 10 : 1;
      const moves: Record<string, () => void> = {
        ArrowLeft: () => actions.nudge(axis, -far, 0),
        ArrowRight: () => actions.nudge(axis, far, 0),
        ArrowUp: () => actions.nudge(axis, 0, -far),
        ArrowDown: () => actions.nudge(axis, 0, far),
        PageUp: () => actions.step(axis, -far),
        PageDown: () => actions.step(axis, far),
      };
      const others: Record<string, () => void> = {
        "+": () => actions.zoomBy(1.5),
        "=": () => actions.zoomBy(1.5),
        "-": () => actions.zoomBy(1 / 1.5),
        "0": () => actions.zoomBy(0),
        a: () => actions.autoWindow(),
        o: () => actions.toggleOverlay(),
        z: () => actions.focus("z"),
        y: () => actions.focus("y"),
        x: () => actions.focus("x"),
      };
      const move = moves[event.key];
      const known = move ?? others[event.key];
      if (known === undefined) return;
      event.preventDefault();
      event.stopPropagation();
      known();
      if (move !== undefined) pending.soon();
    },
    listen,
  );
  return () => {
    pending.cancel();
    ending.abort();
  };
}
