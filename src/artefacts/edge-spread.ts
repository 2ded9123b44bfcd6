/** How sharp a scan is: the mean profile across its edges. */
import { memoryLimitOf } from "../compute/build.js";
import { machine } from "../compute/memory.js";
import { DTYPES } from "../core/dtype.js";
import type { RunOptions } from "../core/options.js";
import { type Region, regionShape, type Shape, type Triple, voxelCount, wholeRegion } from "../core/shape.js";
import type { Volume } from "../core/volume.js";
import { sampleBoxes } from "../statistics/sample-boxes.js";

/** Voxels on both sides of an edge that are looked at; both phases must fill the outer ones of them. */
const REACH = 8;
const PLATEAU = 5;
/** How far the mean of a plateau may lie from the grey value of its phase, in contrasts. */
const TOLERANCE = 0.2;
/** Width of the bins of distance, in voxels. */
const BIN = 0.25;
/** Fewer edges than these do not tell. */
const LEAST_EDGES = 50;
/** Pairs with fewer edges than this share of those of the pair with the most are not compared. */
const LEAST_SHARE = 0.1;
/**
 * All edges of a scan are blurred alike: those so many times wider than others are a staircase over a third phase
 * between. Not less, for a thin film between thick parts overshoots and seems up to a third too narrow.
 */
const STAIRCASE = 2;
/** More edges than these, spread over the boxes, tell no more. */
const MOST_EDGES = 100_000;

/** Width of the edges from 10 to 90 % in voxels (along x); NaN if there are too few. */
export interface EdgeSpread {
  readonly width: number;
  /** How many edges were found. */
  readonly edges: number;
}

/** Grey values within which voxels count. */
export interface Ends {
  readonly low: number;
  readonly high: number;
}

/** Numbers of the profile of one edge. */
const PROFILE = 2 * (2 * REACH + 1);

/**
 * Edges: how steep each is, in contrasts a voxel, and where values of it lie, distance and share of the contrast in
 * turn, one profile after the other.
 */
interface Edges {
  readonly steepness: Float64Array;
  readonly profiles: Float32Array;
}
/** Bytes of an edge, with its place among the others. */
const EDGE_BYTES = 8 + 4 * PROFILE + 24;
/** Bytes of a voxel of a box: values, the guide's, smoothed ones twice, and what is read of volumes and mask. */
const VOXEL_BYTES = 4 + 4 + 8 + 1;

const numberOf = (parts: readonly Edges[]): number => parts.reduce((sum, { steepness }) => sum + steepness.length, 0);

/**
 * Distance over which grey values rise from 10 to 90 % between two phases: for a Gaussian point spread 2.563 standard
 * deviations. The normal of each edge and its place come from the smoothed lines beside the one whose values are taken,
 * so that noise neither chooses edges nor sharpens them; the values are those of single voxels by their distance along
 * the normal. The mean of the steeper half of all edges with a plateau on either side counts. Between two phases,
 * blurred by 0.7 to 2.5 voxels and 5 to 50 times the noise apart, it was 6 % too small to 3 % too wide; a third phase
 * in layers of a few voxels makes it up to 20 % too wide, and films of one to two voxels up to 30 % too small. In an
 * image of one plane surfaces are cut obliquely, and it comes out up to a quarter too wide.
 * Looks at 16 boxes of 131 072 voxels, spread evenly; memory up to 25 bytes a voxel of a box, and 17 MB a pair.
 * @param between grey values that are cut off, and those beyond, are left out
 * @param pairs grey values of two phases each; the first one with enough edges between them counts, unless those of a
 * later one are less than half as wide
 * @param options `guide`: a volume of the same shape in which edges are found instead, for instance the filtered one: so the same
 * edges are looked at in both
 */
