/** Counts in the cells of a coarse grid, and along the columns across a volume. */
import { DTYPES, type DType } from "../../core/dtype.js";
import type { Region, Triple } from "../../core/shape.js";
import type { ReduceOperation, VolumeOperation } from "../operations.js";
import type { NumberedPhases } from "./cells.js";

const WHOLE = (Object.keys(DTYPES) as DType[]).filter((dtype) => DTYPES[dtype].integer);

export interface GridCountsParameters extends NumberedPhases {
  readonly region: Region;
  /** Edges of a cell in voxels, from the first voxel of the region on. */
  readonly cell: Triple;
  readonly masked: boolean;
}

/** Voxels of each phase in each cell, cells in C order, `phases` numbers a cell. */
export const gridCounts: ReduceOperation<GridCountsParameters, Float64Array, GridPart> = {
  kind: "reduce",
  name: "gridCounts",
  dtypes: WHOLE,
  join: (a, b) => {
    const whole = a.counts.length === a.cells ? a : spread(a);
    for (let k = 0; k < b.places.length; k++) whole.counts[b.places[k]!]! += b.counts[k]!;
    return whole;
  },
  whole: (part) => (part.counts.length === part.cells ? part : spread(part)).counts,
  workBytes: ({ slab }, dtype, { table }) => slab * (DTYPES[dtype].bytes + 2) + table.byteLength + 2 ** 16,
  cost: () => 3,
};

/** Counts of some of the cells; of all where there are as many as cells. */
export interface GridPart {
  readonly cells: number;
  readonly places: Float64Array;
  readonly counts: Float64Array;
}

function spread({ cells, places, counts }: GridPart): GridPart {
  const all = new Float64Array(cells);
  for (let k = 0; k < places.length; k++) all[places[k]!]! += counts[k]!;
  return { cells, places: new Float64Array(0), counts: all };
}

export interface ColumnSpansParameters extends NumberedPhases {
  readonly region: Region;
  readonly axis: number;
  readonly masked: boolean;
}

/** Of each column of a brick its first and last voxel of any phase, along the axis, and how many there are; −1 where there is none. */
export interface ColumnSpans {
  readonly start: Triple;
  readonly size: Triple;
  readonly first: Int32Array;
  readonly last: Int32Array;
  readonly count: Int32Array;
}

export const columnSpans: ReduceOperation<ColumnSpansParameters, ColumnSpans> = {
  kind: "reduce",
  name: "columnSpans",
  dtypes: WHOLE,
  // Who runs it joins the parts.
  join: (a) => a,
  workBytes: ({ slab }, dtype, { table }) => slab * (DTYPES[dtype].bytes + 2) + 12 * slab + table.byteLength,
  cost: () => 3,
};

export interface LayerThicknessParameters {
  /** 1 for values of the layer, 2 for those of what it lies on, 3 for those of what lies beyond, 0 for what does not count; from `low` on. */
  readonly table: Uint8Array;
  readonly low: number;
  /** Edges of a voxel, the least of which is 1. */
  readonly size: Triple;
  /** Thickest layer that is measured, in units of the least edge. */
  readonly most: number;
  /** What a thickness of 1 is told as. */
  readonly unit: number;
}

/** Half-width of the ball in which the direction of the surface is looked for, and how far within the body a ray begins. */
export const LAYER_BALL = 5;
export const LAYER_START = 2.5;

/** Thickness of the layer along the normal of the surface it lies on, at the surface voxels of this; NaN elsewhere. */
export const layerThickness: VolumeOperation<LayerThicknessParameters> = {
  kind: "volume",
  name: "layerThickness",
  dtypes: WHOLE,
  result: () => "float32",
  halo: ({ most, size }) =>
    size.map((edge) => Math.ceil(Math.max(most + 3, LAYER_BALL) / edge) + 1) as unknown as Triple,
  outside: Number.NaN,
  workBytes: ({ brick, slab }, dtype, { table }) => slab * (DTYPES[dtype].bytes + 2) + 4 * brick + table.byteLength,
  cost: () => 30,
};

export interface DepthLabelsParameters {
  /** Labels, ascending, float64. */
  readonly labels: SharedArrayBuffer;
  /** Layers of a label, and how deep one of them is, in the unit of the depths; deeper voxels are of the last one. */
  readonly layers: number;
  readonly depth: number;
  /** Of a mask all but 0 is the label 1. */
  readonly mask: boolean;
}

/** From labels, and the depths of their voxels beside: numbers of the layers of all labels from 1 on, 0 for what is none. */
export const depthLabels: VolumeOperation<DepthLabelsParameters> = {
  kind: "volume",
  name: "depthLabels",
  dtypes: WHOLE,
  result: () => "uint32",
  halo: () => [0, 0, 0],
  outside: 0,
  workBytes: ({ brick, slab }, dtype) => slab * (DTYPES[dtype].bytes + 4) + 4 * brick,
  cost: () => 5,
};

export interface InnerVoxelsParameters {
  readonly none: readonly number[];
  readonly mask: boolean;
}

/** 1 where the six voxels around are of the same label: those within a label, where its surface does not lie. */
export const innerVoxels: VolumeOperation<InnerVoxelsParameters> = {
  kind: "volume",
  name: "innerVoxels",
  dtypes: WHOLE,
  result: () => "uint8",
  halo: () => [1, 1, 1],
  outside: 0,
  workBytes: ({ brick, slab }, dtype) => slab * DTYPES[dtype].bytes + brick,
  cost: () => 6,
};
