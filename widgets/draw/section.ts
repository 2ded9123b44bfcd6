/** The same physical plane in two volumes: where its pixels lie in each, for the page and for the picture alike. */
import { type AffineMap, after, gridMap, inverted, mapped, turned } from "../../src/core/affine.js";
import type { Axis, Shape, Triple } from "../../src/core/shape.js";
import type { ObliquePlane } from "../protocol.js";
import { SIDES } from "./layout.js";

/** Where the voxels of a volume are. */
export interface Placed {
  readonly shape: Shape;
  readonly spacing: Triple;
  readonly origin: Triple;
  readonly direction: readonly number[];
}

/** From voxels of the fixed volume to voxels of the moving one. */
export const voxelMap = (fixed: Placed, moving: Placed, transform: AffineMap): AffineMap =>
  after(inverted(gridMap(moving)), after(transform, gridMap(fixed)));

/**
 * A plane of the fixed volume as pixels.
 * @param at voxel of the fixed volume, with fractions, in the middle of the picture
 * @param pixel its side in metres
 */
export function fixedSection(
  { spacing }: Placed,
  axis: Axis,
  at: Triple,
  pixel: number,
  { width, height }: { readonly width: number; readonly height: number },
): ObliquePlane {
  const sides = SIDES[axis];
  const along = (k: 0 | 1 | 2): Triple =>
    [0, 1, 2].map((axis) => (axis === k ? pixel / spacing[k] : 0)) as unknown as Triple;
  const [right, down] = [along(sides.right), along(sides.down)];
  const origin = at.map((n, k) => n - (right[k]! * (width - 1)) / 2 - (down[k]! * (height - 1)) / 2);
  return { origin: origin as unknown as Triple, right, down, width, height };
}

/** A plane under a map of its voxels. */
export const mappedPlane = (map: AffineMap, { origin, right, down, width, height }: ObliquePlane): ObliquePlane => ({
  origin: mapped(map, origin),
  right: turned(map, right),
  down: turned(map, down),
  width,
  height,
});

/** A part of a plane's pixels. */
export const cropped = (
  { origin, right, down }: ObliquePlane,
  { x, y, width, height }: { readonly x: number; readonly y: number; readonly width: number; readonly height: number },
): ObliquePlane => ({
  origin: origin.map((n, k) => n + x * right[k]! + y * down[k]!) as unknown as Triple,
  right,
  down,
  width,
  height,
});

/** A pixel of one picture in another: `column = start[0] + right[0] · x + down[0] · y`, and the row with [1]. */
export interface PlanarMap {
  readonly start: readonly [column: number, row: number];
  readonly right: readonly [column: number, row: number];
  readonly down: readonly [column: number, row: number];
}

/**
 * Where the pixels of a wanted plane are in a plane that there is, both in voxels of one volume: exact for a motion in the plane, else
 * the nearest of its points. Undefined where the plane that there is has no extent.
 */
export function planarMap(has: ObliquePlane, wanted: ObliquePlane, spacing: Triple): PlanarMap | undefined {
  const dot = (a: Triple, b: Triple): number => a.reduce((sum, n, k) => sum + n * b[k]! * spacing[k]! * spacing[k]!, 0);
  const [rr, rd, dd] = [dot(has.right, has.right), dot(has.right, has.down), dot(has.down, has.down)];
  const size = rr * dd - rd * rd;
  if (!(size > 1e-12 * rr * dd)) return undefined;
  const inPlane = (v: Triple): readonly [number, number] => {
    const [r, d] = [dot(has.right, v), dot(has.down, v)];
    return [(dd * r - rd * d) / size, (rr * d - rd * r) / size];
  };
  const step = wanted.origin.map((n, k) => n - has.origin[k]!) as unknown as Triple;
  return { start: inPlane(step), right: inPlane(wanted.right), down: inPlane(wanted.down) };
}

/** How many voxels a pixel is wide: along the axis of the volume where it is most. */
export const voxelsPerPixel = ({ right, down }: ObliquePlane): number =>
  Math.max(...[...right, ...down].map((n) => Math.abs(n)));

