/** The most frequent voxel of a neighbourhood. */
import { DTYPES, type DType } from "../../core/dtype.js";
import type { Triple } from "../../core/shape.js";
import type { MajorityParameters } from "../operations/rank.js";
import type { WindowParameters } from "../operations/window.js";
import { ballOffsets, boxOffsets } from "../operations.js";
import { bytesOf, fromKeys, table, toKeys, type VolumeTask } from "./task.js";

/** How the neighbours of a voxel decide. */
interface Vote {
  /** Kernels for many labels and for few. */
  readonly byPairs: string;
  readonly byClasses: string;
  /** Arguments behind all others. */
  readonly last: (key: (value: number) => number) => readonly number[];
  /** A label that has no vote. */
  readonly never: number | undefined;
}

export function mode(task: VolumeTask, parameters: WindowParameters): void {
  vote(task, parameters, { byPairs: "modeByPairs", byClasses: "modeByClasses", last: () => [], never: undefined });
}

export function majority(task: VolumeTask, parameters: MajorityParameters): void {
  const { never } = parameters;
  const last = (key: (value: number) => number): number[] => (never === undefined ? [0, 0] : [key(never), 1]);
  vote(task, parameters, { byPairs: "majorityByPairs", byClasses: "majorityByClasses", last, never });
}

function vote(task: VolumeTask, { radius, shape }: WindowParameters, { byPairs, byClasses, last, never }: Vote): void {
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
  const key = (value: number): number => keyOf(dtype, value);
  const keys = keysOf(task, offsets.length)?.filter((one) => never === undefined || one !== key(never));
  const classes = keys === undefined ? undefined : table(wasm, keys);
  const [planes, rows, columns] = result.size;
  const centre = widened + halo[0] * plane + halo[1] * row + halo[2] * lane;
  for (let z = 0; z < planes; z++) {
    const place = [centre + z * plane, row, out.start + z * out.plane, out.row, rows, columns] as const;
    const around = [...place, distances, offsets.length] as const;
    if (classes === undefined) wasm.call(`${byPairs}_${8 * lane}`, ...around, ...last(key));
    else wasm.call(`${byClasses}_${8 * lane}`, ...around, classes, keys!.length, ...last(key));
  }
  if (factor !== 1) {
    const count = result.plane * planes;
    wasm.view("int8", result.start, count).set(wasm.view("int16", narrow, count));
  }
  fromKeys(wasm, dtype, result.start, result.plane * planes);
}

/** The key of a whole number. */
const keyOf = (dtype: DType, value: number): number => (value - DTYPES[dtype].min - 2 ** (8 * bytesOf(dtype) - 1)) | 0;

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
