import type { Shape, Triple } from "#src/core/shape.js";

/** A C-ordered array with its shape: what oracles work on. */
export interface Block {
  readonly shape: Shape;
  readonly values: ArrayLike<number>;
}

/** Index that `d c b a | a b c d | d c b a` stands for, by walking it back step by step. */
export function reflect(index: number, length: number): number {
  let k = index;
  while (k < 0 || k >= length) k = k < 0 ? -1 - k : 2 * length - 1 - k;
  return k;
}

/** Value of a voxel, by reflection outside the block. */
export function voxel({ shape, values }: Block, z: number, y: number, x: number): number {
  return values[(reflect(z, shape[0]) * shape[1] + reflect(y, shape[1])) * shape[2] + reflect(x, shape[2])]!;
}

/** Calls `value` for each voxel in C order. */
export function eachVoxel(shape: Shape, value: (z: number, y: number, x: number) => number): number[] {
  const out: number[] = [];
  for (let z = 0; z < shape[0]; z++)
    for (let y = 0; y < shape[1]; y++) for (let x = 0; x < shape[2]; x++) out.push(value(z, y, x));
  return out;
}

/** Offsets of a ball (an ellipsoid) or a box. */
export function footprint(kind: "ball" | "box", radius: Triple): Triple[] {
  const out: Triple[] = [];
  const [rz, ry, rx] = radius.map(Math.floor) as [number, number, number];
  for (let z = -rz; z <= rz; z++)
    for (let y = -ry; y <= ry; y++)
      for (let x = -rx; x <= rx; x++) {
        const distance = [z, y, x].reduce((sum, d, k) => sum + (d === 0 ? 0 : (d / radius[k]!) ** 2), 0);
        if (kind === "box" || distance <= 1 + 1e-9) out.push([z, y, x]);
      }
  return out;
}
