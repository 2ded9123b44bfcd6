/** Operations on a symmetric matrix at each voxel: the Hessian and the structure tensor. */
import { DTYPES, type DType } from "../../core/dtype.js";
import type { Triple } from "../../core/shape.js";
import { gaussianReach, type VolumeOperation } from "../operations.js";

const ALL = Object.keys(DTYPES) as DType[];
const reaches = (sigma: Triple): Triple => [gaussianReach(sigma[0]), gaussianReach(sigma[1]), gaussianReach(sigma[2])];
const sum = (sigma: Triple): number => reaches(sigma).reduce((total, n) => total + n, 0);

/** Which of the eigenvalues, or how much they differ. */
export type Eigenvalue = "smallest" | "middle" | "largest" | "anisotropy";

/** Axes along which there are derivatives: those with a factor, for a single voxel has no slope. */
export const axesOf = (scale: Triple): number[] => [0, 1, 2].filter((k) => scale[k] !== 0);

export interface HessianParameters {
  /** Standard deviations in voxels of the Gaussian whose derivatives are taken; 0 along an axis with a single voxel. */
  readonly sigma: Triple;
  /** Factors of the axes for voxels that are no cubes; 0 along an axis with a single voxel. */
  readonly scale: Triple;
  readonly which: Eigenvalue;
}

/** Eigenvalue of the matrix of second derivatives of the blurred volume, as float32. NaN spreads. */
export const hessianEigenvalues: VolumeOperation<HessianParameters> = {
  kind: "volume",
  name: "hessianEigenvalues",
  dtypes: ALL,
  result: () => "float32",
  halo: ({ sigma }) => reaches(sigma),
  outside: undefined,
  // Slab and its floats, three passes along z; six planes of entries.
  workBytes: ({ brick, slab }, dtype) => slab * (16 + DTYPES[dtype].bytes) + brick * 16,
  cost: (_, { sigma }) => 16 + 1.2 * sum(sigma),
};

export interface StructureParameters extends HessianParameters {
  readonly method: "gaussian" | "sobel";
  /** Standard deviations in voxels of the Gaussian by which the products of derivatives are averaged. */
  readonly rho: Triple;
}

/** How far the derivatives look: Sobel's a voxel, along axes that have more than one. */
export const slopeReach = ({ method, sigma, scale }: StructureParameters): Triple =>
  method === "gaussian" ? reaches(sigma) : (scale.map((s) => (s === 0 ? 0 : 1)) as unknown as Triple);

/** Eigenvalue of the averaged products of first derivatives, as float32. NaN spreads. */
export const structureTensor: VolumeOperation<StructureParameters> = {
  kind: "volume",
  name: "structureTensor",
  dtypes: ALL,
  result: () => "float32",
  halo: (parameters) =>
    slopeReach(parameters).map((n, k) => n + gaussianReach(parameters.rho[k]!)) as unknown as Triple,
  outside: undefined,
  // Slab, three derivatives, then its floats with two passes along z or a product with one; six entries.
  workBytes: ({ brick, slab }, dtype) => slab * (24 + DTYPES[dtype].bytes) + brick * 28,
  cost: (_, { sigma, rho }) => 20 + 0.6 * sum(sigma) + 1.2 * sum(rho),
};

/** One scale after the other; the largest response counts. */
export interface SheetnessParameters {
  /** Standard deviations in voxels of each scale; 0 along an axis with a single voxel. */
  readonly sigmas: readonly Triple[];
  /** Of each scale the factor of its response: its variance in squares of the smallest edge of a voxel. */
  readonly factors: readonly number[];
  /** Factors of the axes for voxels that are no cubes; 0 along an axis with a single voxel. */
  readonly scale: Triple;
  readonly dark: boolean;
}

const widest = ({ sigmas }: SheetnessParameters): Triple =>
  [0, 1, 2].map((k) => Math.max(...sigmas.map((sigma) => gaussianReach(sigma[k]!)))) as unknown as Triple;

/** How much a voxel lies in a sheet that is darker, or brighter, than what is around, as float32. NaN spreads. */
export const sheetness: VolumeOperation<SheetnessParameters> = {
  kind: "volume",
  name: "sheetness",
  dtypes: ALL,
  result: () => "float32",
  halo: widest,
  outside: undefined,
  workBytes: ({ brick, slab }, dtype) => slab * (16 + DTYPES[dtype].bytes) + brick * 16,
  cost: (_, { sigmas }) => sigmas.reduce((total, sigma) => total + 18 + 1.2 * sum(sigma), 0),
};
