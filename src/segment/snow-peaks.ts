import { checkVolume } from "../compute/run.js";
import { checkOptions, RUN_OPTIONS } from "../core/options.js";
import type { Volume } from "../core/volume.js";
import type { SnowOptions } from "./snow-options.js";
import { partition } from "./snow-regions.js";

/**
 * Peaks of the distance inside a phase, cleaned as SNOW has it: markers for {@link watershed}. Where the distance from the wall,
 * blurred by a Gaussian, is the largest in a ball is a peak. Each is then followed uphill through the largest distances of
 * its neighbours: one that leaves its place was on a saddle or a ridge. Of two peaks whose middles are nearer to each
 * other than one of them is to the wall, the lower goes.
 * Same result for any brick shape and number of workers. Cost some 30 ns a voxel; memory 4 bytes a voxel besides distances.
 * @param volume mask or labels of whole numbers, any shape
 * @returns new labels volume (uint32, without a phase table): 1, 2, 3, … at the peaks, 0 elsewhere; of the region's shape, with
 * `region`
 * @throws InvalidArgument, MissingData as of {@link snowPartition}
 * @see J. T. Gostick (2017), doi:10.1103/PhysRevE.96.023307; as porespy.filters.find_peaks, trim_saddle_points and
 * trim_nearby_peaks. Of peaks that are equally near to a third one that of the lower number counts
 */
export async function snowPeaks(volume: Volume, options: SnowOptions = {}): Promise<Volume> {
  checkVolume("snowPeaks", volume);
  checkOptions("snowPeaks", options, ["phase", "radius", "sigma", ...RUN_OPTIONS]);
  return partition("snowPeaks", volume, options, false);
}
