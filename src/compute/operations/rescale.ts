/** Operations on single grey values. */
import { DTYPES, type DType } from "../../core/dtype.js";
import type { ReduceOperation, VolumeOperation } from "../operations.js";

const ALL = Object.keys(DTYPES) as DType[];

/** A straight line through two grey values, then ends that hold what lies beyond, then a voxel type. */
export interface RescaleParameters {
  /** `from[0]` becomes `to[0]` and `from[1]` becomes `to[1]`, both exactly. Without: values stay. */
  readonly map?: {
    readonly from: readonly [number, number];
    readonly to: readonly [number, number];
  };
  readonly low: number;
  readonly high: number;
  readonly dtype: DType;
}

/** The nearest whole number, of two equally near ones the even one. */
function nearest(value: number): number {
  const up = Math.round(value);
  return up - value === 0.5 && up % 2 !== 0 ? up - 1 : up;
}

/** What a grey value becomes, in float64 before it is stored; NaN becomes `low` where the type has none. */
export function rescaling({ map, low, high, dtype }: RescaleParameters): (value: number) => number {
  const held = (value: number): number => (value < low ? low : value > high ? high : value);
  const stored = DTYPES[dtype].integer
    ? (value: number): number => (Number.isNaN(value) ? low : nearest(held(value)))
    : held;
  if (map === undefined) return stored;
  const [a, b] = map.from;
  const [c, d] = map.to;
  return (value) => stored(c + ((value - a) / (b - a)) * (d - c));
}

/** Grey values by a straight line, between two ends, in another voxel type; rounded once, ties to even. */
export const rescale: VolumeOperation<RescaleParameters> = {
  kind: "volume",
  name: "rescale",
  dtypes: ALL,
  result: (_, { dtype }) => dtype,
  halo: () => [0, 0, 0],
  outside: undefined,
  workBytes: ({ brick, slab }, dtype, parameters) =>
    slab * DTYPES[dtype].bytes + brick * DTYPES[parameters.dtype].bytes + 4 * 65536,
  cost: (dtype) => (DTYPES[dtype].bytes === 4 ? 3 : 1),
};

/** Number, mean and squared distances from it of voxels that are numbers, with their range. */
export interface Moments {
  readonly count: number;
  readonly nan: number;
  readonly mean: number;
  /** Sum of the squared distances from the mean. */
  readonly squares: number;
  readonly min: number;
  readonly max: number;
}

/** Moments of two sets of voxels together (Chan, Golub & LeVeque 1983). */
function together(a: Moments, b: Moments): Moments {
  const count = a.count + b.count;
  const apart = b.mean - a.mean;
  return {
    count,
    nan: a.nan + b.nan,
    mean: count === 0 ? 0 : a.mean + (apart * b.count) / count,
    squares: a.squares + b.squares + (count === 0 ? 0 : (apart ** 2 * a.count * b.count) / count),
    min: Math.min(a.min, b.min),
    max: Math.max(a.max, b.max),
  };
}

export const moments: ReduceOperation<Record<string, never>, Moments> = {
  kind: "reduce",
  name: "moments",
  dtypes: ALL,
  join: together,
  workBytes: ({ brick }, dtype) => brick * (DTYPES[dtype].bytes + 1),
  cost: () => 2,
};

/** What a conversion changes, beyond the change that was asked for. */
export interface Loss {
  readonly voxels: number;
  /** Voxels that lay beyond the ends and were held there. */
  readonly below: number;
  readonly above: number;
  readonly nan: number;
  /** Voxels between the ends whose value is another one after rounding. */
  readonly rounded: number;
  /** Sum of the squared and the largest differences by rounding, in grey values of the result. */
  readonly squares: number;
  readonly largest: number;
}

export const loss: ReduceOperation<RescaleParameters, Loss> = {
  kind: "reduce",
  name: "loss",
  dtypes: ALL,
  join: (a, b) => ({
    voxels: a.voxels + b.voxels,
    below: a.below + b.below,
    above: a.above + b.above,
    nan: a.nan + b.nan,
    rounded: a.rounded + b.rounded,
    squares: a.squares + b.squares,
    largest: Math.max(a.largest, b.largest),
  }),
  workBytes: ({ brick }, dtype) => brick * (DTYPES[dtype].bytes + 1),
  cost: () => 4,
};
