/** Voxels that labels share with those of another volume. */
import { LabelIndex } from "../label-index.js";
import type { LabelOverlaps, LabelOverlapsParameters } from "../operations/overlaps.js";
import { bytesOf, type ReduceTask } from "./task.js";

/** A brick has fewer than 2³¹ voxels, so no more labels beside: a row and such a number are exact in one double. */
const ROW = 2 ** 31;

export function labelOverlaps(task: ReduceTask, parameters: LabelOverlapsParameters): LabelOverlaps {
  const {
    wasm,
    dtype,
    slab,
    halo: [hz, hy, hx],
    besides: [beside],
  } = task;
  const labels = new Float64Array(parameters.labels);
  const steps = new Int32Array(parameters.steps);
  const [out, alsoOut] = [parameters.never[0] ?? Number.NaN, parameters.never[1] ?? Number.NaN];
  const [planes, rows, columns] = slab.size;
  const voxels = wasm.view(dtype, slab.start, planes * rows * columns);
  const bytes = bytesOf(beside!.dtype);
  const [row, plane] = [beside!.row / bytes, beside!.plane / bytes];
  const others = wasm.view(beside!.dtype, beside!.start, plane * planes);
  const index = new LabelIndex();
  const found = new Map<number, number>();
  const counted = (key: number, voxels: number): void => void found.set(key, (found.get(key) ?? 0) + voxels);
  let last = Number.NaN;
  let lastRow = -1;
  for (let z = hz; z < planes - hz; z++)
    for (let y = hy; y < rows - hy; y++) {
      const at = (z * rows + y) * columns;
      const end = columns - hx;
      for (let x = hx; x < end; ) {
        const label = voxels[at + x]!;
        let stop = x + 1;
        while (stop < end && voxels[at + stop] === label) stop++;
        if (label !== last) {
          last = label;
          lastRow = placeOf(labels, label);
        }
        if (lastRow >= 0) {
          const step = 3 * lastRow;
          const line = (z + steps[step]!) * plane + (y + steps[step + 1]!) * row + steps[step + 2]!;
          for (let from = x; from < stop; ) {
            const other = others[line + from]!;
            let to = from + 1;
            while (to < stop && others[line + to] === other) to++;
            if (other !== out && other !== alsoOut) counted(lastRow * ROW + index.numberOf(other), to - from);
            from = to;
          }
        }
        x = stop;
      }
    }
  const keys = [...found.keys()];
  return {
    rows: Int32Array.from(keys, (key) => Math.floor(key / ROW)),
    others: Float64Array.from(keys, (key) => index.labels[key % ROW]!),
    voxels: Float64Array.from(found.values()),
  };
}

/** Where a number stands in an ascending list; −1 if it does not. */
function placeOf(ascending: Float64Array, value: number): number {
  let [low, high] = [0, ascending.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ascending[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return ascending[low] === value ? low : -1;
}
