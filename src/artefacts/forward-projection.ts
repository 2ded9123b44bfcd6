import { buildVolume, memoryLimitOf } from "../compute/build.js";
import { machine } from "../compute/memory.js";
import { watched } from "../compute/progress.js";
import { checkVolume } from "../compute/run.js";
import { InvalidArgument } from "../core/errors.js";
import { checkNumber, checkOptions } from "../core/options.js";
import { trace } from "../core/provenance.js";
import type { Volume } from "../core/volume.js";
import { limits, PROJECTION_RUN_OPTIONS, type ProjectionRunOptions, SinogramRows } from "./projections.js";
import type { ForwardTask } from "./slice-work.js";
import { spread, threadsFor } from "./threads.js";

/** Options of {@link forwardProjection}. */
export interface ForwardProjectionOptions extends ProjectionRunOptions {
  /** Angles in degrees, or how many, evenly over half a turn. Default: ⌈π/2 · columns⌉ of them. */
  angles?: readonly number[] | number;
  /** Columns of the detector. Default: the width of a slice. */
  columns?: number;
  /** Detector column of the axis of rotation. Default: the middle. */
  centre?: number;
}

/** Most projections that are made at once. */
const MOST_ANGLES = 100_000;

/**
 * Projects a volume in parallel beams (Radon transform): what a detector would see of it. The axis of rotation runs along z
 * through the middle of the planes; the geometry is that of {@link filteredBackProjection}.
 *
 * Sums along each ray, at steps of one pixel, of bilinearly interpolated values; outside the volume is 0.
 * Cost O(angles · columns · n) a slice, 8 ns each; memory per worker a slice and a sinogram.
 * @param volume absorbances of one voxel, any voxel type; voxels must be square along y and x
 * @returns float32 volume of role projections [angle, z, column]: absorbances
 * @throws InvalidArgument if angles, columns or centre are out of bounds, or voxels are not square
 * @see J. Radon 1917, doi:10.1109/TMI.1986.4307775 (translation). Within 1e-5 equal to skimage.transform.radon where the
 * object lies inside the circle
 */
export async function forwardProjection(volume: Volume, options: ForwardProjectionOptions = {}): Promise<Volume> {
  const caller = "forwardProjection";
  checkVolume(caller, volume);
  checkOptions(caller, options, ["angles", "columns", "centre", ...PROJECTION_RUN_OPTIONS]);
  const [slices, height, width] = volume.shape;
  const { columns = width, centre = (columns - 1) / 2 } = options;
  checkNumber("columns", columns, 1, 2 ** 16, true);
  checkNumber("centre (columns)", centre, 0, Math.max(0, columns - 1));
  const { spacing } = volume;
  if (spacing !== undefined && Math.abs(spacing[1] / spacing[2] - 1) > 1e-6)
    throw new InvalidArgument(
      `${caller}: voxels are ${spacing[1]} m along y and ${spacing[2]} m along x; resample them to squares`,
    );
  const degrees = anglesOf(options.angles ?? Math.ceil((Math.PI / 2) * columns));
  const angles = Float64Array.from(degrees, (angle) => (angle * Math.PI) / 180);
  const workers = threadsFor(slices, options);
  const shape = [degrees.length, slices, columns] as const;
  const sinogram = 4 * degrees.length * columns;
  // A volume is written from its first plane on: all sinograms are kept until the last slice is done.
  const work = slices * sinogram * 2 + workers * (sinogram + 4 * height * width);
  const claim = await machine.claim(caller, work, memoryLimitOf(options, machine));
  try {
    const rows = new SinogramRows(shape);
    return await watched(caller, slices, options, (run) =>
      buildVolume(
        {
          shape,
          dtype: "float32",
          role: "projections",
          angles: degrees,
          spacing: spacing && [spacing[0], spacing[0], spacing[2]],
          provenance: trace(caller, { angles: options.angles ?? degrees.length, columns, centre }, { volume }),
        },
        async (writer) => {
          await spread<Float32Array>(
            {
              what: caller,
              module: new URL("./slice-work.js", import.meta.url),
              name: "projectSlice",
              count: slices,
              workers,
              argument: async (k): Promise<ForwardTask> => {
                const { values } = await volume.plane("z", k);
                return { slice: Float32Array.from(values), height, width, angles, columns, centre };
              },
              store: async (_, row) => void rows.add(row),
            },
            run,
          );
          await writer.writePlanes(0, rows.take());
        },
        { ...limits(options), signal: run.signal },
      ),
    );
  } finally {
    claim.drop();
  }
}

/** A list of angles in degrees, or so many of them over half a turn, its end left out. */
export function anglesOf(given: readonly number[] | number): number[] {
  if (typeof given === "number") {
    checkNumber("angles (how many)", given, 1, MOST_ANGLES, true);
    return Array.from({ length: given }, (_, k) => (180 * k) / given);
  }
  if (!Array.isArray(given) || given.length < 1 || given.length > MOST_ANGLES || !given.every(Number.isFinite))
    throw new InvalidArgument(
      `angles is ${String(given).slice(0, 80)}; give how many, or a list of at least one and at most ${MOST_ANGLES} numbers in degrees`,
    );
  return [...given];
}
