/** Watershed by blocks: approximate, for volumes larger than memory. */
import { DTYPES, type DType } from "../../core/dtype.js";
import type { Triple } from "../../core/shape.js";
import { BLOCKED, FLOOD_TABLES, type FloodTask, floodBytes } from "../kernels/flood.js";
import type { VolumeOperation } from "../operations.js";

const ALL = Object.keys(DTYPES) as DType[];

export interface FloodBlockParameters extends FloodTask {
  /** Of the whole volume: nothing is flooded beyond its faces. */
  readonly shape: Triple;
  /** Voxels by which the flood begins outside of the block. */
  readonly overlap: number;
  /** True: the lowest level is a wall, flooded only until all else is. Default false. */
  readonly wall?: boolean;
}

/** Bytes that a thread takes to flood a block. */
export const blockBytes = (block: Triple, dtype: DType, parameters: FloodBlockParameters): number => {
  const { overlap } = parameters;
  const slab = block.reduce((product, n) => product * (n + 2 * overlap), 1);
  const padded = block.reduce((product, n) => product * (n + 2 * overlap + 2), 1);
  const own = block.reduce((product, n) => product * n, 1);
  return padded * floodBytes(parameters) + slab * (DTYPES[dtype].bytes + 4) + 4 * own + FLOOD_TABLES;
};

/** Floods a block of the image, with what lies around it, from the markers beside; {@link BLOCKED} ones are never flooded. */
export const floodBlock: VolumeOperation<FloodBlockParameters> = {
  kind: "volume",
  name: "floodBlock",
  dtypes: ALL,
  result: () => "uint32",
  halo: ({ overlap }) => [overlap, overlap, overlap],
  outside: 0,
  workBytes: ({ brick, slab }, dtype, parameters) =>
    slab * (1.1 * floodBytes(parameters) + DTYPES[dtype].bytes + 4) + 4 * brick + FLOOD_TABLES,
  cost: () => 300,
};

/** Markers as 32-bit labels, {@link BLOCKED} outside the mask. */
export const blockedMarkers: VolumeOperation<Record<string, never>> = {
  kind: "volume",
  name: "blockedMarkers",
  dtypes: ALL.filter((dtype) => DTYPES[dtype].integer),
  result: () => "uint32",
  halo: () => [0, 0, 0],
  outside: BLOCKED,
  workBytes: ({ brick, slab }, dtype) => slab * DTYPES[dtype].bytes + 4 * brick,
  cost: () => 2,
};
