/** What labels become one by one. */
import { DTYPES, type DType, type Voxels } from "../../core/dtype.js";
import type { LabelMaskParameters } from "../operations/labels.js";
import type { VolumeTask } from "./task.js";

/** 1 where a voxel has one of the labels. */
export function labelMask({ wasm, dtype, slab, result }: VolumeTask, { values }: LabelMaskParameters): void {
  const [planes, rows, columns] = result.size;
  const { bytes, min } = DTYPES[dtype];
  if (bytes === 4) {
    const edges = runEdges(values);
    const into = wasm.view("uint8", result.start, result.plane * planes) as Uint8Array;
    const voxels = wasm.view(dtype, slab.start, (slab.plane * planes) / bytes);
    for (let z = 0; z < planes; z++)
      for (let y = 0; y < rows; y++) {
        const from = (z * slab.plane + y * slab.row) / bytes;
        amongRuns(voxels, from, edges, into, z * result.plane + y * result.row, columns);
      }
    return;
  }
  const table = tableOf(wasm, dtype, values);
  const kernel = bytes === 1 ? "lookUpBytes_8" : "lookUpShorts_8";
  for (let z = 0; z < planes; z++) {
    const [from, to] = [slab.start + z * slab.plane, result.start + z * result.plane];
    wasm.call(kernel, from, slab.row, to, result.row, rows, columns, table, -min);
  }
}

export function keepInside({ wasm, dtype, slab, result }: VolumeTask): void {
  const [planes, rows, columns] = result.size;
  const into = [result.start, result.row, result.plane, planes, rows, columns * DTYPES[dtype].bytes] as const;
  wasm.call("copyBox", slab.start, slab.row, slab.plane, ...into);
}

function tableOf(wasm: VolumeTask["wasm"], dtype: DType, values: readonly number[]): number {
  const { bytes, min } = DTYPES[dtype];
  const length = 2 ** (8 * bytes);
  const start = wasm.allocate(length);
  const entries = wasm.view("uint8", start, length).fill(0);
  for (const value of values) entries[value - min] = 1;
  return start;
}

/** First values of runs of consecutive labels and those after their ends, by turns. */
function runEdges(values: readonly number[]): Float64Array {
  const edges: number[] = [];
  for (const value of values) {
    if (edges.at(-1) === value) edges[edges.length - 1] = value + 1;
    else edges.push(value, value + 1);
  }
  return Float64Array.from(edges);
}

/** A voxel is in a run if it has passed an odd number of edges; they are searched by halving, however many there are. */
function amongRuns(
  voxels: Voxels,
  from: number,
  edges: Float64Array,
  into: Uint8Array,
  to: number,
  count: number,
): void {
  for (let k = 0; k < count; k++) {
    const value = voxels[from + k]!;
    let [low, high] = [0, edges.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (edges[middle]! <= value) low = middle + 1;
      else high = middle;
    }
    into[to + k] = low & 1;
  }
}
