/** How measured figures of a scan are read: what each allows, and the remedy. */
import { formatLength } from "../core/length.js";
import type { Finding, Verdict } from "./findings.js";

/** What was measured; NaN where it could not be. */
export interface Measured {
  /** Standard deviation of the noise, grey values. */
  readonly noise: number;
  /** Grey values of the peaks, from dark to bright, and the grey value of no attenuation. */
  readonly peaks: readonly number[];
  readonly zero: number;
  /** How deep the shallowest valley is, as a share of the lower peak beside it. */
  readonly valley: number;
  /** The lowest and the highest grey value, and shares of voxels that have them. */
  readonly lowest: { readonly value: number; readonly share: number };
  readonly highest: { readonly value: number; readonly share: number };
  /** Width of edges from 10 to 90 %, voxels, and how many edges there were. */
  readonly edge: { readonly width: number; readonly edges: number };
  /** Resolution by Fourier shell correlation, voxels. */
  readonly shell: number;
  /** What it compared: `slices`, `rows` of an image, or `scans`. */
  readonly compared: "slices" | "rows" | "scans";
  /** Voxel size along z, y, x in metres; undefined if unknown. */
  readonly spacing: readonly [number, number, number] | undefined;
  /** Factor by which the axis is darker (below 0) or brighter than the rim. */
  readonly cupping: number;
  /** Root mean square of the rings, grey values. */
  readonly rings: number;
  /** Factor by which the brightest of the slices is brighter than the darkest, less 1. */
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

function contrast({ noise, peaks, zero, valley }: Measured): Finding[] {
  const steps = peaks.slice(1).map((peak, k) => peak - peaks[k]!);
  const known = noise > 0;
  const cnr = known && steps.length > 0 ? Math.min(...steps) / noise : Number.NaN;
  const snr = known ? (peaks.at(-1)! - zero) / noise : Number.NaN;
  const [parted, deep, bright] = [gradeDown(cnr, 5, 3), gradeDown(valley, 0.5, 0.2), gradeDown(snr, 20, 10)];
  const several = peaks.length > 1;
  const filter = "filter before the threshold (nonLocalMeans, median), or scan longer";
  return [
    row(
      "noise",
      noise,
      "grey values",
      several ? parted : bright,
      known
        ? "standard deviation between neighbouring voxels, without the structure; noise that was blurred is missed"
        : noise === 0
          ? "neighbouring voxels do not differ: rounded or filtered away"
          : "there are no three voxels in a row to compare",
      "",
    ),
    row(
      "peaks of the histogram",
      peaks.length,
      "1",
      several ? "good" : "poor",
      several
        ? `phases that thresholds can part, at ${peaks.map((peak) => number(peak, 4)).join(", ")}`
        : `at ${number(peaks[0]!, 4)}: no two phases are parted, any threshold is a guess`,
      "filter (nonLocalMeans, median) and look again; if it stays one peak, scan longer or with more contrast",
    ),
    row(
      "separation of the peaks",
      valley,
      "1",
      deep,
      several
        ? "depth of the shallowest valley over the lower peak beside it; 1: no voxel lies between two peaks"
        : "needs two peaks",
      several ? "noise and blur fill the valley: filter first (nonLocalMeans), and test the threshold's sensitivity" : "",
    ),
    row(
      "contrast to noise",
      cnr,
      "1",
      parted,
      Number.isNaN(cnr)
        ? "needs two peaks and noise"
        : `least distance of two peaks over the noise; a threshold midway puts ${percent(tail(cnr / 2))} of a phase on the wrong side`,
      Number.isNaN(cnr) ? "" : `${filter}; from 5 on less than 1 % is on the wrong side`,
    ),
    row(
      "signal to noise",
      snr,
      "1",
      bright,
      `brightest peak above the grey value of no attenuation, ${number(zero, 5)}, over the noise`,
      Number.isNaN(snr) ? "" : filter,
    ),
  ];
}

function ends({ lowest, highest }: Measured): Finding[] {
  const end = (which: string, { value, share }: Measured["lowest"], remedy: string): Finding =>
    row(
      `voxels at the ${which} grey value`,
      share,
      "1",
      grade(share, 1e-3, 1e-2),
      `${percent(share)} are ${number(value, 6)}: what is beyond that is cut off`,
      remedy,
    );
  const again = "export again with a wider range of grey values, for what is cut off does not come back";
  return [
    end("lowest", lowest, `if that is what lies around the sample, give a mask of it; else ${again}`),
    end("highest", highest, again),
  ];
}

function sharpness({ edge, shell, compared, spacing }: Measured): Finding[] {
  const size = (voxels: number): string =>
    `${number(voxels)} voxels${spacing === undefined ? "" : ` (${formatLength(voxels * spacing[2])})`}`;
  const blurred = grade(edge.width, 3, 5);
  const resolved = grade(shell, 3, 5);
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
          ? `a feature needs two to three voxels, ${formatLength(3 * spacing[2])}, whatever the image is like`
          : `along x; along y ${formatLength(spacing[1])}, along z ${formatLength(spacing[0])}`,
      "scan.with({ spacing: um(…) })",
    ),
    row(
      "width of edges, 10 to 90 %",
      edge.width,
      "voxels",
      blurred,
      Number.isNaN(edge.width)
        ? "too few clean edges, with five times the noise between flat parts on both sides"
        : `mean of the steeper half of ${edge.edges} edges; measure nothing smaller than ${size(Math.max(3, edge.width))}`,
      Number.isNaN(edge.width)
        ? "filter with edges kept (nonLocalMeans), then look again"
        : "the image is blurred, its voxels are finer than what they show: average them, or unsharpMask with care",
    ),
    row(
      "resolution by Fourier shell correlation",
      shell,
      "voxels",
      resolved,
      Number.isNaN(shell)
        ? `${between[compared]} do not agree at any scale`
        : `1-bit threshold, ${between[compared]}: details finer than ${size(shell)} are ${shell === 2 ? "not in the voxels" : "mostly noise"}`,
      resolved === "unknown" || blurred === "good"
        ? "noise, not blur, hides the details: scan longer, or filter (nonLocalMeans)"
        : "see the width of edges",
    ),
  ];
}

