import { InvalidArgument } from "../core/errors.js";
import { checkNumber, checkOptions, type RunOptions } from "../core/options.js";
import { Volume } from "../core/volume.js";
import { FEATURE_OPTIONS, type FeatureOptions } from "./feature-options.js";
import { MOST_TREES } from "./forest-model.js";

/** Options of `trainForest`. */
export interface TrainForestOptions extends FeatureOptions, Omit<RunOptions, "to" | "region"> {
  /** Number of trees, from 1 to 1000. Default 100. */
  trees?: number;
  /** Levels of a tree below its root, at most, from 1 to 64. Default 12. */
  depth?: number;
  /** Voxels that a leaf has, at least, counted as often as they are drawn. Default 1. */
  minimumLeaf?: number;
  /** Features that are tried at each split. Default: the root of their number, rounded down. */
  featuresPerSplit?: number;
  /**
   * Draws as many voxels of each phase for a tree, however many were scribbled. Without it phases that were scribbled
   * more are found more. Default true.
   */
  balance?: boolean;
  /** Most voxels of each phase that are trained with; of more, some are chosen by `seed`. From 1 to 10⁶. Default 50 000. */
  samples?: number;
  /** Label that says that nothing was scribbled, from 0 to 255; 255 says so always. Default 255; of labels from other programs often 0. */
  unlabelled?: number;
  /**
   * Scribbles to test the forest with, from which it does not learn: another labels volume, of which at most `samples` voxels
   * of each phase are asked, or a share from 0 to 0.9 of the scribbles, in blocks of 8 × 8 × 8 voxels, for neighbours are much
   * alike. Default 0.
   */
  heldOut?: number | Volume;
  /** A whole number from 0 to 2³² − 1 that all chance follows from. Default 1. */
  seed?: number;
}

const OWN = [
  "trees",
  "depth",
  "minimumLeaf",
  "featuresPerSplit",
  "balance",
  "samples",
  "unlabelled",
  "heldOut",
  "seed",
];
const OF_RUN = ["mask", "signal", "onProgress", "memoryLimit", "workers"];

/** Options that say how trees grow and from what, checked. */
export interface ForestSettings {
  readonly trees: number;
  readonly depth: number;
  readonly minimumLeaf: number;
  readonly featuresPerSplit: number;
  readonly balance: boolean;
  readonly samples: number;
  readonly unlabelled: number;
  readonly seed: number;
  /** Scribbles to test with, and the share of those to learn from that is kept for it. */
  readonly test: Volume | undefined;
  readonly share: number;
}

export function checkTrainOptions(options: TrainForestOptions): void {
  checkOptions("trainForest", options, [...FEATURE_OPTIONS, ...OWN, ...OF_RUN]);
}

/** @param features number of all features */
export function forestSettings(options: TrainForestOptions, features: number): ForestSettings {
  const { trees = 100, depth = 12, minimumLeaf = 1, balance = true, samples = 50_000 } = options;
  const { unlabelled = 255, heldOut = 0, seed = 1 } = options;
  const { featuresPerSplit = Math.floor(Math.sqrt(features)) } = options;
  checkNumber("trees", trees, 1, MOST_TREES, true);
  checkNumber("depth", depth, 1, 64, true);
  checkNumber("minimumLeaf", minimumLeaf, 1, 1e6, true);
  checkNumber("featuresPerSplit", featuresPerSplit, 1, features, true);
  checkNumber("samples", samples, 1, 1e6, true);
  checkNumber("unlabelled", unlabelled, 0, 255, true);
  checkNumber("seed", seed, 0, 2 ** 32 - 1, true);
  if (typeof balance !== "boolean")
    throw new InvalidArgument(`balance is ${String(balance)}; allowed are true and false`);
  const test = heldOut instanceof Volume ? heldOut : undefined;
  const share = heldOut instanceof Volume ? 0 : heldOut;
  if (test === undefined) checkNumber("heldOut (a share, or a labels volume)", share, 0, 0.9);
  return { trees, depth, minimumLeaf, featuresPerSplit, balance, samples, unlabelled, seed, test, share };
}
