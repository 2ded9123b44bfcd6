import { edgeSpread } from "../artefacts/edge-spread.js";
import { checkMask, checkVolume } from "../compute/run.js";
import { type ResultTable, resultTable } from "../core/arrow/table.js";
import { InvalidArgument, isVoxbookError, MissingData } from "../core/errors.js";
import { checkOptions, type RunOptions } from "../core/options.js";
import { trace } from "../core/provenance.js";
import type { Volume } from "../core/volume.js";
import { gaussianMixture } from "../segment/gaussian-mixture.js";
import { isodata } from "../segment/isodata.js";
import { kMeans } from "../segment/k-means.js";
import { minimumThreshold } from "../segment/minimum-threshold.js";
import { multiOtsu } from "../segment/multi-otsu.js";
import { otsu } from "../segment/otsu.js";
import { checkThresholds } from "../segment/thresholds.js";
import { valleys } from "../segment/valleys.js";
import type { Histogram } from "../statistics/histogram.js";
import { histogramFrom } from "../statistics/histogram-from.js";
import { noiseLevel } from "../statistics/noise-level.js";
import type { NumberRange } from "./plausible-ranges.js";

/** Options of {@link thresholdRanges}. */
export interface ThresholdRangesOptions extends Pick<RunOptions, "mask" | "signal" | "memoryLimit" | "workers"> {}

/** What {@link thresholdRanges} returns: where each end comes from, and the ranges themselves. */
export type ThresholdRanges = ResultTable & { readonly ranges: readonly NumberRange[] };

/** A voxel is undecided up to these odds of the one phase against the other. */
const ODDS = 9;
/** From 10 to 90 % a Gaussian edge rises over so many of its standard deviations. */
const RISE = 2.5631031310892007;

/**
 * How far each threshold between two phases may plausibly lie from where it was put, read off the scan itself. A range holds
 *
 * - the threshold as given;
 * - those that other methods would have given: {@link otsu} or {@link multiOtsu}, {@link kMeans}, {@link gaussianMixture}, of two
 *   phases {@link isodata} and {@link minimumThreshold}, of more {@link valleys}; who finds none between the grey values of the two phases
 *   does not count;
 * - **blur**: the middle between the two grey values, where the edge of a large piece lies, ± what an edge rises within half a
 *   voxel: segmentation is not known better than to half a voxel. Of a Gaussian edge that is contrast · 0.5/(σ √(2π)) with
 *   σ = width/2.563, width from 10 to 90 % as measured on the scan's own edges, and at most half the contrast;
 * - **noise**: the middle ± σ² ln 9 / contrast, within which a voxel is of either phase with odds below 9 to 1, σ being
 *   {@link noiseLevel} (Bayes, both phases equally frequent), and at most half the contrast.
 *
 * The grey value of a phase is the median of the voxels that the given thresholds leave it; no range reaches beyond it, so
 * that ranges never overlap. Give the volume that is thresholded: filtered as it will be.
 *
 * Columns, one row a threshold and source: `threshold` (its number from 0), `source` (`given`, a method, `blur`, `noise`, `range`),
 * `from`, `to` in grey values. `ranges` is what {@link sensitivity} takes.
 * Cost a histogram, and what noise and edges take: some seconds; no volume is made.
 * @param volume grey values, any voxel type
 * @param thresholds one, or several in ascending order
 * @throws MissingData if a phase between thresholds has no voxels
 * @see P. Pietsch et al., Determining the uncertainty in microstructural parameters extracted from tomographic data (2018),
 * doi:10.1039/C7SE00498B, on why the threshold is the uncertainty of a segmentation; R. O. Duda, P. E. Hart & D. G. Stork,
 * Pattern Classification (2001), chapter 2, for the odds
 * @example const { ranges } = await thresholdRanges(clean, await multiOtsu(clean));
 */
