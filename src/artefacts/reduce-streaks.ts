import { checkVolume } from "../compute/run.js";
import { InvalidArgument } from "../core/errors.js";
import { checkNumber, checkOptions } from "../core/options.js";
import { trace } from "../core/provenance.js";
import type { Volume } from "../core/volume.js";
import { mapPlanesInThreads, PLANE_THREAD_OPTIONS, type PlaneThreadOptions } from "./plane-threads.js";

/** Options of {@link streakMap} and {@link reduceStreaks}. */
export interface StreakOptions extends PlaneThreadOptions {
  /** Grey value above which matter is dense: above the light phase whose streaks are looked for. */
  dense: number;
  /** Grey value of no attenuation (air), below `dense`. Default 0. */
  zero?: number;
  /** Number of projections that are simulated, from 8 to 10 000. Default: π/2 · width. */
  angles?: number;
}

/**
 * Map of streaks and dark bands: how much each voxel of light matter is too bright (above 0) or too dark (below 0) because
 * rays that met dense matter twice hardened more than others.
 *
 * From the slice itself: its projections p and those q of what is dense are simulated, p·q and q² reconstructed, and so much of
 * both taken as the light matter shows. Where no beam hardening is, both are in no proportion to the slice and the map is
 * nearly 0. It sees no streaks of scattered light, of too few photons, of motion, or of parts outside the slice.
 * Each plane is worked on in one thread. Cost O(angles · n²) a slice, 20 ns each; memory per worker 60 bytes a voxel.
 * @param volume any voxel type; planes across the axis of rotation, taken as parallel-beam slices
 * @returns float32 volume of role field, in grey values; 0 inside dense matter
 * @throws InvalidArgument if `dense` is not above `zero`
 * @see Y. Kyriakou et al., Empirical beam hardening correction (EBHC) for CT (2010), doi:10.1118/1.3477088, with least squares
 * over the light matter in place of its flatness
 */
export async function streakMap(volume: Volume, options: StreakOptions): Promise<Volume> {
  return streaks("streakMap", volume, options, "map");
}

/**
 * The volume without what {@link streakMap} finds: dark bands between dense parts grow lighter, bright streaks darker. Dense
 * matter stays as it is. What rays lost behind it, noise and missing detail, does not come back.
 * @param volume any voxel type; planes across the axis of rotation
 * @returns new volume of the same shape and voxel type; whole numbers are rounded
 * @throws InvalidArgument if `dense` is not above `zero`
 */
export async function reduceStreaks(volume: Volume, options: StreakOptions): Promise<Volume> {
  return streaks("reduceStreaks", volume, options, "slice");
}

async function streaks(
  caller: string,
  volume: Volume,
  options: StreakOptions,
  result: "map" | "slice",
): Promise<Volume> {
  checkVolume(caller, volume);
  checkOptions(caller, options, ["dense", "zero", "angles", ...PLANE_THREAD_OPTIONS]);
  const [, height, width] = volume.shape;
  const { dense, zero = 0, angles = Math.ceil((Math.PI / 2) * Math.max(height, width)) } = options;
  checkNumber("dense (grey value)", dense, -Number.MAX_VALUE, Number.MAX_VALUE);
  checkNumber("zero (grey value)", zero, -Number.MAX_VALUE, Number.MAX_VALUE);
  if (dense <= zero)
    throw new InvalidArgument(`dense is ${dense} and zero ${zero}; dense matter must lie above no attenuation`);
  checkNumber("angles", angles, 8, 10_000, true);
  const work = {
    module: new URL("./streak-work.js", import.meta.url),
    name: "streaksOf",
    parameters: { dense, zero, angles, result },
    bytesPerPixel: 60,
    cost: 20 * angles,
  };
  const provenance = trace(caller, { dense, zero, angles }, { volume });
  const facts =
    result === "map"
      ? ({ dtype: "float32", role: "field", provenance } as const)
      : ({ dtype: volume.dtype, provenance } as const);
  return mapPlanesInThreads(caller, volume, facts, work, options);
}