export async function edgeSpread(
  volume: Volume,
  pairs: readonly (readonly [low: number, high: number])[],
  options: Pick<RunOptions, "mask" | "signal" | "memoryLimit"> & { readonly between: Ends; readonly guide?: Volume },
): Promise<EdgeSpread> {
  const { guide = volume } = options;
  const flat = volume.shape[0] < 4;
  const size: Triple = flat ? [volume.shape[0], 512, 256] : [32, 64, 64];
  const regions = pairs.length === 0 ? [] : sampleBoxes(wholeRegion(volume.shape), size, 16);
  const voxels = Math.max(0, ...regions.map((region) => voxelCount(regionShape(region))));
  const most = Math.min(voxels, Math.floor(MOST_EDGES / regions.length));
  const read = DTYPES[volume.dtype].bytes + DTYPES[guide.dtype].bytes;
  // One more: while those of a box are looked for.
  const edges = (pairs.length * regions.length + 1) * most;
  const bytes = regions.length === 0 ? 0 : voxels * (VOXEL_BYTES + read) + edges * EDGE_BYTES;
  const claim = await machine.claim("the search for edges", bytes, memoryLimitOf(options, machine));
  try {
    const found = await edgesIn(volume, regions, pairs, most, flat, options);
    const enough = Math.max(LEAST_EDGES, LEAST_SHARE * Math.max(...found.map(numberOf)));
    const spreads = found
      .filter((edges) => numberOf(edges) >= enough)
      .map((edges) => ({ width: riseOf(edges), edges: numberOf(edges) }));
    const [first = { width: Number.NaN, edges: 0 }] = spreads;
    const narrowest = spreads.reduce((best, other) => (best.width <= other.width ? best : other), first);
    return first.width > STAIRCASE * narrowest.width ? narrowest : first;
  } finally {
    claim.drop();
  }
}

/** Edges of each pair, by box. */
async function edgesIn(
  volume: Volume,
  regions: readonly Region[],
  pairs: readonly (readonly [low: number, high: number])[],
  most: number,
  flat: boolean,
  options: Parameters<typeof edgeSpread>[2],
): Promise<Edges[][]> {
  const { mask, signal, between, guide = volume } = options;
  const [z, y, x] = volume.spacing ?? [1, 1, 1];
  const scale: Triple = [z / x, y / x, 1];
  const found = pairs.map((): Edges[] => []);
  for (const region of regions) {
    await new Promise((resolve) => setImmediate(resolve));
    signal?.throwIfAborted();
    const values = Float32Array.from(await volume.read(region));
    const clear = guide === volume ? values : Float32Array.from(await guide.read(region));
    const inside = await mask?.read(region);
    for (let k = 0; k < values.length; k++)
      if (inside?.[k] === 0 || values[k]! <= between.low || values[k]! >= between.high)
        values[k] = clear[k] = Number.NaN;
    const shape = regionShape(region);
    const box = { values, clear, smooth: smoothed(clear, shape, flat), shape, scale, flat };
    for (const [k, pair] of pairs.entries()) found[k]!.push(edgesBetween(pair, box, most));
  }
  return found;
}

/** Weights ¼ ½ ¼ along each axis; what lies beyond the ends is the last voxel. */
function smoothed(values: Float32Array, [depth, height, width]: Shape, flat: boolean): Float32Array {
  let from = values;
  for (const [count, stride] of [
    [flat ? 1 : depth, height * width],
    [height, width],
    [width, 1],
  ] as const) {
    if (count === 1) continue;
    const to = new Float32Array(from.length);
    for (let k = 0; k < from.length; k++) {
      const at = Math.floor(k / stride) % count;
      to[k] = 0.5 * from[k]! + 0.25 * (from[at === 0 ? k : k - stride]! + from[at === count - 1 ? k : k + stride]!);
    }
    from = to;
  }
  return from;
}

/** A box of voxels; `flat` if there are too few planes for edges across them. */
interface Box {
  /** Those that make the profiles, and those that tell where edges are, as they are and smoothed. */
  readonly values: Float32Array;
  readonly clear: Float32Array;
  readonly smooth: Float32Array;
  readonly shape: Shape;
  /** Voxel sizes over that along x. */
  readonly scale: Triple;
  readonly flat: boolean;
}

