/** How measured figures of a scan are read: what each allows, and the remedy. */
import { formatLength } from "../core/length.js";
import { type Peak, separationOf } from "../statistics/modes.js";
import type { EdgeSpread } from "./edge-spread.js";
import type { Finding, Verdict } from "./findings.js";
import type { End } from "./grey-ends.js";

/** What was measured; NaN where it could not be. */
export interface Measured {
  /** Standard deviation of the noise, grey values. */
  readonly noise: number;
  /** From dark to bright, at least one. */
  readonly peaks: readonly Peak[];
  /** Grey value of no attenuation. */
  readonly zero: number;
  readonly lowest: End;
  readonly highest: End;
  readonly edge: EdgeSpread;
  /** Resolution by Fourier shell correlation, voxels. */
  readonly shell: number;
  /** What it compared: `slices`, `rows` of an image, or `scans`. */
  readonly compared: "slices" | "rows" | "scans";
  /** Voxel size along z, y, x in metres; undefined if unknown. */
  readonly spacing: readonly [number, number, number] | undefined;
  /** Share by which the axis is darker (below 0) or brighter than the rim. */
  readonly cupping: number;
  /** Root mean square of the rings, grey values. */
  readonly rings: number;
  /** Share by which the brightest of the slices is brighter than the darkest; NaN of one slice. */
  readonly drift: number;
  /** Share of the projections' pixels with less than a fifth of the beam; undefined if there are no projections. */
  readonly dim: number | undefined;
}

const number = (value: number, digits = 3): string => String(Number(value.toPrecision(digits)));
const percent = (share: number): string => `${number(100 * share)} %`;

/** `good` up to the first limit, `fair` up to the second. */
function grade(value: number, good: number, fair: number): Verdict {
  if (Number.isNaN(value)) return "unknown";
  return value <= good ? "good" : value <= fair ? "fair" : "poor";
}

/** The same for figures that are better the larger they are. */
const gradeDown = (value: number, good: number, fair: number): Verdict => grade(-value, -good, -fair);

/** A row whose remedy is only said where it is needed. */
const row = (
  figure: string,
  value: number,
  unit: string,
  verdict: Verdict,
  meaning: string,
  remedy: string,
): Finding => ({ figure, value, unit, verdict, meaning, remedy: verdict === "good" ? "" : remedy });

export function findingsOf(measured: Measured): Finding[] {
  return [...contrast(measured), ...ends(measured), ...sharpness(measured), ...artefacts(measured)];
}

function contrast({ noise, peaks, zero }: Measured): Finding[] {
  const pairs = peaks.slice(1).map((bright, k) => [peaks[k]!, bright] as const);
  const several = pairs.length > 0;
  const least = (values: number[]): number => (several ? Math.min(...values) : Number.NaN);
  const cnr = least(pairs.map(([a, b]) => (2 * (b.value - a.value)) / (a.deviation + b.deviation)));
  const valley = separationOf(peaks);
  const brightest = peaks.at(-1)!;
  const snr = (brightest.value - zero) / brightest.deviation;
  const narrowest = Math.min(...peaks.map(({ deviation }) => deviation));
  const [parted, deep, bright] = [gradeDown(cnr, 5, 3), gradeDown(valley, 0.5, 0.2), gradeDown(snr, 10, 5)];
  const filter = "filter before the threshold (nonLocalMeans, median), or scan longer";
  return [
    row(
      "noise",
      noise,
      "grey values",
      Number.isNaN(noise) ? "unknown" : several ? parted : bright,
      Number.isNaN(noise)
        ? "there are no three voxels in a row to compare"
        : noise < narrowest / 3
          ? `from voxel to voxel; the peaks are wider, ${number(narrowest)} at least: the rest is smooth noise, blur, shading, or in the sample`
          : "standard deviation from voxel to voxel, without the structure",
      "",
    ),
    row(
      "peaks of the histogram",
      peaks.length,
      "1",
      several ? "good" : "poor",
      several
        ? `phases that thresholds can part, at ${peaks.map(({ value }) => number(value, 4)).join(", ")}`
        : `at ${number(brightest.value, 4)}: no two phases are parted, any threshold is a guess`,
      "filter (nonLocalMeans, median) and look again; if it stays one peak, scan longer or with more contrast",
    ),
    row(
      "separation of the peaks",
      100 * valley,
      "%",
      deep,
      several
        ? "so much of a peak stands above the valley beside it, where that is least; 100 %: no voxel lies between two peaks"
        : "needs two peaks",
      several ? "noise and blur fill the valley: filter first (nonLocalMeans), look at dφ/dT of phaseFractions" : "",
    ),
    row(
      "contrast to noise",
      cnr,
      "1",
      parted,
      several
        ? `least distance of two peaks over their standard deviation; a threshold midway puts ${wrong(cnr)} of a phase on the wrong side, edges apart`
        : "needs two peaks",
      several ? `${filter}; from 5 on these are 0.6 % at most` : "",
    ),
    row(
      "signal to noise",
      snr,
      "1",
      bright,
      `brightest peak above the grey value of no attenuation, ${number(zero, 5)}, over its standard deviation`,
      `${filter}; give zero, the grey value of air, if it is another one`,
    ),
  ];
}

