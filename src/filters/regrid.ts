/** What functions share whose result is on another grid. */
import { inSteps } from "../compute/chain.js";
import { affine, type Interpolation } from "../compute/operations/resample.js";
import type { Frame } from "../compute/planned.js";
import { run } from "../compute/run.js";
import type { Border } from "../core/border.js";
import type { DType } from "../core/dtype.js";
import { InvalidArgument } from "../core/errors.js";
import { checkChoice, RUN_OPTIONS, type RunOptions } from "../core/options.js";
import type { Provenance } from "../core/provenance.js";
import type { Shape, Triple } from "../core/shape.js";
import type { Volume } from "../core/volume.js";
import { checkResultType } from "./neighbourhood.js";

/** Options of functions that resample: a region or a mask of the old grid would be none of the new one. */
export interface RegridOptions extends Omit<RunOptions, "region" | "mask"> {
  /**
   * - `"nearest"`: the nearest voxel; for labels and masks the only one that is allowed, and their default
   * - `"linear"`: between the eight voxels around; the default for grey values
   * - `"cubic"`: cubic convolution of the 4 × 4 × 4 voxels around; sharper, overshoots at edges
   */
  interpolation?: Interpolation;
  /** What lies beyond the faces of the volume; a constant begins at the outermost voxels' centres. */
  border?: Border;
  /** Voxel type of the result: that of the volume, rounded, or `float32`. Default: that of the volume. */
  dtype?: DType;
}

/** Options of a run on a whole grid. */
export const GRID_OPTIONS = RUN_OPTIONS.filter((name) => name !== "region" && name !== "mask");
export const REGRID_OPTIONS = ["interpolation", "border", "dtype", ...GRID_OPTIONS] as const;

/** The interpolation that is asked for or usual, and the voxel type of the result. */
export function checkRegrid(volume: Volume, { interpolation, dtype = volume.dtype }: RegridOptions): Interpolation {
  const names = volume.role === "labels" || volume.role === "mask";
  const chosen = interpolation ?? (names ? "nearest" : "linear");
  checkChoice("interpolation", chosen, ["nearest", "linear", "cubic"]);
  if (names && chosen !== "nearest")
    throw new InvalidArgument(
      `interpolation is "${chosen}", but between two labels there is no label; use "nearest" for ${volume.role}`,
    );
  checkResultType(dtype, volume);
  return chosen;
}

/** An affine map, and the grid that it fills. */
export interface Regrid {
  readonly matrix: readonly number[];
  readonly offset: Triple;
  readonly frame: Frame;
  readonly interpolation: Interpolation;
  readonly border: Border;
  readonly dtype: DType;
}

/** Reads voxels along the map. @param before a step before, which then goes through the bricks together with it */
export async function regrid(
  volume: Volume,
  { matrix, offset, frame, interpolation, border, dtype }: Regrid,
  options: RegridOptions,
  provenance: Provenance,
  before?: (volume: Volume) => Promise<Volume>,
): Promise<Volume> {
  const beyond = typeof border === "object" ? border.constant : undefined;
  const parameters = { matrix, offset, interpolation, shape: volume.shape, beyond, dtype };
  const resampled = (from: Volume): Promise<Volume> =>
    run(affine, from, parameters, { ...options, border }, { provenance, frame });
  if (before === undefined) return resampled(volume);
  return inSteps(volume, options, async (planned) => resampled(await before(planned)));
}

/**
 * Shape of bricks for a result whose voxels each stand for `scale` of the input: smaller ones where many voxels become one, so
 * that what a task reads stays about one brick.
 */
export function brickFor({ grid }: Volume, shape: Shape, scale: Triple): Shape {
  return shape.map((n, k) =>
    Math.min(n, Math.max(Math.min(16, grid.brick[k]!), Math.ceil(grid.brick[k]! / Math.max(1, scale[k]!)))),
  ) as unknown as Shape;
}

/** The input's place in space, seen from voxel `at` of the input with voxels `scale` times as large. */
export function frameAt(volume: Volume, shape: Shape, scale: Triple, at: Triple): Frame {
  const { spacing, direction, origin } = volume;
  const brick = brickFor(volume, shape, scale);
  if (spacing === undefined) return { shape, spacing, origin, direction, brick };
  const moved = origin.map(
    (o, row) => o + at.reduce((sum, n, k) => sum + direction[3 * row + k]! * n * spacing[k]!, 0),
  ) as unknown as Triple;
  return { shape, spacing: spacing.map((s, k) => s * scale[k]!) as unknown as Triple, origin: moved, direction, brick };
}
