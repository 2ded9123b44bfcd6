import type { Shape } from "#src/core/shape.js";

/**
 * D_eff / D of a mask along z by conjugate gradients over its voxels: a face between two of them conducts 1, one at z = 0 and at the far
 * end 2, as the potential is given at the faces of the volume. Slow and obvious.
 */
export function voxelDiffusion(inside: Uint8Array, [depth, height, width]: Shape): number {
  const plane = height * width;
  const n = inside.length;
  const pairs: [number, number][] = [];
  for (let k = 0; k < n; k++) {
    if (inside[k] === 0) continue;
    if (k + plane < n && inside[k + plane]) pairs.push([k, k + plane]);
    if (Math.floor(k / width) % height < height - 1 && inside[k + width]) pairs.push([k, k + width]);
    if (k % width < width - 1 && inside[k + 1]) pairs.push([k, k + 1]);
  }
  const applied = (x: Float64Array): Float64Array => {
    const out = new Float64Array(n);
    for (const [a, b] of pairs) {
      out[a]! += x[a]! - x[b]!;
      out[b]! += x[b]! - x[a]!;
    }
    for (let k = 0; k < plane; k++) {
      out[k]! += 2 * x[k]! * inside[k]!;
      out[n - 1 - k]! += 2 * x[n - 1 - k]! * inside[n - 1 - k]!;
    }
    return out;
  };
  const right = new Float64Array(n);
  for (let k = 0; k < plane; k++) right[k] = 2 * inside[k]!;
  const x = new Float64Array(n);
  const residual = right.slice();
  const direction = residual.slice();
  let now = residual.reduce((sum, r) => sum + r * r, 0);
  const end = 1e-20 * now;
  while (now > end) {
    const image = applied(direction);
    const step = now / direction.reduce((sum, d, k) => sum + d * image[k]!, 0);
    for (let k = 0; k < n; k++) {
      x[k]! += step * direction[k]!;
      residual[k]! -= step * image[k]!;
    }
    const next = residual.reduce((sum, r) => sum + r * r, 0);
    for (let k = 0; k < n; k++) direction[k] = residual[k]! + (next / now) * direction[k]!;
    now = next;
  }
  let rate = 0;
  for (let k = n - plane; k < n; k++) rate += 2 * x[k]! * inside[k]!;
  return (rate * depth) / plane;
}
