/**
 * Conduction through voxels as it is defined, in float64: every face between two voxels as one conductance, Kirchhoff's law for each
 * voxel, solved by plain conjugate gradients to the last digits.
 */
import type { Triple } from "#src/core/shape.js";

export interface ConductionCase {
  readonly conductivity: Float64Array;
  readonly shape: Triple;
  readonly axis: 0 | 1 | 2;
  readonly spacing?: Triple;
  /** Axes along which what leaves on one side comes in on the other; along `axis` around a jump of 1. */
  readonly periodic?: readonly boolean[];
  /** What each voxel takes out, times its potential; the last face along `axis` is then closed. */
  readonly sink?: Float64Array;
}

export interface ConductionTruth {
  /** Effective conductivity along the axis. */
  readonly effective: number;
  readonly potential: Float64Array;
  /** Mean flux density along z, y, x over the even gradient along the axis. */
  readonly column: Triple;
  /** What flows in through the first face at the potential 1, in conductances. */
  readonly inflow: number;
}

interface Face {
  readonly one: number;
  readonly other: number;
  readonly conductance: number;
  /** Potential that `other` is higher by; where there is no `other` (−1), its potential. */
  readonly offset: number;
  readonly axis: number;
}

export function conductionTruth(given: ConductionCase): ConductionTruth {
  const { conductivity, shape, axis, spacing = [1, 1, 1], periodic = [], sink } = given;
  const [nz, ny, nx] = shape;
  const n = nz * ny * nx;
  const index = (at: readonly number[]): number => (at[0]! * ny + at[1]!) * nx + at[2]!;
  const area = spacing[0] * spacing[1] * spacing[2];
  const faces: Face[] = [];
  for (let z = 0; z < nz; z++)
    for (let y = 0; y < ny; y++)
      for (let x = 0; x < nx; x++)
        for (const k of [0, 1, 2]) {
          const at = [z, y, x];
          const one = index(at);
          const next = [...at];
          next[k]!++;
          const isLast = next[k] === shape[k];
          const sigma = conductivity[one]!;
          const perDistance = area / spacing[k]! ** 2;
          if (k === axis && !periodic[k]) {
            if (at[k] === 0) faces.push({ one, other: -1, conductance: 2 * sigma * perDistance, offset: 1, axis: k });
            if (isLast && sink === undefined)
              faces.push({ one, other: -1, conductance: 2 * sigma * perDistance, offset: 0, axis: k });
          }
          if (isLast && !periodic[k]) continue;
          if (isLast) next[k] = 0;
          const other = index(next);
          const tau = conductivity[other]!;
          const mean = sigma > 0 && tau > 0 ? (2 * sigma * tau) / (sigma + tau) : 0;
          faces.push({ one, other, conductance: mean * perDistance, offset: isLast && k === axis ? -1 : 0, axis: k });
        }
  const used = faces.filter(({ conductance }) => conductance > 0);
  const apply = (v: Float64Array): Float64Array => {
    const out = Float64Array.from(v, (value, k) => value * (sink?.[k] ?? 0));
    for (const { one, other, conductance } of used) {
      const flow = conductance * (v[one]! - (other < 0 ? 0 : v[other]!));
      out[one]! += flow;
      if (other >= 0) out[other]! -= flow;
    }
    return out;
  };
  const b = new Float64Array(n);
  for (const { one, other, conductance, offset } of used) {
    b[one]! += conductance * offset;
    if (other >= 0) b[other]! -= conductance * offset;
  }
  const x = conjugateGradients(apply, b);
  const flows = used.map(({ one, other, conductance, offset, axis: k }) => ({
    k,
    isEnd: other < 0,
    isFirst: other < 0 && offset === 1,
    flow: conductance * (x[one]! - (other < 0 ? offset : x[other]! + offset)),
  }));
  // The mean flux density: each face stands for the voxel between two centres, those at the ends for half of one.
  const mean = [0, 1, 2].map((k) => {
    let sum = 0;
    for (const one of flows) if (one.k === k) sum += one.isEnd ? 0.5 * (one.isFirst ? -one.flow : one.flow) : one.flow;
    return (sum * spacing[k]!) / (n * area);
  });
  const gradient = 1 / (shape[axis] * spacing[axis]);
  const column = mean.map((value) => value / gradient) as unknown as Triple;
  const inflow = flows.reduce((sum, one) => sum + (one.isFirst ? -one.flow : 0), 0);
  return { effective: column[axis], potential: x, column, inflow };
}

/** For symmetric operators without negative eigenvalues, and right-hand sides that they reach. */
export function conjugateGradients(apply: (v: Float64Array) => Float64Array, b: Float64Array): Float64Array {
  const dot = (u: Float64Array, v: Float64Array): number => u.reduce((sum, value, k) => sum + value * v[k]!, 0);
  const x = new Float64Array(b.length);
  const r = b.slice();
  let p = b.slice();
  let left = dot(r, r);
  const enough = left * 1e-26;
  for (let k = 0; k < 20 * b.length && left > enough; k++) {
    const q = apply(p);
    const way = left / dot(p, q);
    for (let n = 0; n < x.length; n++) {
      x[n]! += way * p[n]!;
      r[n]! -= way * q[n]!;
    }
    const now = dot(r, r);
    const ratio = now / left;
    p = p.map((value, n) => r[n]! + ratio * value);
    left = now;
  }
  return x;
}
