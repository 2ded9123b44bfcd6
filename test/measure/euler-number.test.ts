/** Euler numbers, against the definition, known bodies and scikit-image. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { phaseTable } from "#src/core/phases.js";
import type { Region, Shape } from "#src/core/shape.js";
import { um } from "#src/index.js";
import { eulerNumber } from "#src/measure/euler-number.js";
import * as oracle from "../oracle/cells.js";
import { memoryVolume } from "../support/memory-volume.js";
import { random } from "../support/random-volume.js";
import { referenceGrey, referencePhases } from "../support/reference-volume.js";
import { root } from "../support/require.js";

type Row = Record<string, number>;
const golden = JSON.parse(readFileSync(join(root, "test/golden/surfaces.json"), "utf8")) as {
  surfaces: Row[];
  noise: Row;
};
const numbers = async (...call: Parameters<typeof eulerNumber>): Promise<number[]> =>
  [...(await eulerNumber(...call)).getChild("Euler number")!].map(Number);

test("are those of scikit-image", async () => {
  const phases = referencePhases(64);
  const labels = memoryVolume(phases, [64, 64, 64], { role: "labels", brick: [64, 20, 30] });
  const noise = memoryVolume(
    (referenceGrey(phases, 8) as Uint8Array).map((grey) => (grey > 120 ? 1 : 0)),
    [64, 64, 64],
    { role: "mask", brick: [16, 64, 64] },
  );
  for (const connectivity of [6, 26] as const) {
    expect(await numbers(labels, { connectivity })).toEqual(golden.surfaces.map((row) => row[`euler ${connectivity}`]));
    expect((await numbers(noise, { connectivity }))[1]).toBe(golden.noise[`euler ${connectivity}`]);
  }
});

test("a ball has 1, a ring 0, a hollow ball 2, three pieces 3, wherever the volume ends", async () => {
  const body = (held: (z: number, y: number, x: number) => boolean) =>
    memoryVolume(
      Uint8Array.from({ length: 15 ** 3 }, (_, k) =>
        held(Math.floor(k / 225) - 7, (Math.floor(k / 15) % 15) - 7, (k % 15) - 7) ? 1 : 0,
      ),
      [15, 15, 15],
      { role: "mask", brick: [4, 15, 7] },
    );
  for (const connectivity of [6, 26] as const) {
    const of = async (held: Parameters<typeof body>[0]): Promise<number> =>
      (await numbers(body(held), { connectivity, phase: "inside" }))[0]!;
    expect(await of((...at) => Math.hypot(...at) <= 6)).toBe(1);
    expect(await of((z, y, x) => Math.hypot(Math.hypot(y, x) - 5, z) <= 2)).toBe(0);
    expect(await of((...at) => Math.hypot(...at) <= 6 && Math.hypot(...at) > 3)).toBe(2);
    expect(await of((z) => Math.abs(z) === 7 || z === 0)).toBe(3);
    expect(await of(() => true)).toBe(1);
  }
  // Two voxels with a corner in common are one piece or two.
  const corner = memoryVolume(Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 1), [2, 2, 2], { role: "mask" });
  expect(await numbers(corner, { phase: "inside" })).toEqual([2]);
  expect(await numbers(corner, { phase: "inside", connectivity: 26 })).toEqual([1]);
});

test("are those of the definition for any bricks, workers, region and mask", async () => {
  const shape: Shape = [6, 7, 21];
  await fc.assert(
    fc.asyncProperty(
      fc.tuple(fc.integer({ min: 1, max: 7 }), fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 24 })),
      fc.constantFrom(1, 2, 4),
      fc.constantFrom(6 as const, 26 as const),
      fc.boolean(),
      fc.integer({ min: 1, max: 2 ** 30 }),
      async (brick, workers, connectivity, part, seed) => {
        const next = random(seed);
        const values = Uint8Array.from({ length: 6 * 7 * 21 }, () => Math.floor(3 * next()));
        const inside = Uint8Array.from(values, () => (next() < 0.8 ? 1 : 0));
        const region: Region = { start: [1, 0, 2], stop: [6, 6, 20] };
        const counts = (k: number): boolean => {
          const at = [Math.floor(k / 147), Math.floor(k / 21) % 7, k % 21];
          return (
            !part || (inside[k] === 1 && at.every((n, axis) => n >= region.start[axis]! && n < region.stop[axis]!))
          );
        };
        const options = part ? { region, mask: memoryVolume(inside, shape, { role: "mask" }) } : {};
        const labels = memoryVolume(values, shape, { role: "labels", brick, phases: phaseTable(3) });
        expect(await numbers(labels, { ...options, workers, connectivity })).toEqual(
          [0, 1, 2].map((phase) => oracle.eulerNumber(shape, (k) => values[k] === phase && counts(k), connectivity)),
        );
      },
    ),
    { numRuns: 25, seed: 3 },
  );
});

test("come per volume, and what cannot be meant is refused", async () => {
  const labels = memoryVolume(Uint8Array.of(0, 1, 0, 0), [1, 2, 2], { role: "labels", spacing: [2e-6, 1e-6, 1e-6] });
  const table = await eulerNumber(labels);
  expect([...table.getChild("Euler number per volume")!]).toEqual([1 / 8, 1 / 8]);
  expect(table.schema.fields[3]!.metadata.get("unit")).toBe("1/µm³");
  await expect(eulerNumber(labels, { connectivity: 18 as never })).rejects.toThrow("connectivity is 18; allowed are 6");
  await expect(eulerNumber(labels, { phase: "pores" })).rejects.toMatchObject({ code: "InvalidArgument" });
  await expect(eulerNumber(labels.with({ role: "intensity", spacing: um(1) }))).rejects.toThrow("role intensity");
});
