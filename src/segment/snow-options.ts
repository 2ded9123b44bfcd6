import { checkNumber, type RunOptions } from "../core/options.js";

/** Options of `snowPartition` and `snowPeaks`. */
export interface SnowOptions extends RunOptions {
  /** The phase that is parted, by name or label. Default: of two phases the second; of more it has to be given. */
  phase?: string | number;
  /** Radius in voxels within which a peak of the distance is the highest, above 1 to 64. Default 4. */
  radius?: number;
  /** Standard deviation of the blur of distances before peaks are looked for, in voxels, from 0 to 64. Default 0.4. */
  sigma?: number;
}

/** Radius and blur of SNOW, checked. */
export function snowOptions({ radius = 4, sigma = 0.4 }: { radius?: number | undefined; sigma?: number | undefined }) {
  checkNumber("radius (voxels)", radius, 1.001, 64);
  checkNumber("sigma (voxels)", sigma, 0, 64);
  return { by: "snow", radius, sigma } as const;
}
