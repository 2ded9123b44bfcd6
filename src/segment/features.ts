import { stackOf } from "../compute/operations/features.js";
import { checkOptions, type RunOptions } from "../core/options.js";
import { checkRegion, wholeRegion } from "../core/shape.js";
import type { Volume } from "../core/volume.js";
import { type Channels, FEATURE_OPTIONS, type FeatureOptions, featureChoice, featureNames } from "./feature-options.js";
import { makeFeatures } from "./make-features.js";

/** Options of {@link features}. */
export interface FeaturesOptions extends FeatureOptions, Omit<RunOptions, "mask" | "to"> {}

const OF_RUN = ["region", "signal", "onProgress", "memoryLimit", "workers"] as const;

/**
 * The features by which {@link trainForest} and {@link predictForest} tell phases apart, as volumes: to look at what a
 * feature shows before it is trained with. The forest itself computes them brick by brick and never writes them out.
 *
 * Blur in grey values, derivatives in grey values per voxel (second ones per square voxel; where voxels are no cubes, per
 * smallest edge). Derivatives of `gradient` and `hessian` are differences of the blurred volume over two voxels; at the faces
 * Sobel's operator sees the outermost voxel twice, and second differences are one-sided. NaN spreads. Same result for any brick
 * shape and number of workers, and with `region` that part of the whole.
 * Cost about 0.5 µs a voxel for the default 15 features on one thread; memory 4 bytes a voxel and feature, and one blurred
 * volume.
 * @param channels a volume of any voxel type and shape, or several on the same grid with names
 * @returns the features by name, `gaussian 1`, `hessian largest 2`, …, with several channels `absorption: gaussian 1`: new
 * float32 volumes of the same shape and voxel size (of the region's shape, with `region`)
 * @throws InvalidArgument if there is no such feature, or a σ is outside its limits
 * @throws MissingData if a σ is a length and the voxel size is unknown
 * @throws LimitExceeded if the memory limit cannot hold a feature
 * @see I. Arganda-Carreras et al., Trainable Weka Segmentation (2017), doi:10.1093/bioinformatics/btx180. With the border
 * `nearest` equal to skimage.feature.multiscale_basic_features but for its scale: that divides grey values of 8 bits
 * by 255, and its Sobel operator gives 2/√3 of the slope (√2 in a slice).
 */
export async function features(
  channels: Channels,
  options: FeaturesOptions = {},
): Promise<Readonly<Record<string, Volume>>> {
  checkOptions("features", options, [...FEATURE_OPTIONS, ...OF_RUN]);
  const choice = featureChoice("features", channels, options);
  const { volumes, names, stack } = choice;
  checkRegion(options.region ?? wholeRegion(volumes[0]!.shape), volumes[0]!.shape);
  const { signal, onProgress, memoryLimit, workers } = options;
  const given = Object.entries({ signal, onProgress, memoryLimit, workers }).filter(([, value]) => value !== undefined);
  const count = stackOf(stack).length;
  const called = featureNames(names, stack);
  const made = new Map<string, Volume>();
  try {
    for (const [k, volume] of volumes.entries()) {
      const own = called.slice(k * count, (k + 1) * count);
      await makeFeatures(volume, own, choice, options.region, Object.fromEntries(given), made);
    }
  } catch (error) {
    for (const volume of made.values()) volume.store.release();
    throw error;
  }
  return Object.fromEntries(called.map((name) => [name, made.get(name)!]));
}
