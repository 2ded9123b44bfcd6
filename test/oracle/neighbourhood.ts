import type { Border } from "#src/core/border.js";
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

/** Index that an index beyond the faces stands for, from the picture in the documentation of each border; −1: a constant. */
export function bordered(index: number, length: number, border: Border): number {
  if (border === "reflect") return reflect(index, length);
  let k = index;
  if (border === "mirror" && length === 1) return 0;
  if (border === "mirror") while (k < 0 || k >= length) k = k < 0 ? -k : 2 * length - 2 - k;
  if (border === "wrap") while (k < 0 || k >= length) k += k < 0 ? length : -length;
  if (border === "nearest") while (k < 0 || k >= length) k += k < 0 ? 1 : -1;
  return k < 0 || k >= length ? -1 : k;
}

/** Value of a voxel, which may lie outside the block. */
export function voxel({ shape, values }: Block, z: number, y: number, x: number, border: Border = "reflect"): number {
  const at = [z, y, x].map((n, k) => bordered(n, shape[k]!, border)) as [number, number, number];
  if (at.includes(-1)) return (border as { constant: number }).constant;
  return values[(at[0] * shape[1] + at[1]) * shape[2] + at[2]]!;
}

/** Calls `value` for each voxel in C order. */
export function eachVoxel(shape: Shape, value: (z: number, y: number, x: number) => number): number[] {
  const out: number[] = [];
  for (let z = 0; z < shape[0]; z++)
    for (let y = 0; y < shape[1]; y++) for (let x = 0; x < shape[2]; x++) out.push(value(z, y, x));
  return out;
}

/** Offsets of a ball (an ellipsoid), a box, or a cross along the axes. */
export function footprint(kind: "ball" | "box" | "cross", radius: Triple): Triple[] {
  const out: Triple[] = [];
  const [rz, ry, rx] = radius.map(Math.floor) as [number, number, number];
  for (let z = -rz; z <= rz; z++)
    for (let y = -ry; y <= ry; y++)
      for (let x = -rx; x <= rx; x++) {
        const distance = [z, y, x].reduce((sum, d, k) => sum + (d === 0 ? 0 : (d / radius[k]!) ** 2), 0);
        const within = kind === "cross" ? [z, y, x].filter((d) => d !== 0).length <= 1 : distance <= 1 + 1e-9;
        if (kind === "box" || within) out.push([z, y, x]);
      }
  return out;
}
