/** The different values of a volume, and how often each occurs. */
import { DTYPES, type DType } from "../../core/dtype.js";
import type { ReduceOperation } from "../operations.js";

export interface DistinctParameters {
  /** A value that does not count. */
  readonly except: number;
}

/** Values, ascending, with their numbers of voxels; NaN counts nowhere. */
export interface Distinct {
  readonly values: Float64Array;
  readonly counts: Float64Array;
}

export const distinctValues: ReduceOperation<DistinctParameters, Distinct> = {
  kind: "reduce",
  name: "distinctValues",
  dtypes: Object.keys(DTYPES) as DType[],
  join: (a, b) => {
    const values: number[] = [];
    const counts: number[] = [];
    for (let i = 0, j = 0; i < a.values.length || j < b.values.length; ) {
      const [x, y] = [a.values[i] ?? Number.POSITIVE_INFINITY, b.values[j] ?? Number.POSITIVE_INFINITY];
      const [inA, inB] = [i < a.values.length && x <= y, j < b.values.length && y <= x];
      values.push(inA ? x : y);
      counts.push((inA ? a.counts[i]! : 0) + (inB ? b.counts[j]! : 0));
      if (inA) i++;
      if (inB) j++;
    }
    return { values: Float64Array.from(values), counts: Float64Array.from(counts) };
  },
  // Few values are expected: a table of a million of them in a brick is noise.
  workBytes: ({ brick }, dtype) => brick * (DTYPES[dtype].bytes + 1) + 2 ** 20,
  cost: () => 4,
};
