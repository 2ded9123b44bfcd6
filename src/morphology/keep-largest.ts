import { checkVolume } from "../compute/run.js";
import { checkNumber, checkOptions } from "../core/options.js";
import type { Volume } from "../core/volume.js";
import { ERASE_OPTIONS, erase } from "./erase.js";
import type { RemoveSmallOptions } from "./remove-small.js";

/** Options of {@link keepLargest}. */
export interface KeepLargestOptions extends RemoveSmallOptions {
  /** How many components stay. Default 1. */
  count?: number;
}

/**
 * Keeps the largest component, or the `count` largest ones, and takes the others away: the connected pore space, the sample
 * without its surroundings. Of equally large ones those stay whose first voxels come first.
 * Same result for any brick shape and number of workers, and for volumes larger than memory; cost and memory as of
 * {@link components}. Without `into`, of more than two phases each piece that goes becomes the phase with which it shares most
 * faces, of equal ones that of the smallest label; faces of the volume (of the region) and of 255, which is no phase, do not
 * count, and a piece that has no other stays. That takes 4 bytes a voxel for the time of the run, and 8 a piece and phase.
 * @param volume mask or labels of whole numbers, any shape
 * @returns new volume of the same kind; `drift` says what became of each phase fraction
 * @throws InvalidArgument if there is no such phase, or `into` is the phase itself
 */
export async function keepLargest(volume: Volume, options: KeepLargestOptions = {}): Promise<Volume> {
  checkVolume("keepLargest", volume);
  checkOptions("keepLargest", options, ["count", "into", ...ERASE_OPTIONS]);
  const { count = 1, into } = options;
  checkNumber("count", count, 1, Number.MAX_SAFE_INTEGER, true);
  return erase(volume, options, {
    caller: "keepLargest",
    parameters: { count },
    outside: false,
    into,
    keeps: ({ sizes }) => {
      const order = Array.from(sizes.keys()).sort((a, b) => sizes[b]! - sizes[a]! || a - b);
      const kept = new Set(order.slice(0, count));
      return (component) => kept.has(component);
    },
  });
}
