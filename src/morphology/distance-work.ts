/** Distances in one plane, and then along the lines across the planes; runs in the threads. */
import { floatRow, type Wasm } from "../compute/kernels/task.js";
import { ownWasm } from "../compute/own-wasm.js";

export interface PlaneDistanceTask {
  readonly plane: Float32Array;
  readonly height: number;
  readonly width: number;
  /** The voxels that count: those of one label, or all but these. */
  readonly label: number;
  readonly except: boolean;
  /** Distances of two voxels along y and x. */
  readonly steps: readonly [y: number, x: number];
}

export interface LineDistanceTask {
  /** Squared distances within the planes: a row for each plane. */
  readonly sinogram: Float32Array;
  readonly columns: number;
  /** Distance of two planes. */
  readonly step: number;
}

/** Rows with room for whole vectors, and back. */
function rowsIn(wasm: Wasm, values: Float32Array, columns: number): { start: number; row: number } {
  const row = floatRow(columns);
  const rows = values.length / columns;
  const start = wasm.allocate(row * rows);
  const view = wasm.view("float32", start, (row * rows) / 4) as Float32Array;
  // Beyond the rows' ends must not stand a number that no distance passes.
  if (row > 4 * columns) view.fill(0);
  for (let y = 0; y < rows; y++) view.set(values.subarray(y * columns, (y + 1) * columns), (y * row) / 4);
  return { start, row };
}

function rowsOut(wasm: Wasm, start: number, row: number, rows: number, columns: number): Float32Array {
  const view = wasm.view("float32", start, (row * rows) / 4) as Float32Array;
  const out = new Float32Array(rows * columns);
  for (let y = 0; y < rows; y++) out.set(view.subarray((y * row) / 4, (y * row) / 4 + columns), y * columns);
  return out;
}

/** Squared distances to the nearest voxel of the plane that is not inside. */
export function planeDistances({ plane, height, width, label, except, steps }: PlaneDistanceTask): Float32Array {
  const wasm = ownWasm();
  wasm.reset();
  const { start, row } = rowsIn(wasm, plane, width);
  const out = wasm.allocate(row * height);
  wasm.call("rowDistances", start, height, width, row, label, except ? 1 : 0, steps[1]);
  wasm.call("lineDistances", start, out, height, row, row, steps[0] ** 2);
  return rowsOut(wasm, out, row, height, width);
}

/** Distances in space from the squared ones within the planes. */
export function lineDistances({ sinogram, columns, step }: LineDistanceTask): Float32Array {
  const wasm = ownWasm();
  wasm.reset();
  const planes = sinogram.length / columns;
  const { start, row } = rowsIn(wasm, sinogram, columns);
  const out = wasm.allocate(row * planes);
  wasm.call("lineDistances", start, out, planes, row, row, step ** 2);
  wasm.call("squareRoots", out, row * planes);
  return rowsOut(wasm, out, row, planes, columns);
}
