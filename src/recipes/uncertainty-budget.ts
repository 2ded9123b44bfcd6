import { release } from "../compute/memory.js";
import { watched } from "../compute/progress.js";
import { checkVolume } from "../compute/run.js";
import { type Column, type ResultTable, resultTable } from "../core/arrow/table.js";
import { InvalidArgument } from "../core/errors.js";
import { checkNumber, checkOptions, type RunOptions } from "../core/options.js";
import { trace } from "../core/provenance.js";
import type { Volume } from "../core/volume.js";
import { downsample } from "../filters/downsample.js";
import { type Quantity, quantitiesOf } from "../measure/quantities.js";
import { withTableNote } from "../measure/table-note.js";
import { studentFactor } from "../statistics/student.js";
import {
  deviationsOf,
  type RelativePart,
  relativePart,
  type SamplingPart,
  samplingOf,
  tablesOf,
} from "./budget-parts.js";
import type { QuantityFunction } from "./sensitivity.js";
import { withUncertainty } from "./with-uncertainty.js";

/** Options of {@link uncertaintyBudget}. */
export interface UncertaintyBudgetOptions
  extends Pick<RunOptions, "signal" | "onProgress" | "memoryLimit" | "workers"> {
  /** What {@link sensitivity} gave for the same quantity: the deviation over all plausible segmentations. */
  segmentation?: ResultTable;
  /**
   * What a sample of this size tells of the material: what {@link representativeVolume} gave for the same quantity; or by the names of
   * quantities the relative standard deviation or a table of one row, whatever that names its quantity; or one relative deviation for all.
   */
  sampling?: SamplingPart;
  /**
   * The order in which the error falls with the voxel size, from 0.5 to 4: the quantity is measured again on labels of twice the voxel size.
   * `false`: the resolution does not count. Default 1, as for surfaces that are staircases.
   */
  resolution?: number | false;
  /** What an iteration was stopped at: the relative tolerance of the quantity. */
  solver?: RelativePart;
  /** The share of cases in which ± holds the truth, from 0.5 to 0.9999. Default 0.95. */
  confidence?: number;
}

const caller = "uncertaintyBudget";
const PARTS = ["segmentation", "sampling", "resolution", "solver"] as const;
type Part = (typeof PARTS)[number];

/**
 * One ± for every number: what segmentation, sampling, resolution and solver leave open, in one budget, by the rules of the Guide to the
 * expression of uncertainty in measurement (GUM).
 *
 * Each part is a standard uncertainty u in the unit of the quantity:
 * - **segmentation**: the standard deviation over the segmentations of {@link sensitivity}, with n − 1 degrees of freedom;
 * - **sampling**: the standard deviation of samples of this size, relative to their value, times the value, with its degrees of freedom;
 * - **resolution**: the quantity is measured on labels of twice the voxel size, too. If its error falls as hᵖ, that at this voxel size is
 *   Δ = |q(2h) − q(h)| / (2ᵖ − 1) (Richardson); the truth is anywhere within ± Δ: u = Δ/√3. Nothing is added to the value: a
 *   correction is only as good as p;
 * - **solver**: anywhere within the tolerance: u = tolerance · |value| / √3.
 *
 * u² is the sum of the squares, `±` = k·u; the coverage factor k is that of Student's distribution for the `confidence` and
 * for the effective degrees of freedom (Welch & Satterthwaite): 1.96 if these are many.
 *
 * Columns, one row a quantity: `quantity`, `unit`, `value`, `±`, `result` (both as text, rounded to two digits of ±), `k`, `freedom`, the
 * parts as they are (NaN where unknown), `largest`, the part that makes most of it, `if correlated`: ± if all parts were to err together (k·Σu), an upper
 * bound, and `not counted`: the parts that nobody told. Parts count as independent. Those of segmentation and resolution are not
 * quite: a threshold stands at the same blur that the voxel makes; where both are large believe `if correlated`.
 *
 * Systematic errors that all parts share, such as a phase that no scan resolves (carbon and binder), are in none of them. Of quantities in voxels (without
 * voxel size), and of numbers of voxels, faces, edges and chords, no resolution is told: other voxels are another unit.
 * Cost that of the quantity on the labels, and an eighth of it; memory likewise.
 * @param labels the segmentation whose numbers are told
 * @param quantity the same function that {@link sensitivity} got: names have to agree
 * @returns one row for each quantity
 * @throws InvalidArgument if names of a part are none of the quantity, or a part is negative
 * @see JCGM 100:2008, doi:10.59161/JCGM100-2008E, sections 4.3.7, 5.1.2 and G.4; L. F. Richardson (1911), doi:10.1098/rsta.1911.0009
 * @example
 * const sure = await sensitivity(scan, segment, phaseFractions, { vary });
 * await uncertaintyBudget(labels, phaseFractions, { segmentation: sure, sampling: { "fraction, pore": 0.02 } });
 */
