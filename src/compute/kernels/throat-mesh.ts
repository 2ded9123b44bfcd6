/** Surfaces of blurred regions where two of them meet, in one brick. */
import type { Triple } from "../../core/shape.js";
import { MESH_AREAS, MESH_HALO, type PairNumbers, type ThroatMeshParameters } from "../operations/throat-mesh.js";
import { Records } from "./records.js";
import { type ReduceTask, table } from "./task.js";

/** Bytes of a record as the kernels have it, and where its numbers stand. */
const PAIR_BYTES = 80;
const MOST = 8;
const AREAS = 24;
/** Labels of a voxel and its neighbours, and of a cell's; how many pairs these are with 0 and each other. */
const [VOXEL_LABELS, VOXEL_PAIRS] = [7, 28];
const [CELL_LABELS, CELL_PAIRS] = [32, 528];

/** Bytes from a voxel to itself and its neighbours. */
const steps = ({ wasm, slab }: ReduceTask): number => {
  const { row, plane } = slab;
  return table(wasm, [0, -plane, -row, -4, 4, row, plane]);
};

export function mostNeighbours(task: ReduceTask): PairNumbers {
  const { wasm, slab } = task;
  const [planes, rows, columns] = slab.size.map((n, k) => n - 2 * MESH_HALO[k]!) as unknown as Triple;
  const around = steps(task);
  const inner = wasm.allocate(rows * columns);
  const list = wasm.allocate(5 * VOXEL_LABELS);
  const records = new Records(wasm, PAIR_BYTES, true, 2 * VOXEL_PAIRS * columns + 4096);
  const first = slab.start + MESH_HALO[0] * slab.plane + MESH_HALO[1] * slab.row + 4 * MESH_HALO[2];
  for (let z = 0; z < planes; z++) {
    const place = [first + z * slab.plane, slab.row, around] as const;
    wasm.call("innerVoxelsOfPlane", ...place, rows, columns, inner);
    for (let y = 0; y < rows; ) {
      y = wasm.call("mostOfPlane", ...place, inner, rows, columns, y, list, records.table);
      if (y < rows) records.makeRoom(VOXEL_PAIRS * columns);
    }
  }
  return read(records, 1, (view, at) => view.getUint32(at + MOST, true));
}

export function throatMeshes(task: ReduceTask, parameters: ThroatMeshParameters): PairNumbers {
  const { wasm, slab, slabStart } = task;
  const { shape, most, surfaces, perUnit } = parameters;
  const around = steps(task);
  const tables = wasm.allocate(surfaces.length);
  (wasm.view("uint8", tables, surfaces.length) as Uint8Array).set(surfaces);
  const list = wasm.allocate(12 * CELL_LABELS);
  // Cells begin at the brick's voxels; where it ends with the volume, up to two voxels beyond it.
  const begin = slabStart.map((n, k) => (n + MESH_HALO[k]! === 0 ? 1 : MESH_HALO[k]!));
  const [planes, rows, columns] = slab.size.map(
    (n, k) => n - MESH_HALO[k]! + (slabStart[k]! + n - MESH_HALO[k]! === shape[k] ? 1 : 0) - begin[k]!,
  ) as unknown as Triple;
  // A voxel more than cells along each axis.
  const innerPlane = (rows + 1) * (columns + 1);
  const inner = wasm.allocate(2 * innerPlane);
  const records = new Records(wasm, PAIR_BYTES, true, 2 * CELL_PAIRS * columns + most.numbers.length + 4096);
  for (const [k, number] of most.numbers.entries())
    wasm.call("enterMost", most.pairs[2 * k]!, most.pairs[2 * k + 1]!, number, records.table);
  const first = slab.start + begin[0]! * slab.plane + begin[1]! * slab.row + 4 * begin[2]!;
  const look = (z: number, to: number): void => {
    wasm.call("innerVoxelsOfPlane", first + z * slab.plane, slab.row, around, rows + 1, columns + 1, to);
  };
  look(0, inner);
  for (let z = 0; z < planes; z++) {
    look(z + 1, inner + innerPlane);
    for (let y = 0; y < rows; ) {
      const place = [first + z * slab.plane, slab.row, slab.plane, around, inner, innerPlane] as const;
      y = wasm.call("areasOfPlane", ...place, rows, columns, y, list, tables, perUnit, records.table);
      if (y < rows) records.makeRoom(CELL_PAIRS * columns);
    }
    wasm.call("copyBytes", inner + innerPlane, inner, innerPlane);
  }
  return read(records, MESH_AREAS, (view, at, k) => Number(view.getBigInt64(at + AREAS + 8 * k, true)));
}

/** Pairs of which some number is not 0. */
function read(
  records: Records,
  count: number,
  numberAt: (view: DataView, at: number, k: number) => number,
): PairNumbers {
  const view = records.view();
  const [pairs, numbers]: [number[], number[]] = [[], []];
  for (let record = 0; record < records.count; record++) {
    const at = record * PAIR_BYTES;
    const found = Array.from({ length: count }, (_, k) => numberAt(view, at, k));
    if (found.every((number) => number === 0)) continue;
    pairs.push(view.getUint32(at, true), view.getUint32(at + 4, true));
    numbers.push(...found);
  }
  return { pairs: Uint32Array.from(pairs), numbers: Float64Array.from(numbers) };
}
