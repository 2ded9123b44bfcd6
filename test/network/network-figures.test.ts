/** The largest balls of regions, however they are looked for. */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Shape, Triple } from "#src/core/shape.js";
import { distanceTransform } from "#src/morphology/distance-transform.js";
import { networkFigures } from "#src/network/network-figures.js";
import { memoryVolume } from "../support/memory-volume.js";
import { random } from "../support/random-volume.js";

/** Regions around seeded middles, each voxel that of the nearest one, with walls of balls cut out: wide and narrow places. */
function regions(shape: Shape, middles: number, walls: number, seed: number): Uint32Array {
  const next = random(seed);
  const place = (): number[] => shape.map((n) => next() * n);
  const [of, out] = [Array.from({ length: middles }, place), Array.from({ length: walls }, place)];
  return Uint32Array.from({ length: shape[0] * shape[1] * shape[2] }, (_, k) => {
    const at = [Math.floor(k / (shape[1] * shape[2])), Math.floor(k / shape[2]) % shape[1], k % shape[2]];
    const far = (from: number[]): number => Math.hypot(...from.map((n, axis) => n - at[axis]!));
    if (out.some((wall) => far(wall) < 2.5)) return 0;
    const all = of.map(far);
    return 3 + all.indexOf(Math.min(...all));
  });
}

test("are the same whether few voxels are looked at, all distances are found, or one after the other, for any edges and bricks", async () => {
  const shapes = [
    [17, 21, 26],
    [1, 40, 33],
    [30, 9, 14],
  ] as const;
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 2 ** 30 }),
      fc.constantFrom(...shapes),
      fc.constantFrom<Triple | undefined>(undefined, [2e-6, 1e-6, 1.37e-6]),
      fc.integer({ min: 1, max: 12 }),
      fc.integer({ min: 1, max: 9 }),
      async (seed, shape, spacing, middles, walls) => {
        const made = regions(shape, middles, walls, seed);
        const given = { role: "labels", brick: [8, 16, 16] as Shape, ...(spacing && { spacing }) } as const;
        const labels = memoryVolume(made, shape, given);
        const inside = memoryVolume(
          Uint8Array.from(made, (label) => Number(label > 0)),
          shape,
          { ...given, role: "mask" },
        );
        if (inside.range[0] === 1) return;
        const distances = await distanceTransform(inside);
        const few = await networkFigures(labels, distances, {});
        // 0: after the first plane of a brick; a hundredth: after some.
        for (const looks of [0, 0.01, 0.2]) expect(await networkFigures(labels, distances, {}, looks)).toEqual(few);
      },
    ),
    { numRuns: 30 },
  );
});
