import { Calibration } from "../artefacts/calibrate.js";
import { InvalidArgument } from "../core/errors.js";
import { checkChoice, checkOptions, suggestion } from "../core/options.js";
import { crossing } from "./gaussian-crossing.js";

/** Options of {@link thresholdsFromReferences}. */
export interface ThresholdsFromReferencesOptions {
  /**
   * Where a threshold lies between the grey values of two references. `halfway`: between their means, where blur leaves the
   * boundary of two large pieces. `crossing`: where a voxel is equally likely of both, taken as Gaussians of the deviation of
   * each, for fine structures that noise decides about. Default `halfway`.
   */
  at?: "halfway" | "crossing";
  /** Names of the references that are phases of the scan. Default: all. */
  references?: readonly string[];
}

/**
 * Thresholds between materials whose grey values are known from references, not guessed from the scan's histogram: the same
 * for each scan of a series, also for one in which a phase is rare or missing.
 * @param calibration what {@link calibrate} found for the scan
 * @returns grey values, ascending, for {@link threshold}: one fewer than there are references; label k is the k-th of them from
 * dark to bright. For a scan in attenuations (`calibration.apply`) take `calibration.attenuation` of each
 * @throws InvalidArgument if there are fewer than two references, or two have the same grey value
 * @see P. Iassonov, T. Gebrenegus & M. Tuller, Segmentation of X-ray computed tomography images of porous materials (2009),
 * doi:10.1029/2009WR008087, on why thresholds read off histograms differ from scan to scan
 * @example
 * const calibration = await calibrate(scan, [{ name: "air", … }, { name: "graphite", … }, { name: "NMC", … }]);
 * const phases = await threshold(scan, thresholdsFromReferences(calibration));
 */
export function thresholdsFromReferences(
  calibration: Calibration,
  options: ThresholdsFromReferencesOptions = {},
): number[] {
  if (!(calibration instanceof Calibration))
    throw new InvalidArgument(
      `thresholdsFromReferences takes a calibration, got ${String(calibration)}; make one with calibrate(…)`,
    );
  checkOptions("thresholdsFromReferences", options, ["at", "references"]);
  const { at = "halfway", references } = options;
  checkChoice("at", at, ["halfway", "crossing"]);
  const column = <T>(name: string): T[] => [...calibration.table.getChild(name)!] as T[];
  const [names, means, deviations] = [
    column<string>("reference"),
    column<number>("grey value"),
    column<number>("deviation"),
  ];
  if (references !== undefined && !Array.isArray(references))
    throw new InvalidArgument(`references is ${String(references)}; give names, such as ${JSON.stringify(names)}`);
  for (const name of references ?? [])
    if (!names.includes(name))
      throw new InvalidArgument(
        `references names ${JSON.stringify(name)}; this calibration has ${names.join(", ")}${suggestion(String(name), names)}`,
      );
  const phases = names
    .map((name, k) => ({ name, weight: 1, mean: means[k]!, deviation: deviations[k]! }))
    .filter(({ name }) => references === undefined || references.includes(name))
    .sort((a, b) => a.mean - b.mean);
  if (phases.length < 2)
    throw new InvalidArgument("thresholdsFromReferences: a threshold needs two references; name more of them");
  return phases.slice(1).map((bright, k) => {
    const dark = phases[k]!;
    if (dark.mean === bright.mean)
      throw new InvalidArgument(
        `thresholdsFromReferences: ${dark.name} and ${bright.name} both have the grey value ${dark.mean}; leave one out by \`references\``,
      );
    return at === "halfway" ? (dark.mean + bright.mean) / 2 : crossing(dark, bright);
  });
}
