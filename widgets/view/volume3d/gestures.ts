/** Mouse, pen and finger: drag turns, with Shift it moves; a handle of a clip plane is pulled; a double click points at something. */
import { clipBox } from "../../draw/space.js";
import { settling } from "../settling.js";
import { moveClip, otherFace, paneAt, pickAt, sayClip, shift, turn, voxelsPerUnit, zoomAt } from "./moves.js";
import { type HandleOnScreen, handlesOnScreen } from "./overlay.js";
import { cameraOf, type Stage3d } from "./stage.js";

const REACH = 12;
const DEGREES_PER_PIXEL = 0.5;

/** The handle under a pixel: the nearest of those in reach. */
function handleAt(stage: Stage3d, x: number, y: number): HandleOnScreen | undefined {
  const found = stage.clipping ? paneAt(stage, x, y) : undefined;
  if (found === undefined) return undefined;
  const { pane, k } = found;
  const box = clipBox(stage.unit, stage.members[0]!, stage.members[k]!, stage.display.clip);
  const away = (to: { x: number; y: number }): number => Math.hypot(to.x + pane.x - x, to.y + pane.y - y);
  const [nearest] = handlesOnScreen(cameraOf(stage, pane), box)
    .map((handle) => ({ handle, far: Math.min(away(handle.at), away(handle.tip)) }))
    .filter(({ far }) => far < REACH)
    .sort((a, b) => a.far - b.far);
  return nearest?.handle;
}

/** How the plane of a handle moves with the mouse. */
function puller(stage: Stage3d, { face, place, pull }: HandleOnScreen): (dx: number, dy: number) => void {
  const axis = face >> 1;
  const from = place[axis]!;
  const outwards = face % 2 === 0 ? -1 : 1;
  const squared = pull.x * pull.x + pull.y * pull.y;
  const voxels = voxelsPerUnit(stage)[axis]!;
  stage.chosen = otherFace(face);
  return (dx, dy) => {
    const moved = ((dx * pull.x + dy * pull.y) / squared) * outwards;
    moveClip(stage, otherFace(face), (from + moved) * voxels);
    sayClip(stage);
  };
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
      const handle = handleAt(stage, ...start);
      const pull = handle && puller(stage, handle);
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
    "pointermove",
    (event) => {
      if (event.buttons === 0) area.classList.toggle("voxbook-at-handle", handleAt(stage, ...at(event)) !== undefined);
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