export async function uncertaintyBudget(
  labels: Volume,
  quantity: QuantityFunction,
  options: UncertaintyBudgetOptions = {},
): Promise<ResultTable> {
  checkVolume(caller, labels);
  checkOptions(caller, options, [...[...PARTS, "confidence"], ...["signal", "onProgress", "memoryLimit", "workers"]]);
  const { segmentation, sampling, resolution = 1, solver, confidence = 0.95, onProgress, ...run } = options;
  checkNumber("confidence", confidence, 0.5, 0.9999);
  if (resolution !== false) checkNumber("resolution (order)", resolution, 0.5, 4);
  if (typeof quantity !== "function")
    throw new InvalidArgument(
      `${caller}: the quantity is ${String(quantity)}; give a function of the labels, such as phaseFractions`,
    );
  const watch = { ...(run.signal && { signal: run.signal }), ...(onProgress && { onProgress }) };
  const name = quantity.name || "quantity";
  const { found, coarse } = await watched(caller, resolution === false ? 1 : 2, watch, async ({ signal, step }) => {
    const now = { ...run, signal };
    const found = quantitiesOf(caller, name, await quantity(labels, now));
    step();
    if (resolution === false) return { found, coarse: [] };
    const binned = await downsample(labels, 2, now);
    try {
      const coarse = quantitiesOf(caller, name, await quantity(binned, now));
      step();
      return { found, coarse };
    } finally {
      release(binned);
    }
  });
  const segmented = deviationsOf(segmentation, found);
  const sampled = samplingOf(sampling, found);
  const solved = relativePart("solver", solver, found);
  const rows = found.map((one) => {
    const size = Math.abs(one.value);
    const parts: Record<Part, number> = {
      segmentation: segmented.get(one.name)?.deviation ?? Number.NaN,
      sampling: (sampled.get(one.name)?.relative ?? Number.NaN) * size,
      resolution: resolution === false ? Number.NaN : resolutionOf(one, coarse, resolution),
      solver: ((solved.get(one.name) ?? Number.NaN) * size) / Math.sqrt(3),
    };
    const degrees = {
      segmentation: (segmented.get(one.name)?.runs ?? Number.NaN) - 1,
      sampling: sampled.get(one.name)?.degrees ?? Number.POSITIVE_INFINITY,
    };
    return { ...one, parts, ...combined(parts, degrees, confidence) };
  });
  const told = {
    quantity: name,
    sampling: typeof sampling === "object" ? undefined : sampling,
    resolution,
    solver,
    confidence,
  };
  const inputs = { labels, segmentation, ...tablesOf(sampling) };
  const columns: Column[] = [
    { name: "quantity", values: rows.map((row) => row.name) },
    { name: "unit", values: rows.map(({ unit }) => unit) },
    { name: "value", values: rows.map(({ value }) => value) },
    { name: "±", values: rows.map(({ wide }) => wide) },
    { name: "result", values: rows.map(({ value, wide, unit }) => withUncertainty(value, wide, unit)) },
    { name: "k", values: rows.map(({ factor }) => factor), unit: "1" },
    { name: "freedom", values: rows.map(({ freedom }) => freedom), unit: "1" },
    ...PARTS.map((part) => ({ name: part, values: rows.map(({ parts }) => parts[part]) })),
    { name: "largest", values: rows.map(({ largest }) => largest) },
    { name: "if correlated", values: rows.map(({ sum, factor }) => factor * sum) },
    { name: "not counted", values: rows.map(({ unknown }) => unknown.join(", ")) },
  ];
  const none = PARTS.filter((part) => rows.every(({ unknown }) => unknown.includes(part)));
  const note = [
    `± holds ${Number((100 * confidence).toPrecision(4))} %; parts are standard uncertainties and count as independent (${"if correlated"}: as if they were not).`,
    none.length === 0 ? "" : `Nothing is known of: ${none.join(", ")}.`,
  ];
  return withTableNote(resultTable(columns, trace(caller, told, inputs)), note.filter(Boolean).join(" "));
}

/** Numbers of voxels, faces, edges and lines, and what is told over these: with voxels of another size they count something else. */
const OF_VOXELS = /^(?:voxels|faces|edges?|edge fraction|(?:cut )?chords|lags)\b/;

/** Half of what twice the voxel size changes, or what order p makes of it; NaN where other voxels are another unit. */
function resolutionOf({ name, unit, value }: Quantity, coarse: readonly Quantity[], order: number): number {
  if (unit.includes("voxel") || OF_VOXELS.test(name)) return Number.NaN;
  const other = coarse.find((one) => one.name === name && one.unit === unit);
  if (other === undefined) return Number.NaN;
  return Math.abs(other.value - value) / (2 ** order - 1) / Math.sqrt(3);
}

function combined(
  parts: Readonly<Record<Part, number>>,
  degrees: { readonly segmentation: number; readonly sampling: number },
  confidence: number,
): { wide: number; factor: number; freedom: number; sum: number; largest: string; unknown: Part[] } {
  const known = PARTS.filter((part) => !Number.isNaN(parts[part]));
  const unknown = PARTS.filter((part) => Number.isNaN(parts[part]));
  const squares = known.reduce((sum, part) => sum + parts[part] ** 2, 0);
  const sum = known.reduce((total, part) => total + parts[part], 0);
  // The others are bounds that somebody knows, not deviations of a sample.
  const fourth = (["segmentation", "sampling"] as const).reduce((total, part) => {
    const share = parts[part] ** 2 / squares;
    return share > 0 ? total + share ** 2 / degrees[part] : total;
  }, 0);
  const freedom = fourth > 0 ? 1 / fourth : Number.POSITIVE_INFINITY;
  const factor = studentFactor(confidence, freedom);
  const largest = [...known].sort((a, b) => parts[b] - parts[a])[0];
  return {
    wide: known.length === 0 ? Number.NaN : factor * Math.sqrt(squares),
    factor,
    freedom,
    sum: known.length === 0 ? Number.NaN : sum,
    largest: largest !== undefined && parts[largest] > 0 ? largest : "",
    unknown,
  };
}
