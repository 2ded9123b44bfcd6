import { type ResultTable, resultTable } from "../core/arrow/table.js";
import { InvalidArgument, MissingData } from "../core/errors.js";
import type { Length } from "../core/length.js";
import { checkOptions, type RunOptions } from "../core/options.js";
import { trace } from "../core/provenance.js";
import type { Volume } from "../core/volume.js";
import { compareLabels } from "./compare-labels.js";
import { checkedPair, distanceColumns, matchedPhases, SURFACE_OPTIONS, toleranceIn } from "./surface-distances.js";
import { type SurfaceFigures, surfaceFigures } from "./surface-figures.js";

/** Options of {@link compareMethods}. */
export interface CompareMethodsOptions extends Omit<RunOptions, "region" | "mask" | "to"> {
  /** Whether distances between surfaces are told, too, which takes much longer than all else. Default true. */
  surfaces?: boolean;
  /** Tolerance of the surface Dice, as of {@link surfaceDistances}. Default 1. */
  tolerance?: number | Length;
  /** Seconds that methods took, by their names. */
  seconds?: Readonly<Record<string, number>>;
}

/**
 * Methods of segmentation against a truth, in one table: a row for each method and phase, in the order in which both are given.
 *
 * Columns: `method`, `label` and `phase` (of the truth); `accuracy` of the method, the share of all voxels that have the right
 * phase; of the phase `fraction`, `true fraction`, `error` (their difference), `Dice` and `IoU` (Jaccard's index) as of
 * {@link compareLabels}, the distances of {@link surfaceDistances} (unless `surfaces` is false), and `seconds`, where the caller
 * measured some; NaN where a method has none.
 *
 * Cost and memory those of {@link compareLabels} and {@link surfaceDistances} of one method after the other.
 * @param truth labels of whole numbers or a mask, such as `scan.truth` of a simulated scan
 * @param methods segmentations of the same shape and with as many phases, by name
 * @throws MissingData if there is no truth; InvalidArgument if there are no methods, or one does not fit the truth: it is named
 * @example const table = await compareMethods(scan.truth, { Otsu: byOtsu, watershed: byWatershed }, { seconds: { Otsu: 0.4 } });
 */
export async function compareMethods(
  truth: Volume | undefined,
  methods: Readonly<Record<string, Volume>>,
  options: CompareMethodsOptions = {},
): Promise<ResultTable> {
  const caller = "compareMethods";
  checkOptions(caller, options, ["surfaces", "tolerance", "seconds", ...SURFACE_OPTIONS]);
  const { surfaces = true, tolerance = 1, seconds, ...run } = options;
  if (typeof methods !== "object" || methods === null || Array.isArray(methods) || Object.keys(methods).length === 0)
    throw new InvalidArgument(
      `${caller} takes segmentations by name, such as { Otsu: labels }, got ${String(methods)}`,
    );
  if (typeof surfaces !== "boolean")
    throw new InvalidArgument(`${caller}: surfaces is ${JSON.stringify(surfaces)}; allowed are true and false`);
  if (truth === undefined)
    throw new MissingData(`${caller}: the truth is undefined; only simulated scans (samples.electrode) carry one`);
  checkSeconds(caller, seconds, methods);
  const named = Object.entries(methods);
  const pairs = named.map(([name, labels]) => checkedPair(`${caller}: ${name}`, labels, truth));
  const { unit, spacing } = pairs[0]!;
  const other = pairs.findIndex((pair) => pair.unit !== unit);
  if (other >= 0)
    throw new InvalidArgument(
      `${caller}: the voxel size of some methods is known, that of others not (${named[other]![0]}); set it with truth.with({ spacing: um(…) })`,
    );
  const within = toleranceIn(caller, tolerance, spacing);
  const rows: { method: string; figures?: SurfaceFigures }[] = [];
  const columns = new Map<string, unknown[]>();
  const add = (column: string, values: Iterable<unknown>): void => {
    columns.set(column, [...(columns.get(column) ?? []), ...values]);
  };
  for (const [k, [method, labels]] of named.entries()) {
    const compared = await compareLabels(labels, truth, run);
    const phases = await matchedPhases(`${caller}: ${method}`, labels, truth, run);
    for (const name of ["label", "phase", "fraction", "true fraction", "error", "Dice", "IoU"])
      add(name, compared.getChild(name)!);
    add(
      "accuracy",
      phases.map(() => compared.accuracy),
    );
    for (const { labels: own, truth: right } of phases) {
      const figures = surfaces
        ? await surfaceFigures(`${caller}: ${method}`, pairs[k]!, own.label, right.label, within, run)
        : undefined;
      rows.push({ method, ...(figures && { figures }) });
    }
  }
  const numbers = (name: string) => ({ name, values: columns.get(name) as number[], unit: "1" });
  return resultTable(
    [
      { name: "method", values: rows.map(({ method }) => method) },
      { name: "label", values: columns.get("label") as number[], whole: true },
      { name: "phase", values: columns.get("phase") as string[] },
      ...["accuracy", "fraction", "true fraction", "error", "Dice", "IoU"].map(numbers),
      ...(surfaces ? distanceColumns((name) => rows.map(({ figures }) => figures![name]), unit) : []),
      ...(seconds === undefined
        ? []
        : [{ name: "seconds", values: rows.map(({ method }) => seconds[method] ?? Number.NaN), unit: "s" }]),
    ],
    trace(caller, { tolerance, surfaces, seconds, methods: named.map(([name]) => name) }, { ...methods, truth }),
  );
}

function checkSeconds(caller: string, seconds: unknown, methods: object): void {
  if (seconds === undefined) return;
  if (typeof seconds !== "object" || seconds === null)
    throw new InvalidArgument(`${caller}: seconds is ${String(seconds)}; give them by the names of the methods`);
  checkOptions(`${caller}: seconds`, seconds, Object.keys(methods));
  for (const [name, value] of Object.entries(seconds))
    if (typeof value !== "number" || !(value >= 0))
      throw new InvalidArgument(`${caller}: seconds of ${name} are ${String(value)}; give a number from 0 on`);
}
