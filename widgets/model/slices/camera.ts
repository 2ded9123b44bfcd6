/** What of the planes is seen, on the kernel's side: no picture is drawn for it, but code and the next page have it. */
import { InvalidArgument } from "../../../src/core/errors.js";
import { checkNumber } from "../../../src/core/options.js";
import type { Triple } from "../../../src/core/shape.js";
import { CLOSEST, FARTHEST, type SlicesCamera } from "../../protocol.js";

/** How near planes are seen, and which place of them. Where neither is given: as the reader left the views of the volume. */
export interface CameraOptions {
  /** How near the planes are seen, 0.5 to 64; 1 is the whole volume. Default 1. */
  zoom?: number;
  /** Place in the middle of the planes in voxels, `[z, y, x]`; may have fractions. Default: the middle of the volume. */
  centre?: Triple;
}

/** All that there is. */
export const WHOLE: SlicesCamera = { zoom: 1, centre: null };

const isPlace = (value: unknown): value is Triple =>
  Array.isArray(value) && value.length === 3 && value.every((n) => typeof n === "number" && Number.isFinite(n));

/** What a page may set. */
export function cameraIn(value: unknown): SlicesCamera | undefined {
  const { zoom, centre } = Object(value) as Partial<SlicesCamera>;
  const fits = typeof zoom === "number" && zoom >= FARTHEST && zoom <= CLOSEST && (centre === null || isPlace(centre));
  return fits ? { zoom, centre } : undefined;
}

/** Throws unless planes can be seen so. */
export function checkCamera({ zoom, centre }: CameraOptions): void {
  if (zoom !== undefined) checkNumber("zoom", zoom, FARTHEST, CLOSEST);
  if (centre !== undefined && !isPlace(centre))
    throw new InvalidArgument(`centre is ${JSON.stringify(centre)}; give a place in voxels, [z, y, x]`);
}

/** How a view begins. @param left as the reader left the views of the same volume */
export const cameraOf = ({ zoom, centre }: CameraOptions, left: SlicesCamera): SlicesCamera =>
  zoom === undefined && centre === undefined ? left : { zoom: zoom ?? 1, centre: centre ?? null };

/** What is seen, where it is not the whole volume. */
export const cameraCode = ({ zoom, centre }: SlicesCamera): CameraOptions => ({
  ...(zoom !== 1 && { zoom }),
  ...(centre !== null && { centre }),
});
