import { differenceOfGaussians as operation } from "../compute/operations/derivative.js";
import { checkVolume, run } from "../compute/run.js";
import { BORDER_OPTIONS, type BorderOptions } from "../core/border.js";
import { InvalidArgument } from "../core/errors.js";
import { checkOptions } from "../core/options.js";
import { trace } from "../core/provenance.js";
import type { Triple } from "../core/shape.js";
import type { Volume } from "../core/volume.js";
import { LARGEST_SIGMA, type PerAxis, perAxis } from "./neighbourhood.js";

/** Options of {@link differenceOfGaussians}. */
export interface DifferenceOfGaussiansOptions extends BorderOptions {
  /**
   * Standard deviation of the narrow Gaussian, one for all axes or `[z, y, x]`: details below it are left out. Bare numbers
   * are voxels, a length such as `um(0.8)` is converted per axis by the voxel size. From 0 to 64 voxels. Default 1.
   */
  low?: PerAxis;
  /** Standard deviation of the wide Gaussian: structures above it are left out. Default 1.6 times the narrow one. */
  high?: PerAxis;
}

/**
 * Difference of two Gaussians: keeps structures whose size lies between the two, takes away noise and slow drifts of grey
 * values.
 * Borders reflect (`d c b a | a b c d`) unless `border` says otherwise. The Gaussians are cut at 4 σ. Computed in float32. A NaN makes NaN of everything
 * within reach. With `mask`, voxels outside keep their grey values. Same result for any brick shape and number of workers.
 * Cost O(n·σ) of both; memory per worker one brick with a halo of 4 σ of the wide one, as float32, four times.
 * @param volume any voxel type, any shape
 * @returns new float32 volume of the same shape and voxel size (of the region's shape, with `region`)
 * @throws InvalidArgument if a σ is below 0 or above 64 voxels, or the wide one is narrower along an axis
 * @throws MissingData if a σ is a length and the voxel size is unknown
 * @throws LimitExceeded if the memory limit cannot hold the work on one brick
 * @see D. Marr & E. Hildreth, Theory of edge detection (1980), doi:10.1098/rspb.1980.0020, where 1.6 comes from. Equal to
 * skimage.filters.difference_of_gaussians with mode "reflect" and the grey values as they are.
 */
export async function differenceOfGaussians(
  volume: Volume,
  options: DifferenceOfGaussiansOptions = {},
): Promise<Volume> {
  checkVolume("differenceOfGaussians", volume);
  checkOptions("differenceOfGaussians", options, ["low", "high", ...BORDER_OPTIONS]);
  const { low = 1, high, border, region, mask } = options;
  const narrow = perAxis("low", low, volume, LARGEST_SIGMA);
  const wide =
    high === undefined
      ? perAxis(
          "high",
          narrow.map((s) => 1.6 * s),
          volume,
          LARGEST_SIGMA,
        )
      : perAxis("high", high, volume, LARGEST_SIGMA);
  if (wide.some((s, k) => s < narrow[k]!))
    throw new InvalidArgument(
      `high is ${wide.join(", ")} voxels, low ${narrow.join(", ")} (z, y, x); the wide Gaussian must not be the narrower one`,
    );
  const parameters: { low: Triple; high: Triple } = { low: narrow, high: wide };
  const provenance = trace("differenceOfGaussians", { low, high, border, region }, { volume, mask });
  return run(operation, volume, parameters, options, { provenance });
}
