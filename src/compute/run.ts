import { DTYPES, type DType } from "../core/dtype.js";
import { InvalidArgument, UnsupportedFeature } from "../core/errors.js";
import { checkNumber, type RunOptions } from "../core/options.js";
import type { Phase } from "../core/phases.js";
import { type Provenance, trace } from "../core/provenance.js";
import {
  BrickGrid,
  checkRegion,
  type Region,
  regionShape,
  type Shape,
  sameShape,
  type Triple,
  wholeRegion,
} from "../core/shape.js";
import { type Role, Volume, type Zone } from "../core/volume.js";
import { memoryLimitOf, scratchError } from "./build.js";
import type { JobDescription, SourceDescription } from "./job.js";
import { type Claim, type Memory, machine } from "./memory.js";
import { copy, type ReduceOperation, type TaskSize, type VolumeOperation } from "./operations.js";
import { defaultWorkers, type Pool, pool } from "./pool.js";
import { watched } from "./progress.js";
import { ScratchStore } from "./store.js";

/** What the result of a volume operation says of itself; shape, voxel type, voxel size and place follow from the input. */
export interface ResultFacts {
  readonly provenance: Provenance;
  /** Default: the input's role. */
  readonly role?: Role;
  /** Phases of a labels result. Default: the input's, if the role stays. */
  readonly phases?: readonly Phase[];
}

/** What a run works with; tests pass their own. */
export interface Means {
  readonly memory?: Memory;
  readonly pool?: Pool;
}

/**
 * Runs a brick-wise operation. With `region` the result has the region's shape and is the region of what the operation
 * gives for the whole volume; with `mask` voxels outside it keep their input values, or get the operation's own label.
 * The result is the same for any number of workers and any brick shape.
 * @throws LimitExceeded, before anything runs, if the memory limit cannot hold the work of one thread or the result
 */
export async function run<P>(
  operation: VolumeOperation<P>,
  volume: Volume,
  parameters: P,
  options: RunOptions,
  facts: ResultFacts,
  means: Means = {},
): Promise<Volume> {
  const { memory = machine, pool: threads = pool } = means;
  const caller = facts.provenance.operation;
  const region = checked(caller, operation.dtypes, volume, options);
  const shape = regionShape(region);
  const dtype = operation.result(volume.dtype, parameters);
  const grid = new BrickGrid(shape, volume.grid.brick);
  const halo = operation.halo(parameters);
  const limit = memoryLimitOf(options, memory);
  const work = operation.workBytes(taskSize(grid.brick, halo, volume.dtype), volume.dtype, parameters);
  const what = `${caller} of ${shape.join(" × ")} ${dtype}`;

  const letGo = [volume, options.mask].map(hold);
  let claim: Claim | undefined;
  let store: ScratchStore | undefined;
  try {
    const claimed = await claimWork(caller, work, workersOf(options, grid.length), memory, limit);
    claim = claimed.claim;
    store = await ScratchStore.create(`the result of ${what}`, grid, dtype, memory, limit);
    const result = store;
    letGo.push(result.hold());
    const job: JobDescription = {
      caller,
      operation: operation.name,
      parameters,
      halo,
      outside: operation.outside,
      input: describe(volume, grownRegion(region, halo, volume.shape)),
      mask: options.mask && describe(options.mask, region),
      region,
      output: { dtype, brick: grid.brick, ...outputPlaces(result, grid) },
    };
    await watched(caller, grid.length, options, ({ signal, step }) =>
      threads.run<TaskResult>(job, tasksOf(grid), claimed.workers, signal, async (brick, { zone, voxels }) => {
        if (voxels !== undefined) await result.write(brick, voxels);
        result.setZone(brick, zone);
        step();
      }),
    );
    return new Volume({
      shape,
      dtype,
      role: facts.role ?? volume.role,
      spacing: volume.spacing,
      origin: shifted(volume, region.start),
      direction: volume.direction,
      phases: facts.phases ?? (facts.role === undefined || facts.role === volume.role ? volume.phases : undefined),
      angles: volume.angles?.slice(region.start[0], region.stop[0]),
      provenance: facts.provenance,
      brick: grid.brick,
      store,
      truth: await croppedTruth(volume, region, options, means),
    });
  } catch (error) {
    store?.release();
    throw scratchError(error, what);
  } finally {
    claim?.drop();
    for (const free of letGo) free();
  }
}

