/** Active contours: a move of the voxels at the contour, and the curvature operators on one bit a voxel. */
import { DTYPES, type DType } from "../../core/dtype.js";
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

/** A box of bytes whose rows have `lead` bytes before the first voxel. */
function bytesFor(wasm: Wasm, size: Triple, lead = 0): Slab {
  const row = 64 * Math.ceil((lead + size[2]) / 64);
  const plane = row * size[1];
  return { start: wasm.allocate(plane * size[0]) + lead, row, plane, size };
}

/** Bytes before the rows of a box that is smoothed, so that the voxels that are left begin with a vector. */
const leadOf = ({ axes, smoothing }: ContourParameters): number => (16 - ((2 * smoothing.length * axes[2]) % 16)) % 16;

const shrunk = (size: Triple, axes: Triple): Triple => size.map((n, k) => n - 2 * axes[k]!) as unknown as Triple;
/** The byte of a box of bytes at so many voxels from each of its faces. */
const within = ({ start, row, plane }: Slab, axes: Triple, n: number): number =>
  start + n * (axes[0] * plane + axes[1] * row + axes[2]);

/** The grey values that lie under a box which is `n` voxels smaller on each side. */
function greyUnder(
  { besides: [beside] }: VolumeTask,
  axes: Triple,
  n: number,
): { start: number; row: number; plane: number } {
  const { start, row, plane, dtype } = beside!;
  return { start: start + n * (axes[0] * plane + axes[1] * row + axes[2] * bytesOf(dtype)), row, plane };
}

/** Grey values of two classes: those of a range go to one of them. */
interface Range {
  readonly low: number;
  readonly high: number;
  /** Of those in the range; the others get the other one. */
  readonly label: number;
  /** Values that stay where they are. */
  readonly ties: readonly number[];
}

/** For whole numbers of few bits what all costs say, if it is a range; costs are squares, so that it mostly is. */
function rangeOf(dtype: DType, { means, weights }: ChanVeseParameters): Range | undefined {
  const { bytes, min, max } = DTYPES[dtype];
  if (bytes > 2 || means.length !== 2) return undefined;
  const cost = (value: number, k: number): number => {
    const apart = value - means[k]!;
    return weights[k]! * (apart * apart);
  };
  const ties: number[] = [];
  const starts: number[] = [];
  const signs: number[] = [];
  for (let value = min; value <= max; value++) {
    const apart = cost(value, 0) - cost(value, 1);
    if (apart === 0) {
      ties.push(value);
      if (ties.length > 2) return undefined;
    }
    // A value that stays belongs to either side.
    const sign = apart === 0 ? (signs.at(-1) ?? 0) : Number(apart > 0);
    if (sign === signs.at(-1)) continue;
    starts.push(value);
    signs.push(sign);
  }
  if (signs.length > 3) return undefined;
  const middle = signs.length === 3 ? 1 : 0;
  return { low: starts[middle]!, high: (starts[middle + 1] ?? max + 1) - 1, label: signs[middle]!, ties };
}

/** The move of a plane: the kernel's name, and its last arguments. */
function moveOf(wasm: Wasm, dtype: DType, parameters: ChanVeseParameters): readonly [string, readonly number[]] {
  const { means, weights } = parameters;
  const range = rangeOf(dtype, parameters);
  if (range !== undefined) {
    const { low, high, label, ties } = range;
    const [tie = 0, otherTie = tie] = ties;
    return [`moveByRange_${dtype}`, [low, high, label, Number(ties.length > 0), tie, otherTie]];
  }
  const table = wasm.allocate(16 * means.length);
  wasm.numbers(
    table,
    means.flatMap((mean, k) => [mean, weights[k]!]),
  );
  return [`${means.length === 2 ? "moveByTwoMeans" : "moveByMeans"}_${dtype}`, [table]];
}

export function chanVese(task: VolumeTask, parameters: ChanVeseParameters): void {
  const { wasm, slab } = task;
  const { axes, means } = parameters;
  const [kernel, by] = moveOf(wasm, task.besides[0]!.dtype, parameters);
  const moved = bytesFor(wasm, shrunk(slab.size, axes), leadOf(parameters));
  const grey = greyUnder(task, axes, 1);
  eachPlane(moved, (z, to) => {
    const values = [grey.start + z * grey.plane, grey.row] as const;
    const into = [to, moved.row, moved.size[1], moved.size[2]] as const;
    wasm.call(kernel, ...placeOf(slab, axes, z), ...values, ...into, ...by);
  });
  smooth(task, moved, parameters, means.length - 1);
}

