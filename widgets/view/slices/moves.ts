/** What gestures and keys do to the scene and to the view. */
import { AXES, type Axis, type Triple } from "../../../src/core/shape.js";
import { SIDES } from "../../draw/layout.js";
import { middleOf } from "../../draw/placed-grid.js";
import { CLOSEST, FARTHEST } from "../../protocol.js";
import { aim } from "./camera.js";
import { activePane, type InPlane, inside, type Stage } from "./stage.js";

/** Moves the cursor along the axes that are given. */
function moveCursor(stage: Stage, changes: Partial<Record<0 | 1 | 2, number>>): void {
  const cursor = stage.scene.state.cursor.map((n, k) => inside(stage, changes[k as 0 | 1 | 2] ?? n, k));
  stage.scene.update({ cursor: cursor as unknown as Triple });
}

export function cursorTo(stage: Stage, { axis, right, down }: InPlane): void {
  const sides = SIDES[axis];
  moveCursor(stage, { [sides.right]: Math.floor(right), [sides.down]: Math.floor(down) });
}

/** To a plane further on. */
export function step(stage: Stage, axis: Axis, by: number): void {
  moveCursor(stage, { [AXES[axis]]: stage.scene.state.cursor[AXES[axis]] + by });
}

/** Moves the cursor inside a plane, by voxels. */
export function nudge(stage: Stage, axis: Axis, right: number, down: number): void {
  const sides = SIDES[axis];
  const { cursor } = stage.scene.state;
  moveCursor(stage, { [sides.right]: cursor[sides.right] + right, [sides.down]: cursor[sides.down] + down });
}

/** Moves the picture, by voxels. */
export function panBy(stage: Stage, axis: Axis, right: number, down: number): void {
  const sides = SIDES[axis];
  const centre: [number, number, number] = [...stage.camera.centre];
  centre[sides.right] -= right;
  centre[sides.down] -= down;
  aim(stage, { centre });
}

/** All that there is again. */
export function fit(stage: Stage): void {
  aim(stage, { zoom: 1, centre: middleOf(stage.frame) });
}

/** @param about a pixel of a pane: what is there stays there. Default: the cursor comes to the middle */
export function zoomBy(stage: Stage, factor: number, about?: { axis: Axis; x: number; y: number }): void {
  const { camera, scene, panes } = stage;
  const zoom = Math.min(CLOSEST, Math.max(FARTHEST, camera.zoom * factor));
  const centre: [number, number, number] = [...camera.centre];
  const pane = about && panes.find(({ axis }) => axis === about.axis);
  if (pane !== undefined && about !== undefined) {
    const { right, down } = SIDES[pane.axis];
    const at = pane.voxelAt(about.x, about.y, camera);
    centre[right] = at.right + ((centre[right] - at.right) * camera.zoom) / zoom;
    centre[down] = at.down + ((centre[down] - at.down) * camera.zoom) / zoom;
  } else if (factor > 1) for (const k of [0, 1, 2] as const) centre[k] = scene.state.cursor[k] + 0.5;
  aim(stage, { zoom, centre });
}

/** A window that 99 % of the values of the active plane fit. */
export function autoWindow(stage: Stage): void {
  const pane = activePane(stage);
  const plane = pane && stage.last.get(pane)?.[0]?.grey;
  if (plane === undefined) return;
  const sorted = Float64Array.from(plane.values).filter(Number.isFinite).sort();
  const low = sorted[Math.floor(0.005 * (sorted.length - 1))] ?? 0;
  const high = sorted[Math.ceil(0.995 * (sorted.length - 1))] ?? 1;
  stage.content.window.change(low < high ? [low, high] : [low, low + 1]);
  stage.content.window.settle();
}
