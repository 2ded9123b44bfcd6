/** Results on another grid. */
import { DTYPES, voxelArray } from "../../core/dtype.js";
import type { AffineParameters, BlockParameters } from "../operations/resample.js";
import { floatPlane, floatSlab, type VolumeTask } from "./task.js";

/** Where the blocks of an axis begin and end, in voxels of the slab: those at the far face may be cut. */
function edges(task: VolumeTask, { factor, shape }: BlockParameters, axis: 0 | 1 | 2): { from: number; to: number }[] {
  return Array.from({ length: task.result.size[axis] }, (_, k) => {
    const first = (task.resultStart[axis] + k) * factor[axis];
    const from = first - task.slabStart[axis];
    return { from, to: from + Math.min(factor[axis], shape[axis] - first) };
  });
}

export function blockMeans(task: VolumeTask, parameters: BlockParameters): void {
  const { wasm } = task;
  const { start, row, plane } = floatSlab(task);
  const means = floatPlane(task);
  const width = parameters.factor[2];
  const wide = edges(task, parameters, 2);
  // All blocks of a row are whole but perhaps the last one.
  const last = wide.at(-1)!.to - wide.at(-1)!.from;
  for (const [z, deep] of edges(task, parameters, 0).entries()) {
    for (const [y, high] of edges(task, parameters, 1).entries()) {
      const first = start + deep.from * plane + high.from * row + 4 * wide[0]!.from;
      const [depth, height] = [deep.to - deep.from, high.to - high.from];
      wasm.call("meansOfBlocks", first, row, plane, means.at(z, y), wide.length, depth, height, width, last);
    }
    means.done(z);
  }
}

export function blockModes(task: VolumeTask, parameters: BlockParameters): void {
  const { wasm, dtype, slab, result } = task;
  const { bytes } = DTYPES[dtype];
  const [row, plane] = [slab.row / bytes, slab.plane / bytes];
  const voxels = wasm.view(dtype, slab.start, plane * slab.size[0]);
  const found = voxelArray(
    dtype,
    parameters.factor.reduce((product, n) => product * n, 1),
  );
  const wide = edges(task, parameters, 2);
  for (const [z, deep] of edges(task, parameters, 0).entries())
    for (const [y, high] of edges(task, parameters, 1).entries()) {
      const to = wasm.view(dtype, result.start + z * result.plane + y * result.row, wide.length);
      for (const [x, { from, to: end }] of wide.entries()) {
        let n = 0;
        for (let k = deep.from; k < deep.to; k++)
          for (let j = high.from; j < high.to; j++)
            for (let i = from; i < end; i++) found[n++] = voxels[k * plane + j * row + i]!;
        to[x] = mostFrequent(found.subarray(0, n).sort());
      }
    }
}

/** The most frequent of sorted values, of equally frequent ones the smallest. */
function mostFrequent(sorted: ArrayLike<number>): number {
  let [best, most] = [sorted[0]!, 0];
  for (let from = 0; from < sorted.length; ) {
    let to = from + 1;
    // NaN sorts last and is like no other, not even itself.
    while (to < sorted.length && (sorted[to] === sorted[from] || Number.isNaN(sorted[from]!))) to++;
    if (to - from > most) [best, most] = [sorted[from]!, to - from];
    from = to;
  }
  return best;
}

export function affine(task: VolumeTask, { matrix, offset, interpolation, shape, beyond }: AffineParameters): void {
  const { wasm, dtype, resultType, slab, slabStart, result, resultStart } = task;
  const [planes, rows, columns] = result.size;
  const nearest = interpolation === "nearest";
  // Integers keep their digits where one is chosen; what is interpolated is float32.
  const chosen = nearest && dtype === resultType;
  const { start, row, plane } = chosen ? slab : floatSlab(task);
  const floats = chosen ? undefined : floatPlane(task);
  const [kernel, more] = nearest
    ? [`nearestAtPoints_${resultType}`, []]
    : ["valuesAtPoints", [interpolation === "cubic" ? 1 : 0]];
  const points = wasm.allocate(8 * 20);
  const beyonds = beyond === undefined ? [0, 0] : [1, beyond];
  for (let z = 0; z < planes; z++) {
    const axes = ([0, 1, 2] as const).flatMap((k) => {
      const [alongZ, alongY, alongX] = matrix.slice(3 * k) as [number, number, number];
      return [alongZ * (resultStart[0] + z), alongX, alongY, offset[k], slabStart[k], shape[k] - 1];
    });
    wasm.numbers(points, [resultStart[2], resultStart[1], ...axes]);
    const to = floats?.at(z) ?? result.start + z * result.plane;
    const toRow = floats?.row ?? result.row;
    wasm.call(kernel, start, row, plane, to, toRow, columns, rows, points, ...beyonds, ...more);
    floats?.done(z);
  }
}
