/** Reductions that look beyond a voxel: the mean gradient, over regions, masks and borders. */
import { expect, test } from "vitest";
import { meanSquareGradient } from "#src/compute/operations/diffusion.js";
import { reduce } from "#src/compute/run.js";
import { DTYPES, type DType } from "#src/core/dtype.js";
import { wholeRegion } from "#src/core/shape.js";
import { type Block, voxel } from "../oracle/neighbourhood.js";
import { memoryVolume } from "../support/memory-volume.js";
import { randomVoxels } from "../support/random-volume.js";

const SHAPE = [5, 9, 21] as const;
const count = 5 * 9 * 21;
/** So many units to a grey value: their squares are then counted as whole numbers. */
const UNITS = 16;

test("a reduction sees the true neighbours of a region, the border around a volume, and counts what the mask holds", async () => {
  const inside = randomVoxels("uint8", count, 4).map((value) => value & 1);
  for (const dtype of Object.keys(DTYPES) as DType[]) {
    const values = randomVoxels(dtype, count, 8).map((value) => value % 100);
    const block: Block = { shape: SHAPE, values };
    for (const brick of [[2, 4, 6], SHAPE] as const)
      for (const border of ["reflect", "mirror", "nearest", "wrap", { constant: 17 }] as const)
        for (const region of [wholeRegion(SHAPE), { start: [1, 0, 3], stop: [4, 9, 20] }] as const)
          for (const masked of [false, true]) {
            let [units, voxels] = [0n, 0];
            for (let z = region.start[0]; z < region.stop[0]; z++)
              for (let y = region.start[1]; y < region.stop[1]; y++)
                for (let x = region.start[2]; x < region.stop[2]; x++) {
                  if (masked && inside[(z * 9 + y) * 21 + x] === 0) continue;
                  const at = (dz: number, dy: number, dx: number): number =>
                    voxel(block, z + dz, y + dy, x + dx, border) - voxel(block, z - dz, y - dy, x - dx, border);
                  const square = at(1, 0, 0) ** 2 + at(0, 1, 0) ** 2 + at(0, 0, 1) ** 2;
                  units += BigInt(Math.round((square * UNITS ** 2) / 4));
                  voxels++;
                }
            const volume = memoryVolume(values, SHAPE, { brick });
            const mask = memoryVolume(inside, SHAPE, { brick: [3, 3, 8], role: "mask" });
            const options = { border, region, ...(masked && { mask }), workers: 2 };
            const scale = [UNITS, UNITS, UNITS] as const;
            const found = await reduce(meanSquareGradient, volume, { scale }, options);
            expect(found.voxels).toBe(voxels);
            // Whole grey values are counted exactly; others are rounded once more in float32.
            if (DTYPES[dtype].integer) expect(found.units).toBe(units);
            else expect(Math.abs(Number(found.units - units)) / Number(units)).toBeLessThan(1e-5);
          }
  }
});

test("voxels that are no numbers count nowhere in the mean gradient", async () => {
  const values = new Float32Array(27).map((_, k) => k);
  values[13] = Number.NaN;
  const found = await reduce(meanSquareGradient, memoryVolume(values, [3, 3, 3]), { scale: [1, 1, 1] }, {});
  // The six neighbours of the middle see it; the middle itself lies between numbers.
  expect(found.voxels).toBe(21);
});
