/** Potentials in a graph of conductances. */
import { ComputeFailed } from "../core/errors.js";
import { type Steps, toEnd } from "./steps.js";

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

/** Products of a conductance and a vector's number between two looks at how far it is: some milliseconds. */
const LOOK_EDGES = 2 ** 20;

/**
 * The potential of all nodes at which as much flows in as out, by conjugate gradients in float64, preconditioned by the sums of each
 * node's conductances. Exact to about 1e-12; time and order of the sums do not depend on anything but the graph.
 * @throws ComputeFailed if rounding keeps it from its end
 */
export const potentials = (graph: Conductances): Float64Array => toEnd(potentialSteps(graph));

/** The same in steps: how far it is goes by how many digits the residual has fallen. */
export function* potentialSteps(graph: Conductances): Steps<Float64Array> {
  const value = graph.given.map((potential) => (Number.isNaN(potential) ? 0 : potential));
  const { free, apply, diagonal, right } = equationsOf(graph, value);
  const n = free.length;
  if (n === 0) return value;
  const x = new Float64Array(n);
  const residual = right.slice();
  const scaled = new Float64Array(n);
  const direction = new Float64Array(n);
  const image = new Float64Array(n);
  // Measured in the preconditioner, so that wide and narrow places count alike.
  const begin = Math.sqrt(residual.reduce((sum, r, k) => sum + (r * r) / diagonal[k]!, 0));
  const rounds = Math.max(1, Math.floor(LOOK_EDGES / (n + 2 * graph.one.length)));
  let before = 0;
  let share = 0;
  const most = 20 * n + 1000;
  for (let round = 0; begin > 0; round++) {
    const now = scaleBy(diagonal, residual, scaled);
    const left = Math.sqrt(now) / begin;
    if (Math.sqrt(now) <= TOLERANCE * begin) break;
    if (round === most || !Number.isFinite(now))
      throw new ComputeFailed(
        `the potentials of ${n} pores did not settle in ${round} rounds (residual ${left}); conductances may differ too much: remove throats that are next to closed`,
      );
    if (round % rounds === rounds - 1) {
      // It falls with ups and downs.
      share = Math.max(share, Math.log(left) / Math.log(TOLERANCE));
      yield share;
    }
    turnTo(scaled, round === 0 ? 0 : now / before, direction);
    const bent = apply(direction, image);
    stepAlong(now / bent, direction, image, x, residual);
    before = now;
  }
  for (let k = 0; k < n; k++) value[free[k]!] = x[k]!;
  return value;
}

/** The residual, each number by its diagonal. @returns its square in the preconditioner */
function scaleBy(diagonal: Float64Array, residual: Float64Array, out: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < out.length; k++) {
    out[k] = residual[k]! / diagonal[k]!;
    sum += out[k]! * residual[k]!;
  }
  return sum;
}

function turnTo(scaled: Float64Array, turn: number, direction: Float64Array): void {
  for (let k = 0; k < direction.length; k++) direction[k] = scaled[k]! + turn * direction[k]!;
}

function stepAlong(
  step: number,
  direction: Float64Array,
  image: Float64Array,
  x: Float64Array,
  residual: Float64Array,
): void {
  for (let k = 0; k < x.length; k++) {
    x[k]! += step * direction[k]!;
    residual[k]! -= step * image[k]!;
  }
}

interface Equations {
  /** The nodes whose potential is looked for. */
  readonly free: Int32Array;
  readonly diagonal: Float64Array;
  readonly right: Float64Array;
  /** The matrix by a vector. @returns the product of the two */
  apply(vector: Float64Array, out: Float64Array): number;
}

/** An equation for each node that is free. @param value the potentials that are given; 0 of the others */
function equationsOf({ nodes, one, other, conductance, given }: Conductances, value: Float64Array): Equations {
  const { starts, ends, weights } = rowsOf(nodes, one, other, conductance);
  const free = Int32Array.from({ length: nodes }, (_, k) => k).filter((k) => Number.isNaN(given[k]!));
  const n = free.length;
  const numberOf = new Int32Array(nodes).fill(-1);
  for (let k = 0; k < n; k++) numberOf[free[k]!] = k;
  const diagonal = new Float64Array(n);
  const right = new Float64Array(n);
  // Edges among free nodes alone move up to the front, row by row.
  const rows = new Int32Array(n + 1);
  let count = 0;
  for (let k = 0; k < n; k++) {
    const node = free[k]!;
    for (let e = starts[node]!; e < starts[node + 1]!; e++) {
      const weight = weights[e]!;
      const far = numberOf[ends[e]!]!;
      diagonal[k]! += weight;
      if (far < 0) right[k]! += weight * value[ends[e]!]!;
      else {
        ends[count] = far;
        weights[count++] = weight;
      }
    }
    rows[k + 1] = count;
  }
  const apply = (vector: Float64Array, out: Float64Array): number => {
    let bent = 0;
    for (let k = 0, e = 0; k < n; k++) {
      let sum = diagonal[k]! * vector[k]!;
      for (const end = rows[k + 1]!; e < end; e++) sum -= weights[e]! * vector[ends[e]!]!;
      out[k] = sum;
      bent += vector[k]! * sum;
    }
    return bent;
  };
  return { free, diagonal, right, apply };
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
