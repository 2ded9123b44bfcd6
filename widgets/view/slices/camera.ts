/** What of the planes is seen. It is the view's own; the kernel hears of it once a gesture, for code and for the next page, and draws nothing. */
import type { Triple } from "../../../src/core/shape.js";
import { middleOf, type PlacedBox } from "../../draw/placed-grid.js";
import type { SlicesCamera } from "../../protocol.js";
import type { Camera } from "./pane.js";
import type { Stage } from "./stage.js";

type Seen = Pick<Camera, "zoom" | "centre">;

/** Digits of a voxel that are kept: less than a pixel, wherever the reader looks. */
const PARTS = 1000;

/** What the state says, in places where x.0 is a voxel's edge. */
export const cameraFrom = ({ zoom, centre }: SlicesCamera, frame: PlacedBox): Seen => ({
  zoom,
  centre: centre === null ? middleOf(frame) : (centre.map((n) => n + 0.5) as unknown as Triple),
});

/** What {@link cameraFrom} goes back from. */
function cameraState({ camera: { zoom, centre }, frame }: Pick<Stage, "camera" | "frame">): SlicesCamera {
  const middle = middleOf(frame);
  const places = centre.map((n) => Math.round((n - 0.5) * PARTS) / PARTS) as unknown as Triple;
  const isMiddle = centre.every((n, k) => Math.abs(n - middle[k]!) < 1 / PARTS);
  return { zoom: Number(zoom.toPrecision(6)), centre: isMiddle ? null : places };
}

const isTold = (stage: Stage, camera: SlicesCamera): boolean =>
  JSON.stringify(stage.handle.get("camera")) === JSON.stringify(camera);

/** Looks nearer or at another place. */
export function aim(stage: Stage, changes: Partial<Seen>): void {
  stage.camera = { ...stage.camera, ...changes };
  stage.ask();
  stage.looked.soon();
}

/** Tells the kernel, at the end of a gesture. */
export function tellCamera(stage: Stage): void {
  const camera = cameraState(stage);
  if (!isTold(stage, camera)) stage.handle.save({ camera });
}

/** Looks where the model says, unless it says what this view has told. */
export function followCamera(stage: Stage): void {
  if (isTold(stage, cameraState(stage))) return;
  stage.camera = { ...stage.camera, ...cameraFrom(stage.handle.get("camera"), stage.frame) };
  stage.ask();
}
