/** Eigenvalues and eigenvectors of a symmetric 3 × 3 matrix. */

export interface PrincipalAxis {
  readonly value: number;
  /** Unit vector along z, y, x; its largest component is positive. */
  readonly axis: readonly [number, number, number];
}

const TURNS = [
  [0, 1],
  [0, 2],
  [1, 2],
] as const;

/** By Jacobi's rotations; the largest value first. */
export function principalAxes(matrix: readonly (readonly number[])[]): [PrincipalAxis, PrincipalAxis, PrincipalAxis] {
  const a = matrix.map((row) => [...row]);
  const v: number[][] = [0, 1, 2].map((i) => [0, 1, 2].map((j) => (i === j ? 1 : 0)));
  const scale = Math.max(...a.flat().map(Math.abs));
  for (let sweep = 0; sweep < 50; sweep++) {
    const off = Math.max(...TURNS.map(([p, q]) => Math.abs(a[p]![q]!)));
    if (off <= 1e-15 * scale) break;
    for (const [p, q] of TURNS) {
      const apq = a[p]![q]!;
      if (apq === 0) continue;
      const theta = (a[q]![q]! - a[p]![p]!) / (2 * apq);
      const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.hypot(theta, 1));
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
  }
  const found = [0, 1, 2].map((k): PrincipalAxis => {
    const axis = v.map((row) => row[k]!);
    const main = axis.reduce((best, value) => (Math.abs(value) > Math.abs(best) + 1e-9 ? value : best), 0);
    return { value: a[k]![k]!, axis: axis.map((value) => (main < 0 ? -value : value) + 0) as [number, number, number] };
  });
  return found.sort((one, other) => other.value - one.value) as [PrincipalAxis, PrincipalAxis, PrincipalAxis];
}
