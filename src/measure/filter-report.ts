import { edgeSpread } from "../artefacts/edge-spread.js";
import { type Finding, findingsTable, type Verdict } from "../artefacts/findings.js";
import { checkVolume } from "../compute/run.js";
import type { ResultTable } from "../core/arrow/table.js";
import { DTYPES } from "../core/dtype.js";
import { InvalidArgument, isVoxbookError } from "../core/errors.js";
import { checkOptions, type RunOptions } from "../core/options.js";
import { trace } from "../core/provenance.js";
import { sameShape } from "../core/shape.js";
import type { Volume } from "../core/volume.js";
import { checkThresholds } from "../segment/thresholds.js";
import { cumulative } from "../statistics/cumulative.js";
import { histogram } from "../statistics/histogram.js";
import { type Modes, modes, separationOf } from "../statistics/modes.js";
import { noiseLevel } from "../statistics/noise-level.js";

/** Options of {@link filterReport}. */
export interface FilterReportOptions
  extends Pick<RunOptions, "mask" | "signal" | "onProgress" | "memoryLimit" | "workers"> {
  /** Thresholds, ascending: then the drift of each phase fraction is told, too. */
  thresholds?: number | readonly number[];
  /** Names of the phases, the darkest first. Default `phase 0`, `phase 1`, …. */
  names?: readonly string[];
}

/** How many times as wide edges may become. */
const EDGES = { good: 1.5, fair: 2.25 } as const;
/** Share of voxels with values that were not there. */
const NEW = { good: 0.01, fair: 0.05 } as const;
/** Of wide types a value is new if none was in its bin. */
const BINS = 512;
/** How far the fraction of a phase may move. */
const DRIFT = { good: 0.01, fair: 0.03 } as const;

/**
 * What a filter has done to a scan, good and bad: filters take some of the sample with the noise, and the more, the less it is
 * seen. A row each, with a `verdict` (good, fair, poor, unknown), what it means and the `remedy`:
 *
 * - **noise**: what is left of {@link noiseLevel}, as a share. It is that between neighbouring voxels: a filter that smears
 *   noise out leaves more than this tells.
 * - **width of edges**: from 10 to 90 %, how many times as wide as before, on the same edges, which are looked for in the
 *   filtered volume between its outer peaks. Below 1: sharpened. Good up to 1.5, poor from 2.25 on. Where noise is as large
 *   as half the contrast, the width before comes out up to a fifth too small.
 * - **peaks** of the histogram ({@link modes}): how many. Fewer than before: a phase was lost. **Separation**: how deep the
 *   shallowest valley between two of them is, 0 to 1.
 * - **new grey values**: share of voxels with a value that no voxel had before: overshoots of sharpening, mixtures of
 *   averaging. Of types with more than 256 values: that none had to 1/512 of their range. Good below 1 %, poor from 5 % on.
 * - **drift of a phase**, with `thresholds`: its fraction after less its fraction before. Good up to 1 %, poor from 3 % on.
 *   Where the scan had fewer peaks than phases its fractions were those of noise: whether the filter has put them right or
 *   made new ones up cannot be told, and the verdict is unknown.
 *
 * Cost two passes over each volume and some seconds; memory per worker a brick.
 * @param before the scan, any voxel type
 * @param after what a filter made of it: the same shape
 * @throws InvalidArgument if the shapes differ, a volume is segmented, or thresholds and names do not fit
 * @throws MissingData if no voxel lies in the mask
 * @see the warning against over-filtering in J. Scharf et al., Bridging nano- and microscale X-ray tomography for battery
 * research by leveraging artificial intelligence (2022), doi:10.1038/s41565-022-01081-9, Box 2
 * @example await filterReport(scan, await median(scan, { radius: 2 }), { thresholds: [21000, 34000] });
 */
