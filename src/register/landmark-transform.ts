import { mapped } from "../core/affine.js";
import { InvalidArgument } from "../core/errors.js";
import { isLength, type Length } from "../core/length.js";
import { checkChoice, checkNumber, checkOptions } from "../core/options.js";
import { trace } from "../core/provenance.js";
import type { Triple } from "../core/shape.js";
import { dimensionsOf, fitAffine } from "./landmark-models.js";
import { type ThinPlateSolution, thinPlateThrough } from "./thin-plate.js";
import { Transform, type TransformStep } from "./transform.js";
import { TRANSFORM_KINDS, type TransformKind } from "./transform-kind.js";

/** Options of {@link landmarkTransform}. */
export interface LandmarkTransformOptions {
  /**
   * What may change: only place (`"translation"`), also direction (`"rigid"`), also size (`"similarity"`), also shear and stretch
   * (`"affine"`), or anything smooth (`"thin plate"`). Default `"rigid"`.
   */
  model?: TransformKind;
  /** How much each pair counts, > 0. Not for a thin plate. Default: all alike. */
  weights?: readonly number[];
  /**
   * How far a thin plate may miss landmarks to be less bent: 0 goes through all of them; a length such as `um(0.5)` is the strength in
   * `(K + smoothing · I)`. Default 0.
   */
  smoothing?: Length;
}

/** A transform from landmarks, and how well they agree with it. Lengths are metres, in the moving space. */
export interface LandmarkFit {
  readonly transform: Transform;
  /** For each pair, from where the transform takes the fixed landmark to the moving one. */
  readonly residuals: readonly number[];
  /** Root mean square of the residuals (fiducial registration error). */
  readonly rootMeanSquare: number;
  /**
   * For each pair, the same for the fit of all others: what a landmark would have been missed by that nobody had set. NaN where the
   * others are not enough.
   */
  readonly leaveOneOut: readonly number[];
  /** Root mean square of those; NaN unless each is known. */
  readonly leaveOneOutRootMeanSquare: number;
}

const MOST = 2000;
/** For each model: how many pairs at least, in how many directions they have to extend, and how that is said. */
const NEEDS: Readonly<
  Record<TransformKind, readonly [pairs: number, dimensions: number, where: string, else_: string]>
> = {
  translation: [1, 0, "", ""],
  rigid: [3, 2, " that are not on a line", "on a line"],
  similarity: [3, 2, " that are not on a line", "on a line"],
  affine: [4, 3, " that are not in a plane", "in a plane"],
  "thin plate": [4, 3, " that are not in a plane", "in a plane"],
};

/** Why landmarks are not enough for a model; undefined: they are. */
export function missingFor(
  model: TransformKind,
  fixed: readonly Triple[],
  moving: readonly Triple[],
): string | undefined {
  const [pairs, dimensions, where, otherwise] = NEEDS[model];
  const needs = `${model} needs ${pairs} landmark${pairs === 1 ? "" : "s"}${where}`;
  if (fixed.length < pairs) return `${needs}, there ${fixed.length === 1 ? "is" : "are"} ${fixed.length}`;
  for (const [name, points] of [
    ["fixed", fixed],
    ["moving", moving],
  ] as const) {
    // A moving set that is flat would be the image of no affine map that has an inverse.
    const own = dimensions === 0 ? 0 : dimensionsOf(points);
    if (own < dimensions)
      return `${needs}; the ${points.length} ${name} ones lie ${own === 0 ? "at one place" : own === 1 ? "on a line" : otherwise}`;
  }
  return undefined;
}

const distance = (a: Triple, b: Triple): number => Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);

/** Root of the weighted mean square. */
function rootMeanSquare(values: readonly number[], weights: readonly number[]): number {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return Math.sqrt(values.reduce((sum, value, k) => sum + weights[k]! * value * value, 0) / total);
}

function checkPoints(what: string, points: unknown): asserts points is readonly Triple[] {
  const triple = (point: unknown): boolean =>
    Array.isArray(point) && point.length === 3 && point.every((n) => typeof n === "number" && Number.isFinite(n));
  if (!Array.isArray(points) || points.length > MOST || !points.every(triple))
    throw new InvalidArgument(
      `${what} landmarks: give a list of at most ${MOST} points, each [z, y, x] in metres (finite numbers)`,
    );
}

