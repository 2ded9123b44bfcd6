import { setImmediate } from "node:timers/promises";
import { release } from "../compute/memory.js";
import { watched } from "../compute/progress.js";
import { checkVolume } from "../compute/run.js";
import { type Column, type ResultTable, resultTable } from "../core/arrow/table.js";
import { ComputeFailed, InvalidArgument } from "../core/errors.js";
import { checkNumber, checkOptions, type RunOptions, suggestion } from "../core/options.js";
import { type Provenance, type Traced, trace } from "../core/provenance.js";
import type { Volume } from "../core/volume.js";
import { withTableNote } from "../measure/table-note.js";
import { byQuantity, type MeasuredVolume, measureOne, type QuantitySet, quantitySet, toldOf } from "./measured-each.js";
import { comparisonsTable, groupsTable, type Measurement } from "./sample-groups.js";

/** One sample, as {@link measureSamples} takes it. */
export interface Sample {
  /** Each its own. */
  readonly name: string;
  /** Samples that belong together: a batch, a recipe. Default: all are one group. */
  readonly group?: string;
  /** Its segmentation, or a function that makes or opens it when its turn has come; what the function gives is given back after that. */
  readonly labels: Volume | (() => Volume | Promise<Volume>);
}

/** Options of {@link measureSamples}. */
export interface MeasureSamplesOptions extends Pick<RunOptions, "signal" | "onProgress" | "memoryLimit" | "workers"> {
  /** What quality assurance allows: by the name of a quantity the least and the largest value, `−Infinity` and `Infinity` where there is none. */
  limits?: Readonly<Record<string, readonly [least: number, most: number]>>;
  /** Confidence of the intervals of groups, from 0.5 to 0.9999. Default 0.95. */
  confidence?: number;
}

/** What {@link measureSamples} returns: a row for each sample and quantity. */
export type MeasuredSamples = ResultTable & {
  /** A row for each quantity and group: number, mean, deviation, interval of the mean, and how many are outside the limits. */
  readonly groups: ResultTable;
  /** A row for each quantity and pair of groups: Welch's test of their means. */
  readonly comparisons: ResultTable;
  /** Samples of which nothing could be measured, or not all. */
  readonly failed: number;
};

const caller = "measureSamples";
const ALL = "all";

/**
 * Many samples in one call, for quality assurance and comparison: each is measured alike, and the numbers come in one table, with the statistics
 * of groups and a flag on what is outside its limits.
 *
 * Columns, one row a sample and quantity: `sample`, `group`, `quantity`, `unit`, `value`, `check` (`ok`, `low`, `high`, `unknown` where the value is
 * NaN; empty without limits), `error`. A sample that fails (no such file, no such phase) has its error there and takes no other sample with it.
 *
 * `groups`: `group`, `quantity`, `unit`, `samples` n, `mean`, `deviation` (divided by n − 1), `mean low` and `mean high`, between which the mean of
 * the material lies with the `confidence` (Student; NaN of one sample), `least`, `most`, `outside`: how many break the limits. `comparisons`: `quantity`, `group`,
 * `other group`, `difference` of the means (other − group), `difference low` and `high`, `t`, `freedom`, `p` of Welch's test, and `p of all`,
 * corrected for the number of tests of this table (Holm). The scatter of samples holds all that differs from sample to sample; what they
 * share, such as a threshold, it does not: see {@link uncertaintyBudget}.
 * Cost and memory: those of the quantities, one sample after the other.
 * @param samples at least one
 * @param quantities a function, a list of functions, or functions by names of yours; each gets the labels, what has to be handed on, and the sample
 * @throws InvalidArgument if names repeat, there is nothing to measure, or limits are of no quantity
 * @throws ComputeFailed if all samples fail
 * @see B. L. Welch (1947), doi:10.1093/biomet/34.1-2.28; S. Holm (1979), https://www.jstor.org/stable/4615733
 * @example
 * const samples = files.map((file) => ({ name: file, group: file.slice(0, 2), labels: () => open(file) }));
 * const found = await measureSamples(samples, phaseFractions, { limits: { "fraction, pore": [0.42, 0.48] } });
 * await save(found.groups, "groups.csv");
 */
