/** Planes at a fraction of their size: a pixel for each 2^level × 2^level voxels. */
import { dtypeOf, type Voxels, voxelArray } from "../../src/core/dtype.js";

/** Values of a plane, row after row. */
export interface PlaneValues {
  readonly values: Voxels;
  readonly height: number;
  readonly width: number;
}

/** How planes are made smaller. */
export interface Reduction {
  /** Voxels of 2^level rows and columns become one pixel; 0: all stay. */
  readonly level: number;
  /** Labels are not averaged: the upper left voxel stands for all. */
  readonly labels: boolean;
}

export const WHOLE: Reduction = { level: 0, labels: false };

/** How many pixels come of `n` voxels in a row. */
export const pixelsOf = (n: number, { level }: Reduction): number => Math.ceil(n / 2 ** level);

/** Rows of voxels in a larger array. */
export interface VoxelRows {
  readonly values: Voxels;
  readonly first: number;
  /** From a row to the next one, and from a voxel of a row to the next one. */
  readonly step: number;
  readonly across: number;
  readonly height: number;
  readonly width: number;
}

/** Averages 2^level × 2^level voxels (labels: takes the upper left one); what is left over at the far sides is a smaller mean. */
export function reduced(plane: PlaneValues, level: number, labels: boolean): PlaneValues {
  if (level === 0) return plane;
  const reduction = { level, labels };
  const height = pixelsOf(plane.height, reduction);
  const width = pixelsOf(plane.width, reduction);
  const values = voxelArray(dtypeOf(plane.values), height * width);
  reduceRows({ ...plane, first: 0, step: plane.width, across: 1 }, reduction, values, 0, width);
  return { values, height, width };
}

/** Makes rows smaller. @param at pixel of `out` that the first voxels come to @param outWidth from a row of `out` to the next */
export function reduceRows(
  rows: VoxelRows,
  { level, labels }: Reduction,
  out: Voxels,
  at: number,
  outWidth: number,
): void {
  const { values, first, step, across, height, width } = rows;
  const size = 2 ** level;
  for (let top = 0, row = at; top < height; top += size, row += outWidth) {
    const tall = Math.min(size, height - top);
    const from = first + top * step;
    let left = 0;
    if (labels) for (; left < width; left += size) out[row + (left >> level)] = values[from + left * across]!;
    else if (tall === size) left = size === 2 ? takeTwos(rows, from, out, row) : takeFours(rows, from, size, out, row);
    for (; left < width; left += size) {
      const wide = Math.min(size, width - left);
      let sum = 0;
      for (let y = 0; y < tall; y++)
        for (let x = 0, k = from + y * step + left * across; x < wide; x++, k += across) sum += values[k]!;
      put(out, row + (left >> level), sum / (tall * wide));
    }
  }
}

/** A row of pixels from whole blocks of two by two voxels. @returns voxels of a row that are done */
function takeTwos({ values, step, across, width }: VoxelRows, from: number, out: Voxels, row: number): number {
  const blocks = width >> 1;
  for (let n = 0, a = from, b = from + step; n < blocks; n++, a += 2 * across, b += 2 * across)
    put(out, row + n, (values[a]! + values[a + across]! + (values[b]! + values[b + across]!)) / 4);
  return 2 * blocks;
}

/** A row of pixels from whole blocks, four by four voxels without a loop: most of the time of a plane goes here. @returns voxels of a row that are done */
function takeFours(
  { values, step, across, width }: VoxelRows,
  from: number,
  size: number,
  out: Voxels,
  row: number,
): number {
  const blocks = Math.floor(width / size);
  const [two, three] = [2 * across, 3 * across];
  // A power of two: multiplied it gives the same as divided.
  const share = 1 / size ** 2;
  for (let n = 0; n < blocks; n++) {
    let sum = 0;
    for (let y = 0; y < size; y += 4)
      for (let x = 0; x < size; x += 4) {
        const a = from + y * step + (n * size + x) * across;
        const b = a + step;
        const c = b + step;
        const d = c + step;
        sum +=
          values[a]! +
          values[a + across]! +
          values[a + two]! +
          values[a + three]! +
          (values[b]! + values[b + across]! + values[b + two]! + values[b + three]!) +
          (values[c]! + values[c + across]! + values[c + two]! + values[c + three]!) +
          (values[d]! + values[d + across]! + values[d + two]! + values[d + three]!);
      }
    put(out, row + n, sum * share);
  }
  return blocks * size;
}

/** Whole numbers are rounded. */
function put(out: Voxels, at: number, mean: number): void {
  out[at] = out instanceof Float32Array ? mean : Math.round(mean);
}
