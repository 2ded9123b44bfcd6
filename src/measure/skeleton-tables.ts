/** The tables of a skeleton's branches and nodes. */
import { type Column, type ResultTable, resultTable } from "../core/arrow/table.js";
import type { Provenance } from "../core/provenance.js";
import type { Triple } from "../core/shape.js";
import type { Volume } from "../core/volume.js";
import { branchesOf, distanceOf, nodeType, type SkeletonGraph, wayLength } from "./skeleton-graph.js";
import type { SkeletonVoxels } from "./skeleton-voxels.js";

/** Bytes of a row while its table is made, numbers and words. */
export const BRANCH_BYTES = 240;
export const NODE_BYTES = 120;
/** Branches between two moments at which Stop is heard. */
export const PAUSE = 2 ** 15;

export interface SkeletonFacts {
  readonly voxels: SkeletonVoxels;
  readonly graph: SkeletonGraph;
  readonly spacing: Volume["spacing"];
  /** Whether radii are known. */
  readonly radii: boolean;
  readonly provenance: Provenance;
}

const VOXEL: Triple = [1, 1, 1];
const AXES = ["z", "y", "x"] as const;

/** Edges of a voxel and the unit of lengths: µm where the voxel size is known. */
function sizeOf({ spacing }: Pick<SkeletonFacts, "spacing">): { size: Triple; unit: string } {
  if (spacing === undefined) return { size: VOXEL, unit: "voxel" };
  return { size: spacing.map((metres) => metres * 1e6) as unknown as Triple, unit: "µm" };
}

/** @param rows number of branches */
export async function branchTable(
  facts: SkeletonFacts,
  rows: number,
  pause: () => Promise<void>,
): Promise<ResultTable> {
  const { voxels, graph, spacing } = facts;
  const { places, radii } = voxels;
  const { size, unit } = sizeOf(facts);
  // Distances are in the shortest edge of a voxel.
  const edge = Math.min(...size);
  const whole = (): Int32Array => new Int32Array(rows);
  const numbers = (used = true): Float64Array => new Float64Array(used ? rows : 0);
  const [nodes, others, counts] = [whole(), whole(), whole()];
  const [lengths, steps, apart] = [numbers(spacing !== undefined), numbers(), numbers()];
  const [tortuosity, mean, least] = [numbers(), numbers(facts.radii), numbers(facts.radii)];
  const ends = [0, 1, 2, 3, 4, 5].map(whole);
  const types = new Array<string>(rows);
  let row = 0;
  for (const branch of branchesOf(graph)) {
    const { from, to, voxels: way } = branch;
    const [first, last] = [way[0]!, way.at(-1)!];
    types[row] = typeOf(from, to, facts);
    nodes[row] = from + 1;
    others[row] = to + 1;
    counts[row] = way.length - (from < 0 ? 1 : 0);
    steps[row] = wayLength(places, way, VOXEL);
    const length = spacing === undefined ? steps[row]! : wayLength(places, way, size);
    if (spacing !== undefined) lengths[row] = length;
    apart[row] = distanceOf(places, first, last, size);
    tortuosity[row] = apart[row] === 0 ? Number.NaN : length / apart[row]!;
    if (facts.radii) {
      let [sum, smallest] = [0, Number.POSITIVE_INFINITY];
      for (const k of way) {
        sum += radii[k]! * edge;
        smallest = Math.min(smallest, radii[k]! * edge);
      }
      mean[row] = sum / way.length;
      least[row] = smallest;
    }
    for (const axis of [0, 1, 2]) {
      ends[axis]![row] = places[3 * first + axis]!;
      ends[3 + axis]![row] = places[3 * last + axis]!;
    }
    if (++row % PAUSE === 0) await pause();
  }
  const radiiColumns: Column[] = [
    { name: "mean radius", values: mean, unit },
    { name: "least radius", values: least, unit },
  ];
  return resultTable(
    [
      { name: "branch", values: whole().map((_, k) => k + 1) },
      { name: "type", values: types },
      { name: "node", values: nodes },
      { name: "other node", values: others },
      { name: "voxels", values: counts },
      ...(spacing === undefined ? [] : [{ name: "length", values: lengths, unit }]),
      { name: "length in voxels", values: steps, unit: "voxel" },
      { name: "end distance", values: apart, unit },
      { name: "tortuosity", values: tortuosity, unit: "1" },
      ...(facts.radii ? radiiColumns : []),
      ...AXES.map((name, axis) => ({ name, values: ends[axis]! })),
      ...AXES.map((name, axis) => ({ name: `other ${name}`, values: ends[3 + axis]! })),
    ],
    facts.provenance,
  );
}

function typeOf(from: number, to: number, { voxels, graph }: SkeletonFacts): string {
  if (from < 0) return "cycle";
  const isJunction = (node: number): boolean => voxels.degrees[graph.members[graph.starts[node]!]!]! > 2;
  const junctions = (isJunction(from) ? 1 : 0) + (isJunction(to) ? 1 : 0);
  return ["end-end", "end-junction", "junction-junction"][junctions]!;
}

export function nodeTable(facts: SkeletonFacts): ResultTable {
  const { voxels, graph } = facts;
  const { places, radii, degrees } = voxels;
  const { starts, members, outward } = graph;
  const { size, unit } = sizeOf(facts);
  const edge = Math.min(...size);
  const rows = starts.length - 1;
  const middles = AXES.map(() => new Float64Array(rows));
  const [counts, coordination] = [new Int32Array(rows), new Int32Array(rows)];
  const radius = new Float64Array(facts.radii ? rows : 0);
  for (let node = 0; node < rows; node++) {
    const own = members.subarray(starts[node], starts[node + 1]);
    counts[node] = own.length;
    for (const k of own) {
      coordination[node]! += outward(k);
      for (const [axis, middle] of middles.entries()) middle[node]! += places[3 * k + axis]!;
      if (facts.radii) radius[node] = Math.max(radius[node]!, radii[k]! * edge);
    }
    for (const middle of middles) middle[node]! /= own.length;
  }
  return resultTable(
    [
      { name: "node", values: counts.map((_, k) => k + 1) },
      { name: "type", values: Array.from(counts, (_, k) => nodeType(degrees[members[starts[k]!]!]!)) },
      ...AXES.map((name, axis) => ({ name, values: middles[axis]!, unit: "voxel" })),
      { name: "voxels", values: counts },
      { name: "coordination number", values: coordination },
      ...(facts.radii ? [{ name: "radius", values: radius, unit }] : []),
    ],
    facts.provenance,
  );
}
