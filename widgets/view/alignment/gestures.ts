/** Mouse, pen and wheel: a press takes hold of the moving picture, sets the cursor or a landmark, or moves what is seen. */
import { gridMap, inverted, mapped, turned } from "../../../src/core/affine.js";
import type { Triple } from "../../../src/core/shape.js";
import type { AlignmentFacts, Side } from "../../protocol/alignment.js";
import { nextNumber } from "../request-number.js";
import { settling } from "../settling.js";
import { inside, panBy, step, zoomBy } from "./camera.js";
import { alongEdges, type Grip, gripAt, middleOf } from "./grips.js";
import { scaled, shifted, stretched, turnedIn } from "./motions.js";
import {
  type AlignmentPane,
  type AlignmentStage,
  metresAt,
  move,
  nextSide,
  outlineIn,
  pixelAt,
  planeOf,
  saveView,
  settleMove,
  voxelAt,
} from "./stage.js";

interface Drag {
  move(x: number, y: number): void;
  end(): void;
}

const CURSORS: Readonly<Record<Grip, string>> = { move: "grab", turn: "alias", scale: "nwse-resize" };

/** Directions of a pane in metres a pixel. */
function directions(stage: AlignmentStage, pane: AlignmentPane): { right: Triple; down: Triple } {
  const plane = planeOf(stage, pane);
  const grid = gridMap(stage.fixed);
  return { right: turned(grid, plane.right), down: turned(grid, plane.down) };
}

const along = (right: Triple, x: number, down: Triple, y: number): Triple =>
  right.map((n, k) => n * x + down[k]! * y) as unknown as Triple;

/** Takes hold of the moving picture. */
function grabbed(
  stage: AlignmentStage,
  pane: AlignmentPane,
  { grip, corner }: { grip: Grip; corner: number },
  x0: number,
  y0: number,
): Drag {
  const from: AlignmentFacts = stage.facts;
  const { right, down } = directions(stage, pane);
  const outline = outlineIn(stage, pane)!;
  const middle = middleOf(outline);
  const cursor = pixelAt(stage, pane, stage.cursor);
  const [cx, cy] = grip === "turn" && stage.turnAbout === "cursor" ? cursor : middle;
  const about = metresAt(stage, voxelAt(stage, pane, cx, cy));
  const first = outline.corners[corner];
  return {
    move(x, y) {
      if (grip === "move") move(stage, shifted(along(right, x - x0, down, y - y0)), from);
      else if (grip === "turn") {
        const angle = Math.atan2(y - cy, x - cx) - Math.atan2(y0 - cy, x0 - cx);
        move(stage, turnedIn(right, down, angle, about), from);
      } else if (stage.model === "affine" || stage.model === "thin plate") {
        const [a0, b0] = alongEdges(outline, first!);
        const [a, b] = alongEdges(outline, [x, y]);
        const [[ax, ay], [bx, by], , [dx, dy]] = outline.corners as readonly (readonly [number, number])[] as [
          ...[[number, number], [number, number], [number, number], [number, number]],
        ];
        const edges = [along(right, bx - ax, down, by - ay), along(right, dx - ax, down, dy - ay)] as const;
        const factors = [Math.max(0.02, a / a0), Math.max(0.02, b / b0)] as const;
        move(stage, stretched(...edges, factors, about), from);
      } else {
        const factor = Math.hypot(x - cx, y - cy) / Math.hypot(first![0] - cx, first![1] - cy);
        move(stage, scaled(Math.max(0.02, factor), about), from);
      }
    },
    end: () => settleMove(stage),
  };
}

/** Moves what is seen. */
function panned(stage: AlignmentStage, pane: AlignmentPane, x0: number, y0: number): Drag {
  const { centre } = stage.camera;
  return { move: (x, y) => panBy(stage, pane.axis, centre, x - x0, y - y0), end: () => {} };
}

function cursorDrag(stage: AlignmentStage, pane: AlignmentPane): Drag {
  return {
    move(x, y) {
      stage.cursor = inside(stage, voxelAt(stage, pane, x, y));
      stage.ask();
    },
    end: () => saveView(stage),
  };
}

const NEAR = 8;

/** A landmark near a pixel. */
function landmarkAt(
  stage: AlignmentStage,
  pane: AlignmentPane,
  x: number,
  y: number,
): { side: Side; pair: number } | undefined {
  const toVoxels = inverted(gridMap(stage.fixed));
  let best: { side: Side; pair: number; far: number } | undefined;
  for (const [pair, facts] of stage.facts.pairs.entries())
    for (const side of ["fixed", "moving"] as const) {
      const point = facts[side];
      if (point === null || (pane.side !== undefined && pane.side !== side)) continue;
      const [px, py] = pixelAt(stage, pane, mapped(toVoxels, point));
      const far = Math.hypot(px - x, py - y);
      if (far <= NEAR && far < (best?.far ?? Number.POSITIVE_INFINITY)) best = { side, pair, far };
    }
  return best;
}

