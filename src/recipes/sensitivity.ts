import { setImmediate } from "node:timers/promises";
import { release } from "../compute/memory.js";
import { watched } from "../compute/progress.js";
import { checkVolume } from "../compute/run.js";
import type { ResultTable } from "../core/arrow/table.js";
import { ComputeFailed, InvalidArgument, MissingData } from "../core/errors.js";
import { checkNumber, checkOptions, type RunOptions } from "../core/options.js";
import { type Provenance, trace } from "../core/provenance.js";
import { Volume } from "../core/volume.js";
import { type Chosen, parametersOf, type VariedParameter, type Vary } from "../measure/plausible-ranges.js";
import { type Quantities, type Quantity, quantitiesOf } from "../measure/quantities.js";
import { type SampledRun, samplesTable, sensitivityTable } from "../measure/sensitivity-table.js";
import { thresholdRanges } from "../measure/threshold-ranges.js";
import { latinHypercube } from "../statistics/latin-hypercube.js";
import { recipe as pipelineOf } from "./open-recipe.js";
import { Pipeline } from "./pipeline.js";
import { placeOf, withArguments } from "./varied-recipe.js";

/** What segmentation and quantity get of the options of the whole: hand it on to the functions that take long. */
export type SensitivityRun = Pick<RunOptions, "signal" | "memoryLimit" | "workers">;

/**
 * Makes the segmentation for some values of the parameters: a new volume each time, which is given back once it is measured. Of
 * one that has to stay give a copy.
 */
export type Segmentation<V extends Vary> = (
  volume: Volume,
  parameters: { -readonly [K in keyof V]: Chosen<V[K]> },
  run: SensitivityRun,
) => Promise<Volume>;

/** Measures one segmentation. */
export type QuantityFunction = (segmented: Volume, run: SensitivityRun) => Quantities | Promise<Quantities>;

/** Options of {@link sensitivity}. */
export interface SensitivityOptions<V extends Vary = Vary>
  extends Pick<RunOptions, "signal" | "onProgress" | "memoryLimit" | "workers"> {
  /**
   * The plausible range of each parameter by its name. Of a pipeline names are `threshold.thresholds`, `median.radius`, or, of
   * several steps of the same function, `median#2.radius`. Default, only of a pipeline with one `threshold`: the
   * {@link thresholdRanges} of its thresholds on what goes into it.
   */
  vary?: V;
  /** How many segmentations are made, from 4 to 100 000. Default 64. */
  runs?: number;
  /** Whole number from 0 to 2³² − 1; another one draws other values. Default 1. */
  seed?: number;
}

/** What {@link sensitivity} returns. */
export type Sensitivity = ResultTable & {
  /** Each run with the values of its parameters, its quantities, and the error of one that failed. */
  readonly samples: ResultTable;
  /** Number of runs that failed; they are in no figure. */
  readonly failed: number;
};

const caller = "sensitivity";

/**
 * How sure a number is that comes out of a segmentation: makes the segmentation again and again, with thresholds, seeds, filters
 * or the method itself anywhere in their plausible ranges, measures each, and tells how the quantity is distributed and which
 * parameter is to blame.
 *
 * One row for each quantity, with the columns `quantity`, `unit`, `runs` (that gave a number), `mean`, `deviation`, `median`, `5 %`,
 * `25 %`, `75 %`, `95 %`, and for each parameter `due to …`: the share of the variance that this parameter makes by itself, its main effect
 * Var(E[y|x])/Var(y) (0: none; near 1: it alone decides). What the shares clearly lack to 1 is due to parameters that act
 * together. They are estimated from groups of the same runs, which takes some of a share away (7 % of it with 24 runs, 2 % with
 * 64), and come with a chance error: up to 0.12 with 24 runs, 0.08 with 64. A share is NaN where the quantity does not vary.
 *
 * The values come from a Latin hypercube, which fills the range of each parameter evenly whatever their number. All values of a
 * range are equally plausible; what comes out is as good as the ranges that went in, and holds for the errors that the
 * parameters stand for: an error that all runs share, such as a rim of blur, shows nowhere.
 *
 * A run that fails (no peak for a method, thresholds out of order) is counted in `failed`, told below the table and in `samples`; if
 * all fail the first error is thrown. Each segmentation is given back as soon as it is measured; of a pipeline the steps before
 * the first varied one are computed once. Same result for the same seed. Cost and memory: `runs` times those of segmentation and quantity,
 * one after the other.
 * @param volume the scan
 * @param segmentation a function of the volume and of the parameters, or a pipeline whose arguments are varied
 * @param quantity gives a number, an object of numbers, or a table such as {@link phaseFractions}, {@link interfaceAreas} or any
 * later measure: each number of each row is a quantity
 * @throws InvalidArgument if a range is none, or the quantity gives no numbers
 * @throws MissingData if there is nothing to vary
 * @throws ComputeFailed if every run fails
 * @see M. D. McKay, R. J. Beckman & W. J. Conover (1979), doi:10.2307/1268522, for the Latin hypercube; A. Saltelli et al., Global
 * Sensitivity Analysis: The Primer (2008), doi:10.1002/9780470725184, for the shares; P. Pietsch et al. (2018), doi:10.1039/C7SE00498B, for
 * what thresholds do to the microstructural numbers of electrodes
 * @example
 * await sensitivity(scan, pipeline([median, { radius: 1 }], [threshold, [21000, 34000]]), phaseFractions);
 * @example
 * const segment = async (scan, { method, radius }) => {
 *   const clean = await median(scan, { radius });
 *   return threshold(clean, await method(clean));
 * };
 * const vary = { method: [otsu, isodata, li], radius: { from: um(0.4), to: um(1) } };
 * const sure = await sensitivity(scan, segment, phaseFractions, { vary, runs: 200 });
 * await save(sure.samples, "samples.csv");
 */
