import { checkVolume } from "../compute/run.js";
import { checkBorder } from "../core/border.js";
import { InvalidArgument } from "../core/errors.js";
import { checkNumber, checkOptions } from "../core/options.js";
import { trace } from "../core/provenance.js";
import { checkShape, type Shape, type Triple } from "../core/shape.js";
import type { Volume } from "../core/volume.js";
import { brickFor, checkRegrid, REGRID_OPTIONS, type RegridOptions, regrid } from "./regrid.js";

/** Options of {@link affineTransform}. */
export interface AffineTransformOptions extends RegridOptions {
  /** Voxel of the input that voxel 0, 0, 0 of the result is read at. Default [0, 0, 0]. */
  offset?: Triple;
  /** Voxels of the result along z, y, x. Default: those of the volume. */
  shape?: Shape;
}

/**
 * Reads a volume along an affine map of its grid: voxel r of the result is the value at `matrix · r + offset`, in voxels of
 * the volume over z, y, x. What a registration has found is applied with it; to turn or to scale, {@link rotate} and
 * {@link resample} are simpler.
 *
 * Beyond the faces stands 0 unless `border` says otherwise. Nothing is blurred first: a map that makes voxels much larger
 * lets fine details come back as patterns. Computed in float32, coordinates in float64. Cost O(n) of the result, 30 (linear) to
 * 60 (cubic) nanoseconds a voxel; memory per worker a brick of the result and what it looks at, as float32.
 * @param volume any voxel type, any shape
 * @param matrix three rows of three numbers; a step along an axis of the result may be at most 64 voxels of the volume long
 * @returns new volume on the grid of the volume: it is the content that moves. Known phases of a simulated scan are left out
 * @throws InvalidArgument if the matrix is none or a step too long, or labels are to be interpolated
 * @see equal to scipy.ndimage.affine_transform of order 0 or 1, in mode "constant" or, with `border`, "reflect" or "nearest"
 */
export async function affineTransform(
  volume: Volume,
  matrix: readonly (readonly number[])[],
  options: AffineTransformOptions = {},
): Promise<Volume> {
  checkVolume("affineTransform", volume);
  checkOptions("affineTransform", options, ["offset", "shape", ...REGRID_OPTIONS]);
  if (!Array.isArray(matrix) || matrix.length !== 3 || !matrix.every((row) => Array.isArray(row) && row.length === 3))
    throw new InvalidArgument(`matrix is ${JSON.stringify(matrix)}; give three rows of three numbers`);
  const numbers = matrix.flat();
  for (const n of numbers) checkNumber("matrix (voxels)", n, -64, 64);
  const interpolation = checkRegrid(volume, options);
  const { offset = [0, 0, 0], shape = volume.shape, border = { constant: 0 }, dtype = volume.dtype } = options;
  checkBorder(border, volume.dtype);
  checkShape(shape);
  if (!Array.isArray(offset) || offset.length !== 3)
    throw new InvalidArgument(`offset is ${JSON.stringify(offset)}; give three numbers of voxels, [z, y, x]`);
  for (const n of offset) checkNumber("offset (voxels)", n, -1e9, 1e9);
  const scale = [0, 1, 2].map((k) => [0, 1, 2].reduce((sum, j) => sum + Math.abs(numbers[3 * k + j]!), 0));
  const { spacing, origin, direction } = volume;
  const brick = brickFor(volume, shape, scale as unknown as Triple);
  const frame = { shape, spacing, origin, direction, brick };
  const given = { matrix, offset, shape, interpolation, border, dtype };
  const provenance = trace("affineTransform", given, { volume });
  return regrid(volume, { matrix: numbers, offset, frame, interpolation, border, dtype }, options, provenance);
}
