import type { Eigenvalue } from "../compute/operations/tensor.js";
import { DTYPES, type DType, isDType } from "../core/dtype.js";
import { InvalidArgument } from "../core/errors.js";
import { isLength, type Length } from "../core/length.js";
import { checkChoice, checkNumber, inVoxels } from "../core/options.js";
import type { Triple } from "../core/shape.js";
import type { Volume } from "../core/volume.js";

/** Largest standard deviation of a Gaussian, in voxels: the filter then reaches 256 voxels. */
export const LARGEST_SIGMA = 64;

/** One length for all axes, or `[z, y, x]`: bare numbers are voxels. */
export type PerAxis = number | Length | readonly (number | Length)[];

/** Largest radius of a neighbourhood, in voxels. */
const LARGEST_RADIUS = 64;

/** A length per axis in voxels, each within its limits. */
export function perAxis(name: string, value: PerAxis, volume: Volume, largest: number, least = 0): Triple {
  const given = typeof value === "number" || isLength(value) ? [value, value, value] : value;
  if (!Array.isArray(given) || given.length !== 3)
    throw new InvalidArgument(
      `${name} is ${JSON.stringify(value)}; give a number, a length, or three of them, [z, y, x]`,
    );
  const voxels = given.map((size: number | Length, k) => inVoxels(name, size, volume)[k]!) as unknown as Triple;
  for (const size of voxels) checkNumber(`${name} (voxels)`, size, least, largest);
  return voxels;
}

/**
 * The radius of a neighbourhood in voxels. Along an axis with a single voxel there is only its own reflection to see: the
 * flat neighbourhood is meant.
 */
export function radiusOf(value: PerAxis, volume: Volume, largest: number = LARGEST_RADIUS): Triple {
  return perAxis("radius", value, volume, largest).map((r, k) => (volume.shape[k] === 1 ? 0 : r)) as unknown as Triple;
}

/** Throws unless `shape` names a neighbourhood. */
export function checkNeighbourhood(shape: unknown): asserts shape is "ball" | "box" {
  if (shape !== "ball" && shape !== "box")
    throw new InvalidArgument(`shape is ${JSON.stringify(shape)}; allowed are "ball" and "box"`);
}

/** Throws unless a filter can give its result in this voxel type: the volume's own, or float32. */
export function checkResultType(dtype: unknown, volume: Volume): asserts dtype is DType {
  if (!isDType(dtype) || (dtype !== volume.dtype && dtype !== "float32"))
    throw new InvalidArgument(
      `dtype is ${JSON.stringify(dtype)}; allowed are ${volume.dtype}, as the volume, and "float32" (of ${Object.keys(DTYPES).join(", ")})`,
    );
}

/** Standard deviations of a derivative in voxels: none along an axis with a single voxel, which has no slope. */
export function derivativeSigma(value: PerAxis, volume: Volume, least: number, name = "sigma"): Triple {
  return perAxis(name, value, volume, LARGEST_SIGMA, least).map((s, k) =>
    volume.shape[k] === 1 ? 0 : s,
  ) as unknown as Triple;
}

/**
 * Factors that turn differences along an axis into differences over the smallest edge of a voxel: 1 for cubes and where
 * the voxel size is unknown, 0 along an axis with a single voxel.
 */
export function axisScale({ shape, spacing = [1, 1, 1] }: Volume): Triple {
  const least = Math.min(...spacing);
  return spacing.map((size, k) => (shape[k] === 1 ? 0 : least / size)) as unknown as Triple;
}

/** Throws unless a matrix at each voxel of this volume has such an eigenvalue: as many as there are axes of more than one voxel. */
export function checkEigenvalue(which: unknown, { shape }: Volume, allowed: readonly Eigenvalue[]): void {
  checkChoice("which", which, allowed);
  const axes = shape.filter((n) => n > 1).length;
  if ((which === "middle" && axes < 3) || (which === "anisotropy" && axes < 2))
    throw new InvalidArgument(
      `which is ${JSON.stringify(which)}, but a volume of ${shape.join(" × ")} has ${axes === 1 ? "one eigenvalue" : `${axes} eigenvalues`} at each voxel; allowed are "smallest" and "largest"${axes === 2 ? ", and the anisotropy of a structure tensor" : ""}`,
    );
}
