/** Numbers of pairs of voxels along the axes, by bits; runs in the threads. */
import { Source } from "../compute/gather.js";
import type { Wasm } from "../compute/kernels/task.js";
import { ownWasm } from "../compute/own-wasm.js";
import { regionShape, type Triple } from "../core/shape.js";
import { type CorrelationInput, fieldOfPlane } from "./correlation-thread.js";

export interface PairsTask extends CorrelationInput {
  /** 2: numbers of pairs of the sample, too. */
  readonly fields: 1 | 2;
}

/** Bits of a field: eight planes, and eight rows, a byte. */
interface Bits {
  readonly planes: number;
  readonly rows: number;
}

interface State {
  readonly wasm: Wasm;
  readonly shape: Triple;
  readonly fields: readonly Bits[];
}

let state: State | undefined;

/** Bytes of the bits of one field. */
export const bitsBytes = ([depth, height, width]: Triple): number =>
  (Math.ceil(depth / 8) * height + Math.ceil(height / 8) * depth) * width + 128;

export function begin(task: PairsTask): void {
  const wasm = ownWasm();
  wasm.reset();
  const shape = regionShape(task.region);
  const [depth, height, width] = shape;
  const sources = [task.input, task.mask].map((one) => one && new Source(one));
  const plane = wasm.allocate(height * width + 64);
  const fields = Array.from({ length: task.fields }, () => {
    const byPlanes = Math.ceil(depth / 8) * height * width;
    const byRows = Math.ceil(height / 8) * width * depth;
    return { planes: cleared(wasm, byPlanes), rows: cleared(wasm, byRows) };
  });
  for (const [which, { planes, rows }] of fields.entries())
    for (let z = 0; z < depth; z++) {
      (wasm.view("uint8", plane, height * width) as Uint8Array).set(fieldOfPlane(task, sources, which, z, 0));
      wasm.call("setBits", plane, planes + (z >> 3) * height * width, height * width, z & 7);
      for (let y = 0; y < height; y++)
        wasm.call("setBits", plane + y * width, rows + (z * Math.ceil(height / 8) + (y >> 3)) * width, width, y & 7);
    }
  for (const source of sources) source?.close();
  state = { wasm, shape, fields };
}

function cleared(wasm: Wasm, bytes: number): number {
  const start = wasm.allocate(bytes);
  wasm.view("uint8", start, bytes).fill(0);
  return start;
}

/** Numbers of pairs `lag` voxels apart along an axis, of each field. */
export function pairs({ axis, lag }: { axis: 0 | 1 | 2; lag: number }): number[] {
  const { wasm, shape, fields } = state!;
  const [depth, height, width] = shape;
  const layers = Math.ceil(depth / 8);
  return fields.map(({ planes, rows }) => {
    if (axis === 0) {
      const plane = Math.ceil(height / 8) * width;
      return wasm.call("pairsOf", rows, rows + lag * plane, (depth - lag) * plane);
    }
    if (axis === 1)
      return wasm.call(
        "pairsOfRows",
        planes,
        planes + lag * width,
        height * width,
        layers,
        Math.max(0, height - lag) * width,
      );
    return wasm.call("pairsOfRows", planes, planes + lag, width, layers * height, Math.max(0, width - lag));
  });
}
