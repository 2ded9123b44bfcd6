/** What gestures and keys change: the camera, the clip planes, the cursor. */
import { formatLength } from "../../../src/core/length.js";
import { AXES, type Axis, type Region } from "../../../src/core/shape.js";
import { pick } from "../../draw/projection.js";
import { voxelAt, voxelIn } from "../../draw/space.js";
import type { Turntable } from "../../protocol/volume3d.js";
import { cameraOf, type Pane3d, raysOf, type Stage3d } from "./stage.js";

const bound = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value));

export function turn(stage: Stage3d, azimuth: number, elevation: number): void {
  const { view } = stage;
  const around = (((view.azimuth + azimuth) % 360) + 360) % 360;
  stage.view = { ...view, azimuth: around, elevation: bound(view.elevation + elevation, -90, 90) };
  stage.ask();
}

/** @param right @param up pixels */
export function shift(stage: Stage3d, right: number, up: number): void {
  const { scale } = cameraOf(stage, stage.panes[0]!);
  const [x, y] = stage.view.pan;
  stage.view = { ...stage.view, pan: [bound(x + right / scale, -100, 100), bound(y + up / scale, -100, 100)] };
  stage.ask();
}

/** Zooms; what is under a pixel of a pane stays there. */
export function zoomAt(stage: Stage3d, factor: number, at?: { x: number; y: number }): void {
  const pane = stage.panes[0]!;
  const zoom = bound(stage.view.zoom * factor, 0.2, 60);
  const done = zoom / stage.view.zoom;
  const { scale } = cameraOf(stage, pane);
  const [x, y] = stage.view.pan;
  const [dx, dy] = at === undefined ? [0, 0] : [(at.x - pane.width / 2) / scale, (pane.height / 2 - at.y) / scale];
  stage.view = { ...stage.view, zoom, pan: [x - dx + dx / done, y - dy + dy / done] };
  stage.ask();
}

export const VIEWS: Readonly<Record<string, Pick<Turntable, "azimuth" | "elevation">>> = {
  z: { azimuth: 0, elevation: 90 },
  y: { azimuth: 0, elevation: 0 },
  x: { azimuth: 90, elevation: 0 },
};

/** Looks from somewhere, at the whole volume. */
export function look(
  stage: Stage3d,
  from: Pick<Turntable, "azimuth" | "elevation"> = { azimuth: 30, elevation: 25 },
): void {
  stage.view = { ...from, zoom: 1, pan: [0, 0] };
  stage.ask();
}

const wholeOf = ({ members }: Stage3d): Region => ({ start: [0, 0, 0], stop: members[0]!.shape });

/** What the clip planes leave now. */
export const clipNow = (stage: Stage3d): Region => stage.display.clip ?? wholeOf(stage);

/**
 * Moves a clip plane; one voxel is left at least.
 * @param face 2 · axis (z, y, x) + 1 for the far one
 */
export function moveClip(stage: Stage3d, face: number, voxel: number): void {
  const { start, stop } = clipNow(stage);
  const axis = face >> 1;
  const { shape } = stage.members[0]!;
  const to = [...(face % 2 === 0 ? start : stop)] as [number, number, number];
  to[axis as 0] =
    face % 2 === 0
      ? bound(Math.round(voxel), 0, stop[axis]! - 1)
      : bound(Math.round(voxel), start[axis]! + 1, shape[axis]!);
  const clip: Region = face % 2 === 0 ? { start: to, stop } : { start, stop: to };
  const all = clip.start.every((n) => n === 0) && clip.stop.every((n, k) => n === shape[k]);
  stage.show({ clip: all ? null : clip });
}

/** Chooses the clip plane before an axis, for the keys; if that is chosen, the one behind. */
export function chooseClip(stage: Stage3d, axis: Axis): void {
  const first = 2 * AXES[axis];
  stage.chosen = stage.chosen === first ? first + 1 : first;
  stage.ask();
  sayClip(stage);
}

/** Moves the chosen clip plane by so many voxels. */
export function stepClip(stage: Stage3d, voxels: number): void {
  if (stage.chosen === undefined)
    return stage.say("No clip plane is chosen: press x, y or z, once more for the one behind.");
  const { start, stop } = clipNow(stage);
  moveClip(stage, stage.chosen, (stage.chosen % 2 === 0 ? start : stop)[stage.chosen >> 1]! + voxels);
  sayClip(stage);
}

/** Says where the chosen clip plane is. */
export function sayClip(stage: Stage3d): void {
  const { chosen } = stage;
  if (chosen === undefined) return;
  const { shape, spacing } = stage.members[0]!;
  const { start, stop } = clipNow(stage);
  const axis = chosen >> 1;
  const at = (chosen % 2 === 0 ? start : stop)[axis]!;
  const length = spacing === null ? "" : ` (${formatLength(at * spacing[axis]!)})`;
  const name = Object.keys(AXES)[axis]!;
  stage.say(
    `clip plane ${chosen % 2 === 0 ? "before" : "behind"} ${name} at ${at} of ${shape[axis]} voxels${length}   ·   Page Up and Page Down move it`,
  );
}

/** Voxels of the first volume along x, y, z for one unit. */
export const voxelsPerUnit = ({ unit, members }: Stage3d): readonly number[] =>
  voxelIn(unit, members[0]!).map((n) => 1 / n);

/** Puts the cursor where the ray through a pixel meets the volume. @returns false if it meets nothing */
export function pickAt(stage: Stage3d, k: number, x: number, y: number): boolean {
  const body = stage.bodies[k];
  const pane = stage.panes[k];
  if (body === undefined || pane === undefined) return false;
  const rays = raysOf(stage, k);
  // Surfaces alone: what the labels are is in no texture, the densest of the grey values stands for them.
  const place = pick(
    body,
    rays.mode === "none" ? { ...rays, mode: "mip", table: SOLID } : rays,
    cameraOf(stage, pane),
    x,
    y,
  );
  if (place === undefined) return false;
  stage.scene.update({ cursor: voxelAt(stage.unit, stage.members[0]!, place) });
  stage.scene.settle(stage.handle as never);
  return true;
}
const SOLID = new Float32Array(1024).fill(1);

/** The pane under a place of the area. */
export function paneAt({ panes }: Stage3d, x: number, y: number): { k: number; pane: Pane3d } | undefined {
  const k = panes.findIndex(
    (pane) => x >= pane.x && x < pane.x + pane.width && y >= pane.y && y < pane.y + pane.height,
  );
  return k < 0 ? undefined : { k, pane: panes[k]! };
}

/** The face of the box in voxels, z first, for one in space, x first; and the other way. */
export const otherFace = (face: number): number => 2 * (2 - (face >> 1)) + (face % 2);