export function geodesicContour(task: VolumeTask, parameters: GeodesicParameters): void {
  const { wasm, slab } = task;
  const { axes, balloon, limit, closed } = parameters;
  const { dtype } = task.besides[0]!;
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
  const moved = bytesFor(wasm, shrunk(before.size, axes), leadOf(parameters));
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
function smooth({ wasm, result }: VolumeTask, moved: Slab, parameters: ContourParameters, levels: number): void {
  const { axes, smoothing, closed } = parameters;
  const [planes, rows, columns] = result.size;
  const count = 2 * smoothing.length;
  const source = within(moved, axes, count);
  if (count === 0) {
    wasm.call("copyBox", source, moved.row, moved.plane, result.start, result.row, result.plane, planes, rows, columns);
    return;
  }
  const lead = leadOf(parameters);
  const bits = bitsFor(wasm, moved.size, lead);
  const size = bits.plane * moved.size[0];
  const pack = (to: number, level: number): boolean => {
    const from = [moved.start - lead, moved.row, moved.plane, to, bits.row] as const;
    return wasm.call("packLevel", ...from, moved.size[0], moved.size[1], lead + moved.size[2], level) !== 0;
  };
  const neutral = pack(bits.neutral, 255);
  for (let level = 1; level <= levels; level++) {
    let [from, to] = [bits.one, bits.other];
    pack(from, level);
    for (const [k, infimum] of smoothing.flatMap((first) => [first, !first]).entries()) {
      // The infimum of suprema is the complement of the supremum of infima of the complement.
      if (infimum) wasm.call("flipBits", from, size);
      else if (neutral && !closed) wasm.call("orBits", bits.neutral, from, size);
      supInf(wasm, bits, moved.size, axes, k + 1, from, to);
      if (infimum) wasm.call("flipBits", to, size);
      if (neutral) wasm.call("clearBits", bits.neutral, to, size);
      [from, to] = [to, from];
    }
    for (let z = 0; z < planes; z++) {
      const at = from + (z + count * axes[0]) * bits.plane + count * axes[1] * bits.row + (lead + count * axes[2]) / 8;
      const into = result.start + z * result.plane;
      wasm.call(level === 1 ? "unpackBits" : "addBits", at, bits.row, into, result.row, rows, columns);
    }
  }
  if (neutral)
    for (let z = 0; z < planes; z++) {
      const to = result.start + z * result.plane;
      wasm.call("keepNeutral", source + z * moved.plane, moved.row, to, result.row, rows, columns);
    }
}

/** Three boxes of bits: of a level, by turns, and of what is neutral. */
interface Bits {
  readonly one: number;
  readonly other: number;
  readonly neutral: number;
  readonly row: number;
  readonly plane: number;
}

function bitsFor(wasm: Wasm, size: Triple, lead: number): Bits {
  const row = vectors(lead + size[2]) + 16;
  const plane = row * size[1];
  // A row is read from eight bytes before it to sixteen behind.
  const box = (): number => wasm.allocate(plane * size[0] + 64) + 32;
  return { one: box(), other: box(), neutral: box(), row, plane };
}

/** The operator in a box that is `margin` voxels smaller on each side. */
function supInf(
  wasm: Wasm,
  { row, plane }: Bits,
  size: Triple,
  axes: Triple,
  margin: number,
  from: number,
  to: number,
): void {
  const [planes, rows] = size.map((n, k) => n - 2 * margin * axes[k]!) as unknown as Triple;
  const first = margin * (axes[0] * plane + axes[1] * row);
  const steps = [axes[0] * plane, row, axes[1] * row, axes[2]] as const;
  for (let z = 0; z < planes; z++) {
    const at = first + z * plane;
    wasm.call("supInf", from + at, ...steps, to + at, rows, row - 16);
  }
}

export function chessboard({ wasm, result, resultStart }: VolumeTask, { edge, classes }: ChessboardParameters): void {
  const [planes, rows, columns] = result.size;
  const [z, y, x] = resultStart;
  for (let k = 0; k < planes; k++) {
    const place = [result.start + k * result.plane, result.row, rows, columns] as const;
    wasm.call("chessboard", ...place, z + k, y, x, edge, classes);
  }
}

export function classSums({ wasm, slab, besides: [beside] }: ReduceTask, parameters: ClassSumsParameters): bigint[] {
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

export function unequal({ wasm, slab, dtype, besides: [beside] }: ReduceTask): number {
  const kernel = `countUnequal_${8 * DTYPES[dtype].bytes}`;
  const [planes, rows, columns] = slab.size;
  let count = 0;
  for (let z = 0; z < planes; z++) {
    const [a, b] = [slab.start + z * slab.plane, beside!.start + z * beside!.plane];
    count += wasm.call(kernel, a, slab.row, b, beside!.row, rows, columns);
  }
  return count;
}
