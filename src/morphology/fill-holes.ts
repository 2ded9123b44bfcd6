import { checkVolume } from "../compute/run.js";
import { checkNumber, checkOptions } from "../core/options.js";
import type { Volume } from "../core/volume.js";
import { ERASE_OPTIONS, type EraseOptions, erase } from "./erase.js";

/** Options of {@link fillHoles}. */
export interface FillHolesOptions extends EraseOptions {
  /** Neighbours of a voxel that is not in the phase, as of {@link EraseOptions.connectivity}. Default 6. */
  connectivity?: EraseOptions["connectivity"];
  /** Only holes of at most so many voxels. Default: all. */
  size?: number;
}

/**
 * Fills holes of a mask or of a phase: what is not of it and has no way to a face of the volume (of the region). Closed
 * pores inside particles that noise or artefacts have made; that real ones are filled, too, `drift` shows. 255, which is no
 * phase, stays.
 * Same result for any brick shape and number of workers, and for volumes larger than memory; cost and memory as of
 * {@link components}.
 * @param volume mask or labels of whole numbers, any shape
 * @returns new volume of the same kind; filled voxels are 1 in a mask, else of the phase
 * @throws InvalidArgument if there is no such phase
 * @see equal to scipy.ndimage.binary_fill_holes
 */
export async function fillHoles(volume: Volume, options: FillHolesOptions = {}): Promise<Volume> {
  checkVolume("fillHoles", volume);
  checkOptions("fillHoles", options, ["size", ...ERASE_OPTIONS]);
  const { size } = options;
  if (size !== undefined) checkNumber("size (voxels)", size, 1, Number.MAX_SAFE_INTEGER, true);
  return erase(volume, options, {
    caller: "fillHoles",
    parameters: { size },
    outside: true,
    into: undefined,
    keeps:
      ({ sizes, open }) =>
      (component) =>
        open[component] === 1 || (size !== undefined && sizes[component]! > size),
  });
}
