/** Phases by a forest of decision trees over features of the voxels, and the features of scribbled voxels to train it with. */
import { DTYPES, type DType } from "../../core/dtype.js";
import { OUTSIDE } from "../../core/phases.js";
import { bits } from "../../core/random.js";
import type { Triple } from "../../core/shape.js";
import type { ReduceOperation, TaskSize, VolumeOperation } from "../operations.js";
import { type FeatureParameters, featureCost, featureHalo, featureWork, stackOf } from "./features.js";

const ALL = Object.keys(DTYPES) as DType[];

/** What a stack is computed of. The volume is the first channel, those beside it are the others. */
export interface StackParameters {
  readonly stack: FeatureParameters;
  /** Voxel type of each channel. */
  readonly channels: readonly DType[];
  /** Voxels of the whole volume: where its faces are. */
  readonly shape: Triple;
}

/**
 * Trees as they go to threads and into files: base64 of little-endian numbers.
 *
 * `edges`: for each feature 255 ascending float32, filled up with infinities; a value's bin is how many it is above.
 * `nodes`: the trees one after the other, each in preorder, 8 bytes a node: uint16 the feature (65535: a leaf), uint8 the bin
 * above which a voxel goes right, uint8 0, uint32 the number of the right child in the tree, or of the leaf's votes.
 * `sizes`: uint32, number of nodes of each tree. `leaves`: uint16, for each leaf the votes of each class, which sum to the same.
 */
export interface PackedTrees {
  readonly classes: number;
  readonly edges: string;
  readonly sizes: string;
  readonly nodes: string;
  readonly leaves: string;
}

/** Votes that a tree has: so many that the sum of all trees fits 16 bits. */
export const votesOfTree = (trees: number): number => Math.floor(65535 / trees);

/** In the place of the feature of a node: it is a leaf. */
export const LEAF = 65535;
/** Edges of the bins of a feature. */
export const EDGES = 255;
/** Most levels of a tree below its root. */
export const DEEPEST = 64;

export interface ForestParameters extends StackParameters {
  readonly trees: PackedTrees;
  /** Label of each class. */
  readonly labels: readonly number[];
  /** Number of a class whose probability is asked for; −1: the uncertainty. Of labels it says nothing. */
  readonly of: number;
}

/** Features of a stack. */
export const featuresOf = ({ stack, channels }: StackParameters): number => stackOf(stack).length * channels.length;

const slabsBeside = ({ slab }: TaskSize, channels: readonly DType[]): number =>
  channels.slice(1).reduce((sum, dtype) => sum + slab * DTYPES[dtype].bytes, 0);

const widest = (channels: readonly DType[]): DType =>
  channels.reduce((a, b) => (DTYPES[b].bytes > DTYPES[a].bytes ? b : a));

/** Slabs of all channels, the features of one at a time. */
const stackWork = (size: TaskSize, dtype: DType, { stack, channels }: StackParameters): number =>
  size.slab * DTYPES[dtype].bytes + slabsBeside(size, channels) + featureWork(size, widest(channels), stack);

const prediction = (name: string, result: DType, outside: number): VolumeOperation<ForestParameters> => ({
  kind: "volume",
  name,
  dtypes: ALL,
  result: () => result,
  halo: ({ stack }) => featureHalo(stack),
  outside,
  // A byte for each feature; votes and results of a plane, which may be all of the brick; trees and edges.
  workBytes: (size, dtype, parameters) =>
    stackWork(size, dtype, parameters) +
    // A brick of a task counts twice.
    size.brick * ((featuresOf(parameters) + 1) / 2 + 2 + 4 * Math.ceil(parameters.trees.classes / 4)) +
    size.brick * DTYPES[result].bytes +
    2 * parameters.trees.nodes.length +
    3 * parameters.trees.leaves.length +
    4096 * featuresOf(parameters),
  cost: (dtype, parameters) => {
    const { stack, channels, trees } = parameters;
    const each = featureCost(dtype, stack) + 3 * stackOf(stack).length;
    return channels.length * each + 8 * (trees.sizes.length / 5.3);
  },
});

