/**
 * Operations as plain values, and which boxes of voxels they need of each other: with several stages a brick goes through
 * all of them inside one thread, each computed in a box that is wider by the halos of those behind it.
 */
import { type Border, inside } from "../core/border.js";
import { DTYPES, type DType } from "../core/dtype.js";
import type { Region, Shape, Triple } from "../core/shape.js";
import { STAGING_BYTES } from "./gather.js";
import type { SourceDescription } from "./job.js";
import type { TaskSize } from "./operations.js";

/**
 * Where the voxels of a result lie among those of its input, for operations that change the grid: voxel r of the result
 * stands at `matrix · r + offset`, in voxels of the input.
 */
export interface Placement {
  /** Row-major 3 × 3 matrix over z, y, x. */
  readonly matrix: readonly number[];
  readonly offset: Triple;
  /** How far around that point the operation looks, in voxels of the input, before and behind. */
  readonly before: Triple;
  readonly behind: Triple;
}

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
  /** The part of its input for which it has results; with a placement, of its own grid. */
  readonly region: Region;
  readonly resultType: DType;
  /** Undefined: voxels stay where they are. */
  readonly placement?: Placement | undefined;
}

/** A stage as threads get it. */
export interface StageDescription extends Stage {
  readonly mask: SourceDescription | undefined;
  /** More volumes on the same grid that the operation sees, with the same halo. */
  readonly besides: readonly SourceDescription[];
  readonly besideBorder: Border;
}

/** Boxes of one stage for one brick. */
export interface Boxes {
  /** What is computed, in voxels of the result and, without its region's start, of the operation's whole grid. */
  readonly result: Region;
  readonly box: Region;
  /** What that is made of, in voxels of the input: it may reach beyond the faces. */
  readonly around: Region;
}

export const moved = (at: Triple, by: Triple, sign: 1 | -1 = 1): Triple => [
  at[0] + sign * by[0],
  at[1] + sign * by[1],
  at[2] + sign * by[2],
];

/** How far a stage looks. */
export type Sight = Pick<Stage, "region" | "halo" | "shape" | "border" | "placement">;

/** What each stage has to compute so that the last one can compute `result`; the first stage first. */
export function boxesOf(stages: readonly Sight[], result: Region): Boxes[] {
  const all: Boxes[] = [];
  let wanted = result;
  for (const { region, halo, shape, border, placement } of [...stages].reverse()) {
    const box = { start: moved(wanted.start, region.start), stop: moved(wanted.stop, region.start) };
    const around =
      placement === undefined
        ? { start: moved(box.start, halo, -1), stop: moved(box.stop, halo) }
        : sourceOf(box, placement);
    all.unshift({ result: wanted, box, around });
    wanted = withinFaces(around, shape, border);
  }
  return all;
}

/** The box of input voxels that a box of a placed result looks at. */
function sourceOf(box: Region, { matrix, offset, before, behind }: Placement): Region {
  const start: [number, number, number] = [0, 0, 0];
  const stop: [number, number, number] = [0, 0, 0];
  for (const k of [0, 1, 2] as const) {
    let [low, high] = [offset[k], offset[k]];
    for (const j of [0, 1, 2] as const) {
      const step = matrix[3 * k + j]!;
      const [a, b] = [step * box.start[j], step * (box.stop[j] - 1)];
      low += Math.min(a, b);
      high += Math.max(a, b);
    }
    // A hair more: a kernel may add these numbers in another order.
    start[k] = Math.floor(low - 1e-9 * (1 + Math.abs(low))) - before[k];
    stop[k] = Math.floor(high + 1e-9 * (1 + Math.abs(high))) + behind[k] + 1;
  }
  return { start, stop };
}

/** Voxels along each axis of the input that a box of that size looks at, at most. */
function slabSize({ halo, placement }: Stage, size: Triple): Triple {
  if (placement === undefined) return [size[0] + 2 * halo[0], size[1] + 2 * halo[1], size[2] + 2 * halo[2]];
  const { matrix, before, behind } = placement;
  return [0, 1, 2].map((k) => {
    const reach = size.reduce((sum, n, j) => sum + Math.abs(matrix[3 * k + j]!) * (n - 1), 0);
    return Math.ceil(reach) + before[k]! + behind[k]! + 3;
  }) as unknown as Triple;
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
  // Of a box that sees nothing but a constant one voxel will do.
  for (const k of [0, 1, 2] as const) if (start[k] >= stop[k]) [start[k], stop[k]] = [0, 1];
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
  for (const stage of [...stages].reverse()) {
    sizes.unshift(size);
    size = slabSize(stage, size).map((n, k) => Math.min(stage.shape[k]!, n)) as unknown as Triple;
  }
  return sizes;
}

/** Bytes of memory that a thread takes to bring one brick through all stages. */
export function workBytesOf(stages: readonly Costed[], brick: Shape): number {
  const sizes = largestBoxes(stages, brick);
  const between: [number, number] = [0, 0];
  let most = 0;
  for (const [k, stage] of stages.entries()) {
    most = Math.max(most, stage.workBytes(taskSize(sizes[k]!, slabSize(stage, sizes[k]!), stage.dtype)));
    // Intermediate results lie in two places by turns.
    if (k < stages.length - 1) between[k % 2] = Math.max(between[k % 2]!, stridesOf(stage.resultType, sizes[k]!).bytes);
  }
  return most + between[0] + between[1] + STAGING_BYTES;
}

/** Voxels a thread holds for one task, its rows rounded up to the 64 bytes that kernels want. */
export function taskSize(brick: Triple, slab: Triple, dtype: DType): TaskSize {
  const perStep = 64 / DTYPES[dtype].bytes;
  const box = (size: Triple): number => size[0] * size[1] * Math.ceil(size[2] / perStep) * perStep;
  return {
    // Twice: where rows of the brick do not end on 64 bytes the result is computed apart and moved.
    brick: 2 * box(brick),
    slab: box(slab),
  };
}

/** Nanoseconds that one thread takes to bring one brick through all stages, roughly. */
export function costOf(stages: readonly Costed[], brick: Shape): number {
  const sizes = largestBoxes(stages, brick);
  return stages.reduce((sum, { cost }, k) => sum + cost * sizes[k]![0] * sizes[k]![1] * sizes[k]![2], 0);
}
