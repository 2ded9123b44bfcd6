import { DTYPES, voxelArray } from "../core/dtype.js";
import { InvalidArgument, UnsupportedFeature } from "../core/errors.js";
import type { RunOptions } from "../core/options.js";
import { trace } from "../core/provenance.js";
import {
  BrickGrid,
  intersect,
  type Region,
  regionShape,
  type Shape,
  sameShape,
  voxelCount,
  wholeRegion,
} from "../core/shape.js";
import type { Volume } from "../core/volume.js";
import { buildVolume, memoryLimitOf } from "./build.js";
import { execute, workersOf } from "./execute.js";
import { machine } from "./memory.js";
import type { ReduceOperation } from "./operations.js";
import { type LinesCost, NeedsVoxels, type PlannedStage, planOn, type Watch, type WholePass } from "./planned.js";
import { checkVolume, reduce, reductionBytes } from "./run.js";
import { costOf, moved, workBytesOf } from "./stage.js";
import { sharedBytesOf } from "./whole.js";

/** What a call will take, as {@link estimate} tells it. */
export interface Estimate {
  /** Bytes of memory that will be taken at most beyond what is taken now: work of the threads and results. */
  readonly bytes: number;
  /** Bytes of that which the threads need while they work. */
  readonly work: number;
  /** Bytes that go into a file instead, because memory does not hold them or `to` names one. */
  readonly file: number;
  /** Bricks to be computed; planes or sinograms of a function that works on whole ones. */
  readonly tasks: number;
  /** Threads that will work: fewer than asked for where memory does not hold the work of all. */
  readonly workers: number;
  /**
   * Seconds, from a few bricks that were measured, for whole planes or sinograms from a usual cost; a first call in a
   * process takes some milliseconds more.
   */
  readonly seconds: number;
}

/** One pass over bricks, or over whole planes. */
interface Pass {
  /** Bytes of all threads. */
  readonly work: number;
  readonly memory: number;
  readonly file: number;
  readonly tasks: number;
  readonly workers: number;
  /** Of one brick or plane. */
  seconds(): Promise<number>;
}

/**
 * What a call would take, without making it: `await estimate(median, scan, { radius: 2 })` beside
 * `await median(scan, { radius: 2 })`. All arguments are checked as by the call itself.
 *
 * Bytes are what the library counts itself, and exact; seconds come from one brick in the middle of the volume, which is
 * computed to see how long it takes, and are remembered for the same function, voxel type and parameters as long as the
 * process lives; functions that work on whole planes or sinograms say what these usually cost. Time for files comes on
 * top. With a mask the estimate is that without: bricks outside it will take no time. Of a function that looks at the
 * voxels first (a noise level, say), this look is taken at one brick.
 * @param call a function of the library that takes a volume
 * @throws what the call itself would throw at its arguments; UnsupportedFeature if it looks at its own results midway
 */
export async function estimate<A extends unknown[]>(
  call: (volume: Volume, ...rest: A) => Promise<unknown>,
  volume: Volume,
  ...rest: A
): Promise<Estimate> {
  if (typeof call !== "function")
    throw new InvalidArgument(
      `estimate takes a function and its arguments, such as estimate(median, scan), got ${call}`,
    );
  checkVolume("estimate", volume);
  const passes: Pass[] = [];
  const watch: Watch = {
    run: (stages, options) => {
      passes.push(passOf(stages, volume, options));
    },
    whole: (pass, options) => {
      passes.push(passOfWhole(pass, options));
    },
    lines: (pass, options) => {
      passes.push(passOfLines(pass, options));
    },
    reduce: async (operation, real, parameters, options) => {
      passes.push(passOfReduction(operation, real, parameters, options));
      return reduce(operation, real, parameters, { ...options, region: sampleOf(real, options.region) });
    },
  };
  try {
    await call(planOn(volume, watch), ...rest);
  } catch (error) {
    if (!(error instanceof NeedsVoxels)) throw error;
    throw new UnsupportedFeature(`estimate cannot look ahead in ${call.name}: it works on with its own results`);
  }
  let [kept, bytes, seconds] = [0, 0, 0];
  for (const pass of passes) {
    bytes = Math.max(bytes, kept + pass.work + pass.memory);
    kept += pass.memory;
    seconds += Math.ceil(pass.tasks / pass.workers) * (await pass.seconds());
  }
  const total = (of: (pass: Pass) => number): number => passes.reduce((sum, pass) => sum + of(pass), 0);
  return {
    bytes,
    work: Math.max(0, ...passes.map(({ work }) => work)),
    file: total(({ file }) => file),
    tasks: total(({ tasks }) => tasks),
    workers: Math.max(0, ...passes.map(({ workers }) => workers)),
    seconds,
  };
}

/** Threads that will work: as `execute` takes them. */
const threadsFor = (work: number, tasks: number, options: RunOptions): number =>
  fewer(workersOf(options, tasks), work, memoryLimitOf(options, machine) - machine.used);

function fewer(asked: number, work: number, free: number): number {
  let workers = asked;
  while (workers > 1 && workers * work > free) workers = Math.ceil(workers / 2);
  return workers;
}

function passOf(stages: readonly PlannedStage[], volume: Volume, options: RunOptions): Pass {
  const { shape, brick, dtype } = stages.at(-1)!.outline;
  const grid = new BrickGrid(shape, brick);
  const bytes = grid.length * grid.brickVoxels * DTYPES[dtype].bytes;
  const one = workBytesOf(stages, grid.brick);
  const workers = threadsFor(one, grid.length, options);
  const key = stages.map(({ operation, parameters, dtype, resultType, border }) => [
    operation,
    parameters,
    dtype,
    resultType,
    border,
  ]);
  return {
    ...placed(bytes, one * workers, options),
    tasks: grid.length,
    workers,
    seconds: () => remembered([key, grid.brick], () => secondsOfBrick(stages, volume, grid)),
  };
}