function artefacts({ peaks, zero, cupping, rings, drift, dim }: Measured): Finding[] {
  const several = peaks.length > 1;
  const span = several ? peaks.at(-1)! - peaks[0]! : Number.NaN;
  const drifting = grade(drift, 0.02, 0.05);
  return [
    row(
      "cupping",
      cupping,
      "1",
      grade(Math.abs(cupping), 0.02, 0.05),
      `by how much the axis is ${cupping < 0 ? "darker" : "brighter"} than the rim, above ${number(zero, 5)}: one threshold does not fit both`,
      "correctCupping with a mask of the sample; see radialProfile",
    ),
    row(
      "rings over contrast",
      rings / span,
      "1",
      grade(rings / span, 0.01, 0.03),
      `root mean square of the rings, ${number(rings)} grey values, over the distance of the outer peaks`,
      several ? "removeStripes on the projections, or removeRings on the slices" : "needs two peaks",
    ),
    row(
      "drift from slice to slice",
      drift,
      "1",
      // One class alone cannot tell drift from more of something dense.
      drifting === "poor" && !several ? "fair" : drifting,
      Number.isNaN(drift)
        ? "there is one slice"
        : several
          ? "by how much phases are brighter in the brightest slice than in the darkest"
          : "by how much the mean of the brightest slice is above that of the darkest, which may be real",
      Number.isNaN(drift) ? "" : "correctDrift with a mask of something that does not change; see sliceProfile",
    ),
    row(
      "projections with less than a fifth of the beam",
      dim ?? Number.NaN,
      "1",
      dim === undefined ? "unknown" : dim > 1e-3 ? "poor" : "good",
      dim === undefined
        ? "there are no projections; give transmission to know"
        : "share of pixels: noise, streaks and dark bands come from them",
      dim === undefined ? "" : "a thinner sample, or more energy; reduceStreaks",
    ),
  ];
}

/** Share of a normal distribution beyond `z` ≥ 0 standard deviations on one side, to 1e-7 (Abramowitz & Stegun 26.2.17). */
function tail(z: number): number {
  const t = 1 / (1 + 0.2316419 * z);
  const series = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * series;
}
