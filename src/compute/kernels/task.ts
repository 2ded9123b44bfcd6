/** A thread's memory and what it is asked to do in it. */
import { DTYPES, type DType, type Voxels, voxelArray } from "../../core/dtype.js";
import { ComputeFailed, LimitExceeded } from "../../core/errors.js";
import type { Triple } from "../../core/shape.js";

type Kernel = (...numbers: number[]) => number;

/** Slack after each array: kernels read and write whole vectors, up to 64 bytes past its end. */
const SLACK = 128;

/** A memory that one large task has made larger is not kept for the small ones after it. */
export const KEPT_BYTES = 64 * 2 ** 20;

/** A thread's wasm instance with its memory, laid out anew for each task. */
export class Wasm {
  readonly #memory: WebAssembly.Memory;
  readonly #exports: Readonly<Record<string, Kernel>>;
  #next = 0;

  constructor(module: WebAssembly.Module) {
    const { exports } = new WebAssembly.Instance(module, {});
    this.#memory = exports.memory as WebAssembly.Memory;
    this.#exports = exports as unknown as Record<string, Kernel>;
    this.reset();
  }

  /** Bytes of the memory, which never shrinks. */
  get bytes(): number {
    return this.#memory.buffer.byteLength;
  }

  /** Gives all arrays back. */
  reset(): void {
    this.#next = this.call("heapBase");
  }

  /** Where the next array would go: {@link rewind} to it gives back all that were allocated since. */
  get mark(): number {
    return this.#next;
  }

  rewind(mark: number): void {
    this.#next = mark;
  }

  /** Room for an array: its first byte. What stood there before still stands there. */
  allocate(bytes: number): number {
    const start = Math.ceil(this.#next / 64) * 64;
    this.#next = start + bytes + SLACK;
    const missing = this.#next - this.#memory.buffer.byteLength;
    if (this.#next > 2 ** 32 - 2 ** 16)
      throw new LimitExceeded(
        `one brick with its surroundings needs more than the 4 GiB that a thread can address; choose a smaller radius or smaller bricks`,
        this.#next,
        2 ** 32,
      );
    if (missing > 0) {
      try {
        this.#memory.grow(Math.ceil(missing / 65536));
      } catch {
        throw new LimitExceeded(`a thread got no ${missing} more bytes of memory from the system`, missing, 0);
      }
    }
    return start;
  }

  view(dtype: DType, start: number, length: number): Voxels {
    return voxelArray(dtype, this.#memory.buffer, start, length);
  }

  /** Puts numbers of 64 bits into the memory. */
  numbers(start: number, values: readonly number[]): void {
    new Float64Array(this.#memory.buffer, start, values.length).set(values);
  }

  call(name: string, ...numbers: number[]): number {
    const kernel = this.#exports[name];
    if (kernel === undefined) throw new ComputeFailed(`there is no kernel ${name}: build the kernels again`);
    return kernel(...numbers);
  }
}

/** A box of voxels in wasm memory; strides in bytes. */
export interface Slab {
  readonly start: number;
  readonly row: number;
  readonly plane: number;
  readonly size: Triple;
}

/** A slab with the type of its voxels. */
export interface TypedSlab extends Slab {
  readonly dtype: DType;
}

/** One brick to compute. */
export interface VolumeTask {
  readonly wasm: Wasm;
  readonly dtype: DType;
  readonly resultType: DType;
  /** Input voxels of the brick with the halo around. */
  readonly slab: Slab;
  /** The same box of more volumes, for operations of several. */
  readonly besides: readonly TypedSlab[];
  readonly halo: Triple;
  /** First voxel of the slab in the input, and of the brick in the operation's whole grid: for results that are placed anew. */
  readonly slabStart: Triple;
  readonly resultStart: Triple;
  /** Where the brick goes, without padding; rows are multiples of 64 bytes, so that whole vectors can be written. */
  readonly result: Slab;
}

/** One brick to reduce to a small value. */
export interface ReduceTask extends Pick<VolumeTask, "wasm" | "dtype" | "besides" | "halo" | "slabStart"> {
  /** The brick's voxels inside the region with the halo around, in C order without padding. */
  readonly slab: Slab;
  /** A byte for each voxel of the brick, 0 where it does not count; 0 if there is no mask. */
  readonly mask: number;
}

const SIGNS: Partial<Record<DType, number>> = { uint8: 0x80808080, uint16: 0x80008000, uint32: 0x80000000 };

/** Voxels to signed integers of the same order, in place. */
export function toKeys(wasm: Wasm, dtype: DType, start: number, bytes: number): void {
  if (dtype === "float32") wasm.call("floatKeys", start, bytes);
  else if (SIGNS[dtype] !== undefined) wasm.call("flipSigns", start, bytes, SIGNS[dtype]);
}

/** Keys back to voxels, in place. */
export function fromKeys(wasm: Wasm, dtype: DType, start: number, bytes: number): void {
  if (dtype === "float32") wasm.call("restoreKeys", start, bytes);
  else if (SIGNS[dtype] !== undefined) wasm.call("flipSigns", start, bytes, SIGNS[dtype]);
}

/** Distances in bytes between rows and planes of an array, and its first byte. */
export interface Strides {
  readonly start: number;
  readonly row: number;
  readonly plane: number;
}

const upTo = (bytes: number, step: number): number => Math.ceil(bytes / step) * step;

/** Bytes of a row of float32 that kernels may read and write in whole vectors. */
export const floatRow = (voxels: number): number => upTo(4 * voxels, 64);

/** The slab as float32: itself, or a copy. */
export function floatSlab({ wasm, dtype, slab }: Pick<VolumeTask, "wasm" | "dtype" | "slab">): Strides {
  if (dtype === "float32") return slab;
  const [depth, height, width] = slab.size;
  const row = floatRow(width);
  // A plane is never a multiple of 4 KiB, at which lines push each other out of the cache.
  const plane = row * height + ((row * height) % 4096 < 64 ? 64 : 0);
  const start = wasm.allocate(plane * depth);
  wasm.call(`toFloats_${dtype}`, slab.start, slab.row, slab.plane, start, row, plane, depth, height, width);
  return { start, row, plane };
}

/** Where a kernel writes rows of the result as float32; `done` then makes voxels of them. */
export interface FloatPlane {
  readonly row: number;
  /** Place of a row; where voxels are made of them, rows of all planes share it. */
  at(z: number, y?: number): number;
  /** Rows from `y` on are there; without numbers, those of the whole plane. */
  done(z: number, y?: number, count?: number): void;
}

/** The result's own planes where it is float32, else one plane that is converted (ties to even) when it is done. */
export function floatPlane({ wasm, resultType, result }: VolumeTask): FloatPlane {
  const [, rows, columns] = result.size;
  const to = (z: number, y: number): number => result.start + z * result.plane + y * result.row;
  if (resultType === "float32") return { row: result.row, at: (z, y = 0) => to(z, y), done: () => undefined };
  const row = floatRow(columns);
  const start = wasm.allocate(row * rows);
  const done = (z: number, first = 0, count = rows): void => {
    wasm.call(`toIntegers_${resultType}`, start + first * row, row, to(z, first), result.row, count, columns);
  };
  return { row, at: (_, y = 0) => start + y * row, done };
}

/** A table of 32-bit integers in wasm memory: its first byte. */
export function table(wasm: Wasm, values: readonly number[]): number {
  const start = wasm.allocate(4 * values.length);
  (wasm.view("int32", start, values.length) as Int32Array).set(values);
  return start;
}

/** Bytes of a voxel. */
export const bytesOf = (dtype: DType): number => DTYPES[dtype].bytes;
