import { InvalidArgument } from "../core/errors.js";
import { isLength, type Length, um } from "../core/length.js";
import { checkNumber, inVoxels } from "../core/options.js";
import { checkShape, type Shape, type Triple } from "../core/shape.js";
import type { ScanParameters } from "./scan.js";
import { checkScan, SCAN_DEFAULTS, type ScanOptions } from "./scan-options.js";
import type { StructureParameters } from "./structure.js";

/** Options of `samples.electrode`. */
export interface ElectrodeOptions extends ScanOptions {
  /** Voxels along z, y, x; any size, also larger than memory. Default [96, 192, 192]. */
  shape?: Shape;
  /** Size of a voxel. Default `um(0.39)`. */
  spacing?: Length;
  /** Whole number from 0 to 2³² − 1; another one gives another electrode and other noise. Default 1. */
  seed?: number;
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
}

export const DEFAULTS = {
  ...SCAN_DEFAULTS,
  shape: [96, 192, 192] as Shape,
  spacing: um(0.39),
  porosity: 0.42,
  binder: 0.16,
  diameter: um(10) as Length | number,
  spread: 0.25,
  elongation: 0.15,
  roughness: 0.1,
  attenuation: [0.02, 0.06, 0.11] as readonly [number, number, number],
};

const LIMITS: readonly (readonly [name: keyof typeof DEFAULTS, min: number, max: number])[] = [
  ["porosity", 0.05, 0.9],
  ["binder", 0, 0.5],
  ["spread", 0, 0.6],
  ["elongation", 0, 0.5],
  ["roughness", 0, 0.5],
];

/** Everything in voxels; throws where a value is outside its limits. */
export function checked(all: typeof DEFAULTS): {
  structure: StructureParameters;
  scan: ScanParameters;
  spacing: Triple;
} {
  checkShape(all.shape);
  for (const [name, min, max] of LIMITS) checkNumber(name, all[name], min, max);
  if (all.porosity + all.binder > 0.95)
    throw new InvalidArgument(
      `porosity ${all.porosity} and binder ${all.binder} leave less than 0.05 for active material; lower one of them`,
    );
  if (!isLength(all.spacing) || !(all.spacing.metres > 0))
    throw new InvalidArgument(`spacing is ${String(all.spacing)}; give a positive length such as um(0.39)`);
  if (!Array.isArray(all.attenuation) || all.attenuation.length !== 3)
    throw new InvalidArgument(
      `attenuation is ${JSON.stringify(all.attenuation)}; give three numbers, [pore, binder, active]`,
    );
  const { metres } = all.spacing;
  const spacing: Triple = [metres, metres, metres];
  const [diameter] = inVoxels("diameter", all.diameter, { spacing });
  checkNumber("diameter (voxels)", diameter, 4, 10_000);
  const blur = checkScan(all, spacing);
  return { structure: { ...all, diameter }, scan: { ...all, blur }, spacing };
}
