import { isolated } from "../compute/isolated.js";
import { watched } from "../compute/progress.js";
import { ComputeFailed, InvalidArgument } from "../core/errors.js";
import { checkNumber, checkOptions, type RunOptions } from "../core/options.js";
import type { Volume } from "../core/volume.js";
import type { CentreFound, CentreTask } from "./centre-work.js";
import { checkProjections, radiansOf } from "./projections.js";

/** Options of {@link centreOfRotation}. */
export interface CentreOfRotationOptions extends Pick<RunOptions, "signal" | "onProgress"> {
  /** Detector row whose sinogram is looked at; one with much structure is best. Default: the middle one. */
  row?: number;
  /** First and last column where the axis may be. Default: a sixteenth of the width around the middle. */
  search?: readonly [from: number, to: number];
  /** Diameter of the sample over the width of the detector, from 0.05 to 1. Default 0.5. */
  ratio?: number;
}

/** Milliseconds that the search may take: on 6000 projections of 4096 columns it takes minutes. */
const DEADLINE = 3_600_000;

/**
 * Finds the axis of rotation: the detector column around which the projections of opposite angles mirror each other. With a
 * wrong axis, edges in the slices become tuning forks.
 *
 * A sinogram of half a turn and its mirror image make one of a whole turn; its Fourier transform stays inside a double
 * wedge only if they are joined at the right axis. Of a whole turn opposite projections are compared at last. Right to about
 * a quarter of a column, over half a turn of real samples half of one (compare slices); a body of rotation on the axis
 * has no structure to go by.
 * Cost about a second for 180 projections of 640 columns, in a thread of its own.
 * @param absorbances (or transmissions) of role projections with angles over at least 170°
 * @returns column, with fraction, counted from 0 at the middle of the first one
 * @throws InvalidArgument if the angles cover less than 170°, or `search` lies outside the detector
 * @throws ComputeFailed if the best column is at an end of `search`: widen it
 * @see N. T. Vo et al., Reliable method for calculating the center of rotation in parallel-beam tomography (2014),
 * doi:10.1364/OE.22.019078; algotom's find_center_vo gives the same within its step of a quarter column
 */
export async function centreOfRotation(absorbances: Volume, options: CentreOfRotationOptions = {}): Promise<number> {
  const caller = "centreOfRotation";
  checkProjections(caller, absorbances);
  checkOptions(caller, options, ["row", "search", "ratio", "signal", "onProgress"]);
  const [, height, columns] = absorbances.shape;
  const middle = (columns - 1) / 2;
  const {
    row = Math.floor(height / 2),
    ratio = 0.5,
    search = [middle - columns / 16, middle + columns / 16],
  } = options;
  checkNumber("row", row, 0, height - 1, true);
  checkNumber("ratio", ratio, 0.05, 1);
  if (columns < 16) throw new InvalidArgument(`${caller}: ${columns} columns are too few; there must be at least 16`);
  if (!Array.isArray(search) || search.length !== 2)
    throw new InvalidArgument(`search is ${JSON.stringify(search)}; give [first, last] column`);
  checkNumber("search, first column", search[0], 0, columns - 1);
  checkNumber("search, last column", search[1], search[0], columns - 1);
  const angles = radiansOf(caller, absorbances);
  const half = halfTurn(angles);
  if (half === undefined)
    throw new InvalidArgument(
      `${caller}: the angles must rise or fall steadily over at least 170°; sort the projections, or give the centre yourself`,
    );
  const { values } = await absorbances.plane("y", row);
  const sinogram = Float32Array.from(values, (value) => (Number.isFinite(value) ? value : 0));
  const [from, to] = search;
  const task: CentreTask = { sinogram, half, pairs: oppositeRows(angles), columns, from, to, ratio };
  const found = await watched(caller, 1, options, async ({ signal, step }) => {
    const module = new URL("./centre-work.js", import.meta.url);
    const limits = { what: caller, signal, deadline: DEADLINE };
    const result = await isolated<CentreFound>(module, "findCentre", task, limits);
    step();
    return result;
  });
  if (found.atEnd)
    throw new ComputeFailed(
      `${caller}: the best column, ${found.centre}, is at an end of the search from ${search[0]} to ${search[1]}; give a wider search, or another row`,
    );
  return found.centre;
}

/** Number of projections in the first half turn; undefined if they are not in order or cover less than 170°. */
function halfTurn(angles: Float64Array): number | undefined {
  const sign = Math.sign(angles[angles.length - 1]! - angles[0]!);
  for (let k = 1; k < angles.length; k++) if (sign * (angles[k]! - angles[k - 1]!) <= 0) return undefined;
  const turned = (k: number): number => sign * (angles[k]! - angles[0]!);
  let stop = angles.length;
  // A projection at 180° more repeats the first one, mirrored: it is the first of the other half.
  while (stop > 0 && turned(stop - 1) > Math.PI - 1e-6) stop--;
  return stop === 0 || turned(stop - 1) < (170 * Math.PI) / 180 ? undefined : stop;
}

/** Rows half a turn apart, to a tenth of a step. */
function oppositeRows(angles: Float64Array): Uint32Array {
  const step = Math.abs(angles[angles.length - 1]! - angles[0]!) / Math.max(1, angles.length - 1);
  const pairs: number[] = [];
  for (let k = 0, other = 0; k < angles.length; k++) {
    const away = (j: number): number => Math.abs(Math.abs(angles[j]! - angles[k]!) - Math.PI);
    while (other + 1 < angles.length && away(other + 1) <= away(other)) other++;
    if (other > k && away(other) < 0.1 * step) pairs.push(k, other);
  }
  return Uint32Array.from(pairs);
}
