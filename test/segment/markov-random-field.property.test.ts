import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { DTYPES, type DType, voxelArray } from "#src/core/dtype.js";
import { OUTSIDE } from "#src/core/phases.js";
import type { Shape } from "#src/core/shape.js";
import { markovRandomField } from "#src/segment/markov-random-field.js";
import { threshold } from "#src/segment/threshold.js";
import { conditionalModes, energy, lowestEnergy, type Potts } from "../oracle/markov-field.js";
import { memoryVolume } from "../support/memory-volume.js";
import { foundOf, planted } from "../support/planted-field.js";
import { random } from "../support/random-volume.js";
import { referenceGrey, referencePhases } from "../support/reference-volume.js";
import { root } from "../support/require.js";

interface GoldenRow extends Pick<Potts, "means" | "deviations" | "smoothness"> {
  readonly energy: number;
}

const golden = JSON.parse(readFileSync(join(root, "test/golden/markov.json"), "utf8")) as Record<
  "two" | "three",
  readonly GoldenRow[]
>;

const shapes = fc.constantFrom<Shape[]>([2, 3, 3], [1, 3, 4], [3, 2, 2], [1, 1, 9], [2, 2, 3]);

test("graph cuts find the lowest energy of two classes, near it that of three, and no labels are below the bound", async () => {
  let [proved, nearly] = [0, 0];
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 2, max: 3 }),
      shapes,
      fc.integer({ min: 1, max: 2 ** 31 - 1 }),
      fc.double({ min: 0, max: 3, noNaN: true }),
      async (classes, shape, seed, smoothness) => {
        const next = random(seed);
        const length = shape[0] * shape[1] * shape[2];
        const values = Float32Array.from({ length: length }, () => 100 * classes * next() - 50);
        const means = Array.from({ length: classes }, (_, k) => 100 * k);
        const deviations = means.map(() => 30 + 60 * next());
        const start = Uint8Array.from({ length }, () => (next() < 0.15 ? OUTSIDE : Math.floor(classes * next())));
        start[0] = 0;
        const labels = memoryVolume(start, shape, {
          role: "labels",
          phases: means.map((_, label) => ({ label, name: `${label}`, colour: "#000000" })),
        });
        const volume = memoryVolume(values, shape);
        const options = { start: labels, means, deviations, smoothness, method: "expansion", boundPasses: 60 } as const;
        const result = await markovRandomField(volume, options);
        const potts: Potts = { shape, means, deviations, smoothness };
        const lowest = lowestEnergy(values, start, potts);
        const found = foundOf(result);
        const own = await result.read();
        expect(found.energy).toBe(energy(values, own, potts));
        expect(Array.from(own, (label) => label === OUTSIDE)).toEqual(Array.from(start, (label) => label === OUTSIDE));
        expect(found.bound).toBeLessThanOrEqual(lowest);
        expect(found.energy).toBeGreaterThanOrEqual(lowest);
        if (classes === 2) expect([found.energy, found.bound]).toEqual([lowest, lowest]);
        if (found.energy === lowest) proved++;
        if (lowest - found.bound! < 0.01) nearly++;
      },
    ),
    { numRuns: 30, seed: 5 },
  );
  expect(proved).toBeGreaterThan(27);
  expect(nearly).toBeGreaterThan(26);
});

test("energies of cuts are those of PyMaxflow: the same of two classes, of three not above its α-expansion by more than 10⁻⁵", async () => {
  const volume = memoryVolume(referenceGrey(referencePhases(64), 8), [64, 64, 64], { brick: [64, 64, 64] });
  for (const { energy, ...options } of golden.two) {
    const found = foundOf(await markovRandomField(volume, { ...options, method: "expansion" }));
    expect([found.energy, found.bound]).toEqual([energy, energy]);
  }
  for (const { energy, ...options } of golden.three) {
    const found = foundOf(await markovRandomField(volume, { ...options, method: "expansion" }));
    expect(found.energy / energy - 1).toBeLessThan(1e-5);
    expect(found.bound).toBeLessThanOrEqual(Math.min(energy, found.energy));
    expect(1 - found.bound! / found.energy).toBeLessThan(1e-4);
  }
});

