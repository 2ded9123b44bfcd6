/** Mouse and wheel over the network: dragging turns and moves it, a click selects a pore. */
import { turned, zoomed } from "../../draw/orthographic.js";
import { settling } from "../settling.js";
import { cameraOf, type Stage } from "./stage.js";

/** Pixels that a press may move and still be a click. */
const STILL = 4;
/** Pixels of a turn by one radian. */
const RADIAN = 160;

/** Where the mouse is, in pixels of the area. */
export interface At {
  readonly x: number;
  readonly y: number;
}

export interface Pointed {
  /** The mouse is over the network. */
  hover(at: At | undefined): void;
  click(at: At): void;
}

/** @param side the shorter side of the area, in pixels @returns a function that ends the listening */
export function gestures(stage: Stage, area: HTMLElement, side: () => number, pointed: Pointed): () => void {
  const ending = new AbortController();
  const listen = { signal: ending.signal };
  let drag: { x: number; y: number; moved: boolean; pan: boolean } | undefined;
  const at = (event: MouseEvent): At => {
    const box = area.getBoundingClientRect();
    // A notebook may be scaled by the browser or by a slide show.
    return {
      x: ((event.clientX - box.left) * area.offsetWidth) / box.width,
      y: ((event.clientY - box.top) * area.offsetHeight) / box.height,
    };
  };
  area.addEventListener(
    "pointerdown",
    (event) => {
      if (drag !== undefined || event.button > 2) return;
      event.preventDefault();
      stage.root.focus({ preventScroll: true });
      area.setPointerCapture(event.pointerId);
      drag = { ...at(event), moved: false, pan: event.shiftKey || event.button > 0 };
    },
    listen,
  );
  area.addEventListener(
    "pointermove",
    (event) => {
      const now = at(event);
      if (drag === undefined) return pointed.hover(now);
      const [dx, dy] = [now.x - drag.x, now.y - drag.y];
      if (!drag.moved && Math.hypot(dx, dy) < STILL) return;
      drag = { ...drag, ...now, moved: true };
      const camera = cameraOf(stage);
      const shift = [camera.shift[0] + dx / side(), camera.shift[1] + dy / side()] as const;
      stage.note({ camera: drag.pan ? { ...camera, shift } : turned(camera, dx / RADIAN, dy / RADIAN) });
    },
    listen,
  );
  area.addEventListener(
    "pointerup",
    (event) => {
      const ended = drag;
      drag = undefined;
      if (ended === undefined) return;
      if (ended.moved) stage.settle();
      else pointed.click(at(event));
    },
    listen,
  );
  area.addEventListener(
    "pointercancel",
    () => {
      if (drag?.moved) stage.settle();
      drag = undefined;
    },
    listen,
  );
  area.addEventListener("pointerleave", () => drag === undefined && pointed.hover(undefined), listen);
  area.addEventListener("contextmenu", (event) => event.preventDefault(), listen);
  const pending = settling(stage.root, () => stage.settle());
  area.addEventListener(
    "wheel",
    (event) => {
      // Until the view was clicked the wheel scrolls the page.
      if (!stage.root.contains(stage.root.ownerDocument.activeElement)) return;
      event.preventDefault();
      const { x, y } = at(event);
      const place = [(x - area.offsetWidth / 2) / side(), (y - area.offsetHeight / 2) / side()] as const;
      stage.note({ camera: zoomed(cameraOf(stage), event.deltaY < 0 ? 1.15 : 1 / 1.15, place) });
      pending.soon();
    },
    { signal: ending.signal, passive: false },
  );
  return () => {
    pending.cancel();
    ending.abort();
  };
}
