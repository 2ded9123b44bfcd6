/** Values at points between voxels, from the definition of each interpolation. */
import type { Border } from "#src/core/border.js";
import type { Shape, Triple } from "#src/core/shape.js";
import { type Block, eachVoxel, voxel } from "./neighbourhood.js";

/** Interpolating kernels, as functions of the distance in voxels. */
const KERNELS = {
  linear: (d: number) => Math.max(0, 1 - Math.abs(d)),
  /** Keys 1981, equation 15. */
  cubic: (d: number) => {
    const s = Math.abs(d);
    if (s <= 1) return 1.5 * s ** 3 - 2.5 * s ** 2 + 1;
    return s < 2 ? -0.5 * s ** 3 + 2.5 * s ** 2 - 4 * s + 2 : 0;
  },
} as const;

function valueAt(block: Block, at: Triple, kind: "nearest" | "linear" | "cubic", border: Border): number {
  if (typeof border === "object" && at.some((p, k) => p < -1e-9 || p > block.shape[k]! - 1 + 1e-9))
    return border.constant;
  const [z, y, x] = at.map((p) => Math.floor(p)) as unknown as Triple;
  if (kind === "nearest") {
    const [nz, ny, nx] = at.map((p) => Math.floor(p + 0.5)) as unknown as Triple;
    return voxel(block, nz, ny, nx, border);
  }
  const weight = KERNELS[kind];
  let sum = 0;
  for (let dz = -2; dz <= 3; dz++)
    for (let dy = -2; dy <= 3; dy++)
      for (let dx = -2; dx <= 3; dx++) {
        const w = weight(at[0] - z - dz) * weight(at[1] - y - dy) * weight(at[2] - x - dx);
        if (w !== 0) sum += w * voxel(block, z + dz, y + dy, x + dx, border);
      }
  return sum;
}

/** Every voxel r of the result at `matrix · r + offset`. */
export function affine(
  block: Block,
  shape: Shape,
  matrix: readonly number[],
  offset: Triple,
  kind: "nearest" | "linear" | "cubic",
  border: Border,
): number[] {
  return eachVoxel(shape, (z, y, x) => {
    const at = offset.map(
      (o, k) => matrix[3 * k]! * z + matrix[3 * k + 1]! * y + matrix[3 * k + 2]! * x + o,
    ) as unknown as Triple;
    return valueAt(block, at, kind, border);
  });
}

/** What `of` makes of the voxels of each block that lie in the volume. */
export function blocks(block: Block, factor: Triple, of: (values: readonly number[]) => number): number[] {
  const shape = block.shape.map((n, k) => Math.ceil(n / factor[k]!)) as unknown as Shape;
  return eachVoxel(shape, (z, y, x) => {
    const values: number[] = [];
    for (let k = z * factor[0]; k < Math.min(block.shape[0], (z + 1) * factor[0]); k++)
      for (let j = y * factor[1]; j < Math.min(block.shape[1], (y + 1) * factor[1]); j++)
        for (let i = x * factor[2]; i < Math.min(block.shape[2], (x + 1) * factor[2]); i++)
          values.push(voxel(block, k, j, i));
    return of(values);
  });
}
