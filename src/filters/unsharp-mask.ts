import { unsharpMask as operation } from "../compute/operations/derivative.js";
import { checkVolume, run } from "../compute/run.js";
import { BORDER_OPTIONS, type BorderOptions } from "../core/border.js";
import type { DType } from "../core/dtype.js";
import { checkNumber, checkOptions } from "../core/options.js";
import { trace } from "../core/provenance.js";
import type { Volume } from "../core/volume.js";
import { checkResultType, LARGEST_SIGMA, type PerAxis, perAxis } from "./neighbourhood.js";

/** Options of {@link unsharpMask}. */
export interface UnsharpMaskOptions extends BorderOptions {
  /**
   * Standard deviation of the blur, one for all axes or `[z, y, x]`: edges are steepened over this width. Bare numbers are
   * voxels, a length such as `um(0.8)` is converted per axis by the voxel size. From 0 to 64 voxels. Default 1.
   */
  sigma?: PerAxis;
  /** How much of the difference from the blurred volume is added, from 0 to 100. Default 1. */
  amount?: number;
  /** Differences up to this many grey values are taken for noise and not added. Default 0: all are added. */
  threshold?: number;
  /**
   * Voxel type of the result: that of the volume, rounded to the nearest value and held at the ends of its range, or
   * `float32`. Default: that of the volume.
   */
  dtype?: DType;
}

/**
 * Unsharp mask: adds the difference between the volume and its blurred copy. Edges become steeper and overshoot on both
 * sides, so that peaks of a histogram move apart; noise grows too, so take it away first.
 * Borders reflect (`d c b a | a b c d`) unless `border` says otherwise. The Gaussian is cut at 4 σ. Computed in float32. A NaN makes NaN of everything
 * within reach. Same result for any brick shape and number of workers.
 * Cost O(n·σ), that of {@link gaussian}; memory per worker one brick with a halo of 4 σ, as float32, three times.
 * @param volume any voxel type, any shape
 * @returns new volume of the same shape and voxel size (of the region's shape, with `region`)
 * @throws InvalidArgument if σ is below 0 or above 64 voxels, amount outside 0 to 100, the threshold negative, or a dtype is
 * asked for that is not the volume's or float32
 * @throws MissingData if σ is a length and the voxel size is unknown
 * @throws LimitExceeded if the memory limit cannot hold the work on one brick
 * @see W. K. Pratt, Digital Image Processing (2007), chapter 10. Equal to skimage.filters.unsharp_mask with preserve_range.
 */
export async function unsharpMask(volume: Volume, options: UnsharpMaskOptions = {}): Promise<Volume> {
  checkVolume("unsharpMask", volume);
  checkOptions("unsharpMask", options, ["sigma", "amount", "threshold", "dtype", ...BORDER_OPTIONS]);
  const { sigma = 1, amount = 1, threshold = 0, dtype = volume.dtype, border, region, mask } = options;
  checkResultType(dtype, volume);
  checkNumber("amount", amount, 0, 100);
  checkNumber("threshold (grey values)", threshold, 0, Number.MAX_VALUE);
  const parameters = { sigma: perAxis("sigma", sigma, volume, LARGEST_SIGMA), amount, threshold, dtype };
  const provenance = trace("unsharpMask", { sigma, amount, threshold, dtype, border, region }, { volume, mask });
  return run(operation, volume, parameters, options, { provenance });
}