export async function sensitivity<const V extends Vary = Vary>(
  volume: Volume,
  segmentation: Segmentation<V> | Pipeline,
  quantity: QuantityFunction,
  options: SensitivityOptions<V> = {},
): Promise<Sensitivity> {
  checkVolume(caller, volume);
  checkOptions(caller, options, ["vary", "runs", "seed", "signal", "onProgress", "memoryLimit", "workers"]);
  const { vary, runs = 64, seed = 1, onProgress, ...run } = options;
  checkNumber("runs", runs, 4, 100_000, true);
  checkNumber("seed", seed, 0, 2 ** 32 - 1, true);
  if (typeof quantity !== "function")
    throw new InvalidArgument(
      `${caller}: the quantity is ${String(quantity)}; give a function of the segmentation, such as phaseFractions`,
    );
  const prepared = await prepare(volume, segmentation as Segmentation<Vary> | Pipeline, vary, run);
  const { parameters, segment, free } = prepared;
  try {
    const design = drawn(parameters, runs, seed);
    const samples: SampledRun[] = [];
    const errors: unknown[] = [];
    const watch = { ...(run.signal && { signal: run.signal }), ...(onProgress && { onProgress }) };
    await watched(caller, runs, watch, async ({ signal, step }) => {
      for (const u of design) {
        // Work that never waits would not let Stop be heard.
        await setImmediate();
        signal.throwIfAborted();
        const values = parameters.map((parameter, k) => parameter.value(u[k]!));
        const found = await attempt(() => segment(values, { ...run, signal }), quantity, volume, { ...run, signal });
        signal.throwIfAborted();
        if ("error" in found) errors.push(found.error);
        samples.push({ u, ...found });
        step();
      }
    });
    if (errors.length === runs) {
      const first = errors[0];
      const failed = new ComputeFailed(`${caller}: all ${runs} runs failed; the first one: ${messageOf(first)}`);
      failed.cause = first;
      throw failed;
    }
    const provenance = trace(caller, { ...prepared.told, quantity: quantity.name, runs, seed }, { volume });
    return tables(parameters, samples, provenance, errors);
  } finally {
    free();
  }
}

