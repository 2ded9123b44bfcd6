/**
 * Analysis of voxel volumes from battery X-ray tomography, from a scan to numbers:
 *
 *   import { median, multiOtsu, open, phaseFractions, samples, save, threshold, um } from "voxbook";
 *
 *   const scan = await open("electrode.tif", { spacing: um(0.37) });       // or: await samples.electrode()
 *   const clean = await median(scan, { radius: um(0.8) });                 // a new volume; the scan stays as it is
 *   const thresholds = await multiOtsu(clean, { classes: 3 });             // two grey values
 *   const names = ["pore", "binder", "active material"];                   // dark to bright
 *   const phases = await threshold(clean, thresholds, { names });          // a labels volume
 *   const table = await phaseFractions(phases, { scan: clean });           // fractions, and dφ/dT beside each
 *   await save(table, "fractions.csv");                                    // and how they came to be
 *
 * Before all that, `quality(scan)` tells what the scan allows, `correctCupping`, `removeRings`, `removeStripes` (on projections:
 * `flatField`, `absorbance`, `filteredBackProjection`) and `paganin` take artefacts away, and `filterReport(scan, clean)` tells what a
 * filter took and what it made up. Where one threshold for all is not enough there are `localThreshold`,
 * `hysteresisThreshold`, `markovRandomField`, `watershed`, `chanVese` and, learned from scribbles, `trainForest`. `removeRim`,
 * `opening`, `removeSmall`, `fillHoles` and others clean what came out, and tell in `drift` what that did to the phase fractions;
 * `separateParticles` numbers what touches. `sensitivity(scan, segmentation, phaseFractions)` tells how sure the fractions are.
 *
 * From labels to numbers: `tortuosity(phases, { phase: "pore" })` (the factor k and τ = √k along each axis), `surfaceArea`, `interfaceAreas`,
 * `triplePhaseBoundary`; `particles`, `sizeDistribution`; `localThickness`, `porosimetry`, `chordLengths`, `percolation`; `skeleton`,
 * `medialAxis`, `geodesicTortuosity`, `poreNetwork`. `representativeVolume` tells how large the sample had to be, `uncertaintyBudget` puts one ± beside
 * each number, `stateTable(series([…]), …)` and `trackParticles` follow a cell through its states, `cellParameters` hands over to a model.
 *
 * Axes are [z, y, x]. A bare number is voxels, a length has its unit: um(0.37), nm(128), mm(1.2). Volumes never change and
 * may be larger than memory, so every function that touches voxels is asynchronous. All of these take `region`, `mask`,
 * `signal`, `onProgress`, `memoryLimit`, `workers` and `to` (a file that the result goes into, and from which a killed run
 * goes on) where they make sense; the result never depends on bricks or threads. `estimate(median, scan)` tells what a
 * call will take, `pipeline([median, { radius: 1 }], [threshold, 120]).run(scan)` chains functions brick by brick. `provenance(result)` tells how any result came to be. Errors have a `code` (see isVoxbookError) and say what
 * was wrong, what is allowed and what to do.
 */

