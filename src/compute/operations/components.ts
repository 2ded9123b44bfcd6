/** Connected components: what a brick knows of its own, and the labels once all bricks have been joined. */
import { DTYPES, type DType } from "../../core/dtype.js";
import type { Triple } from "../../core/shape.js";
import type { ReduceOperation, VolumeOperation } from "../operations.js";

export type Connectivity = 6 | 18 | 26;

export interface ComponentsParameters {
  readonly connectivity: Connectivity;
  /** The voxels that count: those of one label, all but those of one label, */
  readonly label: number;
  readonly except: boolean;
  /** A label that does not count whatever else does. */
  readonly never?: number | undefined;
  /** A value that marks the components in which it occurs. */
  readonly mark?: number | undefined;
}

/** The set voxels of a brick's face by its runs: a brick sends a few numbers for each and not one for each voxel. */
export interface Face {
  /** For each row its first run, and after the last one how many there are. */
  readonly starts: Uint32Array;
  /** First voxel and end of each run. */
  readonly runs: Uint32Array;
  /** The number of each run's component. */
  readonly labels: Uint32Array;
}

/** Components of a brick, numbered from 1 in the order of their first voxels. */
export interface BrickComponents {
  readonly size: Triple;
  readonly count: number;
  /** Voxels of each, and the place of its first one in the brick. */
  readonly sizes: Uint32Array;
  readonly firsts: Uint32Array;
  /** 1 for each that has a voxel of the value `mark`. */
  readonly marked: Uint8Array;
  /** z low, z high (rows × columns), y low, y high (planes × columns), x low, x high (planes × rows). */
  readonly faces: readonly Face[];
}

const WHOLE = (Object.keys(DTYPES) as DType[]).filter((dtype) => DTYPES[dtype].integer);
/** Bits of voxels with their padding, and for every other voxel a run of 8 bytes with parent and label. */
const runBytes = (voxels: number): number => 9 * voxels + 2 ** 17;

export const componentsOfBrick: ReduceOperation<ComponentsParameters, BrickComponents> = {
  kind: "reduce",
  name: "componentsOfBrick",
  dtypes: WHOLE,
  // Who runs it joins the parts: see `joinedComponents`.
  join: (a) => a,
  workBytes: ({ brick }, dtype) => brick * DTYPES[dtype].bytes + 2 * runBytes(brick),
  cost: () => 1,
};

/** Final labels by brick. */
export interface JoinedParameters extends ComponentsParameters {
  /** Bricks along each axis, and the shape of one. */
  readonly counts: Triple;
  readonly brick: Triple;
  /** Brick → how many components the bricks before it have, as float64; and for each component its final label, 32 bits. */
  readonly before: SharedArrayBuffer;
  readonly labels: SharedArrayBuffer;
}

/** The label of each voxel's component, 0 where there is none. Its tasks have to be whole bricks of the volume. */
export const labelComponents: VolumeOperation<JoinedParameters> = {
  kind: "volume",
  name: "labelComponents",
  dtypes: WHOLE,
  result: () => "uint32",
  halo: () => [0, 0, 0],
  outside: undefined,
  workBytes: ({ brick, slab }, dtype) => slab * DTYPES[dtype].bytes + 4 * brick + runBytes(slab),
  cost: () => 1.5,
};

export interface EraseParameters extends JoinedParameters {
  readonly value: number;
  /** A value that stays, whatever component it is in. */
  readonly keep: number | undefined;
}

/** The volume with another value where the label of a component is 0. Its tasks have to be whole bricks of the volume. */
export const eraseComponents: VolumeOperation<EraseParameters> = {
  kind: "volume",
  name: "eraseComponents",
  dtypes: WHOLE,
  result: (dtype) => dtype,
  halo: () => [0, 0, 0],
  outside: undefined,
  workBytes: ({ brick, slab }, dtype) => (slab + brick) * DTYPES[dtype].bytes + runBytes(slab),
  cost: () => 1.5,
};
