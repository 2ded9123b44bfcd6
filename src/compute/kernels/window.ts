/** What the voxels of a box or a ball have in common: mean, smallest and largest, standard deviation. */
import type { Triple } from "../../core/shape.js";
import type { DeviationParameters, MeanParameters, WindowParameters } from "../operations/window.js";
import { ballOffsets, reach } from "../operations.js";
import {
  bytesOf,
  floatPlane,
  floatRow,
  floatSlab,
  fromKeys,
  type Strides,
  table,
  toKeys,
  type VolumeTask,
} from "./task.js";

/** Voxels of a box along z, y, x. */
const sizes = (radius: Triple): Triple => radius.map((r) => 2 * reach(r) + 1) as unknown as Triple;

/**
 * The rows of a ball, by their half-lengths from 0 on: for each length the distances in bytes from the centre to the
 * middles of its rows. A ball is put together row by row, so that it costs the square of its radius, not the cube.
 */
function rowsOfBall(radius: Triple, { row, plane }: Strides): number[][] {
  const halves = new Map<number, number>();
  for (const [dz, dy, dx] of ballOffsets(radius)) halves.set(dz * plane + dy * row, dx);
  const rows: number[][] = Array.from({ length: reach(radius[2]) + 1 }, () => []);
  for (const [at, half] of halves) rows[half]!.push(at);
  return rows;
}

/** The least values that signed keys of 1, 2, 4 bytes can have above all others. */
const TOP = { 1: ["int8", 0x7f], 2: ["int16", 0x7fff], 4: ["int32", 0x7fffffff] } as const;

/** The smallest voxel of a box or ball. */
export function minimum(task: VolumeTask, parameters: WindowParameters): void {
  const { wasm, dtype, slab, result } = task;
  toKeys(wasm, dtype, slab.start, slab.plane * slab.size[0]);
  smallest(task, parameters);
  fromKeys(wasm, dtype, result.start, result.plane * result.size[0]);
}

/** The largest voxel: the complement of the smallest of the complements. */
export function maximum(task: VolumeTask, parameters: WindowParameters): void {
  const { wasm, dtype, slab, result } = task;
  toKeys(wasm, dtype, slab.start, slab.plane * slab.size[0]);
  wasm.call("flipSigns", slab.start, slab.plane * slab.size[0], -1);
  smallest(task, parameters);
  wasm.call("flipSigns", result.start, result.plane * result.size[0], -1);
  fromKeys(wasm, dtype, result.start, result.plane * result.size[0]);
}

function smallest(task: VolumeTask, { radius, shape }: WindowParameters): void {
  const { wasm, dtype, slab, halo, result } = task;
  const bytes = bytesOf(dtype) as 1 | 2 | 4;
  const bits = 8 * bytes;
  const [planes, rows, columns] = result.size;
  const { row, plane } = slab;
  if (shape === "box") {
    const [nz, ny, nx] = sizes(radius);
    const height = slab.size[1];
    const kernel = `smallest_${bits}`;
    const afterZ = wasm.allocate(row * height);
    const afterY = wasm.allocate(row * rows);
    const width = slab.size[2] * bytes;
    for (let z = 0; z < planes; z++) {
      wasm.call(kernel, slab.start + z * plane, afterZ, width, plane, nz, height, row, row);
      wasm.call(kernel, afterZ, afterY, width, row, ny, rows, row, row);
      const out = result.start + z * result.plane;
      wasm.call(kernel, afterY, out, columns * bytes, bytes, nx, rows, row, result.row);
    }
    return;
  }
  const [key, top] = TOP[bytes];
  wasm.view(key, result.start, (result.plane * planes) / bytes).fill(top);
  const total = plane * slab.size[0];
  const window = wasm.allocate(total);
  wasm.call("copyBytes", slab.start, window, total);
  const centre = window + halo[0] * plane + halo[1] * row + halo[2] * bytes;
  for (const [half, distances] of rowsOfBall(radius, slab).entries()) {
    if (half > 0) wasm.call(`widenSmallest_${bits}`, window, slab.start, total, half * bytes);
    const middles = table(wasm, distances);
    for (let z = 0; z < planes; z++) {
      const out = result.start + z * result.plane;
      const from = centre + z * plane;
      wasm.call(`joinSmallest_${bits}`, from, out, columns * bytes, rows, row, result.row, middles, distances.length);
    }
  }
}

