import { eachPlane } from "../artefacts/plane-wise.js";
import { memoryLimitOf } from "../compute/build.js";
import { machine } from "../compute/memory.js";
import { watched } from "../compute/progress.js";
import { checkMask, checkVolume } from "../compute/run.js";
import { type Column, type ResultTable, resultTable } from "../core/arrow/table.js";
import { DTYPES } from "../core/dtype.js";
import { InvalidArgument } from "../core/errors.js";
import { checkOptions, type RunOptions, TABLE_OPTIONS } from "../core/options.js";
import { type Provenance, trace } from "../core/provenance.js";
import { checkRegion, type Region, sameShape, type Triple, wholeRegion } from "../core/shape.js";
import type { Volume } from "../core/volume.js";
import { whereOf } from "../morphology/where.js";
import {
  distanceOf,
  GRAPH_BYTES,
  type SkeletonBranch,
  type SkeletonGraph,
  type SkeletonNode,
  type SkeletonVoxels,
  skeletonGraph,
  skeletonVoxels,
  wayLength,
} from "./skeleton-graph.js";

/** Options of {@link skeletonBranches}. */
export interface SkeletonBranchesOptions extends Omit<RunOptions, "to"> {
  /** What {@link distanceTransform} gives for the phase that the skeleton is of: then there are columns of radii. */
  distances?: Volume;
}

/** What {@link skeletonBranches} returns: a row for each branch, and a table of the nodes between them. */
export type SkeletonBranches = ResultTable & {
  /** A row for each place where branches end or meet. */
  readonly nodes: ResultTable;
};

const caller = "skeletonBranches";
const OPTIONS = ["distances", ...TABLE_OPTIONS];

/**
 * The branches of a skeleton and the nodes where they meet: how long pores and struts are, how tortuous, how wide, and how many
 * meet in a place.
 *
 * Voxels touch by faces, edges and corners. One that touches two others is part of a branch; one that touches a single one is an
 * **end**; those that touch three or more are a **junction**, all together where they touch each other. A branch goes from node to
 * node, or is a **cycle**. Columns, one row a branch: `branch` (from 1), `type` (end-end, end-junction, junction-junction, cycle), `node` and
 * `other node` (0 for cycles), `voxels` (those at its nodes included), `length` (µm, where the voxel size is known) and `length in
 * voxels` from centre to centre, `end distance` as the crow flies (µm, else voxels), `tortuosity` (length over end distance; NaN
 * where the branch comes back to where it began), with `distances` `mean radius` and `least radius` (µm, else voxels) over its voxels,
 * and the places of its first and last voxel. `nodes`, one row a node: `node`, `type` (end, junction, isolated), its mean place `z`, `y`, `x`,
 * `voxels`, `coordination number` (ends of branches that come here), with `distances` `radius` (the largest there).
 *
 * A way of steps from voxel to voxel is longer than a smooth line: exact along axes and diagonals, up to 13 % too long between
 * them (tortuosity so has a floor of about 1.05 in matter without a direction). A radius is the distance to the centre of the
 * nearest voxel outside, half a voxel more than to the surface.
 * Of `region` or `mask` only the voxels inside are looked at: branches are cut there, and places are those in the region.
 * Cost O(n), two passes on the main thread; memory 140 bytes for each voxel of the skeleton. Same result for any brick shape.
 * @param skeleton mask such as {@link skeleton} makes
 * @throws InvalidArgument if the mask is no skeleton: on average its voxels touch more than 8 others
 * @see J. Nunez-Iglesias et al. (2018), doi:10.7717/peerj.4312 (skan), which takes the same voxels for nodes
 * @example const branches = await skeletonBranches(await skeleton(pores), { distances: await distanceTransform(pores) });
 */
export async function skeletonBranches(
  skeleton: Volume,
  options: SkeletonBranchesOptions = {},
): Promise<SkeletonBranches> {
  checkVolume(caller, skeleton);
  checkOptions(caller, options, OPTIONS);
  const { distances } = options;
  if (!DTYPES[skeleton.dtype].integer || skeleton.role !== "mask")
    throw new InvalidArgument(
      `${caller}: give the mask that skeleton(…) makes; this volume is ${skeleton.dtype} and has the role ${skeleton.role}`,
    );
  if (distances !== undefined) {
    checkVolume(`${caller}: distances`, distances);
    if (!sameShape(distances.shape, skeleton.shape))
      throw new InvalidArgument(
        `${caller}: distances has the shape ${distances.shape.join(" × ")}, the skeleton ${skeleton.shape.join(" × ")}; they must be the same`,
      );
  }
  const { region = wholeRegion(skeleton.shape), mask, onProgress: _, ...quiet } = options;
  checkRegion(region, skeleton.shape);
  checkMask(mask, skeleton);
  const provenance = trace(caller, { region: options.region }, { skeleton, distances, mask });
  const { distances: __, ...where } = { ...quiet, ...(options.region && { region }), ...(mask && { mask }) };
  const { volume, free } = await whereOf(skeleton, undefined, where);
  try {
    return await tablesIn(volume, distances, region, provenance, options);
  } finally {
    free();
  }
}

