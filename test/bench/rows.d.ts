/** What a `*.bench.mjs` file of this folder gives to run.mjs. */
import type { Volume } from "../../dist/src/core/volume.js";

/** A volume that both sides read: as a file of raw voxels for the peers, opened for us. */
export interface BenchInput {
  readonly path: string;
  readonly shape: readonly [number, number, number];
  readonly dtype: string;
  readonly volume: Volume;
}

export interface Bench {
  /** Voxels along an edge. */
  readonly size: number;
  /** Folder for files, inside the project's cache. */
  readonly folder: string;
  /** The electrode-like reference volume in 8 and 16 bits. */
  readonly u8: BenchInput;
  readonly u16: BenchInput;
}

/** A row beside peers. */
export interface PeerRow {
  readonly operation: string;
  readonly size: number;
  readonly input: BenchInput;
  /** What is timed. */
  run(workers: number): Promise<unknown>;
  /** The result as one array, to compare with the peers'. */
  output(result: never): ArrayLike<number> | Promise<ArrayLike<number>>;
  /** Name of the function in peers.py. */
  readonly peer: string;
  /** Names of peers; how far they may be off relative to the largest value, and voxels at the borders not compared. */
  readonly peers: Readonly<
    Record<
      string,
      {
        readonly tolerance?: number;
        readonly margin?: number;
        /** Interpreter of an environment of its own. */
        readonly python?: string | undefined;
        /** Why it cannot be asked, if so. */
        readonly missing?: string | false;
      }
    >
  >;
}

/** A row that times itself, and its peers in turn with it: a gesture, a start. */
export interface OwnRow {
  readonly operation: string;
  readonly size: number | string;
  beside(): Promise<{
    /** Seconds. */
    readonly ours: readonly number[];
    readonly peers: readonly {
      readonly name: string;
      readonly took: number;
      readonly off: number;
      readonly agrees: boolean;
    }[];
  }>;
}

export type Row = PeerRow | OwnRow;

/** What rows of a file are made of, for {@link rows}: made only if one of them is wanted, for it takes long. A file may have none. */
export function prepare(bench: Bench): Promise<Record<string, unknown>>;

/** @param made what `prepare` gave; nothing yet where only the names of the rows are asked for */
export function rows(bench: Bench, made: Record<string, unknown>): readonly Row[];
