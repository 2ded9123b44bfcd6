import { checkChoice, checkNumber, checkOptions, RUN_OPTIONS, type RunOptions } from "../core/options.js";
import type { Volume } from "../core/volume.js";

/** Options of `markovRandomField`. */
export interface MarkovRandomFieldOptions extends RunOptions {
  /**
   * What the first labels and statistics of the classes are taken from: thresholds as for `threshold`, or a labels
   * volume of the same shape with the phases 0, 1, 2, …. Default: those of `multiOtsu`, or with `means` the values
   * halfway between them.
   */
  start?: number | readonly number[] | Volume;
  /** Number of classes, from 2 to 254. Default: as `start` or `means` have them, else 3. */
  classes?: number;
  /** Names of the phases, the darkest first. Default: those of the labels to start with, or `phase 0`, `phase 1`, …. */
  names?: readonly string[];
  /**
   * `icm`, iterated conditional modes: each voxel by turns takes the label that is best beside its neighbours'. Quick, brick
   * by brick; ends in the nearest minimum. `expansion`, α-expansion by graph cuts: all voxels together, the exact minimum
   * for two classes and near it for more, which a lower bound proves; the volume must fit memory. Default `icm`.
   */
  method?: "icm" | "expansion";
  /**
   * β, what a pair of unlike neighbours costs, in nats, from 0 (each voxel by itself) to 1000. One neighbour outweighs a
   * likelihood ratio of exp(β). Default 1.
   */
  smoothness?: number;
  /** Mean grey value of each class; only with `deviations`. Both are then kept. Default: estimated, again and again. */
  means?: readonly number[];
  /** Standard deviation of the grey values of each class, above 0. */
  deviations?: readonly number[];
  /** Most rounds, from 1 to 1000: labels, then statistics of the classes. Default 20. */
  rounds?: number;
  /** Statistics that change by less than this, in deviations of their class, are settled. From 0 to 1. Default 0.01. */
  tolerance?: number;
  /**
   * Passes forth and back in search of a lower bound of the energy, for `expansion` of three and more classes, from 0 (no
   * bound) to 1000: more bring it nearer. Default 5.
   */
  boundPasses?: number;
}

const OWN = [
  "start",
  "classes",
  "names",
  "method",
  "smoothness",
  "means",
  "deviations",
  "rounds",
  "tolerance",
] as const;

/** Options that have a default, checked one by one. */
export function checkedOptions(caller: string, options: MarkovRandomFieldOptions) {
  checkOptions(caller, options, [...OWN, "boundPasses", ...RUN_OPTIONS]);
  const { method = "icm", smoothness = 1, rounds = 20, tolerance = 0.01, boundPasses = 5, workers = 1 } = options;
  checkChoice("method", method, ["icm", "expansion"]);
  checkNumber("smoothness (nats)", smoothness, 0, 1000);
  checkNumber("rounds", rounds, 1, 1000, true);
  checkNumber("tolerance (deviations)", tolerance, 0, 1);
  checkNumber("boundPasses", boundPasses, 0, 1000, true);
  checkNumber("workers", workers, 1, 64, true);
  return { method, smoothness, rounds, tolerance, boundPasses };
}
