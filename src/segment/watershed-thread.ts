/** The watershed's own thread: takes the volumes in, floods a part at a time, gives planes of labels out. */
import { Source } from "../compute/gather.js";
import type { SourceDescription } from "../compute/job.js";
import type { Wasm } from "../compute/kernels/task.js";
import { ownWasm } from "../compute/own-wasm.js";
import { type DType, type Voxels, voxelArray } from "../core/dtype.js";
import { InvalidArgument } from "../core/errors.js";
import type { Triple } from "../core/shape.js";

export interface WatershedTask {
  readonly image: SourceDescription;
  readonly markers: SourceDescription;
  readonly mask: SourceDescription | undefined;
  readonly connectivity: 6 | 18 | 26;
  /** Bright places are flooded first. */
  readonly fromHigh: boolean;
  readonly lines: boolean;
  readonly compactness: number;
}

const BLOCKED = 0xffffffff;
const LINE = 0x80000000;
const ITEM = 24;

interface Flood {
  readonly wasm: Wasm;
  /** Voxels along each axis, and with one more on each side. */
  readonly shape: Triple;
  readonly padded: Triple;
  readonly labels: number;
  /** Takes so many steps; true when all is flooded. */
  step(most: number): boolean;
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
  const turns = task.lines || task.compactness > 0;
  const values = wasm.allocate((turns ? 8 : 4) * count);
  const { open, marked } = takeIn(wasm, task, { shape, padded, labels, values, turns });
  if (marked === 0) return 0;
  const around = neighbours(wasm, padded, task.connectivity);
  const how = { wasm, shape, padded, labels, values, count, around };
  flood = turns ? byTurns(how, task) : byLevels(how, task, open);
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

/** Whole numbers without a sign in the order in which values are flooded. */
function keyOf(dtype: DType, fromHigh: boolean): (voxels: Voxels) => Uint32Array {
  const flip = fromHigh ? 0xffffffff : 0;
  if (dtype !== "float32") {
    const lift = dtype.startsWith("int") ? 2 ** 31 : 0;
    return (voxels) => Uint32Array.from(voxels as Uint32Array, (value) => ((value + lift) ^ flip) >>> 0);
  }
  return (voxels) => {
    // A negative zero is one with the other.
    const bits = new Uint32Array(Float32Array.from(voxels, (value) => value + 0).buffer);
    for (let k = 0; k < bits.length; k++) {
      const b = bits[k]!;
      bits[k] = ((b >= LINE ? ~b : b | LINE) ^ flip) >>> 0;
    }
    return bits;
  };
}

/** Distances to the neighbours in voxels: the nearer ones first, then in C order. */
function neighbours(wasm: Wasm, [, rows, columns]: Triple, connectivity: number): { start: number; count: number } {
  const most = { 6: 1, 18: 2, 26: 3 }[connectivity]!;
  const found: { at: number; steps: number }[] = [];
  for (let z = -1; z <= 1; z++)
    for (let y = -1; y <= 1; y++)
      for (let x = -1; x <= 1; x++) {
        const steps = Math.abs(z) + Math.abs(y) + Math.abs(x);
        if (steps > 0 && steps <= most) found.push({ at: (z * rows + y) * columns + x, steps });
      }
  found.sort((a, b) => a.steps - b.steps);
  const start = wasm.allocate(4 * found.length);
  (wasm.view("int32", start, found.length) as Int32Array).set(found.map(({ at }) => at));
  return { start, count: found.length };
}

interface How extends Omit<Flood, "step"> {
  readonly values: number;
  readonly count: number;
  readonly around: { readonly start: number; readonly count: number };
}

/** Level by level: each voxel waits once, in the queue of its level. */
function byLevels({ wasm, values, count, around, ...rest }: How, _: WatershedTask, open: number): Flood {
  const { labels } = rest;
  const next = wasm.allocate(4 * count);
  const state = wasm.allocate(4);
  // The keys are sorted where the queues will be.
  const mark = wasm.mark;
  let [keys, other] = [next, wasm.allocate(4 * open)];
  const digits = wasm.allocate(8192);
  wasm.call("collectKeys", values, labels, count, keys);
  for (const shift of [0, 11, 22]) {
    wasm.call("sortByDigit", keys, other, open, shift, digits);
    [keys, other] = [other, keys];
  }
  const levels = wasm.call("distinctKeys", keys, open);
  const table = wasm.allocate(4 * 65537);
  const distinct = wasm.view("uint32", keys, levels);
  const firsts = wasm.view("uint32", table, 65537);
  for (let upper = 0, k = 0; upper <= 65536; upper++) {
    while (k < levels && distinct[k]! / 65536 < upper) k++;
    firsts[upper] = k;
  }
  wasm.call("placeKeys", values, labels, count, keys, table);
  wasm.rewind(mark);
  const queues = wasm.allocate(8 * levels);
  wasm.view("uint32", queues, 2 * levels).fill(BLOCKED);
  for (let from = 0; from < count; from += 2 ** 22)
    wasm.call("enqueueMarkers", labels, values, from, Math.min(count, from + 2 ** 22), next, queues);
  wasm.view("uint32", state, 1)[0] = 0;
  const step = (most: number): boolean =>
    wasm.call("floodLevels", labels, values, next, queues, levels, around.start, around.count, state, most) < most;
  return { wasm, ...rest, step };
}

/** One at a time from a heap: with lines or compactness a voxel may wait several times. */
function byTurns({ wasm, values, count, around, ...rest }: How, { lines, compactness }: WatershedTask): Flood {
  const { labels, padded } = rest;
  const state = wasm.allocate(8);
  const heap = wasm.mark;
  const start = wasm.allocate(0);
  const room = (items: number): void => {
    wasm.rewind(heap);
    wasm.allocate(ITEM * items);
  };
  // Markers wait in the order of their places: nothing is taken out yet, so that the length is an age.
  let length = 0;
  const cost = (k: number): number => new Float64Array(wasm.view("uint8", values, 8).buffer, values, count)[k]!;
  let allowed = 0;
  for (let k = 0; k < count; k++) {
    const label = wasm.view("uint32", labels + 4 * k, 1)[0]!;
    if (label === 0 || label === BLOCKED) continue;
    if (length === allowed) {
      allowed += 65536;
      room(allowed);
    }
    length = wasm.call("pushItem", start, length, cost(k), length, k, k);
  }
  (wasm.view("uint32", state, 2) as Uint32Array).set([length, length]);
  const step = (most: number): boolean => {
    room(wasm.view("uint32", state, 1)[0]! + most * around.count);
    const [row, plane] = [padded[2], padded[1] * padded[2]];
    const rest = [lines ? 1 : 0, compactness, row, plane, state, most] as const;
    return wasm.call("floodByTurns", labels, values, start, around.start, around.count, ...rest) < most;
  };
  return { wasm, ...rest, step };
}