export async function filterReport(
  before: Volume,
  after: Volume,
  options: FilterReportOptions = {},
): Promise<ResultTable> {
  const caller = "filterReport";
  for (const volume of [before, after]) checkVolume(caller, volume);
  checkOptions(caller, options, ["thresholds", "names", "mask", "signal", "onProgress", "memoryLimit", "workers"]);
  if (!sameShape(before.shape, after.shape))
    throw new InvalidArgument(
      `${caller}: the volumes have the shapes ${before.shape.join(" × ")} and ${after.shape.join(" × ")}; give a scan and what a filter made of it`,
    );
  for (const { role } of [before, after])
    if (role === "labels" || role === "mask")
      throw new InvalidArgument(
        `${caller}: a volume has the role ${role}; give grey values, and thresholds as an option`,
      );
  const { thresholds, names, ...run } = options;
  const limits = thresholds === undefined ? undefined : checkThresholds(thresholds);
  if (names !== undefined && names.length !== (limits?.length ?? -1) + 1)
    throw new InvalidArgument(
      `${caller}: ${names.length} names for ${limits?.length ?? "no"} thresholds; give one more name than thresholds`,
    );
  const { signal, mask, memoryLimit } = run;
  const where = { ...(signal && { signal }), ...(mask && { mask }) };
  const peaks = { before: await modes(before, run), after: await modes(after, run) };
  const findings = [
    await noise(before, after, where),
    await edges(before, after, peaks.after, { ...where, ...(memoryLimit !== undefined && { memoryLimit }) }),
    ...peakFindings(peaks.before, peaks.after),
    await newValues(before, after, run),
    ...(limits === undefined ? [] : await drifts(before, after, limits, names, run, peaks.before.peaks.length)),
  ];
  return findingsTable(findings, trace(caller, { thresholds: limits, names }, { before, after, mask }));
}

type Where = Pick<RunOptions, "signal" | "mask">;
type Edges = Pick<RunOptions, "signal" | "mask" | "memoryLimit">;

const short = (value: number, digits = 3): string => String(Number(value.toPrecision(digits)));
const percent = (share: number): string => `${short(100 * share)} %`;

const grade = (value: number, limits: { good: number; fair: number }): Verdict =>
  Number.isNaN(value) ? "unknown" : value <= limits.good ? "good" : value < limits.fair ? "fair" : "poor";

/** NaN where there is nothing to measure. */
const measured = (work: Promise<number>): Promise<number> =>
  work.catch((error) => {
    if (isVoxbookError(error, "MissingData")) return Number.NaN;
    throw error;
  });

async function noise(before: Volume, after: Volume, where: Where): Promise<Finding> {
  const [was, is] = [await measured(noiseLevel(before, where)), await measured(noiseLevel(after, where))];
  const left = was === 0 ? Number.NaN : is / was;
  return {
    figure: "noise that is left",
    value: left,
    unit: "1",
    verdict: Number.isNaN(left) ? "unknown" : left <= 0.5 ? "good" : left <= 1 ? "fair" : "poor",
    meaning: Number.isNaN(left)
      ? "there was none to be measured"
      : `${short(was)} grey values became ${short(is)}, between neighbouring voxels`,
    remedy: left > 1 ? "sharpening raises noise: take it away first (nonLocalMeans, median)" : "",
  };
}

async function edges(before: Volume, after: Volume, { peaks }: Modes, where: Edges): Promise<Finding> {
  const between = { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };
  const values = peaks.map(({ value }) => value);
  const steps = values.slice(1).map((value, k) => [values[k]!, value] as const);
  const pairs = values.length > 2 ? [[values[0]!, values.at(-1)!] as const, ...steps] : steps;
  const was = await edgeSpread(before, pairs, { ...where, between, guide: after });
  const is = await edgeSpread(after, pairs, { ...where, between });
  const ratio = is.width / was.width;
  return {
    figure: "width of edges, over that before",
    value: ratio,
    unit: "1",
    verdict: grade(ratio, EDGES),
    meaning: Number.isNaN(ratio)
      ? "there are too few edges between two peaks of the filtered histogram"
      : `${short(was.width)} voxels became ${short(is.width)}, from 10 to 90 % of the contrast; what is thinner than that is lost`,
    remedy: ratio > EDGES.good ? "a smaller radius, or a filter that keeps edges (nonLocalMeans, median)" : "",
  };
}