export async function measureSamples(
  samples: readonly Sample[],
  quantities: QuantitySet<Sample>,
  options: MeasureSamplesOptions = {},
): Promise<MeasuredSamples> {
  checkOptions(caller, options, ["limits", "confidence", "signal", "onProgress", "memoryLimit", "workers"]);
  const { limits = {}, confidence = 0.95, onProgress, ...run } = options;
  checkNumber("confidence", confidence, 0.5, 0.9999);
  checkSamples(samples);
  checkLimits(limits);
  const set = quantitySet(caller, quantities);
  const watch = { ...(run.signal && { signal: run.signal }), ...(onProgress && { onProgress }) };
  const measured: MeasuredVolume[] = [];
  const inputs: Record<string, Traced> = {};
  await watched(caller, samples.length, watch, async ({ signal, step }) => {
    for (const sample of samples) {
      // Work that never waits would not let Stop be heard.
      await setImmediate();
      signal.throwIfAborted();
      let labels: Volume | undefined;
      try {
        labels = typeof sample.labels === "function" ? await sample.labels() : sample.labels;
        checkVolume(`${caller}: ${sample.name}`, labels);
      } catch (error) {
        signal.throwIfAborted();
        const message = error instanceof Error ? error.message : String(error);
        measured.push({ quantities: [], errors: [{ name: "labels", message, error }] });
        step();
        continue;
      }
      inputs[sample.name] = { provenance: labels.provenance };
      try {
        measured.push(await measureOne(caller, set, labels, { ...run, signal }, sample));
      } finally {
        if (typeof sample.labels === "function") release(labels);
      }
      step();
    }
  });
  if (measured.every((one) => one.quantities.length === 0)) {
    const first = measured[0]!.errors[0];
    const nothing = new ComputeFailed(
      `${caller}: all ${samples.length} samples failed; the first one: ${first?.message ?? "no numbers"}`,
    );
    nothing.cause = first?.error;
    throw nothing;
  }
  const all = byQuantity(caller, measured);
  for (const name of Object.keys(limits))
    if (!all.has(name))
      throw new InvalidArgument(
        `${caller}: limits name ${JSON.stringify(name)}${suggestion(name, [...all.keys()])}; the quantities are ${[...all.keys()].join("; ")}`,
      );
  const rows: Measurement[] = samples.flatMap((sample, k) =>
    [...all].map(([quantity, { unit, values }]) => ({
      sample: sample.name,
      group: sample.group ?? ALL,
      quantity,
      unit,
      value: values[k]!,
      check: checkOf(values[k]!, limits[quantity]),
      error: toldOf(measured[k]!.errors),
    })),
  );
  const told = {
    samples: samples.map(({ name, group }) => ({ name, group })),
    quantities: set.map(({ name }) => name),
  };
  const provenance = trace(caller, { ...told, limits, confidence }, inputs);
  const failed = measured.filter(({ errors }) => errors.length > 0).length;
  return Object.assign(tableOf(rows, failed, provenance), {
    groups: groupsTable(rows, confidence, provenance),
    comparisons: comparisonsTable(rows, confidence, provenance),
    failed,
  });
}

function tableOf(rows: readonly Measurement[], failed: number, provenance: Provenance): ResultTable {
  const text = (name: string, pick: (row: Measurement) => string): Column => ({ name, values: rows.map(pick) });
  const table = resultTable(
    [
      text("sample", ({ sample }) => sample),
      text("group", ({ group }) => group),
      text("quantity", ({ quantity }) => quantity),
      text("unit", ({ unit }) => unit),
      { name: "value", values: rows.map(({ value }) => value) },
      text("check", ({ check }) => check),
      text("error", ({ error }) => error),
    ],
    provenance,
  );
  const outside = rows.filter(({ check }) => check === "low" || check === "high").length;
  const unknown = rows.filter(({ check }) => check === "unknown").length;
  const notes = [
    outside > 0 ? `${outside} values are outside their limits.` : "",
    unknown > 0 ? `Of ${unknown} values with limits nothing is known.` : "",
    failed > 0 ? `${failed} samples failed, wholly or in part: see the column error.` : "",
  ].filter(Boolean);
  return notes.length === 0 ? table : withTableNote(table, notes.join(" "));
}

function checkOf(value: number, limits: readonly [number, number] | undefined): Measurement["check"] {
  if (limits === undefined) return "";
  if (Number.isNaN(value)) return "unknown";
  return value < limits[0] ? "low" : value > limits[1] ? "high" : "ok";
}

function checkSamples(samples: readonly Sample[]): void {
  if (!Array.isArray(samples) || samples.length === 0)
    throw new InvalidArgument(
      `${caller}: give a list of samples such as [{ name: "A1", group: "A", labels }, …], got ${String(samples)}`,
    );
  const names = new Set<string>();
  for (const [k, sample] of (samples as readonly Sample[]).entries()) {
    checkOptions(`${caller}: sample ${k}`, sample, ["name", "group", "labels"]);
    const { name, group = ALL, labels } = sample;
    for (const [what, word] of Object.entries({ name, group }))
      if (typeof word !== "string" || word.trim() === "")
        throw new InvalidArgument(`${caller}: the ${what} of sample ${k} is ${JSON.stringify(word)}; give a text`);
    if (names.has(name))
      throw new InvalidArgument(`${caller}: two samples have the name ${JSON.stringify(name)}; each needs its own`);
    names.add(name);
    if (typeof labels !== "function") checkVolume(`${caller}: ${name}`, labels);
  }
}

function checkLimits(limits: unknown): void {
  if (typeof limits !== "object" || limits === null || Array.isArray(limits))
    throw new InvalidArgument(
      `${caller}: limits are ${String(limits)}; give them by quantity, such as { "fraction, pore": [0.42, 0.48] }`,
    );
  for (const [name, pair] of Object.entries(limits)) {
    const fine =
      Array.isArray(pair) &&
      pair.length === 2 &&
      pair.every((value) => typeof value === "number") &&
      pair[0] <= pair[1];
    if (!fine)
      throw new InvalidArgument(
        `${caller}: the limits of ${JSON.stringify(name)} are ${JSON.stringify(pair)}; give the least and the largest value`,
      );
  }
}
