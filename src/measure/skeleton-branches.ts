import { setImmediate } from "node:timers/promises";
import { batchBytes, eachPlane } from "../artefacts/plane-wise.js";
import { memoryLimitOf } from "../compute/build.js";
import { machine } from "../compute/memory.js";
import { watched } from "../compute/progress.js";
import { checkMask, checkVolume } from "../compute/run.js";
import type { ResultTable } from "../core/arrow/table.js";
import { DTYPES } from "../core/dtype.js";
import { InvalidArgument } from "../core/errors.js";
import { checkOptions, type RunOptions, TABLE_OPTIONS } from "../core/options.js";
import { type Provenance, trace } from "../core/provenance.js";
import { checkRegion, type Region, sameShape, wholeRegion } from "../core/shape.js";
import type { Volume } from "../core/volume.js";
import { whereOf } from "../morphology/where.js";
import { branchesOf, checkCount, GRAPH_BYTES, skeletonGraph } from "./skeleton-graph.js";
import { BRANCH_BYTES, branchTable, NODE_BYTES, nodeTable, PAUSE } from "./skeleton-tables.js";
import { neighbourBytes, skeletonVoxels } from "./skeleton-voxels.js";

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
 * Any mask is answered. Where a skeleton is a surface rather than a line, as around the closed cavities of a noisy scan, all of it
 * that hangs together is one large junction.
 * Cost O(n), two passes over the volume on the main thread, and up to a microsecond for each voxel of the skeleton; memory 46 bytes for each of these, 120 a node, 240 a
 * branch, and a layer of bricks (of the distances, too), of at most 64 MiB. Same result for any brick shape.
 * @param skeleton mask such as {@link skeleton} makes
 * @throws InvalidArgument if this is no mask, or the distances have another shape
 * @throws LimitExceeded if the memory limit does not hold the voxels of the skeleton, or their branches
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
  const { shape } = skeleton;
  const limit = memoryLimitOf(options, machine);
  return watched(caller, 3 * shape[0], options, async ({ signal, step }) => {
    let count = 0;
    await eachPlane(skeleton, signal, (plane) => {
      for (let k = 0; k < plane.length; k++) if (plane[k] !== 0) count++;
      step();
    });
    checkCount(caller, count);
    const batches = (DTYPES[skeleton.dtype].bytes / 4) * batchBytes(skeleton) + (distances ? batchBytes(distances) : 0);
    const claims = [await machine.claim(caller, neighbourBytes(shape) + batches + GRAPH_BYTES * count, limit)];
    try {
      const pause = async (): Promise<void> => {
        await setImmediate();
        signal.throwIfAborted();
      };
      const voxels = await skeletonVoxels(skeleton, distances && { distances, start }, count, signal, step);
      const graph = await skeletonGraph(voxels, pause, step);
      let branches = 0;
      for (const _ of branchesOf(graph)) if (++branches % PAUSE === 0) await pause();
      const rows = NODE_BYTES * (graph.starts.length - 1) + BRANCH_BYTES * branches;
      claims.push(await machine.claim(caller, rows, limit));
      const facts = { voxels, graph, spacing: skeleton.spacing, radii: distances !== undefined, provenance };
      const table = await branchTable(facts, branches, pause);
      return Object.assign(table, { nodes: nodeTable(facts) });
    } finally {
      for (const claim of claims) claim.drop();
    }
  });
}
