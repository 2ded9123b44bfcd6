/** What is seen of both volumes: near and far, and what is in the middle. */
import { gridMap, inverted, mapped } from "../../../src/core/affine.js";
import { AXES, type Axis, type Triple } from "../../../src/core/shape.js";
import { SIDES } from "../../draw/layout.js";
import type { Side } from "../../protocol/alignment.js";
import { type AlignmentPane, type AlignmentStage, voxelAt } from "./stage.js";

/** Zooms, about a place of a pane if there is one: what is under the mouse stays there. */
export function zoomBy(
  stage: AlignmentStage,
  factor: number,
  at?: { pane: AlignmentPane; x: number; y: number },
): void {
  const { camera } = stage;
  // From a picture of the whole on a stamp to a thousandth of a voxel.
  const least = Math.min(...stage.fixed.spacing, ...stage.moving.spacing) / 1000;
  const most = 10 * Math.max(...stage.fixed.shape.map((n, k) => n * stage.fixed.spacing[k]!));
  const pixel = Math.min(most, Math.max(least, camera.pixel / factor));
  if (at === undefined) stage.camera = { ...camera, pixel };
  else {
    const held = voxelAt(stage, at.pane, at.x, at.y);
    stage.camera = { ...camera, pixel };
    const now = voxelAt(stage, at.pane, at.x, at.y);
    stage.camera = { pixel, centre: camera.centre.map((n, k) => n + held[k]! - now[k]!) as unknown as Triple };
  }
  stage.ask();
}

/** Moves what is seen by pixels of a pane. */
export function panBy(stage: AlignmentStage, axis: Axis, from: Triple, dx: number, dy: number): void {
  const { right, down } = SIDES[axis];
  const centre = [...from] as [number, number, number];
  centre[right] -= (dx * stage.camera.pixel) / stage.fixed.spacing[right];
  centre[down] -= (dy * stage.camera.pixel) / stage.fixed.spacing[down];
  stage.camera = { ...stage.camera, centre };
  stage.ask();
}

/** Corners and middle of a volume as it lies in the fixed one, in voxels of that; of a thin plate's moving volume undefined. */
function boxOf(
  { fixed, moving, facts }: AlignmentStage,
  side: Side,
): { middle: Triple; corners: Triple[] } | undefined {
  const { map } = facts.transform;
  const { shape } = side === "fixed" ? fixed : moving;
  const ends = shape.map((n) => [-0.5, n - 0.5] as const);
  const corners = Array.from(
    { length: 8 },
    (_, k) => ends.map((end, axis) => end[(k >> axis) & 1]!) as unknown as Triple,
  );
  const middle = shape.map((n) => (n - 1) / 2) as unknown as Triple;
  if (side === "fixed") return { middle, corners };
  if (map === null) return undefined;
  const toFixed = (voxel: Triple): Triple =>
    mapped(inverted(gridMap(fixed)), mapped(inverted(map), mapped(gridMap(moving), voxel)));
  return { middle: toFixed(middle), corners: corners.map(toFixed) };
}

/** Shows a whole volume: in the middle, as large as the panes allow, cut in its middle. */
export function showWhole(stage: AlignmentStage, side: Side): void {
  const box = boxOf(stage, side);
  if (box === undefined) return stage.say("under a thin plate the moving volume has no box");
  const { middle, corners } = box;
  let pixel = 0;
  for (const pane of stage.panes) {
    const { right, down } = SIDES[pane.axis];
    for (const [k, room] of [
      [right, pane.width],
      [down, pane.height],
    ] as const) {
      const values = corners.map((corner) => corner[k]);
      pixel = Math.max(pixel, ((Math.max(...values) - Math.min(...values)) * stage.fixed.spacing[k]) / room);
    }
  }
  stage.camera = { centre: middle, pixel: pixel > 0 ? pixel : stage.camera.pixel };
  if (side === "moving") stage.cursor = inside(stage, middle);
  stage.ask();
}

/** The voxel of the fixed volume that is nearest. */
export const inside = ({ fixed }: Pick<AlignmentStage, "fixed">, voxel: Triple): Triple =>
  voxel.map((n, k) => Math.min(fixed.shape[k]! - 1, Math.max(0, Math.round(n)))) as unknown as Triple;

/** Another plane across an axis. */
export function step(stage: AlignmentStage, axis: Axis, by: number): void {
  const next = [...stage.cursor] as [number, number, number];
  next[AXES[axis]] += by;
  stage.cursor = inside(stage, next);
  stage.ask();
}

/** Brings a place of the fixed space under the cursor, and into the middle. */
export function lookAt(stage: AlignmentStage, metres: Triple): void {
  const voxel = mapped(inverted(gridMap(stage.fixed)), metres);
  stage.cursor = inside(stage, voxel);
  stage.camera = { ...stage.camera, centre: voxel };
  stage.ask();
}
