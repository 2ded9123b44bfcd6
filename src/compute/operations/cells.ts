/** Cells of 2 × 2 × 2 voxels, whose corners are the centres of voxels, and which corners each phase holds. */
import { DTYPES, type DType } from "../../core/dtype.js";
import type { Region } from "../../core/shape.js";
import type { ReduceOperation } from "../operations.js";

/** Numbers of phases from 1 to 255. */
export interface NumberedPhases {
  /** Number of the phase of each value from `low` on; 0 for values that do not count. */
  readonly table: Uint8Array;
  readonly low: number;
  readonly phases: number;
}

export interface CellsParameters extends NumberedPhases {
  /** What lies outside of it does not count. */
  readonly region: Region;
  /** Area of each set of corners in whole units, if the areas between pairs of phases are wanted. */
  readonly areas?: BigInt64Array | undefined;
}

/** Phase k (from 0 on) holds the set of corners s in `whole[256k + s]` cells all of whose voxels count and in `cut[256k + s]` others. */
export interface CellCounts {
  readonly whole: Float64Array;
  readonly cut: Float64Array;
  /** Twice the area between the phases a < b at `a · phases + b`. */
  readonly pairs: BigInt64Array;
}

export const countCells: ReduceOperation<CellsParameters, CellCounts> = {
  kind: "reduce",
  name: "countCells",
  dtypes: (Object.keys(DTYPES) as DType[]).filter((dtype) => DTYPES[dtype].integer),
  halo: () => [1, 1, 1],
  join: (a, b) => {
    for (let k = 0; k < a.whole.length; k++) a.whole[k]! += b.whole[k]!;
    for (let k = 0; k < a.cut.length; k++) a.cut[k]! += b.cut[k]!;
    for (let k = 0; k < a.pairs.length; k++) a.pairs[k]! += b.pairs[k]!;
    return a;
  },
  workBytes: ({ slab }, dtype, { table, phases }) =>
    slab * (DTYPES[dtype].bytes + 3) + table.byteLength + 6144 * phases + 24 * phases ** 2 + 4096,
  cost: () => 2,
};
