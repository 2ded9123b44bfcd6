/** Cells of 2 × 2 × 2 voxels. */
import { DTYPES } from "../../core/dtype.js";
import type { Region, Triple } from "../../core/shape.js";
import type { CellCounts, CellsParameters, NumberedPhases } from "../operations/cells.js";
import type { ReduceTask, Slab, Wasm } from "./task.js";

/** Of so many phases the voxels are compared with each, of more they are looked up. */
const FEW = 16;

/** Numbers of the phases, a byte a voxel, of the whole slab; the mask, if there is one, stands beside. */
export function numberedSlab(
  { wasm, dtype, slab, besides: [mask] }: Pick<ReduceTask, "wasm" | "dtype" | "slab" | "besides">,
  { table, low }: NumberedPhases,
): Slab {
  const [planes, rows, columns] = slab.size;
  const { bytes } = DTYPES[dtype];
  const row = Math.ceil(columns / 64) * 64;
  const plane = row * rows + ((row * rows) % 4096 < 64 ? 64 : 0);
  const start = wasm.allocate(plane * planes);
  const values: number[] = [];
  for (const [k, number] of table.entries()) if (number !== 0) values.push((low + k) & 255, number);
  const few = bytes === 1 && values.length <= 2 * FEW;
  const given = few ? values : table;
  const lookUp = wasm.allocate(given.length);
  (wasm.view("uint8", lookUp, given.length) as Uint8Array).set(given);
  for (let z = 0; z < planes; z++) {
    const from = [slab.start + z * slab.plane, slab.row, rows, columns] as const;
    const beside = mask === undefined ? ([0, 0] as const) : ([mask.start + z * mask.plane, mask.row] as const);
    const to = [start + z * plane, row] as const;
    if (few) wasm.call("numberFewPhases", ...from, ...beside, lookUp, given.length / 2, ...to);
    else wasm.call(`numberPhases_${8 * bytes}`, ...from, ...beside, lookUp, low, ...to);
  }
  return { start, row, plane, size: slab.size };
}

/** Lets voxels of a slab that lie outside of a region not count. */
export function clearBeyond(wasm: Wasm, numbers: Slab, slabStart: Triple, { start, stop }: Region): void {
  const [planes, rows, columns] = numbers.size;
  const from = start.map((n, k) => Math.max(0, n - slabStart[k]!)) as unknown as Triple;
  const to = stop.map((n, k) => Math.min(numbers.size[k]!, n - slabStart[k]!)) as unknown as Triple;
  const all = wasm.view("uint8", numbers.start, numbers.plane * planes);
  for (let z = 0; z < planes; z++) {
    const at = z * numbers.plane;
    if (z < from[0] || z >= to[0]) {
      all.fill(0, at, at + numbers.plane);
      continue;
    }
    all.fill(0, at, at + from[1] * numbers.row);
    all.fill(0, at + to[1] * numbers.row, at + rows * numbers.row);
    if (from[2] === 0 && to[2] === columns) continue;
    for (let y = from[1]; y < to[1]; y++) {
      const line = at + y * numbers.row;
      all.fill(0, line, line + from[2]);
      all.fill(0, line + to[2], line + columns);
    }
  }
}

/**
 * Cells of a brick are those whose last corner lies in it, and beyond the last voxels of the region one more: the first one, in
 * the slab, and how many along each axis.
 */
export function cellsOf(size: Triple, slabStart: Triple, { stop }: Region): Triple {
  return size.map((n, k) => n - 2 + (slabStart[k]! + n - 1 >= stop[k]! ? 1 : 0)) as unknown as Triple;
}

export function countCells(task: ReduceTask, parameters: CellsParameters): CellCounts {
  const { wasm, slab, slabStart } = task;
  const { phases, region, areas } = parameters;
  const numbers = numberedSlab(task, parameters);
  clearBeyond(wasm, numbers, slabStart, region);
  const sets = 256 * phases;
  const counts = wasm.allocate(8 * sets);
  wasm.view("uint8", counts, 8 * sets).fill(0);
  const pairs = areas === undefined ? 0 : phases ** 2;
  const sums = wasm.allocate(8 * (pairs + 256));
  wasm.view("uint8", sums, 8 * pairs).fill(0);
  const table = sums + 8 * pairs;
  if (areas !== undefined) wasm.view("uint8", table, 2048).set(new Uint8Array(areas.buffer, areas.byteOffset, 2048));
  const [planes, rows, columns] = cellsOf(slab.size, slabStart, region);
  for (let z = 0; z < planes; z++) {
    const below = numbers.start + z * numbers.plane;
    const place = [below, below + numbers.plane, numbers.row, rows, columns] as const;
    wasm.call("countCells", ...place, phases, counts, counts + 4 * sets, table, pairs === 0 ? 0 : sums);
  }
  const bytes = wasm.view("uint8", sums, 8 * pairs);
  return {
    whole: Float64Array.from(wasm.view("uint32", counts, sets)),
    cut: Float64Array.from(wasm.view("uint32", counts + 4 * sets, sets)),
    pairs: new BigInt64Array(bytes.slice().buffer),
  };
}
