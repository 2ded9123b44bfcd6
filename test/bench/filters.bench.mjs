import { threshold } from "../../dist/src/compute/operations.js";
import { run } from "../../dist/src/compute/run.js";
import { trace } from "../../dist/src/core/provenance.js";
import { anisotropicDiffusion } from "../../dist/src/filters/anisotropic-diffusion.js";
import { differenceOfGaussians } from "../../dist/src/filters/difference-of-gaussians.js";
import { maximum, minimum } from "../../dist/src/filters/extremes.js";
import { gaussian } from "../../dist/src/filters/gaussian.js";
import { gradientMagnitude } from "../../dist/src/filters/gradient-magnitude.js";
import { hessianEigenvalues } from "../../dist/src/filters/hessian-eigenvalues.js";
import { laplacianOfGaussian } from "../../dist/src/filters/laplacian-of-gaussian.js";
import { localDeviation } from "../../dist/src/filters/local-deviation.js";
import { mean } from "../../dist/src/filters/mean.js";
import { median } from "../../dist/src/filters/median.js";
import { mode } from "../../dist/src/filters/mode.js";
import { nonLocalMeans } from "../../dist/src/filters/non-local-means.js";
import { percentile } from "../../dist/src/filters/percentile.js";
import { sheetness } from "../../dist/src/filters/sheetness.js";
import { structureTensor } from "../../dist/src/filters/structure-tensor.js";
import { unsharpMask } from "../../dist/src/filters/unsharp-mask.js";

/** @type {typeof import("./rows.js").prepare} */
export const prepare = async ({ u8 }) => {
  const facts = { provenance: trace("bench", {}), role: "labels" };
  const labels = await run(threshold, u8.volume, { thresholds: [85, 142] }, {}, facts);
  return { labels };
};

