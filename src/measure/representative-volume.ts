import { checkMask, checkVolume } from "../compute/run.js";
import { type ResultTable, resultTable } from "../core/arrow/table.js";
import { ComputeFailed, InvalidArgument, UnsupportedFeature } from "../core/errors.js";
import { checkChoice, checkNumber, checkOptions, type RunOptions, TABLE_OPTIONS } from "../core/options.js";
import { type Provenance, trace } from "../core/provenance.js";
import { checkRegion, type Region, regionShape, type Triple, wholeRegion } from "../core/shape.js";
import type { Volume } from "../core/volume.js";
import { voxelSteps } from "../morphology/voxel-steps.js";
import { chiSquaredBelow } from "../statistics/chi-squared.js";
import { runningSums } from "../statistics/running-sums.js";
import { studentFactor } from "../statistics/student.js";
import { dimensionsOf } from "./integral-range.js";
import { byCorrelation, byImageRep, type Estimate, measured } from "./sampling-estimates.js";
import { blocksOf, measureParts, nestedIn, type Part, type VolumeQuantity } from "./sub-volumes.js";
import { withTableNote } from "./table-note.js";

/** Options of {@link representativeVolume}. */
export interface RepresentativeVolumeOptions extends Omit<RunOptions, "to"> {
  /**
   * What is measured: the `volume fraction` of the phase, its `surface` per volume, or a function of labels that gives numbers, such as
   * {@link sensitivity} takes. The surface is that of the faces of voxels, over the pairs of neighbours inside: n/(n − 1) times what
   * {@link surfaceArea} has by `"faces"`, which takes the border of n voxels for no surface; of smooth surfaces it is 1.5 times too large.
   * Default `volume fraction`.
   */
  quantity?: "volume fraction" | "surface" | VolumeQuantity;
  /** The phase, by name or label. Default: of two phases the second; of more it has to be given. Not with a function. */
  phase?: string | number;
  /**
   * `correlation`: from the two-point correlation of this one volume; of the default with `volume fraction` and `surface`. `sub-volumes`:
   * from the differences of blocks; all that a function can have. `ImageRep`: as the program of that name, only of `volume fraction`.
   */
  method?: "correlation" | "sub-volumes" | "ImageRep";
  /** Probability with which the interval holds the truth. Default 0.95. */
  confidence?: number;
  /** Relative errors for which the size that it takes is told. Default [0.05, 0.01]. */
  targets?: readonly number[];
  /** Of `sub-volumes`: blocks along each axis; the interval is that of the last division. Default [2, 3]. */
  divisions?: readonly number[];
  /** Of `sub-volumes`: how many boxes grow around the middle, the last one the whole volume. Default 6. */
  nested?: number;
}

/** What {@link representativeVolume} returns. */
export type RepresentativeVolume = ResultTable & {
  /** Of `sub-volumes`, one row for each quantity and division: `edge`, `number`, `mean`, `deviation` and `relative deviation` of the blocks. */
  readonly subVolumes: ResultTable | undefined;
  /** Of `sub-volumes`, one row for each quantity and box around the middle: `edge`, `value`, and `relative difference` to the whole. */
  readonly nested: ResultTable | undefined;
  /** Blocks and boxes for which the quantity failed or gave no finite number; they are in no figure. */
  readonly failed: number;
};

const caller = "representativeVolume";
/** Probability with which a structure needs no more than the size `at most`. */
const SURE = 0.95;