/** Where a result goes: into memory, if the work beside it leaves room. */
function placed(bytes: number, work: number, options: RunOptions): Pick<Pass, "work" | "memory" | "file"> {
  const fits = options.to === undefined && machine.used + work + bytes <= memoryLimitOf(options, machine);
  return { work, memory: fits ? bytes : 0, file: fits ? 0 : bytes };
}

function passOfWhole(pass: WholePass, options: RunOptions): Pass {
  const { outline, parts, threadBytes, seconds } = pass;
  const shared = sharedBytesOf(pass, options);
  const grid = new BrickGrid(outline.shape, outline.brick);
  const bytes = grid.length * grid.brickVoxels * DTYPES[outline.dtype].bytes;
  const free = memoryLimitOf(options, machine) - machine.used - shared;
  const workers = fewer(pass.workers, threadBytes, free);
  return {
    ...placed(bytes, shared + threadBytes * workers, options),
    tasks: parts,
    workers,
    seconds: async () => seconds / parts,
  };
}

function passOfLines({ parts, workers: asked, threadBytes, seconds }: LinesCost, options: RunOptions): Pass {
  const workers = fewer(asked, threadBytes, memoryLimitOf(options, machine) - machine.used);
  const work = workers * threadBytes;
  return { work, memory: 0, file: 0, tasks: parts, workers, seconds: async () => seconds / parts };
}

function passOfReduction<P, R, Part>(
  operation: ReduceOperation<P, R, Part>,
  volume: Volume,
  parameters: P,
  options: RunOptions,
): Pass {
  const { dtype, grid } = volume;
  const tasks = grid.touching(options.region ?? wholeRegion(volume.shape)).length;
  const one = reductionBytes(operation, volume, parameters);
  const workers = threadsFor(one, tasks, options);
  return {
    work: one * workers,
    memory: 0,
    file: 0,
    tasks,
    workers,
    seconds: () =>
      remembered([operation.name, parameters, dtype, grid.brick], () =>
        timed(() => reduce(operation, volume, parameters, { region: sampleOf(volume, undefined), workers: 1 })),
      ),
  };
}

const known = new Map<string, number>();

/** Seconds as they were measured before in this process, for the same operation, voxel type, parameters and brick. */
async function remembered(key: readonly unknown[], measure: () => Promise<number>): Promise<number> {
  const name = JSON.stringify(key);
  const seconds = known.get(name) ?? (await measure());
  known.set(name, seconds);
  return seconds;
}

/** The second of two calls, for the first one also makes threads and machine code. */
async function timed(call: () => Promise<unknown>): Promise<number> {
  await call();
  const before = performance.now();
  await call();
  return (performance.now() - before) / 1000;
}

/** The brick in the middle of a region. */
function sampleOf(volume: Volume, region: Region = wholeRegion(volume.shape)): Region {
  const bricks = volume.grid.touching(region);
  return intersect(volume.grid.region(bricks[Math.floor(bricks.length / 2)]!), region)!;
}

/** A brick that takes longer is measured in part. */
const LONGEST_NS = 1e9;

async function secondsOfBrick(stages: readonly PlannedStage[], volume: Volume, grid: BrickGrid): Promise<number> {
  const [first, last] = [stages[0]!, stages.at(-1)!];
  const middle = grid.region(Math.floor(grid.length / 2));
  const [planes, rows, columns] = regionShape(middle);
  const affordable = Math.max(1, Math.min(planes, Math.floor((LONGEST_NS * planes) / costOf(stages, grid.brick))));
  // A later pass works on what is not there yet: noise of the same type takes as long.
  const same = volume.dtype === first.dtype && sameShape(volume.shape, first.shape);
  const input = same ? volume : await noise(first, grid.brick, volume);
  const start = same ? moved(middle.start, last.region.start) : ([0, 0, 0] as const);
  const region = { start, stop: moved(start, [affordable, rows, columns]) };
  const shape = regionShape(region);
  const sample = stages.map((stage) => ({
    ...stage,
    mask: undefined,
    ...(same ? {} : { shape: grid.brick, region: wholeRegion(grid.brick) }),
    ...(stage === last && { region, outline: { ...stage.outline, shape, brick: shape } }),
  }));
  try {
    const seconds = await timed(async () => {
      const result = await execute(input, sample, { workers: 1 });
      result.store.release();
    });
    return (seconds * voxelCount(grid.brick)) / voxelCount(shape);
  } finally {
    if (!same) input.store.release();
  }
}

/** A volume of the size of one brick, filled with reproducible noise. */
function noise(stage: PlannedStage, shape: Shape, like: Volume): Promise<Volume> {
  const { integer, min, max } = DTYPES[stage.dtype];
  let state = 1;
  return buildVolume(
    { shape, dtype: stage.dtype, role: like.role, brick: shape, provenance: trace("noise", {}) },
    async (writer) => {
      const voxels = voxelArray(stage.dtype, voxelCount(shape));
      for (let k = 0; k < voxels.length; k++) {
        state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
        const part = state / 2 ** 32;
        voxels[k] = integer ? Math.floor(min + part * (max - min + 1)) : part;
      }
      await writer.writeBrick(0, voxels);
    },
  );
}
