/** Balls over each other: how large the largest one is that covers a voxel. */
import type { Triple } from "../../core/shape.js";
import type { VolumeOperation } from "../operations.js";

/** Sizes of balls and what holds what; lengths in the unit of the distances, tables in memory that threads share. */
export interface LargestBallsParameters {
  /** Radii, ascending (float64): at most 65,535. */
  readonly radii: SharedArrayBuffer;
  /**
   * For each of {@link NEIGHBOUR_KINDS}, and of it for each size from 1 on, the number of the least size whose ball about the
   * neighbour has all voxels of the ball about the voxel (uint32); one that does not exist is larger than all.
   */
  readonly containers: SharedArrayBuffer;
  /** Distances of neighbouring voxels along z, y, x. */
  readonly steps: Triple;
  /** How many voxels the largest ball reaches beyond its centre. */
  readonly reach: Triple;
}

/** Which axes lead to a neighbour: those that share a face, an edge, a corner. */
export const NEIGHBOUR_KINDS: readonly Triple[] = [
  [1, 0, 0],
  [0, 1, 0],
  [0, 0, 1],
  [1, 1, 0],
  [1, 0, 1],
  [0, 1, 1],
  [1, 1, 1],
];

/** Takes a hair from squares of radii: what lies at the distance itself is beyond the ball, whatever the last bit says. */
export const STRICTLY = 1 - 1e-6;

/** Bytes of a size. */
export const sizeBytes = ({ radii }: LargestBallsParameters): 1 | 2 => (radii.byteLength / 8 < 256 ? 1 : 2);

/**
 * Of distances, with a ball about each voxel whose radius is the largest of the sizes that is not above the distance: the
 * diameter of the largest ball that covers a voxel, 0 where none does. A volume beside says by 0 where no ball is.
 */
export const largestBalls: VolumeOperation<LargestBallsParameters> = {
  kind: "volume",
  name: "largestBalls",
  dtypes: ["float32"],
  result: () => "float32",
  halo: ({ reach }) => reach,
  outside: 0,
  workBytes: ({ brick, slab }, _, parameters) => {
    const bytes = sizeBytes(parameters);
    // Sizes with a voxel more on each side, the balls of a plane, and rows of the balls up to a radius of 16.
    const plane = slab / (2 * parameters.reach[0] + 1);
    return slab * (5 + 1.2 * bytes) + 12 * plane + (4 + bytes) * brick + 9 * parameters.radii.byteLength + 2 ** 22;
  },
  cost: (_, { reach }) => 10 + reach[1] * reach[2],
};
