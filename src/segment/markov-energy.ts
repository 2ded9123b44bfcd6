import { checkMask, checkVolume } from "../compute/run.js";
import { checkNumber, checkOptions, type RunOptions, TABLE_OPTIONS } from "../core/options.js";
import { type Traced, trace } from "../core/provenance.js";
import { checkRegion } from "../core/shape.js";
import type { Volume } from "../core/volume.js";
import { sumsOfField } from "./conditional-modes.js";
import { between, boxOf, checkFieldLabels, restricted } from "./field-start.js";
import {
  checkCounts,
  energyOf,
  givenStatistics,
  greyUnits,
  pairWeights,
  pottsModel,
  statisticsOf,
} from "./potts-model.js";

/** Options of {@link markovEnergy}; the result is no volume. */
export interface MarkovEnergyOptions extends Omit<RunOptions, "to"> {
  /** What a pair of unlike neighbours costs, in nats. Default 1. */
  smoothness?: number;
  /** Mean grey value of each class; only with `deviations`. Default: those of the labels. */
  means?: readonly number[];
  /** Standard deviation of the grey values of each class. */
  deviations?: readonly number[];
}

/** What {@link markovEnergy} returns. */
export interface MarkovEnergy extends Traced {
  /** In nats: `data` and `pairs` together. */
  readonly energy: number;
  /** Cost of the grey values in their classes. */
  readonly data: number;
  /** Cost of the pairs of unlike neighbours. */
  readonly pairs: number;
  /** Numbers of these along z, y, x. */
  readonly unlike: readonly [z: number, y: number, x: number];
  /** Of each class: number of voxels, mean and standard deviation. */
  readonly voxels: readonly number[];
  readonly means: readonly number[];
  readonly deviations: readonly number[];
}

/**
 * Energy of labels in the Potts model of {@link markovRandomField}, whose documentation defines it: the lower, the more
 * probable. Energies of labels can be compared only with the same statistics: give those in the provenance of one to the
 * other. Voxels of label 255, NaN, and those outside region and mask take part in nothing.
 * Exact in units of 2⁻¹² nats, the same for any brick shape and number of workers. Cost O(n), about 10 ns a voxel; memory a
 * brick a worker.
 * @param volume any voxel type, any shape
 * @param labels labels volume (uint8) of the same shape with the phases 0, 1, 2, …
 * @throws InvalidArgument if shapes differ, the phases have other labels, or an option is outside its limits
 * @throws MissingData if no voxel counts, or a class without statistics has no voxel
 * @see J. Besag (1986), doi:10.1111/j.2517-6161.1986.tb01412.x
 */
export async function markovEnergy(
  volume: Volume,
  labels: Volume,
  options: MarkovEnergyOptions = {},
): Promise<MarkovEnergy> {
  const caller = "markovEnergy";
  checkVolume(caller, volume);
  checkOptions(caller, options, ["smoothness", "means", "deviations", ...TABLE_OPTIONS]);
  const { smoothness = 1, region, mask } = options;
  checkNumber("smoothness (nats)", smoothness, 0, 1000);
  if (region !== undefined) checkRegion(region, volume.shape);
  checkMask(mask, volume);
  const classes = checkFieldLabels(`${caller}: the labels`, labels, volume).length;
  const given = givenStatistics(options, classes);
  const rest = between(options);
  const boxes: Volume[] = [];
  const box = async (one: Volume): Promise<Volume> => {
    const cut = await boxOf(caller, one, region, rest);
    if (region !== undefined) boxes.push(cut);
    return cut;
  };
  try {
    const grey = await box(volume);
    const field = await restricted(caller, grey, await box(labels), mask && (await box(mask)), rest);
    boxes.push(field);
    const units = greyUnits(caller, grey);
    const fit = { grey, classes, units };
    const statistics =
      given ?? statisticsOf(caller, await sumsOfField(field, fit, undefined, rest), units.leastDeviation);
    const model = pottsModel(statistics, smoothness, pairWeights(grey));
    const sums = await sumsOfField(field, fit, model, rest);
    checkCounts(caller, sums);
    const { data, pairs } = energyOf(sums, model);
    const found = { energy: data + pairs, data, pairs, unlike: sums.pairs, voxels: sums.counts, ...statistics };
    return { ...found, provenance: trace(caller, { smoothness, ...given, region }, { volume, labels, mask }) };
  } finally {
    for (const one of boxes) one.store.release();
  }
}
