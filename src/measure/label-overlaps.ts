/** Voxels that the labels of two volumes share, whatever their size. */
import { memoryLimitOf } from "../compute/build.js";
import { machine } from "../compute/memory.js";
import { type LabelOverlaps, labelOverlaps } from "../compute/operations/overlaps.js";
import { reduce } from "../compute/run.js";
import { LimitExceeded } from "../core/errors.js";
import type { RunOptions } from "../core/options.js";
import type { Triple } from "../core/shape.js";
import type { Volume } from "../core/volume.js";
import { noLabels } from "../statistics/label-table.js";

/** A label of the one volume and one of the other, and how many voxels they share. */
export interface Overlap {
  /** Place in the list of labels of the one volume. */
  readonly row: number;
  readonly other: number;
  readonly voxels: number;
}

/** Bytes of a pair in the table of pairs. */
const PAIR_BYTES = 64;

/**
 * Overlaps of `labels` (ascending), each moved by its own whole number of voxels (`steps`, three a label), with the labels of
 * `other`, in ascending order of both. Brick by brick; exact.
 */
export async function overlapsOf(
  volume: Volume,
  labels: Float64Array,
  steps: Int32Array,
  other: Volume,
  options: Pick<RunOptions, "signal" | "memoryLimit" | "workers">,
): Promise<Overlap[]> {
  const reach: [number, number, number] = [0, 0, 0];
  for (let k = 0; k < steps.length; k++) reach[k % 3] = Math.max(reach[k % 3]!, Math.abs(steps[k]!));
  const shared = (bytes: Float64Array | Int32Array): SharedArrayBuffer => {
    const out = new SharedArrayBuffer(bytes.byteLength);
    new Uint8Array(out).set(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength));
    return out;
  };
  const never = noLabels(other);
  const parameters = {
    labels: shared(labels),
    steps: shared(steps),
    reach: reach as Triple,
    never,
    beside: other.dtype,
  };
  const limit = memoryLimitOf(options, machine);
  const found = new Map<number, Map<number, number>>();
  let pairs = 0;
  const add = ({ rows, others, voxels }: LabelOverlaps): void => {
    for (const [k, row] of rows.entries()) {
      const partners = found.get(row) ?? new Map<number, number>();
      found.set(row, partners);
      const label = others[k]!;
      const before = partners.get(label);
      if (before === undefined) pairs++;
      partners.set(label, (before ?? 0) + voxels[k]!);
    }
    if (pairs * PAIR_BYTES > limit)
      throw new LimitExceeded(
        `${pairs} pairs of particles overlap or more, which take ${pairs * PAIR_BYTES} bytes, more than ${limit}; remove noise first (removeSmall), or raise memoryLimit`,
        pairs * PAIR_BYTES,
        limit,
      );
  };
  let parts = 0;
  const join = (first: LabelOverlaps, part: LabelOverlaps): LabelOverlaps => {
    if (parts++ === 0) add(first);
    add(part);
    return first;
  };
  // What lies beyond the volume is no label.
  const besideBorder = { constant: never[0] ?? 0 } as const;
  const one = await reduce({ ...labelOverlaps, join }, volume, parameters, {
    ...options,
    besides: [other],
    besideBorder,
  });
  if (parts === 0) add(one);
  return [...found]
    .flatMap(([row, partners]) => [...partners].map(([label, voxels]) => ({ row, other: label, voxels })))
    .sort((a, b) => a.row - b.row || a.other - b.other);
}
