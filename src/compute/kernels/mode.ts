/** The most frequent voxel of a neighbourhood. */
import type { Triple } from "../../core/shape.js";
import type { WindowParameters } from "../operations/window.js";
import { ballOffsets, boxOffsets } from "../operations.js";
import { bytesOf, fromKeys, table, toKeys, type VolumeTask } from "./task.js";

export function mode(task: VolumeTask, { radius, shape }: WindowParameters): void {
  const { wasm, dtype, slab, halo, result } = task;
  const offsets: readonly Triple[] = (shape === "ball" ? ballOffsets : boxOffsets)(radius);
  const bytes = bytesOf(dtype) as 1 | 2 | 4;
  toKeys(wasm, dtype, slab.start, slab.plane * slab.size[0]);
  // A lane of 8 bits counts to 255: for more neighbours voxels get 16.
  const lane = bytes === 1 && offsets.length > 255 ? 2 : bytes;
  const factor = lane / bytes;
  const widened = factor === 1 ? slab.start : wasm.allocate(slab.plane * slab.size[0] * factor);
  if (factor !== 1) {
    const count = slab.plane * slab.size[0];
    (wasm.view("int16", widened, count) as Int16Array).set(wasm.view("int8", slab.start, count));
  }
  const row = slab.row * factor;
  const plane = slab.plane * factor;
  const narrow = factor === 1 ? result.start : wasm.allocate(result.plane * factor * result.size[0]);
  const out = { start: narrow, row: result.row * factor, plane: result.plane * factor };

  const distances = table(
    wasm,
    offsets.map(([dz, dy, dx]) => dz * plane + dy * row + dx * lane),
  );
  const keys = keysOf(task, offsets.length);
  const classes = keys === undefined ? undefined : table(wasm, keys);
  const [planes, rows, columns] = result.size;
  const centre = widened + halo[0] * plane + halo[1] * row + halo[2] * lane;
  for (let z = 0; z < planes; z++) {
    const place = [centre + z * plane, row, out.start + z * out.plane, out.row, rows, columns] as const;
    if (classes === undefined) wasm.call(`modeByPairs_${8 * lane}`, ...place, distances, offsets.length);
    else wasm.call(`modeByClasses_${8 * lane}`, ...place, distances, offsets.length, classes, keys!.length);
  }
  if (factor !== 1) {
    const count = result.plane * planes;
    wasm.view("int8", result.start, count).set(wasm.view("int16", narrow, count));
  }
  fromKeys(wasm, dtype, result.start, result.plane * planes);
}

/** The different keys of a slab in ascending order; undefined if there are `limit` or more. */
function keysOf({ wasm, dtype, slab }: VolumeTask, limit: number): number[] | undefined {
  const bytes = bytesOf(dtype);
  const type = bytes === 1 ? "int8" : bytes === 2 ? "int16" : "int32";
  const keys = wasm.view(type, slab.start, (slab.plane * slab.size[0]) / bytes);
  const found = new Set<number>();
  let last: number | undefined;
  for (let z = 0; z < slab.size[0]; z++)
    for (let y = 0; y < slab.size[1]; y++) {
      const start = (z * slab.plane + y * slab.row) / bytes;
      for (let k = start; k < start + slab.size[2]; k++) {
        const key = keys[k]!;
        if (key === last) continue;
        last = key;
        found.add(key);
        if (found.size >= limit) return undefined;
      }
    }
  return [...found].sort((a, b) => a - b);
}
