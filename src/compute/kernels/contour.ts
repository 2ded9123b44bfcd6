/** Active contours: a move of the voxels at the contour, and the curvature operators on one bit a voxel. */
import { DTYPES } from "../../core/dtype.js";
import type { Triple } from "../../core/shape.js";
import type {
  ChanVeseParameters,
  ChessboardParameters,
  ClassSumsParameters,
  ContourParameters,
  GeodesicParameters,
} from "../operations/contour.js";
import { bytesOf, type ReduceTask, type Slab, type VolumeTask, type Wasm } from "./task.js";

/** Bytes of bits of so many voxels, in whole vectors. */
const vectors = (columns: number): number => 16 * Math.ceil(columns / 128);

/** A box of bytes with rows of whole vectors. */
function bytesFor(wasm: Wasm, size: Triple): Slab {
  const row = 64 * Math.ceil(size[2] / 64);
  const plane = row * size[1];
  return { start: wasm.allocate(plane * size[0]), row, plane, size };
}

const shrunk = (size: Triple, axes: Triple): Triple => size.map((n, k) => n - 2 * axes[k]!) as unknown as Triple;
/** The byte of a box of bytes at so many voxels from each of its faces. */
const within = ({ start, row, plane }: Slab, axes: Triple, n: number): number =>
  start + n * (axes[0] * plane + axes[1] * row + axes[2]);

/** The grey values that lie under a box which is `n` voxels smaller on each side. */
function greyUnder({ beside }: VolumeTask, axes: Triple, n: number): { start: number; row: number; plane: number } {
  const { start, row, plane, dtype } = beside!;
  return { start: start + n * (axes[0] * plane + axes[1] * row + axes[2] * bytesOf(dtype)), row, plane };
}

export function chanVese(task: VolumeTask, parameters: ChanVeseParameters): void {
  const { wasm, slab } = task;
  const { axes, means, weights } = parameters;
  const table = wasm.allocate(16 * means.length);
  wasm.numbers(
    table,
    means.flatMap((mean, k) => [mean, weights[k]!]),
  );
  const moved = bytesFor(wasm, shrunk(slab.size, axes));
  const grey = greyUnder(task, axes, 1);
  eachPlane(moved, (z, to) => {
    const place = placeOf(slab, axes, z);
    const [rows, columns] = [moved.size[1], moved.size[2]];
    const values = [grey.start + z * grey.plane, grey.row] as const;
    wasm.call(`moveByMeans_${task.beside!.dtype}`, ...place, ...values, to, moved.row, rows, columns, table);
  });
  smooth(task, moved, parameters, means.length - 1);
}

export function geodesicContour(task: VolumeTask, parameters: GeodesicParameters): void {
  const { wasm, slab } = task;
  const { axes, balloon, limit, closed } = parameters;
  const { dtype } = task.beside!;
  let before = slab;
  if (balloon !== 0) {
    before = bytesFor(wasm, shrunk(slab.size, axes));
    const grey = greyUnder(task, axes, 1);
    const fill = balloon < 0 && !closed ? 1 : 0;
    eachPlane(before, (z, to) => {
      const values = [grey.start + z * grey.plane, grey.row, to, before.row, before.size[1], before.size[2]] as const;
      wasm.call(`inflate_${dtype}`, ...placeOf(slab, axes, z), ...values, balloon > 0 ? 1 : 0, fill, limit);
    });
  }
  const moved = bytesFor(wasm, shrunk(before.size, axes));
  const grey = greyUnder(task, axes, 1 + Math.abs(balloon));
  eachPlane(moved, (z, to) => {
    const values = [grey.start + z * grey.plane, axes[0] * grey.plane, grey.row] as const;
    const into = [to, moved.row, moved.size[1], moved.size[2]] as const;
    wasm.call(`moveByEdges_${dtype}`, ...placeOf(before, axes, z), ...values, ...into);
  });
  smooth(task, moved, parameters, 1);
}

function eachPlane({ start, plane, size }: Slab, call: (z: number, at: number) => void): void {
  for (let z = 0; z < size[0]; z++) call(z, start + z * plane);
}

/** A plane's first byte with a voxel around it in the box, the steps along the axes and the row. */
function placeOf(box: Slab, axes: Triple, z: number): readonly [number, number, number, number, number] {
  return [within(box, axes, 1) + z * box.plane, axes[0] * box.plane, box.row, axes[1] * box.row, axes[2]];
}

