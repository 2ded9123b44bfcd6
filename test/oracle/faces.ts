import type { Shape } from "#src/core/shape.js";

/**
 * Number of faces between voxels of two values, by the definition: each voxel with its next one along z, y and x. Keys are
 * `a,b` with a < b.
 */
export function facesBetween(
  values: ArrayLike<number>,
  shape: Shape,
  counts: (k: number) => boolean = () => true,
): Map<string, [across: number, y: number, x: number]> {
  const [planes, rows, columns] = shape;
  const found = new Map<string, [number, number, number]>();
  for (let z = 0; z < planes; z++)
    for (let y = 0; y < rows; y++)
      for (let x = 0; x < columns; x++) {
        const k = (z * rows + y) * columns + x;
        const next = [
          z + 1 < planes ? k + rows * columns : -1,
          y + 1 < rows ? k + columns : -1,
          x + 1 < columns ? k + 1 : -1,
        ];
        for (const [axis, other] of next.entries()) {
          if (other < 0 || values[k] === values[other] || !counts(k) || !counts(other)) continue;
          const key = [values[k]!, values[other]!].sort((a, b) => a - b).join(",");
          const faces = found.get(key) ?? [0, 0, 0];
          faces[axis]!++;
          found.set(key, faces);
        }
      }
  return found;
}