function tables(
  parameters: readonly VariedParameter[],
  samples: readonly SampledRun[],
  provenance: Provenance,
  errors: readonly unknown[],
): Sensitivity {
  const failures =
    errors.length === 0
      ? ""
      : ` ${errors.length} of them failed and do not count; the first one: ${messageOf(errors[0])}`;
  const note = `${samples.length} runs.${failures}`;
  const table = sensitivityTable(parameters, samples, provenance, note);
  return Object.assign(table, { samples: samplesTable(parameters, samples, provenance), failed: errors.length });
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** For each run a number from 0 to below 1 for each number of each parameter. */
function drawn(parameters: readonly VariedParameter[], runs: number, seed: number): number[][][] {
  const axes = latinHypercube(
    runs,
    parameters.reduce((sum, { numbers }) => sum + numbers.length, 0),
    seed,
  );
  return Array.from({ length: runs }, (_, k) => {
    let next = 0;
    return parameters.map(({ numbers }) => numbers.map(() => axes[next++]![k]!));
  });
}

/** What was measured and given back. */
const measured = new WeakSet<object>();

/** One run. That a function gives what is no volume or no numbers would be so in every one: it is no failure of this one. */
async function attempt(
  segment: () => Promise<Volume>,
  quantity: QuantityFunction,
  volume: Volume,
  run: SensitivityRun,
): Promise<{ quantities: Quantity[] } | { quantities: []; error: string }> {
  let labels: Volume | undefined;
  let found: unknown;
  let again = false;
  try {
    labels = await segment();
    again = labels instanceof Volume && measured.has(labels.store);
    if (labels instanceof Volume && !again) found = await quantity(labels, run);
  } catch (error) {
    return { quantities: [], error: messageOf(error) };
  } finally {
    if (labels instanceof Volume && labels.store !== volume.store) {
      measured.add(labels.store);
      release(labels);
    }
  }
  if (again)
    throw new InvalidArgument(
      `${caller}: the segmentation gave the same volume again, which was given back after it was measured; make a new one each time`,
    );
  if (!(labels instanceof Volume))
    throw new InvalidArgument(`${caller}: the segmentation gave ${String(labels)}; it must give a volume`);
  return { quantities: quantitiesOf(caller, quantity.name || "quantity", found) };
}

interface Prepared {
  readonly parameters: readonly VariedParameter[];
  segment(values: readonly unknown[], run: SensitivityRun): Promise<Volume>;
  /** For the provenance. */
  readonly told: object;
  free(): void;
}

async function prepare(
  volume: Volume,
  segmentation: Segmentation<Vary> | Pipeline,
  vary: Vary | undefined,
  run: SensitivityRun,
): Promise<Prepared> {
  if (segmentation instanceof Pipeline) return prepareRecipe(volume, segmentation, vary, run);
  if (typeof segmentation !== "function")
    throw new InvalidArgument(
      `${caller}: the segmentation is ${String(segmentation)}; give a function (volume, parameters) => labels, or a pipeline`,
    );
  if (vary === undefined)
    throw new MissingData(
      `${caller}: nothing is varied; say what the parameters of the segmentation may be: { vary: { … } } (thresholdRanges(…) tells that of thresholds)`,
    );
  const parameters = parametersOf(caller, vary);
  return {
    parameters,
    segment: (values, now) =>
      segmentation(volume, Object.fromEntries(parameters.map(({ name }, k) => [name, values[k]])) as never, now),
    told: { segmentation: segmentation.name, vary: named(vary) },
    free: () => undefined,
  };
}

/** Functions by their names. */
const named = (vary: Vary): object =>
  Object.fromEntries(
    Object.entries(vary).map(([name, range]) => [
      name,
      Array.isArray(range) ? range.map((one) => (typeof one === "function" ? one.name : one)) : range,
    ]),
  );

async function prepareRecipe(
  volume: Volume,
  pipeline: Pipeline,
  given: Vary | undefined,
  run: SensitivityRun,
): Promise<Prepared> {
  const { recipe } = pipeline;
  const thresholds = [...recipe.steps.entries()].filter(([, step]) => step.function === "threshold");
  if (given === undefined && thresholds.length !== 1)
    throw new MissingData(
      `${caller}: ${pipeline} has ${thresholds.length} steps of threshold, so it is not known what to vary; name arguments: { vary: { "median.radius": { from: 1, to: 2 } } }`,
    );
  const places = (vary: Vary) => Object.keys(vary).map((name) => placeOf(caller, name, recipe));
  if (given !== undefined) parametersOf(caller, given);
  const first = given === undefined ? thresholds[0]![0] : Math.min(...places(given).map(({ step }) => step));
  const part = (from: number, to?: number): typeof recipe => ({ ...recipe, steps: recipe.steps.slice(from, to) });
  const before = first === 0 ? volume : await (await pipelineOf(part(0, first))).run(volume, run);
  const free = (): void => {
    if (before.store !== volume.store) release(before);
  };
  try {
    const vary = given ?? (await rangesOfThresholds(before, recipe.steps[first]!.arguments[0], run));
    const parameters = parametersOf(caller, vary);
    const at = places(vary);
    return {
      parameters,
      segment: async (values, now) => {
        const chain = withArguments(
          recipe,
          at.map((place, k) => [place, values[k]] as const),
        );
        const made = await (await pipelineOf({ ...chain, steps: chain.steps.slice(first) })).run(before, now);
        return made;
      },
      told: { segmentation: recipe.steps, vary },
      free,
    };
  } catch (error) {
    free();
    throw error;
  }
}

async function rangesOfThresholds(volume: Volume, thresholds: unknown, run: SensitivityRun): Promise<Vary> {
  const { ranges } = await thresholdRanges(volume, thresholds as number | number[], run);
  return { "threshold.thresholds": ranges.length === 1 ? ranges[0]! : ranges };
}
