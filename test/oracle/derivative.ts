import type { Triple } from "#src/core/shape.js";
import { gaussian } from "./gaussian.js";
import { type Block, eachVoxel, voxel } from "./neighbourhood.js";

/** Derivative of the blurred block, in double precision: the sampled Gaussian times x/σ² or x²/σ⁴ − 1/σ², axis by axis. */
export function derivative(block: Block, sigma: Triple, orders: Triple): number[] {
  let now = block;
  for (const axis of [0, 1, 2] as const) {
    const s = sigma[axis];
    const only = (value: number): Triple => [0, 1, 2].map((k) => (k === axis ? value : 0)) as unknown as Triple;
    if (orders[axis] === 0) {
      now = { shape: block.shape, values: gaussian(now, only(s)) };
      continue;
    }
    const reach = Math.floor(4 * s + 0.5);
    const at = Array.from({ length: 2 * reach + 1 }, (_, k) => k - reach);
    const bell = at.map((x) => Math.exp(-(x ** 2) / (2 * s ** 2)));
    const total = bell.reduce((a, b) => a + b);
    const weights = at.map(
      (x, k) => (bell[k]! / total) * (orders[axis] === 1 ? x / s ** 2 : x ** 2 / s ** 4 - 1 / s ** 2),
    );
    const before = now;
    now = {
      shape: block.shape,
      values: eachVoxel(block.shape, (z, y, x) =>
        at.reduce((sum, d, k) => {
          const place: [number, number, number] = [z, y, x];
          place[axis] += d;
          return sum + weights[k]! * voxel(before, ...place);
        }, 0),
      ),
    };
  }
  return Array.from(now.values);
}

/** Length of the gradient of the blurred block. */
export function gradientMagnitude(block: Block, sigma: Triple, scale: Triple = [1, 1, 1]): number[] {
  const parts = [0, 1, 2].map((k) =>
    derivative(block, sigma, [0, 1, 2].map((n) => (n === k ? 1 : 0)) as unknown as Triple),
  );
  return parts[0]!.map((_, k) => Math.hypot(...parts.map((part, axis) => scale[axis]! * part[k]!)));
}

/** Length of the gradient by Sobel's operator, from all 27 voxels, per voxel. */
export function sobel(block: Block): number[] {
  const smooth = [1, 2, 1];
  const slope = [-1, 0, 1];
  return eachVoxel(block.shape, (z, y, x) => {
    const sums = [0, 0, 0];
    for (let a = 0; a < 3; a++)
      for (let b = 0; b < 3; b++)
        for (let c = 0; c < 3; c++) {
          const value = voxel(block, z + a - 1, y + b - 1, x + c - 1);
          sums[0]! += slope[a]! * smooth[b]! * smooth[c]! * value;
          sums[1]! += smooth[a]! * slope[b]! * smooth[c]! * value;
          sums[2]! += smooth[a]! * smooth[b]! * slope[c]! * value;
        }
    return Math.hypot(...sums) / 32;
  });
}

/** Sum of the second derivatives of the blurred block; with σ 0, of differences of differences. */
export function laplacian(block: Block, sigma: number, scale: Triple = [1, 1, 1]): number[] {
  if (sigma === 0)
    return eachVoxel(block.shape, (z, y, x) => {
      const at = (dz: number, dy: number, dx: number): number => voxel(block, z + dz, y + dy, x + dx);
      const bend = (dz: number, dy: number, dx: number): number => at(dz, dy, dx) + at(-dz, -dy, -dx) - 2 * at(0, 0, 0);
      return scale[0] ** 2 * bend(1, 0, 0) + scale[1] ** 2 * bend(0, 1, 0) + scale[2] ** 2 * bend(0, 0, 1);
    });
  const parts = [0, 1, 2].map((k) =>
    derivative(block, [sigma, sigma, sigma], [0, 1, 2].map((n) => (n === k ? 2 : 0)) as unknown as Triple),
  );
  return parts[0]!.map((_, k) => parts.reduce((sum, part, axis) => sum + scale[axis]! ** 2 * part[k]!, 0));
}