export async function thresholdRanges(
  volume: Volume,
  thresholds: number | readonly number[],
  options: ThresholdRangesOptions = {},
): Promise<ThresholdRanges> {
  const caller = "thresholdRanges";
  checkVolume(caller, volume);
  checkOptions(caller, options, ["mask", "signal", "memoryLimit", "workers"]);
  if (volume.role === "labels" || volume.role === "mask")
    throw new InvalidArgument(
      `${caller}: this volume has the role ${volume.role}; give the grey values that are thresholded`,
    );
  const given = checkThresholds(thresholds);
  const { mask, signal, memoryLimit } = options;
  checkMask(mask, volume);
  const counted = await histogramFrom(caller, volume, options, 1024);
  const middles = medians(counted, given);
  const empty = middles.findIndex(Number.isNaN);
  if (empty >= 0)
    throw new MissingData(
      `${caller}: with the thresholds ${given.join(", ")} phase ${empty} has no voxels; give thresholds between the grey values of the phases`,
    );
  const where = { ...(mask && { mask }), ...(signal && { signal }) };
  const noise = await measured(noiseLevel(volume, where));
  const others = await methods(counted, given.length);
  const sources: { threshold: number; source: string; from: number; to: number }[] = [];
  const ranges: NumberRange[] = [];
  for (const [k, threshold] of given.entries()) {
    const [low, high] = [middles[k]!, middles[k + 1]!];
    const [contrast, middle] = [high - low, (low + high) / 2];
    const between = { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };
    const limit = memoryLimit === undefined ? {} : { memoryLimit };
    const { width } = await edgeSpread(volume, [[low, high]], { ...where, ...limit, between });
    const halves = {
      blur: contrast * Math.min(0.5, 0.5 / ((width / RISE) * Math.sqrt(2 * Math.PI))),
      noise: Math.min(contrast / 2, (noise ** 2 * Math.log(ODDS)) / contrast),
    };
    const rows = [
      { source: "given", from: threshold, to: threshold },
      ...others
        .map(({ source, found }) => ({ source, from: found[k]!, to: found[k]! }))
        .filter(({ from }) => from > low && from < high),
      ...Object.entries(halves)
        .filter(([, half]) => !Number.isNaN(half))
        .map(([source, half]) => ({ source, from: middle - half, to: middle + half })),
    ];
    const range = { from: Math.min(...rows.map(({ from }) => from)), to: Math.max(...rows.map(({ to }) => to)) };
    ranges.push(range);
    sources.push(...[...rows, { source: "range", ...range }].map((row) => ({ threshold: k, ...row })));
  }
  const unit = "grey values";
  const table = resultTable(
    [
      { name: "threshold", values: sources.map(({ threshold }) => threshold), whole: true },
      { name: "source", values: sources.map(({ source }) => source) },
      { name: "from", values: sources.map(({ from }) => from), unit },
      { name: "to", values: sources.map(({ to }) => to), unit },
    ],
    trace(caller, { thresholds: given }, { volume, mask }),
  );
  return Object.assign(table, { ranges });
}

/** The median grey value of each phase that thresholds part; NaN of one without voxels. */
function medians({ centres, counts }: Histogram, thresholds: readonly number[]): number[] {
  return [...thresholds, Number.POSITIVE_INFINITY].map((above, k) => {
    const below = k === 0 ? Number.NEGATIVE_INFINITY : thresholds[k - 1]!;
    let total = 0;
    for (let n = 0; n < counts.length; n++) if (centres[n]! > below && centres[n]! <= above) total += counts[n]!;
    let seen = 0;
    for (let n = 0; n < counts.length; n++) {
      if (!(centres[n]! > below && centres[n]! <= above)) continue;
      seen += counts[n]!;
      if (seen > 0 && 2 * seen >= total) return centres[n]!;
    }
    return Number.NaN;
  });
}

/** NaN where there is nothing to measure. */
const measured = (work: Promise<number>): Promise<number> =>
  work.catch((error) => {
    if (isVoxbookError(error, "MissingData")) return Number.NaN;
    throw error;
  });

/** Thresholds of other methods; who finds none is left out. */
async function methods(
  counted: Histogram,
  thresholds: number,
): Promise<{ source: string; found: readonly number[] }[]> {
  const classes = thresholds + 1;
  const all: Record<string, () => Promise<readonly number[]>> =
    thresholds === 1
      ? {
          otsu: async () => [await otsu(counted)],
          isodata: async () => [await isodata(counted)],
          minimumThreshold: async () => [await minimumThreshold(counted)],
        }
      : { multiOtsu: () => multiOtsu(counted, { classes }), valleys: () => valleys(counted, { classes }) };
  all.kMeans = async () => (await kMeans(counted, { classes })).thresholds;
  all.gaussianMixture = async () => (await gaussianMixture(counted, { classes })).thresholds;
  const found: { source: string; found: readonly number[] }[] = [];
  for (const [source, method] of Object.entries(all)) {
    // Methods tell of a histogram without the peaks that they need, or of too few grey values for so many classes.
    const thresholds = await method().catch((error) => {
      if (isVoxbookError(error, "MissingData", "InvalidArgument")) return undefined;
      throw error;
    });
    if (thresholds !== undefined) found.push({ source, found: thresholds });
  }
  return found;
}
