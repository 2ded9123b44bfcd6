/** A block of a watershed, flooded with what lies around it. */
import type { Triple } from "../../core/shape.js";
import type { FloodBlockParameters } from "../operations/flood.js";
import { BLOCKED, byTurns, floodFrom, LINE, takeRows } from "./flood.js";
import { bytesOf, type VolumeTask } from "./task.js";

/** Steps after which a call returns: V8 does not exchange code that is running. */
const STEPS = 2 ** 20;

export function floodBlock(task: VolumeTask, parameters: FloodBlockParameters): void {
  const { wasm, slab, halo, result } = task;
  const padded = slab.size.map((n) => n + 2) as unknown as Triple;
  const count = padded[0] * padded[1] * padded[2];
  const turns = byTurns(parameters);
  const labels = wasm.allocate(4 * count);
  const values = wasm.allocate((turns ? 8 : 4) * count);
  const room = { wasm, padded, labels, values };
  const { open, marked } = takeIn(task, parameters, room);
  if (marked > 0) {
    const flood = floodFrom(room, parameters, open, { wall: parameters.wall ?? false });
    while (!flood(STEPS));
  }
  const all = wasm.view("uint32", labels, count);
  const [planes, rows, columns] = result.size;
  const out = wasm.view("uint32", result.start, (result.plane * planes) / bytesOf("uint32"));
  // The wall has no label, however much of it was flooded.
  const bytes = bytesOf(task.dtype);
  const image = parameters.wall && wasm.view(task.dtype, slab.start, (slab.plane * slab.size[0]) / bytes);
  for (let z = 0; z < planes; z++)
    for (let y = 0; y < rows; y++) {
      const from = ((z + halo[0] + 1) * padded[1] + y + halo[1] + 1) * padded[2] + halo[2] + 1;
      const to = (z * result.plane + y * result.row) / 4;
      for (let x = 0; x < columns; x++) out[to + x] = all[from + x]! < LINE ? all[from + x]! : 0;
      if (!image) continue;
      const line = ((z + halo[0]) * slab.plane + (y + halo[1]) * slab.row) / bytes + halo[2];
      for (let x = 0; x < columns; x++) if (image[line + x] === 0) out[to + x] = 0;
    }
}

/** Labels and values with a voxel more on each side; {@link BLOCKED} beyond the volume and where the image is no number. */
function takeIn(
  task: VolumeTask,
  parameters: FloodBlockParameters,
  { padded, labels, values }: { padded: Triple; labels: number; values: number },
): { open: number; marked: number } {
  const {
    wasm,
    dtype,
    slab,
    slabStart,
    besides: [beside],
  } = task;
  const { shape } = parameters;
  const count = padded[0] * padded[1] * padded[2];
  wasm.view("uint32", labels, count).fill(BLOCKED);
  // The part of the slab that lies in the volume.
  const from = slabStart.map((n) => Math.max(0, -n)) as unknown as Triple;
  const to = slab.size.map((n, k) => Math.min(n, shape[k]! - slabStart[k]!)) as unknown as Triple;
  const [rows, columns] = [to[1] - from[1], to[2] - from[2]];
  if (byTurns(parameters)) return takeInTurns(task, parameters, { padded, labels, values, from, to });
  const found = wasm.allocate(8);
  wasm.view("uint32", found, 2).fill(0);
  for (let z = from[0]; z < to[0]; z++) {
    const image = slab.start + z * slab.plane + from[1] * slab.row + from[2] * bytesOf(dtype);
    const markers = beside!.start + z * beside!.plane + from[1] * beside!.row + from[2] * 4;
    const given = { dtype, image, imageRow: slab.row, markers, markersRow: beside!.row, mask: 0, maskRow: 0 };
    const at = ((z + 1) * padded[1] + from[1] + 1) * padded[2] + from[2] + 1;
    takeRows({ wasm, padded, labels, values }, parameters, { ...given, rows, columns }, at, found);
  }
  const [open, marked] = wasm.view("uint32", found, 2) as unknown as [number, number];
  return { open, marked };
}

/** The same with values as float64. */
function takeInTurns(
  { wasm, dtype, slab, besides: [beside] }: VolumeTask,
  { fromHigh }: FloodBlockParameters,
  { padded, labels, values, from, to }: { padded: Triple; labels: number; values: number; from: Triple; to: Triple },
): { open: number; marked: number } {
  const count = padded[0] * padded[1] * padded[2];
  const bytes = bytesOf(dtype);
  const label = wasm.view("uint32", labels, count);
  const cost = new Float64Array(label.buffer, values, count);
  const image = wasm.view(dtype, slab.start, (slab.plane * slab.size[0]) / bytes);
  const markers = wasm.view("uint32", beside!.start, (beside!.plane * slab.size[0]) / 4);
  let [open, marked] = [0, 0];
  for (let z = from[0]; z < to[0]; z++)
    for (let y = from[1]; y < to[1]; y++) {
      const row = (z * slab.plane + y * slab.row) / bytes;
      const marks = (z * beside!.plane + y * beside!.row) / 4;
      const start = ((z + 1) * padded[1] + y + 1) * padded[2] + 1;
      for (let x = from[2]; x < to[2]; x++) {
        const value = image[row + x]!;
        const marker = markers[marks + x]!;
        if (marker === BLOCKED || Number.isNaN(value)) continue;
        label[start + x] = marker;
        open++;
        if (marker > 0) marked++;
        cost[start + x] = fromHigh ? -value : value;
      }
    }
  return { open, marked };
}

export function blockedMarkers({ wasm, dtype, slab, result }: VolumeTask): void {
  const [planes, rows, columns] = result.size;
  const from = wasm.view(dtype, slab.start, (slab.plane * planes) / bytesOf(dtype));
  const out = wasm.view("uint32", result.start, (result.plane * planes) / 4);
  for (let z = 0; z < planes; z++)
    for (let y = 0; y < rows; y++) {
      const start = (z * slab.plane + y * slab.row) / bytesOf(dtype);
      const to = (z * result.plane + y * result.row) / 4;
      for (let x = 0; x < columns; x++) out[to + x] = from[start + x]!;
    }
}