/** Whether voxels are so large on a plane that they can be seen one by one. */
export const magnified = (plane: ObliquePlane): boolean => voxelsPerPixel(plane) <= 0.5;

/** Places that one picture of a volume is made of, at most. */
const MOST_PLACES = 2 ** 20;

/** Over how many places along both sides a pixel is to be the mean, so that no voxel is left out, as far as there is time for it. */
export function meanOver(plane: ObliquePlane): number {
  const affordable = Math.floor(Math.sqrt(MOST_PLACES / (plane.width * plane.height)));
  return Math.max(1, Math.min(64, affordable, Math.round(voxelsPerPixel(plane))));
}

/** The moving volume's edge in a plane of the fixed one. */
export interface Outline {
  /** Four corners in pixels of the plane, around. */
  readonly corners: readonly (readonly [x: number, y: number])[];
  /** Whether the plane goes through the volume at all. */
  readonly cut: boolean;
}

/**
 * The parallelogram in which a plane cuts the moving volume. Of the volume's axes, the one most across the plane is gone along: where it
 * is tilted so much that the plane leaves through its ends, the corners are those of the volume made longer.
 * @param plane in voxels of the moving volume
 */
export function outlineOf(
  plane: ObliquePlane,
  { shape, spacing }: Pick<Placed, "shape" | "spacing">,
): Outline | undefined {
  const metres = (v: Triple): Triple => [v[0] * spacing[0], v[1] * spacing[1], v[2] * spacing[2]];
  const [r, d] = [metres(plane.right), metres(plane.down)];
  const normal = [r[1] * d[2] - r[2] * d[1], r[2] * d[0] - r[0] * d[2], r[0] * d[1] - r[1] * d[0]];
  const across = normal.reduce((best, n, k) => (Math.abs(n) > Math.abs(normal[best]!) ? k : best), 0);
  if (!(Math.abs(normal[across]!) > 0)) return undefined;
  // As the panes of the moving volume itself have them: at first the first edge is the upper one.
  const { right: i, down: j } = SIDES[(["z", "y", "x"] as const)[across]!];
  const ends = (k: number): [number, number] => [-0.5, shape[k]! - 0.5];
  const [[left, right], [top, bottom]] = [ends(i), ends(j)];
  const depths: number[] = [];
  const corners = (
    [
      [left, top],
      [right, top],
      [right, bottom],
      [left, bottom],
    ] as const
  ).map(([a, b]) => {
    // a, b on the two axes: the plane's pixels x, y solve two equations.
    const [ri, di, rj, dj] = [plane.right[i]!, plane.down[i]!, plane.right[j]!, plane.down[j]!];
    const size = ri * dj - di * rj;
    const [u, v] = [a - plane.origin[i]!, b - plane.origin[j]!];
    const [x, y] = [(dj * u - di * v) / size, (ri * v - rj * u) / size];
    depths.push(plane.origin[across]! + x * plane.right[across]! + y * plane.down[across]!);
    return [x, y] as const;
  });
  const [near, far] = ends(across);
  const cut = Math.min(...depths) <= far && Math.max(...depths) >= near;
  return corners.every(([x, y]) => Number.isFinite(x) && Number.isFinite(y)) ? { corners, cut } : undefined;
}

/** A box of whole pixels around an outline, as far as it lies in the picture; undefined: nothing of it does. */
export function boundsOf(
  { corners }: Outline,
  { width, height }: { readonly width: number; readonly height: number },
): { x: number; y: number; width: number; height: number } | undefined {
  const range = (k: 0 | 1, most: number): [number, number] => {
    const values = corners.map((corner) => corner[k]);
    return [Math.max(0, Math.floor(Math.min(...values))), Math.min(most, Math.ceil(Math.max(...values)) + 1)];
  };
  const [left, right] = range(0, width);
  const [top, bottom] = range(1, height);
  return left < right && top < bottom ? { x: left, y: top, width: right - left, height: bottom - top } : undefined;
}
