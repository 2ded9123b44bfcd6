import { InvalidArgument } from "../core/errors.js";
import { isLength, type Length, um } from "../core/length.js";
import { checkNumber, inVoxels, type RunOptions } from "../core/options.js";
import { checkShape, type Shape, type Triple } from "../core/shape.js";
import type { ScanParameters } from "./scan.js";
import type { StructureParameters } from "./structure.js";

/** Options of `samples.electrode`. */
export interface ElectrodeOptions extends Pick<RunOptions, "signal" | "onProgress" | "memoryLimit"> {
  /** Voxels along z, y, x; any size, also larger than memory. Default [96, 192, 192]. */
  shape?: Shape;
  /** Size of a voxel. Default `um(0.39)`. */
  spacing?: Length;
  /** Whole number from 0 to 2³² − 1; another one gives another electrode and other noise. Default 1. */
  seed?: number;
  /** Bits of a grey value, 8 or 16. Default 16. */
  bits?: 8 | 16;
  /** Fraction of pores, from 0.05 to 0.9. Default 0.42. */
  porosity?: number;
  /** Fraction of carbon and binder, from 0 to 0.5; porosity and binder together at most 0.95. Default 0.16. */
  binder?: number;
  /** Mean diameter of the particles: a length, or voxels; at least 4 voxels. Default `um(10)`. */
  diameter?: Length | number;
  /** Standard deviation of the logarithm of the diameter, before particles shrink to fit, from 0 to 0.6. Default 0.25. */
  spread?: number;
  /** Largest relative difference between the axes of a particle, from 0 (balls) to 0.5. Default 0.15. */
  elongation?: number;
  /** Height of the bumps on a particle over its mean radius, from 0 (smooth) to 0.5. Default 0.1. */
  roughness?: number;
  /** Absorbance of one voxel of pore, binder and active material, from 0 to 0.2. Default [0.02, 0.06, 0.11]. */
  attenuation?: readonly [pore: number, binder: number, active: number];
  /** Standard deviation of the Gaussian point spread: a length, or voxels; up to 8 voxels, 0: sharp. Default 0.5 voxels. */
  blur?: Length | number;
  /** Mean number of photons through an empty voxel, up to 10⁹: the noise is about 1/√photons; 0: no noise. Default 900. */
  photons?: number;
  /** Standard deviation of the rings over the contrast of the phases, from 0 (none) to 1. Default 0.02. */
  rings?: number;
  /** Share by which the absorbance on the axis is too low (beam hardening), from 0 (none) to 0.9. Default 0.03. */
  cupping?: number;
  /** Shape of the bricks; the voxels do not depend on it. Default 64 × 128 × 128. */
  brick?: Shape;
}

export const DEFAULTS = {
  shape: [96, 192, 192] as Shape,
  spacing: um(0.39),
  seed: 1,
  bits: 16 as 8 | 16,
  porosity: 0.42,
  binder: 0.16,
  diameter: um(10) as Length | number,
  spread: 0.25,
  elongation: 0.15,
  roughness: 0.1,
  attenuation: [0.02, 0.06, 0.11] as readonly [number, number, number],
  blur: 0.5 as Length | number,
  photons: 900,
  rings: 0.02,
  cupping: 0.03,
};

const LIMITS: readonly (readonly [name: keyof typeof DEFAULTS, min: number, max: number, whole?: boolean])[] = [
  ["seed", 0, 2 ** 32 - 1, true],
  ["porosity", 0.05, 0.9],
  ["binder", 0, 0.5],
  ["spread", 0, 0.6],
  ["elongation", 0, 0.5],
  ["roughness", 0, 0.5],
  ["photons", 0, 1e9],
  ["rings", 0, 1],
  ["cupping", 0, 0.9],
];

/** Everything in voxels; throws where a value is outside its limits. */
export function checked(all: typeof DEFAULTS): {
  structure: StructureParameters;
  scan: ScanParameters;
  spacing: Triple;
} {
  checkShape(all.shape);
  for (const [name, min, max, whole] of LIMITS) checkNumber(name, all[name], min, max, whole);
  if (all.porosity + all.binder > 0.95)
    throw new InvalidArgument(
      `porosity ${all.porosity} and binder ${all.binder} leave less than 0.05 for active material; lower one of them`,
    );
  if (all.bits !== 8 && all.bits !== 16) throw new InvalidArgument(`bits is ${String(all.bits)}; allowed are 8 and 16`);
  if (!isLength(all.spacing) || !(all.spacing.metres > 0))
    throw new InvalidArgument(`spacing is ${String(all.spacing)}; give a positive length such as um(0.39)`);
  if (!Array.isArray(all.attenuation) || all.attenuation.length !== 3)
    throw new InvalidArgument(
      `attenuation is ${JSON.stringify(all.attenuation)}; give three numbers, [pore, binder, active]`,
    );
  for (const value of all.attenuation) checkNumber("attenuation", value, 0, 0.2);
  const { metres } = all.spacing;
  const spacing: Triple = [metres, metres, metres];
  const [diameter] = inVoxels("diameter", all.diameter, { spacing });
  checkNumber("diameter (voxels)", diameter, 4, 10_000);
  const [blur] = inVoxels("blur", all.blur, { spacing });
  checkNumber("blur (voxels)", blur, 0, 8);
  return { structure: { ...all, diameter }, scan: { ...all, blur }, spacing };
}
