/** What both halves of an alignment say to each other. Lengths are metres, points z, y, x. */
import type { AffineMap } from "../../src/core/affine.js";
import type { DType } from "../../src/core/dtype.js";
import type { Axis, Triple } from "../../src/core/shape.js";
import type { HistoryState, ObliquePlane, VolumeFacts } from "../protocol.js";

/** From the stiffest to the most pliable. */
export const MODELS = ["translation", "rigid", "similarity", "affine", "thin plate"] as const;
export type Model = (typeof MODELS)[number];

/** How two volumes are shown together. */
export const COMPARISONS = [
  "overlay",
  "cyan–magenta",
  "checkerboard",
  "curtain",
  "blink",
  "difference",
  "side by side",
] as const;
export type ComparisonMode = (typeof COMPARISONS)[number];

export interface Comparison {
  mode: ComparisonMode;
  /** Of the moving volume in an overlay: 0 to 1. */
  opacity: number;
  /** Side of a square of the checkerboard, in pixels. */
  square: number;
  /** Where the moving volume begins, as a share of the pane's width. */
  curtain: number;
  /** Whether magnified voxels are blended into each other, not shown as they are. */
  smooth: boolean;
}

export type Side = "fixed" | "moving";

/** A volume and where it lies. */
export interface PlacedFacts extends VolumeFacts {
  spacing: Triple;
  origin: Triple;
  /** Row-major 3 × 3. */
  direction: readonly number[];
}

export interface AlignmentState extends HistoryState {
  fixed: PlacedFacts;
  moving: PlacedFacts;
  /** Voxel of the fixed volume where its planes meet. */
  cursor: Triple;
  /** Grey values shown as black and as white. */
  windows: { fixed: [low: number, high: number]; moving: [low: number, high: number] };
  comparison: Comparison;
  model: Model;
  /** The plane that keys act on, and that is shown side by side. */
  axis: Axis;
  /** Whether there is something that refines a transform. */
  refines: boolean;
}

/** A pair of landmarks as the page draws it. */
export interface PairFacts {
  /** In the fixed space; null: not set yet. */
  readonly fixed: Triple | null;
  /** The moving landmark, brought to the fixed space by the transform as it is. */
  readonly moving: Triple | null;
  /** How far they are apart in the moving space under the transform as it is. */
  readonly residual: number | null;
  /** How far the fit of all others would miss it. */
  readonly leaveOneOut: number | null;
}

/** Everything that a page has to know besides the state. */
export interface AlignmentFacts {
  readonly kind: "alignment";
  readonly transform: {
    readonly kind: Model;
    /** From the fixed to the moving space; null: a thin plate. */
    readonly map: AffineMap | null;
  };
  readonly pairs: readonly PairFacts[];
  readonly rootMeanSquare: number | null;
  readonly leaveOneOutRootMeanSquare: number | null;
  /** For each model that cannot be solved: what is missing. */
  readonly missing: Readonly<Partial<Record<Model, string>>>;
}

/** Page → kernel. */
export type AlignmentRequest =
  | { kind: "about"; id: number }
  /** Values along a plane, in voxels of that volume; each the mean of `fine` × `fine` places. */
  | { kind: "section"; id: number; side: Side; plane: ObliquePlane; fine: number; nearest: boolean }
  /** Values of the moving volume where the kernel's transform takes a plane of the fixed one, which is in voxels of that. */
  | { kind: "bent"; id: number; plane: ObliquePlane; fine: number; nearest: boolean }
  | { kind: "cancel"; id: number }
  /** The end of a gesture: the transform is another one. */
  | { kind: "move"; id: number; map: AffineMap }
  /** A landmark: of pair `pair`, else of the one that is not complete, else of a new one. The place is in the fixed space. */
  | { kind: "mark"; id: number; side: Side; at: Triple; pair?: number }
  | { kind: "unmark"; id: number; pair: number }
  | { kind: "solve"; id: number; model: Model }
  | { kind: "refine"; id: number }
  | { kind: "stop" }
  | { kind: "settled" }
  | { kind: "undo" }
  | { kind: "redo" }
  | { kind: "code"; id: number };

/** Kernel → page. */
export type AlignmentReply =
  | AlignmentFacts
  /** Buffers: the values, and for each pixel 1 where it lies in the volume. */
  | { kind: "section" | "bent"; id: number; dtype: DType }
  | { kind: "progress"; done: number; total: number }
  /** A refinement has ended: with what is to be said of it. */
  | { kind: "refined"; said: string }
  | { kind: "code"; id: number; text: string }
  | { kind: "error"; id: number; message: string };
