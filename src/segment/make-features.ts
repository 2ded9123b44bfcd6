/** The features of one channel, each by the operation that gives it. */
import { type Feature, filterOf, marginOf, ofBlurred, stackOf } from "../compute/operations/features.js";
import { copy, gaussian, type VolumeOperation } from "../compute/operations.js";
import { run } from "../compute/run.js";
import type { RunOptions } from "../core/options.js";
import { trace } from "../core/provenance.js";
import { type Region, type Triple, wholeRegion } from "../core/shape.js";
import type { Volume } from "../core/volume.js";
import type { FeatureChoice } from "./feature-options.js";

/** A feature with what it is called. */
interface Called extends Feature {
  readonly called: string;
}

/** Runs an operation on a region of a volume. */
type Work = <P>(
  called: string,
  operation: VolumeOperation<P>,
  from: Volume,
  parameters: P,
  region: Region,
) => Promise<Volume>;

/** A Gaussian without a blur: the voxels as float32. */
const AS_FLOATS = { sigma: [0, 0, 0], dtype: "float32" } as const;

const BLURRED = new Set(["gaussian", "gradient", "hessian"]);

/**
 * @param asked region that was asked for, if any
 * @param made takes the features, one after the other, so that they are known if one fails
 */
export async function makeFeatures(
  volume: Volume,
  names: readonly string[],
  choice: FeatureChoice,
  asked: Region | undefined,
  options: RunOptions,
  made: Map<string, Volume>,
): Promise<void> {
  const { stack, slicewise, border } = choice;
  const region = asked ?? wholeRegion(volume.shape);
  const work: Work = (called, operation, from, parameters, box) => {
    const provenance = trace("features", { feature: called, slicewise, border, region: asked }, { volume });
    return run(operation, from, parameters, { ...options, border, region: box }, { provenance, role: "field" });
  };
  const all = stackOf(stack).map((feature, k) => ({ ...feature, called: names[k]! }));
  for (const { name, called } of all)
    if (name === "value") made.set(called, await work(called, gaussian, volume, AS_FLOATS, region));
  for (const level of stack.sigmas.keys()) {
    const here = all.filter((feature) => feature.level === level && feature.name !== "value");
    const blurred = here.filter(({ name }) => BLURRED.has(name));
    if (blurred.length > 0) await ofBlur(volume, blurred, choice, region, work, made);
    for (const feature of here) {
      const filter = filterOf(feature, stack);
      if (filter === undefined) continue;
      const { called } = feature;
      const result = await work(
        called,
        filter.operation as VolumeOperation<unknown>,
        volume,
        filter.parameters,
        region,
      );
      made.set(called, result);
      // Extremes have the voxel type of the volume.
      if (result.dtype === "float32") continue;
      made.set(called, await work(called, gaussian, result, AS_FLOATS, wholeRegion(result.shape)));
      result.store.release();
    }
  }
}

/** What is made of one blurred volume, which is a feature itself where all of the volume is asked for. */
async function ofBlur(
  volume: Volume,
  features: readonly Called[],
  { stack }: FeatureChoice,
  region: Region,
  work: Work,
  made: Map<string, Volume>,
): Promise<void> {
  const own = features.find(({ name }) => name === "gaussian")?.called;
  const margin = marginOf(stack.scale);
  const box = {
    start: region.start.map((n, k) => Math.max(0, n - margin[k]!)) as unknown as Triple,
    stop: region.stop.map((n, k) => Math.min(volume.shape[k]!, n + margin[k]!)) as unknown as Triple,
  };
  const inner = {
    start: region.start.map((n, k) => n - box.start[k]!) as unknown as Triple,
    stop: region.stop.map((n, k) => n - box.start[k]!) as unknown as Triple,
  };
  const sigma = stack.sigmas[features[0]!.level]!;
  const blur = await work(own ?? "gaussian", gaussian, volume, { sigma, dtype: "float32" }, box);
  const { shape } = blur;
  const kept = own !== undefined && inner.start.every((n, k) => n === 0 && inner.stop[k] === shape[k]);
  try {
    if (kept) made.set(own, blur);
    else if (own !== undefined) made.set(own, await work(own, copy, blur, {}, inner));
    for (const { name, which = "gradient", called } of features) {
      if (name === "gaussian") continue;
      made.set(called, await work(called, ofBlurred, blur, { which, scale: stack.scale, shape }, inner));
    }
  } finally {
    if (!kept) blur.store.release();
  }
}