/**
 * Runs an operation that gives one small result per brick, and joins these in the order of the bricks, so that sums are
 * the same for any number of workers. Voxels outside `region` and `mask` do not count.
 */
export async function reduce<P, R>(
  operation: ReduceOperation<P, R>,
  volume: Volume,
  parameters: P,
  options: RunOptions,
  means: Means = {},
): Promise<R> {
  const { memory = machine, pool: threads = pool } = means;
  const region = checked(operation.name, operation.dtypes, volume, options);
  const bricks = volume.grid.touching(region);
  const limit = memoryLimitOf(options, memory);
  const work = operation.workBytes(taskSize(volume.grid.brick, [0, 0, 0], volume.dtype), volume.dtype, parameters);
  const letGo = [volume, options.mask].map(hold);
  let claim: Claim | undefined;
  try {
    const claimed = await claimWork(operation.name, work, workersOf(options, bricks.length), memory, limit);
    claim = claimed.claim;
    const job: JobDescription = {
      caller: operation.name,
      operation: operation.name,
      parameters,
      halo: [0, 0, 0],
      outside: undefined,
      input: describe(volume, region),
      mask: options.mask && describe(options.mask, region),
      region,
      output: undefined,
    };
    // Parts that came before their turn wait here; they are few, for bricks are given out in order.
    const early = new Map<number, R>();
    let next = 0;
    let joined: R | undefined;
    await watched(operation.name, bricks.length, options, ({ signal, step }) =>
      threads.run<R>(job, bricks, claimed.workers, signal, async (brick, part) => {
        early.set(brick, part);
        for (let due = bricks[next]; due !== undefined && early.has(due); due = bricks[++next]) {
          const part = early.get(due)!;
          early.delete(due);
          joined = joined === undefined ? part : operation.join(joined, part);
        }
        step();
      }),
    );
    return joined!;
  } finally {
    claim?.drop();
    for (const free of letGo) free();
  }
}

/** What a task of a volume operation answers: the record of the brick, and its voxels if the result lies in a file. */
interface TaskResult {
  readonly zone: Zone;
  readonly voxels?: Uint8Array;
}

/** Throws unless `volume` is one: the first thing that a function does with its argument. */
export function checkVolume(caller: string, volume: unknown): asserts volume is Volume {
  if (!(volume instanceof Volume))
    throw new InvalidArgument(`${caller} takes a volume, got ${String(volume)}; open one with open(…)`);
}

/** Checks what all operations have in common; the region to work on. */
function checked(caller: string, dtypes: readonly DType[], volume: Volume, options: RunOptions): Region {
  checkVolume(caller, volume);
  if (!dtypes.includes(volume.dtype))
    throw new UnsupportedFeature(`${caller} takes voxels of ${dtypes.join(", ")}; these are ${volume.dtype}`);
  const { mask, region = wholeRegion(volume.shape) } = options;
  if (mask !== undefined) {
    if (!(mask instanceof Volume) || mask.role !== "mask" || DTYPES[mask.dtype].bytes !== 1)
      throw new InvalidArgument(
        `mask: give a volume of 8-bit voxels with the role mask, got ${String(mask)}; labels become one by with({ role: "mask" })`,
      );
    if (!sameShape(mask.shape, volume.shape))
      throw new InvalidArgument(
        `mask has the shape ${mask.shape.join(" × ")}, the volume ${volume.shape.join(" × ")}; they must be the same`,
      );
  }
  checkRegion(region, volume.shape);
  return region;
}

function workersOf(options: RunOptions, tasks: number): number {
  const { workers = defaultWorkers() } = options;
  checkNumber("workers", workers, 1, 64, true);
  return Math.min(workers, tasks);
}