/**
 * How well a volume stands for the material that it is a sample of: the interval in which the true value of a quantity lies, from the
 * scatter of the sample itself, and how large a volume has to be until the interval is narrow enough.
 *
 * Columns, one row a quantity: `quantity`, `unit`, `value` of the whole volume, `deviation` (standard deviation of the value from
 * sample to sample of this size), `low` and `high` of the interval, `relative error` (half of its width over the value), `range` (edge
 * of the cube, or square, that is as good as one independent sample, the integral range; NaN with `sub-volumes`), `degrees` (degrees of
 * freedom with which the deviation is known); and for each target `size for 5 %`, the edge of a cube with that relative error, and
 * `size for 5 % at most`, which is enough for 95 of 100 structures as far as this sample can tell. Lengths are in µm where the voxel size is
 * known, else in voxels.
 *
 * `correlation`: Var = Σ N(h) C(h) ⁄ V² over the lags h, with the covariance C of the field (phase or not; faces of a voxel) at N pairs,
 * up to where it is noise, or as the variance of the means over balls, whichever is more; the interval is Student's, with the degrees of
 * freedom of that sum. `sub-volumes`: the variance of
 * equal blocks beside each other, times their volume over that of the whole; their edge has to be several times that of the structure,
 * so that deviation times the root of the volume is the same for all divisions in `subVolumes`; where blocks measure another mean
 * than the whole (as of tortuosity) they are too small. `ImageRep` takes the volume as periodic, and errors from a library of other
 * structures; it is not meant for volumes below 200 voxels along an axis.
 *
 * What is told is the error of sampling alone, of a material that is the same everywhere: not that of segmentation
 * ({@link sensitivity}), of resolution, or of a trend across the sample. Same result for any brick shape and number of workers. Cost and memory of
 * `correlation` and `ImageRep` those of {@link twoPointCorrelation}; of `sub-volumes` one measurement for each block and box.
 * @param labels mask or labels of whole numbers, any shape
 * @throws InvalidArgument if there is no such phase, or an option makes no sense with the quantity
 * @throws MissingData if there is no voxel, or nothing but the phase, or none of it
 * @throws UnsupportedFeature for `mask`, or the label 255 of 8 bits, with `sub-volumes`
 * @throws ComputeFailed if a function fails for the whole volume
 * @see C. Lantuéjoul, Ergodicity and integral range (1991), doi:10.1111/j.1365-2818.1991.tb03099.x; T. Kanit et al. (2003),
 * doi:10.1016/S0020-7683(03)00143-4; A. Dahari et al., Prediction of microstructural representativity from a single image (2025),
 * doi:10.1002/advs.202414149
 * @example await representativeVolume(phases, { phase: "pore", targets: [0.1, 0.05, 0.01] });
 */
export async function representativeVolume(
  labels: Volume,
  options: RepresentativeVolumeOptions = {},
): Promise<RepresentativeVolume> {
  checkVolume(caller, labels);
  const known = ["quantity", "phase", "method", "confidence", "targets", "divisions", "nested"];
  checkOptions(caller, options, [...known, ...TABLE_OPTIONS]);
  const { quantity = "volume fraction", confidence = 0.95, targets = [0.05, 0.01], region, mask } = options;
  const of = typeof quantity === "function";
  if (!of) checkChoice("quantity (or a function)", quantity, ["volume fraction", "surface"]);
  const { method = of ? "sub-volumes" : "correlation", divisions = [2, 3], nested = 6 } = options;
  checkChoice("method", method, ["correlation", "sub-volumes", "ImageRep"]);
  checkNumber("confidence", confidence, 0.5, 0.9999);
  checkList("targets (relative errors)", targets, 1e-6, 10, false);
  checkList("divisions", divisions, 2, 64, true);
  checkNumber("nested", nested, 1, 1000, true);
  checkMask(mask, labels);
  if (region !== undefined) checkRegion(region, labels.shape);
  for (const name of ["divisions", "nested"] as const)
    if (options[name] !== undefined && method !== "sub-volumes")
      throw new InvalidArgument(`${caller}: ${name} are of the method "sub-volumes", and this is "${method}"`);
  if (of && method !== "sub-volumes")
    throw new InvalidArgument(`${caller}: of a function only the method "sub-volumes" is known, not "${method}"`);
  if (of && options.phase !== undefined)
    throw new InvalidArgument(`${caller}: a function takes the labels as they are; leave out phase, or name it inside`);
  if (method === "ImageRep" && quantity !== "volume fraction")
    throw new InvalidArgument(`${caller}: ImageRep is of the volume fraction, not of the ${String(quantity)}`);
  const named = of ? { quantity: quantity.name } : { quantity, phase: options.phase };
  const told = {
    ...named,
    method,
    confidence,
    targets,
    region,
    ...(method === "sub-volumes" && { divisions, nested }),
  };
  const provenance = trace(caller, told, { labels, mask });
  const whole = region ?? wholeRegion(labels.shape);
  if (method !== "sub-volumes") {
    const estimate = method === "correlation" ? byCorrelation : byImageRep;
    const found = await estimate(caller, labels, quantity as "surface", confidence, options);
    const table = tableOf([found], labels, whole, confidence, targets, provenance);
    return Object.assign(table, { subVolumes: undefined, nested: undefined, failed: 0 });
  }
  if (mask !== undefined)
    throw new UnsupportedFeature(
      `${caller}: blocks of a mask are of no equal size; crop to a region inside the sample`,
    );
  return fromParts(labels, whole, options, { divisions, nested, confidence, targets, provenance });
}

