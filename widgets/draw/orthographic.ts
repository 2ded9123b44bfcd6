/** How a body is seen from a side, without perspective, so that one scale bar holds everywhere. For the page and for the picture alike. */
import type { Triple } from "../../src/core/shape.js";

/** A turn as a quaternion of length 1. */
export type Turn = readonly [x: number, y: number, z: number, w: number];

export interface Camera {
  /** From the axes x, y, z of the volume to the directions right, down, and into the picture. */
  readonly turn: Turn;
  /** 1: the whole volume fits, however it is turned. */
  readonly zoom: number;
  /** Where the middle of the volume lies, from that of the picture to the right and down, in its shorter sides. */
  readonly shift: readonly [right: number, down: number];
}

/** Where the body lies: its first corner and its edges along z, y, x, in one unit. */
export interface Box {
  readonly low: Triple;
  readonly size: Triple;
}

/** From places in the volume to pixels: `right = m[0] x + m[1] y + m[2] z + m[9]`, and so on down and into the picture. */
export interface Projection {
  /** Three rows of three numbers for x, y, z; then what is added in each row. */
  readonly matrix: Float64Array;
  /** Pixels of one unit. */
  readonly scale: number;
  /** Depth of what is nearest and farthest at most, in pixels. */
  readonly depth: readonly [near: number, far: number];
}

const SQUARE = Math.SQRT1_2;

/** Views along an axis, with the other two as slices show them. */
export const ALONG: Readonly<Record<"z" | "y" | "x", Turn>> = {
  z: [0, 0, 0, 1],
  // x to the right, z down.
  y: [SQUARE, 0, 0, -SQUARE].map((n) => -n) as unknown as Turn,
  // z to the right, y down.
  x: [0, SQUARE, 0, SQUARE],
};

export function times(a: Turn, b: Turn): Turn {
  const [p, q, r, s] = a;
  const [x, y, z, w] = b;
  return [
    s * x + p * w + q * z - r * y,
    s * y - p * z + q * w + r * x,
    s * z + p * y - q * x + r * w,
    s * w - p * x - q * y - r * z,
  ];
}

/** The turn by an angle about a direction of length 1. */
export function about(axis: readonly [number, number, number], angle: number): Turn {
  const sine = Math.sin(angle / 2);
  return [axis[0] * sine, axis[1] * sine, axis[2] * sine, Math.cos(angle / 2)];
}

/** A turn brought to length 1, which many small ones leave; undefined if it has none. */
export function unitTurn(turn: readonly number[]): Turn | undefined {
  const length = Math.hypot(...turn);
  return turn.length === 4 && length > 1e-6 && Number.isFinite(length)
    ? (turn.map((n) => n / length) as unknown as Turn)
    : undefined;
}

/** From a corner and from above, z down. */
export const CORNER: Camera = {
  turn: times(about([1, 0, 0], 0.42), times(about([0, 1, 0], 0.6), ALONG.y)),
  zoom: 1,
  shift: [0, 0],
};

/** As by a finger on a ball: to the right about the vertical, down about the horizontal of the picture. @param right, down in radians */
export function turned(camera: Camera, right: number, down: number): Camera {
  const turn = unitTurn(times(times(about([0, 1, 0], -right), about([1, 0, 0], down)), camera.turn))!;
  return { ...camera, turn };
}

/** Zooms so that the place under a point stays there. @param at from the middle of the picture, in its shorter sides */
export function zoomed(camera: Camera, factor: number, at: readonly [number, number] = [0, 0]): Camera {
  const zoom = Math.min(200, Math.max(0.2, camera.zoom * factor));
  const by = zoom / camera.zoom;
  const shift = camera.shift.map((n, k) => at[k]! + (n - at[k]!) * by) as [number, number];
  return { ...camera, zoom, shift };
}

/** Rows right, down, into; columns x, y, z. */
function rows([x, y, z, w]: Turn): readonly number[] {
  return [
    ...[1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
    ...[2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
    ...[2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
  ];
}

/** @param width, height of the picture in pixels */
export function projectionOf(camera: Camera, { low, size }: Box, width: number, height: number): Projection {
  const diagonal = Math.hypot(...size) || 1;
  const side = Math.min(width, height);
  const scale = (0.94 * side * camera.zoom) / diagonal;
  const matrix = new Float64Array(12);
  const centre = [2, 1, 0].map((k) => low[k]! + size[k]! / 2);
  const middle = [width / 2 + camera.shift[0] * side, height / 2 + camera.shift[1] * side, 0];
  const turn = rows(camera.turn);
  for (let row = 0; row < 3; row++) {
    matrix[9 + row] = middle[row]!;
    for (let k = 0; k < 3; k++) {
      const n = scale * turn[3 * row + k]!;
      matrix[3 * row + k] = n;
      matrix[9 + row]! -= n * centre[k]!;
    }
  }
  const far = (0.55 * diagonal + 1e-9) * scale;
  return { matrix, scale, depth: [-far, far] };
}

/** Where a place is seen: pixels to the right and down, and the depth. */
export function seen({ matrix: m }: Projection, x: number, y: number, z: number): [number, number, number] {
  return [
    m[0]! * x + m[1]! * y + m[2]! * z + m[9]!,
    m[3]! * x + m[4]! * y + m[5]! * z + m[10]!,
    m[6]! * x + m[7]! * y + m[8]! * z + m[11]!,
  ];
}