/** @type {typeof import("./rows.js").rows} */
export const rows = ({ size, u8 }, { labels }) => {
  const read = (volume) => volume.read();
  const row = (operation, run, peer, peers) => ({ operation, size, input: u8, run, output: read, peer, peers });
  // At the borders scikit-image's rank filters cut the neighbourhood off and SimpleITK repeats the outermost voxel, where
  // SciPy and we reflect: compared inside only.
  return [
    row(
      "median, box 3×3×3, uint8",
      (workers) => median(u8.volume, { shape: "box", radius: 1, workers }),
      "median_box_1",
      { "scipy.ndimage": {}, SimpleITK: {}, "scikit-image": { margin: 1 } },
    ),
    row(
      "median, box 5×5×5, uint8",
      (workers) => median(u8.volume, { shape: "box", radius: 2, workers }),
      "median_box_2",
      { "scipy.ndimage": {}, SimpleITK: { margin: 2 }, "scikit-image": { margin: 2 } },
    ),
    row("median, ball of radius 2, uint8", (workers) => median(u8.volume, { radius: 2, workers }), "median_ball_2", {
      "scipy.ndimage": {},
      "scikit-image": { margin: 2 },
    }),
    row(
      "Gaussian, σ 2, uint8 to float32",
      (workers) => gaussian(u8.volume, { sigma: 2, dtype: "float32", workers }),
      "gaussian_s2",
      { "scipy.ndimage": { tolerance: 1e-5 }, "scikit-image": { tolerance: 1e-5 }, SimpleITK: { tolerance: 1e-5 } },
    ),
    row(
      "mean, box 3×3×3, uint8 to float32",
      (workers) => mean(u8.volume, { dtype: "float32", workers }),
      "mean_box_1",
      { "scipy.ndimage": { tolerance: 1e-6 }, SimpleITK: { tolerance: 1e-6, margin: 1 } },
    ),
    row("minimum, box 3×3×3, uint8", (workers) => minimum(u8.volume, { workers }), "minimum_box_1", {
      "scipy.ndimage": {},
      SimpleITK: { margin: 1 },
    }),
    row("maximum, box 3×3×3, uint8", (workers) => maximum(u8.volume, { workers }), "maximum_box_1", {
      "scipy.ndimage": {},
      SimpleITK: { margin: 1 },
    }),
    row(
      "percentile 25, box 3×3×3, uint8",
      (workers) => percentile(u8.volume, 25, { shape: "box", workers }),
      "percentile_25_box_1",
      { "scipy.ndimage": {} },
    ),
    row("local deviation, box 3×3×3, uint8", (workers) => localDeviation(u8.volume, { workers }), "deviation_box_1", {
      "scipy.ndimage": { tolerance: 1e-6 },
    }),
    row(
      "gradient magnitude by Sobel, uint8 to float32",
      (workers) => gradientMagnitude(u8.volume, { method: "sobel", workers }),
      "sobel",
      { "scipy.ndimage": { tolerance: 1e-6 } },
    ),
    row(
      "gradient magnitude, σ 1, uint8 to float32",
      (workers) => gradientMagnitude(u8.volume, { workers }),
      "gradient_magnitude_s1",
      { "scipy.ndimage": { tolerance: 1e-6 }, SimpleITK: { tolerance: 1e-2, margin: 8 } },
    ),
    row("Laplacian of Gaussian, σ 1", (workers) => laplacianOfGaussian(u8.volume, { workers }), "log_s1", {
      "scipy.ndimage": { tolerance: 1e-5 },
    }),
    row("difference of Gaussians, σ 1 and 1.6", (workers) => differenceOfGaussians(u8.volume, { workers }), "dog_s1", {
      "scikit-image": { tolerance: 1e-5 },
    }),
    // The blur of SimpleITK is a recursive approximation: near to ours, and at the borders another one.
    row(
      "unsharp mask, σ 2, uint8 to float32",
      (workers) => unsharpMask(u8.volume, { sigma: 2, dtype: "float32", workers }),
      "unsharp_s2",
      { "scikit-image": { tolerance: 1e-5 }, SimpleITK: { tolerance: 1e-2, margin: 8 } },
    ),
    row("mode, box 3×3×3, uint8", (workers) => mode(u8.volume, { workers }), "mode_box_1", {
      "scikit-image": { margin: 1 },
    }),
    row("mode, box 3×3×3, labels of 3 phases", (workers) => mode(labels, { workers }), "mode_of_labels", {
      "scikit-image": { margin: 1 },
    }),
    // The edge is measured before each step, as SimpleITK does it.
    row(
      "anisotropic diffusion, 5 iterations, uint8 to float32",
      (workers) => anisotropicDiffusion(u8.volume, { edge: { relative: 3 * Math.SQRT2 }, dtype: "float32", workers }),
      "anisotropic_diffusion",
      { SimpleITK: { tolerance: 1e-5 } },
    ),
    row(
      "anisotropic diffusion, its edge measured once",
      (workers) =>
        anisotropicDiffusion(u8.volume, { edge: { relative: 3 * Math.SQRT2, every: 5 }, dtype: "float32", workers }),
      "anisotropic_diffusion_once",
      { SimpleITK: { tolerance: 1e-5 } },
    ),
    // A small sum of six directions, each rounded at one, times the slope: both sides have a float32 volume between steps.
    row(
      "anisotropic diffusion by curvature, 5 iterations",
      (workers) =>
        anisotropicDiffusion(u8.volume, {
          edge: { relative: 3 * Math.SQRT2 },
          method: "curvature",
          dtype: "float32",
          workers,
        }),
      "curvature_diffusion",
      { SimpleITK: { tolerance: 1e-4 } },
    ),
    // The derivatives of scikit-image are two first ones of σ/√2 each, sampled apart.
    row(
      "largest eigenvalue of the Hessian, σ 2",
      (workers) => hessianEigenvalues(u8.volume, { sigma: 2, workers }),
      "hessian_s2",
      { "scipy.ndimage, numpy": { tolerance: 1e-5 }, "scikit-image": { tolerance: 1e-2, margin: 16 } },
    ),
    row("dark sheets, σ 1 and 2", (workers) => sheetness(u8.volume, { sigma: [1, 2], workers }), "sheets_1_2", {
      "scipy.ndimage, numpy": { tolerance: 1e-5 },
    }),
    // It reflects the products of derivatives at the borders, where here the grey values are.
    row(
      "largest eigenvalue of the structure tensor by Sobel, ρ 2",
      (workers) => structureTensor(u8.volume, { method: "sobel", rho: 2, workers }),
      "structure_s2",
      { "scikit-image": { tolerance: 1e-5, margin: 9 } },
    ),
    // What the fast mode of scikit-image computes for a patch of 3, but for its approximate exponential: see nonLocalMeans.
    row(
      "non-local means, patch 3, search 3, uint8 to float32",
      (workers) =>
        nonLocalMeans(u8.volume, {
          patch: 2,
          strength: 11 * Math.sqrt(27 / 8),
          noise: 14,
          dtype: "float32",
          workers,
        }),
      "non_local_means",
      { "scikit-image": { tolerance: 5e-3, margin: 5 } },
    ),
  ];
};
