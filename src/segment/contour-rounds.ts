/** Iterations of an active contour, brick by brick, until nothing new can come. */
import { unequal } from "../compute/operations/contour.js";
import { reduce } from "../compute/run.js";
import type { Triple } from "../core/shape.js";
import type { Volume } from "../core/volume.js";
import { sameSums } from "../morphology/raised.js";
import type { Between } from "./field-start.js";

export interface Rounds {
  readonly labels: Volume;
  /** Iterations that were made. */
  readonly taken: number;
  /** Voxels that the last one changed. */
  readonly changed: number;
  /** More iterations would change nothing, or only go to and fro between the last two. */
  readonly settled: boolean;
}

/** Axes along which a contour can bend. */
export const bendingAxes = ({ shape }: Volume): Triple => shape.map((n) => (n > 1 ? 1 : 0)) as unknown as Triple;

/** The curvature operators of an iteration: by turns, over all iterations, one begins with the infimum, one with the supremum. */
export const curvatures = (iteration: number, smoothing: number): boolean[] =>
  Array.from({ length: smoothing }, (_, k) => (iteration * smoothing + k) % 2 === 0);

/**
 * Makes iterations; the first labels are released. An iteration follows from the labels alone and from whether its number is
 * odd: once they are those of two iterations ago, they come back for ever. The rest is left out then, and the labels are still
 * those of the last iteration.
 */
export async function iterated(
  first: Volume,
  iterations: number,
  iterate: (labels: Volume, iteration: number) => Promise<Volume>,
  options: Between,
): Promise<Rounds> {
  // The labels now, one iteration ago and two ago.
  let [now, before, earlier]: [Volume, Volume?, Volume?] = [first];
  let changed = 0;
  try {
    for (let k = 0; k < iterations; k++) {
      const next = await iterate(now, k);
      earlier?.store.release();
      [now, before, earlier] = [next, now, before];
      if (earlier === undefined || !(await same(now, earlier, options))) continue;
      changed = await differing(now, before, options);
      // What comes by turns: the labels of the last iteration are these, or those before.
      const left = iterations - 1 - k;
      if (left % 2 === 1) [now, before] = [before, now];
      const labels = now;
      before.store.release();
      earlier.store.release();
      return { labels, taken: k + 1, changed, settled: true };
    }
    if (before !== undefined) changed = await differing(now, before, options);
    before?.store.release();
    earlier?.store.release();
    return { labels: now, taken: iterations, changed, settled: false };
  } catch (error) {
    for (const one of [now, before, earlier]) one?.store.release();
    throw error;
  }
}

const differing = (a: Volume, b: Volume, options: Between): Promise<number> =>
  reduce(unequal, a, {}, { ...options, besides: [b] });

/** True if two volumes are the same; mostly their records tell that they are not. */
async function same(a: Volume, b: Volume, options: Between): Promise<boolean> {
  return sameSums(a, b) && (await differing(a, b, options)) === 0;
}
