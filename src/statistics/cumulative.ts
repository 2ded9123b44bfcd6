import { histogram as histogramOperation } from "../compute/operations.js";
import { reduce } from "../compute/run.js";
import { DTYPES } from "../core/dtype.js";
import { MissingData } from "../core/errors.js";
import type { RunOptions } from "../core/options.js";
import type { Volume } from "../core/volume.js";
import { histogram } from "./histogram.js";

/** Numbers of voxels at most as large as given values, and of all that are numbers. */
export interface Cumulative {
  readonly atMost: readonly number[];
  readonly total: number;
  /** Voxels that are no number; they are not in `total`. */
  readonly nan: number;
}

/**
 * Counts, exactly for every voxel type, how many voxels are not above each of `values`. For types of up to 16 bits that
 * is one pass, for wider ones one pass a value.
 */
export async function cumulative(
  volume: Volume,
  values: readonly number[],
  options: RunOptions = {},
): Promise<Cumulative> {
  if (DTYPES[volume.dtype].bytes <= 2) {
    const { counts, low, total } = await histogram(volume, options);
    const sums = new Float64Array(counts.length + 1);
    for (let k = 0; k < counts.length; k++) sums[k + 1] = sums[k]! + counts[k]!;
    const bins = (value: number): number => Math.min(counts.length, Math.max(0, Math.floor(value - low + 0.5)));
    return { atMost: values.map((value) => sums[bins(value)]!), total, nan: 0 };
  }
  const atMost: number[] = [];
  let total = 0;
  let nan = 0;
  for (const value of values) {
    // One closed bin whose upper edge is the value, to the last bit: 0 + v, 2v − v and −1 + 1 are exact.
    const [first, step] = value > 0 ? [0, value] : value < 0 ? [2 * value, -value] : [-1, 1];
    const found = await reduce(histogramOperation, volume, { first, step, bins: 1 }, options);
    atMost.push(found.below + found.counts[0]!);
    total = found.below + found.counts[0]! + found.above;
    nan = found.nan;
  }
  if (total + nan === 0) throw new MissingData("no voxel lies inside the mask; check that it is not 0 in the region");
  if (total === 0) throw new MissingData(`all ${nan} voxels of region and mask are NaN; there is nothing to count`);
  return { atMost, total, nan };
}
