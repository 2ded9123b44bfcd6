/** What kinds of transforms there are, from the stiffest on. */
import { determinant, product } from "../core/affine.js";

/** From the stiffest to the most pliable; each contains those before it. */
export const TRANSFORM_KINDS = ["translation", "rigid", "similarity", "affine", "thin plate"] as const;
export type TransformKind = (typeof TRANSFORM_KINDS)[number];

/** How far a matrix may be from a rotation to be called one: what rounding leaves of many that are multiplied. */
const TOLERANCE = 1e-9;

/** The more pliable of two kinds: what two transforms one after the other are. */
export const morePliable = (a: TransformKind, b: TransformKind): TransformKind =>
  TRANSFORM_KINDS[Math.max(TRANSFORM_KINDS.indexOf(a), TRANSFORM_KINDS.indexOf(b))]!;

/** The stiffest kind that a matrix is of. */
export function kindOf(matrix: readonly number[]): Exclude<TransformKind, "thin plate"> {
  const transposed = matrix.map((_, k) => matrix[3 * (k % 3) + Math.floor(k / 3)]!);
  const gram = product(transposed, matrix);
  const size = (gram[0]! + gram[4]! + gram[8]!) / 3;
  const alike = gram.every((n, k) => Math.abs(n - (k % 4 === 0 ? size : 0)) <= TOLERANCE * size);
  if (!alike || determinant(matrix) < 0) return "affine";
  if (Math.abs(Math.sqrt(size) - 1) > TOLERANCE) return "similarity";
  return matrix.every((n, k) => Math.abs(n - (k % 4 === 0 ? 1 : 0)) <= TOLERANCE) ? "translation" : "rigid";
}
