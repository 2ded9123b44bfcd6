/** Non-local means of voxels of 8 bits, with whole numbers: plane by plane over strips whose sums stay in the cache. */
import type { Triple } from "../../core/shape.js";
import { limitsOfSums, type NonLocalParameters, patchStart } from "../operations/nonlocal.js";
import { floatPlane, floatRow, floatSlab, type VolumeTask } from "./task.js";

/** Rows and columns of a strip. */
const STRIP_ROWS = 64;
const STRIP_COLUMNS = 128;

export function nonLocalMeansOfBytes(task: VolumeTask, parameters: NonLocalParameters): void {
  const { patch, search, noise, strength } = parameters;
  const { wasm, halo, slab, result, dtype } = task;
  const [planes, rows, columns] = result.size;
  const floats = floatSlab(task);
  // Differences are those of unsigned numbers.
  if (dtype === "int8") wasm.call("flipSigns", slab.start, slab.plane * slab.size[0], 0x80808080);
  const { low, high } = limitsOfSums(parameters);
  const span = high - low;
  const size = patch[0] * patch[1] * patch[2];
  const table = wasm.allocate(4 * (span + 1));
  const weights = wasm.view("float32", table, span + 1) as Float32Array;
  for (let k = 0; k < span; k++) weights[k] = Math.exp(-Math.max(0, (low + k) / size - 2 * noise ** 2) / strength ** 2);
  weights[span] = 0;

  const [height, width] = [Math.min(STRIP_ROWS, rows), Math.min(STRIP_COLUMNS, columns)];
  const sumRow = floatRow(columns);
  const sumPlane = sumRow * height;
  const weightSums = wasm.allocate(sumPlane * planes);
  const valueSums = wasm.allocate(sumPlane * planes);
  const most = 2 * search[2] + 1;
  const line = 2 * (Math.ceil((width + 2 * search[2] + patch[2] - 1) / 16) * 16 + 16);
  const scratch = wasm.allocate(line * (most * patch[1] + 2 + 2 * most) + 64);
  const out = floatPlane(task);
  const first = patch.map(patchStart) as unknown as Triple;
  const byteAt = (z: number, y: number, x: number): number => z * slab.plane + y * slab.row + x;
  const floatAt = (z: number, y: number, x: number): number => z * floats.plane + y * floats.row + 4 * x;
  const bytes = slab.start + byteAt(halo[0], halo[1], halo[2]);
  const voxels = floats.start + floatAt(halo[0], halo[1], halo[2]);

  for (let y0 = 0; y0 < rows; y0 += height) {
    const deep = Math.min(height, rows - y0);
    for (let z = 0; z < planes; z++) {
      const sums = z * sumPlane;
      const from = voxels + floatAt(z, y0, 0);
      wasm.call("beginSums", from, weightSums + sums, valueSums + sums, columns, deep, floats.row, sumRow);
    }
    for (let x0 = 0; x0 < columns; x0 += width)
      for (let z = -search[0]; z < planes; z++)
        for (const [tz, ty, tx] of firstShifts(search)) {
          const [inP, inQ] = [z >= 0, z + tz >= 0 && z + tz < planes];
          if (!inP && !inQ) continue;
          // All pairs of which one voxel lies in the tile: p from −shift on.
          const [ahead, back] = [Math.max(0, ty), Math.max(0, -ty)];
          wasm.call(
            "compareBytes",
            bytes + byteAt(z + first[0], y0 - ahead + first[1], x0 - search[2] + first[2]),
            slab.row,
            slab.plane,
            byteAt(tz, ty, tx),
            search[2] - tx + 1,
            deep + Math.abs(ty),
            Math.min(width, columns - x0),
            search[2],
            tx,
            ...patch,
            table,
            low,
            span,
            scratch,
            line,
            voxels + floatAt(z + tz, y0 - ahead + ty, x0 + tx),
            floats.row,
            floatAt(tz, ty, tx),
            weightSums + z * sumPlane - ahead * sumRow + 4 * x0,
            sumRow,
            valueSums - weightSums,
            tz * sumPlane + ty * sumRow,
            ahead,
            inP ? ahead + deep : 0,
            back,
            inQ ? back + deep : 0,
          );
        }
    for (let z = 0; z < planes; z++) {
      const sums = z * sumPlane;
      const to = out.at(z, y0);
      wasm.call("quotients", valueSums + sums, weightSums + sums, to, columns, deep, sumRow, out.row);
      out.done(z, y0, deep);
    }
  }
}

/** Shifts along z and y with the first one along x: with all further along x, and their opposites, all but the zero shift. */
function* firstShifts(search: Triple): Iterable<Triple> {
  for (let z = 0; z <= search[0]; z++)
    for (let y = z === 0 ? 0 : -search[1]; y <= search[1]; y++) {
      const x = z === 0 && y === 0 ? 1 : -search[2];
      if (x <= search[2]) yield [z, y, x];
    }
}
