/** What keys do while the view has the focus. */
import { settling } from "../settling.js";
import { autoWindow, fit, nudge, step, zoomBy } from "./moves.js";
import type { Stage } from "./stage.js";

/** What keys and mouse do, for those who ask. */
export type Help = readonly (readonly [keys: string, does: string])[];

/** What they do in every view. */
export const HELP: Help = [
  ["drag", "cursor (or the tool chosen above)"],
  ["Shift+drag", "move"],
  ["Ctrl+drag", "window and level"],
  ["wheel", "next plane"],
  ["Ctrl+wheel, + −", "zoom"],
  ["arrows", "cursor in the plane"],
  ["PgUp PgDn", "next plane"],
  ["z y x", "plane that keys act on"],
  ["a", "window that fits the plane"],
  ["0", "whole volume"],
  ["o", "overlay on or off"],
  ["r", "draw a box"],
  ["k, Shift+K", "free plane: tilt it, take it away"],
  ["u, Shift+U", "undo, redo"],
];

/** Keys that move the cursor, held with Shift by ten voxels: the kernel hears of them after a pause. */
function moves(stage: Stage, key: string, far: number): (() => void) | undefined {
  const { active } = stage;
  const all: Record<string, () => void> = {
    ArrowLeft: () => nudge(stage, active, -far, 0),
    ArrowRight: () => nudge(stage, active, far, 0),
    ArrowUp: () => nudge(stage, active, 0, -far),
    ArrowDown: () => nudge(stage, active, 0, far),
    PageUp: () => step(stage, active, -far),
    PageDown: () => step(stage, active, far),
  };
  return all[key];
}

/** @param others further keys of the view, by their name @returns a function that ends the listening */
export function keys(stage: Stage, others: Readonly<Record<string, () => void>>): () => void {
  const { root, scene, handle } = stage;
  const ending = new AbortController();
  const pending = settling(root, () => scene.settle(handle));
  const focus = (axis: Stage["active"]): void => {
    stage.active = axis;
  };
  const own: Record<string, () => void> = {
    "+": () => zoomBy(stage, 1.5),
    "=": () => zoomBy(stage, 1.5),
    "-": () => zoomBy(stage, 1 / 1.5),
    "0": () => fit(stage),
    a: () => autoWindow(stage),
    z: () => focus("z"),
    y: () => focus("y"),
    x: () => focus("x"),
    u: () => handle.send({ kind: "undo" }),
    U: () => handle.send({ kind: "redo" }),
    ...others,
  };
  root.addEventListener(
    "keydown",
    (event) => {
      if (event.target !== root || event.ctrlKey || event.metaKey || event.altKey) return;
      const move = moves(stage, event.key, event.shiftKey ? 10 : 1);
      const known = move ?? own[event.key];
      if (known === undefined) return;
      event.preventDefault();
      event.stopPropagation();
      known();
      if (move !== undefined) pending.soon();
    },
    { signal: ending.signal },
  );
  return () => {
    pending.cancel();
    ending.abort();
  };
}
