/** Non-local means. */
import { DTYPES, type DType } from "../../core/dtype.js";
import type { Triple } from "../../core/shape.js";
import type { VolumeOperation } from "../operations.js";

const ALL = Object.keys(DTYPES) as DType[];

export interface NonLocalParameters {
  /** Voxels of a patch along z, y, x. */
  readonly patch: Triple;
  /** How far a voxel looks for others like it along z, y, x. */
  readonly search: Triple;
  /** Standard deviation of the noise, which patches differ by anyway. */
  readonly noise: number;
  /** Difference at which the weight of a voxel falls to 1/e. */
  readonly strength: number;
  /** Weights of the voxels of a patch: all the same, or less towards its ends. */
  readonly weighting: "uniform" | "gaussian";
  readonly dtype: DType;
}

/** First voxel of a patch, seen from its middle: an even one reaches a voxel further to the larger coordinates. */
export const patchStart = (size: number): number => 0 - Math.floor((size - 1) / 2);

/** Least weight that counts: e⁻⁵. */
const REACH = 5;

/** Sums of the squared differences of two patches: up to `low` they are noise, from `high` on the weight is 0. */
export function limitsOfSums({ patch, noise, strength }: NonLocalParameters): { low: number; high: number } {
  const size = patch[0] * patch[1] * patch[2];
  const low = 2 * noise ** 2 * size;
  return { low: Math.floor(low), high: Math.floor(low + REACH * strength ** 2 * size) + 1 };
}

/** Whether patches of voxels of 8 bits can be compared in whole numbers of 16 bits. */
export const inWholeNumbers = (dtype: DType, parameters: NonLocalParameters): boolean =>
  DTYPES[dtype].bytes === 1 && parameters.weighting === "uniform" && limitsOfSums(parameters).high <= 0xffff;

/**
 * Mean of the voxels within reach, each weighted by exp(−max(0, d² − 2·noise²)/strength²), where d² is the mean squared
 * difference of the patches around; weights below e⁻⁵ are left out. A NaN stays one and takes no part.
 */
export const nonLocalMeans: VolumeOperation<NonLocalParameters> = {
  kind: "volume",
  name: "nonLocalMeans",
  dtypes: ALL,
  result: (_, { dtype }) => dtype,
  halo: ({ patch, search }) => search.map((n, k) => n + Math.floor(patch[k]! / 2)) as unknown as Triple,
  outside: undefined,
  // Slab and its floats; of a tile of at most 16 × 32 rows sums and patches, bounded by those of a whole slab.
  workBytes: ({ brick, slab }, dtype, { patch }) =>
    slab * (8 + DTYPES[dtype].bytes) + brick * 8 + 4 * slab * Math.min(1, (patch[0] + 2) / 8) + 2 ** 20,
  cost: (dtype, parameters) =>
    (inWholeNumbers(dtype, parameters) ? 0.3 : 0.8) *
    parameters.search.reduce((product, n) => product * (2 * n + 1), 1),
};
