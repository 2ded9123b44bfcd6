/** Mouse, pen and finger: drag turns, with Shift it moves; a handle of a clip plane is pulled; a double click points at something. */
import { clipBox } from "../../draw/space.js";
import { along } from "../../draw/turntable.js";
import { settling } from "../settling.js";
import { faceInVoxels, moveClip, paneAt, pickAt, shift, turn, voxelsPerUnit, zoomAt } from "./moves.js";
import { clipHandles } from "./overlay.js";
import { cameraOf, type Stage3d } from "./stage.js";

const REACH = 12;
const DEGREES_PER_PIXEL = 0.5;

/** The handle under a pixel, and how its plane moves with the mouse. */
function grabbed(stage: Stage3d, x: number, y: number): ((dx: number, dy: number) => void) | undefined {
  const found = stage.clipping ? paneAt(stage, x, y) : undefined;
  if (found === undefined) return undefined;
  const camera = cameraOf(stage, found.pane);
  const box = clipBox(stage.unit, stage.members[0]!, stage.members[found.k]!, stage.display.clip);
  for (const { face, place, out } of clipHandles(box)) {
    const at = camera.toScreen(place);
    const tip = camera.toScreen(along(place, out, 14 / camera.scale));
    const near = (to: { x: number; y: number }): boolean =>
      Math.hypot(to.x + found.pane.x - x, to.y + found.pane.y - y) < REACH;
    if (!near(at) && !near(tip)) continue;
    const one = camera.toScreen(along(place, out, 1));
    const [ux, uy] = [one.x - at.x, one.y - at.y];
    const squared = ux * ux + uy * uy;
    if (squared < 1) continue;
    const axis = face >> 1;
    const from = place[axis]!;
    return (dx, dy) => {
      const moved = ((dx * ux + dy * uy) / squared) * out[axis]!;
      moveClip(stage, faceInVoxels(face), (from + moved) * voxelsPerUnit(stage)[axis]!);
    };
  }
  return undefined;
}

export function gestures3d(stage: Stage3d): () => void {
  const { area, root } = stage;
  const ending = new AbortController();
  const { signal } = ending;
  const pending = settling(root, () => stage.settle());
  const at = (event: MouseEvent): [number, number] => {
    const box = area.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };
  area.addEventListener(
    "pointerdown",
    (event) => {
      if (event.button !== 0 && event.button !== 1) return;
      event.preventDefault();
      root.focus({ preventScroll: true });
      area.setPointerCapture(event.pointerId);
      const start = at(event);
      const pull = grabbed(stage, ...start);
      let last = start;
      let moved = false;
      const dragging = new AbortController();
      const move = (event: PointerEvent): void => {
        const now = at(event);
        const [dx, dy] = [now[0] - last[0], now[1] - last[1]];
        if (dx === 0 && dy === 0) return;
        moved = true;
        if (pull !== undefined) pull(now[0] - start[0], now[1] - start[1]);
        else if (event.shiftKey || (event.buttons & 4) !== 0) shift(stage, dx, -dy);
        else turn(stage, -dx * DEGREES_PER_PIXEL, dy * DEGREES_PER_PIXEL);
        last = now;
      };
      const end = (): void => {
        dragging.abort();
        if (moved) stage.settle();
      };
      area.addEventListener("pointermove", move, { signal: dragging.signal });
      for (const name of ["pointerup", "pointercancel"] as const)
        area.addEventListener(name, end, { signal: dragging.signal });
    },
    { signal },
  );
  area.addEventListener(
    "dblclick",
    (event) => {
      const [x, y] = at(event);
      const found = paneAt(stage, x, y);
      if (found === undefined) return;
      const met = pickAt(stage, found.k, x - found.pane.x, y - found.pane.y);
      stage.say(met ? "" : "Nothing is met there.");
    },
    { signal },
  );
  area.addEventListener(
    "wheel",
    (event) => {
      // Until the view has the focus the wheel is the page's.
      if (!root.contains(document.activeElement) && !event.ctrlKey) return;
      event.preventDefault();
      const [x, y] = at(event);
      const found = paneAt(stage, x, y);
      if (found === undefined) return;
      zoomAt(stage, Math.exp(-event.deltaY * 0.0015), { x: x - found.pane.x, y: y - found.pane.y });
      pending.soon();
    },
    { signal, passive: false },
  );
  return () => {
    pending.cancel();
    ending.abort();
  };
}
