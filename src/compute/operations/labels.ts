/** Operations on labels. */
import { DTYPES, type DType } from "../../core/dtype.js";
import type { VolumeOperation } from "../operations.js";

/** Labels, ascending. */
export interface LabelMaskParameters {
  readonly values: readonly number[];
}

/** 1 where a voxel has one of some labels, 0 elsewhere and outside the mask. */
export const labelMask: VolumeOperation<LabelMaskParameters> = {
  kind: "volume",
  name: "labelMask",
  dtypes: (Object.keys(DTYPES) as DType[]).filter((dtype) => DTYPES[dtype].integer),
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
  dtypes: (Object.keys(DTYPES) as DType[]).filter((dtype) => DTYPES[dtype].integer),
  result: (dtype) => dtype,
  halo: () => [0, 0, 0],
  outside: 0,
  workBytes: ({ brick, slab }, dtype) => (slab + brick) * DTYPES[dtype].bytes,
  cost: () => 1,
};
