/** Markov random fields of labels beside grey values: the sweeps of iterated conditional modes, and the sums of energy and classes. */
import { DTYPES, type DType } from "../../core/dtype.js";
import { OUTSIDE } from "../../core/phases.js";
import type { Triple } from "../../core/shape.js";
import type { ReduceOperation, VolumeOperation } from "../operations.js";

/** A Potts model in whole numbers, as the kernels take it. */
export interface PottsParameters {
  /** For each class its mean, 1/(2σ²) and log σ + ½ log 2π, the last two in units of cost. */
  readonly table: readonly number[];
  /** Cost of a pair of unlike neighbours along z, y, x, in units. */
  readonly weights: Triple;
}

/** What all of them know of the two volumes. */
interface FieldParameters {
  /** Voxel type of the grey values. */
  readonly grey: DType;
  /** 1 along axes with more than one voxel, else 0: there are no pairs along these. */
  readonly axes: Triple;
}

const along = (axes: Triple, n: number): Triple => [axes[0] * n, axes[1] * n, axes[2] * n];

/** Labels, grey values and these as float32. */
const bytesBeside = (grey: DType): number => 1 + DTYPES[grey].bytes + 4;

export interface ConditionalModesParameters extends FieldParameters, PottsParameters {
  /** Visits of each voxel. */
  readonly sweeps: number;
}

/** Sweeps of iterated conditional modes; the volume holds labels, its grey values stand beside it. */
export const conditionalModes: VolumeOperation<ConditionalModesParameters> = {
  kind: "volume",
  name: "conditionalModes",
  dtypes: ["uint8"],
  result: () => "uint8",
  // Each half of the voxels sees what the other half became before.
  halo: ({ axes, sweeps }) => along(axes, 2 * sweeps),
  outside: OUTSIDE,
  workBytes: ({ brick, slab }, _, { grey, table }) => slab * bytesBeside(grey) + brick + 8 * table.length + 2 ** 16,
  cost: (_, { table, sweeps }) => sweeps * (4 + 2 * table.length),
};

export interface RestrictLabelsParameters extends FieldParameters {
  readonly classes: number;
}

/** Labels that are no class, and those of voxels without a finite grey value, become {@link OUTSIDE}. */
export const restrictLabels: VolumeOperation<RestrictLabelsParameters> = {
  kind: "volume",
  name: "restrictLabels",
  dtypes: ["uint8"],
  result: () => "uint8",
  halo: () => [0, 0, 0],
  outside: OUTSIDE,
  workBytes: ({ brick, slab }, _, { grey }) => slab * bytesBeside(grey) + brick,
  cost: () => 2,
};

export interface FieldSumsParameters extends FieldParameters {
  readonly classes: number;
  /** Without: no costs. */
  readonly model?: PottsParameters | undefined;
  /** Grey values are counted from `origin` in whole `units`, at most 2³⁰ of them. */
  readonly origin: number;
  readonly unit: number;
}

/** What a field has. */
export interface FieldSums {
  /** Pairs of unlike neighbours along z, y, x. */
  readonly pairs: Triple;
  /** Cost of all grey values in their classes, in units of the model. */
  readonly cost: number;
  /** Of each class. */
  readonly counts: readonly number[];
  /** NaN where a class has no voxels. */
  readonly means: readonly number[];
  readonly deviations: readonly number[];
}

/** The sums as the kernel has them: whole numbers, so that no order of bricks shows. */
export function fieldSumsOf(sums: readonly bigint[], { origin, unit }: Pick<FieldSumsParameters, "origin" | "unit">) {
  const classes = Array.from({ length: sums.length / 4 - 1 }, (_, k) => {
    const [n, sum, high, low] = sums.slice(4 * k + 4, 4 * k + 8) as [bigint, bigint, bigint, bigint];
    const squares = high * 2n ** 20n + low;
    const count = Number(n);
    const mean = origin + unit * (Number(sum) / count);
    return { count, mean, deviation: (unit * Math.sqrt(Number(n * squares - sum * sum))) / count };
  });
  return {
    pairs: sums.slice(0, 3).map(Number) as unknown as Triple,
    cost: Number(sums[3]),
    counts: classes.map(({ count }) => count),
    means: classes.map(({ mean }) => mean),
    deviations: classes.map(({ deviation }) => deviation),
  } satisfies FieldSums;
}

/** Unlike pairs, costs and class statistics of labels with the grey values beside them. */
export const fieldSums: ReduceOperation<FieldSumsParameters, FieldSums, readonly bigint[]> = {
  kind: "reduce",
  name: "fieldSums",
  dtypes: ["uint8"],
  halo: ({ axes }) => axes,
  join: (a, b) => a.map((sum, k) => sum + b[k]!),
  whole: fieldSumsOf,
  workBytes: ({ slab }, _, { grey, classes }) => slab * bytesBeside(grey) + 56 * classes + 2 ** 16,
  cost: () => 4,
};
