import type { Triple } from "../core/shape.js";
import type { Volume } from "../core/volume.js";

/** Distances of neighbouring voxels along z, y, x over the shortest of them; 1 where the voxel size is unknown. */
export function voxelSteps({ spacing = [1, 1, 1] }: Pick<Volume, "spacing">): Triple {
  const least = Math.min(...spacing);
  return spacing.map((size) => size / least) as unknown as Triple;
}
