/** What a page is told of the transform and the landmarks, and of how they agree. */
import type { Triple } from "../../../src/core/shape.js";
import { landmarkTransform, missingFor } from "../../../src/register/landmark-transform.js";
import type { Transform } from "../../../src/register/transform.js";
import { type AlignmentFacts, MODELS, type Model, type PairFacts } from "../../protocol/alignment.js";
import type { Pair } from "./alignment-actions.js";

/** Pairs of which both landmarks are set. */
export const complete = (pairs: readonly Pair[]): { fixed: Triple[]; moving: Triple[] } => {
  const both = pairs.filter(
    (pair): pair is { fixed: Triple; moving: Triple } => pair.fixed !== null && pair.moving !== null,
  );
  return { fixed: both.map(({ fixed }) => fixed), moving: both.map(({ moving }) => moving) };
};

const known = (value: number): number | null => (Number.isFinite(value) ? value : null);

/** Where a moving landmark is in the fixed space; null where a thin plate folds. */
function broughtBack(back: Transform, point: Triple): Triple | null {
  try {
    return back.apply(point);
  } catch {
    return null;
  }
}

/** Residuals of landmarks under a transform, and of each under the fit of the others; metres. */
export interface LandmarkResiduals {
  readonly each: readonly number[];
  readonly rootMeanSquare: number;
  readonly leaveOneOut: readonly number[];
  readonly leaveOneOutRootMeanSquare: number;
}

/** @param model whose fits leave one out; where landmarks are not enough for it those are NaN */
export function residualsOf(transform: Transform, pairs: readonly Pair[], model: Model): LandmarkResiduals {
  const { fixed, moving } = complete(pairs);
  const each = fixed.map((point, k) => {
    const there = transform.apply(point);
    return Math.hypot(...there.map((n, axis) => n - moving[k]![axis]!));
  });
  const fit = missingFor(model, fixed, moving) === undefined ? landmarkTransform(fixed, moving, { model }) : undefined;
  return {
    each,
    rootMeanSquare: Math.sqrt(each.reduce((sum, n) => sum + n * n, 0) / each.length),
    leaveOneOut: fit?.leaveOneOut ?? each.map(() => Number.NaN),
    leaveOneOutRootMeanSquare: fit?.leaveOneOutRootMeanSquare ?? Number.NaN,
  };
}

export function factsOfAlignment(transform: Transform, pairs: readonly Pair[], model: Model): AlignmentFacts {
  const { each, rootMeanSquare, leaveOneOut, leaveOneOutRootMeanSquare } = residualsOf(transform, pairs, model);
  const back = transform.inverse();
  let at = 0;
  const rows = pairs.map(({ fixed, moving }): PairFacts => {
    const whole = fixed !== null && moving !== null;
    const residual = whole ? known(each[at]!) : null;
    const left = whole ? known(leaveOneOut[at++]!) : null;
    return { fixed, moving: moving && broughtBack(back, moving), residual, leaveOneOut: left };
  });
  const { fixed, moving } = complete(pairs);
  const missing: Partial<Record<Model, string>> = {};
  for (const name of MODELS) {
    const why = missingFor(name, fixed, moving);
    if (why !== undefined) missing[name] = why;
  }
  const { kind } = transform;
  return {
    kind: "alignment",
    transform: { kind, map: kind === "thin plate" ? null : { matrix: transform.matrix, offset: transform.offset } },
    pairs: rows,
    rootMeanSquare: known(rootMeanSquare),
    leaveOneOutRootMeanSquare: known(leaveOneOutRootMeanSquare),
    missing,
  };
}
