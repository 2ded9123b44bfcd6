/** How the affine kinds of transforms are fitted to pairs of points. */
import { type AffineMap, turned } from "../core/affine.js";
import type { Triple } from "../core/shape.js";
import { symmetricEigenvectors } from "../statistics/symmetric-eigenvectors.js";
import { solveLinear } from "./linear-system.js";

/** Points with weights, around their weighted middle. */
interface Cloud {
  readonly middle: Triple;
  readonly arms: readonly Triple[];
}

function cloudOf(points: readonly Triple[], weights: readonly number[]): Cloud {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const middle = [0, 1, 2].map(
    (axis) => points.reduce((sum, point, k) => sum + weights[k]! * point[axis]!, 0) / total,
  ) as unknown as Triple;
  return { middle, arms: points.map(([z, y, x]) => [z - middle[0], y - middle[1], x - middle[2]]) };
}

/** Σ weight · a ⊗ b, row-major. */
function moments(a: readonly Triple[], b: readonly Triple[], weights: readonly number[]): number[] {
  return Array.from({ length: 9 }, (_, k) =>
    a.reduce((sum, arm, n) => sum + weights[n]! * arm[Math.floor(k / 3)]! * b[n]![k % 3]!, 0),
  );
}

/** In how many directions points extend: 0 to 3. A direction with less than 10⁻⁶ of the largest extent is none. */
export function dimensionsOf(points: readonly Triple[]): number {
  const one = points.map(() => 1);
  const { arms } = cloudOf(points, one);
  const m = moments(arms, arms, one);
  const values = symmetricEigenvectors([m.slice(0, 3), m.slice(3, 6), m.slice(6, 9)]).map(({ value }) => value);
  return values[0]! > 0 ? values.filter((value) => value > 1e-12 * values[0]!).length : 0;
}

/** The map with this matrix that takes one middle to the other. */
function about(matrix: readonly number[], from: Triple, to: Triple): AffineMap {
  const [z, y, x] = turned({ matrix }, from);
  return { matrix, offset: [to[0] - z, to[1] - y, to[2] - x] };
}

/**
 * The rotation that is nearest, from the products of coordinates: the quaternion with the largest eigenvalue. It is never a mirror
 * image, not even where all points lie in a plane.
 * @see B. K. P. Horn 1987, doi:10.1364/JOSAA.4.000629
 */
function rotationOf(m: readonly number[]): number[] {
  const [aa, ab, ac, ba, bb, bc, ca, cb, cc] = m as [
    ...[number, number, number, number, number, number],
    ...[number, number, number],
  ];
  const [w, i, j, k] = symmetricEigenvectors([
    [aa + bb + cc, bc - cb, ca - ac, ab - ba],
    [bc - cb, aa - bb - cc, ab + ba, ca + ac],
    [ca - ac, ab + ba, bb - aa - cc, bc + cb],
    [ab - ba, ca + ac, bc + cb, cc - aa - bb],
  ])[0]!.vector as [number, number, number, number];
  return [
    ...[w * w + i * i - j * j - k * k, 2 * (i * j - w * k), 2 * (i * k + w * j)],
    ...[2 * (i * j + w * k), w * w - i * i + j * j - k * k, 2 * (j * k - w * i)],
    ...[2 * (i * k - w * j), 2 * (j * k + w * i), w * w - i * i - j * j + k * k],
  ];
}

export type AffineModel = "translation" | "rigid" | "similarity" | "affine";

/**
 * The affine map of a kind that takes points to others with the least sum of squares. That the points are enough is checked before.
 * @see scale: S. Umeyama 1991, doi:10.1109/34.88573
 */
export function fitAffine(
  model: AffineModel,
  from: readonly Triple[],
  to: readonly Triple[],
  weights: readonly number[],
): AffineMap {
  const [a, b] = [cloudOf(from, weights), cloudOf(to, weights)];
  if (model === "translation") return about([1, 0, 0, 0, 1, 0, 0, 0, 1], a.middle, b.middle);
  if (model === "affine") {
    const own = moments(a.arms, a.arms, weights);
    const both = moments(a.arms, b.arms, weights);
    const rows = (m: readonly number[]): number[][] => [m.slice(0, 3), m.slice(3, 6), m.slice(6, 9)];
    // slopes[i][j]: how the image along j changes along i.
    const slopes = solveLinear(rows(own), rows(both))!;
    const matrix = Array.from({ length: 9 }, (_, k) => slopes[k % 3]![Math.floor(k / 3)]!);
    return about(matrix, a.middle, b.middle);
  }
  const both = moments(a.arms, b.arms, weights);
  const rotation = rotationOf(both);
  if (model === "rigid") return about(rotation, a.middle, b.middle);
  // Σ b · R a over Σ a · a.
  const along = [0, 1, 2].reduce(
    (sum, i) => sum + [0, 1, 2].reduce((part, j) => part + rotation[3 * j + i]! * both[3 * i + j]!, 0),
    0,
  );
  const own = a.arms.reduce((sum, arm, k) => sum + weights[k]! * (arm[0] ** 2 + arm[1] ** 2 + arm[2] ** 2), 0);
  return about(
    rotation.map((n) => (n * along) / own),
    a.middle,
    b.middle,
  );
}
