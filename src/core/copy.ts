import type { Voxels } from "./dtype.js";
import type { Shape, Triple } from "./shape.js";

/**
 * Copies a box of voxels from one C-ordered array into another, row by row: all index arithmetic of bricks is here.
 * @param size extent of the box along z, y, x; it must lie inside both arrays
 */
export function copyBox(
  from: Voxels,
  fromShape: Shape,
  fromStart: Triple,
  to: Voxels,
  toShape: Shape,
  toStart: Triple,
  size: Triple,
): void {
  const [depth, rows, columns] = size;
  const wholeRows = columns === fromShape[2] && columns === toShape[2];
  for (let z = 0; z < depth; z++) {
    let f = ((fromStart[0] + z) * fromShape[1] + fromStart[1]) * fromShape[2] + fromStart[2];
    let t = ((toStart[0] + z) * toShape[1] + toStart[1]) * toShape[2] + toStart[2];
    if (wholeRows) {
      to.set(from.subarray(f, f + rows * columns), t);
      continue;
    }
    for (let y = 0; y < rows; y++, f += fromShape[2], t += toShape[2]) {
      // Calling subarray and set for a few voxels costs more than moving them.
      if (columns < 16) for (let x = 0; x < columns; x++) to[t + x] = from[f + x]!;
      else to.set(from.subarray(f, f + columns), t);
    }
  }
}
