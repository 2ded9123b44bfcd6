/** Chords of a phase along the axes: runs of its voxels on lines. */
import { DTYPES, type DType } from "../../core/dtype.js";
import type { Triple } from "../../core/shape.js";
import type { ReduceOperation } from "../operations.js";

export interface ChordsParameters {
  /** The label of the phase; undefined: all but 0. */
  readonly label: number | undefined;
  /** A label beyond the sample. Voxels outside the mask are there, too. */
  readonly outside: number | undefined;
}

/**
 * Lines of one axis in a brick, in the order of the other two axes. A run is told as its length times 4 and a kind: 0 wall, 2 beyond
 * the sample, and 1 the face of the brick.
 */
export interface LineEnds {
  /** The run at the near face and what it ended with; nothing if the whole line is in the phase. */
  readonly leads: Uint32Array;
  /** The run at the far face and what it began with; without a run the kind of the last voxel. */
  readonly states: Uint32Array;
  /** Chords inside by length (0 to `most − 1`): those between walls, cut ones, and at the end how many walls these end at. */
  readonly counts: Uint32Array;
}

/** A brick's lines along z, y, x. */
export interface BrickChords {
  readonly size: Triple;
  readonly axes: readonly [LineEnds, LineEnds, LineEnds];
}

export const chordsOfBrick: ReduceOperation<ChordsParameters, BrickChords> = {
  kind: "reduce",
  name: "chordsOfBrick",
  dtypes: (Object.keys(DTYPES) as DType[]).filter((dtype) => DTYPES[dtype].integer),
  // Who runs it joins the parts: see `ChordMerge`.
  join: (a) => a,
  workBytes: ({ brick }, dtype) => brick * (DTYPES[dtype].bytes + 26) + 2 ** 17,
  cost: () => 3,
};
