/** The watershed's own thread: takes the volumes in, floods a part at a time, gives planes of labels out. */
import { Source } from "../compute/gather.js";
import type { SourceDescription } from "../compute/job.js";
import { BLOCKED, byTurns, type Flooding, type FloodTask, floodFrom, keyOf, LINE } from "../compute/kernels/flood.js";
import type { Wasm } from "../compute/kernels/task.js";
import { ownWasm } from "../compute/own-wasm.js";
import { voxelArray } from "../core/dtype.js";
import { InvalidArgument } from "../core/errors.js";
import type { Triple } from "../core/shape.js";

export interface WatershedTask extends FloodTask {
  readonly image: SourceDescription;
  readonly markers: SourceDescription;
  readonly mask: SourceDescription | undefined;
}

interface Flood {
  readonly wasm: Wasm;
  /** Voxels along each axis, and with one more on each side. */
  readonly shape: Triple;
  readonly padded: Triple;
  readonly labels: number;
  readonly step: Flooding;
}

let flood: Flood | undefined;

/** Takes the volumes in. @returns number of marker voxels */
export function begin(task: WatershedTask): number {
  const wasm = ownWasm();
  wasm.reset();
  const shape = task.image.shape;
  const padded = shape.map((n) => n + 2) as unknown as Triple;
  const count = padded[0] * padded[1] * padded[2];
  const labels = wasm.allocate(4 * count);
  const turns = byTurns(task);
  const values = wasm.allocate((turns ? 8 : 4) * count);
  const { open, marked } = takeIn(wasm, task, { shape, padded, labels, values, turns });
  if (marked === 0) return 0;
  flood = { wasm, shape, padded, labels, step: floodFrom({ wasm, padded, labels, values }, task, open) };
  return marked;
}

/** Goes on flooding. @returns true when all is flooded */
export function step(most: number): boolean {
  return flood!.step(most);
}

/** The labels of planes, 0 where there is none. */
export function planes({ from, to }: { from: number; to: number }): Uint32Array {
  const { wasm, shape, padded, labels } = flood!;
  const [, height, width] = shape;
  const out = new Uint32Array((to - from) * height * width);
  const all = wasm.view("uint32", labels, padded[0] * padded[1] * padded[2]);
  for (let z = from, k = 0; z < to; z++)
    for (let y = 0; y < height; y++) {
      const start = ((z + 1) * padded[1] + y + 1) * padded[2] + 1;
      for (let x = 0; x < width; x++, k++) {
        const label = all[start + x]!;
        out[k] = label < LINE ? label : 0;
      }
    }
  return out;
}

interface Room {
  readonly shape: Triple;
  readonly padded: Triple;
  readonly labels: number;
  readonly values: number;
  readonly turns: boolean;
}

/** Labels of markers, BLOCKED elsewhere than in the mask and where the image is no number; the image as keys or values. */
function takeIn(
  wasm: Wasm,
  task: WatershedTask,
  { shape, padded, labels, values, turns }: Room,
): { open: number; marked: number } {
  const { fromHigh } = task;
  const [depth, height, width] = shape;
  const count = padded[0] * padded[1] * padded[2];
  const sources = [task.image, task.markers, task.mask].map((one) => one && new Source(one));
  const [image, markers, mask] = [task.image, task.markers, task.mask].map(
    (one) => one && voxelArray(one.dtype, height * width),
  );
  const toKey = keyOf(task.image.dtype, fromHigh);
  const label = wasm.view("uint32", labels, count);
  label.fill(BLOCKED);
  const key = wasm.view("uint32", values, turns ? 2 * count : count);
  const cost = turns ? new Float64Array(key.buffer, values, count) : undefined;
  let open = 0;
  let marked = 0;
  for (let z = 0; z < depth; z++) {
    for (const [k, voxels] of [image, markers, mask].entries())
      if (voxels !== undefined) sources[k]!.gather([z, 0, 0], [1, height, width], { voxels, row: width, plane: 0 });
    const keys = cost === undefined ? toKey(image!) : undefined;
    for (let y = 0, k = 0; y < height; y++) {
      const start = ((z + 1) * padded[1] + y + 1) * padded[2] + 1;
      for (let x = 0; x < width; x++, k++) {
        const value = image![k]!;
        if ((mask !== undefined && mask[k] === 0) || Number.isNaN(value)) continue;
        const marker = markers![k]!;
        if (marker < 0 || marker >= LINE - 1)
          throw new InvalidArgument(
            `watershed: a marker is ${marker}; allowed are whole numbers from 0 to ${LINE - 2}`,
          );
        label[start + x] = marker;
        open++;
        if (marker > 0) marked++;
        if (cost !== undefined) cost[start + x] = fromHigh ? -value : value;
        else key[start + x] = keys![k]!;
      }
    }
  }
  for (const source of sources) source?.close();
  return { open, marked };
}
