/** How well faces of a network are joined: how many ways there are, and what narrows them. */
import { bits } from "../core/random.js";
import { rootOf, unite } from "./network-flow.js";
import { type Steps, toEnd } from "./steps.js";

/** A graph with two sets of nodes. */
export interface Ways {
  readonly nodes: number;
  readonly one: ArrayLike<number>;
  readonly other: ArrayLike<number>;
  readonly low: readonly number[];
  readonly high: readonly number[];
}

/** In which order edges are added until the two sets hang together. @returns how many it takes; Infinity if all do not do */
export function edgesUntilJoined({ nodes, one, other, low, high }: Ways, order: ArrayLike<number>): number {
  // Two nodes more: each set as one.
  const parent = Int32Array.from({ length: nodes + 2 }, (_, k) => k);
  for (const row of low) unite(parent, row, nodes);
  for (const row of high) unite(parent, row, nodes + 1);
  const joined = (): boolean => rootOf(parent, nodes) === rootOf(parent, nodes + 1);
  if (joined()) return 0;
  for (let k = 0; k < order.length; k++) {
    unite(parent, one[order[k]!]!, other[order[k]!]!);
    if (joined()) return k + 1;
  }
  return Number.POSITIVE_INFINITY;
}

/**
 * Diameter of the widest ball that comes from the one set to the other: the narrowest edge of the widest way; 0 without a way, infinite
 * where a node is in both.
 */
export function bottleneck(ways: Ways, width: Float64Array): number {
  const order = Int32Array.from(width, (_, k) => k).sort((a, b) => width[b]! - width[a]!);
  const count = edgesUntilJoined(ways, order);
  return Number.isFinite(count) ? (count === 0 ? Number.POSITIVE_INFINITY : width[order[count - 1]!]!) : 0;
}

/** Share of edges that have to go, in random order, until no way is left: the mean over seeded orders. */
export const removalShare = (ways: Ways, orders: number, seed: number): number =>
  toEnd(removalSteps(ways, orders, seed));

/** The same, an order a step. */
export function* removalSteps(ways: Ways, orders: number, seed: number): Steps<number> {
  const edges = ways.one.length;
  if (edges === 0) return 0;
  const order = Int32Array.from({ length: edges }, (_, k) => k);
  let sum = 0;
  for (let run = 0; run < orders; run++) {
    for (let k = edges - 1; k > 0; k--) {
      const j = Math.floor((bits(seed, run, k, 0) / 2 ** 32) * (k + 1));
      [order[k], order[j]] = [order[j]!, order[k]!];
    }
    const needed = edgesUntilJoined(ways, order);
    // Added one by one they join at the n-th: taken away one by one, the last n − 1 do not do.
    sum += Number.isFinite(needed) ? (edges - Math.max(0, needed - 1)) / edges : 0;
    yield (run + 1) / orders;
  }
  return sum / orders;
}

/**
 * How many ways lead from the one set to the other that have no edge in common: the least number of edges that cut them apart (Menger),
 * by Dinic's algorithm. Infinite where a node is in both.
 */
export function independentWays({ nodes, one, other, low, high }: Ways): number {
  // Arcs in pairs: 2e there, 2e + 1 back; each edge lets one through, in either direction.
  const heads = new Int32Array(nodes).fill(-1);
  const next = new Int32Array(2 * one.length);
  const end = new Int32Array(2 * one.length);
  const room = new Int8Array(2 * one.length).fill(1);
  for (let e = 0; e < one.length; e++)
    for (const [arc, from, to] of [
      [2 * e, one[e]!, other[e]!],
      [2 * e + 1, other[e]!, one[e]!],
    ] as const) {
      end[arc] = to;
      next[arc] = heads[from]!;
      heads[from] = arc;
    }
  const isHigh = new Uint8Array(nodes);
  for (const row of high) isHigh[row] = 1;
  if (low.some((row) => isHigh[row] === 1)) return Number.POSITIVE_INFINITY;
  const depth = new Int32Array(nodes);
  const queue = new Int32Array(nodes);
  const turn = new Int32Array(nodes);
  let ways = 0;
  while (true) {
    depth.fill(-1);
    let length = 0;
    for (const row of low) {
      depth[row] = 0;
      queue[length++] = row;
    }
    let reached = false;
    for (let k = 0; k < length; k++)
      for (let arc = heads[queue[k]!]!; arc >= 0; arc = next[arc]!) {
        const to = end[arc]!;
        if (room[arc] === 0 || depth[to] !== -1) continue;
        depth[to] = depth[queue[k]!]! + 1;
        if (isHigh[to] === 1) reached = true;
        else queue[length++] = to;
      }
    if (!reached) return ways;
    turn.set(heads);
    for (const row of low) while (pushed(row)) ways++;
  }

  /** Sends one on a shortest way from a node; arcs that lead nowhere are not tried again. */
  function pushed(from: number): boolean {
    const path: number[] = [];
    let at = from;
    while (isHigh[at] === 0) {
      const arc = turn[at]!;
      if (arc < 0) {
        // A dead end: one step back, and on with the next arc.
        const last = path.pop();
        if (last === undefined) return false;
        at = end[last ^ 1]!;
        turn[at] = next[turn[at]!]!;
        continue;
      }
      const to = end[arc]!;
      if (room[arc]! > 0 && depth[to] === depth[at]! + 1) {
        path.push(arc);
        at = to;
      } else turn[at] = next[arc]!;
    }
    for (const arc of path) {
      room[arc]!--;
      room[arc ^ 1]!++;
    }
    return true;
  }
}
