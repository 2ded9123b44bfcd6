/** Affine maps of space: where voxels of a volume lie, and how one space lies in another. */
import type { Triple } from "./shape.js";

/** Where a point goes: `matrix · point + offset`, components along z, y, x. */
export interface AffineMap {
  /** Row-major 3 × 3. */
  readonly matrix: readonly number[];
  readonly offset: Triple;
}

export const IDENTITY: AffineMap = { matrix: [1, 0, 0, 0, 1, 0, 0, 0, 1], offset: [0, 0, 0] };

/** A direction under the map: what it does to differences of points. */
export const turned = ({ matrix: m }: Pick<AffineMap, "matrix">, [z, y, x]: Triple): Triple => [
  m[0]! * z + m[1]! * y + m[2]! * x,
  m[3]! * z + m[4]! * y + m[5]! * x,
  m[6]! * z + m[7]! * y + m[8]! * x,
];

/** A point under the map. */
export function mapped(map: AffineMap, point: Triple): Triple {
  const [z, y, x] = turned(map, point);
  return [z + map.offset[0], y + map.offset[1], x + map.offset[2]];
}

/** The product of two row-major 3 × 3 matrices. */
export function product(a: readonly number[], b: readonly number[]): number[] {
  const out: number[] = [];
  for (let row = 0; row < 9; row += 3)
    for (let column = 0; column < 3; column++)
      out.push(a[row]! * b[column]! + a[row + 1]! * b[3 + column]! + a[row + 2]! * b[6 + column]!);
  return out;
}

/** One map after another: `after(f, g)` of a point is `f(g(point))`. */
export const after = (outer: AffineMap, inner: AffineMap): AffineMap => ({
  matrix: product(outer.matrix, inner.matrix),
  offset: mapped(outer, inner.offset),
});

export const determinant = ([a, b, c, d, e, f, g, h, i]: readonly number[]): number =>
  a! * (e! * i! - f! * h!) - b! * (d! * i! - f! * g!) + c! * (d! * h! - e! * g!);

/** The inverse of a row-major 3 × 3 matrix; of a singular one its entries are not finite. */
export function inverseMatrix(m: readonly number[]): number[] {
  const [a, b, c, d, e, f, g, h, i] = m as [number, number, number, number, number, number, number, number, number];
  const adjugate = [
    ...[e * i - f * h, c * h - b * i, b * f - c * e],
    ...[f * g - d * i, a * i - c * g, c * d - a * f],
    ...[d * h - e * g, b * g - a * h, a * e - b * d],
  ];
  const size = determinant(m);
  return adjugate.map((n) => n / size);
}

/** The map that goes back. */
export function inverted({ matrix, offset }: AffineMap): AffineMap {
  const back = inverseMatrix(matrix);
  const [z, y, x] = turned({ matrix: back }, offset);
  return { matrix: back, offset: [0 - z, 0 - y, 0 - x] };
}

/** Where a volume lies: from voxels (their centres at whole numbers) to metres in space. */
export function gridMap({
  spacing,
  origin,
  direction,
}: {
  readonly spacing: Triple;
  readonly origin: Triple;
  readonly direction: readonly number[];
}): AffineMap {
  return { matrix: direction.map((n, k) => n * spacing[k % 3]!), offset: origin };
}
