/** Regions of a partition, and the throats between them. */
import type { Triple } from "../../core/shape.js";
import type { ReduceOperation } from "../operations.js";

export interface NetworkParameters {
  /** Of the whole volume. An axis of one voxel does not count. */
  readonly shape: Triple;
  /** Edges of a voxel along z, y, x, in the unit of the distances beside. */
  readonly steps: Triple;
  /** Voxels along z, y, x within which something else lies, wherever one is. */
  readonly reach: Triple;
  /** Rows that may be looked at for each voxel to find the largest balls of regions, before all distances are found instead. */
  readonly looks?: number;
}

/** Records of a brick; places are of voxels in the whole volume, in C order. */
export interface BrickNetwork {
  /** {@link REGION_FIGURES} numbers for each region. */
  readonly regions: Float64Array;
  /** {@link THROAT_FIGURES} numbers for each throat. */
  readonly throats: Float64Array;
}

/** Columns of the figures of a region; what a face of the volume is to it comes as a throat, too. */
export const REGION = {
  label: 0,
  voxels: 1,
  /** Sums of the places of its voxels along z, y, x. */
  places: 2,
  /** Largest distance to what is not of the region, squared, and where. */
  inscribed: 5,
  inscribedPlace: 6,
  /** Largest distance to the wall, and where. */
  extended: 7,
  extendedPlace: 8,
  /** Faces to the wall across z, y, x. */
  walls: 9,
  /** Voxels at the faces of the volume: z low, z high, y low, y high, x low, x high. */
  edges: 12,
} as const;
export const REGION_FIGURES = 18;

/** Columns of the figures of a throat. */
export const THROAT = {
  low: 0,
  /** Label, or {@link FACE} and the number of a face of the volume. */
  high: 1,
  /** Voxels of the higher label that touch the lower one, and of these those nearer to the wall than two edges. */
  voxels: 2,
  rim: 3,
  /** Largest distance to the wall of these, and where. */
  inscribed: 4,
  inscribedPlace: 5,
  /** Faces across z, y, x: those that look forward less those that look back. */
  signed: 6,
  faces: 9,
  /** Sums of the places of the middles of all faces along z, y, x. */
  places: 12,
} as const;
export const THROAT_FIGURES = 15;

/** The labels that the six faces of the volume have in throats begin here. */
export const FACE = 0xffffff00;

/** Of labels (uint32; 0 beyond the faces), with the distances to the wall beside. */
export const networkOfBrick: ReduceOperation<NetworkParameters, BrickNetwork> = {
  kind: "reduce",
  name: "networkOfBrick",
  dtypes: ["uint32"],
  halo: ({ reach }) => reach,
  // Who runs it joins the parts.
  join: (a) => a,
  // Labels, distances to the wall, distances to other labels after two axes; and records.
  workBytes: ({ brick, slab }) => 16 * slab + 4 * brick + 2 ** 23,
  cost: () => 20,
};
