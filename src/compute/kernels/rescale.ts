/** Grey values one by one. */
import { DTYPES, type Voxels, voxelArray } from "../../core/dtype.js";
import { type Loss, type Moments, type RescaleParameters, rescaling } from "../operations/rescale.js";
import type { ReduceTask, VolumeTask } from "./task.js";

export function rescale({ wasm, dtype, slab, result }: VolumeTask, parameters: RescaleParameters): void {
  const of = rescaling(parameters);
  const [planes, rows, columns] = result.size;
  const { bytes, min, max } = DTYPES[dtype];
  // Of few possible values each is computed once.
  const table =
    bytes <= 2 && planes * rows * columns > max - min ? voxelArray(parameters.dtype, max - min + 1) : undefined;
  if (table !== undefined) for (let k = 0; k < table.length; k++) table[k] = of(min + k);
  const [row, resultRow] = [slab.row / bytes, result.row / DTYPES[parameters.dtype].bytes];
  for (let z = 0; z < planes; z++) {
    const from = wasm.view(dtype, slab.start + z * slab.plane, row * rows);
    const to = wasm.view(parameters.dtype, result.start + z * result.plane, resultRow * rows);
    for (let y = 0; y < rows; y++) {
      const [f, t] = [y * row, y * resultRow];
      if (table !== undefined) for (let x = 0; x < columns; x++) to[t + x] = table[from[f + x]! - min]!;
      else for (let x = 0; x < columns; x++) to[t + x] = of(from[f + x]!);
    }
  }
}

/** The voxels of a task without a halo, and which of them count. */
function viewsOf({ wasm, dtype, slab, mask }: ReduceTask): { voxels: Voxels; inside: Voxels | undefined } {
  const length = slab.size[0] * slab.size[1] * slab.size[2];
  return {
    voxels: wasm.view(dtype, slab.start, length),
    inside: mask === 0 ? undefined : wasm.view("uint8", mask, length),
  };
}

/** In two passes, so that a small spread of large values keeps its digits. */
export function moments(task: ReduceTask): Moments {
  const { voxels, inside } = viewsOf(task);
  const { length } = voxels;
  let [count, nan, sum, min, max] = [0, 0, 0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let k = 0; k < length; k++) {
    if (inside !== undefined && inside[k] === 0) continue;
    const value = voxels[k]!;
    if (Number.isNaN(value)) {
      nan++;
      continue;
    }
    count++;
    sum += value;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  const mean = count === 0 ? 0 : sum / count;
  let squares = 0;
  for (let k = 0; k < length; k++) {
    const apart = voxels[k]! - mean;
    if ((inside === undefined || inside[k] !== 0) && !Number.isNaN(apart)) squares += apart * apart;
  }
  return { count, nan, mean, squares, min, max };
}

export function loss(task: ReduceTask, parameters: RescaleParameters): Loss {
  const { voxels, inside } = viewsOf(task);
  const stored = rescaling(parameters);
  // Half a step beyond an end is still rounded to it.
  const margin = DTYPES[parameters.dtype].integer ? 0.5 : 0;
  const low = parameters.low - margin;
  const high = parameters.high + margin;
  const exact = rescaling({ ...parameters, low: -Infinity, high: Infinity, dtype: "float32" });
  const kept = voxelArray(parameters.dtype, 1);
  const found = { voxels: 0, below: 0, above: 0, nan: 0, rounded: 0, squares: 0, largest: 0 };
  for (let k = 0; k < voxels.length; k++) {
    if (inside !== undefined && inside[k] === 0) continue;
    found.voxels++;
    const value = exact(voxels[k]!);
    if (Number.isNaN(value)) found.nan++;
    else if (value < low) found.below++;
    else if (value > high || (margin > 0 && value === high)) found.above++;
    else {
      kept[0] = stored(voxels[k]!);
      const off = Math.abs(kept[0]! - value);
      if (off === 0) continue;
      found.rounded++;
      found.squares += off * off;
      found.largest = Math.max(found.largest, off);
    }
  }
  return found;
}
