import { copy } from "../compute/operations.js";
import { checkVolume, run } from "../compute/run.js";
import { checkOptions, RUN_OPTIONS, type RunOptions } from "../core/options.js";
import { trace } from "../core/provenance.js";
import { checkRegion, type Region } from "../core/shape.js";
import type { Volume } from "../core/volume.js";

/** Options of {@link crop}. */
export type CropOptions = Omit<RunOptions, "region" | "mask">;

const OPTIONS = RUN_OPTIONS.filter((name) => name !== "region" && name !== "mask");

/**
 * Cuts a box out of a volume. The box keeps its place in space: its origin is that of its first voxel. Known phases of a
 * simulated scan are cut with it.
 * Cost O(n) of the box.
 * @param volume any voxel type and shape
 * @param region box in voxels: `{ start: [z, y, x], stop: [z, y, x] }`, `stop` exclusive
 * @returns new volume of the box's shape; voxel type, voxel size, role and phases as before
 * @throws InvalidArgument if the box is empty or not inside the volume
 */
export async function crop(volume: Volume, region: Region, options: CropOptions = {}): Promise<Volume> {
  checkVolume("crop", volume);
  checkOptions("crop", options, OPTIONS);
  checkRegion(region, volume.shape);
  return run(copy, volume, {}, { ...options, region }, { provenance: trace("crop", { region }, { volume }) });
}
