/**
 * The operations themselves, as the threads run them: a slab of voxels with its halo goes into the thread's own wasm
 * memory, a kernel is called plane by plane (V8 never exchanges code that is running, so one long call would stay in its
 * slowest version), the result comes out as a padded brick.
 */
import { largestBalls } from "./kernels/balls.js";
import { binaryMorphology } from "./kernels/binary.js";
import { countCells } from "./kernels/cells.js";
import { chordsOfBrick } from "./kernels/chords.js";
import { columnSpans, depthLabels, gridCounts, innerVoxels, layerThickness } from "./kernels/columns.js";
import { componentsOfBrick, eraseComponents, labelComponents } from "./kernels/components.js";
import { chanVese, chessboard, classSums, geodesicContour, unequal } from "./kernels/contour.js";
import { edgeStopping, gradientMagnitude, laplacian } from "./kernels/derivative.js";
import { anisotropicDiffusion, meanSquareGradient } from "./kernels/diffusion.js";
import { distancesOfPlanes, stepsAlongZ } from "./kernels/distances.js";
import { distinctValues } from "./kernels/distinct.js";
import { countEdges } from "./kernels/edges.js";
import { countFaces } from "./kernels/faces.js";
import { ofBlurred } from "./kernels/features.js";
import { blockedMarkers, floodBlock } from "./kernels/flood-block.js";
import { forestLabels, forestShares, scribbledVoxels } from "./kernels/forest.js";
import { differenceOfGaussians, gaussian, unsharpMask } from "./kernels/gaussian.js";
import { histogram } from "./kernels/histogram.js";
import { contacts, labelFigures } from "./kernels/label-figures.js";
import { keepInside, labelMask } from "./kernels/labels.js";
import { localThreshold } from "./kernels/local-threshold.js";
import { mapLabels, overlayLabels, surfaceVoxels } from "./kernels/map-labels.js";
import { conditionalModes, fieldSums, restrictLabels } from "./kernels/markov.js";
import { majority, mode } from "./kernels/mode.js";
import { networkOfBrick } from "./kernels/network.js";
import { nonLocalMeans } from "./kernels/nonlocal.js";
import { labelOverlaps } from "./kernels/overlaps.js";
import { type LinesTask, pairsOfLines } from "./kernels/pairs.js";
import { type PartResult, type PartTask, zoneOfBrick } from "./kernels/part.js";
import { particleForms } from "./kernels/particle-forms.js";
import { particleFigures } from "./kernels/particles.js";
import { medianBall, medianBox, percentile } from "./kernels/rank.js";
import { lowered, reconstruct, signedFloats, stillLow } from "./kernels/reconstruct.js";
import { affine, blockMeans, blockModes } from "./kernels/resample.js";
import { loss, moments, rescale } from "./kernels/rescale.js";
import { smoothSurfaces } from "./kernels/smooth-cells.js";
import { peaksOfBrick } from "./kernels/snow.js";
import { KEPT_BYTES, type ReduceTask, type Slab, type TypedSlab, type VolumeTask, Wasm } from "./kernels/task.js";
import { hessianEigenvalues, sheetness, structureTensor } from "./kernels/tensor.js";
import { threshold } from "./kernels/threshold.js";
import { mostNeighbours, throatMeshes } from "./kernels/throat-mesh.js";
import { deviation, maximum, mean, minimum } from "./kernels/window.js";
import { zoneIn } from "./kernels/zone.js";

export { KEPT_BYTES, type PartResult, type Slab, type TypedSlab, type VolumeTask, Wasm, zoneIn };

/** Kernels of volume operations: from slab to result. */
export const volumeKernels: Readonly<Record<string, (task: VolumeTask, parameters: never) => void>> = {
  medianBall,
  medianBox,
  gaussian,
  mean,
  minimum,
  maximum,
  deviation,
  percentile,
  mode,
  nonLocalMeans,
  gradientMagnitude,
  laplacian,
  differenceOfGaussians,
  unsharpMask,
  anisotropicDiffusion,
  hessianEigenvalues,
  structureTensor,
  sheetness,
  threshold,
  localThreshold,
  labelMask,
  rescale,
  blockMeans,
  blockModes,
  affine,
  binaryMorphology,
  labelComponents,
  eraseComponents,
  conditionalModes,
  restrictLabels,
  ofBlurred,
  forestLabels,
  forestShares,
  chanVese,
  geodesicContour,
  chessboard,
  edgeStopping,
  reconstruct,
  lowered,
  stillLow,
  signedFloats,
  floodBlock,
  blockedMarkers,
  keepInside,
  mapLabels,
  overlayLabels,
  surfaceVoxels,
  majority,
  largestBalls,
  layerThickness,
  depthLabels,
  innerVoxels,
};

/** Kernels of reductions. */
export const reduceKernels: Readonly<Record<string, (task: ReduceTask, parameters: never) => unknown>> = {
  meanSquareGradient,
  moments,
  loss,
  histogram,
  componentsOfBrick,
  fieldSums,
  scribbledVoxels,
  classSums,
  unequal,
  labelFigures,
  contacts,
  countFaces,
  distinctValues,
  labelOverlaps,
  countCells,
  countEdges,
  particleFigures,
  particleForms,
  gridCounts,
  columnSpans,
  smoothSurfaces,
  chordsOfBrick,
  networkOfBrick,
  peaksOfBrick,
  mostNeighbours,
  throatMeshes,
};

/** Kernels of parts that are no bricks. */
export const partKernels: Readonly<Record<string, (task: PartTask, parameters: never) => PartResult>> = {
  stepsAlongZ,
  distancesOfPlanes,
  zoneOfBrick,
};

/** Kernels that look along whole lines. */
export const lineKernels: Readonly<Record<string, (task: LinesTask, parameters: never) => unknown>> = {
  pairsOfLines,
};
