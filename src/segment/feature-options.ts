/** Which features of which volumes: what `features` and `trainForest` ask for in the same way. */
import { FEATURES, type FeatureName, type FeatureParameters, stackOf } from "../compute/operations/features.js";
import { checkVolume } from "../compute/run.js";
import { type Border, checkBorder } from "../core/border.js";
import { InvalidArgument } from "../core/errors.js";
import { checkChoice } from "../core/options.js";
import { sameShape, type Triple } from "../core/shape.js";
import { Volume } from "../core/volume.js";
import { axisScale, LARGEST_SIGMA, type PerAxis, perAxis } from "../filters/neighbourhood.js";

export type { FeatureName };

/** One volume, or several on the same grid, each with a name: `{ absorption, phase }`. */
export type Channels = Volume | Readonly<Record<string, Volume>>;

/** Options of a stack of features. */
export interface FeatureOptions {
  /**
   * Features by name; all but `value` at each σ. Default `gaussian`, `gradient` and `hessian`, as in scikit-image.
   *
   * - `value`: the grey value itself, once
   * - `gaussian`: the blurred volume
   * - `gradient`: length of the gradient of the blurred volume by Sobel's operator
   * - `hessian`: the eigenvalues of the second differences of the blurred volume, the largest first: three features, in slices two
   * - `laplacian`: Laplacian of the Gaussian
   * - `structure`: the eigenvalues of the structure tensor, with derivatives of a Gaussian and averages over another, both of σ
   * - `difference`: Gaussian of σ less that of 1.6 σ
   * - `mean`, `deviation`, `minimum`, `maximum` of a box with the half-width σ, rounded, at least a voxel
   */
  features?: readonly FeatureName[];
  /**
   * Standard deviations, each one for all axes or `[z, y, x]`: bare numbers are voxels, lengths such as `um(0.8)` are converted
   * per axis. From 0.25 to 64 voxels. Default 1, 2 and 4 voxels.
   */
  sigmas?: readonly PerAxis[];
  /**
   * Looks at each plane along z by itself: a slice then has the same features alone and in the stack. Default: only for
   * a volume of a single plane.
   */
  slicewise?: boolean;
  /** What lies beyond the faces of the volume. Default `"reflect"`. */
  border?: Border;
}

export const FEATURE_OPTIONS = ["features", "sigmas", "slicewise", "border"] as const;

/** Options that are checked. */
export interface FeatureChoice {
  readonly names: readonly string[];
  readonly volumes: readonly Volume[];
  readonly stack: FeatureParameters;
  readonly slicewise: boolean;
  readonly border: Border;
}

/** Channels by name; a single volume has no name. */
export function channelsOf(caller: string, channels: Channels): { names: string[]; volumes: Volume[] } {
  if (channels instanceof Volume) return { names: [""], volumes: [channels] };
  const plain = typeof channels === "object" && channels !== null && !Array.isArray(channels);
  const entries = plain ? Object.entries(channels) : [];
  if (entries.length === 0)
    throw new InvalidArgument(
      `${caller} takes a volume, or several with names such as { absorption, phase }, got ${String(channels)}`,
    );
  for (const [name, volume] of entries) {
    checkVolume(caller, volume);
    if (!sameShape(volume.shape, entries[0]![1].shape))
      throw new InvalidArgument(
        `${caller}: ${name} has the shape ${volume.shape.join(" × ")}, ${entries[0]![0]} ${entries[0]![1].shape.join(" × ")}; bring them onto the same grid`,
      );
  }
  return { names: entries.map(([name]) => name), volumes: entries.map(([, volume]) => volume) };
}

/** Checks the options of a stack. */
export function featureChoice(caller: string, channels: Channels, options: FeatureOptions): FeatureChoice {
  const { names, volumes } = channelsOf(caller, channels);
  const [volume] = volumes as [Volume, ...Volume[]];
  const { features = ["gaussian", "gradient", "hessian"], sigmas = [1, 2, 4], border = "reflect" } = options;
  const { slicewise = volume.shape[0] === 1 } = options;
  if (!Array.isArray(features) || features.length === 0)
    throw new InvalidArgument(`${caller}: features is ${JSON.stringify(features)}; give a list of names`);
  for (const name of features) checkChoice("a feature", name, FEATURES);
  if (new Set(features).size < features.length)
    throw new InvalidArgument(`${caller}: features names one twice: ${features.join(", ")}`);
  if (!Array.isArray(sigmas) || sigmas.length === 0 || sigmas.length > 32)
    throw new InvalidArgument(`${caller}: sigmas is ${JSON.stringify(sigmas)}; give a list of 1 to 32 of them`);
  if (typeof slicewise !== "boolean")
    throw new InvalidArgument(`${caller}: slicewise is ${String(slicewise)}; allowed are true and false`);
  for (const one of volumes) checkBorder(border, one.dtype);
  const alongZ = (triple: Triple): Triple => (slicewise ? [0, triple[1], triple[2]] : triple);
  const stack = {
    features: [...features],
    sigmas: sigmas.map((sigma) => alongZ(perAxis("a sigma", sigma, volume, LARGEST_SIGMA, 0.25))),
    scale: alongZ(axisScale(volume)),
  };
  const called = featureNames(names, stack);
  const twice = called.find((name, k) => called.indexOf(name) !== k);
  if (twice !== undefined)
    throw new InvalidArgument(
      `${caller}: two features are called ${JSON.stringify(twice)}; leave out the σ that repeats`,
    );
  return { names, volumes, stack, slicewise, border };
}

const sigmaText = (sigma: Triple): string => {
  const sizes = sigma.filter((s) => s > 0).map((s) => Number(s.toPrecision(4)));
  return new Set(sizes).size === 1 ? String(sizes[0]) : sizes.join(" × ");
};

/** What features are called: `gaussian 2`, `hessian largest 1`, `absorption: gradient 4`. */
export function featureNames(names: readonly string[], stack: FeatureParameters): string[] {
  return names.flatMap((channel) =>
    stackOf(stack).map(({ name, which, level }) => {
      const parts = name === "value" ? [name] : [name, ...(which ? [which] : []), sigmaText(stack.sigmas[level]!)];
      return `${channel === "" ? "" : `${channel}: `}${parts.join(" ")}`;
    }),
  );
}