/**
 * The transform that takes landmarks of a fixed volume to those of a moving one, with the least sum of squares; a thin plate goes
 * through all of them. Points are metres along z, y, x.
 *
 * The residuals of a pliable model are small by themselves (those of a thin plate are 0): what tells whether landmarks agree is
 * `leaveOneOut`. Cost O(pairs²), thin plate O(pairs³).
 * @param fixed points in the fixed volume
 * @param moving for each of them the same point in the moving volume
 * @throws InvalidArgument if there are too few, or they lie on a line or in a plane where the model needs more: what is missing is said
 * @see rigid: B. K. P. Horn 1987, doi:10.1364/JOSAA.4.000629; similarity: S. Umeyama 1991, doi:10.1109/34.88573; thin plate:
 * F. L. Bookstein 1989, doi:10.1109/34.24792, with U(r) = r; equal to scipy.spatial.transform.Rotation.align_vectors and
 * scipy.interpolate.RBFInterpolator(kernel="linear", degree=1) (golden)
 */
export function landmarkTransform(
  fixed: readonly Triple[],
  moving: readonly Triple[],
  options: LandmarkTransformOptions = {},
): LandmarkFit {
  checkOptions("landmarkTransform", options, ["model", "weights", "smoothing"]);
  const { model = "rigid", smoothing } = options;
  checkChoice("model", model, TRANSFORM_KINDS);
  checkPoints("fixed", fixed);
  checkPoints("moving", moving);
  if (fixed.length !== moving.length)
    throw new InvalidArgument(
      `${fixed.length} fixed landmarks and ${moving.length} moving ones: each needs its partner, in the same order`,
    );
  const weights = checkWeights(options.weights, model, fixed.length);
  if (smoothing !== undefined && (model !== "thin plate" || !isLength(smoothing) || !(smoothing.metres >= 0)))
    throw new InvalidArgument("smoothing is for a thin plate: a length of at least 0, such as um(0.5)");
  const missing = missingFor(model, fixed, moving);
  if (missing !== undefined) throw new InvalidArgument(missing);
  const strength = smoothing?.metres ?? 0;
  const provenance = trace("landmarkTransform", { model, fixed, moving, weights: options.weights, smoothing });
  if (model === "thin plate") {
    const solved = thinPlateThrough(fixed, moving, strength);
    if (solved === undefined) throw new InvalidArgument("two landmarks of a thin plate are at the same fixed place");
    return fitted(
      new Transform([solved.plate], provenance),
      fixed,
      moving,
      weights,
      plateMisses(solved, fixed, moving),
    );
  }
  const step: TransformStep = fitAffine(model, fixed, moving, weights);
  const misses = fixed.map((point, k) => {
    const rest = <T>(list: readonly T[]): T[] => list.filter((_, n) => n !== k);
    const [from, to] = [rest(fixed), rest(moving)];
    if (missingFor(model, from, to) !== undefined) return Number.NaN;
    return distance(mapped(fitAffine(model, from, to, rest(weights)), point), moving[k]!);
  });
  return fitted(new Transform([step], provenance), fixed, moving, weights, misses);
}

function checkWeights(weights: readonly number[] | undefined, model: TransformKind, count: number): readonly number[] {
  if (weights === undefined) return Array.from({ length: count }, () => 1);
  if (model === "thin plate") throw new InvalidArgument("weights are not for a thin plate; it has smoothing");
  if (!Array.isArray(weights) || weights.length !== count)
    throw new InvalidArgument(`weights are one number a pair: give ${count}`);
  for (const weight of weights) checkNumber("weight", weight, 1e-9, 1e9);
  return weights;
}

/** Where the plate of the others is not determined, the number is not finite. */
const plateMisses = (
  { leaveOneOut }: ThinPlateSolution,
  fixed: readonly Triple[],
  moving: readonly Triple[],
): number[] =>
  leaveOneOut.map((miss, k) => {
    const rest = <T>(list: readonly T[]): T[] => list.filter((_, n) => n !== k);
    return missingFor("thin plate", rest(fixed), rest(moving)) === undefined ? Math.hypot(...miss) : Number.NaN;
  });

function fitted(
  transform: Transform,
  fixed: readonly Triple[],
  moving: readonly Triple[],
  weights: readonly number[],
  leaveOneOut: readonly number[],
): LandmarkFit {
  const residuals = fixed.map((point, k) => distance(transform.apply(point), moving[k]!));
  return {
    transform,
    residuals,
    rootMeanSquare: rootMeanSquare(residuals, weights),
    leaveOneOut,
    leaveOneOutRootMeanSquare: rootMeanSquare(leaveOneOut, weights),
  };
}
