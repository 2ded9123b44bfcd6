/** What labels become by a table, and one volume of labels over another. */
import { DTYPES, type Voxels, voxelArray } from "../../core/dtype.js";
import type { MapLabelsParameters, OverlayLabelsParameters, SurfaceVoxelsParameters } from "../operations/labels.js";
import { bytesOf, type VolumeTask } from "./task.js";

type Table = Pick<MapLabelsParameters, "from" | "to" | "rest">;

export function mapLabels(
  { wasm, dtype, resultType, slab, result }: VolumeTask,
  parameters: MapLabelsParameters,
): void {
  const [planes, rows, columns] = result.size;
  const { bytes, min } = DTYPES[dtype];
  if (bytes < 4) {
    const all = Float64Array.from({ length: 2 ** (8 * bytes) }, (_, k) => min + k);
    const entries = voxelArray(resultType, all.length);
    mapRow(all, 0, all.length, parameters, entries, 0);
    const table = wasm.allocate(entries.byteLength);
    wasm.view(resultType, table, entries.length).set(entries);
    const kernel = `${bytes === 1 ? "lookUpBytes" : "lookUpShorts"}_${8 * bytesOf(resultType)}`;
    for (let z = 0; z < planes; z++) {
      const [from, to] = [slab.start + z * slab.plane, result.start + z * result.plane];
      wasm.call(kernel, from, slab.row, to, result.row, rows, columns, table, -min);
    }
    return;
  }
  const voxels = wasm.view(dtype, slab.start, (slab.plane * planes) / bytes);
  const size = bytesOf(resultType);
  const into = wasm.view(resultType, result.start, (result.plane * planes) / size);
  for (let z = 0; z < planes; z++)
    for (let y = 0; y < rows; y++) {
      const from = (z * slab.plane + y * slab.row) / bytes;
      mapRow(voxels, from, columns, parameters, into, (z * result.plane + y * result.row) / size);
    }
}

/** Place of a label in the ascending list, −1 if it is not there. */
function search(labels: Float64Array, label: number): number {
  let [low, high] = [0, labels.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (labels[middle]! < label) low = middle + 1;
    else high = middle;
  }
  return labels[low] === label ? low : -1;
}

/** Labels come in runs: only where one begins the table is searched. */
function mapRow(
  voxels: Voxels | Float64Array,
  from: number,
  count: number,
  { from: keys, to: values, rest }: Table,
  into: Voxels,
  to: number,
): void {
  const [labels, becomes] = [new Float64Array(keys), new Float64Array(values)];
  let last = Number.NaN;
  let now = 0;
  for (let k = 0; k < count; k++) {
    const label = voxels[from + k]!;
    if (label !== last) {
      const at = search(labels, label);
      now = at >= 0 ? becomes[at]! : (rest ?? label);
      last = label;
    }
    into[to + k] = now;
  }
}

export function overlayLabels(task: VolumeTask, { from, to, rest, under }: OverlayLabelsParameters): void {
  const {
    wasm,
    dtype,
    slab,
    result,
    besides: [beside],
  } = task;
  const [planes, rows, columns] = result.size;
  const [size, otherSize] = [bytesOf(dtype), bytesOf(beside!.dtype)];
  const voxels = wasm.view(dtype, slab.start, (slab.plane * planes) / size);
  const others = wasm.view(beside!.dtype, beside!.start, (beside!.plane * planes) / otherSize);
  const into = wasm.view(dtype, result.start, (result.plane * planes) / size);
  const [labels, becomes] = [new Float64Array(from), new Float64Array(to)];
  for (let z = 0; z < planes; z++)
    for (let y = 0; y < rows; y++) {
      const at = (z * slab.plane + y * slab.row) / size;
      const other = (z * beside!.plane + y * beside!.row) / otherSize;
      const out = (z * result.plane + y * result.row) / size;
      let last = Number.NaN;
      let now: number | undefined;
      for (let x = 0; x < columns; x++) {
        const label = others[other + x]!;
        if (label !== last) {
          const place = search(labels, label);
          now = place >= 0 ? becomes[place] : rest;
          last = label;
        }
        const own = voxels[at + x]!;
        into[out + x] = now !== undefined && (under === undefined || own === under) ? now : own;
      }
    }
}

/** Six comparisons a voxel of the label. */
export function surfaceVoxels(task: VolumeTask, { label, except }: SurfaceVoxelsParameters): void {
  const { wasm, dtype, slab, halo, result } = task;
  const [planes, rows, columns] = result.size;
  const size = bytesOf(dtype);
  const [row, plane] = [slab.row / size, slab.plane / size];
  const voxels = wasm.view(dtype, slab.start, plane * slab.size[0]);
  const into = wasm.view("uint8", result.start, result.plane * planes);
  const outside = (at: number): boolean => (voxels[at] === label) === except;
  for (let z = 0; z < planes; z++)
    for (let y = 0; y < rows; y++) {
      const at = (z + halo[0]) * plane + (y + halo[1]) * row + halo[2];
      const out = z * result.plane + y * result.row;
      for (let k = 0; k < columns; k++) {
        const v = at + k;
        const is =
          !outside(v) &&
          (outside(v - 1) ||
            outside(v + 1) ||
            outside(v - row) ||
            outside(v + row) ||
            outside(v - plane) ||
            outside(v + plane));
        into[out + k] = is ? 1 : 0;
      }
    }
}
