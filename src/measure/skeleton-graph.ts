/**
 * A skeleton as a graph: nodes, and the branches between them. All that is kept is some bytes a voxel, however many others it
 * touches: of a voxel in a line the two that it touches, of one in a junction those that are of no junction.
 */
import { LimitExceeded } from "../core/errors.js";
import type { Triple } from "../core/shape.js";
import { eachPair, type SkeletonVoxels } from "./skeleton-voxels.js";

/** Bytes for each voxel of a skeleton: its facts, and its links, arms, place among those of its node and on its branch. */
export const GRAPH_BYTES = 12 + 4 + 1 + 4 + 8 + 8 + 4 + 1 + 4;
/** Voxels are counted by whole numbers of 32 bits with a sign. */
const MOST_VOXELS = 2 ** 31 - 2;

/**
 * Nodes are voxels that touch one other or none, and all that touch three or more: of these, those that touch each other are
 * one node. What is left touches two: branches, and closed lines.
 */
export interface SkeletonGraph {
  /** The node that each voxel is of, in the order of their first voxels; −1 between nodes. */
  readonly nodeOf: Int32Array;
  /** Voxels of the n-th node, in C order: `members[starts[n] … starts[n + 1] − 1]`. */
  readonly starts: Uint32Array;
  readonly members: Uint32Array;
  /** How many voxels a voxel touches that are not of the same node, and the n-th of them, in C order. */
  outward(voxel: number): number;
  outwardAt(voxel: number, n: number): number;
}

/** What a node is, by the number of others that one of its voxels touches. */
export const nodeType = (degree: number): "junction" | "end" | "isolated" =>
  degree > 2 ? "junction" : degree === 1 ? "end" : "isolated";

/** Throws if there are more voxels than can be counted. */
export function checkCount(caller: string, count: number): void {
  if (count > MOST_VOXELS)
    throw new LimitExceeded(
      `${caller}: the skeleton has ${count} voxels, more than the ${MOST_VOXELS} that it counts; choose a region`,
      count,
      MOST_VOXELS,
    );
}

export async function skeletonGraph(
  voxels: SkeletonVoxels,
  pause: () => Promise<void>,
  step: () => void,
): Promise<SkeletonGraph> {
  const { degrees } = voxels;
  const count = degrees.length;
  const inLine = (k: number): boolean => degrees[k]! <= 2;
  // Two numbers a voxel: in a line, which it touches, from 1, 0 for none; in a junction, where among the arms its own begin and end.
  const links = new Uint32Array(2 * count);
  const parents = new Int32Array(count);
  for (let k = 0; k < count; k++) parents[k] = k;
  const link = (one: number, other: number): void => {
    if (inLine(one)) links[2 * one + (links[2 * one] === 0 ? 0 : 1)] = other + 1;
    else links[2 * one + 1]!++;
  };
  const meet = (one: number, other: number): void => {
    if (!inLine(one) && !inLine(other)) return join(parents, one, other);
    link(one, other);
    link(other, one);
  };
  await eachPair(voxels, meet, pause, step);
  let armCount = 0;
  for (let k = 0; k < count; k++) {
    if (inLine(k)) continue;
    const own = links[2 * k + 1]!;
    links[2 * k] = armCount;
    links[2 * k + 1] = armCount;
    armCount += own;
  }
  const arms = new Uint32Array(armCount);
  for (let k = 0; k < count; k++) {
    if (!inLine(k)) continue;
    for (const other of [links[2 * k]!, links[2 * k + 1]!])
      if (other !== 0 && !inLine(other - 1)) arms[links[2 * (other - 1) + 1]!++] = k;
  }
  const { nodeOf, starts, members } = numbered(parents, degrees);
  return {
    nodeOf,
    starts,
    members,
    outward: (k) => (inLine(k) ? degrees[k]! : links[2 * k + 1]! - links[2 * k]!),
    outwardAt: (k, n) => (inLine(k) ? links[2 * k + n]! - 1 : arms[links[2 * k]! + n]!),
  };
}

