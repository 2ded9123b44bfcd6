/** What keys do while a view in space has the focus. */
import type { Axis } from "../../../src/core/shape.js";
import { settling } from "../settling.js";
import { chooseClip, look, pickAt, shift, stepClip, turn, VIEWS, zoomAt } from "./moves.js";
import type { Stage3d } from "./stage.js";
import type { Toolbar3d } from "./toolbar.js";

const DEGREES = 7.5;
const PIXELS = 30;

export function keys3d(stage: Stage3d, toolbar: Toolbar3d, save: () => void): () => void {
  const { root, handle } = stage;
  const ending = new AbortController();
  const pending = settling(root, () => stage.settle());
  const go = (event: KeyboardEvent, x: number, y: number): void =>
    event.shiftKey ? shift(stage, x * PIXELS, y * PIXELS) : turn(stage, x * DEGREES, y * DEGREES);
  const own: Record<string, (event: KeyboardEvent) => void> = {
    ArrowLeft: (event) => go(event, -1, 0),
    ArrowRight: (event) => go(event, 1, 0),
    ArrowUp: (event) => go(event, 0, 1),
    ArrowDown: (event) => go(event, 0, -1),
    "+": () => zoomAt(stage, 1.25),
    "=": () => zoomAt(stage, 1.25),
    "-": () => zoomAt(stage, 0.8),
    "0": () => look(stage),
    "1": () => look(stage, VIEWS.z),
    "2": () => look(stage, VIEWS.y),
    "3": () => look(stage, VIEWS.x),
  };
  const clip: Record<string, (event: KeyboardEvent) => void> = {
    PageUp: ({ shiftKey }) => stepClip(stage, shiftKey ? 10 : 1),
    PageDown: ({ shiftKey }) => stepClip(stage, shiftKey ? -10 : -1),
  };
  function choose(axis: Axis): void {
    if (!stage.clipping) toolbar.toggle("clip");
    chooseClip(stage, axis);
  }
  const others: Record<string, () => void> = {
    m: toolbar.nextMode,
    l: () => toolbar.toggle("lit"),
    p: () => toolbar.toggle("planes"),
    c: () => toolbar.toggle("clip"),
    x: () => choose("x"),
    y: () => choose("y"),
    z: () => choose("z"),
    "[": () => toolbar.step(-1),
    "]": () => toolbar.step(1),
    s: save,
    h: () => {
      toolbar.help.hidden = !toolbar.help.hidden;
    },
    Enter() {
      const { width, height } = stage.panes[0]!;
      if (!pickAt(stage, 0, width / 2, height / 2)) stage.say("Nothing is met in the middle.");
    },
    u: () => handle.send({ kind: "undo" }),
    U: () => handle.send({ kind: "redo" }),
  };
  root.addEventListener(
    "keydown",
    (event) => {
      if (event.target !== root || event.ctrlKey || event.metaKey || event.altKey) return;
      // Shift+Enter runs the cell.
      if (event.key === "Enter" && event.shiftKey) return;
      const moves = own[event.key] ?? (stage.clipping ? clip[event.key] : undefined);
      const does = others[event.key];
      if (moves === undefined && does === undefined) return;
      event.preventDefault();
      event.stopPropagation();
      if (moves !== undefined) {
        moves(event);
        pending.soon();
      } else does!();
    },
    { signal: ending.signal },
  );
  return () => {
    pending.cancel();
    ending.abort();
  };
}
