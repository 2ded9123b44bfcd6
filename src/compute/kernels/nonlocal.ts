/** Non-local means: shift by shift over tiles that stay in the cache. */
import type { Triple } from "../../core/shape.js";
import { inWholeNumbers, type NonLocalParameters, patchStart } from "../operations/nonlocal.js";
import { nonLocalMeansOfBytes } from "./nonlocal-bytes.js";
import { floatPlane, floatRow, floatSlab, type VolumeTask } from "./task.js";

/** Planes and rows of a tile: its sums and the voxels around them fill the second-level cache. */
const TILE_PLANES = 16;
const TILE_ROWS = 32;

/** Shifts up to `search` along each axis that follow the zero shift in C order: with their opposites, all others. */
function* shifts(search: Triple): Iterable<Triple> {
  for (let z = 0; z <= search[0]; z++)
    for (let y = -search[1]; y <= search[1]; y++)
      for (let x = -search[2]; x <= search[2]; x++) if (z > 0 || y > 0 || (y === 0 && x > 0)) yield [z, y, x];
}

/** Weights of a patch along one axis; they sum to 1. Gaussian ones fall to e⁻² at the patch's end. */
function patchWeights(size: number, gaussian: boolean): Float64Array {
  const reach = (size - 1) / 2;
  const weights = Float64Array.from({ length: size }, (_, k) =>
    gaussian && size > 1 ? Math.exp((-2 * (k - reach) ** 2) / reach ** 2) : 1,
  );
  const sum = weights.reduce((a, b) => a + b);
  return weights.map((weight) => weight / sum);
}

export function nonLocalMeans(task: VolumeTask, parameters: NonLocalParameters): void {
  if (inWholeNumbers(task.dtype, parameters)) return nonLocalMeansOfBytes(task, parameters);
  const { patch, search, noise, strength, weighting } = parameters;
  const { wasm, halo, result } = task;
  const [planes, rows, columns] = result.size;
  const { start, row, plane } = floatSlab(task);
  const at = (z: number, y: number, x: number): number => z * plane + y * row + x * 4;
  const centre = start + at(...halo);
  const weights = Float32Array.from(patch.flatMap((size) => [...patchWeights(size, weighting === "gaussian")]));
  const table = wasm.allocate(weights.byteLength);
  (wasm.view("float32", table, weights.length) as Float32Array).set(weights);
  // The kernel's exponential is that of a negative eighth.
  const scale = 1 / (8 * strength ** 2);
  const bias = 2 * noise ** 2 * scale;

  const tile = [Math.min(TILE_PLANES, planes), Math.min(TILE_ROWS, rows)] as const;
  const sumRow = floatRow(columns + 2 * search[2]);
  const sumPlane = sumRow * (tile[1] + 2 * search[1]);
  const sumBytes = sumPlane * (tile[0] + 2 * search[0]);
  const weightSums = wasm.allocate(sumBytes);
  const valueSums = wasm.allocate(sumBytes);
  const sumAt = (z: number, y: number, x: number): number => z * sumPlane + y * sumRow + x * 4;
  const wide = floatRow(columns + search[2]);
  const high = tile[1] + search[1];
  const scratch = wasm.allocate(wide * (patch[0] * high + high + patch[1]) + 2 * wide + 8 * patch[2] + 64);
  const out = floatPlane(task);
  const first = patch.map(patchStart) as unknown as Triple;
  const middle = at(-first[0], -first[1], -first[2]);

  for (let z0 = 0; z0 < planes; z0 += tile[0])
    for (let y0 = 0; y0 < rows; y0 += tile[1]) {
      const [depth, height] = [Math.min(tile[0], planes - z0), Math.min(tile[1], rows - y0)];
      for (let z = 0; z < depth; z++) {
        const sums = sumAt(z + search[0], search[1], search[2]);
        const from = centre + at(z0 + z, y0, 0);
        wasm.call("beginSums", from, weightSums + sums, valueSums + sums, columns, height, row, sumRow);
      }
      for (const [tz, ty, tx] of shifts(search)) {
        // All pairs of which one voxel lies in the tile: p from −shift on.
        const [down, back, left] = [-tz, Math.min(0, -ty), Math.min(0, -tx)];
        const sums = sumAt(search[0] + down, search[1] + back, search[2] + left);
        wasm.call(
          "compareShifted",
          centre + at(z0 + down + first[0], y0 + back + first[1], left + first[2]),
          row,
          plane,
          at(tz, ty, tx),
          middle,
          depth + tz,
          height + Math.abs(ty),
          columns + Math.abs(tx),
          ...patch,
          table,
          scratch,
          weightSums + sums,
          valueSums + sums,
          sumRow,
          sumPlane,
          sumAt(tz, ty, tx),
          scale,
          bias,
        );
      }
      for (let z = 0; z < depth; z++) {
        const sums = sumAt(z + search[0], search[1], search[2]);
        const to = out.at(z0 + z, y0);
        wasm.call("quotients", valueSums + sums, weightSums + sums, to, columns, height, sumRow, out.row);
        out.done(z0 + z, y0, height);
      }
    }
}
