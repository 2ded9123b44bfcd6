/** Surfaces of phases as they are once each voxel is blurred a little. */
import { DTYPES, type DType } from "../../core/dtype.js";
import type { Region, Triple } from "../../core/shape.js";
import type { ReduceOperation } from "../operations.js";
import type { NumberedPhases } from "./cells.js";

export interface SmoothCellsParameters extends NumberedPhases {
  /** What lies outside of it has no surface, but is blurred into what lies inside. */
  readonly region: Region;
  /** Numbers of the phases whose surfaces are wanted. */
  readonly wanted: readonly number[];
  /** By marching cubes at one half, or the sum of the lengths of gradients. */
  readonly gradient: boolean;
  /** Weights of a voxel and of its neighbours at faces, edges and corners; undefined: no blur. */
  readonly weights: readonly number[] | undefined;
  /** Some voxels do not count: shares are of those that do. */
  readonly holes: boolean;
  /** Triangles of the 256 sets of corners, 32 bytes a set, and the ends of the edges that their 13 points lie on. */
  readonly triangles: Uint8Array;
  readonly ends: Uint8Array;
  /** Edges of a voxel. */
  readonly size: Triple;
  /** Areas are added up in units of this. */
  readonly unit: number;
}

/** The area of each wanted phase in whole units. */
export const smoothSurfaces: ReduceOperation<SmoothCellsParameters, BigInt64Array> = {
  kind: "reduce",
  name: "smoothSurfaces",
  dtypes: (Object.keys(DTYPES) as DType[]).filter((dtype) => DTYPES[dtype].integer),
  halo: () => [2, 2, 2],
  join: (a, b) => {
    for (let k = 0; k < a.length; k++) a[k]! += b[k]!;
    return a;
  },
  // Numbers twice; counts of three planes, shares of three, and of those that count.
  workBytes: ({ slab }, dtype, { table, holes }) =>
    slab * (DTYPES[dtype].bytes + 4) + table.byteLength + 2 ** 18 + Math.ceil(slab ** (2 / 3)) * (holes ? 96 : 48),
  cost: (_, { wanted }) => 6 * wanted.length,
};
