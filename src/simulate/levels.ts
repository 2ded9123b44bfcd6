import type { Shape, Triple } from "../core/shape.js";
import type { Particle } from "./packing.js";

/** Voxels along each side of a block that shares one list of particles. */
const BLOCK = 8;

/** Points of a lattice: `shape` of them, `step` voxels apart. */
export interface Points {
  readonly start: Triple;
  readonly step: number;
  readonly shape: Shape;
}

/**
 * The two smallest levels of particles at each point. A level is negative inside a particle, and outside about the distance
 * from its surface, cut off at `far`. Blocks in which the smallest is at most `known` everywhere get −∞ for it and are not
 * computed further.
 * @param particles all whose level is at most `far` at any of the points
 * @param elongation largest relative difference of the axes of a particle
 */
export function levelsOf(
  particles: readonly Particle[],
  points: Points,
  far: number,
  known: number,
  elongation: number,
): { nearest: Float64Array; second: Float64Array } {
  const { start, step, shape } = points;
  const count = shape[0] * shape[1] * shape[2];
  const nearest = new Float64Array(count).fill(far);
  const second = new Float64Array(count).fill(far);
  const steepest = 1 + elongation;
  // Particles that reach a layer of blocks, of these the ones that reach a row, of these the ones that reach a block.
  const reaching = (some: readonly Particle[], axis: 0 | 1 | 2, at: number): readonly Particle[] => {
    const low = start[axis] + step * at;
    const high = start[axis] + step * (Math.min(shape[axis], at + BLOCK) - 1);
    return some.filter(({ centre, radius }) => {
      const reach = (far + radius) / (1 - elongation) + 1e-6;
      return centre[axis] >= low - reach && centre[axis] <= high + reach;
    });
  };
  for (let z = 0; z < shape[0]; z += BLOCK) {
    const layer = reaching(particles, 0, z);
    for (let y = 0; y < shape[1]; y += BLOCK) {
      const line = reaching(layer, 1, y);
      for (let x = 0; x < shape[2]; x += BLOCK) {
        const here = reaching(line, 2, x);
        const from = [z, y, x] as const;
        const to = from.map((at, k) => Math.min(shape[k]!, at + BLOCK)) as unknown as Triple;
        const half = from.map((at, k) => (step * (to[k]! - 1 - at)) / 2);
        const centre = from.map((at, k) => start[k]! + step * at + half[k]!) as unknown as Triple;
        // Within the block a level differs from that of the centre by no more than this.
        const change = steepest * Math.hypot(half[0]!, half[1]!, half[2]!) * (1 + 1e-9) + 1e-9;
        const levels = here.map((particle) => levelAt(particle, centre[0], centre[1], centre[2]));
        let [least, next] = [far + change, far + change];
        for (const level of levels) {
          if (level < least) [least, next] = [level, least];
          else if (level < next) next = level;
        }
        if (least + change <= known) fill(nearest, shape, from, to, Number.NEGATIVE_INFINITY);
        else {
          const close = here.filter((_, k) => levels[k]! - change <= Math.min(far, next + change));
          levelsIn(close, points, from, to, nearest, second);
        }
      }
    }
  }
  return { nearest, second };
}

/** Level of a particle at a point: negative inside, about the distance from its surface outside. */
function levelAt({ centre, radius, axis, squeeze }: Particle, z: number, y: number, x: number): number {
  const dz = z - centre[0];
  const dy = y - centre[1];
  const dx = x - centre[2];
  const along = dz * axis[0] + dy * axis[1] + dx * axis[2];
  return Math.sqrt(dz * dz + dy * dy + dx * dx + squeeze * along * along) - radius;
}

/** The two smallest levels at each point of a block. */
function levelsIn(
  particles: readonly Particle[],
  { start, step, shape }: Points,
  from: Triple,
  to: Triple,
  nearest: Float64Array,
  second: Float64Array,
): void {
  for (const particle of particles)
    for (let z = from[0]; z < to[0]; z++)
      for (let y = from[1]; y < to[1]; y++) {
        const row = (z * shape[1] + y) * shape[2];
        const pz = start[0] + step * z;
        const py = start[1] + step * y;
        for (let x = from[2]; x < to[2]; x++) {
          const level = levelAt(particle, pz, py, start[2] + step * x);
          const k = row + x;
          const least = nearest[k]!;
          if (level < least) {
            second[k] = least;
            nearest[k] = level;
          } else if (level < second[k]!) second[k] = level;
        }
      }
}

function fill(values: Float64Array, shape: Shape, from: Triple, to: Triple, value: number): void {
  for (let z = from[0]; z < to[0]; z++)
    for (let y = from[1]; y < to[1]; y++) {
      const row = (z * shape[1] + y) * shape[2];
      values.fill(value, row + from[2], row + to[2]);
    }
}