test("conditional modes are those of visiting voxel after voxel, for any brick shape, region, mask and number of workers", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 40 })),
      fc.tuple(fc.integer({ min: 3, max: 7 }), fc.integer({ min: 2, max: 7 }), fc.integer({ min: 5, max: 30 })),
      fc.integer({ min: 1, max: 2 ** 31 - 1 }),
      fc.double({ min: 0, max: 3, noNaN: true }),
      fc.integer({ min: 1, max: 3 }),
      async (shape, brick, seed, smoothness, rounds) => {
        const { values } = planted(shape, 3, 60, seed);
        if (values.length > 5) values[5] = Number.NaN;
        const next = random(seed);
        const inside = Uint8Array.from(values, () => (next() < 0.9 ? 1 : 0));
        inside[0] = 1;
        const [means, deviations] = [
          [0, 100, 200],
          [50, 60, 70],
        ] as const;
        const potts: Potts = { shape, means, deviations, smoothness };
        const first = Array.from(values, (value, k) =>
          Number.isNaN(value) || inside[k] === 0 ? OUTSIDE : Number(value > 60) + Number(value > 150),
        );
        const volume = memoryVolume(values, shape, { brick });
        const mask = memoryVolume(inside, shape, { role: "mask" });
        const options = { start: [60, 150], means, deviations, smoothness, rounds, mask };
        const labels = await markovRandomField(volume, { ...options, workers: 2 });
        // A round that changes nothing is the last one.
        const expected = conditionalModes(values, first, potts, 2 * rounds);
        expect(Array.from(await labels.read())).toEqual(expected);
        expect(foundOf(labels).energy).toBe(energy(values, expected, potts));
      },
    ),
    { numRuns: 25, seed: 7 },
  );
});

test("the same bytes come for any brick shape, and the labels of a start keep their names", async () => {
  const { values } = planted([9, 20, 33], 2, 70, 8);
  const outcomes: unknown[] = [];
  for (const brick of [
    [9, 20, 33],
    [4, 7, 16],
    [3, 3, 8],
  ] as const) {
    const volume = memoryVolume(values, [9, 20, 33], { brick });
    const start = await threshold(volume, 50, { names: ["pore", "solid"] });
    const labels = await markovRandomField(volume, { start, method: "expansion" });
    outcomes.push([await labels.read(), foundOf(labels).energy, labels.phases!.map(({ name }) => name)]);
  }
  expect(outcomes[1]).toEqual(outcomes[0]);
  expect(outcomes[2]).toEqual(outcomes[0]);
  expect((outcomes[0] as unknown[])[2]).toEqual(["pore", "solid"]);
});

test("voxels of any type, with a mask, get the labels of the same numbers as float32", async () => {
  const { values } = planted([6, 9, 11], 2, 25, 21);
  const whole = values.map((value) => Math.min(120, Math.max(0, Math.round(value))));
  const inside = Uint8Array.from(whole, (_, k) => (k % 7 === 0 ? 0 : 1));
  const mask = memoryVolume(inside, [6, 9, 11], { role: "mask" });
  const options = { means: [0, 100], deviations: [25, 25], mask };
  for (const method of ["icm", "expansion"] as const) {
    const outcomes: unknown[] = [];
    for (const dtype of ["float32", ...Object.keys(DTYPES)] as DType[]) {
      const voxels = voxelArray(dtype, whole.length);
      voxels.set(whole);
      const labels = await markovRandomField(memoryVolume(voxels, [6, 9, 11]), { ...options, method });
      outcomes.push([await labels.read(), foundOf(labels).energy]);
    }
    for (const outcome of outcomes) expect(outcome).toEqual(outcomes[0]);
    const [labels] = outcomes[0] as [Uint8Array];
    expect(Array.from(labels, (label) => label === OUTSIDE)).toEqual(Array.from(inside, (one) => one === 0));
  }
});
