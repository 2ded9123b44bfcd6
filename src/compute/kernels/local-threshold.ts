/** Labels by local thresholds, plane by plane. */
import { DTYPES, type DType } from "../../core/dtype.js";
import type { Triple } from "../../core/shape.js";
import { type LocalThresholdParameters, slides } from "../operations/local-threshold.js";
import { reach } from "../operations.js";
import { Convolution } from "./convolve.js";
import { weightsOf } from "./gaussian.js";
import { bytesOf, floatRow, type VolumeTask } from "./task.js";

/** Rows that go from sums to labels at a time: few enough to stay in the cache between. */
const GROUP = 16;

export function localThreshold(task: VolumeTask, parameters: LocalThresholdParameters): void {
  if (parameters.method === "gaussian") return aboveGaussian(task, parameters);
  const { wasm, dtype, slab, halo, result } = task;
  const { method } = parameters;
  const [planes, rows, columns] = result.size;
  const size = parameters.radius.map((r) => 2 * reach(r) + 1) as unknown as Triple;
  const number = size[0] * size[1] * size[2];
  const windows = slides(dtype) ? slidingSums(task, size, method !== "mean") : directSums(task, size);
  for (let z = 0; z < planes; z++) {
    windows.enter(z);
    for (let y = 0; y < rows; y += GROUP) {
      const count = Math.min(GROUP, rows - y);
      windows.rows(y, count);
      const { sums, squares, row } = windows;
      const voxels = slab.start + (z + halo[0]) * slab.plane + (y + halo[1]) * slab.row + halo[2] * bytesOf(dtype);
      const labels = [result.start + z * result.plane + y * result.row, result.row, count, columns] as const;
      if (method === "mean") {
        wasm.call(`aboveMean_${dtype}`, voxels, slab.row, sums, row, ...labels, number, parameters.offset);
        continue;
      }
      const { k } = parameters;
      const range = method === "sauvola" ? parameters.range : 0;
      const near = nearness(dtype, k, range);
      wasm.call(`aboveMoments_${dtype}`, voxels, slab.row, sums, squares, row, ...labels, number, k, range, near);
    }
  }
}

/** Ten times as far as float32 puts a threshold off: 2⁻²⁴ for each number that it is made of, √ε for a deviation near 0. */
function nearness(dtype: DType, k: number, range: number): number {
  const largest = Math.max(-DTYPES[dtype].min, DTYPES[dtype].max);
  const parts = range === 0 ? 2 + Math.abs(k) : 1 + Math.abs(1 - k) + Math.abs(k / range) * largest;
  return 1e-6 * largest * parts;
}

function aboveGaussian(
  task: VolumeTask,
  { sigma, offset }: Extract<LocalThresholdParameters, { sigma: unknown }>,
): void {
  const { wasm, dtype, slab, halo, result } = task;
  const [planes, rows, columns] = result.size;
  const convolution = new Convolution(wasm, { ...slab, dtype }, halo);
  const weights = weightsOf(wasm, sigma);
  const row = floatRow(columns);
  const blurred = wasm.allocate(row * rows);
  for (let z = 0; z < planes; z++) {
    convolution.plane(z, weights, blurred, row);
    const voxels = slab.start + (z + halo[0]) * slab.plane + halo[1] * slab.row + halo[2] * bytesOf(dtype);
    const labels = [result.start + z * result.plane, result.row, rows, columns] as const;
    wasm.call(`aboveFloats_${dtype}`, voxels, slab.row, blurred, row, ...labels, offset);
  }
}

/** Sums and sums of squares over windows as float64: `rows` makes those of some rows of the plane that `enter` went to. */
interface WindowSums {
  readonly sums: number;
  readonly squares: number;
  /** Bytes from row to row. */
  readonly row: number;
  enter(z: number): void;
  rows(first: number, count: number): void;
}

/** Planes, and their rows, are asked for one after the other. Integers only: exact, whatever entered and left before. */
function slidingSums({ wasm, dtype, slab, result }: VolumeTask, size: Triple, squared: boolean): WindowSums {
  const columns = result.size[2];
  const [, height, width] = slab.size;
  const [nz, ny, nx] = size;
  const bits = sumBits(dtype, size, squared);
  const row = Math.ceil((width * bits) / 8 / 64) * 64;
  const zeros = (length: number): number => {
    const start = wasm.allocate(length);
    wasm.view("uint8", start, length).fill(0);
    return start;
  };
  const alongZ = [zeros(row * height), squared ? zeros(row * height) : 0] as const;
  const nothing = zeros(slab.row);
  const work = [wasm.allocate(2 * row + 128), wasm.allocate(2 * row + 128)] as const;
  const outRow = 2 * floatRow(columns);
  const out = [wasm.allocate(outRow * GROUP), wasm.allocate(outRow * GROUP)] as const;
  const kernel = `${bits === 32 ? "slideMoments" : "slideWideMoments"}_${dtype}`;
  const slide = (enters: number, leaves: number, leavesRow: number): void => {
    wasm.call(kernel, slab.start + enters * slab.plane, leaves, ...alongZ, width, height, slab.row, leavesRow, row);
  };
  return {
    sums: out[0],
    squares: out[1],
    row: outRow,
    enter: (z) => {
      if (z === 0) for (let k = 0; k < nz; k++) slide(k, nothing, 0);
      else slide(z + nz - 1, slab.start + (z - 1) * slab.plane, slab.row);
    },
    rows: (first, count) => {
      for (let k = 0; k < (squared ? 2 : 1); k++) {
        const place = [alongZ[k]!, row, width, work[k]!, out[k]!, outRow] as const;
        wasm.call(`windowSums_${bits}`, ...place, first, count, columns, ny, nx);
      }
    },
  };
}

/** Bits of integers that hold every sum over a window. */
function sumBits(dtype: DType, [nz, ny, nx]: Triple, squared: boolean): 32 | 64 {
  const { min, max, bytes } = DTYPES[dtype];
  const largest = Math.max(-min, max);
  return bytes === 1 && nz * ny * nx * largest ** (squared ? 2 : 1) < 2 ** 31 ? 32 : 64;
}

/** The same of any voxels, each window summed by itself: floats in an order that no brick changes. */
function directSums({ wasm, dtype, slab, result }: VolumeTask, [nz, ny, nx]: Triple): WindowSums {
  const columns = result.size[2];
  const [, height, width] = slab.size;
  const row = 2 * floatRow(width);
  const room = (lines: number) => [wasm.allocate(row * lines), wasm.allocate(row * lines)] as const;
  const afterZ = room(height);
  const afterY = room(GROUP);
  const out = room(GROUP);
  return {
    sums: out[0],
    squares: out[1],
    row,
    enter: (z) => {
      const from = slab.start + z * slab.plane;
      wasm.call(`sumMoments_${dtype}`, from, ...afterZ, width, slab.plane, nz, height, slab.row, row);
    },
    rows: (first, count) => {
      for (const k of [0, 1] as const) {
        wasm.call("sumDoubles", afterZ[k] + first * row, afterY[k], 8 * width, row, ny, count, row, row);
        wasm.call("sumDoubles", afterY[k], out[k], 8 * columns, 8, nx, count, row, row);
      }
    },
  };
}
