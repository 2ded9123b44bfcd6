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

export function affine(task: VolumeTask, parameters: AffineParameters): void {
  const { matrix, offset, interpolation, shape, beyond } = parameters;
  const { wasm, dtype, slab, slabStart, result, resultStart } = task;
  const [planes, rows, columns] = result.size;
  const at = (axis: 0 | 1 | 2, z: number, y: number): number =>
    matrix[3 * axis]! * (resultStart[0] + z) + matrix[3 * axis + 1]! * (resultStart[1] + y) + offset[axis];
  const steps = [matrix[2]!, matrix[5]!, matrix[8]!];
  // Integers keep their digits where one is chosen; what is interpolated is float32.
  const chosen = interpolation === "nearest" && dtype === task.resultType;
  const floats = chosen ? slab : floatSlab(task);
  const plane = chosen ? undefined : floatPlane(task);
  const kernel = interpolation === "nearest" ? `nearestAtPoints_${task.resultType}` : `${interpolation}AtPoints`;
  for (let z = 0; z < planes; z++) {
    for (let y = 0; y < rows; y++)
      wasm.call(
        kernel,
        floats.start,
        floats.row,
        floats.plane,
        plane?.at(z, y) ?? result.start + z * result.plane + y * result.row,
        columns,
        resultStart[2],
        ...([0, 1, 2] as const).flatMap((k) => [at(k, z, y), steps[k]!, slabStart[k], shape[k] - 1]),
        beyond === undefined ? 0 : 1,
        beyond ?? 0,
      );
    plane?.done(z);
  }
}
