/** Active contours by morphology: labels with grey values beside them. 255 takes part in nothing. */
import { DTYPES, type DType } from "../../core/dtype.js";
import { OUTSIDE } from "../../core/phases.js";
import type { Triple } from "../../core/shape.js";
import type { ReduceOperation, TaskSize, VolumeOperation } from "../operations.js";

const ALL = Object.keys(DTYPES) as DType[];

/** What both kinds of contour know. */
export interface ContourParameters {
  /** Voxel type of the grey values, or of the edge map. */
  readonly grey: DType;
  /** 1 along axes with more than one voxel, else 0: nothing bends along these. */
  readonly axes: Triple;
  /** Curvature operators, one after the other: `true` is the infimum of suprema first, `false` the supremum of infima. */
  readonly smoothing: readonly boolean[];
  /** What takes part in nothing counts as outside, rather than not at all. */
  readonly closed: boolean;
}

export interface ChanVeseParameters extends ContourParameters {
  readonly means: readonly number[];
  readonly weights: readonly number[];
}

export interface GeodesicParameters extends ContourParameters {
  /** −1 shrinks, 1 grows, where the edge map is above the limit. */
  readonly balloon: -1 | 0 | 1;
  readonly limit: number;
}

const along = (axes: Triple, n: number): Triple => [axes[0] * n, axes[1] * n, axes[2] * n];
/** Labels before and after a move, a step of the balloon, and bits: of a level, of what is neutral, before and after. */
const room = ({ brick, slab }: TaskSize, { grey }: ContourParameters): number =>
  slab * (4 + DTYPES[grey].bytes) + brick + 2 ** 16;

/** One iteration: each voxel at a contour goes to the nearest mean, then contours are smoothed. */
export const chanVese: VolumeOperation<ChanVeseParameters> = {
  kind: "volume",
  name: "chanVese",
  dtypes: ["uint8"],
  result: () => "uint8",
  halo: ({ axes, smoothing }) => along(axes, 1 + 2 * smoothing.length),
  outside: OUTSIDE,
  workBytes: (size, _, parameters) => room(size, parameters),
  cost: (_, { smoothing, means }) => 3 + means.length * smoothing.length,
};

/** One iteration: the contour swells, goes to the edges, and is smoothed. */
export const geodesicContour: VolumeOperation<GeodesicParameters> = {
  kind: "volume",
  name: "geodesicContour",
  dtypes: ["uint8"],
  result: () => "uint8",
  halo: ({ axes, smoothing, balloon }) => along(axes, 1 + Math.abs(balloon) + 2 * smoothing.length),
  outside: OUTSIDE,
  workBytes: (size, _, parameters) => room(size, parameters),
  cost: (_, { smoothing }) => 6 + 2 * smoothing.length,
};

/** Squares of a chessboard with so many voxels along an edge: labels to begin with. */
export interface ChessboardParameters {
  readonly edge: number;
  readonly classes: number;
}

export const chessboard: VolumeOperation<ChessboardParameters> = {
  kind: "volume",
  name: "chessboard",
  dtypes: ALL,
  result: () => "uint8",
  halo: () => [0, 0, 0],
  outside: OUTSIDE,
  workBytes: ({ brick, slab }, dtype) => slab * DTYPES[dtype].bytes + brick,
  cost: () => 2,
};

export interface ClassSumsParameters {
  readonly classes: number;
  /** Grey values of float32 are counted from `origin` in whole `units`; whole ones as they are. */
  readonly origin: number;
  readonly unit: number;
}

/** Number of voxels of each class and the sum of their grey values, one after the other, as whole numbers. */
export const classSums: ReduceOperation<ClassSumsParameters, readonly bigint[]> = {
  kind: "reduce",
  name: "classSums",
  dtypes: ["uint8"],
  join: (a, b) => a.map((sum, k) => sum + b[k]!),
  workBytes: ({ brick }, _, { classes }) => brick * 5 + 16 * classes + 2 ** 16,
  cost: (_, { classes }) => 0.5 * classes,
};

/** Number of voxels that are not the same, bit by bit, in the volume beside. */
export const unequal: ReduceOperation<Record<string, never>, number> = {
  kind: "reduce",
  name: "unequal",
  dtypes: ALL,
  join: (a, b) => a + b,
  workBytes: ({ brick }, dtype) => 2 * brick * DTYPES[dtype].bytes + 2 ** 16,
  cost: () => 0.3,
};
