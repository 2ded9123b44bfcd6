/** A skeleton as a graph: voxels and who touches whom, then nodes and the branches between them. */
import { eachPlane } from "../artefacts/plane-wise.js";
import { InvalidArgument } from "../core/errors.js";
import type { Triple } from "../core/shape.js";
import type { Volume } from "../core/volume.js";

/** Pairs of neighbours that a voxel may have on average: lines have one or two, a full box 13. */
const MOST_PAIRS = 4;
/** Bytes of memory for each voxel of a skeleton. */
export const GRAPH_BYTES = 24 + 8 * 2 * MOST_PAIRS + 4 * 2 * MOST_PAIRS + 16;

/** Voxels of a skeleton in C order; those that touch voxel k, also by corners, are `touching[starts[k] … starts[k + 1] − 1]`. */
export interface SkeletonVoxels {
  /** Place along z, y, x, three numbers a voxel. */
  readonly places: Int32Array;
  /** Radius at each voxel; empty where there are no distances. */
  readonly radii: Float32Array;
  readonly starts: Uint32Array;
  readonly touching: Uint32Array;
}

/** @param count of the voxels that are not 0 @param beside distances, and where in them the skeleton begins @param step called after each plane */
export async function skeletonVoxels(
  caller: string,
  skeleton: Volume,
  beside: { readonly distances: Volume; readonly start: Triple } | undefined,
  count: number,
  signal: AbortSignal,
  step: () => void,
): Promise<SkeletonVoxels> {
  const [, height, width] = skeleton.shape;
  const places = new Int32Array(3 * count);
  const radii = new Float32Array(beside === undefined ? 0 : count);
  const pairs: number[] = [];
  const degrees = new Uint32Array(count + 1);
  // Numbers of the voxels of this plane and the one before it, counted from 1, with a rim of none.
  let before = new Uint32Array((height + 2) * (width + 2));
  let now = new Uint32Array(before.length);
  const row = width + 2;
  const beforeIn = [-row - 1, -row, -row + 1, -1];
  const below = [-row - 1, -row, -row + 1, -1, 0, 1, row - 1, row, row + 1];
  let found = 0;
  await eachPlane(skeleton, signal, async (plane, z) => {
    [before, now] = [now, before];
    now.fill(0);
    const first = found;
    for (let y = 0, k = 0; y < height; y++)
      for (let x = 0; x < width; x++, k++) {
        if (plane[k] === 0) continue;
        const at = (y + 1) * row + x + 1;
        const number = ++found;
        now[at] = number;
        places.set([z, y, x], 3 * (number - 1));
        for (const [map, steps] of [[before, below] as const, [now, beforeIn] as const])
          for (const by of steps) {
            const other = map[at + by]!;
            if (other === 0) continue;
            pairs.push(other - 1, number - 1);
            degrees[other - 1]!++;
            degrees[number - 1]!++;
          }
      }
    if (pairs.length > 2 * MOST_PAIRS * count)
      throw new InvalidArgument(
        `${caller}: the voxels of this mask touch more than ${2 * MOST_PAIRS} others on average; a skeleton is made of lines: make one by skeleton(…)`,
      );
    if (beside !== undefined && found > first) {
      const [a, b, c] = beside.start;
      const region = { start: [a + z, b, c], stop: [a + z + 1, b + height, c + width] } as const;
      const depths = await beside.distances.read(region);
      for (let k = first; k < found; k++) radii[k] = depths[places[3 * k + 1]! * width + places[3 * k + 2]!]!;
    }
    step();
  });
  const starts = new Uint32Array(count + 1);
  for (let k = 0; k < count; k++) starts[k + 1] = starts[k]! + degrees[k]!;
  const next = starts.slice();
  const touching = new Uint32Array(starts[count]!);
  for (let k = 0; k < pairs.length; k += 2) {
    const [a, b] = [pairs[k]!, pairs[k + 1]!];
    touching[next[a]!++] = b;
    touching[next[b]!++] = a;
  }
  return { places, radii, starts, touching };
}

/** Where lines end or meet. */
export interface SkeletonNode {
  readonly type: "end" | "junction" | "isolated";
  readonly voxels: readonly number[];
  /** Ends of branches that come here. */
  branches: number;
}

/** A line from node to node, or a closed one, for which both are −1. */
export interface SkeletonBranch {
  readonly from: number;
  readonly to: number;
  /** Voxels in their order, those at the nodes included; of a closed one the first is the last, too. */
  readonly voxels: readonly number[];
}

export interface SkeletonGraph {
  readonly nodes: SkeletonNode[];
  readonly branches: SkeletonBranch[];
}

/**
 * Nodes are voxels that touch one other or none, and all that touch three or more: of these, those that touch each other are
 * one node. What is left touches two: branches, and closed lines.
 */
export function skeletonGraph({ starts, touching }: SkeletonVoxels): SkeletonGraph {
  const count = starts.length - 1;
  const degree = (k: number): number => starts[k + 1]! - starts[k]!;
  const of = (k: number): Uint32Array => touching.subarray(starts[k], starts[k + 1]);
  const nodeOf = new Int32Array(count).fill(-1);
  const nodes: SkeletonNode[] = [];
  for (let k = 0; k < count; k++) {
    if (degree(k) === 2 || nodeOf[k]! >= 0) continue;
    const voxels = [k];
    nodeOf[k] = nodes.length;
    if (degree(k) > 2)
      for (const one of voxels)
        for (const other of of(one))
          if (degree(other) > 2 && nodeOf[other]! < 0) {
            nodeOf[other] = nodes.length;
            voxels.push(other);
          }
    const type = degree(k) > 2 ? "junction" : degree(k) === 1 ? "end" : "isolated";
    nodes.push({ type, voxels: voxels.sort((a, b) => a - b), branches: 0 });
  }
  const seen = new Uint8Array(count);
  const branches: SkeletonBranch[] = [];
  const follow = (first: number, second: number): number[] => {
    const voxels = [first, second];
    for (let [before, at] = [first, second]; nodeOf[at]! < 0 && at !== first; ) {
      seen[at] = 1;
      const [a, b] = of(at) as unknown as [number, number];
      [before, at] = [at, a === before ? b : a];
      voxels.push(at);
    }
    return voxels;
  };
  for (const [from, node] of nodes.entries())
    for (const first of node.voxels)
      for (const second of of(first)) {
        const to = nodeOf[second]!;
        // Inside of a junction, or a branch that was followed from its other end.
        if (to >= 0 ? to <= from : seen[second] === 1) continue;
        const voxels = follow(first, second);
        const end = nodeOf[voxels.at(-1)!]!;
        branches.push({ from, to: end, voxels });
        node.branches++;
        nodes[end]!.branches++;
      }
  for (let k = 0; k < count; k++) {
    if (nodeOf[k]! >= 0 || seen[k] === 1) continue;
    seen[k] = 1;
    branches.push({ from: -1, to: -1, voxels: follow(k, of(k)[0]!) });
  }
  return { nodes, branches };
}

/** Length of the way from voxel to voxel, centre to centre. @param size of a voxel along z, y, x */
export function wayLength(places: Int32Array, voxels: readonly number[], size: Triple): number {
  let sum = 0;
  for (let k = 1; k < voxels.length; k++) sum += distanceOf(places, voxels[k - 1]!, voxels[k]!, size);
  return sum;
}

export function distanceOf(places: Int32Array, a: number, b: number, [z, y, x]: Triple): number {
  const along = (axis: number): number => places[3 * a + axis]! - places[3 * b + axis]!;
  return Math.hypot(along(0) * z, along(1) * y, along(2) * x);
}
