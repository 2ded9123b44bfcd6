/** Chan and Vese's contour: its start, and iterations of means and moves. */
import {
  type ChanVeseParameters,
  chanVese as chanVeseOperation,
  chessboard,
  classSums,
} from "../compute/operations/contour.js";
import { labelMask } from "../compute/operations/labels.js";
import { reduce, run } from "../compute/run.js";
import { DTYPES } from "../core/dtype.js";
import { InvalidArgument, MissingData } from "../core/errors.js";
import { checkNumber, type RunOptions } from "../core/options.js";
import { OUTSIDE, type Phase } from "../core/phases.js";
import { trace } from "../core/provenance.js";
import { sameShape } from "../core/shape.js";
import { Volume } from "../core/volume.js";
import { insideValues } from "../morphology/where.js";
import { bendingAxes, curvatures, iterated } from "./contour-rounds.js";
import { type Between, boxOf, checkStart, type FieldStart, firstLabels, restricted } from "./field-start.js";
import { greyUnits } from "./potts-model.js";
import { thresholdPhases } from "./thresholds.js";

/** Voxels along the edge of a square of the chessboard. */
const SQUARE = 5;

/** What the contour begins with. */
export interface ContourStart {
  readonly phases: readonly Phase[];
  /** As the provenance tells it. */
  readonly named: unknown;
  readonly volume: Volume | undefined;
  readonly field: FieldStart | "chessboard" | "mask";
}

/** Checks what the caller said of classes, names and start. */
export function startOf(
  caller: string,
  volume: Volume,
  options: { start?: unknown; classes?: number; names?: readonly string[] },
): ContourStart {
  const { start, names } = options;
  const classes = options.classes ?? (start === undefined || start === "chessboard" ? 2 : undefined);
  if (start === "chessboard") {
    checkNumber("classes", classes, 2, OUTSIDE - 1, true);
    const phases = thresholdPhases(new Array<number>(classes! - 1).fill(0), names);
    return { phases, named: start, volume: undefined, field: "chessboard" };
  }
  if (typeof start === "string")
    throw new InvalidArgument(
      `start is ${JSON.stringify(start)}; allowed are thresholds, a mask, labels and "chessboard"`,
    );
  if (start instanceof Volume && start.role === "mask") {
    if (DTYPES[start.dtype].bytes !== 1 || !sameShape(start.shape, volume.shape))
      throw new InvalidArgument(
        `start: the mask has ${start.dtype} voxels and the shape ${start.shape.join(" × ")}; give 8-bit voxels of the volume's shape ${volume.shape.join(" × ")}`,
      );
    if (classes !== undefined && classes !== 2)
      throw new InvalidArgument(`classes is ${classes}, but a mask to start with has 2; give labels instead`);
    return { phases: thresholdPhases([0], names), named: undefined, volume: start, field: "mask" };
  }
  const field = checkStart(caller, volume, start, classes, names, undefined);
  return { phases: field.phases, named: field.thresholds, volume: field.labels, field };
}

/** The first labels of the box: {@link OUTSIDE} where mask or grey value take part in nothing. */
async function labelsToStart(
  caller: string,
  grey: Volume,
  start: ContourStart,
  { region, mask }: Pick<RunOptions, "region" | "mask">,
  options: Between,
): Promise<{ first: Volume; thresholds: readonly number[] | undefined }> {
  const made: Volume[] = [];
  const cut = async (volume: Volume | undefined): Promise<Volume | undefined> => {
    const box = volume && (await boxOf(caller, volume, region, options));
    if (box !== undefined && box !== volume) made.push(box);
    return box;
  };
  try {
    const inside = await cut(mask);
    const given = await cut(start.volume);
    const { field, phases } = start;
    const facts = { provenance: trace(caller, {}, { grey }), role: "labels", phases } as const;
    if (field !== "chessboard" && field !== "mask")
      return await firstLabels(caller, grey, { ...field, phases, labels: given }, inside, options);
    const labels =
      field === "chessboard"
        ? await run(chessboard, grey, { edge: SQUARE, classes: phases.length }, options, facts)
        : await run(labelMask, given!, { values: insideValues(given!) }, options, facts);
    made.push(labels);
    return { first: await restricted(caller, grey, labels, inside, options), thresholds: undefined };
  } finally {
    for (const one of made) one.store.release();
  }
}

/** How a contour by means moves. */
export interface ContourByMeans {
  readonly caller: string;
  readonly iterations: number;
  readonly smoothing: number;
  readonly weights: readonly number[];
  readonly closed: boolean;
}

/** Makes the iterations. @returns the labels, and what the provenance says of them */
export async function contourByMeans(
  grey: Volume,
  start: ContourStart,
  { caller, iterations, smoothing, weights, closed }: ContourByMeans,
  where: Pick<RunOptions, "region" | "mask">,
  options: Between,
): Promise<{ labels: Volume; found: object }> {
  const whole = DTYPES[grey.dtype].integer;
  const units = whole ? { origin: 0, unit: 1 } : greyUnits(caller, grey);
  const classes = start.phases.length;
  const { first, thresholds } = await labelsToStart(caller, grey, start, where, options);
  const axes = bendingAxes(grey);
  const parameters = { classes, origin: units.origin, unit: units.unit };
  let means: readonly number[] = [];
  const measure = async (labels: Volume): Promise<number[]> => {
    const sums = await reduce(classSums, labels, parameters, { ...options, besides: [grey] });
    const counts = means.length === 0 ? checkedCounts(caller, sums) : countsOf(sums);
    means = counts.map((n, k) => (n === 0 ? means[k]! : units.origin + (units.unit * Number(sums[2 * k + 1])) / n));
    return counts;
  };
  const { labels, ...found } = await iterated(
    first,
    iterations,
    async (now, iteration) => {
      await measure(now);
      const step: ChanVeseParameters = {
        grey: grey.dtype,
        axes,
        smoothing: curvatures(iteration, smoothing),
        closed,
        means,
        weights,
      };
      const facts = { provenance: trace(caller, { iteration }, { volume: grey }) };
      return run(chanVeseOperation, now, step, { ...options, besides: [grey], border: { constant: OUTSIDE } }, facts);
    },
    options,
  );
  try {
    const voxels = await measure(labels);
    return { labels, found: { start: thresholds ?? start.named, means, voxels, ...found } };
  } catch (error) {
    labels.store.release();
    throw error;
  }
}

const countsOf = (sums: readonly bigint[]): number[] => sums.filter((_, k) => k % 2 === 0).map(Number);

function checkedCounts(caller: string, sums: readonly bigint[]): number[] {
  const counts = countsOf(sums);
  if (counts.every((n) => n === 0)) throw new MissingData(`${caller}: no voxel with a number lies in region and mask`);
  const empty = counts.indexOf(0);
  if (empty >= 0)
    throw new MissingData(
      `${caller}: class ${empty} has no voxels to begin with; start with labels that have all classes, or take fewer classes`,
    );
  return counts;
}
