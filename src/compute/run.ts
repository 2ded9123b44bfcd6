import { type Border, type BorderOptions, checkBorder } from "../core/border.js";
import { DTYPES, type DType } from "../core/dtype.js";
import { InvalidArgument, UnsupportedFeature } from "../core/errors.js";
import type { RunOptions } from "../core/options.js";
import {
  checkRegion,
  intersect,
  type Region,
  regionShape,
  sameShape,
  type Triple,
  wholeRegion,
} from "../core/shape.js";
import { Volume } from "../core/volume.js";
import { memoryLimitOf } from "./build.js";
import { claimWork, execute, hold, type Means, workersOf } from "./execute.js";
import { STAGING_BYTES } from "./gather.js";
import type { ReduceJob } from "./job.js";
import { type Claim, machine } from "./memory.js";
import type { ReduceOperation, VolumeOperation } from "./operations.js";
import { describeAround, describeInput, describeRegion } from "./places.js";
import { NeedsVoxels, PlannedStore, planned, type ResultFacts, stageOf } from "./planned.js";
import { pool } from "./pool.js";
import { watched } from "./progress.js";
import { moved, taskSize } from "./stage.js";

/** What functions of several volumes give an operation beside the first one. */
export interface Beside {
  /** On the same grid as the volume, and there already. */
  readonly besides?: readonly Volume[];
  /** What stands beyond their faces. Default `"reflect"`. */
  readonly besideBorder?: Border;
}

/**
 * Runs a brick-wise operation. With `region` the result has the region's shape and is the region of what the operation
 * gives for the whole volume; with `mask` voxels outside it keep their input values, or get the operation's own label.
 * The result is the same for any number of workers and any brick shape. On a planned volume nothing is computed: the
 * result is planned, too.
 * @throws LimitExceeded, before anything runs, if the memory limit cannot hold the work of one thread or the result
 */
export async function run<P>(
  operation: VolumeOperation<P>,
  volume: Volume,
  parameters: P,
  options: BorderOptions & Beside,
  facts: ResultFacts,
  means: Means = {},
): Promise<Volume> {
  const caller = facts.provenance.operation;
  const region = checked(caller, operation.dtypes, volume, options);
  const { border = "reflect", mask, besides = [], besideBorder = "reflect" } = options;
  checkBorder(border, volume.dtype);
  const stage = stageOf(operation, volume, parameters, facts, { region, border, mask, besides, besideBorder });
  if (volume.store instanceof PlannedStore) return planned(volume.store, stage, options);
  return execute(volume, [stage], options, means);
}

/**
 * Runs an operation that gives one small result per brick, and joins these in the order of the bricks, so that sums are
 * the same for any number of workers. Voxels outside `region` and `mask` do not count.
 */
export async function reduce<P, R, Part = R>(
  operation: ReduceOperation<P, R, Part>,
  volume: Volume,
  parameters: P,
  options: BorderOptions & Beside,
  means: Means = {},
): Promise<R> {
  const { memory = machine, pool: threads = pool } = means;
  if (volume instanceof Volume && volume.store instanceof PlannedStore) {
    const { real, stages, watch } = volume.store;
    const last = stages.at(-1);
    if (last !== undefined) throw new NeedsVoxels(last.caller);
    return (watch?.reduce ?? reduce)(operation, real, parameters, options);
  }
  if (options.to !== undefined)
    throw new InvalidArgument(`to is for functions whose result is a volume; ${operation.name} gives no volume`);
  const region = checked(operation.name, operation.dtypes, volume, options);
  const { border = "reflect", besides = [], besideBorder = "reflect" } = options;
  checkBorder(border, volume.dtype);
  const halo = operation.halo?.(parameters) ?? [0, 0, 0];
  const bricks = volume.grid.touching(region);
  // Parts that came before their turn wait here: those of uniform bricks, and few others, for bricks are given out in order.
  const early = uniformParts(operation, volume, parameters, bricks, region, options);
  const others = bricks.filter((brick) => !early.has(brick));
  const around = { start: moved(region.start, halo, -1), stop: moved(region.stop, halo) };
  const limit = memoryLimitOf(options, memory);
  const work = reductionBytes(operation, volume, parameters);
  const letGo = [volume, options.mask, ...besides].map(hold);
  let claim: Claim | undefined;
  try {
    const claimed = await claimWork(operation.name, work, workersOf(options, others.length), memory, limit);
    claim = claimed.claim;
    const job: ReduceJob = {
      kind: "reduce",
      caller: operation.name,
      operation: operation.name,
      parameters,
      input: describeInput(volume, [{ region, halo, border, shape: volume.shape }], wholeRegion(regionShape(region))),
      mask: options.mask && describeRegion(options.mask, region),
      besides: besides.map((beside) => describeAround(beside, around, besideBorder)),
      besideBorder,
      region,
      halo,
      border,
    };
    let next = 0;
    let joined: Part | undefined;
    const joinDue = (): void => {
      for (let due = bricks[next]; due !== undefined && early.has(due); due = bricks[++next]) {
        const part = early.get(due)!;
        early.delete(due);
        joined = joined === undefined ? part : operation.join(joined, part);
      }
    };
    await watched(operation.name, bricks.length, options, async ({ signal, step }) => {
      for (let k = others.length; k < bricks.length; k++) step();
      joinDue();
      await threads.run<Part>(job, others, claimed.workers, signal, async (brick, part) => {
        early.set(brick, part);
        joinDue();
        step();
      });
    });
    return operation.whole?.(joined!, parameters) ?? (joined as unknown as R);
  } finally {
    claim?.drop();
    for (const free of letGo) free();
  }
}

