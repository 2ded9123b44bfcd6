import type { Triple } from "../core/shape.js";
import { symmetricEigenvectors } from "../statistics/symmetric-eigenvectors.js";

/** A symmetric matrix: zz, yy, xx, zy, zx, yx. */
export type Symmetric = readonly [zz: number, yy: number, xx: number, zy: number, zx: number, yx: number];

/** An eigenvalue with its unit vector, whose first component that is not 0 is positive. */
export interface PrincipalAxis {
  readonly value: number;
  readonly direction: Triple;
}

/** Eigenvalues and eigenvectors, the largest one first: exact to rounding also where values are equal. */
export function principalAxes([zz, yy, xx, zy, zx, yx]: Symmetric): readonly [
  PrincipalAxis,
  PrincipalAxis,
  PrincipalAxis,
] {
  const axes = symmetricEigenvectors([
    [zz, zy, zx],
    [zy, yy, yx],
    [zx, yx, xx],
  ]);
  return axes.map(({ value, vector }) => ({
    value,
    direction: upright(vector as unknown as Triple),
  })) as unknown as readonly [PrincipalAxis, PrincipalAxis, PrincipalAxis];
}

function upright(direction: Triple): Triple {
  const first = direction.find((n) => Math.abs(n) > 1e-9) ?? 1;
  return first < 0 ? [0 - direction[0], 0 - direction[1], 0 - direction[2]] : direction;
}