function tablesIn(
  skeleton: Volume,
  distances: Volume | undefined,
  { start }: Region,
  provenance: Provenance,
  options: SkeletonBranchesOptions,
): Promise<SkeletonBranches> {
  const planes = skeleton.shape[0];
  return watched(caller, 2 * planes, options, async ({ signal, step }) => {
    let count = 0;
    await eachPlane(skeleton, signal, (plane) => {
      for (let k = 0; k < plane.length; k++) if (plane[k] !== 0) count++;
      step();
    });
    const plane = 12 * skeleton.shape[1] * skeleton.shape[2];
    const claim = await machine.claim(caller, plane + GRAPH_BYTES * count, memoryLimitOf(options, machine));
    try {
      const voxels = await skeletonVoxels(caller, skeleton, distances && { distances, start }, count, signal, step);
      return tablesOf(skeleton, voxels, skeletonGraph(voxels), distances !== undefined, provenance);
    } finally {
      claim.drop();
    }
  });
}

const VOXEL: Triple = [1, 1, 1];
const AXES = ["z", "y", "x"] as const;

function tablesOf(
  { spacing }: Volume,
  voxels: SkeletonVoxels,
  { nodes, branches }: SkeletonGraph,
  withRadii: boolean,
  provenance: Provenance,
): SkeletonBranches {
  const { places, radii } = voxels;
  const unit = spacing === undefined ? "voxel" : "µm";
  const size = spacing === undefined ? VOXEL : (spacing.map((metres) => metres * 1e6) as unknown as Triple);
  // Distances are in the shortest edge of a voxel.
  const edge = Math.min(...size);
  const of = (number: (branch: SkeletonBranch) => number): number[] => branches.map(number);
  const first = ({ voxels }: SkeletonBranch): number => voxels[0]!;
  const last = ({ voxels }: SkeletonBranch): number => voxels.at(-1)!;
  const lengths = of(({ voxels }) => wayLength(places, voxels, size));
  const apart = of((branch) => distanceOf(places, first(branch), last(branch), size));
  const radiusOf = (branch: SkeletonBranch): number[] => branch.voxels.map((k) => radii[k]! * edge);
  const radiiColumns: Column[] = [
    { name: "mean radius", values: of((branch) => mean(radiusOf(branch))), unit },
    { name: "least radius", values: of((branch) => least(radiusOf(branch))), unit },
  ];
  const table = resultTable(
    [
      { name: "branch", values: branches.map((_, k) => k + 1), whole: true },
      { name: "type", values: branches.map((branch) => typeOf(branch, nodes)) },
      { name: "node", values: of(({ from }) => from + 1), whole: true },
      { name: "other node", values: of(({ to }) => to + 1), whole: true },
      { name: "voxels", values: of((branch) => branch.voxels.length - (branch.from < 0 ? 1 : 0)), whole: true },
      ...(spacing === undefined ? [] : [{ name: "length", values: lengths, unit }]),
      { name: "length in voxels", values: of(({ voxels }) => wayLength(places, voxels, VOXEL)), unit: "voxel" },
      { name: "end distance", values: apart, unit },
      {
        name: "tortuosity",
        values: lengths.map((length, k) => (apart[k] === 0 ? Number.NaN : length / apart[k]!)),
        unit: "1",
      },
      ...(withRadii ? radiiColumns : []),
      ...AXES.map((name, axis) => ({ name, values: of((branch) => places[3 * first(branch) + axis]!), whole: true })),
      ...AXES.map((name, axis) => ({
        name: `other ${name}`,
        values: of((branch) => places[3 * last(branch) + axis]!),
        whole: true,
      })),
    ],
    provenance,
  );
  const radius = ({ voxels }: SkeletonNode): number => voxels.reduce((most, k) => Math.max(most, radii[k]! * edge), 0);
  const nodeTable = resultTable(
    [
      { name: "node", values: nodes.map((_, k) => k + 1), whole: true },
      { name: "type", values: nodes.map(({ type }) => type) },
      ...AXES.map((name, axis) => ({
        name,
        values: nodes.map(({ voxels }) => mean(voxels.map((k) => places[3 * k + axis]!))),
        unit: "voxel",
      })),
      { name: "voxels", values: nodes.map(({ voxels }) => voxels.length), whole: true },
      { name: "coordination number", values: nodes.map((node) => node.branches), whole: true },
      ...(withRadii ? [{ name: "radius", values: nodes.map(radius), unit }] : []),
    ],
    provenance,
  );
  return Object.assign(table, { nodes: nodeTable });
}

function typeOf({ from, to }: SkeletonBranch, nodes: readonly SkeletonNode[]): string {
  if (from < 0) return "cycle";
  return [from, to]
    .map((node) => (nodes[node]!.type === "junction" ? "junction" : "end"))
    .sort()
    .join("-");
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const least = (values: readonly number[]): number => values.reduce((a, b) => Math.min(a, b));
