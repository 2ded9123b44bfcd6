/** What flows through a network from one face of its volume to the other. */
import { InvalidArgument } from "../core/errors.js";
import type { Axis } from "../core/shape.js";
import { potentialSteps } from "./conjugate-gradients.js";
import { numbersOf, type PoreNetwork, textsOf } from "./network.js";
import type { Steps } from "./steps.js";

export const AXIS_NAMES = ["z", "y", "x"] as const;

/** Flow along one axis at a difference of 1 between the faces, where each pore and throat has its part. */
export interface Flow {
  /** What comes out; 0 where no way leads from face to face. */
  readonly rate: number;
  /** How much less comes out than goes in, of what goes in. */
  readonly imbalance: number;
  /** Pores that are joined to both faces. */
  readonly conducting: Uint8Array;
  /** Of each pore; NaN where none is. */
  readonly potential: Float64Array;
  /** Through each throat, from pore 1 to pore 2. */
  readonly rates: Float64Array;
}

/**
 * Rows of the pores from which and to which it flows: boundary pores of the faces, or, where there are none, pores that touch them.
 * @param overlapping a pore may touch both
 */
export function facePores(
  network: PoreNetwork,
  axis: Axis,
  overlapping = false,
): readonly [low: number[], high: number[]] {
  const face = textsOf(network.pores, "face");
  const names = [`${axis} low`, `${axis} high`] as const;
  const bounds = names.map((name) => face.flatMap((one, row) => (one === name ? [row] : [])));
  if (bounds.every((rows) => rows.length > 0)) return bounds as [number[], number[]];
  const touches = textsOf(network.pores, "touches");
  const touching = names.map((name) =>
    touches.flatMap((one, row) => (one.split(", ").includes(name) && face[row] === "" ? [row] : [])),
  );
  const high = new Set(touching[1]);
  const both = touching[0]!.find((row) => high.has(row));
  if (both !== undefined && !overlapping)
    throw new InvalidArgument(
      `pore ${both} touches both faces along ${axis}, so that no difference is between them; make the network with boundary pores: poreNetwork(…, { boundary: ["${names[0]}", "${names[1]}"] })`,
    );
  return touching as [number[], number[]];
}

/** The axes along which a flow is asked for: those along which the volume has more than one voxel. */
export function axesOf(caller: string, network: PoreNetwork, axis: unknown): Axis[] {
  if (axis === undefined) return AXIS_NAMES.filter((_, k) => network.shape[k]! > 1);
  if (!AXIS_NAMES.includes(axis as Axis))
    throw new InvalidArgument(`${caller}: axis is ${JSON.stringify(axis)}; allowed are "z", "y", "x"`);
  return [axis as Axis];
}

/** Length of the volume along an axis, and area of its face across it. */
export function sectionOf({ size }: PoreNetwork, axis: Axis): { length: number; area: number } {
  const k = AXIS_NAMES.indexOf(axis);
  const others = ([0, 1, 2] as const).filter((one) => one !== k);
  return { length: size[k as 0 | 1 | 2], area: size[others[0]!] * size[others[1]!] };
}

/** Flow along an axis, in steps. @param conductance of each throat's conduit; 0 or less: closed */
export function* flowAlong(network: PoreNetwork, axis: Axis, conductance: Float64Array): Steps<Flow> {
  const [low, high] = facePores(network, axis);
  const nodes = network.pores.numRows;
  const [one, other] = [numbersOf(network.throats, "pore 1"), numbersOf(network.throats, "pore 2")];
  const open = Array.from(one, (_, e) => e).filter((e) => conductance[e]! > 0 && one[e] !== other[e]);
  const cluster = clustersOf(nodes, open, one, other);
  const [fromLow, fromHigh] = [low, high].map((rows) => new Set(rows.map((row) => cluster[row]!)));
  const conducting = Uint8Array.from(cluster, (of) => Number(fromLow!.has(of) && fromHigh!.has(of)));
  const potential = new Float64Array(nodes).fill(Number.NaN);
  const rates = new Float64Array(one.length);
  const none = { rate: 0, imbalance: 0, conducting, potential, rates };
  if (!conducting.includes(1)) return none;
  const numberOf = new Int32Array(nodes).fill(-1);
  let count = 0;
  for (let k = 0; k < nodes; k++) if (conducting[k] === 1) numberOf[k] = count++;
  const given = new Float64Array(count).fill(Number.NaN);
  for (const row of low) if (conducting[row] === 1) given[numberOf[row]!] = 1;
  for (const row of high) if (conducting[row] === 1) given[numberOf[row]!] = 0;
  const edges = open.filter((e) => conducting[one[e]!] === 1 && conducting[other[e]!] === 1);
  const found = yield* potentialSteps({
    nodes: count,
    one: Int32Array.from(edges, (e) => numberOf[one[e]!]!),
    other: Int32Array.from(edges, (e) => numberOf[other[e]!]!),
    conductance: Float64Array.from(edges, (e) => conductance[e]!),
    given,
  });
  for (let k = 0; k < nodes; k++) if (numberOf[k]! >= 0) potential[k] = found[numberOf[k]!]!;
  for (const e of edges) rates[e] = conductance[e]! * (potential[one[e]!]! - potential[other[e]!]!);
  const through = (rows: readonly number[]): number => {
    const inside = new Set(rows);
    let sum = 0;
    for (const e of edges)
      if (inside.has(one[e]!) !== inside.has(other[e]!)) sum += inside.has(one[e]!) ? rates[e]! : -rates[e]!;
    return sum;
  };
  const [goesIn, comesOut] = [through(low), -through(high)];
  return { ...none, rate: comesOut, imbalance: goesIn === 0 ? 0 : Math.abs(goesIn - comesOut) / goesIn };
}

/** For each node the least node of its cluster. */
export function clustersOf(
  nodes: number,
  open: readonly number[],
  one: ArrayLike<number>,
  other: ArrayLike<number>,
): Int32Array {
  const parent = Int32Array.from({ length: nodes }, (_, k) => k);
  for (const e of open) unite(parent, one[e]!, other[e]!);
  return parent.map((_, k) => rootOf(parent, k));
}

/** The least node of a node's cluster; ways to it become shorter. */
export function rootOf(parent: Int32Array, node: number): number {
  let at = node;
  while (parent[at] !== at) {
    parent[at] = parent[parent[at]!]!;
    at = parent[at]!;
  }
  return at;
}

export function unite(parent: Int32Array, a: number, b: number): void {
  const [p, q] = [rootOf(parent, a), rootOf(parent, b)];
  if (p < q) parent[q] = p;
  else parent[p] = q;
}