// Projections and what goes wrong on the way to a slice.
export { type AbsorbanceOptions, absorbance } from "./artefacts/absorbance.js";
export { type CalibrateOptions, type Calibration, calibrate, type Reference } from "./artefacts/calibrate.js";
export { type CentreOfRotationOptions, centreOfRotation } from "./artefacts/centre-of-rotation.js";
export { type CorrectCuppingOptions, correctCupping } from "./artefacts/correct-cupping.js";
export {
  type CorrectDriftOptions,
  correctDrift,
  type SliceProfileOptions,
  sliceProfile,
} from "./artefacts/correct-drift.js";
export { type CorrectZernikeOptions, correctZernike } from "./artefacts/correct-zernike.js";
export { type FilteredBackProjectionOptions, filteredBackProjection } from "./artefacts/filtered-back-projection.js";
export { type FlatFieldOptions, flatField } from "./artefacts/flat-field.js";
export { type ForwardProjectionOptions, forwardProjection } from "./artefacts/forward-projection.js";
export { type FourierShellCorrelationOptions, fourierShellCorrelation } from "./artefacts/fourier-shell-correlation.js";
export { type PaganinOptions, type PropagationOptions, paganin } from "./artefacts/paganin.js";
export { type FromSinogramsOptions, fromSinograms } from "./artefacts/projections.js";
export { type QualityOptions, quality } from "./artefacts/quality.js";
export { type RadialProfileOptions, radialProfile } from "./artefacts/radial-profile.js";
export { reduceStreaks, type StreakOptions, streakMap } from "./artefacts/reduce-streaks.js";
export { type RemoveRingsOptions, removeRings } from "./artefacts/remove-rings.js";
export { type RemoveStripesOptions, removeStripes } from "./artefacts/remove-stripes.js";
export { type SamplingCheckOptions, samplingCheck } from "./artefacts/sampling-check.js";
export { type TransmissionCheckOptions, transmissionCheck } from "./artefacts/transmission-check.js";
// Volumes and their units.
export { type Estimate, estimate } from "./compute/estimate.js";
export { memory, release } from "./compute/memory.js";
export { type ColumnValues, type FromColumnsOptions, fromColumns } from "./core/arrow/from-columns.js";
export { type Lines, type LinesOptions, lines } from "./core/arrow/lines.js";
export { type SelectColumnsOptions, selectColumns } from "./core/arrow/select-columns.js";
export type { ResultTable } from "./core/arrow/table.js";
export type { Border, BorderOptions } from "./core/border.js";
export type { DType, Voxels } from "./core/dtype.js";
export {
  ComputeFailed,
  type ErrorCode,
  InvalidArgument,
  isVoxbookError,
  LimitExceeded,
  MalformedFile,
  MissingData,
  UnsupportedFeature,
  VoxbookError,
} from "./core/errors.js";
export { type Length, mm, nm, um } from "./core/length.js";
export type { Progress, RunOptions } from "./core/options.js";
export type { Phase, PhaseChanges, PhaseDrift } from "./core/phases.js";
export type { ProjectionScan } from "./core/projection-scan.js";
export { type Provenance, provenance, type Traced } from "./core/provenance.js";
export type { Axis, Region, Shape, Triple } from "./core/shape.js";
export { type Role, Volume, type VolumeChanges } from "./core/volume.js";
// Filters.
export { type AffineTransformOptions, affineTransform } from "./filters/affine-transform.js";
export { type AnisotropicDiffusionOptions, anisotropicDiffusion } from "./filters/anisotropic-diffusion.js";
export { type ClipOptions, clip } from "./filters/clip.js";
export type { ConversionOptions, GreyRange } from "./filters/conversion.js";
export { type ConversionLossOptions, conversionLoss } from "./filters/conversion-loss.js";
export { type ConvertOptions, convert } from "./filters/convert.js";
export { type CropOptions, crop } from "./filters/crop.js";
export { type DifferenceOfGaussiansOptions, differenceOfGaussians } from "./filters/difference-of-gaussians.js";
export { type DownsampleOptions, downsample } from "./filters/downsample.js";
export { type ExtremeOptions, maximum, minimum } from "./filters/extremes.js";
export { type GaussianOptions, gaussian } from "./filters/gaussian.js";
export { type GradientMagnitudeOptions, gradientMagnitude } from "./filters/gradient-magnitude.js";
export { type HessianEigenvaluesOptions, hessianEigenvalues } from "./filters/hessian-eigenvalues.js";
export { type InverseGaussianGradientOptions, inverseGaussianGradient } from "./filters/inverse-gaussian-gradient.js";
export { type LaplacianOfGaussianOptions, laplacianOfGaussian } from "./filters/laplacian-of-gaussian.js";
export { type LocalDeviationOptions, localDeviation } from "./filters/local-deviation.js";
export { type MeanOptions, mean } from "./filters/mean.js";
export { type MedianOptions, median } from "./filters/median.js";
export { type ModeOptions, mode } from "./filters/mode.js";
export type { PerAxis } from "./filters/neighbourhood.js";
export { type NonLocalMeansOptions, nonLocalMeans } from "./filters/non-local-means.js";
export { type NormaliseOptions, normalise } from "./filters/normalise.js";
export { type PercentileOptions, percentile } from "./filters/percentile.js";
export type { RegridOptions } from "./filters/regrid.js";
export { type ResampleOptions, resample } from "./filters/resample.js";
export { type RotateOptions, rotate } from "./filters/rotate.js";
export { type SheetnessOptions, sheetness } from "./filters/sheetness.js";
export { type StructureTensorOptions, structureTensor } from "./filters/structure-tensor.js";
export { type UnsharpMaskOptions, unsharpMask } from "./filters/unsharp-mask.js";
// Files and Arrow tables.
export { fromArrow, toArrow } from "./io/arrow.js";
export { type OpenProjectionsOptions, openProjections } from "./io/data-exchange.js";
export { type FromVoxelsOptions, fromVoxels } from "./io/from-voxels.js";
export { type OpenOptions, open } from "./io/open.js";
export type { PublishedOptions } from "./io/published.js";
export { type SaveOptions, save } from "./io/save.js";
// Numbers.
export { type ChordLengths, type ChordLengthsOptions, chordLengths } from "./measure/chord-lengths.js";
export { type CompareLabelsOptions, compareLabels, type LabelComparison } from "./measure/compare-labels.js";
export { type CompareMethodsOptions, compareMethods } from "./measure/compare-methods.js";
export { type ContactAreasOptions, contactAreas } from "./measure/contact-areas.js";
export { type Cracks, type CracksOptions, cracks } from "./measure/cracks.js";
export {
  type CollectorPlane,
  type Delamination,
  type DelaminationOptions,
  delamination,
} from "./measure/delamination.js";
export { type EulerNumberOptions, eulerNumber } from "./measure/euler-number.js";
export type { VolumeFace } from "./measure/faces.js";
export { type FilterReportOptions, filterReport } from "./measure/filter-report.js";
export {
  type GeodesicTortuosity,
  type GeodesicTortuosityOptions,
  geodesicTortuosity,
} from "./measure/geodesic-tortuosity.js";
export { type InterfaceAreasOptions, interfaceAreas } from "./measure/interface-areas.js";
export { type LabelStatisticsOptions, labelStatistics } from "./measure/label-statistics.js";
export { type LayerThickness, type LayerThicknessOptions, layerThickness } from "./measure/layer-thickness.js";
export { type LocalThicknessOptions, localThickness } from "./measure/local-thickness.js";
export { type MedialAxisOptions, medialAxis } from "./measure/medial-axis.js";
export { type ParticlesOptions, particles } from "./measure/particles.js";
export { type Percolation, type PercolationOptions, percolation } from "./measure/percolation.js";
export { type PhaseFractionsOptions, phaseFractions } from "./measure/phase-fractions.js";
export { type PhasePicture, type PhasePictureOptions, phasePicture } from "./measure/phase-picture.js";
export { type PhaseProfileOptions, phaseProfile } from "./measure/phase-profile.js";
export type { Choice, Chosen, LengthRange, NumberRange, PlausibleRange, Vary } from "./measure/plausible-ranges.js";
export {
  type PoreSizeDistribution,
  type PoreSizeDistributionOptions,
  poreSizeDistribution,
} from "./measure/pore-size-distribution.js";
export { type Porosimetry, type PorosimetryOptions, porosimetry } from "./measure/porosimetry.js";
export type { Measured, Quantities } from "./measure/quantities.js";
export { type Quasi4DOptions, quasi4D } from "./measure/quasi-4d.js";
export { type RadialGreyProfileOptions, radialGreyProfile } from "./measure/radial-grey-profile.js";
export {
  type RepresentativeVolume,
  type RepresentativeVolumeOptions,
  representativeVolume,
} from "./measure/representative-volume.js";
export { type SaltykovOptions, saltykov } from "./measure/saltykov.js";
export { Series, type SeriesOptions, type State, series } from "./measure/series.js";
export {
  type SizeDistribution,
  type SizeDistributionOptions,
  type SizeQuantiles,
  sizeDistribution,
} from "./measure/size-distribution.js";
export { type SkeletonBranches, type SkeletonBranchesOptions, skeletonBranches } from "./measure/skeleton-branches.js";
export type { VolumeQuantity } from "./measure/sub-volumes.js";
export { type SurfaceAreaOptions, type SurfaceMethod, surfaceArea } from "./measure/surface-area.js";
export { type SurfaceDistancesOptions, surfaceDistances } from "./measure/surface-distances.js";
export { type SurfaceResolutionOptions, surfaceResolution } from "./measure/surface-resolution.js";
export { type ThicknessMap, type ThicknessMapOptions, thicknessMap } from "./measure/thickness-map.js";
export { type ThresholdRanges, type ThresholdRangesOptions, thresholdRanges } from "./measure/threshold-ranges.js";
export { type TrackParticlesOptions, type Tracks, trackParticles } from "./measure/track-particles.js";
export { type TriplePhaseBoundaryOptions, triplePhaseBoundary } from "./measure/triple-phase-boundary.js";
export {
  type TwoPointCorrelation,
  type TwoPointCorrelationOptions,
  twoPointCorrelation,
} from "./measure/two-point-correlation.js";
export { type TwoPointMapOptions, twoPointMap } from "./measure/two-point-map.js";
export { type VolumeExpansionOptions, volumeExpansion } from "./measure/volume-expansion.js";
// Morphology of masks, phases and grey values.
export { closing } from "./morphology/closing.js";
export { type ComponentsOptions, components } from "./morphology/components.js";
export { dilation } from "./morphology/dilation.js";
export { type DistanceTransformOptions, distanceTransform } from "./morphology/distance-transform.js";
export { erosion } from "./morphology/erosion.js";
export { type FillHolesOptions, fillHoles } from "./morphology/fill-holes.js";
export { hMaxima } from "./morphology/h-maxima.js";
export { hMinima } from "./morphology/h-minima.js";
export { type KeepLargestOptions, keepLargest } from "./morphology/keep-largest.js";
export { type MajorityOptions, majority } from "./morphology/majority.js";
export type { HMaximaOptions, RegionalMaximaOptions } from "./morphology/maxima.js";
export { opening } from "./morphology/opening.js";
export { type ReconstructionOptions, reconstruction } from "./morphology/reconstruction.js";
export { regionalMaxima } from "./morphology/regional-maxima.js";
export { regionalMinima } from "./morphology/regional-minima.js";
export { type RemoveSmallOptions, removeSmall } from "./morphology/remove-small.js";
export { type SkeletonOptions, skeleton } from "./morphology/skeleton.js";
export { type SmoothLabelsOptions, smoothLabels } from "./morphology/smooth-labels.js";
export type { MorphologyOptions } from "./morphology/structuring.js";
// Pore networks.
export type { FaceName } from "./network/faces.js";
export { PoreNetwork, type PoreNetworkInit } from "./network/network.js";
export { type NetworkFlowOptions, networkDiffusion } from "./network/network-diffusion.js";
export { type NetworkPath, type NetworkPathOptions, networkPath } from "./network/network-path.js";
export { networkPermeability } from "./network/network-permeability.js";
export { type NetworkStatisticsOptions, networkStatistics } from "./network/network-statistics.js";
export { openNetwork } from "./network/open-network.js";
export { type PoreNetworkOptions, poreNetwork } from "./network/pore-network.js";
export { saveNetwork } from "./network/save-network.js";
export { type TrimNetworkOptions, trimNetwork } from "./network/trim-network.js";
// Chains of functions.
export type { RelativePart, SamplingPart } from "./recipes/budget-parts.js";
export {
  type MeasuredSamples,
  type MeasureSamplesOptions,
  measureSamples,
  type Sample,
} from "./recipes/measure-samples.js";
export type { QuantityOf, QuantitySet } from "./recipes/measured-each.js";
export { recipe } from "./recipes/open-recipe.js";
export { type Pipeline, type PipelineStep, pipeline } from "./recipes/pipeline.js";
export type { Recipe } from "./recipes/recipe.js";
export type { RunAllOptions } from "./recipes/run-all.js";
export {
  type QuantityFunction,
  type Segmentation,
  type Sensitivity,
  type SensitivityOptions,
  type SensitivityRun,
  sensitivity,
} from "./recipes/sensitivity.js";
export { type StateTableOptions, stateTable } from "./recipes/state-table.js";
export { type UncertaintyBudgetOptions, uncertaintyBudget } from "./recipes/uncertainty-budget.js";
// Segmentation.
export { type ChanVeseOptions, chanVese } from "./segment/chan-vese.js";
export { type CombineOptions, combine } from "./segment/combine.js";
export { type CropToLabelOptions, cropToLabel } from "./segment/crop-to-label.js";
export type { FeatureName, FeatureOptions } from "./segment/feature-options.js";
export { type FeaturesOptions, features } from "./segment/features.js";
export { Forest, type ForestScore, openForest } from "./segment/forest.js";
export type { ForestModel } from "./segment/forest-model.js";
export { type GaussianMixture, type GaussianMixtureOptions, gaussianMixture } from "./segment/gaussian-mixture.js";
export { type GeodesicContourOptions, geodesicContour } from "./segment/geodesic-contour.js";
export type { GreyThresholdOptions } from "./segment/grey-bars.js";
export { type GrowRegionOptions, growRegion } from "./segment/grow-region.js";
export { type HysteresisThresholdOptions, hysteresisThreshold } from "./segment/hysteresis-threshold.js";
export { isodata } from "./segment/isodata.js";
export { type GreyClasses, type KMeansOptions, kMeans } from "./segment/k-means.js";
export { type KapurOptions, kapur } from "./segment/kapur.js";
export type { LabelMapping } from "./segment/label-mapping.js";
export { type LabelMaskOptions, labelMask } from "./segment/label-mask.js";
export { li } from "./segment/li.js";
export { type LocalThresholdOptions, localThreshold } from "./segment/local-threshold.js";
export { type MarkovEnergy, type MarkovEnergyOptions, markovEnergy } from "./segment/markov-energy.js";
export { markovRandomField } from "./segment/markov-random-field.js";
export type { MarkovRandomFieldOptions } from "./segment/markov-random-field-options.js";
export { type MinimumThresholdOptions, minimumThreshold } from "./segment/minimum-threshold.js";
export { type MultiOtsuOptions, multiOtsu } from "./segment/multi-otsu.js";
export { type OtsuOptions, otsu } from "./segment/otsu.js";
export { type PredictForestOptions, predictForest } from "./segment/predict-forest.js";
export { type RelabelOptions, relabel } from "./segment/relabel.js";
export { type RemoveRimOptions, removeRim } from "./segment/remove-rim.js";
export { type SeparabilityOptions, separability } from "./segment/separability.js";
export { type SeparateParticlesOptions, separateParticles } from "./segment/separate-particles.js";
export type { SnowOptions, SnowPartitionOptions } from "./segment/snow-options.js";
export { snowPartition } from "./segment/snow-partition.js";
export { snowPeaks } from "./segment/snow-peaks.js";
export { type ThresholdOptions, threshold } from "./segment/threshold.js";
export {
  type ThresholdsFromReferencesOptions,
  thresholdsFromReferences,
} from "./segment/thresholds-from-references.js";
export { trainForest } from "./segment/train-forest.js";
export type { TrainForestOptions } from "./segment/train-forest-options.js";
export { triangle } from "./segment/triangle.js";
export { type ValleysOptions, valleys } from "./segment/valleys.js";
export { type WatershedOptions, watershed } from "./segment/watershed.js";
export { yen } from "./segment/yen.js";
// Volumes to try things on, and parameters of cells.
export type { LayerParameters } from "./simulate/cell-layers.js";
export { type CellLayers, CellParameters, cellParameters } from "./simulate/cell-parameters.js";
export type { CellValue, FromTable } from "./simulate/cell-values.js";
export type { ElectrodeOptions } from "./simulate/electrode-options.js";
export type { Ellipse } from "./simulate/ellipses.js";
export type { LabelsScanOptions } from "./simulate/labels-scan.js";
export type { PropagatedOptions, ZernikeOptions } from "./simulate/phase-images.js";
export type { SimulatedProjections } from "./simulate/projections.js";
export type { ProjectionsOptions } from "./simulate/projections-options.js";
export { samples } from "./simulate/samples.js";
export type { ScanOptions } from "./simulate/scan-options.js";
// What is in a volume.
export { type Histogram, type HistogramOptions, histogram } from "./statistics/histogram.js";
export { type Modes, type ModesOptions, modes, type Peak } from "./statistics/modes.js";
export { type NoiseLevelOptions, noiseLevel } from "./statistics/noise-level.js";
// Transport.
export type { AxesOptions, ConductorOptions } from "./transport/conduct-axes.js";
export type { Conductivities } from "./transport/conductors.js";
export { type EffectiveConductivityOptions, effectiveConductivity } from "./transport/effective-conductivity.js";
export { type EffectiveTensor, type EffectiveTensorOptions, effectiveTensor } from "./transport/effective-tensor.js";
export { type ElectrodeImpedanceOptions, electrodeImpedance } from "./transport/electrode-impedance.js";
export type { ElectrodePoreOptions } from "./transport/electrode-pores.js";
export {
  type ElectrodeTortuosity,
  type ElectrodeTortuosityOptions,
  electrodeTortuosity,
} from "./transport/electrode-tortuosity.js";
export { type FluxMaps, type FluxMapsOptions, fluxMaps } from "./transport/flux-maps.js";
export { type TortuosityOptions, tortuosity } from "./transport/tortuosity.js";
