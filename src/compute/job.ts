/** What a thread is told: plain values that survive `postMessage`. */
import type { Border } from "../core/border.js";
import type { DType } from "../core/dtype.js";
import type { PlainError } from "../core/errors.js";
import type { Region, Shape, Triple } from "../core/shape.js";

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
export type OutputDescription = { readonly dtype: DType; readonly brick: Shape } & Partial<
  Pick<SourceDescription, "blocks" | "places">
>;

/** One run of an operation. Its tasks are bricks: of the output, or of the input where there is no output volume. */
export interface JobDescription {
  /** Function that the user called: for messages. */
  readonly caller: string;
  readonly operation: string;
  readonly parameters: unknown;
  readonly halo: Triple;
  /** What stands beyond the faces of the input. */
  readonly border: Border;
  /** Value of voxels outside the mask; undefined: as in the input. */
  readonly outside: number | undefined;
  readonly input: SourceDescription;
  readonly mask: SourceDescription | undefined;
  readonly region: Region;
  readonly output: OutputDescription | undefined;
}

export type ToThread =
  | { readonly kind: "job"; readonly job: number; readonly description: JobDescription }
  | { readonly kind: "task"; readonly job: number; readonly brick: number }
  | { readonly kind: "drop"; readonly job: number }
  | { readonly kind: "collect"; readonly ticket: number };

export type FromThread =
  | { readonly kind: "done"; readonly job: number; readonly brick: number; readonly result: unknown }
  | { readonly kind: "failed"; readonly job: number; readonly brick: number; readonly error: PlainError }
  | { readonly kind: "collected"; readonly ticket: number };
