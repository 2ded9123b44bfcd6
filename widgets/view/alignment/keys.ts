/** What keys do while the view has the focus. */

import { gridMap, turned } from "../../../src/core/affine.js";
import type { Triple } from "../../../src/core/shape.js";
import { SIDES } from "../../draw/layout.js";
import { settling } from "../settling.js";
import { inside, showWhole, step, zoomBy } from "./camera.js";
import { shifted, turnedIn } from "./motions.js";
import { type AlignmentStage, metresAt, move, saveView, settleMove } from "./stage.js";

/** What keys and mouse do, for those who ask. */
export const HELP: readonly (readonly [keys: string, does: string])[] = [
  ["drag", "inside moves, the rim turns, a corner scales; beside it moves what is seen"],
  ["Shift+drag", "move what is seen"],
  ["right drag", "cursor"],
  ["wheel", "next plane"],
  ["Ctrl+wheel, + −", "zoom"],
  ["arrows", "nudge by a fixed voxel, Shift: ten (tool Cursor: the cursor)"],
  ["[ ]", "turn by 0.1°, Shift: 1°"],
  ["m, Shift+M", "next way of comparing, the one before"],
  [", .", "less or more of it"],
  ["b", "blink by hand"],
  ["g, c, l", "tools: grab, cursor, landmarks"],
  ["Shift+L", "landmark at the cursor"],
  ["s", "solve"],
  ["w", "worst landmark, then the next"],
  ["z y x", "plane that keys act on"],
  ["PgUp PgDn", "next plane"],
  ["0, 9", "whole fixed volume, whole moving volume"],
  ["u, Shift+U", "undo, redo"],
];

/** Moves the moving picture by voxels of the fixed volume in the plane that keys act on. */
function nudge(stage: AlignmentStage, x: number, y: number): void {
  const { right, down } = SIDES[stage.axis];
  const step = [0, 0, 0] as [number, number, number];
  step[right] = x;
  step[down] = y;
  move(stage, shifted(turned(gridMap(stage.fixed), step)));
}

function moveCursor(stage: AlignmentStage, x: number, y: number): void {
  const { right, down } = SIDES[stage.axis];
  const next = [...stage.cursor] as [number, number, number];
  next[right] += x;
  next[down] += y;
  stage.cursor = inside(stage, next);
  stage.ask();
}

/** Turns the moving picture about its middle or the cursor, counter-clockwise as the plane is shown. */
export function turnBy(stage: AlignmentStage, degrees: number, middle: Triple): void {
  const about = stage.turnAbout === "cursor" ? metresAt(stage, stage.cursor) : middle;
  const sides = SIDES[stage.axis];
  const along = (k: 0 | 1 | 2): Triple =>
    turned(gridMap(stage.fixed), [0, 1, 2].map((axis) => Number(axis === k)) as unknown as Triple);
  // From right to down is clockwise.
  move(stage, turnedIn(along(sides.right), along(sides.down), (-degrees * Math.PI) / 180, about));
}

/** @param middle of the moving picture in the fixed space @param others further keys of the view @returns a function that ends the listening */
export function keys(
  stage: AlignmentStage,
  middle: () => Triple,
  others: Readonly<Record<string, () => void>>,
): () => void {
  const { root, handle } = stage;
  const ending = new AbortController();
  const moved = settling(root, () => settleMove(stage));
  const seen = settling(root, () => saveView(stage));
  const arrow = (x: number, y: number): void => {
    if (stage.tool === "move") {
      nudge(stage, x, y);
      moved.soon();
    } else {
      moveCursor(stage, x, y);
      seen.soon();
    }
  };
  const turn = (degrees: number): void => {
    if (stage.model === "translation") return stage.say("the model is translation: choose rigid to turn");
    turnBy(stage, degrees, middle());
    moved.soon();
  };
  const plane = (by: number): void => {
    step(stage, stage.axis, by);
    seen.soon();
  };
  const focus = (axis: AlignmentStage["axis"]): void => {
    stage.axis = axis;
    stage.ask();
    seen.soon();
  };
  const own: Record<string, (far: number) => void> = {
    ArrowLeft: (far) => arrow(-far, 0),
    ArrowRight: (far) => arrow(far, 0),
    ArrowUp: (far) => arrow(0, -far),
    ArrowDown: (far) => arrow(0, far),
    "[": () => turn(0.1),
    "]": () => turn(-0.1),
    "{": () => turn(1),
    "}": () => turn(-1),
    PageUp: (far) => plane(-far),
    PageDown: (far) => plane(far),
    "+": () => zoomBy(stage, 1.5),
    "=": () => zoomBy(stage, 1.5),
    "-": () => zoomBy(stage, 1 / 1.5),
    "0": () => showWhole(stage, "fixed"),
    "9": () => showWhole(stage, "moving"),
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
      // Fields and buttons keep their keys.
      if (event.target !== root || event.ctrlKey || event.metaKey || event.altKey) return;
      const does = Object.hasOwn(own, event.key) ? own[event.key] : undefined;
      if (does === undefined) return;
      event.preventDefault();
      event.stopPropagation();
      does(event.shiftKey ? 10 : 1);
    },
    { signal: ending.signal },
  );
  return () => {
    moved.cancel();
    seen.cancel();
    ending.abort();
  };
}
