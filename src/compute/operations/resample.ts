/** Operations whose result is on another grid than the input. */
import { DTYPES, type DType } from "../../core/dtype.js";
import type { Shape, Triple } from "../../core/shape.js";
import type { VolumeOperation } from "../operations.js";

const ALL = Object.keys(DTYPES) as DType[];

/** Voxels along z, y, x that become one; the last block of an axis is what is left. */
export interface BlockParameters {
  readonly factor: Triple;
  /** Shape of the input. */
  readonly shape: Shape;
  readonly dtype: DType;
}

function block(name: string, cost: number): VolumeOperation<BlockParameters> {
  return {
    kind: "volume",
    name,
    dtypes: ALL,
    result: (_, { dtype }) => dtype,
    halo: () => [0, 0, 0],
    placement: ({ factor: [z, y, x] }) => ({
      matrix: [z, 0, 0, 0, y, 0, 0, 0, x],
      offset: [0, 0, 0],
      before: [0, 0, 0],
      behind: [z - 1, y - 1, x - 1],
    }),
    outside: undefined,
    workBytes: ({ brick, slab }, dtype) => slab * (4 + DTYPES[dtype].bytes) + brick * 8,
    cost: (_, { factor }) => cost * factor[0] * factor[1] * factor[2],
  };
}

/** The mean of each block, summed in float64. NaN makes NaN of its block. */
export const blockMeans = block("blockMeans", 4);
/** The most frequent value of each block, of equally frequent ones the smallest. */
export const blockModes = block("blockModes", 20);

export type Interpolation = "nearest" | "linear" | "cubic";

/** Voxel r of the result is read at `matrix · r + offset` in the input. */
export interface AffineParameters {
  readonly matrix: readonly number[];
  readonly offset: Triple;
  readonly interpolation: Interpolation;
  /** Shape of the input. */
  readonly shape: Shape;
  /** Grey value beyond the outermost voxels' centres; undefined: what the border says. */
  readonly beyond: number | undefined;
  readonly dtype: DType;
}

/** Voxels of the input that an interpolation looks at before and behind the one at or before the point. */
const REACH = { nearest: [0, 1], linear: [0, 1], cubic: [1, 2] } as const;

/** An affine map of the grid; along an axis with one voxel there is nothing to interpolate. NaN spreads to what sees it. */
export const affine: VolumeOperation<AffineParameters> = {
  kind: "volume",
  name: "affine",
  dtypes: ALL,
  result: (_, { dtype }) => dtype,
  halo: () => [0, 0, 0],
  placement({ matrix, offset, interpolation }) {
    const [before, behind] = REACH[interpolation];
    return { matrix, offset, before: [before, before, before], behind: [behind, behind, behind] };
  },
  outside: undefined,
  workBytes: ({ brick, slab }, dtype) => slab * (4 + DTYPES[dtype].bytes) + brick * 8,
  cost: (_, { interpolation }) => ({ nearest: 20, linear: 28, cubic: 55 })[interpolation],
};
