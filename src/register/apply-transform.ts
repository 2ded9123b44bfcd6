import { checkVolume } from "../compute/run.js";
import { after, gridMap, inverted } from "../core/affine.js";
import { checkBorder } from "../core/border.js";
import { InvalidArgument, MissingData, UnsupportedFeature } from "../core/errors.js";
import { checkNumber, checkOptions } from "../core/options.js";
import { trace } from "../core/provenance.js";
import type { Triple } from "../core/shape.js";
import type { Volume } from "../core/volume.js";
import { brickFor, checkRegrid, REGRID_OPTIONS, type RegridOptions, regrid } from "../filters/regrid.js";
import { Transform } from "./transform.js";

/** Options of {@link applyTransform}. */
export interface ApplyTransformOptions extends RegridOptions {
  /** The volume whose grid the result has: the fixed one. */
  like: Volume;
}

/** The place of a volume's grid. @throws MissingData if its voxel size is unknown */
export function gridOf(volume: Volume, what: string): ReturnType<typeof gridMap> {
  const { spacing, origin, direction } = volume;
  if (spacing === undefined)
    throw new MissingData(
      `the voxel size of the ${what} volume is unknown, so nobody knows where it lies: set it with volume.with({ spacing: um(…) })`,
    );
  return gridMap({ spacing, origin, direction });
}

/**
 * A moving volume on the grid of the fixed one, as a transform from fixed to moving says: for what computes with both, voxel by voxel.
 * To look at two volumes it is not needed. Beyond the faces stands 0 unless `border` says otherwise. Nothing is blurred first: where the fixed
 * voxels are much larger, downsample the moving volume before. Cost as {@link affineTransform}.
 * @param volume the moving volume, with its voxel size
 * @param transform from fixed to moving, of any kind but thin plate
 * @returns new volume on the grid of `like`
 * @throws MissingData if a voxel size is unknown
 * @throws UnsupportedFeature for a thin plate
 * @throws InvalidArgument if labels are to be interpolated, or a fixed voxel is more than 64 moving ones wide
 */
export async function applyTransform(
  volume: Volume,
  transform: Transform,
  options: ApplyTransformOptions,
): Promise<Volume> {
  checkVolume("applyTransform", volume);
  checkOptions("applyTransform", options, ["like", ...REGRID_OPTIONS]);
  if (!(transform instanceof Transform))
    throw new InvalidArgument("transform: give what view.transform or landmarkTransform(…).transform is");
  const { like, border = { constant: 0 }, dtype = volume.dtype } = options;
  checkVolume("applyTransform: like", like);
  if (transform.kind === "thin plate")
    throw new UnsupportedFeature("a thin plate cannot be applied to a whole volume yet; solve an affine one for that");
  const interpolation = checkRegrid(volume, options);
  checkBorder(border, volume.dtype);
  const { matrix, offset } = after(inverted(gridOf(volume, "moving")), after(transform, gridOf(like, "fixed")));
  for (const n of matrix) checkNumber("moving voxels in a fixed one", n, -64, 64);
  const { shape, spacing, origin, direction } = like;
  const scale = [0, 1, 2].map((k) => [0, 1, 2].reduce((sum, j) => sum + Math.abs(matrix[3 * k + j]!), 0));
  const brick = brickFor(volume, shape, scale as unknown as Triple);
  const frame = { shape, spacing, origin, direction, brick };
  const provenance = trace("applyTransform", { interpolation, border, dtype }, { volume, like, transform });
  return regrid(volume, { matrix, offset, frame, interpolation, border, dtype }, options, provenance);
}
