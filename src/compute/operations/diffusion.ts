/** Anisotropic diffusion, and the mean gradient by which its edges may be measured. */
import { DTYPES, type DType } from "../../core/dtype.js";
import type { Triple } from "../../core/shape.js";
import type { ReduceOperation, VolumeOperation } from "../operations.js";

const ALL = Object.keys(DTYPES) as DType[];
const along = (scale: Triple, n: number): Triple => scale.map((s) => (s === 0 ? 0 : n)) as unknown as Triple;

export interface DiffusionParameters {
  /** What flows: grey values down their gradient, or surfaces of equal grey value by their curvature. */
  readonly method: "gradient" | "curvature";
  readonly conductance: "exponential" | "reciprocal";
  /** K of each step, in grey values per voxel. */
  readonly edges: readonly number[];
  readonly timeStep: number;
  /** Factors of the axes for voxels that are no cubes; 0 along an axis with a single voxel. */
  readonly scale: Triple;
  readonly dtype: DType;
}

/** As many steps as there are edges. What lies beyond the faces flows, too. NaN spreads a voxel with each step. */
export const anisotropicDiffusion: VolumeOperation<DiffusionParameters> = {
  kind: "volume",
  name: "anisotropicDiffusion",
  dtypes: ALL,
  result: (_, { dtype }) => dtype,
  halo: ({ edges, scale }) => along(scale, edges.length),
  outside: undefined,
  // Slab, its floats before and after a step, the result; of a few planes slopes and fluxes.
  workBytes: ({ brick, slab }, dtype, { edges, scale }) => {
    const planes = scale[0] === 0 ? 1 : 1 + 2 * edges.length;
    return slab * (8 + DTYPES[dtype].bytes) + brick * 8 + (35 * slab) / planes + 2 ** 16;
  },
  cost: (_, { edges, method }) => edges.length * (method === "gradient" ? 5 : 9),
};

export interface GradientSumParameters {
  /** Factors of the axes that bring squared gradients into the units in which they are counted. */
  readonly scale: Triple;
}

/** Sum of the squared gradients in units, and the number of voxels that are no NaN. */
export interface GradientSum {
  readonly units: bigint;
  readonly voxels: number;
}

/** The squared length of the gradient by central differences, summed up: whole numbers, so that no order of bricks shows. */
export const meanSquareGradient: ReduceOperation<GradientSumParameters, GradientSum> = {
  kind: "reduce",
  name: "meanSquareGradient",
  dtypes: ALL,
  halo: ({ scale }) => along(scale, 1),
  join: (a, b) => ({ units: a.units + b.units, voxels: a.voxels + b.voxels }),
  workBytes: ({ brick, slab }, dtype) => slab * (4 + DTYPES[dtype].bytes) + brick,
  cost: () => 1.5,
};
