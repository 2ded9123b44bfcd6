import { type Feature, filterOf, marginOf, ofBlurred, stackOf } from "../compute/operations/features.js";
import { copy, gaussian, type VolumeOperation } from "../compute/operations.js";
import { run } from "../compute/run.js";
import { checkOptions, type RunOptions } from "../core/options.js";
import { trace } from "../core/provenance.js";
import { checkRegion, type Region, type Triple, wholeRegion } from "../core/shape.js";
import type { Volume } from "../core/volume.js";
import {
  type Channels,
  FEATURE_OPTIONS,
  type FeatureChoice,
  type FeatureOptions,
  featureChoice,
  featureNames,
} from "./feature-options.js";

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
 * Cost about 0.1 µs a voxel for the default 15 features on one thread; memory 4 bytes a voxel and feature, and one blurred
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
  const { region = wholeRegion(volumes[0]!.shape) } = options;
  checkRegion(region, volumes[0]!.shape);
  const called = featureNames(names, stack);
  const made: Record<string, Volume> = {};
  try {
    for (const [k, volume] of volumes.entries()) {
      const own = called.slice(k * stackOf(stack).length, (k + 1) * stackOf(stack).length);
      await addFeatures(made, volume, own, region, choice, options);
    }
  } catch (error) {
    for (const volume of Object.values(made)) volume.store.release();
    throw error;
  }
  return Object.fromEntries(called.map((name) => [name, made[name]!]));
}

/** Adds the features of one channel. */
async function addFeatures(
  made: Record<string, Volume>,
  volume: Volume,
  called: readonly string[],
  region: Region,
  { stack, slicewise, border }: FeatureChoice,
  options: FeaturesOptions,
): Promise<void> {
  const { signal, onProgress, memoryLimit, workers } = options;
  const given = { signal, onProgress, memoryLimit, workers };
  const rest = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  const facts = (feature: string) => {
    const parameters = { feature, slicewise, border, region: options.region };
    return { provenance: trace("features", parameters, { volume }), role: "field" as const };
  };
  const all = stackOf(stack).map((feature, k) => ({ ...feature, called: called[k]! }));
  const keep = async <P>(name: string, operation: VolumeOperation<P>, from: Volume, parameters: P, box: Region) => {
    made[name] = await run(operation, from, parameters, { ...rest, border, region: box }, facts(name));
  };
  const asFloats = (name: string, from: Volume) =>
    keep(name, gaussian, from, { sigma: [0, 0, 0], dtype: "float32" }, region);
  for (const feature of all.filter(({ name }) => name === "value")) await asFloats(feature.called, volume);
  for (const level of stack.sigmas.keys()) {
    const here = all.filter((feature) => feature.level === level && feature.name !== "value");
    const blurred = here.filter(({ name }) => ["gaussian", "gradient", "hessian"].includes(name));
    if (blurred.length > 0) {
      const box = around(region, marginOf(stack.scale), volume);
      const sigma = stack.sigmas[level]!;
      const name = blurred.find((one) => one.name === "gaussian")?.called ?? "gaussian";
      const blur = await run(
        gaussian,
        volume,
        { sigma, dtype: "float32" },
        { ...rest, border, region: box },
        facts(name),
      );
      const inner = {
        start: region.start.map((n, k) => n - box.start[k]!) as unknown as Triple,
        stop: region.stop.map((n, k) => n - box.start[k]!) as unknown as Triple,
      };
      const whole = inner.start.every((n, k) => n === 0 && inner.stop[k] === blur.shape[k]);
      let kept = false;
      try {
        for (const one of blurred) {
          if (one.name !== "gaussian") {
            const which = one.which ?? "gradient";
            await keep(one.called, ofBlurred, blur, { which, scale: stack.scale, shape: blur.shape }, inner);
          } else if (whole) {
            made[one.called] = blur;
            kept = true;
          } else await keep(one.called, copy, blur, {}, inner);
        }
      } finally {
        if (!kept) blur.store.release();
      }
    }
    for (const feature of here) {
      const filter = filterOf(feature, stack);
      if (filter === undefined) continue;
      const operation = filter.operation as VolumeOperation<unknown>;
      const result = await run(
        operation,
        volume,
        filter.parameters,
        { ...rest, border, region },
        facts(feature.called),
      );
      if (result.dtype === "float32") made[feature.called] = result;
      else {
        made[feature.called] = await floats(result, feature, facts(feature.called), rest);
        result.store.release();
      }
    }
  }
}

/** Extremes have the voxel type of the volume. */
const floats = (volume: Volume, _: Feature, facts: Parameters<typeof run>[4], rest: RunOptions): Promise<Volume> =>
  run(gaussian, volume, { sigma: [0, 0, 0], dtype: "float32" }, rest, facts);

/** A region with a margin, inside the volume. */
const around = ({ start, stop }: Region, margin: Triple, { shape }: Volume): Region => ({
  start: start.map((n, k) => Math.max(0, n - margin[k]!)) as unknown as Triple,
  stop: stop.map((n, k) => Math.min(shape[k]!, n + margin[k]!)) as unknown as Triple,
});