function edgesBetween([low, high]: readonly [number, number], box: Box, most: number): Edges {
  const { values, clear, smooth, shape, scale, flat } = box;
  const steepness = new Float64Array(most);
  const profiles = new Float32Array(PROFILE * most);
  let edges = 0;
  // Share that a line has in the smoothed image of itself.
  const own = flat ? 1 / 2 : 1 / 4;
  const strides = [shape[1] * shape[2], shape[2], 1] as const;
  const half = (low + high) / 2;
  const contrast = high - low;
  const rim = flat ? 0 : 1;
  for (let z = rim; z < shape[0] - rim; z++)
    for (let y = 1; y < shape[1] - 1; y++)
      for (let x = 1; x < shape[2] - 1; x++) {
        const k = z * strides[0] + y * strides[1] + x;
        const slope = (axis: 0 | 1 | 2): number =>
          axis === 0 && flat ? 0 : (smooth[k + strides[axis]]! - smooth[k - strides[axis]]!) / (2 * scale[axis]);
        // Most voxels are far from any edge: only the ones beside the middle level are looked at.
        if (Math.abs(smooth[k]! - half) > contrast / 2) continue;
        const gradient: [number, number, number] = [slope(0), slope(1), slope(2)];
        const axis = ([0, 1, 2] as const).reduce((best, a) =>
          Math.abs(gradient[a]) > Math.abs(gradient[best]) ? a : best,
        );
        const stride = strides[axis];
        const at = [z, y, x][axis]!;
        if (at < REACH || at + REACH >= shape[axis]) continue;
        // Only the lines around this one tell where the edge is and how steep: its own noise would sharpen it.
        const around = (n: number): number =>
          (smooth[n]! - own * (0.5 * clear[n]! + 0.25 * (clear[n - stride]! + clear[n + stride]!))) / (1 - own);
        const [before, here, next] = [around(k - stride), around(k), around(k + stride)];
        gradient[axis] = (next - before) / (2 * scale[axis]);
        const size = Math.hypot(...gradient);
        if (here < half === next < half || !(size > 0)) continue;
        const place = (half - here) / (next - here);
        // From here on towards the bright side is positive.
        const step = (scale[axis] * gradient[axis]) / size;
        const profile = profiles.subarray(PROFILE * edges, PROFILE * (edges + 1));
        const plateaus = [0, 0];
        for (let j = -REACH; j <= REACH; j++) {
          const share = (values[k + j * stride]! - low) / contrast;
          const distance = (j - place) * step;
          profile[2 * (j + REACH)] = distance;
          profile[2 * (j + REACH) + 1] = share;
          const steady = (clear[k + j * stride]! - low) / contrast;
          if (Math.abs(j) >= PLATEAU) plateaus[distance > 0 ? 1 : 0]! += steady / (REACH - PLATEAU + 1);
        }
        // Also false for NaN, outside of the mask.
        if (!(Math.abs(plateaus[0]!) < TOLERANCE && Math.abs(plateaus[1]! - 1) < TOLERANCE)) continue;
        steepness[edges++] = size / contrast;
        if (edges === most) return { steepness, profiles };
      }
  return { steepness: steepness.slice(0, edges), profiles: profiles.slice(0, PROFILE * edges) };
}

/** From 10 to 90 % of the mean profile of the steeper half. */
function riseOf(parts: readonly Edges[]): number {
  const count = numberOf(parts);
  const steepest = new Float64Array(count);
  let filled = 0;
  for (const part of parts) {
    steepest.set(part.steepness, filled);
    filled += part.steepness.length;
  }
  const median = steepest.sort()[count - Math.ceil(count / 2)]!;
  const bins = Math.ceil((2 * REACH) / BIN);
  const sums = new Float64Array(bins);
  const counts = new Float64Array(bins);
  const ends = [0, 0];
  const seen = [0, 0];
  for (const { steepness, profiles } of parts)
    for (let k = 0; k < profiles.length; k += 2) {
      if (steepness[Math.floor(k / PROFILE)]! < median) continue;
      const [distance, share] = [profiles[k]!, profiles[k + 1]!];
      const bin = Math.floor((distance + REACH) / BIN);
      if (bin < 0 || bin >= bins) continue;
      sums[bin]! += share;
      counts[bin]!++;
      if (Math.abs(distance) < PLATEAU) continue;
      ends[distance > 0 ? 1 : 0]! += share;
      seen[distance > 0 ? 1 : 0]!++;
    }
  const [dark, bright] = [ends[0]! / seen[0]!, ends[1]! / seen[1]!];
  // Where the mean profile passes a level, looked for from the middle outwards.
  const passes = (level: number, side: 1 | -1): number => {
    let before = { at: 0, share: 0.5 };
    for (let bin = bins / 2 + (side > 0 ? 0 : -1); bin >= 0 && bin < bins; bin += side) {
      if (counts[bin] === 0) continue;
      const at = (bin + 0.5) * BIN - REACH;
      const share = (sums[bin]! / counts[bin]! - dark) / (bright - dark);
      if (side * (share - level) >= 0)
        return before.at + ((level - before.share) / (share - before.share)) * (at - before.at);
      before = { at, share };
    }
    return Number.NaN;
  };
  return passes(0.9, 1) - passes(0.1, -1);
}
