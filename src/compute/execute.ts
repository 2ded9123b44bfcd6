/** Computes the result of one or more stages: memory, threads, progress and the place of the result come together here. */
import { InvalidArgument } from "../core/errors.js";
import { checkNumber, type RunOptions } from "../core/options.js";
import { trace } from "../core/provenance.js";
import { BrickGrid, regionShape, sameShape, wholeRegion } from "../core/shape.js";
import { type BrickStore, Volume, type Zone } from "../core/volume.js";
import { targetOf } from "./atomic.js";
import { memoryLimitOf, scratchError } from "./build.js";
import type { CheckpointFiles } from "./checkpoint-files.js";
import type { VolumeJob } from "./job.js";
import { type Claim, type Memory, machine } from "./memory.js";
import { copy } from "./operations.js";
import { describeAround, describeInput, describeRegion } from "./places.js";
import { type PlannedStage, stageOf } from "./planned.js";
import { defaultWorkers, type Pool, pool } from "./pool.js";
import { watched } from "./progress.js";
import { fileResults, fileTarget, finishedResult, type Lineage, type Results, scratchResults } from "./results.js";
import { boxesOf, workBytesOf } from "./stage.js";
import { ScratchStore } from "./store.js";

/** What a run works with; tests pass their own. */
export interface Means {
  readonly memory?: Memory;
  readonly pool?: Pool;
  readonly files?: CheckpointFiles;
}

/** What a task of a volume operation answers: the record of the brick, and its voxels if the result lies in a file. */
interface TaskResult {
  readonly zone: Zone;
  readonly voxels?: Uint8Array;
}

/** Names of the functions in the order in which they work. */
export const callersOf = (stages: readonly PlannedStage[]): string =>
  stages
    .map(({ caller }) => caller)
    .filter((caller, k, all) => caller !== all[k - 1])
    .join(" → ");

/**
 * Brings a volume through all stages, brick by brick: each brick of the result with the halos of all stages around it.
 * @param lineage all that leads to this result, if the volume is itself an intermediate one
 * @throws LimitExceeded, before anything runs, if the memory limit cannot hold the work of one thread or the result
 */
export async function execute(
  volume: Volume,
  stages: readonly PlannedStage[],
  options: RunOptions,
  means: Means = {},
  lineage: Lineage = { volume, stages },
): Promise<Volume> {
  const { memory = machine, pool: threads = pool, files } = means;
  const { to } = options;
  const last = stages.at(-1)!;
  const { shape, dtype, brick } = last.outline;
  const caller = callersOf(stages);
  const grid = new BrickGrid(shape, brick);
  const limit = memoryLimitOf(options, memory);
  const what = `${caller} of ${shape.join(" × ")} ${dtype}`;

  const made = async (store: BrickStore): Promise<Volume> =>
    new Volume({ ...last.outline, store, truth: await truthOf(volume, stages, options, means) });
  const target = to === undefined ? undefined : fileTarget(to, lineage);
  const finished = target && (await finishedResult(target, files));
  if (finished !== undefined) return made(finished);
  const letGo = [volume, ...stages.flatMap(({ mask, besides }) => [mask, ...besides])].map(hold);
  let claim: Claim | undefined;
  let results: Results | undefined;
  try {
    const workers = workersOf(options, grid.length);
    const claimed = await claimWork(caller, workBytesOf(stages, grid.brick), workers, memory, limit);
    claim = claimed.claim;
    const boxes = boxesOf(stages, wholeRegion(shape));
    const input = describeInput(volume, stages, wholeRegion(shape));
    if (to !== undefined) checkNotInput(to, input.blocks);
    results = await (target === undefined
      ? scratchResults(`the result of ${what}`, grid, last, memory, limit)
      : fileResults(target, files));
    const { places, done, missing, write, finish } = results;
    const job: VolumeJob = {
      kind: "volume",
      caller,
      stages: stages.map(({ workBytes: _, cost: __, caller: ___, outline: ____, mask, besides, ...stage }, k) => ({
        ...stage,
        mask: mask && describeRegion(mask, boxes[k]!.box),
        besides: besides.map((beside) => describeAround(beside, boxes[k]!.around, stage.besideBorder)),
      })),
      input,
      output: { shape, brick: grid.brick, ...places },
    };
    await watched(caller, grid.length, options, async ({ signal, step }) => {
      for (let k = 0; k < done; k++) step();
      await threads.run<TaskResult>(job, missing(), claimed.workers, signal, async (brick, { zone, voxels }) => {
        await write(brick, zone, voxels);
        step();
      });
    });
    const store = await finish();
    results = undefined;
    return await made(store).catch((error) => {
      store.release();
      throw error;
    });
  } catch (error) {
    results?.abandon();
    throw scratchError(error, what);
  } finally {
    claim?.drop();
    for (const free of letGo) free();
  }
}

/** A result cannot take the place of what it is made from: a run that was stopped could not be taken up again. */
export function checkNotInput(to: string, blocks: readonly (SharedArrayBuffer | string)[]): void {
  if (blocks.includes(targetOf(to)))
    throw new InvalidArgument(`to is ${to}, the file of the volume itself; name another file for the result`);
}

export function workersOf(options: RunOptions, tasks: number): number {
  const { workers = defaultWorkers() } = options;
  checkNumber("workers", workers, 1, 64, true);
  return Math.min(workers, tasks);
}

/** Counts the memory of the threads; takes fewer of them where the limit does not hold all. */
export async function claimWork(
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

export const hold = (volume: Volume | undefined): (() => void) =>
  volume?.store instanceof ScratchStore ? volume.store.hold() : () => undefined;

/** The known phases of the regions; filters do not change them. */
export async function truthOf(
  volume: Volume,
  stages: readonly PlannedStage[],
  options: RunOptions,
  means: Means,
): Promise<Volume | undefined> {
  const { mask: _, onProgress: __, to: ___, ...rest } = options;
  let { truth } = volume;
  for (const { region, placement } of stages) {
    // What was resampled has no known phases any more.
    if (placement !== undefined) return undefined;
    if (truth === undefined || sameShape(regionShape(region), truth.shape)) continue;
    const facts = { provenance: trace("crop", { region }, { volume: truth }) };
    truth = await execute(truth, [stageOf(copy, truth, {}, facts, { region })], rest, means);
  }
  return truth;
}