/** The curvature operators, level by level: a label is the number of levels that it has reached. */
function smooth(
  { wasm, result }: VolumeTask,
  moved: Slab,
  { axes, smoothing, closed }: ContourParameters,
  levels: number,
): void {
  const [planes, rows, columns] = result.size;
  const count = 2 * smoothing.length;
  const source = within(moved, axes, count);
  if (count === 0) {
    wasm.call("copyBox", source, moved.row, moved.plane, result.start, result.row, result.plane, planes, rows, columns);
    return;
  }
  const infima = smoothing.flatMap((first) => [first, !first]);
  const mark = wasm.mark;
  const neutral = pack(wasm, moved, axes, 0, 255).any;
  for (let level = 1; level <= levels; level++) {
    wasm.rewind(mark);
    let { bits } = pack(wasm, moved, axes, 0, level);
    for (const [k, infimum] of infima.entries()) {
      // The infimum of suprema is the complement of the supremum of infima of the complement.
      if (infimum) wasm.call("flipBits", bits.start, bytesOfBits(bits));
      else if (neutral && !closed)
        wasm.call("orBits", pack(wasm, moved, axes, k, 255).bits.start, bits.start, bytesOfBits(bits));
      bits = supInf(wasm, bits, axes);
      if (infimum) wasm.call("flipBits", bits.start, bytesOfBits(bits));
      if (neutral)
        wasm.call("clearBits", pack(wasm, moved, axes, k + 1, 255).bits.start, bits.start, bytesOfBits(bits));
    }
    for (let z = 0; z < planes; z++) {
      const from = bits.start + z * rows * bits.row;
      const to = result.start + z * result.plane;
      wasm.call(level === 1 ? "unpackBits" : "addBits", from, bits.row, to, result.row, rows, columns);
    }
  }
  if (neutral)
    for (let z = 0; z < planes; z++) {
      const to = result.start + z * result.plane;
      wasm.call("keepNeutral", source + z * moved.plane, moved.row, to, result.row, rows, columns);
    }
}

/** A box of bits: rows and planes without gaps. */
interface Bits {
  readonly start: number;
  readonly row: number;
  readonly size: Triple;
}

const bytesOfBits = ({ row, size }: Bits): number => row * size[0] * size[1];

function bitsFor(wasm: Wasm, size: Triple): Bits {
  const row = vectors(size[2]) + 16;
  return { start: wasm.allocate(row * size[0] * size[1] + 16), row, size };
}

/** A level of the labels `margin` voxels inside the box, and whether any voxel has it. */
function pack(wasm: Wasm, box: Slab, axes: Triple, margin: number, level: number): { bits: Bits; any: boolean } {
  const size = box.size.map((n, k) => n - 2 * margin * axes[k]!) as unknown as Triple;
  const bits = bitsFor(wasm, size);
  const from = [within(box, axes, margin), box.row, box.plane, bits.start, bits.row] as const;
  return { bits, any: wasm.call("packLevel", ...from, ...size, level) !== 0 };
}

function supInf(wasm: Wasm, bits: Bits, axes: Triple): Bits {
  const size = shrunk(bits.size, axes);
  const out = bitsFor(wasm, size);
  const plane = bits.row * bits.size[1];
  for (let z = 0; z < size[0]; z++) {
    const to = out.start + z * out.row * size[1];
    const steps = [axes[0] * plane, bits.row, axes[1] * bits.row, axes[2]] as const;
    wasm.call("supInf", bits.start + z * plane, ...steps, to, out.row, size[1], vectors(size[2]));
  }
  return out;
}

export function chessboard({ wasm, result, resultStart }: VolumeTask, { edge, classes }: ChessboardParameters): void {
  const [planes, rows, columns] = result.size;
  const [z, y, x] = resultStart;
  for (let k = 0; k < planes; k++) {
    const place = [result.start + k * result.plane, result.row, rows, columns] as const;
    wasm.call("chessboard", ...place, z + k, y, x, edge, classes);
  }
}

export function classSums({ wasm, slab, beside }: ReduceTask, parameters: ClassSumsParameters): bigint[] {
  const { classes, origin, unit } = parameters;
  const out = wasm.allocate(16 * classes);
  const sums = (): BigInt64Array => new BigInt64Array(wasm.view("uint8", out, 16 * classes).buffer, out, 2 * classes);
  sums().fill(0n);
  const [planes, rows, columns] = slab.size;
  const { start, row, plane, dtype } = beside!;
  for (let z = 0; z < planes; z++) {
    const place = [slab.start + z * slab.plane, slab.row, start + z * plane, row, rows, columns] as const;
    wasm.call(`sumClasses_${dtype}`, ...place, classes, origin, 1 / unit, out);
  }
  return [...sums()];
}

export function unequal({ wasm, slab, dtype, beside }: ReduceTask): number {
  const kernel = `countUnequal_${8 * DTYPES[dtype].bytes}`;
  const [planes, rows, columns] = slab.size;
  let count = 0;
  for (let z = 0; z < planes; z++) {
    const [a, b] = [slab.start + z * slab.plane, beside!.start + z * beside!.plane];
    count += wasm.call(kernel, a, slab.row, b, beside!.row, rows, columns);
  }
  return count;
}
