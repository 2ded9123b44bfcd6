/** Rounds of iterated conditional modes, brick by brick: each gives labels, then the classes are estimated again. */
import { conditionalModes, type FieldSums, type FieldSumsParameters, fieldSums } from "../compute/operations/markov.js";
import { reduce, run } from "../compute/run.js";
import type { DType } from "../core/dtype.js";
import type { RunOptions } from "../core/options.js";
import { trace } from "../core/provenance.js";
import type { Triple } from "../core/shape.js";
import type { Volume } from "../core/volume.js";
import {
  type ClassStatistics,
  changeOf,
  checkCounts,
  type PottsModel,
  pottsModel,
  statisticsOf,
} from "./potts-model.js";

/** Sweeps that go together in one pass: each makes the halo two voxels wider. */
const SWEEPS = 2;

/** What a field is fitted to, and how. */
export interface FieldFit {
  readonly caller: string;
  /** The volume, cut to its region. */
  readonly grey: Volume;
  readonly classes: number;
  readonly smoothness: number;
  /** Weights of pairs along z, y, x. */
  readonly weights: Triple;
  readonly given: ClassStatistics | undefined;
  readonly rounds: number;
  /** Change of the statistics, in deviations, below which they are settled. */
  readonly tolerance: number;
  readonly units: { readonly origin: number; readonly unit: number; readonly leastDeviation: number };
}

/** A field with the model for which its labels were found. */
export interface FittedField {
  readonly labels: Volume;
  readonly statistics: ClassStatistics;
  readonly model: PottsModel;
  readonly sums: FieldSums;
  readonly rounds: number;
}

/** What all operations on a field know of it. */
export function fieldParameters({ grey, classes, units }: Pick<FieldFit, "grey" | "classes" | "units">): {
  grey: DType;
  axes: Triple;
  classes: number;
  origin: number;
  unit: number;
} {
  const axes = grey.shape.map((n) => (n > 1 ? 1 : 0)) as unknown as Triple;
  return { grey: grey.dtype, axes, classes, origin: units.origin, unit: units.unit };
}

/** Sums of a field whose volumes lie in bricks. */
export async function sumsOfField(
  labels: Volume,
  fit: Pick<FieldFit, "grey" | "classes" | "units">,
  model: PottsModel | undefined,
  options: RunOptions,
): Promise<FieldSums> {
  const parameters: FieldSumsParameters = { ...fieldParameters(fit), model };
  return reduce(fieldSums, labels, parameters, { ...options, besides: [fit.grey], border: { constant: 255 } });
}

/**
 * Improves labels until nothing changes any more, or for so many rounds; the first labels are released.
 * @param options those of work between: without region, mask and file
 */
export async function fitByModes(first: Volume, fit: FieldFit, options: RunOptions): Promise<FittedField> {
  const { caller, grey, smoothness, weights, given, rounds, tolerance, units } = fit;
  let labels = first;
  try {
    let statistics =
      given ?? statisticsOf(caller, await sumsOfField(labels, fit, undefined, options), units.leastDeviation);
    let settled = given !== undefined;
    let before = Number.NaN;
    for (let round = 1; ; round++) {
      const model = pottsModel(statistics, smoothness, weights);
      const parameters = { ...fieldParameters(fit), ...model, sweeps: SWEEPS };
      const facts = { provenance: trace(caller, { round }, { volume: grey }) };
      const next = await run(
        conditionalModes,
        labels,
        parameters,
        { ...options, besides: [grey], border: { constant: 255 } },
        facts,
      );
      labels.store.release();
      labels = next;
      const sums = await sumsOfField(labels, fit, model, options);
      checkCounts(caller, sums);
      const energy = sums.cost + sums.pairs.reduce((sum, n, k) => sum + n * model.weights[k]!, 0);
      // With the same model every change of a label lowers the energy.
      const same = settled && energy === before;
      if (same || round === rounds) return { labels, statistics, model, sums, rounds: round };
      before = energy;
      if (settled) continue;
      const now = statisticsOf(caller, sums, units.leastDeviation, statistics);
      settled = changeOf(now, statistics) < tolerance;
      if (!settled) statistics = now;
    }
  } catch (error) {
    labels.store.release();
    throw error;
  }
}
