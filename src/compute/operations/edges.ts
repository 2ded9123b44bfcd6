/** Edges of voxels at which three phases meet. */
import { DTYPES, type DType } from "../../core/dtype.js";
import type { Region } from "../../core/shape.js";
import type { ReduceOperation } from "../operations.js";

export interface EdgesParameters {
  /** 1, 2 and 4 for the values of the three phases, 8 for those of others, 0 for those that do not count; from `low` on. */
  readonly table: Uint8Array;
  readonly low: number;
  /** What lies outside of it does not count. */
  readonly region: Region;
  /** Some voxels inside do not count: edges that do are counted one by one. */
  readonly holes: boolean;
}

export interface EdgeCounts {
  /** All edges along z, y and x whose four voxels count; zeros without holes. */
  readonly all: Float64Array;
  /**
   * Corners by the half edges that meet there: those towards lower and higher z, y and x have the bits 1 and 2, 4 and 8, 16 and
   * 32.
   */
  readonly corners: Float64Array;
}

export const countEdges: ReduceOperation<EdgesParameters, EdgeCounts> = {
  kind: "reduce",
  name: "countEdges",
  dtypes: (Object.keys(DTYPES) as DType[]).filter((dtype) => DTYPES[dtype].integer),
  halo: () => [1, 1, 1],
  join: (a, b) => {
    for (let k = 0; k < 3; k++) a.all[k]! += b.all[k]!;
    for (let k = 0; k < a.corners.length; k++) a.corners[k]! += b.corners[k]!;
    return a;
  },
  workBytes: ({ slab }, dtype, { table }) => slab * (DTYPES[dtype].bytes + 3) + table.byteLength + 4096,
  cost: () => 0.5,
};