function checkList(what: string, list: unknown, least: number, most: number, whole: boolean): void {
  if (!Array.isArray(list) || list.length === 0)
    throw new InvalidArgument(`${caller}: ${what} are a list of numbers, got ${JSON.stringify(list)}`);
  for (const one of list) checkNumber(`${caller}: one of the ${what}`, one, least, most, whole);
}

interface Asked {
  readonly divisions: readonly number[];
  readonly nested: number;
  readonly confidence: number;
  readonly targets: readonly number[];
  readonly provenance: Provenance;
}

async function fromParts(
  labels: Volume,
  whole: Region,
  options: RepresentativeVolumeOptions,
  { divisions, nested, confidence, targets, provenance }: Asked,
): Promise<RepresentativeVolume> {
  const quantity = measured(caller, labels, options);
  const given = { signal: options.signal, onProgress: options.onProgress, memoryLimit: options.memoryLimit };
  const rest = Object.fromEntries(
    Object.entries({ ...given, workers: options.workers }).filter(([, value]) => value !== undefined),
  );
  const size = regionShape(whole);
  for (const division of divisions)
    if (size.some((n) => n > 1 && n < 2 * division))
      throw new InvalidArgument(
        `${caller}: a volume of ${size.join(" × ")} has no ${division} blocks of two voxels or more along each axis; take a smaller division`,
      );
  const boxes = nestedIn(whole, nested);
  const blocks = divisions.map((division) => blocksOf(whole, division));
  const parts = await measureParts(caller, labels, [...boxes, ...blocks.flat()], quantity, rest);
  const all = parts[boxes.length - 1]!;
  if (all.error !== undefined)
    throw new ComputeFailed(`${caller}: the quantity failed for the whole volume: ${all.error}`);
  const valueIn = ({ quantities }: Part, name: string): number =>
    quantities.find((one) => one.name === name)?.value ?? Number.NaN;
  const scale = edgeScale(labels, size);
  const volumes = ({ region }: Part): number => regionShape(region).reduce((product, n) => product * n, 1);
  const ends = runningSums(blocks.map((list) => list.length));
  const divided = blocks.map((list, k) => parts.slice(boxes.length + ends[k]! - list.length, boxes.length + ends[k]!));
  const rows: (ReturnType<typeof scatter> & { name: string; unit: string; edge: number })[] = [];
  const estimates = all.quantities.map(({ name, unit, value }): Estimate => {
    const scattered = divided.map((some) => {
      const row = scatter(some.map((part) => valueIn(part, name)));
      rows.push({ ...row, name, unit, edge: scale.edge(volumes(some[0]!)) });
      return { ...row, share: volumes(some[0]!) / volumes(all) };
    });
    const last = scattered.at(-1)!;
    const deviation = last.deviation * Math.sqrt(last.share);
    const degrees = Math.max(1, last.number - 1);
    const factor = studentFactor(confidence, degrees);
    return { name, unit, value, deviation, degrees, factor, range: Number.NaN };
  });
  const failures = parts.filter(
    (part) => part.error !== undefined || !all.quantities.every(({ name }) => Number.isFinite(valueIn(part, name))),
  );
  const table = tableOf(estimates, labels, whole, confidence, targets, provenance);
  const first = failures.find(({ error }) => error !== undefined)?.error;
  const note = `${failures.length} of ${parts.length} parts gave no finite number and do not count${first === undefined ? "" : `; the first error: ${first}`}`;
  const subVolumes = resultTable(
    [
      { name: "quantity", values: rows.map((row) => row.name) },
      { name: "unit", values: rows.map((row) => row.unit) },
      { name: "edge", values: rows.map((row) => row.edge), unit: scale.unit },
      { name: "number", values: rows.map((row) => row.number), whole: true },
      { name: "mean", values: rows.map((row) => row.mean) },
      { name: "deviation", values: rows.map((row) => row.deviation) },
      { name: "relative deviation", values: rows.map((row) => row.deviation / Math.abs(row.mean)), unit: "1" },
    ],
    provenance,
  );
  const growing = all.quantities.flatMap(({ name, unit, value }) =>
    parts.slice(0, boxes.length).map((part) => ({
      name,
      unit,
      edge: scale.edge(volumes(part)),
      value: valueIn(part, name),
      off: valueIn(part, name) / value - 1,
    })),
  );
  const grown = resultTable(
    [
      { name: "quantity", values: growing.map((row) => row.name) },
      { name: "unit", values: growing.map((row) => row.unit) },
      { name: "edge", values: growing.map((row) => row.edge), unit: scale.unit },
      { name: "value", values: growing.map((row) => row.value) },
      { name: "relative difference", values: growing.map((row) => row.off), unit: "1" },
    ],
    provenance,
  );
  const shown = failures.length === 0 ? table : withTableNote(table, note);
  return Object.assign(shown, { subVolumes, nested: grown, failed: failures.length });
}

