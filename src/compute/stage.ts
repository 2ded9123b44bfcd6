/**
 * Operations as plain values, and which boxes of voxels they need of each other: with several stages a brick goes through
 * all of them inside one thread, each computed in a box that is wider by the halos of those behind it.
 */
import { type Border, inside } from "../core/border.js";
import { DTYPES, type DType } from "../core/dtype.js";
import type { Region, Shape, Triple } from "../core/shape.js";
import type { SourceDescription } from "./job.js";
import type { TaskSize } from "./operations.js";

/** One operation of a job. */
export interface Stage {
  readonly operation: string;
  readonly parameters: unknown;
  readonly halo: Triple;
  /** What stands beyond the faces of its input. */
  readonly border: Border;
  /** Value of voxels outside the mask; undefined: as in the input. */
  readonly outside: number | undefined;
  /** Shape and voxel type of its input. */
  readonly shape: Shape;
  readonly dtype: DType;
  /** The part of its input for which it has results. */
  readonly region: Region;
  readonly resultType: DType;
}

/** A stage as threads get it. */
export interface StageDescription extends Stage {
  readonly mask: SourceDescription | undefined;
}

/** Boxes of one stage for one brick. */
export interface Boxes {
  /** What is computed, in voxels of the result and in voxels of the input. */
  readonly result: Region;
  readonly box: Region;
  /** With the halo around: it may reach beyond the faces of the input. */
  readonly around: Region;
}

export const moved = (at: Triple, by: Triple, sign: 1 | -1 = 1): Triple => [
  at[0] + sign * by[0],
  at[1] + sign * by[1],
  at[2] + sign * by[2],
];

/** How far a stage looks. */
export type Sight = Pick<Stage, "region" | "halo" | "shape" | "border">;

/** What each stage has to compute so that the last one can compute `result`; the first stage first. */
export function boxesOf(stages: readonly Sight[], result: Region): Boxes[] {
  const all: Boxes[] = [];
  let wanted = result;
  for (const { region, halo, shape, border } of [...stages].reverse()) {
    const box = { start: moved(wanted.start, region.start), stop: moved(wanted.stop, region.start) };
    const around = { start: moved(box.start, halo, -1), stop: moved(box.stop, halo) };
    all.unshift({ result: wanted, box, around });
    wanted = withinFaces(around, shape, border);
  }
  return all;
}

/** The box of voxels that a box, which may reach beyond the faces, stands for. */
function withinFaces(box: Region, shape: Shape, border: Border): Region {
  const start: [number, number, number] = [...shape];
  const stop: [number, number, number] = [0, 0, 0];
  for (const k of [0, 1, 2] as const)
    for (let n = box.start[k]; n < box.stop[k]; n++) {
      const at = inside(n, shape[k], border);
      if (at < 0) continue;
      start[k] = Math.min(start[k], at);
      stop[k] = Math.max(stop[k], at + 1);
    }
  return { start, stop };
}

/** Rows end on 64 bytes, as kernels want them; planes a multiple of 4 KiB apart would share few lines of the cache. */
export function stridesOf(dtype: DType, size: Triple): { row: number; plane: number; bytes: number } {
  const { bytes } = DTYPES[dtype];
  const row = Math.ceil((size[2] * bytes) / 64) * 64;
  const plane = row * size[1] + ((row * size[1]) % 4096 < 64 ? 64 : 0);
  return { row, plane, bytes: plane * size[0] };
}

/** What has to be known of an operation to count the memory of a stage. */
export interface Costed extends Stage {
  /** See `VolumeOperation`, for the stage's own parameters. */
  workBytes(size: TaskSize): number;
  /** Nanoseconds a voxel of the result takes. */
  readonly cost: number;
}

/** Voxels of the largest box that each stage computes for one brick of the result. */
export function largestBoxes(stages: readonly Stage[], brick: Shape): Triple[] {
  const sizes: Triple[] = [];
  let size: Triple = brick;
  for (const { shape, halo } of [...stages].reverse()) {
    sizes.unshift(size);
    size = size.map((n, k) => Math.min(shape[k]!, n + 2 * halo[k]!)) as unknown as Triple;
  }
  return sizes;
}

/** Bytes of memory that a thread takes to bring one brick through all stages. */
export function workBytesOf(stages: readonly Costed[], brick: Shape): number {
  const sizes = largestBoxes(stages, brick);
  const between: [number, number] = [0, 0];
  let most = 0;
  for (const [k, stage] of stages.entries()) {
    most = Math.max(most, stage.workBytes(taskSize(sizes[k]!, stage.halo, stage.dtype)));
    // Intermediate results lie in two places by turns.
    if (k < stages.length - 1) between[k % 2] = Math.max(between[k % 2]!, stridesOf(stage.resultType, sizes[k]!).bytes);
  }
  return most + between[0] + between[1];
}

/** Voxels a thread holds for one task, its rows rounded up to the 64 bytes that kernels want. */
export function taskSize(brick: Triple, halo: Triple, dtype: DType): TaskSize {
  const perStep = 64 / DTYPES[dtype].bytes;
  const box = (grown: Triple): number => grown[0] * grown[1] * Math.ceil(grown[2] / perStep) * perStep;
  return {
    // Twice: where rows of the brick do not end on 64 bytes the result is computed apart and moved.
    brick: 2 * box(brick),
    slab: box([brick[0] + 2 * halo[0], brick[1] + 2 * halo[1], brick[2] + 2 * halo[2]]),
  };
}

/** Nanoseconds that one thread takes to bring one brick through all stages, roughly. */
export function costOf(stages: readonly Costed[], brick: Shape): number {
  const sizes = largestBoxes(stages, brick);
  return stages.reduce((sum, { cost }, k) => sum + cost * sizes[k]![0] * sizes[k]![1] * sizes[k]![2], 0);
}
