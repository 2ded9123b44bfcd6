/** A camera on a turntable: parallel rays, z of the volume down, so that lengths across the view are true everywhere. */
import type { Turntable } from "../protocol/volume3d.js";

/** A place or a direction along x, y, z. In views of volumes 1 is the largest side of the first one. */
export type Vector = readonly [x: number, y: number, z: number];

export interface Box {
  readonly from: Vector;
  readonly to: Vector;
}

/** Pixels on which a view is drawn. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

export const dot = (a: Vector, b: Vector): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
/** `a + k · b`. */
export const along = (a: Vector, b: Vector, k: number): Vector => [a[0] + k * b[0], a[1] + k * b[1], a[2] + k * b[2]];
const minus = (a: Vector, b: Vector): Vector => along(a, b, -1);

/** Directions to the right, up, and away from the reader. */
export function axesOf({ azimuth, elevation }: Pick<Turntable, "azimuth" | "elevation">): {
  right: Vector;
  up: Vector;
  forward: Vector;
} {
  const [a, e] = [(azimuth * Math.PI) / 180, (elevation * Math.PI) / 180];
  const [ca, sa, ce, se] = [Math.cos(a), Math.sin(a), Math.cos(e), Math.sin(e)];
  return { right: [ca, sa, 0], up: [sa * se, -ca * se, -ce], forward: [ce * sa, -ce * ca, se] };
}

/** Where things of a box are on the screen. */
export interface Projector extends Size {
  readonly right: Vector;
  readonly up: Vector;
  readonly forward: Vector;
  /** Pixels of one unit. */
  readonly scale: number;
  /** What is in the middle of the screen. */
  readonly centre: Vector;
  /** Length of the box's diagonal. */
  readonly diameter: number;
  toScreen(point: Vector): { x: number; y: number };
  /** The place under a pixel, on the plane through the centre. */
  toSpace(x: number, y: number): Vector;
}

export function projector(view: Turntable, extent: Vector, { width, height }: Size): Projector {
  const { right, up, forward } = axesOf(view);
  const diameter = Math.hypot(...extent);
  const scale = (view.zoom * Math.min(width, height) * 1.08) / diameter;
  const middle: Vector = [extent[0] / 2, extent[1] / 2, extent[2] / 2];
  const centre = along(along(middle, right, -view.pan[0]), up, -view.pan[1]);
  return {
    ...{ right, up, forward, scale, centre, diameter, width, height },
    toScreen(point) {
      const d = minus(point, centre);
      return { x: width / 2 + dot(d, right) * scale, y: height / 2 - dot(d, up) * scale };
    },
    toSpace: (x, y) => along(along(centre, right, (x - width / 2) / scale), up, (height / 2 - y) / scale),
  };
}

/** Where a ray is inside a box; undefined: nowhere. */
export function crossing(
  origin: Vector,
  direction: Vector,
  { from, to }: Box,
): [near: number, far: number] | undefined {
  let near = Number.NEGATIVE_INFINITY;
  let far = Number.POSITIVE_INFINITY;
  for (let k = 0; k < 3; k++) {
    const d = direction[k]!;
    if (Math.abs(d) < 1e-12) {
      if (origin[k]! < from[k]! || origin[k]! > to[k]!) return undefined;
      continue;
    }
    const [a, b] = [(from[k]! - origin[k]!) / d, (to[k]! - origin[k]!) / d];
    near = Math.max(near, Math.min(a, b));
    far = Math.min(far, Math.max(a, b));
  }
  return near < far ? [near, far] : undefined;
}
