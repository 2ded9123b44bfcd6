/** The functions that a recipe may name: all that make a volume of a volume. */

import { absorbance } from "../artefacts/absorbance.js";
import { correctCupping } from "../artefacts/correct-cupping.js";
import { correctDrift } from "../artefacts/correct-drift.js";
import { correctZernike } from "../artefacts/correct-zernike.js";
import { paganin } from "../artefacts/paganin.js";
import { reduceStreaks } from "../artefacts/reduce-streaks.js";
import { removeRings } from "../artefacts/remove-rings.js";
import { removeStripes } from "../artefacts/remove-stripes.js";
import type { Volume } from "../core/volume.js";
import { affineTransform } from "../filters/affine-transform.js";
import { anisotropicDiffusion } from "../filters/anisotropic-diffusion.js";
import { clip } from "../filters/clip.js";
import { convert } from "../filters/convert.js";
import { crop } from "../filters/crop.js";
import { differenceOfGaussians } from "../filters/difference-of-gaussians.js";
import { downsample } from "../filters/downsample.js";
import { maximum, minimum } from "../filters/extremes.js";
import { gaussian } from "../filters/gaussian.js";
import { gradientMagnitude } from "../filters/gradient-magnitude.js";
import { hessianEigenvalues } from "../filters/hessian-eigenvalues.js";
import { inverseGaussianGradient } from "../filters/inverse-gaussian-gradient.js";
import { laplacianOfGaussian } from "../filters/laplacian-of-gaussian.js";
import { localDeviation } from "../filters/local-deviation.js";
import { mean } from "../filters/mean.js";
import { median } from "../filters/median.js";
import { mode } from "../filters/mode.js";
import { nonLocalMeans } from "../filters/non-local-means.js";
import { normalise } from "../filters/normalise.js";
import { percentile } from "../filters/percentile.js";
import { resample } from "../filters/resample.js";
import { rotate } from "../filters/rotate.js";
import { sheetness } from "../filters/sheetness.js";
import { structureTensor } from "../filters/structure-tensor.js";
import { unsharpMask } from "../filters/unsharp-mask.js";
import { closing } from "../morphology/closing.js";
import { components } from "../morphology/components.js";
import { dilation } from "../morphology/dilation.js";
import { distanceTransform } from "../morphology/distance-transform.js";
import { erosion } from "../morphology/erosion.js";
import { fillHoles } from "../morphology/fill-holes.js";
import { hMaxima } from "../morphology/h-maxima.js";
import { hMinima } from "../morphology/h-minima.js";
import { keepLargest } from "../morphology/keep-largest.js";
import { majority } from "../morphology/majority.js";
import { opening } from "../morphology/opening.js";
import { regionalMaxima } from "../morphology/regional-maxima.js";
import { regionalMinima } from "../morphology/regional-minima.js";
import { removeSmall } from "../morphology/remove-small.js";
import { skeleton } from "../morphology/skeleton.js";
import { smoothLabels } from "../morphology/smooth-labels.js";
import { chanVese } from "../segment/chan-vese.js";
import { cropToLabel } from "../segment/crop-to-label.js";
import { hysteresisThreshold } from "../segment/hysteresis-threshold.js";
import { labelMask } from "../segment/label-mask.js";
import { localThreshold } from "../segment/local-threshold.js";
import { markovRandomField } from "../segment/markov-random-field.js";
import { predictForest } from "../segment/predict-forest.js";
import { relabel } from "../segment/relabel.js";
import { separateParticles } from "../segment/separate-particles.js";
import { snowPartition } from "../segment/snow-partition.js";
import { snowPeaks } from "../segment/snow-peaks.js";
import { threshold } from "../segment/threshold.js";

/** A function of the library that makes a volume of a volume; its last argument is an object of options. */
export type StepFunction = (volume: Volume, ...rest: never[]) => Promise<Volume>;

export const STEPS: Readonly<Record<string, StepFunction>> = {
  absorbance,
  affineTransform,
  chanVese,
  clip,
  closing,
  components,
  convert,
  anisotropicDiffusion,
  correctCupping,
  correctDrift,
  correctZernike,
  crop,
  cropToLabel,
  differenceOfGaussians,
  dilation,
  distanceTransform,
  downsample,
  erosion,
  fillHoles,
  gaussian,
  gradientMagnitude,
  hMaxima,
  hMinima,
  hessianEigenvalues,
  hysteresisThreshold,
  inverseGaussianGradient,
  keepLargest,
  labelMask,
  laplacianOfGaussian,
  localDeviation,
  localThreshold,
  majority,
  markovRandomField,
  maximum,
  mean,
  median,
  minimum,
  mode,
  nonLocalMeans,
  normalise,
  opening,
  paganin,
  percentile,
  predictForest,
  reduceStreaks,
  relabel,
  regionalMaxima,
  regionalMinima,
  removeRings,
  removeSmall,
  removeStripes,
  resample,
  rotate,
  smoothLabels,
  sheetness,
  skeleton,
  separateParticles,
  snowPartition,
  snowPeaks,
  structureTensor,
  threshold,
  unsharpMask,
};

/** Steps that have options without which they do nothing: only these count in the number of a function's arguments. */
const NEED_OPTIONS: ReadonlySet<StepFunction> = new Set<StepFunction>([correctZernike, paganin, reduceStreaks]);

/** At which of its arguments after the volume a step has its options. */
export const optionsAt = (step: StepFunction): number => step.length - (NEED_OPTIONS.has(step) ? 2 : 1);

/** Steps that take no mask: what they work on is a whole plane, or another grid. */
export const WITHOUT_MASK: ReadonlySet<string> = new Set([
  "absorbance",
  "affineTransform",
  "correctZernike",
  "crop",
  "cropToLabel",
  "distanceTransform",
  "downsample",
  "fillHoles",
  "keepLargest",
  "paganin",
  "reduceStreaks",
  "relabel",
  "removeRings",
  "removeSmall",
  "removeStripes",
  "resample",
  "rotate",
  "skeleton",
  "smoothLabels",
]);
