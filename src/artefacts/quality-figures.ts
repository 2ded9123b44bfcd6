/** How measured figures of a scan are read: what each allows, and the remedy. */
import type { Finding, Verdict } from "./findings.js";

/** What was measured; NaN where it could not be. */
export interface Measured {
  /** Standard deviation of the noise, grey values. */
  readonly noise: number;
  /** Grey values of the peaks, from dark to bright. */
  readonly peaks: readonly number[];
  /** Shares of voxels at the ends of the range of grey values. */
  readonly dark: number;
  readonly bright: number;
  /** Full width of the point spread at half its height, voxels. */
  readonly blur: number;
  /** Voxel size in µm; undefined if unknown. */
  readonly voxel: number | undefined;
  /** Factor by which the axis is darker (below 0) or brighter than the rim. */
  readonly cupping: number;
  /** Root mean square of the rings, grey values. */
  readonly rings: number;
  /** Difference of the brightest and the darkest slice's median, grey values. */
  readonly drift: number;
  /** Share of the projections' pixels with less than a fifth of the beam; undefined if there are no projections. */
  readonly dim: number | undefined;
}

const number = (value: number, digits = 3): string => String(Number(value.toPrecision(digits)));

/** `good` up to the first limit, `fair` up to the second. */
function grade(value: number, good: number, fair: number): Verdict {
  if (Number.isNaN(value)) return "unknown";
  return value <= good ? "good" : value <= fair ? "fair" : "poor";
}

const unlessGood = (verdict: Verdict, remedy: string): string => (verdict === "good" ? "" : remedy);

export function findingsOf(measured: Measured): Finding[] {
  const { noise, peaks, blur, voxel, rings, drift, dim } = measured;
  const steps = peaks.slice(1).map((peak, k) => peak - peaks[k]!);
  // With one peak there is no contrast to compare with.
  const contrast = steps.length === 0 ? Number.NaN : Math.min(...steps);
  const cnr = contrast / noise;
  const span = peaks.length > 1 ? peaks.at(-1)! - peaks[0]! : Number.NaN;
  const snr = peaks.length > 0 ? peaks.at(-1)! / noise : Number.NaN;
  const separation = grade(-cnr, -5, -3);
  const clipped = Math.max(measured.dark, measured.bright);
  const saturation = grade(clipped, 1e-3, 1e-2);
  const sharpness = grade(blur, 3, 5);
  const cupping = grade(Math.abs(measured.cupping), 0.02, 0.05);
  const ringed = grade(rings / span, 0.01, 0.03);
  const drifting = grade(drift / span, 0.02, 0.05);
  const findings: Finding[] = [
    {
      figure: "noise",
      value: noise,
      unit: "grey value",
      verdict: "good",
      meaning: "standard deviation of white noise; what follows is compared with it",
      remedy: "",
    },
    {
      figure: "peaks of the histogram",
      value: peaks.length,
      unit: "1",
      verdict: peaks.length > 1 ? "good" : "poor",
      meaning:
        peaks.length > 1
          ? `phases that a threshold can part, at ${peaks.map((peak) => number(peak, 4)).join(", ")}`
          : "no two phases are parted: any threshold is a guess",
      remedy:
        peaks.length > 1 ? "" : "filter (median, non-local means), then look again; else more photons or contrast",
    },
    {
      figure: "signal to noise of the brightest peak",
      value: snr,
      unit: "1",
      verdict: grade(-snr, -20, -10),
      meaning: "grey value over noise",
      remedy: unlessGood(grade(-snr, -20, -10), "scan longer, bin, or filter"),
    },
    {
      figure: "contrast to noise",
      value: cnr,
      unit: "1",
      verdict: separation,
      meaning: Number.isNaN(cnr)
        ? "needs two peaks"
        : `least distance of two peaks over the noise: a threshold in the middle errs on ${number(100 * tail(cnr / 2))} % of the voxels of a phase`,
      remedy: unlessGood(
        separation,
        "filter before the threshold, or scan longer; from 5 on a threshold errs on less than 1 %",
      ),
    },
    {
      figure: "saturated voxels",
      value: clipped,
      unit: "1",
      verdict: saturation,
      meaning: Number.isNaN(clipped)
        ? "a type of 32 bits has no ends that are reached"
        : `${number(100 * measured.dark)} % at the lowest, ${number(100 * measured.bright)} % at the highest grey value that can be`,
      remedy: unlessGood(
        saturation,
        "export again with a wider range of grey values; what is cut off does not come back",
      ),
    },
    {
      figure: "resolution",
      value: blur,
      unit: "voxel",
      verdict: sharpness,
      meaning: Number.isNaN(blur)
        ? "no clean edges between two peaks were found"
        : `full width of the point spread${voxel === undefined ? "" : ` (${number(blur * voxel)} µm)`}; measure nothing smaller than two to three voxels, nor than this`,
      remedy: unlessGood(
        sharpness,
        Number.isNaN(blur)
          ? "filter first, then look again"
          : "voxels are finer than the image: bin them, or sharpen with care",
      ),
    },
    {
      figure: "cupping",
      value: measured.cupping,
      unit: "1",
      verdict: cupping,
      meaning: "by how much the axis is darker (below 0) or brighter than the rim: one threshold does not fit both",
      remedy: unlessGood(cupping, "correctCupping with a mask of the sample"),
    },
    {
      figure: "rings over contrast",
      value: rings / span,
      unit: "1",
      verdict: ringed,
      meaning: "root mean square of the rings over the distance of the outer peaks",
      remedy: unlessGood(ringed, "removeStripes on the projections, or removeRings on the slices"),
    },
    {
      figure: "drift over contrast",
      value: drift / span,
      unit: "1",
      verdict: drifting,
      meaning: "difference between the medians of slices over the distance of the outer peaks; it may be real",
      remedy: unlessGood(drifting, "correctDrift with a mask of something that does not change"),
    },
    {
      figure: "projections with less than a fifth of the beam",
      value: dim ?? Number.NaN,
      unit: "1",
      verdict: dim === undefined ? "unknown" : dim > 1e-3 ? "poor" : "good",
      meaning:
        dim === undefined
          ? "there are no projections; give transmission"
          : "share of pixels: streaks and dark bands come from them",
      remedy: dim !== undefined && dim > 1e-3 ? "a thinner sample, more energy; reduceStreaks" : "",
    },
  ];
  return findings;
}

/** Share of a normal distribution beyond `z` standard deviations on one side. */
function tail(z: number): number {
  // W. J. Cody's continued fraction is not needed for two digits: Abramowitz & Stegun 26.2.17, right to 1e-7.
  const t = 1 / (1 + 0.2316419 * z);
  const series = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * series;
}
