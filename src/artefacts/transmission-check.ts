import { watched } from "../compute/progress.js";
import type { ResultTable } from "../core/arrow/table.js";
import { MissingData } from "../core/errors.js";
import { checkNumber, checkOptions } from "../core/options.js";
import { trace } from "../core/provenance.js";
import type { Volume } from "../core/volume.js";
import { type Finding, findingsTable } from "./findings.js";
import { eachPlane } from "./plane-wise.js";
import { checkProjections, type ProjectionRunOptions } from "./projections.js";

/** Options of {@link transmissionCheck}. */
export interface TransmissionCheckOptions extends Pick<ProjectionRunOptions, "signal" | "onProgress"> {
  /** Transmission below which too few photons come through, from 0 to 1. Default 0.2. */
  least?: number;
}

/** Share of pixels below the limit that is let pass: single pixels are noise. */
const ALLOWED_SHARE = 1e-3;
const BINS = 2000;

/**
 * Checks that enough of the beam passes the sample. Where less than a fifth does, noise grows, and dense parts throw
 * streaks and dark bands that no filter takes away afterwards.
 *
 * Rows of the table: the share of pixels below `least` (poor above 0.1 %), the transmission that 0.1 % of the pixels stay
 * below, the median, and the angle at which most pixels are below.
 * Cost O(n); memory some planes.
 * @param transmission volume of role projections, such as {@link flatField} gives
 * @throws MissingData if all pixels are NaN
 * @see with counting noise alone the best transmission is 1/e², 13.5 %, along the longest way; detectors that scatter and beams of
 * many energies need more
 */
export async function transmissionCheck(
  transmission: Volume,
  options: TransmissionCheckOptions = {},
): Promise<ResultTable> {
  checkProjections("transmissionCheck", transmission);
  checkOptions("transmissionCheck", options, ["least", "signal", "onProgress"]);
  const { least = 0.2, ...run } = options;
  checkNumber("least", least, 0, 1);
  const counts = new Float64Array(BINS + 1);
  const below = new Float64Array(transmission.shape[0]);
  const valid = new Float64Array(transmission.shape[0]);
  await watched("transmissionCheck", transmission.shape[0], run, ({ signal, step }) =>
    eachPlane(transmission, signal, (plane, z) => {
      for (const value of plane) {
        if (Number.isNaN(value)) continue;
        valid[z]!++;
        if (value < least) below[z]!++;
        // Bins of 0.001 up to 2; what is beyond counts as its end.
        counts[Math.min(BINS, Math.max(0, Math.floor(value * 1000)))]!++;
      }
      step();
    }),
  );
  const total = valid.reduce((a, b) => a + b, 0);
  if (total === 0) throw new MissingData("transmissionCheck: all pixels are NaN; there is nothing to check");
  const quantile = (share: number): number => {
    let sum = 0;
    const at = counts.findIndex((count) => {
      sum += count;
      return sum > share * total;
    });
    return (at + 0.5) / 1000;
  };
  const share = below.reduce((a, b) => a + b, 0) / total;
  const worst = below.reduce((best, count, z) => (count / valid[z]! > below[best]! / valid[best]! ? z : best), 0);
  const darkest = quantile(1e-3);
  const verdict = share > ALLOWED_SHARE ? "poor" : darkest < 1.5 * least ? "fair" : "good";
  const percent = (value: number): string => `${Number((100 * value).toPrecision(3))} %`;
  const remedy =
    verdict === "good"
      ? ""
      : "scan a thinner sample, or at a higher energy, or longer; reconstruct with care for streaks near dense parts";
  const row = (figure: string, value: number, unit: string, meaning: string): Finding => ({
    figure,
    value,
    unit,
    verdict,
    meaning,
    remedy,
  });
  const findings = [
    row(
      "share of pixels below the limit",
      share,
      "1",
      `at transmissions below ${percent(least)} noise and streaks grow; ${percent(ALLOWED_SHARE)} may be noise`,
    ),
    row("transmission of the darkest 0.1 %", darkest, "1", `the limit is ${percent(least)}`),
    { ...row("median transmission", quantile(0.5), "1", "10 to 40 % gives the best contrast"), verdict, remedy: "" },
  ] satisfies Finding[];
  if (share > 0)
    findings.push({
      ...row("angle of most absorption", transmission.angles?.[worst] ?? worst, "", ""),
      unit: transmission.angles === undefined ? "projection" : "degree",
      meaning: `${percent(below[worst]! / valid[worst]!)} of this projection are below the limit`,
      remedy: "",
    });
  return findingsTable(findings, trace("transmissionCheck", { least }, { volume: transmission }));
}
