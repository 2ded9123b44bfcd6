/** Maps of concentration and flux against Kirchhoff's law. */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Axis, Triple } from "#src/core/shape.js";
import { fromVoxels } from "#src/io/from-voxels.js";
import { fluxMaps } from "#src/transport/flux-maps.js";
import { conductionTruth } from "../oracle/conduction.js";
import { memoryVolume } from "../support/memory-volume.js";
import { random } from "../support/random-volume.js";
import { structure } from "../support/transport-structures.js";

test("concentrations are those of Kirchhoff's law, along each axis, from either side and around sides", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.tuple(fc.integer({ min: 1, max: 7 }), fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 9 })),
      fc.constantFrom("z", "y", "x"),
      fc.boolean(),
      fc.boolean(),
      fc.integer({ min: 1, max: 2 ** 30 }),
      async (shape, axis, around, several, seed) => {
        const next = random(seed);
        const k = ["z", "y", "x"].indexOf(axis) as 0 | 1 | 2;
        const values = Uint8Array.from({ length: shape[0] * shape[1] * shape[2] }, () => (next() < 0.8 ? 1 : 2));
        const spacing: Triple = several ? [0.3, 0.5, 1.1] : [1, 1, 1];
        const conductivities: Record<number, number> = several ? { 1: 1, 2: 0.3 } : { 1: 1, 2: 1 };
        const volume = memoryVolume(values, shape, { role: "labels", spacing });
        const side = seed % 2 === 0 ? "low" : "high";
        const { concentration } = await fluxMaps(volume, {
          conductivities,
          collector: { axis: axis as Axis, side },
          sides: around ? "periodic" : "closed",
          tolerance: 1e-5,
        });
        const truth = conductionTruth({
          conductivity: Float64Array.from(values, (value) => conductivities[value]!),
          shape,
          axis: k,
          spacing,
          periodic: [0, 1, 2].map((n) => around && n !== k),
        });
        const found = await concentration.read();
        for (const [n, value] of truth.potential.entries())
          expect(Math.abs(found[n]! - (side === "high" ? value : 1 - value))).toBeLessThan(1e-4);
      },
    ),
    { numRuns: 20, seed: 5 },
  );
});

test("the flux is 1 in an open block, and in a bottleneck as much larger as it is narrower", async () => {
  const open = await fluxMaps(await fromVoxels(new Uint8Array(6 * 5 * 7).fill(1), [6, 5, 7], { role: "labels" }), {
    phase: 1,
    axis: "y",
  });
  for (const value of await open.flux.read()) expect(value).toBeCloseTo(1, 5);
  // In two dimensions: nine voxels wide, then one, then nine.
  const neck = structure([1, 9, 61], (_, y, x) => (x < 20 || x > 40 || y === 4 ? 1 : 0));
  const { flux, concentration } = await fluxMaps(await fromVoxels(neck, [1, 9, 61], { role: "labels" }), {
    phase: 1,
    axis: "x",
    tolerance: 1e-5,
  });
  const middle = await flux.at(0, 4, 30);
  expect(middle / (await flux.at(0, 4, 3))).toBeCloseTo(9, 2);
  expect(await flux.at(0, 0, 30)).toBeNaN();
  expect(await concentration.at(0, 4, 30)).toBeCloseTo(0.5, 4);
  expect(flux.role).toBe("field");
});

test("a region keeps its place, and what leads nowhere is refused", async () => {
  const volume = (
    await fromVoxels(
      structure([6, 6, 6], (z) => (z === 3 ? 0 : 1)),
      [6, 6, 6],
      { role: "labels" },
    )
  ).with({});
  await expect(fluxMaps(volume, { phase: 1 })).rejects.toThrow(/no path leads/);
  const { flux } = await fluxMaps(volume, { phase: 1, region: { start: [0, 1, 2], stop: [3, 6, 6] } });
  expect(flux.shape).toEqual([3, 5, 4]);
});

test("of a phase that has no voxel the phase is told to be missing, as everywhere", async () => {
  const volume = await fromVoxels(new Uint8Array(64), [4, 4, 4], { phaseNames: ["solid", "pore"] });
  await expect(fluxMaps(volume, { phase: "pore" })).rejects.toMatchObject({ code: "MissingData" });
});
