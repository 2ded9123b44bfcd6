/** What the two halves of trainable segmentation say to each other, besides what all slices say. */
import type { Region, Triple } from "../../src/core/shape.js";

/**
 * What lies over the grey values: the scribbles alone, the most likely phase, how unsure that is (1 − (p₁ − p₂)), or the probability of
 * the phase with this label. Over all but the first the scribbles are outlined.
 */
export type PredictionShown = "scribbles" | "labels" | "uncertainty" | number;

/** What the reader has chosen. */
export interface TrainingChoice {
  show: PredictionShown;
  /** Whether each stroke is followed by a training. */
  live: boolean;
}

/** Where the training stands. */
export interface TrainingState {
  /** Number of the newest forest; 0: there is none yet. */
  model: number;
  /** Whether a forest is being trained. */
  busy: boolean;
  /** Whether scribbles have changed since. */
  behind: boolean;
  /** What is wrong or missing, for the reader; empty: nothing. */
  hint: string;
}

/** A predicted plane that is asked for, besides its axis and index. */
export interface PredictionKey {
  /** The forest that it is asked of; of an older one there is no answer. */
  readonly model: number;
  readonly show: PredictionShown;
}

/** Page → kernel. */
export type TrainingRequest =
  /** Trains; `full`: with all trees and voxels. */
  | { kind: "train"; full: boolean }
  /** Labels of a box, or of the whole volume; how far it is comes as `predicting`, the end as `predicted` or an error. */
  | { kind: "predict"; id: number; region: Region | null }
  /** Ends a prediction that was asked for. */
  | { kind: "stopPredicting" }
  /** Where the forest is least certain: answered by `leastCertain`, each time by another place. */
  | { kind: "leastCertain"; id: number }
  /** What is known of the newest forest: answered by `report`, if there is one. */
  | { kind: "report" };

/** Facts of a forest. */
export interface TrainingReport {
  model: number;
  /** Whether it has all trees. */
  full: boolean;
  trees: number;
  /** From the scribbles to the forest. */
  seconds: number;
  /** Scribbled voxels by label, and how many of them were held out. */
  scribbled: { label: number; voxels: number; heldOut: number }[];
  /** Share of held-out voxels that got their own label; null: none were held out. */
  accuracy: number | null;
  /** Intersection over union by label, on held-out voxels; null: none to divide by. */
  overlap: { label: number; value: number | null }[];
  /** Features that tell most, with their shares of 1. */
  importance: [feature: string, share: number][];
}

/** Kernel → page. */
export type TrainingReply =
  | ({ kind: "report" } & TrainingReport)
  | { kind: "predicting"; id: number; done: number; total: number }
  | { kind: "predicted"; id: number; model: number; region: Region | null; voxels: { label: number; count: number }[] }
  | { kind: "leastCertain"; id: number; at: Triple; uncertainty: number }
  | { kind: "error"; id: number; message: string };