/** The most likely label; {@link OUTSIDE} where a feature is NaN, and outside the mask. */
export const forestLabels = prediction("forestLabels", "uint8", OUTSIDE);
/** The probability of a class, or the uncertainty, as float32; NaN where a feature is, and outside the mask. */
export const forestShares = prediction("forestShares", "float32", Number.NaN);

/** Which scribbled voxels are taken. */
export interface ScribbleParameters extends StackParameters {
  /** For each label from 0 to 255 the share of its voxels that are taken; 0 for none. */
  readonly shares: readonly number[];
  readonly seed: number;
  /** Share of the voxels, in blocks of 8 × 8 × 8, that are held out. */
  readonly heldOut: number;
}

/** Numbers that are drawn for different ends. */
const SHARE = 1;
const HELD_OUT = 2;

/** Whether a voxel is among a share of all, by a number that belongs to its place in the volume, so that no brick shows. */
export const isTaken = (seed: number, share: number, [z, y, x]: Triple): boolean =>
  share >= 1 || (share > 0 && bits(seed + SHARE, z, y, x) < share * 2 ** 32);

/** Whether the block of 8 × 8 × 8 voxels that a voxel lies in is held out. */
export const isHeldOut = (seed: number, share: number, [z, y, x]: Triple): boolean =>
  bits(seed + HELD_OUT, z >> 3, y >> 3, x >> 3) < share * 2 ** 32;

/** Scribbled voxels with their features, in the order of their places. */
export interface ScribbledVoxels {
  /** Number of the voxel in the volume, in C order. */
  readonly places: Float64Array;
  readonly labels: Uint8Array;
  /** 1 where a voxel is held out. */
  readonly held: Uint8Array;
  /** The features of a voxel follow each other. */
  readonly values: Float32Array;
}

/** The features of voxels that labels beside the volume choose; those stand before the other channels. */
export const scribbledVoxels: ReduceOperation<ScribbleParameters, ScribbledVoxels, readonly ScribbledVoxels[]> = {
  kind: "reduce",
  name: "scribbledVoxels",
  dtypes: ALL,
  halo: ({ stack }) => featureHalo(stack),
  join: (a, b) => [...a, ...b.filter(({ labels }) => labels.length > 0)],
  whole: (parts, parameters) => inOrder(parts, featuresOf(parameters)),
  workBytes: (size, dtype, parameters) =>
    stackWork(size, dtype, parameters) + size.slab + size.brick * (10 + 4 * featuresOf(parameters)),
  cost: () => 20,
};

/** Bricks come in their own order; that of the places knows no bricks. */
function inOrder(parts: readonly ScribbledVoxels[], features: number): ScribbledVoxels {
  const count = parts.reduce((sum, { labels }) => sum + labels.length, 0);
  const places = new Float64Array(count);
  const from = new Uint32Array(count);
  const partOf = new Uint32Array(count);
  for (let n = 0, k = 0; n < parts.length; n++)
    for (let j = 0; j < parts[n]!.labels.length; j++, k++) {
      places[k] = parts[n]!.places[j]!;
      from[k] = j;
      partOf[k] = n;
    }
  const order = Uint32Array.from({ length: count }, (_, k) => k).sort((a, b) => places[a]! - places[b]!);
  const sorted = {
    places: new Float64Array(count),
    labels: new Uint8Array(count),
    held: new Uint8Array(count),
    values: new Float32Array(count * features),
  };
  for (const [k, at] of order.entries()) {
    const part = parts[partOf[at]!]!;
    const j = from[at]!;
    sorted.places[k] = part.places[j]!;
    sorted.labels[k] = part.labels[j]!;
    sorted.held[k] = part.held[j]!;
    sorted.values.set(part.values.subarray(j * features, (j + 1) * features), k * features);
  }
  return sorted;
}