function peakFindings(before: Modes, after: Modes): Finding[] {
  const at = ({ peaks }: Modes): string => peaks.map(({ value }) => short(value, 4)).join(", ");
  const [was, is] = [before.peaks.length, after.peaks.length];
  const depths = [separationOf(before.peaks), separationOf(after.peaks)] as const;
  const deeper = Number.isNaN(depths[0]) || depths[1] >= depths[0];
  return [
    {
      figure: "peaks of the histogram",
      value: is,
      unit: "1",
      verdict: is >= was ? "good" : "poor",
      meaning: `${was} before, at ${at(before)}; now at ${at(after)}`,
      remedy: is < was ? "a phase was lost: filter less" : "",
    },
    {
      figure: "separation of the peaks",
      value: depths[1],
      unit: "1",
      verdict: Number.isNaN(depths[1]) ? "unknown" : deeper ? "good" : "poor",
      meaning: Number.isNaN(depths[1])
        ? "there is one peak: no threshold parts phases"
        : `depth of the shallowest valley, ${Number.isNaN(depths[0]) ? "where there was none before" : `${short(depths[0])} before`}; 1: nothing lies between two peaks`,
      remedy: Number.isNaN(depths[1]) || deeper ? "" : "the valleys were filled by blur: filter less",
    },
  ];
}

async function newValues(before: Volume, after: Volume, run: RunOptions): Promise<Finding> {
  const [low, high] = before.range;
  const exact = [before, after].every(({ dtype }) => DTYPES[dtype].bytes === 1);
  const bins = { ...run, range: [low, high] as const, ...(!exact && { bins: BINS }) };
  const was = await histogram(before, bins);
  const { counts, below, above, total } = await histogram(after, bins);
  const unseen = counts.reduce((sum, count, k) => sum + (was.counts[k] === 0 ? count : 0), below + above);
  const share = unseen / (total + below + above);
  return {
    figure: "voxels with new grey values",
    value: share,
    unit: "1",
    verdict: grade(share, NEW),
    meaning: `${percent(share)} have a value that no voxel had${exact ? "" : ", nor one near it"}`,
    remedy: share > NEW.good ? "a smaller amount of sharpening; mind that thresholds were set on other values" : "",
  };
}

async function drifts(
  before: Volume,
  after: Volume,
  thresholds: readonly number[],
  names: readonly string[] | undefined,
  run: RunOptions,
  peaks: number,
): Promise<Finding[]> {
  const shares = async (volume: Volume): Promise<number[]> => {
    const { atMost, total } = await cumulative(volume, thresholds, run);
    const edges = [0, ...atMost, total];
    return edges.slice(1).map((count, k) => (count - edges[k]!) / total);
  };
  const [was, is] = [await shares(before), await shares(after)];
  const told = peaks >= is.length;
  return is.map((share, k) => {
    const drift = share - was[k]!;
    const moved = `${percent(was[k]!)} of the voxels became ${percent(share)}, with the same thresholds`;
    return {
      figure: `drift of ${names?.[k] ?? `phase ${k}`}`,
      value: drift,
      unit: "1",
      verdict: told ? grade(Math.abs(drift), DRIFT) : "unknown",
      meaning: told ? moved : `${moved}; before, the peaks overlapped, and noise counted as phases`,
      remedy:
        Math.abs(drift) > DRIFT.good
          ? "compare with a weaker filter: a fraction that keeps moving is the filter's, not the sample's"
          : "",
    };
  });
}
