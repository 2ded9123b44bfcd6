import { DTYPES } from "../core/dtype.js";
import { InvalidArgument, MissingData } from "../core/errors.js";
import type { RunOptions } from "../core/options.js";
import type { Volume } from "../core/volume.js";
import { checkThresholds } from "../segment/thresholds.js";
import { cumulative } from "../statistics/cumulative.js";

/** The thresholds that labels were made with: given, or from their provenance. */
export function thresholdsOf(labels: Volume, given: number | readonly number[] | undefined): readonly number[] {
  const { operation, parameters } = labels.provenance;
  const kept = operation === "threshold" ? (parameters.thresholds as readonly number[]) : undefined;
  const thresholds = given ?? kept;
  if (thresholds === undefined)
    throw new MissingData(
      `phaseFractions: the thresholds of these labels are not known (they come from ${operation}); give them as thresholds`,
    );
  const checked = checkThresholds(thresholds);
  if (labels.phases !== undefined && labels.phases.length !== checked.length + 1)
    throw new InvalidArgument(
      `phaseFractions: ${checked.length} thresholds make ${checked.length + 1} phases, but these labels have ${labels.phases.length}`,
    );
  return checked;
}

/** Half-width of the window where the caller gives none: 0.5 % of the range, for whole numbers at least 1. */
export function defaultWindow({ dtype, range: [low, high] }: Volume): number {
  // A volume of nothing but NaN has no range; that it cannot be measured is said later.
  const share = high < low ? 1 : 0.005 * (high - low);
  return DTYPES[dtype].integer ? Math.max(1, Math.round(share)) : share || 1;
}

/** Counts up to each threshold, and the mean slope of the cumulative histogram around it. */
export async function slopesAt(
  scan: Volume,
  thresholds: readonly number[],
  half: number,
  options: RunOptions,
): Promise<{ atMost: readonly number[]; slope: readonly number[]; total: number; nan: number }> {
  const n = thresholds.length;
  const values = [...thresholds, ...thresholds.map((t) => t - half), ...thresholds.map((t) => t + half)];
  const { atMost, total, nan } = await cumulative(scan, values, options);
  return {
    atMost: atMost.slice(0, n),
    slope: thresholds.map((_, k) => (atMost[2 * n + k]! - atMost[n + k]!) / (2 * half * total)),
    total,
    nan,
  };
}
