import { blockMeans, blockModes } from "../compute/operations/resample.js";
import { checkVolume, run } from "../compute/run.js";
import type { DType } from "../core/dtype.js";
import { InvalidArgument } from "../core/errors.js";
import { checkChoice, checkNumber, checkOptions, type RunOptions } from "../core/options.js";
import { trace } from "../core/provenance.js";
import type { Shape, Triple } from "../core/shape.js";
import type { Volume } from "../core/volume.js";
import { checkResultType } from "./neighbourhood.js";
import { frameAt, GRID_OPTIONS } from "./regrid.js";

/** Options of {@link downsample}. */
export interface DownsampleOptions extends Omit<RunOptions, "region" | "mask"> {
  /**
   * - `"mean"`: the mean of each block; takes noise away with the voxels. Default for grey values
   * - `"mode"`: the most frequent value, of equally frequent ones the smallest. Default for labels and masks, and the only
   *   one that they can take
   */
  method?: "mean" | "mode";
  /** Voxel type of the result: that of the volume, rounded to the nearest value (ties to even), or `float32`. Default: that of the volume. */
  dtype?: DType;
}

/**
 * Makes blocks of voxels one voxel each: the binning of a detector, and the levels of a pyramid. The mean of f³ voxels has
 * noise √f³ times smaller. Blocks at the far faces that are cut are made of what is there.
 *
 * Where the phases are finer than the new voxels they mix, and thresholds count the mixtures as a phase of their own.
 * Cost O(n), four nanoseconds a voxel of the input; memory per worker a brick of it, as float32, twice.
 * @param volume any voxel type, any shape
 * @param factor voxels that become one, for all axes or `[z, y, x]`: whole numbers from 1 to 64. Axes of one voxel stay as
 * they are
 * @returns new volume of ⌈n / factor⌉ voxels along each axis, whose voxel size is `factor` times as large; it lies where the
 * input lies. Known phases of a simulated scan are left out
 * @throws InvalidArgument if a factor is no whole number from 1 to 64, or labels are to be averaged
 * @see equal to skimage.transform.downscale_local_mean where the shape is a multiple of the factor
 */
export async function downsample(
  volume: Volume,
  factor: number | Triple,
  options: DownsampleOptions = {},
): Promise<Volume> {
  checkVolume("downsample", volume);
  checkOptions("downsample", options, ["method", "dtype", ...GRID_OPTIONS]);
  const given: unknown = typeof factor === "number" ? [factor, factor, factor] : factor;
  if (!Array.isArray(given) || given.length !== 3)
    throw new InvalidArgument(`factor is ${JSON.stringify(factor)}; give a whole number, or three of them, [z, y, x]`);
  for (const n of given) checkNumber("factor (voxels)", n, 1, 64, true);
  const names = volume.role === "labels" || volume.role === "mask";
  const { method = names ? "mode" : "mean", dtype = volume.dtype, ...rest } = options;
  checkChoice("method", method, ["mean", "mode"]);
  if (names && method === "mean")
    throw new InvalidArgument(`method is "mean", but the mean of labels is no label; use "mode" for ${volume.role}`);
  checkResultType(dtype, volume);
  if (method === "mode" && dtype !== volume.dtype)
    throw new InvalidArgument(`dtype is ${dtype}, but a mode is one of the values; leave dtype out, or use "mean"`);
  const factors = given.map((n: number, k) => (volume.shape[k] === 1 ? 1 : n)) as unknown as Triple;
  const shape = volume.shape.map((n, k) => Math.ceil(n / factors[k]!)) as unknown as Shape;
  const frame = frameAt(volume, shape, factors, factors.map((f) => (f - 1) / 2) as unknown as Triple);
  const provenance = trace("downsample", { factor: factors, method, dtype }, { volume });
  const operation = method === "mean" ? blockMeans : blockModes;
  return run(operation, volume, { factor: factors, shape: volume.shape, dtype }, rest, { provenance, frame });
}
