/** The free plane: where its pixels lie in the volume, and how it is turned. For the page and for the picture alike. */
import type { Triple } from "../../src/core/shape.js";
import type { ObliquePlane } from "../protocol.js";

export const dot = (a: Triple, b: Triple): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];

export const cross = (a: Triple, b: Triple): Triple => [
  a[1] * b[2] - a[2] * b[1],
  a[2] * b[0] - a[0] * b[2],
  a[0] * b[1] - a[1] * b[0],
];

export function unit(a: Triple): Triple {
  const length = Math.hypot(...a);
  return [a[0] / length, a[1] / length, a[2] / length];
}

const X: Triple = [0, 0, 1];
const Y: Triple = [0, 1, 0];

/**
 * Directions of the picture's rows and columns in space: x to the right as far as the plane allows it, else y.
 * The plane across z comes out as the pane of z shows it: x to the right, y down.
 */
export function frameOf(normal: Triple): { right: Triple; down: Triple } {
  const along = Math.abs(dot(normal, X)) < 0.95 ? X : Y;
  const far = dot(along, normal);
  const right = unit([along[0] - far * normal[0], along[1] - far * normal[1], along[2] - far * normal[2]]);
  // Of both ways down, the one in which y, or else z, grows.
  const down = cross(normal, right);
  const sign = down[1] < -1e-9 || (Math.abs(down[1]) <= 1e-9 && down[0] < 0) ? -1 : 1;
  return { right, down: [sign * down[0], sign * down[1], sign * down[2]] };
}

/**
 * The plane through a voxel, which comes to the middle of the picture.
 * @param pixel size of a pixel in metres (voxels, where the voxel size is unknown)
 */
export function freePlane(
  cursor: Triple,
  normal: Triple,
  spacing: Triple | null,
  pixel: number,
  { width, height }: { width: number; height: number },
): ObliquePlane {
  const inVoxels = (direction: Triple): Triple =>
    direction.map((n, k) => (n * pixel) / (spacing?.[k] ?? 1)) as unknown as Triple;
  const frame = frameOf(normal);
  const [right, down] = [inVoxels(frame.right), inVoxels(frame.down)];
  const origin = cursor.map((n, k) => n - right[k]! * ((width - 1) / 2) - down[k]! * ((height - 1) / 2));
  return { origin: origin as unknown as Triple, right, down, width, height };
}

/** The normal of the plane that contains a line and is turned no more than it has to. @param line of length 1 */
export function turnedTo(normal: Triple, line: Triple): Triple {
  const far = dot(normal, line);
  const rest: Triple = [normal[0] - far * line[0], normal[1] - far * line[1], normal[2] - far * line[2]];
  // A line along the normal: any plane with it is as good as another.
  return Math.hypot(...rest) > 1e-6 ? unit(rest) : unit(cross(line, Math.abs(line[0]) < 0.9 ? [1, 0, 0] : [0, 1, 0]));
}
