/** The stack of features around each voxel by which a forest tells phases apart. */
import type { DType } from "../../core/dtype.js";
import type { Triple } from "../../core/shape.js";
import { gaussianReach, type VolumeOperation } from "../operations.js";
import { type DifferenceParameters, differenceOfGaussians, type LaplacianParameters, laplacian } from "./derivative.js";
import { axesOf, type Eigenvalue, type StructureParameters, structureTensor } from "./tensor.js";
import {
  type DeviationParameters,
  deviation,
  type MeanParameters,
  maximum,
  mean,
  minimum,
  type WindowParameters,
} from "./window.js";

/** Features by name; all but the first are there for each σ. */
export const FEATURES = [
  "value",
  "gaussian",
  "gradient",
  "hessian",
  "laplacian",
  "structure",
  "difference",
  "mean",
  "deviation",
  "minimum",
  "maximum",
] as const;
export type FeatureName = (typeof FEATURES)[number];

/** Which features a stack has. They come channel by channel, σ by σ, in the order of the names. */
export interface FeatureParameters {
  readonly features: readonly FeatureName[];
  /** Standard deviations in voxels along z, y, x; 0 along an axis that is not looked along. */
  readonly sigmas: readonly Triple[];
  /** Factors of the axes for voxels that are no cubes; 0 along an axis that is not looked along. */
  readonly scale: Triple;
}

/** One feature of one channel. */
export interface Feature {
  readonly name: FeatureName;
  readonly which?: Eigenvalue;
  /** Number of the σ. */
  readonly level: number;
}

/** The eigenvalues at each voxel, the largest first. */
export const eigenvaluesOf = (scale: Triple): Eigenvalue[] =>
  axesOf(scale).length === 3 ? ["largest", "middle", "smallest"] : ["largest", "smallest"];

/** The features of a channel in their order. */
export function stackOf({ features, sigmas, scale }: FeatureParameters): Feature[] {
  const once: Feature[] = features.includes("value") ? [{ name: "value", level: 0 }] : [];
  const each = sigmas.flatMap((_, level) =>
    features.flatMap((name): Feature[] => {
      if (name === "value") return [];
      if (name !== "hessian" && name !== "structure") return [{ name, level }];
      return eigenvaluesOf(scale).map((which) => ({ name, which, level }));
    }),
  );
  return [...once, ...each];
}

/** How far differences of the blurred volume look: Sobel's a voxel, second differences two. */
export const marginOf = (scale: Triple): Triple => [scale[0] === 0 ? 0 : 2, 2, 2];

const times = (sigma: Triple, factor: number): Triple => [sigma[0] * factor, sigma[1] * factor, sigma[2] * factor];

/** Half-width of a box, at least a voxel. */
const radiusOf = (sigma: Triple): Triple =>
  sigma.map((s) => (s === 0 ? 0 : Math.max(1, Math.round(s)))) as unknown as Triple;

/** A feature that a filter of the library gives, with its parameters. */
export type FilterFeature =
  | { readonly operation: typeof laplacian; readonly parameters: LaplacianParameters }
  | { readonly operation: typeof structureTensor; readonly parameters: StructureParameters }
  | { readonly operation: typeof differenceOfGaussians; readonly parameters: DifferenceParameters }
  | { readonly operation: typeof mean; readonly parameters: MeanParameters }
  | { readonly operation: typeof deviation; readonly parameters: DeviationParameters }
  | { readonly operation: typeof minimum; readonly parameters: WindowParameters };

/** The filter that gives a feature; undefined for the voxels themselves and for what is made of the blurred volume. */
export function filterOf({ name, which = "largest", level }: Feature, { sigmas, scale }: FeatureParameters) {
  const sigma = sigmas[level]!;
  const radius = radiusOf(sigma);
  const filters: Partial<Record<FeatureName, FilterFeature>> = {
    laplacian: { operation: laplacian, parameters: { sigma, scale } },
    structure: {
      operation: structureTensor,
      parameters: { method: "gaussian", sigma, rho: sigma, scale, which },
    },
    difference: { operation: differenceOfGaussians, parameters: { low: sigma, high: times(sigma, 1.6) } },
    mean: { operation: mean, parameters: { radius, shape: "box", dtype: "float32" } },
    deviation: { operation: deviation, parameters: { radius } },
    minimum: { operation: minimum, parameters: { radius, shape: "box" } },
    maximum: { operation: maximum, parameters: { radius, shape: "box" } },
  };
  return filters[name];
}

const reachOf = (sigma: Triple): Triple => sigma.map(gaussianReach) as unknown as Triple;

/** How far the whole stack looks. */
export function featureHalo(parameters: FeatureParameters): Triple {
  const { sigmas, scale } = parameters;
  const halos = stackOf(parameters).map((feature): Triple => {
    if (feature.name === "value") return [0, 0, 0];
    const filter = filterOf(feature, parameters);
    if (filter !== undefined) return filter.operation.halo(filter.parameters as never);
    const margin = marginOf(scale);
    return reachOf(sigmas[feature.level]!).map((n, k) => n + margin[k]!) as unknown as Triple;
  });
  return [0, 1, 2].map((k) => Math.max(...halos.map((halo) => halo[k]!))) as unknown as Triple;
}

/** Bytes beside the slabs that the features of one channel need at a time, for each voxel of brick and slab. */
export function featureWork(
  size: { readonly brick: number; readonly slab: number },
  dtype: DType,
  parameters: FeatureParameters,
): number {
  const works = stackOf(parameters).map((feature) => {
    const filter = filterOf(feature, parameters);
    // The blurred box and what passes along z leave; of a filter its own, whose slab is one that it may change.
    if (filter === undefined) return 6 * size.slab + 4 * size.brick;
    return filter.operation.workBytes(size, dtype, filter.parameters as never) + 4 * size.brick;
  });
  return Math.max(...works);
}

/** Nanoseconds of the stack of one channel. */
export function featureCost(dtype: DType, parameters: FeatureParameters): number {
  const costs = stackOf(parameters).map((feature) => {
    const filter = filterOf(feature, parameters);
    if (filter !== undefined) return filter.operation.cost(dtype, filter.parameters as never);
    if (feature.name !== "gaussian") return 5;
    return parameters.sigmas[feature.level]!.reduce((sum, s) => sum + 0.4 * gaussianReach(s), 2);
  });
  return costs.reduce((sum, cost) => sum + cost, 0);
}

/** A feature made of differences of a blurred volume. */
export interface BlurredParameters {
  readonly which: "gradient" | Eigenvalue;
  readonly scale: Triple;
  /** Number of voxels of the blurred volume along z, y, x: where its faces are. */
  readonly shape: Triple;
}

/**
 * Length of the gradient by Sobel's operator, or an eigenvalue of the second differences, of a volume that is blurred
 * already, as float32. Differences end at the faces: Sobel's sees the outermost voxel twice, second differences are one-sided.
 */
export const ofBlurred: VolumeOperation<BlurredParameters> = {
  kind: "volume",
  name: "ofBlurred",
  dtypes: ["float32"],
  result: () => "float32",
  halo: ({ scale }) => marginOf(scale),
  outside: undefined,
  // Slab; six planes of entries.
  workBytes: ({ brick, slab }) => 4 * slab + 8 * brick,
  cost: () => 8,
};
