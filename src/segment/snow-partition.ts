import { checkVolume } from "../compute/run.js";
import { checkOptions, RUN_OPTIONS } from "../core/options.js";
import type { Volume } from "../core/volume.js";
import type { SnowPartitionOptions } from "./snow-options.js";
import { partition } from "./snow-regions.js";

/**
 * Parts a phase, pores for instance, into regions by SNOW: the watershed of its distance transform from {@link snowPeaks}. The
 * regions are pore bodies, and what lies between two of them is a throat.
 * The flood goes through the wall when all of the phase that a marker reaches is flooded, so that a piece of the phase without
 * a peak belongs to the nearest region; parts of one number need not hang together therefore.
 * The provenance states the number of `markers`, and how many `peaks` there were at first, without saddles, and without near
 * ones. Same result for any brick shape and number of workers. Cost about 0.1 µs a voxel; memory up to 20 bytes a voxel besides
 * distances and result: up to about 590 voxels along each edge.
 *
 * `approximate` floods block by block, for volumes of any size: then distances, markers and labels may lie in scratch files (about
 * 25 bytes a voxel), and memory is 25 bytes for each voxel of a block with its overlap, a worker: 1024 × 1024 × 1024 voxels stay
 * within 5 GiB. The peaks are the exact ones; labels are exact where no region, and no way of its flood, leaves its block with the
 * overlap. The same is done with other blocks: the share of all voxels that get another label is `seamError` in the provenance (see
 * {@link watershed}).
 * @param volume mask or labels of whole numbers, any shape
 * @returns new labels volume (uint32, without a phase table), 0 outside the phase; of the region's shape, with `region`
 * @throws InvalidArgument if there is no such phase, it fills the whole volume, or an option is outside its limits
 * @throws MissingData if no voxel of the phase lies in region and mask, or it has no peak: peaks no farther than 2
 * voxels from the wall are none
 * @see J. T. Gostick, Versatile and efficient pore network extraction method using marker-based watershed segmentation (2017),
 * doi:10.1103/PhysRevE.96.023307. As porespy.filters.snow_partitioning, whose number of regions it has where no two peaks are
 * equally near to a third one
 */
export async function snowPartition(volume: Volume, options: SnowPartitionOptions = {}): Promise<Volume> {
  checkVolume("snowPartition", volume);
  checkOptions("snowPartition", options, [
    "phase",
    "radius",
    "sigma",
    "approximate",
    "block",
    "overlap",
    ...RUN_OPTIONS,
  ]);
  return partition("snowPartition", volume, options, true);
}
