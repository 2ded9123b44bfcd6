import type { Shape } from "#src/core/shape.js";

/** For each voxel the largest value that all voxels of some way to it from a start have, across faces: by widening until nothing changes. */
export function widestWays(shape: Shape, values: ArrayLike<number>, starts: (k: number) => boolean): Float64Array {
  const [depth, height, width] = shape;
  const out = Float64Array.from({ length: depth * height * width }, (_, k) => (starts(k) ? values[k]! : 0));
  for (let changed = true; changed; ) {
    changed = false;
    for (let k = 0; k < out.length; k++) {
      const [z, y, x] = [Math.floor(k / (height * width)), Math.floor(k / width) % height, k % width];
      const around = [
        z > 0 ? k - height * width : k,
        z < depth - 1 ? k + height * width : k,
        y > 0 ? k - width : k,
        y < height - 1 ? k + width : k,
        x > 0 ? k - 1 : k,
        x < width - 1 ? k + 1 : k,
      ];
      const best = Math.min(values[k]!, Math.max(...around.map((n) => out[n]!)));
      if (best > out[k]!) {
        out[k] = best;
        changed = true;
      }
    }
  }
  return out;
}
