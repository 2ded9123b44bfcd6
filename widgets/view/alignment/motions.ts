/** Motions of the moving picture in the fixed space, and what they make of a transform. */
import { type AffineMap, after, inverseMatrix, inverted, product, turned } from "../../../src/core/affine.js";
import type { Axis, Triple } from "../../../src/core/shape.js";
import { cross, dot, unit } from "../../draw/free-plane.js";

const minus = (a: Triple, b: Triple): Triple => [a[0] - b[0], a[1] - b[1], a[2] - b[2]];

/** The map with this matrix that leaves a point where it is. */
function around(matrix: readonly number[], point: Triple): AffineMap {
  return { matrix, offset: minus(point, turned({ matrix }, point)) };
}

export const shifted = (by: Triple): AffineMap => ({ matrix: [1, 0, 0, 0, 1, 0, 0, 0, 1], offset: by });

/** A turn in the plane of two directions, by radians from the one to the other. */
export function turnedIn(right: Triple, down: Triple, angle: number, about: Triple): AffineMap {
  const [r, d] = [unit(right), unit(down)];
  const [less, sine] = [Math.cos(angle) - 1, Math.sin(angle)];
  const matrix = Array.from({ length: 9 }, (_, k) => {
    const [i, j] = [Math.floor(k / 3), k % 3];
    return (i === j ? 1 : 0) + less * (r[i]! * r[j]! + d[i]! * d[j]!) + sine * (d[i]! * r[j]! - r[i]! * d[j]!);
  });
  return around(matrix, about);
}

export const scaled = (factor: number, about: Triple): AffineMap =>
  around([factor, 0, 0, 0, factor, 0, 0, 0, factor], about);

/** Stretches along two directions that need not be at right angles; across them nothing changes. */
export function stretched(along: Triple, other: Triple, factors: readonly [number, number], about: Triple): AffineMap {
  const [a, b] = [unit(along), unit(other)];
  const n = unit(cross(a, b));
  const basis = [a[0], b[0], n[0], a[1], b[1], n[1], a[2], b[2], n[2]];
  const scale = [factors[0], 0, 0, 0, factors[1], 0, 0, 0, 1];
  return around(product(product(basis, scale), inverseMatrix(basis)), about);
}

/** The transform from fixed to moving after the moving picture has gone along a motion of the fixed space. */
export const movedBy = (transform: AffineMap, motion: AffineMap): AffineMap => after(transform, inverted(motion));

/** The rotation that is nearest to a matrix with a positive determinant. @see N. J. Higham 1986, doi:10.1137/0907079 */
export function rotationIn(matrix: readonly number[]): number[] {
  let now = [...matrix];
  for (let step = 0; step < 40; step++) {
    const back = inverseMatrix(now);
    const next = now.map((n, k) => (n + back[3 * (k % 3) + Math.floor(k / 3)]!) / 2);
    const change = Math.max(...next.map((n, k) => Math.abs(n - now[k]!)));
    now = next;
    if (change < 1e-15) break;
  }
  return now;
}

const degrees = (radians: number): number => (radians * 180) / Math.PI;

/** A turn about an axis of space by degrees: counter-clockwise as planes are shown, with rows downwards, as `rotate` turns. */
export function axisTurn(axis: Axis, angle: number): number[] {
  const radians = (angle * Math.PI) / 180;
  const [c, s] = [Math.cos(radians), Math.sin(radians)];
  if (axis === "z") return [1, 0, 0, 0, c, -s, 0, s, c];
  if (axis === "y") return [c, 0, -s, 0, 1, 0, s, 0, c];
  return [c, s, 0, -s, c, 0, 0, 0, 1];
}

/** A rotation as turns about x, then y, then z, in degrees. */
export function anglesOf(rotation: readonly number[]): { z: number; y: number; x: number } {
  const m = (row: number, column: number): number => rotation[3 * row + column]!;
  const y = Math.asin(Math.min(1, Math.max(-1, -m(0, 2))));
  // Straight up or down only the difference of the two other turns is known.
  if (Math.abs(m(0, 2)) > 1 - 1e-12) return { z: degrees(Math.atan2(m(2, 1), m(1, 1))), y: degrees(y), x: 0 };
  return { z: degrees(Math.atan2(-m(1, 2), m(2, 2))), y: degrees(y), x: degrees(Math.atan2(m(0, 1), m(0, 0))) };
}

/** The rotation with these turns: what {@link anglesOf} goes back from. */
export const rotationOf = ({ z, y, x }: { z: number; y: number; x: number }): number[] =>
  product(axisTurn("z", z), product(axisTurn("y", y), axisTurn("x", x)));

/** Where the moving picture is: its middle, how it is turned and how large it is in the fixed space. */
export interface Placement {
  readonly middle: Triple;
  readonly angles: { z: number; y: number; x: number };
  /** Cube root of its volume over what it has in its own space. */
  readonly scale: number;
}

/** @param middle of the moving volume in its own space */
export function placementOf(transform: AffineMap, middle: Triple): Placement {
  const back = inverted(transform);
  const [z, y, x] = turned(back, middle);
  const { matrix } = back;
  const size = dot(
    cross(matrix.slice(0, 3) as unknown as Triple, matrix.slice(3, 6) as unknown as Triple),
    matrix.slice(6, 9) as unknown as Triple,
  );
  return {
    middle: [z + back.offset[0], y + back.offset[1], x + back.offset[2]],
    angles: anglesOf(rotationIn(matrix)),
    scale: Math.cbrt(size),
  };
}

/** The motion that turns about a point so that the angles become these. */
export function toAngles(transform: AffineMap, angles: { z: number; y: number; x: number }, about: Triple): AffineMap {
  const now = rotationIn(inverseMatrix(transform.matrix));
  return around(product(rotationOf(angles), inverseMatrix(now)), about);
}
