import type { Voxels } from "../core/dtype.js";
import type { Shape } from "../core/shape.js";
import type { Zone } from "../core/volume.js";

/**
 * Smallest and largest value, sum and number of NaN of the first `extent` voxels of a padded brick.
 *
 * The sum of float32 voxels is taken in double precision in four lanes (x modulo 4), joined at the end: the same order
 * as the wasm kernel `zone`, so that a brick has the same record wherever it was computed.
 */
export function zoneOf(voxels: Voxels, brick: Shape, extent: Shape): Zone {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  let nan = 0;
  const sums = [0, 0, 0, 0];
  const float = voxels instanceof Float32Array;
  for (let z = 0; z < extent[0]; z++)
    for (let y = 0; y < extent[1]; y++) {
      const start = (z * brick[1] + y) * brick[2];
      if (float) {
        for (let x = 0; x < extent[2]; x++) {
          const value = voxels[start + x]!;
          if (Number.isNaN(value)) nan++;
          else {
            if (value < min) min = value;
            if (value > max) max = value;
            sums[x & 3]! += value;
          }
        }
      } else {
        let sum = 0;
        for (let x = 0; x < extent[2]; x++) {
          const value = voxels[start + x]!;
          if (value < min) min = value;
          if (value > max) max = value;
          sum += value;
        }
        sums[0]! += sum;
      }
    }
  // 0 added: of zero there is one, as in the kernel.
  return { min: min + 0, max: max + 0, sum: sums[0]! + sums[1]! + (sums[2]! + sums[3]!), nan };
}
