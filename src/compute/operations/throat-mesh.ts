/** Surfaces of blurred regions where two of them meet. */
import type { Triple } from "../../core/shape.js";
import type { ReduceOperation } from "../operations.js";

/** Voxels that are looked at beyond a brick: a cell reaches two beyond the volume, where one looks at neighbours. */
export const MESH_HALO: Triple = [3, 3, 3];

/** Pairs of labels, the lower one first, 0 for a region alone; and numbers of each. */
export interface PairNumbers {
  readonly pairs: Uint32Array;
  readonly numbers: Float64Array;
}

/**
 * The most voxels of a region, and of two regions, among a voxel and its six neighbours: 1 to 7. Labels are uint32, 0 beyond the faces.
 */
export const mostNeighbours: ReduceOperation<Record<string, never>, PairNumbers> = {
  kind: "reduce",
  name: "mostNeighbours",
  dtypes: ["uint32"],
  halo: () => MESH_HALO,
  // Who runs it joins the parts.
  join: (a) => a,
  workBytes: ({ slab }) => 5 * slab + 2 ** 23,
  cost: () => 10,
};

export interface ThroatMeshParameters {
  /** Of the whole volume. */
  readonly shape: Triple;
  /** What {@link mostNeighbours} found, where it is not 7. */
  readonly most: PairNumbers;
  /** Tables of cells, as the kernel has them. */
  readonly surfaces: Uint8Array;
  readonly perUnit: number;
}

/** Numbers of a pair: {@link ThroatMeshParameters.perUnit} times an area for each half of 1 to 7 voxels; see throat-mesh.ts of the kernels. */
export const MESH_AREAS = 7;

export const throatMeshes: ReduceOperation<ThroatMeshParameters, PairNumbers> = {
  kind: "reduce",
  name: "throatMeshes",
  dtypes: ["uint32"],
  halo: () => MESH_HALO,
  join: (a) => a,
  workBytes: ({ slab }, _, { most, surfaces }) => 5 * slab + 12 * most.numbers.length + surfaces.length + 2 ** 23,
  cost: () => 20,
};
