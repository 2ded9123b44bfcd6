import { checkVolume } from "../compute/run.js";
import { type ResultTable, resultTable } from "../core/arrow/table.js";
import { InvalidArgument } from "../core/errors.js";
import { checkOptions, type RunOptions, TABLE_OPTIONS } from "../core/options.js";
import { labelOf } from "../core/phases.js";
import { trace } from "../core/provenance.js";
import type { Volume } from "../core/volume.js";
import { eulerEighths } from "./cell-tables.js";
import { cellsOfPhases, measuredVoxel, sumOfCells } from "./phase-cells.js";
import { measuredPhases } from "./phase-numbers.js";

/** Options of {@link eulerNumber}. */
export interface EulerNumberOptions extends Omit<RunOptions, "to"> {
  /** Only this phase, by name or label. Default: a row for each phase. */
  phase?: string | number;
  /** Which voxels of a phase hang together: 6 (at faces) or 26 (also at edges and corners). Default 6. */
  connectivity?: 6 | 26;
}

const OPTIONS = ["phase", "connectivity", ...TABLE_OPTIONS];

/**
 * Euler number of each phase: separate pieces, less the loops through them, plus the closed cavities in them. The more negative it is,
 * the better a phase is connected; many pieces make it positive.
 *
 * Columns: `label`, `phase`, `Euler number` and `Euler number per volume` (in 1/µm³, or 1/voxel³ where the voxel size is unknown), of the volume of all
 * voxels that belong to a phase. What lies beyond the faces of the volume, and outside of region and mask, is not of the phase: where the
 * volume cuts pieces and loops, each cut piece counts whole.
 *
 * Exact, same result for any brick shape and number of workers, also for volumes larger than memory. Cost O(n), one to six nanoseconds a voxel; memory
 * per worker one brick.
 * @param labels labels of whole numbers (phases from its phase table, other labels by their number) or a mask
 * @returns one row a phase, in the order of the phase table
 * @throws InvalidArgument if the volume is neither labels nor a mask, there is no such phase, or there are more than 255
 * @throws MissingData if no voxel of region and mask belongs to a phase
 * @see J. Ohser & F. Mücklich, Statistical Analysis of Microstructures in Materials Science (2000); equal to scikit-image's euler_number with the
 * connectivity 1 (6) and 3 (26)
 */
export async function eulerNumber(labels: Volume, options: EulerNumberOptions = {}): Promise<ResultTable> {
  const caller = "eulerNumber";
  checkVolume(caller, labels);
  checkOptions(caller, options, OPTIONS);
  const { phase, connectivity = 6, ...run } = options;
  if (connectivity !== 6 && connectivity !== 26)
    throw new InvalidArgument(
      `${caller}: connectivity is ${JSON.stringify(connectivity)}; allowed are 6 (faces) and 26 (edges and corners, too)`,
    );
  const { phases, total } = await measuredPhases(caller, labels, run);
  const only = phase === undefined ? undefined : labelOf(caller, phase, phases);
  const wanted = phases.flatMap(({ label }, k) => (only === undefined || label === only ? [k] : []));
  const { whole, cut } = await cellsOfPhases(labels, phases, run);
  const eighths = eulerEighths(connectivity);
  const numbers = wanted.map((k) => (sumOfCells(whole, k, eighths) + sumOfCells(cut, k, eighths)) / 8);
  const { cube, length } = measuredVoxel(labels);
  const { region, mask } = run;
  return resultTable(
    [
      { name: "label", values: wanted.map((k) => phases[k]!.label), whole: true },
      { name: "phase", values: wanted.map((k) => phases[k]!.name) },
      { name: "Euler number", values: numbers },
      {
        name: "Euler number per volume",
        values: numbers.map((number) => number / (total * cube)),
        unit: `1/${length}³`,
      },
    ],
    trace(caller, { phase: only, connectivity, region }, { labels, mask }),
  );
}
