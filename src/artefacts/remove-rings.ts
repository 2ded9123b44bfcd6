import { checkVolume } from "../compute/run.js";
import { InvalidArgument } from "../core/errors.js";
import { checkNumber, checkOptions } from "../core/options.js";
import { trace } from "../core/provenance.js";
import type { Volume } from "../core/volume.js";
import { mapPlanesInThreads, PLANE_THREAD_OPTIONS, type PlaneThreadOptions } from "./plane-threads.js";

/** Options of {@link removeRings}. */
export interface RemoveRingsOptions extends PlaneThreadOptions {
  /** Middle of the rings in voxels, `[y, x]`: the axis of rotation. Default: the middle of the planes. */
  centre?: readonly [y: number, x: number];
  /** Width of the median along the radius in voxels, odd, from 3 to 201: rings up to half of it go. Default 21. */
  size?: number;
  /** Angle in degrees over which a ring is taken as constant, from 30 to 360: smaller for broken rings. Default 360. */
  arc?: number;
}

/**
 * Removes rings from reconstructed slices, where there are no projections any more; where there are, {@link removeStripes}
 * does better.
 *
 * Along rays from the centre, what stands out of a median along the radius is taken; its median over all angles is the ring
 * at that radius, and is subtracted. Only the rings are computed in polar coordinates: the slice itself is not resampled
 * and loses no sharpness. Structure that is round about the axis itself looks like a ring. Within a few voxels of the
 * centre there are too few voxels to tell, and rings stay.
 * The result does not depend on bricks and workers. Cost O(n·size), 0.3 µs a voxel; memory per worker 40 bytes a voxel of a
 * slice.
 * @param volume any voxel type; planes of at least 8 × 8 voxels
 * @returns new volume of the same shape and voxel type; whole numbers are rounded
 * @throws InvalidArgument if an option is out of bounds, or the centre is outside the planes
 * @see J. Sijbers & A. Postnov, Reduction of ring artefacts in high resolution micro-CT reconstructions (2004),
 * doi:10.1088/0031-9155/49/14/N06
 */
export async function removeRings(volume: Volume, options: RemoveRingsOptions = {}): Promise<Volume> {
  const caller = "removeRings";
  checkVolume(caller, volume);
  checkOptions(caller, options, ["centre", "size", "arc", ...PLANE_THREAD_OPTIONS]);
  const [, height, width] = volume.shape;
  const { centre = [(height - 1) / 2, (width - 1) / 2], size = 21, arc = 360 } = options;
  if (height < 8 || width < 8)
    throw new InvalidArgument(`${caller}: planes of ${height} × ${width} are too small; they must be at least 8 × 8`);
  checkCentre(centre, height, width);
  checkNumber("size (voxels)", size, 3, 201, true);
  if (size % 2 === 0) throw new InvalidArgument(`size is ${size}; give an odd number, so that it has a middle`);
  checkNumber("arc (degrees)", arc, 30, 360);
  const sectors = Math.round(360 / arc);
  const work = {
    module: new URL("./ring-work.js", import.meta.url),
    name: "removeRingsOf",
    parameters: { centre, size, sectors },
    bytesPerPixel: 40,
    cost: 300,
  };
  const provenance = trace(caller, { centre, size, arc: 360 / sectors }, { volume });
  return mapPlanesInThreads(caller, volume, { dtype: volume.dtype, provenance }, work, options);
}

/** Throws unless `centre` is a point of the planes. */
export function checkCentre(
  centre: unknown,
  height: number,
  width: number,
): asserts centre is readonly [number, number] {
  const [y, x] = Array.isArray(centre) && centre.length === 2 ? (centre as unknown[]) : [];
  const inside = (at: unknown, length: number): boolean => typeof at === "number" && at >= 0 && at <= length - 1;
  if (!inside(y, height) || !inside(x, width))
    throw new InvalidArgument(
      `centre is ${JSON.stringify(centre)}; give [y, x] in voxels inside a plane of ${height} × ${width}`,
    );
}
