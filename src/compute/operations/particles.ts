/** What there is of each of many labels: sums over their voxels, their faces, their surface, and what they share. */
import { DTYPES, type DType } from "../../core/dtype.js";
import type { Region, Triple } from "../../core/shape.js";
import type { ReduceOperation } from "../operations.js";
import type { NumberedPhases } from "./cells.js";

export interface ParticlesParameters {
  /** Of a mask all but 0 is the label 1. */
  readonly mask: boolean;
  /** The label that is none, and the one that stands for what does not count; NaN: there is no such label. */
  readonly none: number;
  readonly outside: number;
  /** What lies outside of it does not count. */
  readonly region: Region;
  /** Of an image the axis along which it has one voxel: there it goes on unchanged, so that it has neither border nor surface. */
  readonly flat?: 0 | 1 | 2 | undefined;
  /** From where places are counted. */
  readonly origin: Triple;
  /** Area of each set of corners of a cell in whole units, and eighths of its Euler number; undefined: no surfaces. */
  readonly cells: { readonly areas: BigInt64Array; readonly eighths: Int32Array } | undefined;
  /** Phases of what belongs to no label, in a volume beside. */
  readonly phases: (NumberedPhases & { readonly dtype: DType }) | undefined;
  /** Whether a mask stands beside, before the phases. */
  readonly masked: boolean;
}

/** Columns of the figures of a label: all whole numbers of 64 bits. */
export const PARTICLE = {
  voxels: 0,
  /** Sums of places: of z, y, x; of zz, yy, xx, zy, zx, yx; of zzz, zzy, zzx, zyy, zyx, zxx, yyy, yyx, yxx, xxx. */
  first: 1,
  second: 4,
  third: 10,
  /** Box: from and to, not including, along z, y, x. */
  box: 20,
  /** Faces across z, y, x: with other labels, with what counts but belongs to none, with what does not count. */
  contact: 26,
  open: 29,
  cut: 32,
  /** Units of area; twice those at which it meets other labels; eighths of the Euler number. */
  area: 35,
  contactArea: 36,
  euler: 37,
  columns: 40,
} as const;

/** Columns of a pair of labels after these two: faces across z, y, x; twice the units of area. */
export const PAIR_COLUMNS = 4;

export interface ParticleFigures {
  /** Labels in the order in which they came. */
  readonly labels: Float64Array;
  /** Whole numbers of 64 bits, a row of {@link PARTICLE} columns a label. */
  readonly figures: BigInt64Array;
  /** Faces with each phase across z, y, x: 3 numbers a phase, all phases a label. */
  readonly phaseFaces: Float64Array;
  /** Of each pair the places of both in `labels`, and its columns. */
  readonly pairs: Uint32Array;
  readonly pairFigures: BigInt64Array;
}

export const particleFigures: ReduceOperation<ParticlesParameters, ParticleFigures> = {
  kind: "reduce",
  name: "particleFigures",
  dtypes: (Object.keys(DTYPES) as DType[]).filter((dtype) => DTYPES[dtype].integer),
  halo: () => [1, 1, 1],
  // Who runs it joins the parts.
  join: (a) => a,
  // A brick of noise has more labels than this, and takes what it needs.
  workBytes: ({ slab }, dtype, { phases, masked }) =>
    slab * (DTYPES[dtype].bytes + 4 + (masked ? 1 : 0) + (phases === undefined ? 0 : DTYPES[phases.dtype].bytes + 1)) +
    (phases?.table.byteLength ?? 0) +
    2 ** 21,
  cost: (_, { cells }) => (cells === undefined ? 4 : 10),
};
