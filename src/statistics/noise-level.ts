import { checkVolume } from "../compute/run.js";
import { MissingData } from "../core/errors.js";
import { checkOptions } from "../core/options.js";
import { checkRegion, type Region, regionShape, type Triple, wholeRegion } from "../core/shape.js";
import type { Volume } from "../core/volume.js";
import { sampleBoxes } from "./sample-boxes.js";

/** Options of {@link noiseLevel}. */
export interface NoiseLevelOptions {
  /** Only this box of voxels. Default: all. */
  region?: Region;
  /** Only where this mask (role `mask`, same shape as the volume) is not 0. Default: all. */
  mask?: Volume;
  /** Stops the computation; it then throws the signal's own reason. */
  signal?: AbortSignal;
}

/** Larger volumes are looked at in this many boxes of this size, spread evenly. */
const BOXES = 64;
const BOX: Triple = [16, 32, 32];
/** Median of the magnitude of a normal variable of standard deviation 1. */
const MEDIAN_MAGNITUDE = 0.674489750196082;

/**
 * Standard deviation of the noise, estimated from the volume itself: second differences along all three axes leave nothing of
 * smooth structures, and the median of their magnitude is not moved by the few that lie on edges. Holds for noise that
 * differs from voxel to voxel; where a reconstruction or a filter has blurred it, the estimate is too low.
 * Of more than a million voxels 64 boxes of 16 × 32 × 32 are looked at, spread evenly over the volume, always the same ones.
 * @param volume any voxel type, any shape
 * @returns grey values
 * @throws MissingData if region and mask leave no 3 × 3 × 3 voxels (3 × 3 in one or two planes) that are numbers
 * @see J. Immerkær, Fast noise variance estimation (1996), doi:10.1006/cviu.1996.0060, here in 3D; the median as in
 * D. Donoho & I. Johnstone, Ideal spatial adaptation by wavelet shrinkage (1994), doi:10.1093/biomet/81.3.425
 */
export async function noiseLevel(volume: Volume, options: NoiseLevelOptions = {}): Promise<number> {
  checkVolume("noiseLevel", volume);
  checkOptions("noiseLevel", options, ["region", "mask", "signal"]);
  const { region = wholeRegion(volume.shape), mask, signal } = options;
  checkRegion(region, volume.shape);
  // Along an axis of two voxels there are no second differences; the others still have them.
  const axes = ([0, 1, 2] as const).filter((axis) => regionShape(region)[axis] > 2);
  const magnitudes: number[] = [];
  for (const box of axes.length === 0 ? [] : sampleBoxes(region, BOX, BOXES)) {
    signal?.throwIfAborted();
    const values = await volume.read(box);
    const inside = await mask?.read(box);
    collect(Float64Array.from(values), inside, regionShape(box), axes, magnitudes);
  }
  if (magnitudes.length === 0)
    throw new MissingData(
      "noiseLevel: region and mask leave no 3 × 3 × 3 voxels that are numbers; give a larger region, or the noise itself",
    );
  const sorted = Float64Array.from(magnitudes).sort();
  const middle = sorted.length / 2;
  const median = (sorted[Math.ceil(middle) - 1]! + sorted[Math.floor(middle)]!) / 2;
  return median / MEDIAN_MAGNITUDE / Math.sqrt(6) ** axes.length;
}

/** Adds the magnitudes of second differences along all axes, where all voxels that they see are there. */
function collect(
  values: Float64Array,
  inside: ArrayLike<number> | undefined,
  size: Triple,
  axes: readonly (0 | 1 | 2)[],
  magnitudes: number[],
): void {
  const strides = [size[1] * size[2], size[2], 1];
  if (inside !== undefined) for (let k = 0; k < values.length; k++) if (inside[k] === 0) values[k] = Number.NaN;
  let now = values;
  for (const axis of axes) {
    const step = strides[axis]!;
    const before = now;
    // What wraps around at the ends of an axis is not looked at.
    now = before.map((value, k) => before[k - step]! + before[k + step]! - 2 * value);
  }
  const first = (axis: 0 | 1 | 2): number => (axes.includes(axis) ? 1 : 0);
  for (let z = first(0); z < size[0] - first(0); z++)
    for (let y = first(1); y < size[1] - first(1); y++)
      for (let x = first(2); x < size[2] - first(2); x++) {
        const value = Math.abs(now[z * strides[0]! + y * size[2] + x]!);
        if (!Number.isNaN(value)) magnitudes.push(value);
      }
}
