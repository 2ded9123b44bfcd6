/** Operations that sort or count the voxels around each voxel. */
import { DTYPES, type DType } from "../../core/dtype.js";
import type { Triple } from "../../core/shape.js";
import { ballOffsets, boxOffsets, reach, type VolumeOperation } from "../operations.js";
import type { WindowParameters } from "./window.js";

const ALL = Object.keys(DTYPES) as DType[];
const neighbours = ({ radius, shape }: WindowParameters): number =>
  (shape === "ball" ? ballOffsets : boxOffsets)(radius).length;
const halo = ({ radius }: WindowParameters): Triple => [reach(radius[0]), reach(radius[1]), reach(radius[2])];

/** Neighbourhood, and which share of its voxels is at most the result, from 0 to 100. */
export interface PercentileParameters extends WindowParameters {
  readonly percentile: number;
}

/** Rank of a percentile among n sorted values: ⌊n·p/100⌋, for 100 the last. */
export const rankOf = (percentile: number, n: number): number => Math.min(n - 1, Math.floor((n * percentile) / 100));

/** The value of a rank among the sorted neighbours; NaN sorts last. */
export const percentile: VolumeOperation<PercentileParameters> = {
  kind: "volume",
  name: "percentile",
  dtypes: ALL,
  result: (dtype) => dtype,
  halo,
  outside: undefined,
  workBytes: ({ brick, slab }, dtype, parameters) => {
    const many = neighbours(parameters);
    const ranks = DTYPES[dtype].bytes === 4 && many > 255 ? 12 * slab : 4 * 65536;
    return (brick + slab) * DTYPES[dtype].bytes + 4 * many + ranks;
  },
  cost: (dtype, parameters) => (neighbours(parameters) * DTYPES[dtype].bytes ** 2) / 4,
};

/** The most frequent of the neighbours, of equally frequent ones the smallest; every NaN is the same, above all numbers. */
export const mode: VolumeOperation<WindowParameters> = {
  kind: "volume",
  name: "mode",
  dtypes: ALL,
  result: (dtype) => dtype,
  halo,
  outside: undefined,
  workBytes: ({ brick, slab }, dtype, parameters) =>
    (brick + slab) * 3 * DTYPES[dtype].bytes + 8 * neighbours(parameters),
  cost: (dtype, parameters) => 0.02 * DTYPES[dtype].bytes * neighbours(parameters) ** 2,
};

export interface MajorityParameters extends WindowParameters {
  /** A label that has no vote and stays. */
  readonly never: number | undefined;
}

/** The label of most neighbours; the own one stays if no other has more, of others the smallest is taken. */
export const majority: VolumeOperation<MajorityParameters> = {
  ...mode,
  name: "majority",
  dtypes: ALL.filter((dtype) => DTYPES[dtype].integer),
};
