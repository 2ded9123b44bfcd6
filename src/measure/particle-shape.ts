import { PARTICLE } from "../compute/operations/particles.js";
import type { Triple } from "../core/shape.js";
import type { ParticleSums } from "./particle-sums.js";
import { type PrincipalAxis, principalAxes, type Symmetric } from "./principal-axes.js";

/** Where a particle is, how it lies and how lopsided it is. */
export interface ParticleShape {
  /** In voxels from the first voxel of the volume. */
  readonly centroid: Triple;
  /** Second central moments, in the unit of the voxel's size squared, the largest one first. */
  readonly axes: readonly [PrincipalAxis, PrincipalAxis, PrincipalAxis];
  readonly asymmetry: number;
}

/** Places of the products of two and of three coordinates among the sums. */
const SECOND = [
  [0, 3, 4],
  [3, 1, 5],
  [4, 5, 2],
] as const;
const THIRD = new Map(
  ["000", "001", "002", "011", "012", "022", "111", "112", "122", "222"].map((axes, k) => [axes, k]),
);
const thirdAt = (i: number, j: number, k: number): number => THIRD.get([i, j, k].sort().join(""))!;

/** Shape of the k-th particle from its sums; whole numbers of any length, so that nothing cancels out. */
export function particleShape(sums: ParticleSums, k: number, size: Triple): ParticleShape {
  const n = sums.exact(k, PARTICLE.voxels);
  const first = [0, 1, 2].map((i) => sums.exact(k, PARTICLE.first + i));
  const second = [0, 1, 2, 3, 4, 5].map((i) => sums.exact(k, PARTICLE.second + i));
  const third = Array.from({ length: 10 }, (_, i) => sums.exact(k, PARTICLE.third + i));
  const count = Number(n);
  // n² times the central moments, as whole numbers.
  const central = (i: number, j: number): number =>
    Number(second[SECOND[i]![j]!]! * n - first[i]! * first[j]!) / count ** 2;
  const covariance: Symmetric = [
    central(0, 0),
    central(1, 1),
    central(2, 2),
    central(0, 1),
    central(0, 2),
    central(1, 2),
  ];
  const scaled = covariance.map((value, at) => {
    const [i, j] = [
      [0, 0],
      [1, 1],
      [2, 2],
      [0, 1],
      [0, 2],
      [1, 2],
    ][at] as [number, number];
    return value * size[i]! * size[j]!;
  }) as unknown as Symmetric;
  const centralThird = (i: number, j: number, l: number): number => {
    const [a, b, c] = [first[i]!, first[j]!, first[l]!];
    const mixed = second[SECOND[i]![j]!]! * c + second[SECOND[i]![l]!]! * b + second[SECOND[j]![l]!]! * a;
    return Number(third[thirdAt(i, j, l)]! * n * n - n * mixed + 2n * a * b * c) / count ** 3;
  };
  return {
    centroid: first.map((sum, axis) => Number(sum) / count + sums.origin[axis]!) as unknown as Triple,
    axes: principalAxes(scaled),
    asymmetry: skewness(principalAxes(covariance), centralThird),
  };
}

/** Root of the sum of the squares of all third moments of what has been turned and stretched to a covariance of one. */
function skewness(axes: readonly PrincipalAxis[], third: (i: number, j: number, k: number) => number): number {
  const all = [0, 1, 2];
  const moments = all.map((i) => all.map((j) => all.map((k) => third(i, j, k))));
  // What has no extent along an axis cannot be lopsided along it.
  const stretched = axes
    .filter(({ value }) => value > 1e-9 * axes[0]!.value)
    .map(({ value, direction }) => direction.map((n) => n / Math.sqrt(value)));
  let sum = 0;
  for (const a of stretched)
    for (const b of stretched)
      for (const c of stretched) {
        let moment = 0;
        for (const i of all)
          for (const j of all) for (const k of all) moment += a[i]! * b[j]! * c[k]! * moments[i]![j]![k]!;
        sum += moment ** 2;
      }
  return Math.sqrt(sum);
}