/** Joins two sets, each of which is known by its first voxel. */
function join(parents: Int32Array, one: number, other: number): void {
  const [a, b] = [firstOf(parents, one), firstOf(parents, other)];
  if (a < b) parents[b] = a;
  else parents[a] = b;
}

function firstOf(parents: Int32Array, voxel: number): number {
  let at = voxel;
  for (; parents[at] !== at; at = parents[at]!) parents[at] = parents[parents[at]!]!;
  return at;
}

/** Numbers the nodes by their first voxels, in the array of parents itself: each parent comes before its voxel. */
function numbered(parents: Int32Array, degrees: Uint8Array): Pick<SkeletonGraph, "nodeOf" | "starts" | "members"> {
  const nodeOf = parents;
  let nodes = 0;
  let inNodes = 0;
  for (let k = 0; k < degrees.length; k++) {
    if (degrees[k] === 2) {
      nodeOf[k] = -1;
      continue;
    }
    nodeOf[k] = parents[k] === k ? nodes++ : nodeOf[parents[k]!]!;
    inNodes++;
  }
  const starts = new Uint32Array(nodes + 1);
  for (const node of nodeOf) if (node >= 0) starts[node + 1]!++;
  for (let n = 0; n < nodes; n++) starts[n + 1]! += starts[n]!;
  const members = new Uint32Array(inNodes);
  const next = starts.slice();
  for (const [k, node] of nodeOf.entries()) if (node >= 0) members[next[node]!++] = k;
  return { nodeOf, starts, members };
}

/** A line from node to node, or a closed one, for which both are −1. */
export interface SkeletonBranch {
  readonly from: number;
  readonly to: number;
  /** Voxels in their order, those at the nodes included; of a closed one the first is the last, too. Good until the next branch. */
  readonly voxels: Uint32Array;
}

/** All branches, by the nodes and voxels at which they begin; then closed lines. */
export function* branchesOf({ nodeOf, starts, members, outward, outwardAt }: SkeletonGraph): Generator<SkeletonBranch> {
  const seen = new Uint8Array(nodeOf.length);
  const walked = new Uint32Array(nodeOf.length + 2);
  const follow = (first: number, second: number): Uint32Array => {
    walked[0] = first;
    walked[1] = second;
    let length = 2;
    for (let [before, at] = [first, second]; nodeOf[at]! < 0 && at !== first; ) {
      seen[at] = 1;
      const next = outwardAt(at, 0);
      [before, at] = [at, next === before ? outwardAt(at, 1) : next];
      walked[length++] = at;
    }
    return walked.subarray(0, length);
  };
  for (let from = 0; from < starts.length - 1; from++)
    for (let m = starts[from]!; m < starts[from + 1]!; m++) {
      const first = members[m]!;
      for (let n = 0; n < outward(first); n++) {
        const second = outwardAt(first, n);
        const to = nodeOf[second]!;
        // A branch that was followed from its other end.
        if (to >= 0 ? to <= from : seen[second] === 1) continue;
        const voxels = follow(first, second);
        yield { from, to: nodeOf[voxels.at(-1)!]!, voxels };
      }
    }
  for (let k = 0; k < nodeOf.length; k++) {
    if (nodeOf[k]! >= 0 || seen[k] === 1) continue;
    seen[k] = 1;
    yield { from: -1, to: -1, voxels: follow(k, outwardAt(k, 0)) };
  }
}

/** Length of the way from voxel to voxel, centre to centre. @param size of a voxel along z, y, x */
export function wayLength(places: Int32Array, voxels: Uint32Array, size: Triple): number {
  let sum = 0;
  for (let k = 1; k < voxels.length; k++) sum += distanceOf(places, voxels[k - 1]!, voxels[k]!, size);
  return sum;
}

export function distanceOf(places: Int32Array, a: number, b: number, [z, y, x]: Triple): number {
  const along = (axis: number): number => places[3 * a + axis]! - places[3 * b + axis]!;
  return Math.hypot(along(0) * z, along(1) * y, along(2) * x);
}
