import { checkVolume } from "../compute/run.js";
import { checkOptions, RUN_OPTIONS } from "../core/options.js";
import type { Volume } from "../core/volume.js";
import type { SnowOptions } from "./snow-options.js";
import { partition } from "./snow-regions.js";

/**
 * Parts a phase, pores for instance, into regions by SNOW: the watershed of its distance transform from {@link snowPeaks}. The
 * regions are pore bodies, and what lies between two of them is a throat.
 * The flood goes through the wall when all of the phase that a marker reaches is flooded, so that a piece of the phase without
 * a peak belongs to the nearest region; parts of one number need not hang together therefore.
 * The provenance states the number of `markers`, and how many `peaks` there were at first, without saddles, and without near
 * ones. Same result for any brick shape and number of workers. Cost about 0.5 µs a voxel; memory as of {@link watershed}, whose
 * limits hold.
 * @param volume mask or labels of whole numbers, any shape
 * @returns new labels volume (uint32, without a phase table), 0 outside the phase; of the region's shape, with `region`
 * @throws InvalidArgument if there is no such phase, it fills the whole volume, or an option is outside its limits
 * @throws MissingData if no voxel of the phase lies in region and mask, or it has no peak: peaks no farther than 2
 * voxels from the wall are none
 * @see J. T. Gostick, Versatile and efficient pore network extraction method using marker-based watershed segmentation (2017),
 * doi:10.1103/PhysRevE.96.023307. As porespy.filters.snow_partitioning, whose number of regions it has where no two peaks are
 * equally near to a third one
 */
export async function snowPartition(volume: Volume, options: SnowOptions = {}): Promise<Volume> {
  checkVolume("snowPartition", volume);
  checkOptions("snowPartition", options, ["phase", "radius", "sigma", ...RUN_OPTIONS]);
  return partition("snowPartition", volume, options, true);
}
