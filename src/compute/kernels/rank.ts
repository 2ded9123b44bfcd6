/** Values of a rank in the sorted neighbourhood: median, percentile. */
import { DTYPES } from "../../core/dtype.js";
import type { Triple } from "../../core/shape.js";
import { type PercentileParameters, rankOf } from "../operations/rank.js";
import { ballOffsets, boxOffsets, type MedianParameters } from "../operations.js";
import { fromKeys, table, toKeys, type VolumeTask } from "./task.js";

/** The median over a ball: of seven voxels by a network. */
export function medianBall(task: VolumeTask, { radius }: MedianParameters): void {
  const offsets = ballOffsets(radius);
  ranked(task, offsets, Math.floor(offsets.length / 2), within(radius, Math.SQRT2) ? "medianOf7" : "");
}

/** The median over a box: of 27 voxels by a network. */
export function medianBox(task: VolumeTask, { radius }: MedianParameters): void {
  const offsets = boxOffsets(radius);
  ranked(task, offsets, Math.floor(offsets.length / 2), within(radius, 2) ? "medianOf27" : "");
}

/** The value of any rank. */
export function percentile(task: VolumeTask, { radius, shape, percentile }: PercentileParameters): void {
  const offsets = (shape === "ball" ? ballOffsets : boxOffsets)(radius);
  ranked(task, offsets, rankOf(percentile, offsets.length));
}

/** True for radii of one voxel, which reach no further up to `less`: these neighbourhoods have networks of their own. */
const within = (radius: Triple, less: number): boolean => radius.every((r) => r >= 1 && r < less);

/** Neighbourhoods up to this size are searched bit by bit, larger ones by a sliding histogram; measured. */
const BY_BITS = { 1: 255, 2: 160, 4: 60 } as const;

/** The value of rank `rank`; `network` names a kernel that gives it for this very neighbourhood. */
export function ranked(task: VolumeTask, offsets: readonly Triple[], rank: number, network = ""): void {
  const { wasm, dtype, slab, halo, result } = task;
  const bytes = DTYPES[dtype].bytes as 1 | 2 | 4;
  const bits = 8 * bytes;
  const slabBytes = slab.plane * slab.size[0];
  toKeys(wasm, dtype, slab.start, slabBytes);
  const [planes, rows, columns] = result.size;
  // First voxel of the result as the slab has it.
  const centre = slab.start + halo[0] * slab.plane + halo[1] * slab.row + halo[2] * bytes;
  const plane = (z: number): [number, number, number, number, number, number] => [
    centre + z * slab.plane,
    slab.row,
    result.start + z * result.plane,
    result.row,
    rows,
    columns,
  ];
  const distance = ([dz, dy, dx]: Triple): number => dz * slab.plane + dy * slab.row + dx * bytes;
  if (network !== "") {
    for (let z = 0; z < planes; z++)
      wasm.call(
        `${network}_${bits}`,
        slab.start + z * slab.plane,
        slab.row,
        slab.plane,
        result.start + z * result.plane,
        result.row,
        rows,
        columns,
      );
  } else if (offsets.length <= BY_BITS[bytes]) {
    const distances = table(wasm, offsets.map(distance));
    const range = wasm.allocate(16);
    wasm.call(`keyRange_${bits}`, slab.start, slab.row, slab.plane, range, ...slab.size);
    const bias = 2 ** (bits - 1);
    const [low, high] = Array.from(wasm.view("int32", range, 2), (key) => key + bias) as [number, number];
    // Bits above the highest in which two keys differ are known.
    const open = 32 - Math.clz32((low ^ high) >>> 0);
    const prefix = open === 32 ? 0 : (low >>> open) << open;
    for (let z = 0; z < planes; z++)
      wasm.call(`selectByBits_${bits}`, ...plane(z), distances, offsets.length, open, prefix, rank);
  } else slide(task, offsets, rank, plane, distance);
  fromKeys(wasm, dtype, result.start, result.plane * planes);
}

/** A value of a rank in a large neighbourhood, by a histogram that slides along the rows. */
function slide(
  task: VolumeTask,
  offsets: readonly Triple[],
  rank: number,
  plane: (z: number) => number[],
  distance: (offset: Triple) => number,
): void {
  const { wasm, dtype, slab, result } = task;
  const bytes = DTYPES[dtype].bytes;
  const runs: number[] = [];
  for (const [k, offset] of offsets.entries()) {
    const before = offsets[k - 1];
    if (before === undefined || before[0] !== offset[0] || before[1] !== offset[1])
      runs.push(distance(offset), distance(offset));
    else runs[runs.length - 1] = distance(offset);
  }
  const ends = table(wasm, runs);
  let bins = 2 ** (8 * bytes);
  let keys = 0;
  if (bytes === 4) {
    const count = (slab.plane * slab.size[0]) / 4;
    const order = wasm.allocate(4 * count);
    keys = wasm.allocate(4 * count);
    bins = wasm.call("rankKeys", slab.start, count, order, keys, wasm.allocate(4 * 2048)) >>> 0;
  }
  const shift = Math.ceil(Math.log2(bins) / 2);
  const coarse = 4 * (bins + 1);
  const total = coarse + 4 * ((bins >>> shift) + 2);
  const histogram = wasm.allocate(total);
  wasm.view("uint8", histogram, total).fill(0);
  for (let z = 0; z < result.size[0]; z++)
    wasm.call(`slideHistogram_${8 * bytes}`, ...plane(z), ends, runs.length / 2, rank, histogram, coarse, shift);
  if (bytes !== 4) return;
  // The padding holds whatever was there, so ranks are looked up only where voxels are.
  const keyOf = wasm.view("int32", keys, bins);
  const out = wasm.view("int32", result.start, (result.plane * result.size[0]) / 4);
  for (let z = 0; z < result.size[0]; z++)
    for (let y = 0; y < result.size[1]; y++) {
      const start = (z * result.plane + y * result.row) / 4;
      for (let x = start; x < start + result.size[2]; x++) out[x] = keyOf[out[x]!]!;
    }
}
