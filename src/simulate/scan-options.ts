import { InvalidArgument } from "../core/errors.js";
import type { Length } from "../core/length.js";
import { checkNumber, inVoxels, type RunOptions } from "../core/options.js";
import type { Shape, Triple } from "../core/shape.js";

/** How a simulated scan is taken, whatever it shows. */
export interface ScanOptions extends Pick<RunOptions, "signal" | "onProgress" | "memoryLimit"> {
  /** Whole number from 0 to 2³² − 1; another one gives other noise. Default 1. */
  seed?: number;
  /** Bits of a grey value, 8 or 16. Default 16. */
  bits?: 8 | 16;
  /** Standard deviation of the Gaussian point spread: a length, or voxels; up to 8 voxels, 0: sharp. Default 0.5 voxels. */
  blur?: Length | number;
  /** Mean number of photons through an empty voxel, up to 10⁹: the noise is about 1/√photons; 0: no noise. Default 900. */
  photons?: number;
  /** Standard deviation of the rings over the contrast of the phases, from 0 (none) to 1. Default 0.02. */
  rings?: number;
  /** Share by which the absorbance on the axis is too low (beam hardening), from 0 (none) to 0.9. Default 0.03. */
  cupping?: number;
  /** Shape of the bricks; the voxels do not depend on it. Default 64 × 128 × 128. */
  brick?: Shape;
}

export const SCAN_DEFAULTS = {
  seed: 1,
  bits: 16 as 8 | 16,
  blur: 0.5 as Length | number,
  photons: 900,
  rings: 0.02,
  cupping: 0.03,
};

/** Names of the options that do not change what the scan shows. */
export const SCAN_RUN_OPTIONS = ["brick", "signal", "onProgress", "memoryLimit"] as const;

/**
 * The point spread in voxels, after all numbers of a scan were checked.
 * @param attenuation absorbance of a voxel of each phase
 */
export function checkScan(
  scan: typeof SCAN_DEFAULTS & { readonly attenuation: readonly number[] },
  spacing: Triple | undefined,
): number {
  checkNumber("seed", scan.seed, 0, 2 ** 32 - 1, true);
  checkNumber("photons", scan.photons, 0, 1e9);
  checkNumber("rings", scan.rings, 0, 1);
  checkNumber("cupping", scan.cupping, 0, 0.9);
  if (scan.bits !== 8 && scan.bits !== 16)
    throw new InvalidArgument(`bits is ${String(scan.bits)}; allowed are 8 and 16`);
  for (const value of scan.attenuation) checkNumber("attenuation", value, 0, 0.2);
  const [blur, ...others] = inVoxels("blur", scan.blur, { spacing });
  if (others.some((other) => Math.abs(other - blur) > 1e-6 * blur))
    throw new InvalidArgument(
      "blur is a length, but the voxels are no cubes, and the point spread is that of cubes; give it in voxels, or resample the labels first",
    );
  checkNumber("blur (voxels)", blur, 0, 8);
  return blur;
}
