/** What a thread is told: plain values that survive `postMessage`. */
import type { Border } from "../core/border.js";
import type { DType } from "../core/dtype.js";
import type { PlainError } from "../core/errors.js";
import type { Region, Shape, Triple } from "../core/shape.js";
import type { StageDescription } from "./stage.js";

/** Bricks of a volume, for a thread to read. */
export interface SourceDescription {
  readonly dtype: DType;
  readonly shape: Shape;
  readonly brick: Shape;
  /** Blocks of shared memory, or paths of files. */
  readonly blocks: readonly (SharedArrayBuffer | string)[];
  /** Brick → which block and at which byte. */
  readonly places: ReadonlyMap<number, readonly [block: number, byteOffset: number]>;
}

/** Where results go: into shared memory, or (without blocks) back to the main thread, which writes them to a file. */
export type OutputDescription = { readonly shape: Shape; readonly brick: Shape } & Partial<
  Pick<SourceDescription, "blocks" | "places">
>;

/** One or more operations from a volume to a volume. Its tasks are bricks of the result. */
export interface VolumeJob {
  readonly kind: "volume";
  /** Function that the user called: for messages. */
  readonly caller: string;
  readonly stages: readonly StageDescription[];
  readonly input: SourceDescription;
  readonly output: OutputDescription;
}

/** One operation from a volume to a small value for each brick. Its tasks are bricks of the input. */
export interface ReduceJob {
  readonly kind: "reduce";
  readonly caller: string;
  readonly operation: string;
  readonly parameters: unknown;
  readonly input: SourceDescription;
  readonly mask: SourceDescription | undefined;
  /** More volumes on the same grid, seen with the same halo. */
  readonly besides: readonly SourceDescription[];
  readonly besideBorder: Border;
  readonly region: Region;
  /** How far the operation looks beyond a voxel, and what it sees beyond the faces. */
  readonly halo: Triple;
  readonly border: Border;
}

/** Where a result of parts goes. */
export type PartOutput = OutputDescription & { readonly dtype: DType };

/** One operation that reads whole lines or planes and writes them. Its tasks are parts, numbered as it likes. */
export interface PartJob {
  readonly kind: "part";
  readonly caller: string;
  readonly operation: string;
  readonly parameters: unknown;
  readonly input: SourceDescription;
  readonly output: PartOutput;
}

/** One operation that looks along whole lines of a region and answers numbers. Its tasks are parts, numbered as it likes. */
export interface LinesJob extends Pick<ReduceJob, "caller" | "operation" | "parameters" | "input" | "mask" | "region"> {
  readonly kind: "lines";
}

export type JobDescription = VolumeJob | ReduceJob | PartJob | LinesJob;

export type ToThread =
  | { readonly kind: "job"; readonly job: number; readonly description: JobDescription }
  | { readonly kind: "task"; readonly job: number; readonly brick: number }
  | { readonly kind: "drop"; readonly job: number }
  | { readonly kind: "collect"; readonly ticket: number };

export type FromThread =
  | { readonly kind: "done"; readonly job: number; readonly brick: number; readonly result: unknown }
  | { readonly kind: "failed"; readonly job: number; readonly brick: number; readonly error: PlainError }
  | { readonly kind: "collected"; readonly ticket: number };
