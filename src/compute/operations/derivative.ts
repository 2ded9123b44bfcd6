/** Operations on a Gaussian and on its derivatives. */
import { DTYPES, type DType } from "../../core/dtype.js";
import type { Triple } from "../../core/shape.js";
import { gaussianReach, type VolumeOperation } from "../operations.js";

const ALL = Object.keys(DTYPES) as DType[];
const reaches = (sigma: Triple): Triple => [gaussianReach(sigma[0]), gaussianReach(sigma[1]), gaussianReach(sigma[2])];
/** Nanoseconds of one separable convolution. */
const convolutionCost = (sigma: Triple): number => sigma.reduce((sum, s) => sum + gaussianReach(s) * 0.2, 1);
/** Slab, its floats, a copy of these for each pass along z; the result, and planes on the way. */
const room =
  (passes: number) =>
  ({ brick, slab }: { brick: number; slab: number }, dtype: DType): number =>
    slab * (4 + DTYPES[dtype].bytes + 4 * passes) + brick * 8;

/** Standard deviations in voxels of the Gaussian whose derivative is taken, and factors of the axes for voxels that are no cubes. */
export interface LaplacianParameters {
  readonly sigma: Triple;
  readonly scale: Triple;
}

/** By Sobel's operator σ says nothing. */
export interface GradientParameters extends LaplacianParameters {
  readonly method: "gaussian" | "sobel";
}

/** Length of the gradient in grey values per voxel, as float32. NaN spreads. */
export const gradientMagnitude: VolumeOperation<GradientParameters> = {
  kind: "volume",
  name: "gradientMagnitude",
  dtypes: ALL,
  result: () => "float32",
  halo: ({ method, sigma }) => (method === "sobel" ? [1, 1, 1] : reaches(sigma)),
  outside: undefined,
  workBytes: room(2),
  cost: (_, { method, sigma }) => (method === "sobel" ? 4 : 3 * convolutionCost(sigma)),
};

/** Standard deviations of the Gaussian, factors of the axes, and how steep a map of edges falls with the gradient. */
export interface EdgeStoppingParameters extends LaplacianParameters {
  readonly alpha: number;
}

/** 1 / √(1 + α·gradient), as float32: 1 where the volume is flat, near 0 at edges. NaN spreads. */
export const edgeStopping: VolumeOperation<EdgeStoppingParameters> = {
  kind: "volume",
  name: "edgeStopping",
  dtypes: ALL,
  result: () => "float32",
  halo: ({ sigma }) => reaches(sigma),
  outside: undefined,
  workBytes: room(2),
  cost: (_, { sigma }) => 1 + 3 * convolutionCost(sigma),
};

/** Sum of the second derivatives of the blurred volume, as float32; with σ 0 the difference of differences. NaN spreads. */
export const laplacian: VolumeOperation<LaplacianParameters> = {
  kind: "volume",
  name: "laplacian",
  dtypes: ALL,
  result: () => "float32",
  halo: ({ sigma }) => reaches(sigma).map((n) => Math.max(1, n)) as unknown as Triple,
  outside: undefined,
  workBytes: room(2),
  cost: (_, { sigma }) => 3 * convolutionCost(sigma),
};

/** Standard deviations of the narrow and of the wide Gaussian. */
export interface DifferenceParameters {
  readonly low: Triple;
  readonly high: Triple;
}

/** The narrow Gaussian less the wide one, as float32. NaN spreads. */
export const differenceOfGaussians: VolumeOperation<DifferenceParameters> = {
  kind: "volume",
  name: "differenceOfGaussians",
  dtypes: ALL,
  result: () => "float32",
  halo: ({ high }) => reaches(high),
  outside: undefined,
  workBytes: room(2),
  cost: (_, { low, high }) => convolutionCost(low) + convolutionCost(high),
};

/** Standard deviation of the blur, how much of the difference from it is added, from which difference on; voxel type. */
export interface UnsharpParameters {
  readonly sigma: Triple;
  readonly amount: number;
  readonly threshold: number;
  readonly dtype: DType;
}

/** v + amount·(v − blurred) where these differ by more than the threshold. NaN spreads. */
export const unsharpMask: VolumeOperation<UnsharpParameters> = {
  kind: "volume",
  name: "unsharpMask",
  dtypes: ALL,
  result: (_, { dtype }) => dtype,
  halo: ({ sigma }) => reaches(sigma),
  outside: undefined,
  workBytes: room(1),
  cost: (_, { sigma }) => 1 + convolutionCost(sigma),
};