function ends({ lowest, highest }: Measured): Finding[] {
  const end = (which: string, { value, share }: End, remedy: string): Finding => {
    const verdict = grade(share, 1e-3, 1e-2);
    const meaning =
      verdict === "good"
        ? `hardly any have ${number(value, 6)}: nothing is cut off`
        : `have ${number(value, 6)}: what was beyond it is cut off${verdict === "poor" ? "; they are left out of peaks, noise, edges and artefacts" : ""}`;
    return row(`voxels at the ${which} grey value`, 100 * share, "%", verdict, meaning, remedy);
  };
  const again = "export again with a wider range of grey values, for what is cut off does not come back";
  return [
    end("lowest", lowest, `nothing, if that is what lies around the sample; else ${again}`),
    end("highest", highest, again),
  ];
}

function sharpness({ edge, shell, compared, spacing }: Measured): Finding[] {
  const size = (voxels: number): string =>
    `${number(voxels)} voxels${spacing === undefined ? "" : ` = ${formatLength(voxels * spacing[2])}`}`;
  const blurred = grade(edge.width, 3, 5);
  const between = { slices: "neighbouring slices", rows: "neighbouring rows and columns", scans: "the two scans" };
  return [
    row(
      "voxel size",
      spacing === undefined ? Number.NaN : spacing[2] * 1e6,
      "µm",
      spacing === undefined ? "unknown" : "good",
      spacing === undefined
        ? "lengths can only be given in voxels"
        : spacing.every((length) => length === spacing[2])
          ? `a feature needs at least two to three voxels, ${formatLength(3 * spacing[2])}, however good the image`
          : `along x; along y ${formatLength(spacing[1])}, along z ${formatLength(spacing[0])}`,
      "scan.with({ spacing: um(…) })",
    ),
    row(
      "width of edges, 10 to 90 %",
      edge.width,
      "voxels",
      blurred,
      Number.isNaN(edge.width)
        ? "too few clean edges, five times the noise high, between flat parts of two phases"
        : `mean of the steeper half of ${edge.edges} edges; measure nothing smaller than ${size(Math.max(3, edge.width))}`,
      Number.isNaN(edge.width)
        ? "a filter that keeps edges (nonLocalMeans) may show some"
        : "voxels are finer than what the image shows: average them, or unsharpMask with care",
    ),
    row(
      "resolution by Fourier shell correlation",
      shell,
      "voxels",
      grade(shell, 3, 5),
      Number.isNaN(shell)
        ? `${between[compared]} do not agree at any scale`
        : shell === 2
          ? `${between[compared]} agree down to two voxels, the finest there can be (1-bit threshold)`
          : `${between[compared]} agree down to ${size(shell)} (1-bit threshold); finer details are mostly noise`,
      blurred === "fair" || blurred === "poor"
        ? "blur hides the details, see the width of edges"
        : "noise hides the details: scan longer, or filter (nonLocalMeans)",
    ),
  ];
}

function artefacts({ peaks, zero, cupping, rings, drift, dim }: Measured): Finding[] {
  const several = peaks.length > 1;
  const span = several ? peaks.at(-1)!.value - peaks[0]!.value : Number.NaN;
  // One class alone cannot tell shading from more of something dense.
  const shading = (verdict: Verdict): Verdict => (verdict === "poor" && !several ? "fair" : verdict);
  return [
    row(
      "cupping",
      100 * cupping,
      "%",
      shading(grade(Math.abs(cupping), 0.02, 0.05)),
      Number.isNaN(cupping)
        ? "no circles about the axis lie in the mask"
        : `so much ${cupping < 0 ? "darker" : "brighter"} is ${several ? "a phase" : "the mean"} at the axis than at the rim, above ${number(zero, 5)}${several ? "" : "; it may be the sample itself"}`,
      Number.isNaN(cupping)
        ? ""
        : "correctCupping with a mask of the sample, or no threshold fits both; see radialProfile",
    ),
    row(
      "rings over contrast",
      (100 * rings) / span,
      "%",
      grade(rings / span, 0.01, 0.03),
      Number.isNaN(rings)
        ? "too few whole circles about the axis lie in the mask"
        : several
          ? `root mean square of the rings, ${number(rings)} grey values, over the distance of the outer peaks; what is round about the axis itself counts, too`
          : `needs two peaks; root mean square of the rings: ${number(rings)} grey values`,
      several && !Number.isNaN(rings) ? "removeStripes on the projections, or removeRings on the slices" : "",
    ),
    row(
      "drift from slice to slice",
      100 * drift,
      "%",
      shading(grade(drift, 0.03, 0.05)),
      Number.isNaN(drift)
        ? "needs phases that are seen in several slices"
        : `so much brighter is ${several ? "a phase" : "the mean"} in the brightest slice than in the darkest, above ${number(zero, 5)}; it may be the sample itself`,
      Number.isNaN(drift) ? "" : "correctDrift with a mask of something that does not change; see sliceProfile",
    ),
    row(
      "pixels with less than a fifth of the beam",
      dim === undefined ? Number.NaN : 100 * dim,
      "%",
      dim === undefined ? "unknown" : dim > 1e-3 ? "poor" : "good",
      dim === undefined ? "needs the projections: give transmission" : "noise, streaks and dark bands come from them",
      dim === undefined ? "" : "a thinner sample, or more energy; reduceStreaks",
    ),
  ];
}

/** Share of a phase beyond a threshold in the middle. */
function wrong(cnr: number): string {
  const share = tail(cnr / 2);
  return share < 1e-5 ? "hardly a voxel" : percent(share);
}

/** Share of a normal distribution beyond `z` ≥ 0 standard deviations on one side, to 1e-7 (Abramowitz & Stegun 26.2.17). */
function tail(z: number): number {
  const t = 1 / (1 + 0.2316419 * z);
  const series = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * series;
}
