/** Peaks of a blurred field inside a mask. */
import type { Triple } from "../../core/shape.js";
import { gaussianReach, type ReduceOperation, reach } from "../operations.js";

export interface SnowPeaksParameters {
  /** Of the whole volume. */
  readonly shape: Triple;
  /** Standard deviations in voxels of the Gaussian along z, y, x before peaks are looked for; 0 is none. */
  readonly sigma: Triple;
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
  halo: ({ sigma, radius }) => radius.map((r, k) => reach(r) + gaussianReach(sigma[k]!)) as unknown as Triple,
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
  // The slab, its mask, and what the blur makes of it, with a few planes between.
  workBytes: ({ brick, slab }) => 13 * slab + 4 * brick + 2 ** 18,
  cost: () => 3,
};
