/** The Potts model with Gaussian classes: its numbers, in whole units of cost so that energies, cuts and bounds are exact. */
import type { FieldSums, PottsParameters } from "../compute/operations/markov.js";
import { DTYPES } from "../core/dtype.js";
import { InvalidArgument, MissingData } from "../core/errors.js";
import { checkNumber } from "../core/options.js";
import type { Triple } from "../core/shape.js";
import type { Volume } from "../core/volume.js";

/** Mean and standard deviation of the grey values of each class. */
export interface ClassStatistics {
  readonly means: readonly number[];
  readonly deviations: readonly number[];
}

/** A model as the kernels take it. */
export interface PottsModel extends PottsParameters {
  /** Nats that one unit of cost stands for: a power of two. */
  readonly unit: number;
  /** What the costs of two classes may differ by and still matter: a little more than all pairs of a voxel together. */
  readonly most: number;
}

/** Costs are counted in units of 2⁻¹² nats, in larger ones where a pair would have more than 14 bits of them. */
const FINEST = 2 ** -12;
const MOST_OF_A_PAIR = 2 ** 14 - 1;

/**
 * Weights of pairs along z, y, x: area of the face over the distance, divided by their mean, over the axes with more than
 * one voxel. So the smoothness means the same for all shapes of voxels: what a voxel costs whose neighbours are all unlike.
 */
export function pairWeights({ shape, spacing = [1, 1, 1] }: Pick<Volume, "shape" | "spacing">): Triple {
  const raw = spacing.map((size, k) => (shape[k] === 1 ? 0 : size ** -2));
  const axes = raw.filter((weight) => weight > 0).length;
  const sum = raw.reduce((total, weight) => total + weight, 0);
  return raw.map((weight) => (axes === 0 ? 0 : (axes * weight) / sum)) as unknown as Triple;
}

export function pottsModel(statistics: ClassStatistics, smoothness: number, weights: Triple): PottsModel {
  const largest = smoothness * Math.max(...weights);
  const unit = Math.max(FINEST, 2 ** Math.ceil(Math.log2(largest / MOST_OF_A_PAIR || FINEST)));
  const whole = weights.map((weight) => Math.round((smoothness * weight) / unit)) as unknown as Triple;
  const table = statistics.means.flatMap((mean, k) => {
    const deviation = statistics.deviations[k]!;
    return [mean, 1 / (2 * deviation ** 2) / unit, (Math.log(deviation) + Math.log(2 * Math.PI) / 2) / unit];
  });
  return { table, weights: whole, unit, most: 2 * (whole[0] + whole[1] + whole[2]) + 1 };
}

/** Energy of a field in nats, from its sums with the model. */
export function energyOf({ cost, pairs }: FieldSums, { weights, unit }: PottsModel): { data: number; pairs: number } {
  return { data: cost * unit, pairs: (weights[0] * pairs[0] + weights[1] * pairs[1] + weights[2] * pairs[2]) * unit };
}

/** In what units grey values are added up, and from where on. */
export function greyUnits(caller: string, volume: Volume): { origin: number; unit: number; leastDeviation: number } {
  const [low, high] = volume.range;
  if (low > high) throw new MissingData(`${caller}: the volume has no number, only NaN`);
  if (!Number.isFinite(low) || !Number.isFinite(high))
    throw new InvalidArgument(`${caller}: the volume has infinite values; clip it first`);
  const origin = Math.round((low + high) / 2);
  const half = Math.max(high - origin, origin - low, 1e-30);
  // Rounding to whole grey values alone has a deviation of 0.29; of floats a millionth of their range is as good as none.
  const leastDeviation = DTYPES[volume.dtype].integer ? Math.sqrt(1 / 12) : Math.max(half * 2 ** -20, 1e-30);
  return { origin, unit: 2 ** (Math.ceil(Math.log2(half)) - 30), leastDeviation };
}

/**
 * The classes as labels have them. A class without voxels keeps what it had.
 * @throws MissingData if it had nothing
 */
export function statisticsOf(
  caller: string,
  { counts, means, deviations }: FieldSums,
  least: number,
  before?: ClassStatistics,
): ClassStatistics {
  const empty = counts.indexOf(0);
  if (empty >= 0 && before === undefined)
    throw new MissingData(
      `${caller}: class ${empty} has no voxels to take a mean and a deviation from; start with labels that have all classes, take fewer classes, or give means and deviations`,
    );
  return {
    means: counts.map((n, k) => (n === 0 ? before!.means[k]! : means[k]!)),
    deviations: counts.map((n, k) => (n === 0 ? before!.deviations[k]! : Math.max(least, deviations[k]!))),
  };
}

/** Throws if there is nothing to segment. */
export function checkCounts(caller: string, { counts }: FieldSums): void {
  if (counts.every((n) => n === 0))
    throw new MissingData(`${caller}: no voxel with a number lies in region, mask and labels`);
}

/** Largest change of a mean or a deviation, in deviations. */
export function changeOf(now: ClassStatistics, before: ClassStatistics): number {
  const changes = now.means.map((mean, k) => {
    const scale = before.deviations[k]!;
    return Math.max(Math.abs(mean - before.means[k]!), Math.abs(now.deviations[k]! - scale)) / scale;
  });
  return Math.max(...changes);
}

/** The classes' statistics that a caller gave, checked; undefined if none. */
export function givenStatistics(
  { means, deviations }: { means?: readonly number[]; deviations?: readonly number[] },
  classes?: number,
): ClassStatistics | undefined {
  if (means === undefined && deviations === undefined) return undefined;
  const length = classes ?? (Array.isArray(means) ? means.length : 0);
  for (const [name, values] of Object.entries({ means, deviations }))
    if (!Array.isArray(values) || values.length !== length || length < 2)
      throw new InvalidArgument(
        `${name} are ${JSON.stringify(values)}; give means and deviations, both with a number for each of the ${classes ?? "(at least 2)"} classes`,
      );
  for (const mean of means!) checkNumber("means: a mean", mean, -1e30, 1e30);
  for (const deviation of deviations!) checkNumber("deviations: a deviation", deviation, 1e-30, 1e30);
  return { means: [...means!], deviations: [...deviations!] };
}
