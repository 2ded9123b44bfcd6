/** Boxes of voxels in a thread's wasm memory. */
import type { Border } from "../core/border.js";
import { DTYPES, type DType } from "../core/dtype.js";
import type { Triple } from "../core/shape.js";
import { type BlockPlace, type Reader, STAGING_BYTES } from "./gather.js";
import type { Slab, Wasm } from "./kernels/task.js";
import { stridesOf } from "./stage.js";

/**
 * A box of voxels in wasm memory; strides of the slab in bytes, of the voxels in voxels. The memory may grow, and views of it
 * with it, until the last array has its place: the view is taken when it is used.
 */
export interface Room extends BlockPlace {
  readonly dtype: DType;
  readonly slab: Slab;
}

export function roomAt(wasm: Wasm, start: number, dtype: DType, size: Triple, row: number, plane: number): Room {
  const { bytes } = DTYPES[dtype];
  return {
    dtype,
    slab: { start, row, plane, size },
    start,
    row: row / bytes,
    plane: plane / bytes,
    voxels: () => wasm.view(dtype, start, (plane * size[0]) / bytes),
  };
}

export function roomFor(wasm: Wasm, dtype: DType, size: Triple): Room {
  const { row, plane, bytes } = stridesOf(dtype, size);
  return roomAt(wasm, wasm.allocate(bytes), dtype, size, row, plane);
}

/** Gathers a box into wasm memory. */
export function gatherInto(wasm: Wasm, input: Reader, start: Triple, into: Room, border?: Border): void {
  const mark = wasm.mark;
  const staging = wasm.allocate(STAGING_BYTES);
  const staged = wasm.view(into.dtype, staging, STAGING_BYTES / DTYPES[into.dtype].bytes);
  const mover = { wasm, start: into.start, staging, staged };
  input.gather(start, into.slab.size, { voxels: into.voxels(), row: into.row, plane: into.plane, mover }, border);
  wasm.rewind(mark);
}
