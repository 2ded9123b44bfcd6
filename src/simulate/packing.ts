import { bits } from "../core/random.js";
import type { Triple } from "../core/shape.js";
import { normal, uniform } from "./counter.js";

/** A particle: an ellipsoid of rotation. Lengths and positions in voxels. */
export interface Particle {
  readonly centre: Triple;
  /** Radius across its axis. */
  readonly radius: number;
  /** Unit vector of the axis, and stretch² − 1: along the axis the particle is `1 / stretch` as long. */
  readonly axis: Triple;
  readonly squeeze: number;
}

/** Most that a diameter differs from the median, in standard deviations of its logarithm. */
const CUT = 2;
/** How much of its cell a centre may lie in. */
const JITTER = 0.7;
/** Cells farther apart than this many have centres at least one cell apart: jitter, and half a cell of stagger. */
const SLACK = JITTER + 0.5;
/** Cells remembered; over that many all are forgotten, so that a scan of any size takes little memory. */
const REMEMBERED = 200_000;

/** One number for a cell: 17 bits an axis, far more cells than a volume has. */
const cellNumber = (a: number, b: number, c: number): number =>
  ((a + 2 ** 16) * 2 ** 17 + (b + 2 ** 16)) * 2 ** 17 + (c + 2 ** 16);

/**
 * An endless packing of particles. Space is cut into staggered cubic cells with one particle in each, at a random place in
 * it and of a log-normal size; where two of them would overlap both shrink to touch, each by the share of its size, and
 * then grow again, twice, into half of the room that its neighbours left. What a cell holds depends on the cells within
 * reach alone.
 */
export class Packing {
  readonly #seed: number;
  /** Side of a cell. */
  readonly cell: number;
  readonly #diameter: number;
  readonly #spread: number;
  readonly #elongation: number;
  readonly #largest: number;
  /** Cells in which a neighbour may lie whose particle, as drawn, overlaps. */
  readonly #reach: number;
  readonly #drawn = new Map<number, Particle>();
  /** Radii after each round: first shrunk, then grown into what room is left. */
  readonly #radii = [new Map<number, number>(), new Map<number, number>(), new Map<number, number>()] as const;

  /**
   * @param diameter mean, in voxels
   * @param spread standard deviation of the logarithm of the diameter
   * @param elongation largest relative difference of the axes
   * @param density share of space that the particles would take if none overlapped
   */
  constructor(seed: number, diameter: number, spread: number, elongation: number, density: number) {
    this.#seed = seed;
    this.#diameter = diameter;
    this.#spread = spread;
    this.#elongation = elongation;
    // The mean of d³ of a log-normal d is mean³ · exp(3 spread²).
    this.cell = diameter * Math.cbrt((Math.PI / 6) * (Math.exp(3 * spread * spread) / density));
    this.#largest = (diameter / 2) * Math.exp(CUT * spread - (spread * spread) / 2);
    this.#reach = Math.floor((2 * this.#largest) / this.cell + SLACK);
  }

  /** All particles whose level {@link levelOf} is at most `level` anywhere in the box. */
  near(start: Triple, stop: Triple, level: number): Particle[] {
    if (this.#drawn.size > REMEMBERED) for (const known of [this.#drawn, ...this.#radii]) known.clear();
    const thinnest = 1 - this.#elongation;
    const margin = (level + this.#largest) / thinnest / this.cell;
    const from = start.map((at) => Math.floor(at / this.cell - margin - SLACK));
    const to = stop.map((at) => Math.ceil(at / this.cell + margin + SLACK));
    const found: Particle[] = [];
    for (let a = from[0]!; a <= to[0]!; a++)
      for (let b = from[1]!; b <= to[1]!; b++)
        for (let c = from[2]!; c <= to[2]!; c++) {
          const particle = this.#draw(a, b, c);
          const radius = this.#radius(this.#radii.length - 1, a, b, c);
          let squared = 0;
          for (let k = 0; k < 3; k++)
            squared += Math.max(0, start[k]! - particle.centre[k]!, particle.centre[k]! - stop[k]!) ** 2;
          if (squared * thinnest ** 2 <= (level + radius) ** 2) found.push({ ...particle, radius });
        }
    return found;
  }

  /** The particle of a cell as drawn, before it meets its neighbours. */
  #draw(a: number, b: number, c: number): Particle {
    const name = cellNumber(a, b, c);
    const known = this.#drawn.get(name);
    if (known !== undefined) return known;
    const key = bits(this.#seed, a, b, c);
    const at = (cell: number, k: number): number => (cell + 0.5 + JITTER * (uniform(key, k) - 0.5)) * this.cell;
    const size = Math.min(CUT, Math.max(-CUT, normal(key, 3)));
    const cosine = 2 * uniform(key, 5) - 1;
    const sine = Math.sqrt(1 - cosine * cosine);
    const angle = 2 * Math.PI * uniform(key, 6);
    const stretch = 1 + this.#elongation * (2 * uniform(key, 7) - 1);
    const particle: Particle = {
      centre: [at(a, 0), at(b + 0.5 * (a & 1), 1), at(c + 0.5 * ((a + b) & 1), 2)],
      radius: (this.#diameter / 2) * Math.exp(this.#spread * size - (this.#spread * this.#spread) / 2),
      axis: [cosine, sine * Math.cos(angle), sine * Math.sin(angle)],
      squeeze: stretch * stretch - 1,
    };
    this.#drawn.set(name, particle);
    return particle;
  }

  /** Radius of a cell's particle after a round; each round looks at the neighbours' radii of the round before. */
  #radius(round: number, a: number, b: number, c: number): number {
    const known = this.#radii[round]!;
    const name = cellNumber(a, b, c);
    const remembered = known.get(name);
    if (remembered !== undefined) return remembered;
    const own = this.#draw(a, b, c);
    const before = round === 0 ? own.radius : this.#radius(round - 1, a, b, c);
    let radius = own.radius;
    for (let da = -this.#reach; da <= this.#reach; da++)
      for (let db = -this.#reach; db <= this.#reach; db++)
        for (let dc = -this.#reach; dc <= this.#reach; dc++) {
          if (da === 0 && db === 0 && dc === 0) continue;
          const other = this.#draw(a + da, b + db, c + dc);
          const dz = own.centre[0] - other.centre[0];
          const dy = own.centre[1] - other.centre[1];
          const dx = own.centre[2] - other.centre[2];
          const squared = dz * dz + dy * dy + dx * dx;
          const together = own.radius + other.radius;
          if (squared >= together * together) continue;
          const distance = Math.sqrt(squared);
          if (round === 0) radius = Math.min(radius, (distance * own.radius) / together);
          else {
            const gap = distance - before - this.#radius(round - 1, a + da, b + db, c + dc);
            radius = Math.min(radius, before + gap / 2);
          }
        }
    known.set(name, radius);
    return radius;
  }
}
