import { memoryLimitOf } from "../compute/build.js";
import { machine } from "../compute/memory.js";
import {
  type BrickComponents,
  type ComponentsParameters,
  type Connectivity,
  componentsOfBrick,
  type JoinedParameters,
} from "../compute/operations/components.js";
import type { VolumeOperation } from "../compute/operations.js";
import { plannedWhole, type ResultFacts, stageOf } from "../compute/planned.js";
import { defaultWorkers } from "../compute/pool.js";
import { reduce } from "../compute/run.js";
import { workBytesOf } from "../compute/stage.js";
import { DTYPES } from "../core/dtype.js";
import { InvalidArgument, UnsupportedFeature } from "../core/errors.js";
import type { RunOptions } from "../core/options.js";
import { voxelCount, wholeRegion } from "../core/shape.js";
import type { Volume } from "../core/volume.js";
import { type AllComponents, ComponentMerge } from "./component-merge.js";

/** Throws unless it is a number of neighbours in space. */
export function checkConnectivity(caller: string, connectivity: unknown): asserts connectivity is Connectivity {
  if (connectivity !== 6 && connectivity !== 18 && connectivity !== 26)
    throw new InvalidArgument(
      `${caller}: connectivity is ${JSON.stringify(connectivity)}; allowed are 6 (faces), 18 (faces and edges) and 26 (corners, too)`,
    );
}

/** Throws unless these are whole numbers that are there. */
export function checkLabelled(caller: string, volume: Volume): void {
  if (!DTYPES[volume.dtype].integer)
    throw new UnsupportedFeature(`${caller}: labels and masks are whole numbers, these voxels are ${volume.dtype}`);
  if (volume.role !== "labels" && volume.role !== "mask")
    throw new InvalidArgument(
      `${caller}: this volume has the role ${volume.role}; give labels or a mask, such as threshold(…) makes`,
    );
}

/**
 * The planned result on a planned volume. A pass of its own: labels are made from bricks as they lie in the volume, and all
 * of these have to be there before the first voxel has its label.
 */
export function plannedApart<P>(
  operation: VolumeOperation<P>,
  volume: Volume,
  facts: ResultFacts,
  options: RunOptions,
): Volume | undefined {
  const { workers = defaultWorkers(), region = wholeRegion(volume.shape) } = options;
  const stage = stageOf(operation, volume, {} as P, facts, { region });
  const { outline, caller, cost } = stage;
  const pass = {
    caller,
    outline,
    why: "it joins components of the whole volume",
    parts: volume.grid.length,
    workers,
    sharedBytes: 0,
    threadBytes: workBytesOf([stage], outline.brick),
    // Once to find them, once to label them.
    seconds: 2e-9 * cost * voxelCount(outline.shape),
  };
  return plannedWhole(volume, pass, options);
}

/** Components of a whole volume, whatever its size: each brick by itself, and joined across their borders here. */
export async function findComponents(
  volume: Volume,
  parameters: ComponentsParameters,
  options: RunOptions,
): Promise<AllComponents> {
  const merge = new ComponentMerge(volume.grid, parameters.connectivity, memoryLimitOf(options, machine));
  const join = (first: BrickComponents, part: BrickComponents): BrickComponents => {
    if (merge.bricks === 0) merge.add(first);
    merge.add(part);
    return first;
  };
  const only = await reduce({ ...componentsOfBrick, join }, volume, parameters, options);
  if (merge.bricks === 0) merge.add(only);
  return merge.finish();
}

/** What threads need to label the voxels of components. @param labels the final label of each of all components */
export function joined(
  { grid }: Volume,
  parameters: ComponentsParameters,
  { before, member }: AllComponents,
  labels: (component: number) => number,
): JoinedParameters {
  const counted = new SharedArrayBuffer(before.byteLength);
  new Float64Array(counted).set(before);
  const table = new SharedArrayBuffer(member.byteLength);
  const out = new Uint32Array(table);
  for (let k = 0; k < out.length; k++) out[k] = labels(member[k]!);
  return { ...parameters, counts: grid.counts, brick: grid.brick, before: counted, labels: table };
}
