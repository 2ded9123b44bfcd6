/** Potentials in a graph of conductances. */
import { ComputeFailed } from "../core/errors.js";

/** Conductances between nodes, with the potential of some of them given. */
export interface Conductances {
  readonly nodes: number;
  readonly one: Int32Array | Float64Array;
  readonly other: Int32Array | Float64Array;
  /** One for each edge, above 0. */
  readonly conductance: Float64Array;
  /** The potential of each node that has one given; NaN of the others, which are all joined to such a node by some way. */
  readonly given: Float64Array;
}

/** Residual, relative to what is given, at which it ends. */
const TOLERANCE = 1e-13;

/**
 * The potential of all nodes at which as much flows in as out, by conjugate gradients in float64, preconditioned by the sums of each
 * node's conductances. Exact to about 1e-12; time and order of the sums do not depend on anything but the graph.
 * @throws ComputeFailed if rounding keeps it from its end
 */
export function potentials({ nodes, one, other, conductance, given }: Conductances): Float64Array {
  const { starts, ends, weights } = rowsOf(nodes, one, other, conductance);
  const free = Int32Array.from({ length: nodes }, (_, k) => k).filter((k) => Number.isNaN(given[k]!));
  const value = given.map((potential) => (Number.isNaN(potential) ? 0 : potential));
  const n = free.length;
  if (n === 0) return value;
  const numberOf = new Int32Array(nodes).fill(-1);
  for (const [k, node] of free.entries()) numberOf[node] = k;
  const diagonal = new Float64Array(n);
  const right = new Float64Array(n);
  for (let k = 0; k < n; k++)
    for (let e = starts[free[k]!]!; e < starts[free[k]! + 1]!; e++) {
      diagonal[k]! += weights[e]!;
      if (numberOf[ends[e]!]! < 0) right[k]! += weights[e]! * value[ends[e]!]!;
    }
  const applied = (vector: Float64Array, out: Float64Array): void => {
    for (let k = 0; k < n; k++) {
      let sum = diagonal[k]! * vector[k]!;
      for (let e = starts[free[k]!]!; e < starts[free[k]! + 1]!; e++) {
        const far = numberOf[ends[e]!]!;
        if (far >= 0) sum -= weights[e]! * vector[far]!;
      }
      out[k] = sum;
    }
  };
  const x = new Float64Array(n);
  const residual = right.slice();
  const scaled = new Float64Array(n);
  const direction = new Float64Array(n);
  const image = new Float64Array(n);
  // Measured in the preconditioner, so that wide and narrow places count alike.
  const begin = Math.sqrt(residual.reduce((sum, r, k) => sum + (r * r) / diagonal[k]!, 0));
  let before = 0;
  const most = 20 * n + 1000;
  for (let round = 0; begin > 0; round++) {
    let now = 0;
    for (let k = 0; k < n; k++) {
      scaled[k] = residual[k]! / diagonal[k]!;
      now += scaled[k]! * residual[k]!;
    }
    if (Math.sqrt(now) <= TOLERANCE * begin) break;
    if (round === most || !Number.isFinite(now))
      throw new ComputeFailed(
        `the potentials of ${n} pores did not settle in ${round} rounds (residual ${Math.sqrt(now) / begin}); conductances may differ too much: remove throats that are next to closed`,
      );
    const turn = round === 0 ? 0 : now / before;
    for (let k = 0; k < n; k++) direction[k] = scaled[k]! + turn * direction[k]!;
    applied(direction, image);
    let bent = 0;
    for (let k = 0; k < n; k++) bent += direction[k]! * image[k]!;
    const step = now / bent;
    for (let k = 0; k < n; k++) {
      x[k]! += step * direction[k]!;
      residual[k]! -= step * image[k]!;
    }
    before = now;
  }
  for (const [k, node] of free.entries()) value[node] = x[k]!;
  return value;
}

/** Edges of each node, one after the other. */
function rowsOf(nodes: number, one: ArrayLike<number>, other: ArrayLike<number>, conductance: Float64Array) {
  const starts = new Int32Array(nodes + 1);
  for (let e = 0; e < one.length; e++) {
    starts[one[e]! + 1]!++;
    starts[other[e]! + 1]!++;
  }
  for (let k = 0; k < nodes; k++) starts[k + 1]! += starts[k]!;
  const next = starts.slice(0, nodes);
  const ends = new Int32Array(2 * one.length);
  const weights = new Float64Array(2 * one.length);
  for (let e = 0; e < one.length; e++) {
    for (const [a, b] of [
      [one[e]!, other[e]!],
      [other[e]!, one[e]!],
    ] as const) {
      const at = next[a]!++;
      ends[at] = b;
      weights[at] = conductance[e]!;
    }
  }
  return { starts, ends, weights };
}
