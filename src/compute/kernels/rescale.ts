/** Grey values one by one. */
import { DTYPES, type DType, type Voxels, voxelArray } from "../../core/dtype.js";
import { type Loss, type Moments, type RescaleParameters, rescaling } from "../operations/rescale.js";
import type { ReduceTask, VolumeTask } from "./task.js";

export function rescale({ wasm, dtype, slab, result }: VolumeTask, parameters: RescaleParameters): void {
  const { map, low, high } = parameters;
  const [planes, rows, columns] = result.size;
  const { bytes, min } = DTYPES[dtype];
  const { bytes: resultBytes, integer } = DTYPES[parameters.dtype];
  const plane = (z: number) =>
    [slab.start + z * slab.plane, slab.row, result.start + z * result.plane, result.row, rows, columns] as const;
  if (bytes === 4) {
    const { from, to } = map ?? { from: [0, 1], to: [0, 1] };
    const line = [from[0], from[1] - from[0], to[0], to[1] - to[0]] as const;
    const kind = [integer ? resultBytes : 0, map === undefined ? 0 : 1] as const;
    for (let z = 0; z < planes; z++) wasm.call(`rescaleWide_${dtype}`, ...plane(z), ...kind, ...line, low, high);
    return;
  }
  const entries = tableOf(parameters, dtype);
  const table = wasm.allocate(entries.byteLength);
  wasm.view(parameters.dtype, table, entries.length).set(entries);
  const kernel = `${bytes === 1 ? "lookUpBytes" : "lookUpShorts"}_${8 * resultBytes}`;
  for (let z = 0; z < planes; z++) wasm.call(kernel, ...plane(z), table, -min);
}

const tables = new WeakMap<RescaleParameters, Voxels>();

/** What each of few possible values becomes, computed once a job. */
function tableOf(parameters: RescaleParameters, dtype: DType): Voxels {
  const known = tables.get(parameters);
  if (known !== undefined) return known;
  const of = rescaling(parameters);
  const { min, bytes } = DTYPES[dtype];
  const table = voxelArray(parameters.dtype, 2 ** (8 * bytes));
  for (let k = 0; k < table.length; k++) table[k] = of(min + k);
  tables.set(parameters, table);
  return table;
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
