import { checkVolume } from "../compute/run.js";
import { checkNumber, checkOptions } from "../core/options.js";
import type { Volume } from "../core/volume.js";
import { ERASE_OPTIONS, type EraseOptions, erase } from "./erase.js";

/** Options of {@link removeSmall}. */
export interface RemoveSmallOptions extends EraseOptions {
  /**
   * The phase that small pieces become, by name or label. Default: 0 in a mask, the other one of two phases; of more phases each
   * piece becomes the one that surrounds it most.
   */
  into?: string | number;
}

/**
 * Takes away components of fewer than `size` voxels: specks that noise has left in a segmentation. The others stay voxel by
 * voxel, where an opening would round them off.
 * Same result for any brick shape and number of workers, and for volumes larger than memory; cost and memory as of
 * {@link components}. Without `into`, of more than two phases each piece that goes becomes the phase with which it shares most
 * faces, of equal ones that of the smallest label; faces of the volume (of the region) and of 255, which is no phase, do not
 * count, and a piece that has no other stays. That takes 4 bytes a voxel for the time of the run, and 8 a piece and phase.
 * @param volume mask or labels of whole numbers, any shape
 * @param size voxels of the smallest component that stays
 * @returns new volume of the same kind; `drift` says what became of each phase fraction
 * @throws InvalidArgument if there is no such phase, or `into` is the phase itself
 * @see equal to skimage.morphology.remove_small_objects
 */
export async function removeSmall(volume: Volume, size: number, options: RemoveSmallOptions = {}): Promise<Volume> {
  checkVolume("removeSmall", volume);
  checkOptions("removeSmall", options, ["into", ...ERASE_OPTIONS]);
  checkNumber("size (voxels)", size, 1, Number.MAX_SAFE_INTEGER, true);
  return erase(volume, options, {
    caller: "removeSmall",
    parameters: { size },
    outside: false,
    into: options.into,
    keeps:
      ({ sizes }) =>
      (component) =>
        sizes[component]! >= size,
  });
}
