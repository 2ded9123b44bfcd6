/** Shortest paths through a phase from one of its faces; runs in a thread of its own. */
import { Source } from "../compute/gather.js";
import type { SourceDescription } from "../compute/job.js";
import type { Wasm } from "../compute/kernels/task.js";
import { ownWasm } from "../compute/own-wasm.js";
import { voxelArray } from "../core/dtype.js";
import type { Shape, Triple } from "../core/shape.js";

export interface GeodesicTask {
  readonly input: SourceDescription;
  /** Voxels of this label are open; with `except` all others. */
  readonly label: number;
  readonly except: boolean;
  /** The front begins at the first plane across this axis, or at the last one. */
  readonly axis: 0 | 1 | 2;
  readonly fromLast: boolean;
  /** Edges of a voxel over the shortest one. */
  readonly size: Triple;
}

/** Bytes a voxel of paths and of what waits; more of the latter is taken as it is needed. */
const NODE_SHARE = 4;
export const geodesicBytes = ([z, y, x]: Shape): number =>
  (4 + NODE_SHARE) * (z + 4) * (y + 4) * (x + 4) + 8 * y * x + 2 ** 20;

/** Buckets for a shortest edge: within one the order is not that of time. */
const FINE = 64;

interface March {
  readonly wasm: Wasm;
  readonly task: GeodesicTask;
  /** First byte of the times, and bytes from row to row and plane to plane. */
  readonly start: number;
  readonly row: number;
  readonly plane: number;
  readonly state: number;
  readonly buckets: number;
  /** Number of buckets less 1. */
  readonly most: number;
}

let going: March | undefined;

/** Reads the volume and starts the front; numbers of open voxels, and of those of the face where it begins. */
export function begin(task: GeodesicTask): { open: number; inlet: number } {
  const wasm = ownWasm();
  wasm.reset();
  const { input, label, except, axis, fromLast, size } = task;
  const { shape, dtype } = input;
  const [depth, height, width] = shape;
  const row = 4 * (width + 4);
  const plane = row * (height + 4);
  const bytes = plane * (depth + 4);
  const start = wasm.allocate(bytes);
  const state = wasm.allocate(64);
  const longest = Math.max(...size);
  const most = 2 ** Math.ceil(Math.log2(longest * FINE + 8)) - 1;
  const buckets = wasm.allocate(4 * (most + 1));
  wasm.view("uint8", state, 64).fill(0);
  wasm.view("uint8", buckets, 4 * (most + 1)).fill(0);
  const march = { wasm, task, start, row, plane, state, buckets, most };
  going = march;
  addNodes(march, Math.max(4096, Math.floor((NODE_SHARE * bytes) / 32) - 4096));
  const times = wasm.view("float32", start, bytes / 4) as Float32Array;
  times.fill(Number.POSITIVE_INFINITY);
  const source = new Source(input);
  const labels = voxelArray(dtype, height * width);
  const begins = fromLast ? shape[axis] - 1 : 0;
  const inlet: number[] = [];
  let open = 0;
  for (let z = 0; z < depth; z++) {
    source.gather([z, 0, 0], [1, height, width], { voxels: labels, row: width, plane: height * width });
    for (let y = 0, k = 0; y < height; y++) {
      const first = (plane * (z + 2) + row * (y + 2)) / 4 + 2;
      for (let x = 0; x < width; x++, k++) {
        if ((labels[k] === label) === except) continue;
        times[first + x] = Number.NEGATIVE_INFINITY;
        open++;
        if ((axis === 0 ? z : axis === 1 ? y : x) === begins) inlet.push(first + x);
      }
    }
  }
  source.close();
  for (const [k, voxel] of inlet.entries()) {
    if (k % 4096 === 0) addNodes(march, 4096);
    wasm.call("startAt", start + 4 * voxel, size[axis] / 2, state, buckets, most, FINE);
  }
  return { open, inlet: inlet.length };
}

function addNodes({ wasm, state }: Pick<March, "wasm" | "state">, count: number): void {
  const nodes = wasm.allocate(8 * count);
  wasm.call("addNodes", state, nodes, count);
}

/** Lets the front reach `count` voxels more. @returns true when all are reached that can be */
export function step(count: number): boolean {
  const { wasm, task, plane, row, state, buckets, most } = going!;
  const weights = task.size.map((edge) => 1 / edge ** 2) as [number, number, number];
  // V8 makes better code only between calls.
  for (let left = count; left > 0; left -= 65536)
    for (;;) {
      const found = wasm.call("march", plane, row, ...weights, state, buckets, most, FINE, Math.min(left, 65536));
      if (found === 0) return true;
      if (found === 1) break;
      addNodes(going!, 65536);
    }
  return false;
}

/** Paths to the voxels of the other face, in its order (infinite where none leads there), and how many voxels were reached in all. */
export function outlet(): { lengths: Float32Array; reached: number } {
  const { wasm, task, start, row, plane, state } = going!;
  const { axis, fromLast, size } = task;
  const { shape } = task.input;
  const ends = fromLast ? 0 : shape[axis] - 1;
  const from: [number, number, number] = [0, 0, 0];
  const to: [number, number, number] = [...shape];
  from[axis] = ends;
  to[axis] = ends + 1;
  const times = wasm.view("float32", start, (plane * (shape[0] + 4)) / 4);
  const found: number[] = [];
  for (let z = from[0]; z < to[0]; z++)
    for (let y = from[1]; y < to[1]; y++)
      for (let x = from[2]; x < to[2]; x++) {
        const time = times[(plane * (z + 2) + row * (y + 2)) / 4 + 2 + x]!;
        if (time !== Number.POSITIVE_INFINITY) found.push(time < 0 ? Number.POSITIVE_INFINITY : time + size[axis] / 2);
      }
  const reached = wasm.view("uint32", state + 16, 2);
  return { lengths: Float32Array.from(found), reached: reached[0]! + 2 ** 32 * reached[1]! };
}

/** Path lengths of planes: infinite where no path leads, NaN where the phase is not. */
export function planes({ from, to }: { readonly from: number; readonly to: number }): Float32Array {
  const { wasm, task, start, row, plane } = going!;
  const [depth, height, width] = task.input.shape;
  const times = wasm.view("float32", start, (plane * (depth + 4)) / 4);
  const out = new Float32Array((to - from) * height * width);
  for (let z = from, k = 0; z < to; z++)
    for (let y = 0; y < height; y++) {
      const first = (plane * (z + 2) + row * (y + 2)) / 4 + 2;
      for (let x = 0; x < width; x++, k++) {
        const time = times[first + x]!;
        out[k] = time === Number.POSITIVE_INFINITY ? Number.NaN : time < 0 ? Number.POSITIVE_INFINITY : time;
      }
    }
  return out;
}