/** A landmark is set where the button is released; one that is there is dragged. */
function landmarkDrag(stage: AlignmentStage, pane: AlignmentPane, x0: number, y0: number): Drag {
  const held = landmarkAt(stage, pane, x0, y0);
  let [x, y] = [x0, y0];
  return {
    move(nowX, nowY) {
      [x, y] = [nowX, nowY];
      if (held === undefined) return;
      const at = metresAt(stage, voxelAt(stage, pane, x, y));
      const pairs = stage.facts.pairs.map((pair, k) => (k === held.pair ? { ...pair, [held.side]: at } : pair));
      stage.facts = { ...stage.facts, pairs };
      stage.ask();
    },
    end() {
      const at = metresAt(stage, voxelAt(stage, pane, x, y));
      const side = held?.side ?? pane.side ?? nextSide(stage).side;
      stage.handle.send({ kind: "mark", id: nextNumber(), side, at, ...(held && { pair: held.pair }) });
    },
  };
}

function begun(stage: AlignmentStage, pane: AlignmentPane, event: PointerEvent, x: number, y: number): Drag {
  if (event.shiftKey || event.button === 1) return panned(stage, pane, x, y);
  if (stage.tool === "cursor" || event.button === 2) return cursorDrag(stage, pane);
  if (stage.tool === "landmark") return landmarkDrag(stage, pane, x, y);
  const outline = pane.side === "fixed" ? undefined : outlineIn(stage, pane);
  const grip = outline && gripAt(outline, [x, y], stage.model, pane);
  if (stage.facts.transform.map === null)
    stage.say("a thin plate is moved by its landmarks only: change those and solve, or solve a stiffer model");
  return grip === undefined ? panned(stage, pane, x, y) : grabbed(stage, pane, grip, x, y);
}

/** @param hovered is called with where the mouse is @returns a function that ends the listening */
export function gestures(
  stage: AlignmentStage,
  hovered: (pane: AlignmentPane | undefined, x: number, y: number) => void,
): () => void {
  const { root, area } = stage;
  const ending = new AbortController();
  const listen = { signal: ending.signal };
  let drag: { pane: AlignmentPane; at: Drag } | undefined;
  const paneOf = (target: EventTarget | null): AlignmentPane | undefined =>
    stage.panes.find(({ canvas }) => canvas === target);
  const placeOn = (pane: AlignmentPane, event: MouseEvent): [number, number] => {
    const box = pane.canvas.getBoundingClientRect();
    return [
      ((event.clientX - box.left) * pane.width) / box.width,
      ((event.clientY - box.top) * pane.height) / box.height,
    ];
  };
  area.addEventListener(
    "pointerdown",
    (event) => {
      const pane = paneOf(event.target);
      if (pane === undefined || drag !== undefined) return;
      event.preventDefault();
      root.focus({ preventScroll: true });
      stage.axis = pane.axis;
      pane.canvas.setPointerCapture(event.pointerId);
      const [x, y] = placeOn(pane, event);
      drag = { pane, at: begun(stage, pane, event, x, y) };
      drag.at.move(x, y);
    },
    listen,
  );
  area.addEventListener(
    "pointermove",
    (event) => {
      const pane = drag?.pane ?? paneOf(event.target);
      if (pane === undefined) return;
      const [x, y] = placeOn(pane, event);
      hovered(pane, x, y);
      if (drag !== undefined) return drag.at.move(x, y);
      const outline = stage.tool === "move" && pane.side !== "fixed" ? outlineIn(stage, pane) : undefined;
      const grip = outline && gripAt(outline, [x, y], stage.model, pane);
      pane.canvas.style.cursor =
        grip === undefined ? (stage.tool === "move" ? "move" : "crosshair") : CURSORS[grip.grip];
    },
    listen,
  );
  const end = (): void => {
    const ended = drag;
    drag = undefined;
    ended?.at.end();
  };
  area.addEventListener("pointerup", end, listen);
  area.addEventListener("pointercancel", end, listen);
  area.addEventListener("pointerleave", () => drag === undefined && hovered(undefined, 0, 0), listen);
  area.addEventListener("contextmenu", (event) => event.preventDefault(), listen);
  const pending = settling(root, () => saveView(stage));
  area.addEventListener(
    "wheel",
    (event) => {
      const pane = paneOf(event.target);
      // Until the view was clicked the wheel scrolls the page.
      if (pane === undefined || !root.contains(root.ownerDocument.activeElement)) return;
      event.preventDefault();
      const [x, y] = placeOn(pane, event);
      if (event.ctrlKey || event.metaKey) return zoomBy(stage, event.deltaY < 0 ? 1.2 : 1 / 1.2, { pane, x, y });
      stage.axis = pane.axis;
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
