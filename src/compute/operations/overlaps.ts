/** Which labels of two volumes share voxels. */
import { DTYPES, type DType } from "../../core/dtype.js";
import type { Triple } from "../../core/shape.js";
import type { ReduceOperation } from "../operations.js";

export interface LabelOverlapsParameters {
  /** Labels of the volume, ascending (float64), and by how many voxels each is moved along z, y, x (int32, three a label). */
  readonly labels: SharedArrayBuffer;
  readonly steps: SharedArrayBuffer;
  /** The largest step along each axis. */
  readonly reach: Triple;
  /** Labels of the volume beside that do not count. */
  readonly never: readonly number[];
  /** Voxel type of the volume beside. */
  readonly beside: DType;
}

/** Each pair of labels that share voxels, once. */
export interface LabelOverlaps {
  /** Place of the label in the list of labels. */
  readonly rows: Int32Array;
  readonly others: Float64Array;
  readonly voxels: Float64Array;
}

/** Voxels that labels, each moved by a step of its own, share with the labels of a volume beside. */
export const labelOverlaps: ReduceOperation<LabelOverlapsParameters, LabelOverlaps> = {
  kind: "reduce",
  name: "labelOverlaps",
  dtypes: (Object.keys(DTYPES) as DType[]).filter((dtype) => DTYPES[dtype].integer),
  halo: ({ reach }) => reach,
  // Who runs it joins the parts.
  join: (a) => a,
  workBytes: ({ slab }, dtype, { beside }) => slab * (DTYPES[dtype].bytes + DTYPES[beside].bytes) + 2 ** 20,
  cost: () => 3,
};
