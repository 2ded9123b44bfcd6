/** Markov random fields: labels with grey values beside them. */
import type { Triple } from "../../core/shape.js";
import type {
  ConditionalModesParameters,
  FieldSumsParameters,
  RestrictLabelsParameters,
} from "../operations/markov.js";
import { floatSlab, type ReduceTask, type Strides, type VolumeTask, type Wasm } from "./task.js";

/** Grey values as float32. */
function greyOf({ wasm, besides }: Pick<VolumeTask, "wasm" | "besides">): Strides {
  const grey = besides[0]!;
  return floatSlab({ wasm, dtype: grey.dtype, slab: grey });
}

/** A model's numbers in wasm memory. */
export function modelTable(wasm: Wasm, table: readonly number[]): number {
  const start = wasm.allocate(8 * table.length);
  wasm.numbers(start, table);
  return start;
}

/**
 * For each class an interval of grey values around its mean in which no other class is cheaper by as much as six pairs cost:
 * a little narrower than that, for costs are rounded; empty (from 1 to 0) where not even the mean is safe.
 */
export function calmIntervals(table: readonly number[], weights: Triple): number[] {
  const pairs = 2 * (weights[0] + weights[1] + weights[2]) - 2;
  const classes = Array.from({ length: table.length / 3 }, (_, k) => table.slice(3 * k, 3 * k + 3));
  return classes.flatMap(([mean, factor, constant]) => {
    let [low, high] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
    for (const [otherMean, otherFactor, otherConstant] of classes as [number, number, number][]) {
      // Own cost less the other's less that of the pairs, a·d² + b·d + c at the distance d from the own mean.
      const apart = mean! - otherMean;
      const a = factor! - otherFactor;
      const b = -2 * otherFactor * apart;
      const c = constant! - otherConstant - otherFactor * apart ** 2 - pairs;
      if (!(c < 0)) return [1, 0];
      const root = b ** 2 - 4 * a * c;
      if (root < 0) continue;
      const half = -(b + (b < 0 ? -1 : 1) * Math.sqrt(root)) / 2;
      for (const distance of [half / a, c / half])
        if (distance > 0) high = Math.min(high, mean! + distance);
        else if (distance < 0) low = Math.max(low, mean! + distance);
    }
    return [low, high];
  });
}

/** Half of the voxels at a time, like the squares of a chessboard, in a box that shrinks by a voxel with each half. */
export function conditionalModes(task: VolumeTask, parameters: ConditionalModesParameters): void {
  const { wasm, slab, halo, slabStart, result } = task;
  const { axes, sweeps, weights } = parameters;
  const grey = greyOf(task);
  const table = modelTable(wasm, parameters.table);
  const calm = modelTable(wasm, calmIntervals(parameters.table, weights));
  const classes = parameters.table.length / 3;
  const { row, plane } = slab;
  for (let half = 1; half <= 2 * sweeps; half++) {
    const margin = axes.map((n) => n * half) as unknown as Triple;
    const [planes, rows, columns] = slab.size.map((n, k) => n - 2 * margin[k]!) as unknown as Triple;
    const first = slab.start + margin[0] * plane + margin[1] * row + margin[2];
    const values = grey.start + margin[0] * grey.plane + margin[1] * grey.row + margin[2] * 4;
    for (let z = 0; z < planes; z++) {
      // The board is that of the volume, wherever the brick begins; before its first voxel numbers are negative.
      const at = slabStart[0] + slabStart[1] + slabStart[2] + margin[0] + margin[1] + margin[2] + z;
      const colour = (((half + 1 + at) % 2) + 2) % 2;
      const place = [first + z * plane, axes[0] * plane, row, axes[1] * row, axes[2]] as const;
      const around = [values + z * grey.plane, grey.row, rows, columns, colour, classes, table] as const;
      wasm.call("conditionalModes", ...place, ...around, ...weights, calm);
    }
  }
  copyOut(task, slab.start + halo[0] * plane + halo[1] * row + halo[2], result.start);
}

export function restrictLabels(task: VolumeTask, { classes }: RestrictLabelsParameters): void {
  const { wasm, slab } = task;
  const grey = greyOf(task);
  const [planes, rows, columns] = slab.size;
  for (let z = 0; z < planes; z++) {
    const place = [slab.start + z * slab.plane, slab.row, grey.start + z * grey.plane, grey.row] as const;
    wasm.call("restrictLabels", ...place, rows, columns, classes);
  }
  copyOut(task, slab.start, task.result.start);
}

function copyOut({ wasm, slab, result }: VolumeTask, from: number, to: number): void {
  wasm.call("copyBox", from, slab.row, slab.plane, to, result.row, result.plane, ...result.size);
}

/** Sums of a box whose labels have a voxel more on each side along `axes`. */
export function sumsOfBox(
  wasm: Wasm,
  labels: Strides,
  grey: Strides,
  size: Triple,
  { axes, classes, model, origin, unit }: FieldSumsParameters,
): bigint[] {
  const table = model === undefined ? 0 : modelTable(wasm, model.table);
  const bytes = 32 * (classes + 1);
  const out = wasm.allocate(bytes);
  const read = (): BigInt64Array => new BigInt64Array(wasm.view("uint8", out, bytes).buffer, out, bytes / 8);
  const sums = new Array<bigint>(bytes / 8).fill(0n);
  const [planes, rows, columns] = size;
  for (let z = 0; z < planes; z++) {
    read().fill(0n);
    const place = [labels.start + z * labels.plane, axes[0] * labels.plane, labels.row] as const;
    const steps = [axes[1] * labels.row, axes[2], grey.start + z * grey.plane, grey.row] as const;
    wasm.call("sumField", ...place, ...steps, rows, columns, table, origin, 1 / unit, out);
    for (const [k, sum] of read().entries()) sums[k]! += sum;
  }
  return sums;
}

export function fieldSums(task: ReduceTask, parameters: FieldSumsParameters): bigint[] {
  const { wasm, slab, halo } = task;
  const grey = greyOf(task);
  const size = slab.size.map((n, k) => n - 2 * halo[k]!) as unknown as Triple;
  const inside = ({ start, row, plane }: Strides, bytes: number): Strides => ({
    start: start + halo[0] * plane + halo[1] * row + halo[2] * bytes,
    row,
    plane,
  });
  return sumsOfBox(wasm, inside(slab, 1), inside(grey, 4), size, parameters);
}
