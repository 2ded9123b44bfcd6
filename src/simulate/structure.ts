import { mix } from "../core/random.js";
import type { Shape, Triple } from "../core/shape.js";
import { levelsOf } from "./levels.js";
import { Packing } from "./packing.js";
import { texture } from "./texture.js";

/** What an electrode is made of; lengths in voxels. */
export interface StructureParameters {
  readonly seed: number;
  /** Fractions of pore and binder; the rest is active material. */
  readonly porosity: number;
  readonly binder: number;
  readonly diameter: number;
  readonly spread: number;
  readonly elongation: number;
  /** Height of the bumps of a particle's surface over its mean radius. */
  readonly roughness: number;
}

/** Labels of the phases. */
export const PORE = 0;
export const BINDER = 1;
export const ACTIVE = 2;

/** Distances from particles are cut off here, in mean diameters: beyond, binder is placed by its texture alone. */
const FAR = 0.5;
/**
 * Wavelengths in mean diameters: bumps of a particle, clusters of binder. Each texture is the sum of two, for one alone
 * shows the planes of its lattice.
 */
const BUMPS = [0.43, 0.27] as const;
const CLUSTERS = [0.41, 0.23] as const;
/** How far the texture moves the border of the binder, in mean diameters of distance from both particles. */
const CLUSTERING = 0.25;
/** Share of space that particles would take if they did not shrink, over that of active material. */
const DENSITY = 1.5;
/** Points along each side of the sample by which the levels are set, and their distance in cells. */
const SAMPLE = 30;
const SAMPLE_STEP = 0.37;

/**
 * Phases of an endless electrode, as a function of the seed and the position alone.
 *
 * Active material: where the level of the nearest particle (about the distance from its surface) is below a bound; binder:
 * of the rest, where the levels of the two nearest particles, roughened by a smooth texture, sum to little, which is
 * around contacts and over surfaces. Both bounds are set such that the fractions are met in a sample of 27,000 points over
 * 1,400 particles; a box of a scan differs from them as a box of a real electrode does.
 */
export class Structure {
  readonly #parameters: StructureParameters;
  readonly #packing: Packing;
  readonly #far: number;
  readonly #activeBound: number;
  readonly #binderBound: number;

  constructor(parameters: StructureParameters) {
    const { seed, porosity, binder, diameter, spread, elongation } = parameters;
    const active = 1 - porosity - binder;
    this.#parameters = parameters;
    this.#far = FAR * diameter;
    this.#packing = new Packing(seed, diameter, spread, elongation, Math.max(0.1, DENSITY * active));
    const step = SAMPLE_STEP * this.#packing.cell;
    const sample = this.#fields([0, 0, 0], step, [SAMPLE, SAMPLE, SAMPLE], Number.NEGATIVE_INFINITY);
    this.#activeBound = share(sample.active, active);
    const rest = sample.binder.filter((_, k) => sample.active[k]! > this.#activeBound);
    this.#binderBound = share(rest, binder / (1 - active));
  }

  /** Labels of the voxels of a box, C order. */
  phases(start: Triple, shape: Shape): Uint8Array {
    const fields = this.#fields(start, 1, shape, this.#activeBound);
    const out = new Uint8Array(fields.active.length);
    for (let k = 0; k < out.length; k++)
      if (fields.active[k]! <= this.#activeBound) out[k] = ACTIVE;
      else if (fields.binder[k]! <= this.#binderBound) out[k] = BINDER;
    return out;
  }

  /** Levels whose bounds make the phases, at `shape` points `step` apart. Blocks wholly below `known` are not computed. */
  #fields(start: Triple, step: number, shape: Shape, known: number): { active: Float64Array; binder: Float64Array } {
    const { seed, diameter, elongation, roughness } = this.#parameters;
    const count = shape[0] * shape[1] * shape[2];
    const stop = start.map((at, k) => at + step * (shape[k]! - 1)) as unknown as Triple;
    const particles = this.#packing.near(start, stop, this.#far);
    const rough = (roughness * diameter) / 2;
    const points = { start, step, shape };
    const { nearest, second } = levelsOf(particles, points, this.#far, known - rough, elongation);
    const active = nearest;
    const binder = second;
    for (let k = 0; k < count; k++) binder[k] = (nearest[k]! + second[k]!) / diameter;
    const add = (values: Float64Array, key: number, wavelengths: readonly number[], height: number): void => {
      for (const [n, wavelength] of wavelengths.entries())
        texture(mix(seed ^ key) + n, wavelength * diameter, start, step, shape, (z, y, row) => {
          let k = (z * shape[1] + y) * shape[2];
          for (let x = 0; x < row.length; x++, k++) values[k]! += height * row[x]!;
        });
    };
    add(active, 0x62756d70, BUMPS, rough / 2);
    add(binder, 0x62696e64, CLUSTERS, CLUSTERING / 2);
    return { active, binder };
  }
}

/** The value that a share of the values is not above. */
function share(values: Float64Array, part: number): number {
  const sorted = values.toSorted();
  const at = Math.round(part * sorted.length) - 1;
  return at < 0 ? Number.NEGATIVE_INFINITY : sorted[Math.min(at, sorted.length - 1)]!;
}
