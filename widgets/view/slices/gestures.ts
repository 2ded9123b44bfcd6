/** Mouse, pen and wheel over the planes: a press is given to the tool that is chosen, and to nothing else. */
import { settling } from "../settling.js";
import { fit, step, zoomBy } from "./moves.js";
import type { PaneCanvas } from "./pane.js";
import type { Stage } from "./stage.js";
import type { Drag, DragTool, Place } from "./tools.js";

/** Where the mouse is on a pane. */
function placeOn(pane: PaneCanvas, event: MouseEvent, { camera }: Stage): Place {
  const box = pane.canvas.getBoundingClientRect();
  // A notebook may be scaled by the browser or by a slide show.
  const x = ((event.clientX - box.left) * pane.pane.width) / box.width;
  const y = ((event.clientY - box.top) * pane.pane.height) / box.height;
  return { pane, x, y, ...pane.voxelAt(x, y, camera) };
}

/** Name of the tool that a press means: keys and the other buttons stand for tools of their own. */
function toolOf(event: PointerEvent, chosen: string, tools: ReadonlyMap<string, DragTool>): string {
  if ((event.shiftKey && tools.get(chosen)?.takesKeys !== true) || event.button === 1) return "pan";
  return event.ctrlKey || event.metaKey || event.button === 2 ? "window" : chosen;
}

/** @param hovered is called when the place under the mouse has changed @returns a function that ends the listening */
export function gestures(stage: Stage, tools: ReadonlyMap<string, DragTool>, hovered: () => void): () => void {
  const { root, area } = stage;
  const ending = new AbortController();
  const listen = { signal: ending.signal };
  let drag: { pane: PaneCanvas; begun: Drag } | undefined;
  const paneOf = (target: EventTarget | null): PaneCanvas | undefined =>
    stage.panes.find(({ canvas }) => canvas === target);
  const hover = (place: Place | undefined): void => {
    stage.hover = place && { pane: place.pane, axis: place.pane.axis, right: place.right, down: place.down };
    hovered();
  };

  area.addEventListener(
    "pointerdown",
    (event) => {
      const pane = paneOf(event.target);
      const tool = tools.get(toolOf(event, stage.tool, tools));
      if (pane === undefined || tool === undefined || drag !== undefined) return;
      event.preventDefault();
      root.focus({ preventScroll: true });
      stage.active = pane.axis;
      stage.touched = pane;
      pane.canvas.setPointerCapture(event.pointerId);
      drag = { pane, begun: tool.begin(placeOn(pane, event, stage), event) };
    },
    listen,
  );
  area.addEventListener(
    "pointermove",
    (event) => {
      const pane = drag?.pane ?? paneOf(event.target);
      if (pane === undefined) return;
      const place = placeOn(pane, event, stage);
      hover(place);
      drag?.begun.move(place, event);
    },
    listen,
  );
  const end = (): void => {
    const ended = drag;
    drag = undefined;
    ended?.begun.end();
  };
  area.addEventListener("pointerup", end, listen);
  area.addEventListener("pointercancel", end, listen);
  area.addEventListener("pointerleave", () => drag === undefined && hover(undefined), listen);
  area.addEventListener("contextmenu", (event) => event.preventDefault(), listen);
  area.addEventListener("dblclick", () => fit(stage), listen);

  const pending = settling(root, () => stage.scene.settle(stage.handle));
  area.addEventListener(
    "wheel",
    (event) => {
      const pane = paneOf(event.target);
      // Until the view was clicked the wheel scrolls the page.
      if (pane === undefined || !root.contains(root.ownerDocument.activeElement)) return;
      event.preventDefault();
      if (event.ctrlKey || event.metaKey) {
        const { x, y } = placeOn(pane, event, stage);
        zoomBy(stage, event.deltaY < 0 ? 1.2 : 1 / 1.2, { axis: pane.axis, x, y });
        return;
      }
      stage.active = pane.axis;
      step(stage, pane.axis, event.deltaY > 0 ? 1 : -1);
      pending.soon();
    },
    { signal: ending.signal, passive: false },
  );
  return () => {
    pending.cancel();
    ending.abort();
  };
}
