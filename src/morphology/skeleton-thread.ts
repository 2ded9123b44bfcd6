/** Thinning of a whole volume, a bit a voxel; runs in a thread of its own. */
import { Source } from "../compute/gather.js";
import type { SourceDescription } from "../compute/job.js";
import type { Wasm } from "../compute/kernels/task.js";
import { ownWasm } from "../compute/own-wasm.js";
import { DTYPES } from "../core/dtype.js";
import type { Shape } from "../core/shape.js";

export interface SkeletonTask {
  readonly input: SourceDescription;
  /** Voxels of this label are inside; with `except` all others. */
  readonly label: number;
  readonly except: boolean;
}

/** Bytes from row to row: a byte of nothing before it, whole words, and a word of nothing behind. */
const rowBytes = (width: number): number => Math.ceil((width + 16) / 64) * 8;
/** Two bits for each neighbourhood of 26 voxels. */
const TABLE_BYTES = 2 ** 24;

/** Bytes of memory that thinning takes. */
export const skeletonBytes = ([depth, height, width]: Shape): number =>
  (depth + 2) * (height + 2) * (3 * rowBytes(width) + 2) + 4 * height * width + TABLE_BYTES + 4096;

interface Thinning {
  readonly wasm: Wasm;
  readonly shape: Shape;
  readonly row: number;
  readonly plane: number;
  /** First rows of plane 0: voxels, those to look at, those that are marked. */
  readonly voxels: number;
  readonly fresh: number;
  readonly marks: number;
  /** The same of the flags of rows. */
  readonly active: number;
  readonly listed: number;
  readonly table: number;
  readonly touching: number;
  /** Room for a plane. */
  readonly staging: number;
}

let thinning: Thinning | undefined;

/** Reads the volume; the number of voxels inside. */
export function begin({ input, label, except }: SkeletonTask): number {
  const wasm = ownWasm();
  wasm.reset();
  const { shape, dtype } = input;
  const [depth, height, width] = shape;
  const { bytes, min, max } = DTYPES[dtype];
  const row = rowBytes(width);
  const plane = row * (height + 2);
  const planes = depth + 2;
  const clear = (size: number): number => {
    const start = wasm.allocate(size);
    wasm.view("uint8", start, size).fill(0);
    return start;
  };
  const bits = (): number => clear(plane * planes + 64) + plane + row;
  const flags = (): number => clear(planes * (height + 2)) + height + 3;
  const [voxels, fresh, marks] = [bits(), bits(), bits()];
  const [active, listed] = [flags(), flags()];
  const table = clear(TABLE_BYTES);
  const touching = wasm.allocate(216);
  wasm.call("touchingCells", touching);
  const staging = wasm.allocate(4 * height * width);
  thinning = { wasm, shape, row, plane, voxels, fresh, marks, active, listed, table, touching, staging };
  const source = new Source(input);
  const known = Number.isInteger(label) && label >= min && label <= max;
  let count = 0;
  for (let z = 0; z < depth; z++) {
    const labels = wasm.view(dtype, staging, height * width);
    source.gather([z, 0, 0], [1, height, width], { voxels: labels, row: width, plane: height * width });
    for (let y = 0; y < height; y++) {
      const from = staging + y * width * bytes;
      const to = voxels + z * plane + y * row;
      const which = [known ? label | 0 : 0, except ? 1 : 0, known ? 1 : 0] as const;
      count += wasm.call(`setInside_${8 * bytes}`, from, to, width, ...which);
    }
    wasm.view("uint8", active + z * (height + 2), height).fill(1);
  }
  source.close();
  wasm.view("uint8", fresh - row, plane * depth).fill(255);
  return count;
}

/** Takes one layer off, from all six sides; the number of voxels taken off by the last of them that took any, 0 at the end. */
export function layer(): number {
  const { wasm, shape, row, plane, voxels, fresh, marks, active, listed, table, touching } = thinning!;
  const [depth, height] = shape;
  // The order of scikit-image; along an axis of one voxel there is nothing to take off.
  const sides = [
    { axis: 1, step: -row, side: 0 },
    { axis: 1, step: row, side: 0 },
    { axis: 2, step: 0, side: 1 },
    { axis: 2, step: 0, side: -1 },
    { axis: 0, step: plane, side: 0 },
    { axis: 0, step: -plane, side: 0 },
  ].filter(({ axis }) => shape[axis]! > 1);
  let removed = 0;
  for (const { step, side } of sides) {
    let marked = 0;
    for (let z = 0; z < depth; z++) {
      const at = [voxels, fresh, marks].map((start) => start + z * plane);
      const rows = [active, listed].map((start) => start + z * (height + 2));
      marked += wasm.call("markSimple", ...at, ...rows, height, row, plane, step, side, table, touching);
    }
    if (marked === 0) continue;
    for (let z = 0; z < depth; z++) {
      const at = [voxels, fresh, marks].map((start) => start + z * plane);
      const rows = [active, listed].map((start) => start + z * (height + 2));
      removed += wasm.call("takeOff", ...at, ...rows, height, row, plane, height + 2, table, touching);
    }
  }
  return removed;
}

/** Planes of the skeleton as bytes of 0 and 1. */
export function planes({ from, to }: { readonly from: number; readonly to: number }): Uint8Array {
  const { wasm, shape, row, plane, voxels, staging } = thinning!;
  const [, height, width] = shape;
  const out = new Uint8Array((to - from) * height * width);
  for (let z = from; z < to; z++) {
    for (let y = 0; y < height; y++) wasm.call("unpackRow", voxels + z * plane + y * row, staging + y * width, width);
    out.set(wasm.view("uint8", staging, height * width), (z - from) * height * width);
  }
  return out;
}
