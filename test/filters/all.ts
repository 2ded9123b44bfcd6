/** Every filter, with options that let three bricks an axis and a small volume show what it does. */
import type { BorderOptions } from "#src/core/border.js";
import type { DType } from "#src/core/dtype.js";
import { OUTSIDE } from "#src/core/phases.js";
import type { Volume } from "#src/core/volume.js";
import { anisotropicDiffusion } from "#src/filters/anisotropic-diffusion.js";
import { differenceOfGaussians } from "#src/filters/difference-of-gaussians.js";
import { maximum, minimum } from "#src/filters/extremes.js";
import { gaussian } from "#src/filters/gaussian.js";
import { gradientMagnitude } from "#src/filters/gradient-magnitude.js";
import { hessianEigenvalues } from "#src/filters/hessian-eigenvalues.js";
import { laplacianOfGaussian } from "#src/filters/laplacian-of-gaussian.js";
import { localDeviation } from "#src/filters/local-deviation.js";
import { mean } from "#src/filters/mean.js";
import { median } from "#src/filters/median.js";
import { mode } from "#src/filters/mode.js";
import { nonLocalMeans } from "#src/filters/non-local-means.js";
import { percentile } from "#src/filters/percentile.js";
import { sheetness } from "#src/filters/sheetness.js";
import { structureTensor } from "#src/filters/structure-tensor.js";
import { unsharpMask } from "#src/filters/unsharp-mask.js";
import { localThreshold } from "#src/segment/local-threshold.js";

export interface Filter {
  readonly name: string;
  filter(volume: Volume, options: BorderOptions): Promise<Volume>;
  /** Voxel types that it takes. Default: all. */
  readonly dtypes?: readonly DType[];
  /** True if it computes with whole numbers or chooses among voxels: nothing is rounded. */
  readonly exact?: boolean;
  /** How far a flip may change a result, relative to the largest. Default 2e-6. */
  readonly flipTolerance?: number;
  /** Value of voxels outside a mask. Default: the one they have. */
  readonly outside?: number;
  /** True if no result lies outside the range of the input. */
  readonly bounded?: boolean;
}

export const FILTERS: readonly Filter[] = [
  { name: "median of a ball", filter: (v, o) => median(v, { radius: 2, ...o }), exact: true, bounded: true },
  {
    name: "median, slice by slice",
    filter: (v, o) => median(v, { radius: [0, 1, 1], ...o }),
    exact: true,
    bounded: true,
  },
  {
    name: "Gaussian",
    filter: (v, o) => gaussian(v, { sigma: [0.8, 1.2, 0.5], dtype: "float32", ...o }),
    bounded: true,
  },
  { name: "mean of a box", filter: (v, o) => mean(v, { radius: [1, 2, 0], dtype: "float32", ...o }), bounded: true },
  { name: "mean of a ball", filter: (v, o) => mean(v, { radius: 2, shape: "ball", ...o }), bounded: true },
  { name: "minimum of a box", filter: (v, o) => minimum(v, { radius: [2, 1, 3], ...o }), exact: true, bounded: true },
  {
    name: "maximum of a ball",
    filter: (v, o) => maximum(v, { radius: 2, shape: "ball", ...o }),
    exact: true,
    bounded: true,
  },
  { name: "percentile", filter: (v, o) => percentile(v, 20, { radius: 2, ...o }), exact: true, bounded: true },
  { name: "mode", filter: (v, o) => mode(v, { radius: [1, 2, 1], ...o }), exact: true, bounded: true },
  {
    name: "non-local means",
    filter: (v, o) =>
      nonLocalMeans(v, { patch: [3, 1, 3], search: [1, 2, 2], noise: 20, strength: 60, dtype: "float32", ...o }),
    bounded: true,
    // A pair whose weight is a hair from the least that counts may fall on either side.
    flipTolerance: 2e-3,
  },
  {
    name: "non-local means, exact",
    filter: (v, o) => nonLocalMeans(v, { method: "exact", search: 2, noise: 10, strength: 90, dtype: "float32", ...o }),
    bounded: true,
    flipTolerance: 2e-3,
  },
  {
    name: "anisotropic diffusion",
    filter: (v, o) => anisotropicDiffusion(v, { edge: 80, iterations: 4, timeStep: 0.15, dtype: "float32", ...o }),
    bounded: true,
  },
  {
    name: "anisotropic diffusion in many steps",
    filter: (v, o) => anisotropicDiffusion(v, { edge: 50, iterations: 8, conductance: "reciprocal", ...o }),
    bounded: true,
    exact: true,
  },
  {
    name: "anisotropic diffusion by curvature",
    filter: (v, o) => anisotropicDiffusion(v, { method: "curvature", edge: 60, dtype: "float32", ...o }),
  },
  {
    name: "Hessian eigenvalues",
    filter: (v, o) => hessianEigenvalues(v, { sigma: [0.6, 1, 0.8], which: "middle", ...o }),
  },
  { name: "sheetness", filter: (v, o) => sheetness(v, { sigma: [0.7, 1.2], ...o }) },
  { name: "bright sheetness", filter: (v, o) => sheetness(v, { sigma: 0.8, of: "bright", ...o }) },
  { name: "structure tensor", filter: (v, o) => structureTensor(v, { sigma: 0.5, rho: [0.5, 1, 0.7], ...o }) },
  {
    name: "anisotropy of a structure tensor by Sobel",
    filter: (v, o) => structureTensor(v, { method: "sobel", rho: 0.8, which: "anisotropy", ...o }),
  },
  { name: "gradient magnitude", filter: (v, o) => gradientMagnitude(v, { sigma: [0.6, 1, 0.8], ...o }) },
  { name: "gradient magnitude by Sobel", filter: (v, o) => gradientMagnitude(v, { method: "sobel", ...o }) },
  { name: "Laplacian of Gaussian", filter: (v, o) => laplacianOfGaussian(v, { sigma: [0.6, 1, 0.8], ...o }) },
  { name: "Laplacian", filter: (v, o) => laplacianOfGaussian(v, { sigma: 0, ...o }) },
  { name: "difference of Gaussians", filter: (v, o) => differenceOfGaussians(v, { low: [0, 0.6, 0.5], ...o }) },
  { name: "unsharp mask", filter: (v, o) => unsharpMask(v, { sigma: 0.8, amount: 0.7, dtype: "float32", ...o }) },
  ...(
    [
      { method: "sauvola", radius: [2, 3, 1], k: 0.3, range: 90 },
      { method: "niblack", radius: [1, 2, 4] },
      { method: "mean", radius: [0, 3, 3], offset: 2 },
      { method: "gaussian", radius: [2, 1, 3] },
    ] as const
  ).map((options) => ({
    name: `local threshold (${options.method})`,
    filter: (v: Volume, o: BorderOptions) => localThreshold(v, { ...options, ...o }),
    exact: true,
    outside: OUTSIDE,
  })),
  { name: "local deviation", filter: (v, o) => localDeviation(v, { radius: [2, 1, 1], ...o }) },
];
