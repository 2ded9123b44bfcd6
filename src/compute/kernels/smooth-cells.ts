/** Surfaces of blurred phases. */
import type { SmoothCellsParameters } from "../operations/smooth-cells.js";
import { cellsOf, clearBeyond, numberedSlab } from "./cells.js";
import type { ReduceTask, Slab, Wasm } from "./task.js";

/** Planes of shares of one phase, made in order; three of them are there at a time. */
class Shares {
  readonly row: number;
  readonly #wasm: Wasm;
  readonly #numbers: Slab;
  readonly #weights: number;
  /** Bytes of one of the three planes of counts of a plane. */
  readonly #counts: number;
  readonly #countPlanes: number[];
  readonly #planes: number[];
  readonly #bytes: number;

  constructor(wasm: Wasm, numbers: Slab, weights: readonly number[] | undefined) {
    const { size, row } = numbers;
    this.#wasm = wasm;
    this.#numbers = numbers;
    this.row = 4 * row;
    this.#bytes = this.row * size[1];
    this.#counts = row * size[1];
    this.#weights = weights === undefined ? 0 : wasm.allocate(16);
    if (weights !== undefined) wasm.view("float32", this.#weights, 4).set(weights);
    // Planes of counts are read a row before their first and behind their last one.
    this.#countPlanes = weights === undefined ? [] : [0, 1, 2].map(() => wasm.allocate(3 * this.#counts + 64));
    if (weights === undefined) this.#countPlanes = [wasm.allocate(this.#counts)];
    this.#planes = [0, 1, 2].map(() => wasm.allocate(this.#bytes + 2 * this.row) + this.row);
  }

  /** Counts around the voxels of a plane of the slab. */
  count(z: number, number: number, any: 0 | 1): void {
    const { start, plane, row, size } = this.#numbers;
    if (this.#weights === 0) return;
    const [, rows, columns] = size;
    const place = [start + z * plane, row, rows, columns, number, any] as const;
    this.#wasm.call("countAround", ...place, this.#countPlanes[z % 3]!, this.#counts);
  }

  /** Makes a plane, once its neighbours are counted. */
  make(z: number, number: number, any: 0 | 1): number {
    const { start, plane, row, size } = this.#numbers;
    const [, rows, columns] = size;
    const to = this.at(z);
    if (this.#weights === 0) {
      const counts = this.#countPlanes[0]!;
      const place = [start + z * plane, row, rows, columns, number, any] as const;
      this.#wasm.call("isNumber", ...place, counts);
      this.#wasm.call("bytesToFloats", counts, row, rows, columns, to, this.row);
      return to;
    }
    const planes = [(z + 2) % 3, z % 3, (z + 1) % 3].map((k) => this.#countPlanes[k]!) as [number, number, number];
    this.#wasm.call("weighCounts", ...planes, this.#counts, row, rows, columns, this.#weights, to, this.row);
    return to;
  }

  at(z: number): number {
    return this.#planes[z % 3]!;
  }

  get bytes(): number {
    return this.#bytes;
  }
}

export function smoothSurfaces(task: ReduceTask, parameters: SmoothCellsParameters): BigInt64Array {
  const { wasm, slab, slabStart } = task;
  const { region, wanted, gradient, weights, holes, triangles, ends, size, unit } = parameters;
  // A row and some bytes before the first voxel are read, but mean nothing.
  wasm.allocate(slab.size[2] + 128);
  const all = numberedSlab(task, parameters);
  const inside = numberedSlab(task, parameters);
  clearBeyond(wasm, inside, slabStart, region);
  const shares = new Shares(wasm, all, weights);
  const counting = holes && weights !== undefined ? new Shares(wasm, all, weights) : undefined;
  const sets = wasm.allocate(triangles.length);
  wasm.view("uint8", sets, triangles.length).set(triangles);
  const points = wasm.allocate(ends.length);
  wasm.view("uint8", points, ends.length).set(ends);
  const edges = wasm.allocate(24);
  wasm.numbers(edges, size);
  const scratch = wasm.allocate(13 * 24);
  const found = wasm.allocate(32);
  wasm.view("uint8", found, 32).fill(0);
  const [planes, rows, columns] = slab.size;
  for (let z = 0; z < planes; z++) wasm.call("findNumbers", all.start + z * all.plane, all.row, rows, columns, found);
  const occurs = wasm.view("uint8", found, 32).slice();
  const sums = new BigInt64Array(wanted.length);
  // The slab begins two voxels before the brick: the first cell is that of the voxel before and the first one.
  const [cellsZ, cellsY, cellsX] = cellsOf(
    [planes - 2, rows - 2, columns - 2],
    [slabStart[0] + 1, slabStart[1] + 1, slabStart[2] + 1],
    region,
  );
  for (const [k, number] of wanted.entries()) {
    if (((occurs[number >> 3]! >> (number & 7)) & 1) === 0) continue;
    let sum = 0n;
    for (let z = 0; z < planes; z++) {
      shares.count(z, number, 0);
      counting?.count(z, 0, 1);
      // The plane before this one has both neighbours now.
      const at = weights === undefined ? z : z - 1;
      if (at < 1 || at > planes - 2) continue;
      const made = shares.make(at, number, 0);
      if (counting !== undefined) wasm.call("divideShares", made, counting.make(at, 0, 1), shares.bytes);
      sum += BigInt(gradient ? slopes(at) : surface(at));
    }
    sums[k] = sum;
  }
  return sums;

  /** Of the cells between a plane and the one before. */
  function surface(z: number): number {
    if (z < 2 || z - 2 >= cellsZ) return 0;
    const corner = (plane: number): number => shares.at(plane) + shares.row + 4;
    const numbers = inside.start + (z - 1) * inside.plane + inside.row + 1;
    const place = [corner(z - 1), corner(z), shares.row, cellsY, cellsX, numbers, inside.plane, inside.row] as const;
    return wasm.call("smoothSurface", ...place, sets, points, edges, 1 / unit, scratch);
  }

  /** Of the plane before, all of whose neighbours are there. */
  function slopes(made: number): number {
    const z = made - 1;
    if (z < 2 || z > planes - 3) return 0;
    const corner = (plane: number): number => shares.at(plane) + 2 * shares.row + 8;
    const numbers = inside.start + z * inside.plane + 2 * inside.row + 2;
    const place = [corner(z - 1), corner(z), corner(z + 1), shares.row, rows - 4, columns - 4] as const;
    return wasm.call("gradientLengths", ...place, numbers, inside.plane, inside.row, edges, 1 / unit);
  }
}