/** Mean and standard deviation of those that are finite. */
function scatter(values: readonly number[]): { number: number; mean: number; deviation: number } {
  const finite = values.filter((value) => Number.isFinite(value));
  const mean = finite.reduce((sum, value) => sum + value, 0) / finite.length;
  // Of one nothing is known of the others.
  if (finite.length < 2) return { number: finite.length, mean, deviation: Number.NaN };
  const squares = finite.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { number: finite.length, mean, deviation: Math.sqrt(squares / (finite.length - 1)) };
}

/** Edges of cubes (squares) of so many voxels. */
function edgeScale(labels: Volume, shape: Triple): { unit: string; edge(voxels: number): number } {
  const dimensions = dimensionsOf(shape);
  const steps = voxelSteps(labels);
  const cell = steps.reduce((product, step, k) => (shape[k]! > 1 ? product * step : product), 1);
  const { spacing } = labels;
  const scale = spacing === undefined ? 1 : Math.min(...spacing) * 1e6;
  const edge = (voxels: number): number => (voxels * cell) ** (1 / dimensions) * scale;
  return { unit: spacing === undefined ? "voxel" : "µm", edge };
}

function tableOf(
  estimates: readonly Estimate[],
  labels: Volume,
  whole: Region,
  confidence: number,
  targets: readonly number[],
  provenance: Provenance,
): ResultTable {
  const shape = regionShape(whole);
  const voxels = shape.reduce((product, n) => product * n, 1);
  const scale = edgeScale(labels, shape);
  const half = ({ deviation, factor }: Estimate): number => deviation * factor;
  // The half-width falls with the root of the volume.
  const size = (one: Estimate, target: number, factor: number): number =>
    scale.edge(voxels * ((one.deviation * factor) / (target * Math.abs(one.value))) ** 2);
  const normal = studentFactor(confidence, Number.POSITIVE_INFINITY);
  const atMost = ({ degrees }: Estimate): number =>
    Number.isFinite(degrees) ? normal * Math.sqrt(degrees / chiSquaredBelow(1 - SURE, degrees)) : normal;
  const percent = (target: number): string => `size for ${Number((100 * target).toPrecision(6))} %`;
  return resultTable(
    [
      { name: "quantity", values: estimates.map((one) => one.name) },
      { name: "unit", values: estimates.map((one) => one.unit) },
      { name: "value", values: estimates.map((one) => one.value) },
      { name: "deviation", values: estimates.map((one) => one.deviation) },
      { name: "low", values: estimates.map((one) => one.value - half(one)) },
      { name: "high", values: estimates.map((one) => one.value + half(one)) },
      { name: "relative error", values: estimates.map((one) => half(one) / Math.abs(one.value)), unit: "1" },
      { name: "range", values: estimates.map((one) => one.range), unit: scale.unit },
      { name: "degrees", values: estimates.map((one) => one.degrees) },
      ...targets.flatMap((target) => [
        { name: percent(target), values: estimates.map((one) => size(one, target, one.factor)), unit: scale.unit },
        {
          name: `${percent(target)} at most`,
          values: estimates.map((one) => size(one, target, Math.max(one.factor, atMost(one)))),
          unit: scale.unit,
        },
      ]),
    ],
    provenance,
  );
}
