/**
 * Voxels that no ball covers, of balls about voxels that are drawn each with the same probability (a Boolean model): how likely a voxel is
 * left, and a face between a voxel that is left and one that is not, is known exactly.
 */
import type { Shape, Triple } from "#src/core/shape.js";
import { random } from "./random-volume.js";

export interface SpheresModel {
  readonly fraction: number;
  /** Surface per volume by the faces of voxels, per voxel. */
  readonly surface: number;
  /** 1 where no ball is. */
  sample(shape: Shape, seed: number): Uint8Array;
}

/** @param plane true: discs in a plane */
export function spheresModel(radius: number, fraction: number, plane = false): SpheresModel {
  const offsets: Triple[] = [];
  for (let z = -radius; z <= radius; z++)
    for (let y = -radius; y <= radius; y++)
      for (let x = -radius; x <= radius; x++)
        if (z * z + y * y + x * x <= radius * radius && (!plane || z === 0)) offsets.push([z, y, x]);
  const drawn = 1 - fraction ** (1 / offsets.length);
  const both = (step: Triple): number => {
    const union = new Set([...offsets.map(String), ...offsets.map((at) => String(at.map((n, k) => n + step[k]!)))]);
    return (1 - drawn) ** union.size;
  };
  const steps: Triple[] = [[0, 1, 0], [0, 0, 1], ...(plane ? [] : [[1, 0, 0] as const])];
  const surface = steps.reduce((sum, step) => sum + 2 * (fraction - both(step)), 0);
  const sample = ([depth, height, width]: Shape, seed: number): Uint8Array => {
    const next = random(seed);
    const out = new Uint8Array(depth * height * width).fill(1);
    const margin = plane ? 0 : radius;
    const [rows, columns] = [height + 2 * radius, width + 2 * radius];
    const total = (depth + 2 * margin) * rows * columns;
    // From one ball to the next: a geometric number of voxels.
    const skip = (): number => Math.floor(Math.log(1 - next()) / Math.log(1 - drawn));
    for (let k = skip(); k < total; k += 1 + skip()) {
      const [z, y, x] = [
        Math.floor(k / (rows * columns)) - margin,
        (Math.floor(k / columns) % rows) - radius,
        (k % columns) - radius,
      ];
      for (const [dz, dy, dx] of offsets) {
        const [w, v, u] = [z + dz, y + dy, x + dx];
        if (w >= 0 && w < depth && v >= 0 && v < height && u >= 0 && u < width) out[(w * height + v) * width + u] = 0;
      }
    }
    return out;
  };
  return { fraction, surface, sample };
}
