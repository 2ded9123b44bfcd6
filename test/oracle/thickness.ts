import type { Shape, Triple } from "#src/core/shape.js";

/**
 * Diameter of the largest ball that covers a voxel, by trying all balls at all voxels.
 * @param allowed distance about each voxel that is not left: 0 where there is no ball
 * @param radii a ball has the largest of them that is not above the distance; undefined: the distance itself
 */
export function thickness(
  shape: Shape,
  allowed: ArrayLike<number>,
  steps: Triple,
  radii?: readonly number[],
): Float64Array {
  const [depth, height, width] = shape;
  const out = new Float64Array(depth * height * width);
  const hair = 1e-6;
  for (let k = 0; k < out.length; k++) {
    const far = allowed[k]!;
    if (!(far > 0)) continue;
    const radius = radii === undefined ? far : Math.max(0, ...radii.filter((one) => one <= far * (1 + hair)));
    if (radius === 0) continue;
    const [z, y, x] = [Math.floor(k / (height * width)), Math.floor(k / width) % height, k % width];
    for (let n = 0; n < out.length; n++) {
      const [w, v, u] = [Math.floor(n / (height * width)), Math.floor(n / width) % height, n % width];
      const apart = Math.hypot((w - z) * steps[0], (v - y) * steps[1], (u - x) * steps[2]);
      if (apart < radius * (1 - hair)) out[n] = Math.max(out[n]!, 2 * radius);
    }
  }
  return out;
}