/** The mean of a box or ball, from sums in a fixed order. */
export function mean(task: VolumeTask, { radius, shape }: MeanParameters): void {
  if (shape === "ball") meanOfBall(task, radius);
  else meanOfBox(task, radius);
}

function meanOfBox(task: VolumeTask, radius: Triple): void {
  const { wasm, dtype, slab, result } = task;
  const [planes, rows, columns] = result.size;
  const [nz, ny, nx] = sizes(radius);
  const [, height, width] = slab.size;
  const row = floatRow(width);
  const afterZ = wasm.allocate(row * height);
  const afterY = wasm.allocate(row * rows);
  const out = floatPlane(task);
  for (let z = 0; z < planes; z++) {
    wasm.call(`sumVoxels_${dtype}`, slab.start + z * slab.plane, afterZ, width, slab.plane, nz, height, slab.row, row);
    wasm.call("sumFloats", afterZ, afterY, 4 * width, row, ny, rows, row, row, 1);
    wasm.call("sumFloats", afterY, out.at(z), 4 * columns, 4, nx, rows, row, out.row, nz * ny * nx);
    out.done(z);
  }
}

function meanOfBall(task: VolumeTask, radius: Triple): void {
  const { wasm, slab, halo, result } = task;
  const [planes, rows, columns] = result.size;
  const floats = floatSlab(task);
  const total = floats.plane * slab.size[0];
  const window = wasm.allocate(total);
  wasm.call("copyBytes", floats.start, window, total);
  const centre = window + halo[0] * floats.plane + halo[1] * floats.row + halo[2] * 4;
  const sums = { row: floatRow(columns), plane: floatRow(columns) * rows };
  const start = wasm.allocate(sums.plane * planes);
  wasm.view("float32", start, (sums.plane * planes) / 4).fill(0);
  let count = 0;
  for (const [half, distances] of rowsOfBall(radius, floats).entries()) {
    if (half > 0) wasm.call("widenSum", window, floats.start, total, 4 * half);
    const middles = table(wasm, distances);
    count += distances.length * (2 * half + 1);
    for (let z = 0; z < planes; z++) {
      const from = centre + z * floats.plane;
      const to = start + z * sums.plane;
      wasm.call("joinSum", from, to, 4 * columns, rows, floats.row, sums.row, middles, distances.length);
    }
  }
  const out = floatPlane(task);
  for (let z = 0; z < planes; z++) {
    // A window of one float is a quotient and no sum.
    wasm.call("sumFloats", start + z * sums.plane, out.at(z), 4 * columns, 4, 1, rows, sums.row, out.row, count);
    out.done(z);
  }
}

/** The standard deviation in a box, in float64 until the end. */
export function deviation(task: VolumeTask, { radius }: DeviationParameters): void {
  const { wasm, dtype, slab, result } = task;
  const [planes, rows, columns] = result.size;
  const [nz, ny, nx] = sizes(radius);
  const [, height, width] = slab.size;
  const row = 2 * floatRow(width);
  const room = (lines: number): [number, number] => [wasm.allocate(row * lines), wasm.allocate(row * lines)];
  const afterZ = room(height);
  const afterY = room(rows);
  const afterX = room(rows);
  for (let z = 0; z < planes; z++) {
    const from = slab.start + z * slab.plane;
    wasm.call(`sumMoments_${dtype}`, from, ...afterZ, width, slab.plane, nz, height, slab.row, row);
    for (const k of [0, 1] as const) {
      wasm.call("sumDoubles", afterZ[k], afterY[k], 8 * width, row, ny, rows, row, row);
      wasm.call("sumDoubles", afterY[k], afterX[k], 8 * columns, 8, nx, rows, row, row);
    }
    const out = result.start + z * result.plane;
    wasm.call("deviations", ...afterX, out, columns, rows, row, result.row, nz * ny * nx);
  }
}
