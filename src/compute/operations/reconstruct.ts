/** Reconstruction, and the maxima that follow from it. */
import { DTYPES, type DType } from "../../core/dtype.js";
import type { VolumeOperation } from "../operations.js";
import type { Connectivity } from "./components.js";

const ALL = Object.keys(DTYPES) as DType[];

export interface ReconstructParameters {
  readonly connectivity: Connectivity;
  /** By erosion: values sink, and limits are below. */
  readonly sinks: boolean;
  /** Nothing rises any more but by what lies around the brick. */
  readonly settled: boolean;
}

/**
 * Values rise within a brick to those of their neighbours, as far as the volume beside allows; what lies around the brick stays
 * as it is. NaN in one of the two is NaN, and nothing goes through it.
 */
export const reconstruct: VolumeOperation<ReconstructParameters> = {
  kind: "volume",
  name: "reconstruct",
  dtypes: ALL,
  result: (dtype) => dtype,
  halo: () => [1, 1, 1],
  outside: undefined,
  // Values and limits, and for each voxel a place in the queue and whether it is there.
  workBytes: ({ brick, slab }, dtype) => slab * (2 * DTYPES[dtype].bytes + 6) + brick * DTYPES[dtype].bytes + 2 ** 16,
  cost: (_, { connectivity }) => 4 + connectivity,
};

export interface HeightParameters {
  /** `"next"`: by as little as float32 can be lower. */
  readonly height: number | "next";
}

/** Numbers less a height. */
export const lowered: VolumeOperation<HeightParameters> = {
  kind: "volume",
  name: "lowered",
  dtypes: ["float32"],
  result: () => "float32",
  halo: () => [0, 0, 0],
  outside: undefined,
  workBytes: ({ brick, slab }) => 4 * (brick + slab),
  cost: () => 2,
};

/** 1 where a number is that of the volume beside less a height. */
export const stillLow: VolumeOperation<HeightParameters> = {
  kind: "volume",
  name: "stillLow",
  dtypes: ["float32"],
  result: () => "uint8",
  halo: () => [0, 0, 0],
  outside: 0,
  workBytes: ({ brick, slab }) => 8 * slab + brick,
  cost: () => 2,
};

/** Numbers as float32, of the other sign if maxima are looked for among minima; NaN outside the mask. */
export const signedFloats: VolumeOperation<{ readonly negative: boolean }> = {
  kind: "volume",
  name: "signedFloats",
  dtypes: ALL,
  result: () => "float32",
  halo: () => [0, 0, 0],
  outside: Number.NaN,
  workBytes: ({ brick, slab }, dtype) => slab * DTYPES[dtype].bytes + 4 * brick,
  cost: () => 1,
};
