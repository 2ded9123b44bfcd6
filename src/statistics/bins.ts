import { exactBins, type HistogramCounts, histogram as histogramOperation } from "../compute/operations.js";
import { reduce } from "../compute/run.js";
import { InvalidArgument } from "../core/errors.js";
import type { RunOptions } from "../core/options.js";
import type { Volume } from "../core/volume.js";
import type { Histogram, HistogramOptions } from "./histogram.js";

/** Counts with their edges. */
export type Bars = Pick<Histogram, "counts" | "low" | "step" | "below" | "above" | "nan">;

/** One bin for each whole number from `low` to `high`. */
export async function exactCounts(volume: Volume, low: number, high: number, options: HistogramOptions): Promise<Bars> {
  const [first, last] = [Math.ceil(low), Math.floor(high)];
  const of = (all: HistogramCounts, start: number): Bars => {
    const from = first - start;
    const part = (a: number, b: number): number => all.counts.subarray(a, b).reduce((sum, count) => sum + count, 0);
    const [a, b] = [Math.max(0, from), Math.max(0, from + last - first + 1)];
    const counts = new Float64Array(Math.max(0, last - first + 1));
    counts.set(all.counts.subarray(a, b).subarray(0, counts.length), Math.max(0, -from));
    return {
      counts,
      low: first - 0.5,
      step: 1,
      below: all.below + part(0, a),
      above: all.above + part(b, all.counts.length),
      nan: 0,
    };
  };
  if (last < first)
    throw new InvalidArgument(`range [${low}, ${high}] holds no whole number, and these voxels are ${volume.dtype}`);
  const bins = exactBins(volume.dtype);
  const run = runOptions(options);
  if (bins !== undefined) return of(await reduce(histogramOperation, volume, bins, run), bins.first);
  // One bin more than needed: the last one is closed at both ends and would take in the next value.
  const parameters = { first, step: 1, bins: last - first + 2 };
  return of(await reduce(histogramOperation, volume, parameters, run), first);
}

/** Bins of equal width. */
export async function wideCounts(volume: Volume, low: number, high: number, options: HistogramOptions): Promise<Bars> {
  const { bins = 256 } = options;
  // A single value gets a bin around it, as in numpy; wider where doubles are more than 1 apart.
  const margin = low === high ? Math.max(0.5, Math.abs(low) * 2 ** -40) : 0;
  const first = low - margin;
  let step = (high + margin - first) / bins;
  // Rounding must not put the last edge below the largest value.
  for (let ulp = 1; first + step * bins < high; ulp *= 2) step *= 1 + ulp * Number.EPSILON;
  return {
    ...(await reduce(histogramOperation, volume, { first, step, bins }, runOptions(options))),
    low: first,
    step,
  };
}

function runOptions({ bins: _, range: __, ...rest }: HistogramOptions): RunOptions {
  return rest;
}

/** Without the empty bins at both ends. */
export function withoutEmptyEnds(bars: Bars): Bars {
  const { counts } = bars;
  const first = counts.findIndex((count) => count > 0);
  const last = counts.findLastIndex((count) => count > 0);
  return { ...bars, counts: counts.slice(first, last + 1), low: bars.low + first };
}
