/** What readers did in an alignment, as data. */
import type { Triple } from "../../../src/core/shape.js";
import type { TransformData } from "../../../src/register/transform.js";

/** A pair of landmarks, each in its own space in metres; null: not set yet. */
export interface Pair {
  readonly fixed: Triple | null;
  readonly moving: Triple | null;
}

export type AlignmentAction =
  | { readonly kind: "transform"; readonly from: TransformData; readonly to: TransformData }
  | { readonly kind: "landmarks"; readonly from: readonly Pair[]; readonly to: readonly Pair[] };
