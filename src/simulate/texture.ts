import { bits } from "../core/random.js";
import type { Shape, Triple } from "../core/shape.js";

interface Axis {
  /** Lattice point before each position, counted from `first`, and the weight of the one behind it. */
  readonly before: Int32Array;
  readonly weight: Float64Array;
  readonly first: number;
  readonly count: number;
}

function axis(start: number, step: number, count: number, wavelength: number): Axis {
  const at = (k: number): number => (start + step * k) / wavelength;
  const first = Math.floor(at(0));
  const before = new Int32Array(count);
  const weight = new Float64Array(count);
  for (let k = 0; k < count; k++) {
    const cell = Math.floor(at(k));
    const t = at(k) - cell;
    before[k] = cell - first;
    weight[k] = t * t * (3 - 2 * t);
  }
  return { before, weight, first, count: Math.floor(at(count - 1)) - first + 2 };
}

/**
 * Smooth random numbers from −1 to 1 in space (value noise): random at the points of a lattice, in between joined smoothly.
 * @param wavelength distance of the lattice's points in voxels
 * @param fill called for each row of the box with its values, which are used again for the next row
 */
export function texture(
  seed: number,
  wavelength: number,
  start: Triple,
  step: number,
  shape: Shape,
  fill: (z: number, y: number, row: Float64Array) => void,
): void {
  const [az, ay, ax] = shape.map((count, k) => axis(start[k]!, step, count, wavelength)) as [Axis, Axis, Axis];
  const lattice = new Float64Array(az.count * ay.count * ax.count);
  for (let a = 0, k = 0; a < az.count; a++)
    for (let b = 0; b < ay.count; b++)
      for (let c = 0; c < ax.count; c++)
        lattice[k++] = bits(seed, az.first + a, ay.first + b, ax.first + c) / 2 ** 31 - 1;
  const line = new Float64Array(ax.count);
  const row = new Float64Array(shape[2]);
  for (let z = 0; z < shape[0]; z++)
    for (let y = 0; y < shape[1]; y++) {
      const wz = az.weight[z]!;
      const wy = ay.weight[y]!;
      const corner = (az.before[z]! * ay.count + ay.before[y]!) * ax.count;
      for (let c = 0; c < ax.count; c++) {
        const near = corner + c;
        const far = near + ay.count * ax.count;
        line[c] =
          (1 - wz) * ((1 - wy) * lattice[near]! + wy * lattice[near + ax.count]!) +
          wz * ((1 - wy) * lattice[far]! + wy * lattice[far + ax.count]!);
      }
      for (let x = 0; x < shape[2]; x++) {
        const w = ax.weight[x]!;
        const c = ax.before[x]!;
        row[x] = (1 - w) * line[c]! + w * line[c + 1]!;
      }
      fill(z, y, row);
    }
}
