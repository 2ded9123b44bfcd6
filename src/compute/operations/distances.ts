/** Work on whole lines and planes of a volume: which parts there are, and what a thread answers. */
import type { Triple } from "../../core/shape.js";

/** Planes, and at most as many rows, that a thread has at a time; so the steps are read and written in long pieces. */
export const CHUNK = 16;
/** Number of steps where there is nothing to step to; there can be no more planes than that. */
export const NO_STEPS = 65535;

export interface StepsParameters {
  /** Voxels of this label are inside; with `except` all others. */
  readonly label: number;
  readonly except: boolean;
}

export interface PlaneDistancesParameters {
  /** The first plane that is wanted; part k begins {@link CHUNK} · k planes behind it. */
  readonly first: number;
  /** Squared distances of neighbouring voxels along z, y and x. */
  readonly squares: Triple;
}

/** Bytes of memory that a thread takes for the steps of `rows` rows. @param bytes of a label */
export const stepsBytes = ([depth, , width]: Triple, rows: number, bytes: number): number =>
  (depth * rows * (bytes + 2) + 2 * CHUNK * rows) * (width + 16);

/** Bytes of memory that a thread takes for the distances of {@link CHUNK} planes. */
export const planesBytes = ([, height, width]: Triple): number =>
  (CHUNK * (2 + 4) + 8) * (height + 4) * (width + 48) + 80 * (height + width + 16);
