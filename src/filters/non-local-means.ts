import { nonLocalMeans as operation } from "../compute/operations/nonlocal.js";
import { copy } from "../compute/operations.js";
import { checkVolume, run } from "../compute/run.js";
import { BORDER_OPTIONS, type BorderOptions } from "../core/border.js";
import type { DType } from "../core/dtype.js";
import { InvalidArgument } from "../core/errors.js";
import { checkNumber, checkOptions } from "../core/options.js";
import { trace } from "../core/provenance.js";
import type { Triple } from "../core/shape.js";
import type { Volume } from "../core/volume.js";
import { noiseLevel } from "../statistics/noise-level.js";
import { checkResultType } from "./neighbourhood.js";

/** Options of {@link nonLocalMeans}. */
export interface NonLocalMeansOptions extends BorderOptions {
  /**
   * Voxels along an edge of a patch, one for all axes or `[z, y, x]`, from 1 to 15. Default 3. `[1, 3, 3]` with a search of
   * `[0, 5, 5]` is slice by slice. An even one reaches a voxel further to the larger coordinates.
   */
  patch?: number | Triple;
  /** How many voxels away similar ones are searched, one for all axes or `[z, y, x]`, from 0 to 15. Default 3. */
  search?: number | Triple;
  /** Standard deviation of the noise in grey values. Default: estimated by {@link noiseLevel}. */
  noise?: number;
  /**
   * Difference in grey values at which the weight of a voxel falls to 1/e: more makes smoother. Default 0.8 times the
   * noise, with the method `exact` 0.6 times.
   */
  strength?: number;
  /**
   * `fast`: all voxels of a patch count the same. `exact`: as first published, they count less towards its ends, by a
   * Gaussian that falls to e⁻² there. Default `fast`.
   */
  method?: "fast" | "exact";
  /**
   * Voxel type of the result: that of the volume, rounded to the nearest value (ties to even), or `float32`, which keeps
   * the fractions. Default: that of the volume.
   */
  dtype?: DType;
}

/**
 * Non-local means: replaces each voxel by the mean of the voxels within reach whose surroundings look like its own. Takes
 * noise away and keeps edges and thin structures, better than any filter of a fixed neighbourhood and at a higher cost; too
 * strong, it paints plateaus that are not there (see the report of grey values before and after).
 * The weight of a voxel is exp(−max(0, d² − 2 noise²)/strength²), d² the mean squared difference of the two patches; weights
 * below e⁻⁵ are left out. Borders reflect (`d c b a | a b c d`) unless `border` says otherwise. Computed in float32. A NaN
 * stays one and takes part in nothing. Same result for any brick shape and number of workers. Voxels of 8 bits by the method
 * `fast` take less than half the time, unless noise and strength are large: patches are compared in whole numbers of 16 bits.
 * Cost O(n·(2s + 1)³), the size of the patch hardly counts; memory per worker one brick with a halo of s plus half a patch,
 * as float32, and 2 MB.
 * @param volume any voxel type, any shape
 * @returns new volume of the same shape and voxel size (of the region's shape, with `region`)
 * @throws InvalidArgument if an option is outside its limits, or a dtype is asked for that is not the volume's or float32
 * @throws MissingData if the noise has to be estimated and there are not enough voxels
 * @throws LimitExceeded if the memory limit cannot hold the work on one brick
 * @see A. Buades, B. Coll & J.-M. Morel, A non-local algorithm for image denoising (2005), doi:10.1109/CVPR.2005.38; one
 * shift at a time as J. Darbon et al. (2008), doi:10.1109/ISBI.2008.4541250. Away from the borders equal to
 * skimage.restoration.denoise_nl_means but for the exponential, which is approximate there (up to 3e-3 of the largest value).
 * Its fast mode with patch_size 3 and h sums 2³ voxels and divides by 3³: here `{ patch: 2, strength: h·√(27/8) }`.
 */
export async function nonLocalMeans(volume: Volume, options: NonLocalMeansOptions = {}): Promise<Volume> {
  checkVolume("nonLocalMeans", volume);
  const known = ["patch", "search", "noise", "strength", "method", "dtype", ...BORDER_OPTIONS];
  checkOptions("nonLocalMeans", options, known);
  const { method = "fast", dtype = volume.dtype, border, region, mask } = options;
  if (method !== "fast" && method !== "exact")
    throw new InvalidArgument(`method is ${JSON.stringify(method)}; allowed are "fast" and "exact"`);
  checkResultType(dtype, volume);
  // Across a single plane there is nothing to compare.
  const flat = (sizes: Triple, least: number): Triple =>
    sizes.map((n, k) => (volume.shape[k] === 1 ? least : n)) as unknown as Triple;
  const patch = flat(wholeNumbers("patch", options.patch ?? 3, 1), 1);
  const search = flat(wholeNumbers("search", options.search ?? 3, 0), 0);
  if (options.noise !== undefined) checkNumber("noise (grey values)", options.noise, 0, 1e30);
  if (options.strength !== undefined) checkNumber("strength (grey values)", options.strength, 1e-6, 1e30);
  const { signal } = options;
  const sampled = { ...(region && { region }), ...(mask && { mask }), ...(signal && { signal }) };
  const noise = options.noise ?? (await noiseLevel(volume, sampled));
  const strength = options.strength ?? (method === "exact" ? 0.6 : 0.8) * noise;
  const given = { patch, search, noise, strength, method, dtype, border, region };
  const provenance = trace("nonLocalMeans", given, { volume, mask });
  // Without noise every voxel is like itself alone.
  if (strength === 0 && dtype === volume.dtype) return run(copy, volume, {}, options, { provenance });
  const weighting = method === "exact" ? "gaussian" : "uniform";
  const parameters = {
    patch,
    search,
    noise,
    strength: Math.max(strength, 1e-6),
    weighting,
    dtype,
  } as const;
  return run(operation, volume, parameters, options, { provenance });
}

/** Most voxels along an edge of a patch, and of the search to one side. */
const MOST = 15;

function wholeNumbers(name: string, value: number | Triple, least: number): Triple {
  const given: unknown = typeof value === "number" ? [value, value, value] : value;
  if (!Array.isArray(given) || given.length !== 3)
    throw new InvalidArgument(`${name} is ${JSON.stringify(value)}; give a number of voxels, or three, [z, y, x]`);
  for (const n of given) checkNumber(`${name} (voxels)`, n, least, MOST, true);
  return given as unknown as Triple;
}
