/** Potts model with Gaussian classes, from its definition: slow and obvious. */
import type { Shape, Triple } from "#src/core/shape.js";

export interface Potts {
  readonly shape: Shape;
  readonly means: readonly number[];
  readonly deviations: readonly number[];
  readonly smoothness: number;
  /** Weights of pairs along z, y, x. Default 1. */
  readonly weights?: Triple;
}

/** Nats that costs are counted in, where no pair costs 4 of them. */
const UNIT = 2 ** -12;
const OUTSIDE = 255;

/** Rounds half a unit to the even one. */
function nearest(value: number): number {
  const low = Math.floor(value);
  const rest = value - low;
  return rest < 0.5 || (rest === 0.5 && low % 2 === 0) ? low : low + 1;
}

/** −log N(v | μ, σ) in units. */
function dataCost(value: number, k: number, { means, deviations }: Potts): number {
  const sigma = deviations[k]!;
  const constant = Math.log(sigma) + Math.log(2 * Math.PI) / 2;
  return nearest((value - means[k]!) ** 2 * (1 / (2 * sigma ** 2) / UNIT) + constant / UNIT);
}

const pairCosts = ({ smoothness, weights = [1, 1, 1] }: Potts): Triple =>
  weights.map((weight) => Math.round((smoothness * weight) / UNIT)) as unknown as Triple;

/** Index of the next voxel along an axis; −1 beyond the face. */
function next(k: number, axis: number, by: 1 | -1, [depth, rows, columns]: Shape): number {
  const at = [Math.floor(k / (rows * columns)), Math.floor(k / columns) % rows, k % columns];
  const n = at[axis]! + by;
  const step = [rows * columns, columns, 1][axis]!;
  return n < 0 || n >= [depth, rows, columns][axis]! ? -1 : k + by * step;
}

/** Energy of labels in nats. */
export function energy(values: ArrayLike<number>, labels: ArrayLike<number>, potts: Potts): number {
  const pairs = pairCosts(potts);
  let sum = 0;
  for (let k = 0; k < values.length; k++) {
    if (labels[k] === OUTSIDE) continue;
    sum += dataCost(values[k]!, labels[k]!, potts);
    for (const axis of [0, 1, 2]) {
      const other = next(k, axis, 1, potts.shape);
      if (other >= 0 && labels[other] !== OUTSIDE && labels[other] !== labels[k]) sum += pairs[axis]!;
    }
  }
  return sum * UNIT;
}

/** The lowest energy that any labels have, by trying all; voxels of `start` that are outside stay so. */
export function lowestEnergy(values: ArrayLike<number>, start: ArrayLike<number>, potts: Potts): number {
  const free = [...Array(start.length).keys()].filter((k) => start[k] !== OUTSIDE);
  const classes = potts.means.length;
  const pairs = pairCosts(potts);
  const costs = free.map((k) => potts.means.map((_, label) => dataCost(values[k]!, label, potts)));
  // What the voxels from the n-th on cost at least: labels that are over the lowest energy with that are not tried.
  const rest = [...free.keys(), free.length].map((n) =>
    costs.slice(n).reduce((sum, each) => sum + Math.min(...each), 0),
  );
  const labels = Array.from(start);
  for (const k of free) labels[k] = OUTSIDE;
  let lowest = Number.POSITIVE_INFINITY;
  // One voxel after the other; a voxel pays for its pairs with those that have a label already.
  const place = (n: number, sum: number): void => {
    if (sum + rest[n]! >= lowest) return;
    if (n === free.length) {
      lowest = sum;
      return;
    }
    const k = free[n]!;
    for (let label = 0; label < classes; label++) {
      let cost = costs[n]![label]!;
      for (const axis of [0, 1, 2]) {
        const other = next(k, axis, -1, potts.shape);
        if (other >= 0 && labels[other] !== OUTSIDE && labels[other] !== label) cost += pairs[axis]!;
      }
      labels[k] = label;
      place(n + 1, sum + cost);
    }
    labels[k] = OUTSIDE;
  };
  place(0, 0);
  return lowest * UNIT;
}

/** Sweeps of iterated conditional modes: voxels with even z + y + x, then the others; ties keep the label, then the lowest wins. */
export function conditionalModes(
  values: ArrayLike<number>,
  start: ArrayLike<number>,
  potts: Potts,
  sweeps: number,
): number[] {
  const labels = Array.from(start);
  const pairs = pairCosts(potts);
  const [, rows, columns] = potts.shape;
  for (let half = 0; half < 2 * sweeps; half++)
    for (let k = 0; k < labels.length; k++) {
      const parity = (Math.floor(k / (rows * columns)) + (Math.floor(k / columns) % rows) + (k % columns)) % 2;
      if (labels[k] === OUTSIDE || parity !== half % 2) continue;
      const costs = potts.means.map((_, label) => {
        let cost = dataCost(values[k]!, label, potts);
        for (const axis of [0, 1, 2])
          for (const by of [-1, 1] as const) {
            const other = next(k, axis, by, potts.shape);
            if (other >= 0 && labels[other] !== OUTSIDE && labels[other] !== label) cost += pairs[axis]!;
          }
        return cost;
      });
      const least = Math.min(...costs);
      if (costs[labels[k]!]! > least) labels[k] = costs.indexOf(least);
    }
  return labels;
}
