import type { Triple } from "../core/shape.js";

/** A symmetric matrix: zz, yy, xx, zy, zx, yx. */
export type Symmetric = readonly [zz: number, yy: number, xx: number, zy: number, zx: number, yx: number];

/** An eigenvalue with its unit vector, whose first component that is not 0 is positive. */
export interface PrincipalAxis {
  readonly value: number;
  readonly direction: Triple;
}

/** Eigenvalues and eigenvectors, the largest one first, by Jacobi's rotations: exact to rounding also where values are equal. */
export function principalAxes([zz, yy, xx, zy, zx, yx]: Symmetric): readonly [
  PrincipalAxis,
  PrincipalAxis,
  PrincipalAxis,
] {
  const a = [
    [zz, zy, zx],
    [zy, yy, yx],
    [zx, yx, xx],
  ];
  const v = [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ];
  for (let sweep = 0; sweep < 30; sweep++) {
    const off = Math.abs(a[0]![1]!) + Math.abs(a[0]![2]!) + Math.abs(a[1]![2]!);
    if (off <= 1e-300 || off <= 1e-17 * (Math.abs(a[0]![0]!) + Math.abs(a[1]![1]!) + Math.abs(a[2]![2]!))) break;
    for (const [p, q] of [
      [0, 1],
      [0, 2],
      [1, 2],
    ] as const)
      rotate(a, v, p, q);
  }
  const axes = [0, 1, 2].map((k) => ({ value: a[k]![k]!, direction: upright([v[0]![k]!, v[1]![k]!, v[2]![k]!]) }));
  axes.sort((one, other) => other.value - one.value);
  return axes as unknown as readonly [PrincipalAxis, PrincipalAxis, PrincipalAxis];
}

function rotate(a: number[][], v: number[][], p: number, q: number): void {
  const apq = a[p]![q]!;
  if (apq === 0) return;
  const theta = (a[q]![q]! - a[p]![p]!) / (2 * apq);
  const t = Math.sign(theta || 1) / (Math.abs(theta) + Math.hypot(theta, 1));
  const c = 1 / Math.hypot(t, 1);
  const s = t * c;
  for (let k = 0; k < 3; k++) {
    const [kp, kq] = [a[k]![p]!, a[k]![q]!];
    a[k]![p] = c * kp - s * kq;
    a[k]![q] = s * kp + c * kq;
  }
  for (let k = 0; k < 3; k++) {
    const [pk, qk] = [a[p]![k]!, a[q]![k]!];
    a[p]![k] = c * pk - s * qk;
    a[q]![k] = s * pk + c * qk;
    const [vp, vq] = [v[k]![p]!, v[k]![q]!];
    v[k]![p] = c * vp - s * vq;
    v[k]![q] = s * vp + c * vq;
  }
}

function upright(direction: Triple): Triple {
  const first = direction.find((n) => Math.abs(n) > 1e-9) ?? 1;
  return first < 0 ? [0 - direction[0], 0 - direction[1], 0 - direction[2]] : direction;
}
