import { checkVolume } from "../compute/run.js";
import { checkBorder } from "../core/border.js";
import { InvalidArgument, MissingData } from "../core/errors.js";
import { isLength, type Length } from "../core/length.js";
import { checkNumber, checkOptions } from "../core/options.js";
import { trace } from "../core/provenance.js";
import { checkShape, type Shape, type Triple } from "../core/shape.js";
import type { Volume } from "../core/volume.js";
import { gaussian } from "./gaussian.js";
import { checkRegrid, frameAt, REGRID_OPTIONS, type RegridOptions, regrid } from "./regrid.js";

/** Options of {@link resample}: one of `spacing`, `scale` and `shape` says what the new grid is. */
export interface ResampleOptions extends RegridOptions {
  /** New voxel size, one length for all axes or `[z, y, x]`. */
  spacing?: Length | readonly [Length, Length, Length];
  /** How many times as many voxels, for all axes or `[z, y, x]`: 0.5 halves them. */
  scale?: number | Triple;
  /** New number of voxels along z, y, x. */
  shape?: Shape;
  /**
   * Whether grey values are blurred first along axes that get fewer voxels, by a Gaussian of σ = (s − 1) / 2 voxels for
   * voxels s times as large: details finer than the new voxels would else come back as patterns. Default true; never for
   * `"nearest"`.
   */
  antialias?: boolean;
}

const ONE_OF = ["spacing", "scale", "shape"] as const;

/**
 * Another voxel size: finer or coarser, also so that voxels become cubes, or those of another scan. The new voxels fill the
 * same box of space, so voxel r of the result stands at (r + ½)·s − ½ in the input; with `spacing` the last voxel may reach
 * beyond it. To make whole blocks one voxel each, {@link downsample} is better: it uses every voxel alike.
 *
 * Borders reflect unless `border` says otherwise. Computed in float32, coordinates in float64. Cost O(n) of the result, 30
 * (linear) to 60 (cubic) nanoseconds a voxel; memory per worker a brick of both grids, as float32.
 * @param volume any voxel type, any shape; axes of one voxel stay as they are
 * @returns new volume of the same place in space. Known phases of a simulated scan are left out
 * @throws InvalidArgument if not exactly one of `spacing`, `scale` and `shape` is given, or labels are to be interpolated
 * @throws MissingData if `spacing` is given and the voxel size is unknown
 * @see R. G. Keys, Cubic convolution interpolation for digital image processing (1981), doi:10.1109/TASSP.1981.1163711.
 * Linear without antialias is equal to skimage.transform.resize with order 1
 */
export async function resample(volume: Volume, options: ResampleOptions = {}): Promise<Volume> {
  checkVolume("resample", volume);
  checkOptions("resample", options, [...ONE_OF, "antialias", ...REGRID_OPTIONS]);
  const interpolation = checkRegrid(volume, options);
  const { antialias = true, border = "reflect", dtype = volume.dtype } = options;
  checkBorder(border, volume.dtype);
  const { shape, step } = gridOf(volume, options);
  const offset = step.map((s) => (s - 1) / 2) as unknown as Triple;
  const frame = frameAt(volume, shape, step, offset);
  const matrix = [step[0], 0, 0, 0, step[1], 0, 0, 0, step[2]];
  const sigma = step.map((s) => Math.max(0, (s - 1) / 2)) as unknown as Triple;
  const blurs = antialias && interpolation !== "nearest" && sigma.some((s) => s > 0);
  const given = { shape, step, interpolation, antialias: blurs, border, dtype };
  const provenance = trace("resample", given, { volume });
  const blur = (from: Volume): Promise<Volume> => gaussian(from, { sigma, border, dtype: "float32" });
  const way = { matrix, offset, frame, interpolation, border, dtype };
  return regrid(volume, way, options, provenance, blurs ? blur : undefined);
}

/** The new shape, and how many voxels of the input one of its voxels is wide. */
function gridOf(volume: Volume, options: ResampleOptions): { shape: Shape; step: Triple } {
  const named = ONE_OF.filter((name) => options[name] !== undefined);
  if (named.length !== 1)
    throw new InvalidArgument(
      `resample takes one of spacing, scale and shape, got ${named.length === 0 ? "none" : named.join(" and ")}`,
    );
  const { spacing, scale, shape } = options;
  const before = volume.shape;
  const flat = (steps: readonly number[]): Triple =>
    steps.map((s, k) => (before[k] === 1 ? 1 : s)) as unknown as Triple;
  if (shape !== undefined) {
    checkShape(shape);
    const step = flat(before.map((n, k) => n / shape[k]!));
    if (before.some((n, k) => n === 1 && shape[k] !== 1))
      throw new InvalidArgument(
        `shape is ${shape.join(" × ")}, but an axis of one voxel has nothing to interpolate between; leave it 1`,
      );
    return { shape, step };
  }
  const step = flat(spacing === undefined ? inverse(scale) : wider(volume, spacing));
  for (const s of step) checkNumber("voxels of the input that one of the result is wide", s, 1 / 64, 64);
  return { shape: before.map((n, k) => Math.max(1, Math.round(n / step[k]! - 1e-6))) as unknown as Shape, step };
}

function inverse(scale: unknown): number[] {
  const given = typeof scale === "number" ? [scale, scale, scale] : scale;
  if (!Array.isArray(given) || given.length !== 3)
    throw new InvalidArgument(`scale is ${JSON.stringify(scale)}; give a number, or three of them, [z, y, x]`);
  for (const s of given) checkNumber("scale", s, 1 / 64, 64);
  return given.map((s: number) => 1 / s);
}

function wider(volume: Volume, spacing: unknown): number[] {
  const given = isLength(spacing) ? [spacing, spacing, spacing] : spacing;
  if (!Array.isArray(given) || given.length !== 3 || !given.every((size) => isLength(size) && size.metres > 0))
    throw new InvalidArgument("spacing: give one positive length such as um(0.5), or three, [z, y, x]");
  const { spacing: before } = volume;
  if (before === undefined)
    throw new MissingData(
      "resample: the voxel size of this volume is unknown, so a new one says nothing; give scale, or set it with volume.with({ spacing: um(…) })",
    );
  return given.map((size: Length, k) => size.metres / before[k]!);
}