/** Counts the memory of the threads; takes fewer of them where the limit does not hold all. */
async function claimWork(
  name: string,
  bytes: number,
  workers: number,
  memory: Memory,
  limit: number,
): Promise<{ claim: Claim; workers: number }> {
  for (let n = workers; n > 1; n = Math.ceil(n / 2)) {
    const claim = await memory.claimIfRoom(n * bytes, limit);
    if (claim !== undefined) return { claim, workers: n };
  }
  return { claim: await memory.claim(`${name} of one brick`, bytes, limit), workers: 1 };
}

const hold = (volume: Volume | undefined): (() => void) =>
  volume?.store instanceof ScratchStore ? volume.store.hold() : () => undefined;

/** Voxels a thread holds for one task, its rows rounded up to the 64 bytes that kernels want. */
function taskSize(brick: Shape, halo: Triple, dtype: DType): TaskSize {
  const perStep = 64 / DTYPES[dtype].bytes;
  const box = (grown: Triple): number => grown[0] * grown[1] * Math.ceil(grown[2] / perStep) * perStep;
  return {
    // Twice: where rows of the brick do not end on 64 bytes the result is computed apart and moved.
    brick: 2 * box(brick),
    slab: box([brick[0] + 2 * halo[0], brick[1] + 2 * halo[1], brick[2] + 2 * halo[2]]),
  };
}

function* tasksOf(grid: BrickGrid): Iterable<number> {
  for (let index = 0; index < grid.length; index++) yield index;
}

/** The region and what an operation sees around it: what it sees by reflection lies no farther inside than the halo. */
const grownRegion = (region: Region, halo: Triple, shape: Shape): Region => ({
  start: region.start.map((n, k) => Math.max(0, n - halo[k]!)) as unknown as Triple,
  stop: region.stop.map((n, k) => Math.min(shape[k]!, n + halo[k]!)) as unknown as Triple,
});

/** Where the bricks of a volume lie that touch a region, for the threads. */
function describe(volume: Volume, region: Region): SourceDescription {
  const bricks = volume.grid.touching(region);
  return { dtype: volume.dtype, shape: volume.shape, brick: volume.grid.brick, ...placesOf(volume.store, bricks) };
}

function outputPlaces(store: ScratchStore, grid: BrickGrid): Pick<SourceDescription, "places" | "blocks"> | undefined {
  return store.target(0) === undefined ? undefined : placesOf(store, [...tasksOf(grid)]);
}

/** Places of bricks with each block of memory and each path named once. */
function placesOf(store: Volume["store"], bricks: readonly number[]): Pick<SourceDescription, "places" | "blocks"> {
  const blocks: (SharedArrayBuffer | string)[] = [];
  const numbers = new Map<SharedArrayBuffer | string, number>();
  const places = new Map<number, readonly [block: number, byteOffset: number]>();
  for (const index of bricks) {
    const place = store.place(index);
    const block = place.kind === "memory" ? place.buffer : place.path;
    let number = numbers.get(block);
    if (number === undefined) {
      number = blocks.push(block) - 1;
      numbers.set(block, number);
    }
    places.set(index, [number, place.byteOffset]);
  }
  return { places, blocks };
}

/** Position of the region's first voxel, in metres. */
function shifted(volume: Volume, start: Triple): Triple {
  const { spacing, direction, origin } = volume;
  if (spacing === undefined) return origin;
  return origin.map(
    (at, row) => at + start.reduce((sum, n, k) => sum + direction[3 * row + k]! * n * spacing[k]!, 0),
  ) as unknown as Triple;
}

/** The known phases of the region; filters do not change them. */
async function croppedTruth(
  volume: Volume,
  region: Region,
  options: RunOptions,
  means: Means,
): Promise<Volume | undefined> {
  const { truth } = volume;
  if (truth === undefined || sameShape(regionShape(region), volume.shape)) return truth;
  const { mask: _, onProgress: __, ...rest } = options;
  return run(copy, truth, {}, { ...rest, region }, { provenance: trace("crop", { region }, { volume: truth }) }, means);
}
