/** Faces of voxels at which two phases meet. */
import { DTYPES, type DType } from "../../core/dtype.js";
import type { ReduceOperation } from "../operations.js";

export interface FacesParameters {
  /** Number of the phase of each value from `low` on, counted from 1; 0 for values that are no phase. */
  readonly table: Uint16Array;
  readonly low: number;
  readonly phases: number;
}

/**
 * Number of faces between two voxels of unlike phases, across z, across y, across x: at `a · phases + b` those with phase a
 * before and phase b behind, in the order of the axis. With a second volume, a mask, both voxels have to lie inside.
 */
export type FaceCounts = readonly [across: Float64Array, Float64Array, Float64Array];

export const countFaces: ReduceOperation<FacesParameters, FaceCounts> = {
  kind: "reduce",
  name: "countFaces",
  dtypes: (Object.keys(DTYPES) as DType[]).filter((dtype) => DTYPES[dtype].integer),
  // What lies beyond the volume repeats the outermost voxel, so that there is no face.
  halo: () => [1, 1, 1],
  join: (a, b) => {
    for (const [axis, counts] of a.entries()) for (let k = 0; k < counts.length; k++) counts[k]! += b[axis]![k]!;
    return a;
  },
  workBytes: ({ slab }, dtype, { table, phases }) =>
    slab * (DTYPES[dtype].bytes + 1) + table.byteLength + 36 * phases ** 2,
  cost: () => 0.6,
};
