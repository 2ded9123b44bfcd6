import { InvalidArgument } from "../core/errors.js";
import { checkNumber, type RunOptions } from "../core/options.js";

/** Options of {@link snowPeaks}. */
export interface SnowOptions extends RunOptions {
  /** The phase that is parted, by name or label. Default: of two phases the second; of more it has to be given. */
  phase?: string | number;
  /** Radius in voxels within which a peak of the distance is the highest, above 1 to 64. Default 4. */
  radius?: number;
  /** Standard deviation of the blur of distances before peaks are looked for, in voxels, from 0 to 64. Default 0.4. */
  sigma?: number;
}

/** Options of {@link snowPartition}. */
export interface SnowPartitionOptions extends SnowOptions {
  /**
   * Floods block by block, for volumes that do not fit into memory: near the seams of blocks labels may be others than the exact
   * ones. The error is told in the provenance. Default false.
   */
  approximate?: boolean;
  /** Voxels along the edge of a block, from 16 to 512; only with `approximate`. Default 192. */
  block?: number;
  /** Voxels by which the flood of a block begins outside of it, from 0 to 128; only with `approximate`. Default 32. */
  overlap?: number;
}

/** Radius and blur of SNOW, checked. */
export function snowOptions({ radius = 4, sigma = 0.4 }: { radius?: number | undefined; sigma?: number | undefined }) {
  checkNumber("radius (voxels)", radius, 1.001, 64);
  checkNumber("sigma (voxels)", sigma, 0, 64);
  return { by: "snow", radius, sigma } as const;
}

/** How a flood goes block by block, checked; undefined: in one piece. */
export function blocksOf(
  caller: string,
  { approximate = false, block, overlap }: Pick<SnowPartitionOptions, "approximate" | "block" | "overlap">,
): { readonly block: number; readonly overlap: number } | undefined {
  if (typeof approximate !== "boolean")
    throw new InvalidArgument(`approximate is ${JSON.stringify(approximate)}; allowed are true and false`);
  for (const [name, value] of Object.entries({ block, overlap }))
    if (value !== undefined && !approximate)
      throw new InvalidArgument(
        `${caller}: ${name} is ${value}, but without approximate there are no blocks; leave it out`,
      );
  checkNumber("block (voxels)", block ?? 192, 16, 512, true);
  checkNumber("overlap (voxels)", overlap ?? 32, 0, 128, true);
  return approximate ? { block: block ?? 192, overlap: overlap ?? 32 } : undefined;
}