/** The parts of bricks whose voxels are all alike, as their records say, where the operation knows these without reading. */
function uniformParts<P, R, Part>(
  operation: ReduceOperation<P, R, Part>,
  { grid, store }: Volume,
  parameters: P,
  bricks: readonly number[],
  region: Region,
  { mask, besides = [] }: RunOptions & Beside,
): Map<number, Part> {
  const parts = new Map<number, Part>();
  if (operation.uniform === undefined || mask !== undefined || besides.length > 0) return parts;
  for (const brick of bricks) {
    const { min, max, nan } = store.zone(brick);
    if (min !== max || nan > 0) continue;
    const size = regionShape(intersect(grid.region(brick), region)!);
    parts.set(brick, operation.uniform(min, size, parameters));
  }
  return parts;
}

/** Bytes of memory that a thread takes to reduce one brick. */
export function reductionBytes<P, R, Part>(
  operation: ReduceOperation<P, R, Part>,
  { grid: { brick }, dtype }: Pick<Volume, "grid" | "dtype">,
  parameters: P,
): number {
  const halo = operation.halo?.(parameters) ?? [0, 0, 0];
  const slab = brick.map((n, k) => n + 2 * halo[k]!) as unknown as Triple;
  return operation.workBytes(taskSize(brick, slab, dtype), dtype, parameters) + STAGING_BYTES;
}

/** Throws unless `volume` is one: the first thing that a function does with its argument. */
export function checkVolume(caller: string, volume: unknown): asserts volume is Volume {
  if (!(volume instanceof Volume))
    throw new InvalidArgument(`${caller} takes a volume, got ${String(volume)}; open one with open(…)`);
}

/** Throws unless `mask` is undefined or one for this volume. */
export function checkMask(mask: unknown, { shape }: Volume): void {
  if (mask === undefined) return;
  if (!(mask instanceof Volume) || mask.role !== "mask" || DTYPES[mask.dtype].bytes !== 1)
    throw new InvalidArgument(
      `mask: give a volume of 8-bit voxels with the role mask, got ${String(mask)}; labels become one by with({ role: "mask" })`,
    );
  if (!sameShape(mask.shape, shape))
    throw new InvalidArgument(
      `mask has the shape ${mask.shape.join(" × ")}, the volume ${shape.join(" × ")}; they must be the same`,
    );
}

/** Checks what all operations have in common; the region to work on. */
function checked(caller: string, dtypes: readonly DType[], volume: Volume, options: RunOptions): Region {
  checkVolume(caller, volume);
  if (!dtypes.includes(volume.dtype))
    throw new UnsupportedFeature(`${caller} takes voxels of ${dtypes.join(", ")}; these are ${volume.dtype}`);
  const { mask, region = wholeRegion(volume.shape) } = options;
  checkMask(mask, volume);
  checkRegion(region, volume.shape);
  return region;
}
