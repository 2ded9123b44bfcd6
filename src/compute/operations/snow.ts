/** Peaks of a field inside a mask. */
import type { Triple } from "../../core/shape.js";
import { type ReduceOperation, reach } from "../operations.js";

export interface SnowPeaksParameters {
  /** Of the whole volume. */
  readonly shape: Triple;
  /** A voxel is a peak if none within this distance along z, y, x is higher. */
  readonly radius: Triple;
  /** How high voxels outside the mask are. */
  readonly wall: number;
}

/** Places of the peaks in the volume, in C order; the mask lies beside, a byte a voxel. */
export const peaksOfBrick: ReduceOperation<SnowPeaksParameters, Float64Array, Float64Array[]> = {
  kind: "reduce",
  name: "peaksOfBrick",
  dtypes: ["float32"],
  // What lies beyond the volume repeats voxels that lie in it, no farther away.
  halo: ({ radius }) => radius.map(reach) as unknown as Triple,
  join: (a, b) => {
    a.push(...b);
    return a;
  },
  whole: (parts) => {
    const all = new Float64Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) {
      all.set(part, at);
      at += part.length;
    }
    return all.sort();
  },
  workBytes: ({ brick, slab }) => 5 * slab + 4 * brick + 2 ** 16,
  cost: () => 3,
};
