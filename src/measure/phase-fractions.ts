import { checkVolume } from "../compute/run.js";
import { type Column, type ResultTable, resultTable } from "../core/arrow/table.js";
import { InvalidArgument, MissingData } from "../core/errors.js";
import { checkNumber, checkOptions, RUN_OPTIONS, type RunOptions } from "../core/options.js";
import type { Phase } from "../core/phases.js";
import { trace } from "../core/provenance.js";
import { sameShape } from "../core/shape.js";
import type { Volume } from "../core/volume.js";
import { checkThresholds, thresholdPhases } from "../segment/thresholds.js";
import { countPhases } from "../statistics/phase-counts.js";
import { withPhaseBars } from "./phase-table.js";
import { defaultWindow, slopesAt, thresholdsOf } from "./threshold-slopes.js";

/** Options of {@link phaseFractions}. */
export interface PhaseFractionsOptions extends RunOptions {
  /**
   * Grey values that part the phases: with them a scan is measured without making a labels volume. For a labels volume
   * with `scan`: the thresholds it was made with. Default: those of the {@link threshold} call in its provenance.
   */
  thresholds?: number | readonly number[];
  /** Names of the phases of a scan with thresholds, the darkest first. Default `phase 0`, `phase 1`, …. */
  names?: readonly string[];
  /** For a labels volume: the scan that was thresholded (filtered as it was then), for the sensitivity. */
  scan?: Volume;
  /**
   * Half-width, in grey values, of the window around a threshold over which the sensitivity is the mean slope. Default:
   * 0.5 % of the scan's range, for whole numbers at least 1 and rounded.
   */
  window?: number;
}

/**
 * Volume fractions of the phases of a segmented volume, or of a scan with thresholds; for thresholds also how much each
 * fraction changes with them.
 *
 * Columns: `label`, `phase`, `voxels`, `fraction` (of all voxels that belong to a phase: not of NaN, not of those outside
 * region or mask, nor of label 255), `volume` in µm³ where the voxel size is known, and with thresholds
 * `dφ/dT lower` and `dφ/dT upper` in 1 per grey value: how the fraction φ changes as the threshold below or above the phase
 * rises by one grey value, the other one staying (0 where there is none). It is
 * (number of voxels from T − w to T + w) / (2w · all voxels), negative for the lower threshold; w is the `window`. A porosity
 * of 0.45 with `dφ/dT upper` of 0.0004 moves by ± 0.01 as the threshold moves by ± 25 grey values.
 *
 * Exact for all voxel types. Cost a pass over the voxels for types of up to 16 bits; for wider ones with thresholds three
 * a threshold. No volume is made.
 * @param volume labels (whole numbers; phases from its phase table, other labels by their number), a mask, or a scan with
 * `thresholds`
 * @returns one row a phase, in the order of the phase table; the fractions sum to 1
 * @throws InvalidArgument for a scan without thresholds, or thresholds that are not finite and ascending
 * @throws MissingData if no voxel belongs to a phase, or `scan` is given and the thresholds are not known
 * @see sensitivity to the threshold as the measure of a segmentation's uncertainty: P. Pietsch et al., Determining
 * the uncertainty in microstructural parameters extracted from tomographic data (2018), doi:10.1039/C7SE00498B
 * @example await phaseFractions(scan, { thresholds: await multiOtsu(scan), names: ["pore", "binder", "active material"] })
 */
export async function phaseFractions(volume: Volume, options: PhaseFractionsOptions = {}): Promise<ResultTable> {
  checkVolume("phaseFractions", volume);
  checkOptions("phaseFractions", options, ["thresholds", "names", "scan", "window", ...RUN_OPTIONS]);
  const { thresholds, names, scan, window, region, mask, ...run } = options;
  const where = { ...run, ...(region && { region }), ...(mask && { mask }) };
  const labelled = volume.role === "labels" || volume.role === "mask";
  if (!labelled && scan !== undefined)
    throw new InvalidArgument("phaseFractions: `scan` goes with a labels volume; give the scan alone, with thresholds");
  if (!labelled && thresholds === undefined)
    throw new InvalidArgument(
      `phaseFractions: this volume has the role ${volume.role}, so its phases are not known; give thresholds (such as await multiOtsu(scan)), or say with({ role: "labels" })`,
    );
  if (labelled && scan === undefined && (thresholds !== undefined || window !== undefined))
    throw new MissingData("phaseFractions: thresholds of a labels volume need `scan`, the volume they were put to");
  if (labelled && names !== undefined)
    throw new InvalidArgument('phaseFractions: name the phases of a labels volume by with({ phaseNames: ["…"] })');

  const given = labelled ? scan && thresholdsOf(volume, thresholds) : checkThresholds(thresholds!);
  const grey = labelled ? scan : volume;
  const half = given && (window ?? defaultWindow(grey!));
  if (half !== undefined) checkNumber("window (grey values)", half, Number.MIN_VALUE, Number.MAX_VALUE);
  const slopes = given && (await slopesAt(grey!, given, half!, where));
  let phases: readonly Phase[];
  let voxels: readonly number[];
  let outside: number;
  if (labelled) {
    if (scan !== undefined && !sameShape(scan.shape, volume.shape))
      throw new InvalidArgument(
        `scan has the shape ${scan.shape.join(" × ")}, the labels ${volume.shape.join(" × ")}; crop it as it was when the labels were made`,
      );
    ({ phases, voxels, outside } = await countPhases("phaseFractions", volume, where));
  } else {
    phases = thresholdPhases(given!, names);
    const ends = [0, ...slopes!.atMost, slopes!.total];
    voxels = phases.map((_, k) => ends[k + 1]! - ends[k]!);
    outside = slopes!.nan;
  }
  const total = voxels.reduce((sum, count) => sum + count, 0);
  if (total === 0) throw new MissingData("phaseFractions: no voxel of region and mask belongs to a phase");
  if (slopes !== undefined && slopes.total !== total)
    throw new InvalidArgument(
      `phaseFractions: ${total} voxels of the labels belong to a phase, but ${slopes.total} of the scan count; give the mask that the labels were made with`,
    );
  const fractions = voxels.map((count) => count / total);
  const columns: Column[] = [
    { name: "label", values: phases.map(({ label }) => label), whole: true },
    { name: "phase", values: phases.map(({ name }) => name) },
    { name: "voxels", values: voxels },
    { name: "fraction", values: fractions, unit: "1" },
  ];
  const { spacing } = volume;
  if (spacing !== undefined) {
    const cube = spacing.reduce((product, size) => product * (size * 1e6), 1);
    columns.push({ name: "volume", values: voxels.map((count) => count * cube), unit: "µm³" });
  }
  if (slopes !== undefined) {
    const at = (k: number): number => slopes.slope[k] ?? 0;
    const unit = "1/grey value";
    columns.push({ name: "dφ/dT lower", values: phases.map((_, k) => -at(k - 1) + 0), unit });
    columns.push({ name: "dφ/dT upper", values: phases.map((_, k) => at(k)), unit });
  }
  const provenance = trace(
    "phaseFractions",
    { thresholds: given, names, window: half, region },
    { volume, scan, mask },
  );
  const notes = [
    outside > 0 ? `${outside} voxels belong to no phase and do not count.` : "",
    given ? `φ: fraction, T: threshold (${given.join(", ")}); slope over T ± ${half}.` : "",
  ];
  return withPhaseBars(resultTable(columns, provenance), phases, { fraction: fractions }, notes.join(" ").trim());
}
