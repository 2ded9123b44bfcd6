/** Operations on labels. */
import { DTYPES, type DType } from "../../core/dtype.js";
import type { Triple } from "../../core/shape.js";
import type { ReduceOperation, VolumeOperation } from "../operations.js";

const WHOLE = (Object.keys(DTYPES) as DType[]).filter((dtype) => DTYPES[dtype].integer);

/** Labels, ascending. */
export interface LabelMaskParameters {
  readonly values: readonly number[];
}

/** 1 where a voxel has one of some labels, 0 elsewhere and outside the mask. */
export const labelMask: VolumeOperation<LabelMaskParameters> = {
  kind: "volume",
  name: "labelMask",
  dtypes: WHOLE,
  result: () => "uint8",
  halo: () => [0, 0, 0],
  outside: 0,
  workBytes: ({ brick, slab }, dtype) => slab * DTYPES[dtype].bytes + brick + 65536,
  cost: (dtype) => (DTYPES[dtype].bytes === 4 ? 4 : 1),
};

/** Labels as they are, 0 outside the mask. */
export const keepInside: VolumeOperation<Record<string, never>> = {
  kind: "volume",
  name: "keepInside",
  dtypes: WHOLE,
  result: (dtype) => dtype,
  halo: () => [0, 0, 0],
  outside: 0,
  workBytes: ({ brick, slab }, dtype) => (slab + brick) * DTYPES[dtype].bytes,
  cost: () => 1,
};

/** What labels become: tables that threads share. */
export interface MapLabelsParameters {
  /** Labels, ascending, and what each of them becomes; float64 both. */
  readonly from: SharedArrayBuffer;
  readonly to: SharedArrayBuffer;
  /** What all other labels become; undefined: they stay. */
  readonly rest: number | undefined;
  readonly dtype: DType;
}

/** A table of labels, ascending, and what each of them becomes. */
export function labelTable(from: ArrayLike<number>, to: ArrayLike<number>): Pick<MapLabelsParameters, "from" | "to"> {
  const shared = (values: ArrayLike<number>): SharedArrayBuffer => {
    const out = new SharedArrayBuffer(8 * values.length);
    new Float64Array(out).set(values);
    return out;
  };
  return { from: shared(from), to: shared(to) };
}

/** Other labels for labels; outside the mask they stay. */
export const mapLabels: VolumeOperation<MapLabelsParameters> = {
  kind: "volume",
  name: "mapLabels",
  dtypes: WHOLE,
  result: (_, { dtype }) => dtype,
  halo: () => [0, 0, 0],
  outside: undefined,
  workBytes: ({ brick, slab }, dtype, parameters) =>
    slab * DTYPES[dtype].bytes + brick * DTYPES[parameters.dtype].bytes + 4 * 65536,
  cost: (dtype) => (DTYPES[dtype].bytes === 4 ? 4 : 1),
};

export interface OverlayLabelsParameters extends Omit<MapLabelsParameters, "dtype"> {
  /** Voxel type of the labels beside. */
  readonly beside: DType;
  /** Only voxels of this label get what the label beside becomes; undefined: all whose label beside is in the table. */
  readonly under: number | undefined;
}

/** Labels with those of a second volume, mapped, laid under them or over them. */
export const overlayLabels: VolumeOperation<OverlayLabelsParameters> = {
  kind: "volume",
  name: "overlayLabels",
  dtypes: WHOLE,
  result: (dtype) => dtype,
  halo: () => [0, 0, 0],
  outside: undefined,
  workBytes: ({ brick, slab }, dtype, { beside }) =>
    slab * (DTYPES[dtype].bytes + DTYPES[beside].bytes) + brick * DTYPES[dtype].bytes,
  cost: () => 4,
};

export interface LabelFiguresParameters {
  /** Of a mask all but 0 is the label 1. */
  readonly mask: boolean;
  /** Labels that do not count. */
  readonly never: readonly number[];
  /** The only label that counts; undefined: all. */
  readonly only?: number | undefined;
  /** Grey values beside: their voxel type, and in which whole units from where on they are added up, at most 2³⁰ of them. */
  readonly grey?: { readonly dtype: DType; readonly origin: number; readonly unit: number } | undefined;
}

/** Columns of the figures of a label; those from `greys` on only with grey values. All are whole but for `least` and `most`. */
export const FIGURE = {
  voxels: 0,
  /** Place of the first voxel in the box, in C order. */
  first: 1,
  /** Box of the label, ends exclusive. */
  start: 2,
  stop: 5,
  /** Sums of the places of its voxels along z, y, x. */
  places: 8,
  /** Voxels whose grey value is a number, sum of these in units u = 2¹⁵a + b, and sums of a², 2ab and b². */
  greys: 11,
  sum: 12,
  squares: 13,
  least: 16,
  most: 17,
} as const;
export const PLAIN_FIGURES = 11;
export const GREY_FIGURES = 18;

/** The labels of a box in the order in which they come, with the figures of each, row after row. */
export interface LabelFigures {
  readonly size: Triple;
  readonly labels: Float64Array;
  readonly figures: Float64Array;
}

export const labelFigures: ReduceOperation<LabelFiguresParameters, LabelFigures> = {
  kind: "reduce",
  name: "labelFigures",
  dtypes: WHOLE,
  // Who runs it joins the parts: see `LabelTable`.
  join: (a) => a,
  uniform: (value, size, { mask, never, only }) => {
    const label = mask ? Number(value !== 0) : value;
    if (never.includes(label) || (only !== undefined && label !== only))
      return { size, labels: new Float64Array(), figures: new Float64Array() };
    const voxels = size[0] * size[1] * size[2];
    const places = size.map((n) => (voxels * (n - 1)) / 2);
    return { size, labels: Float64Array.of(label), figures: Float64Array.of(voxels, 0, 0, 0, 0, ...size, ...places) };
  },
  // At most as many labels as voxels; a million of them in a brick is noise.
  workBytes: ({ brick }, dtype, { grey }) =>
    brick * (DTYPES[dtype].bytes + 1 + (grey === undefined ? 0 : DTYPES[grey.dtype].bytes)) + 2 ** 20,
  cost: (_, { grey }) => (grey === undefined ? 1 : 4),
};

export interface ContactsParameters {
  /** Voxel type of the labels beside. */
  readonly beside: DType;
}

/** Faces between pieces and labels, each kind once. */
export interface Contacts {
  readonly pieces: Uint32Array;
  readonly labels: Float64Array;
  readonly faces: Float64Array;
}

/** The faces that pieces (numbers from 1 on; 0 is none) share with the labels around them, which stand beside. */
export const contacts: ReduceOperation<ContactsParameters, Contacts> = {
  kind: "reduce",
  name: "contacts",
  dtypes: ["uint32"],
  halo: () => [1, 1, 1],
  join: (a) => a,
  workBytes: ({ slab }, _, { beside }) => slab * (4 + DTYPES[beside].bytes) + 2 ** 20,
  cost: () => 2,
};

export interface SurfaceVoxelsParameters {
  /** The voxels of one label, or all but those of one label. */
  readonly label: number;
  readonly except: boolean;
}

/** 1 where a voxel is of a label and one beyond its faces is not; what lies beyond the volume is as the border says. */
export const surfaceVoxels: VolumeOperation<SurfaceVoxelsParameters> = {
  kind: "volume",
  name: "surfaceVoxels",
  dtypes: WHOLE,
  result: () => "uint8",
  halo: () => [1, 1, 1],
  outside: 0,
  workBytes: ({ brick, slab }, dtype) => slab * DTYPES[dtype].bytes + brick,
  cost: () => 3,
};
