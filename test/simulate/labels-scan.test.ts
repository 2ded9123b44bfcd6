import fc from "fast-check";
import { expect, test } from "vitest";
import { um } from "#src/core/length.js";
import type { Shape } from "#src/core/shape.js";
import type { Volume } from "#src/core/volume.js";
import { compareLabels } from "#src/measure/compare-labels.js";
import { threshold } from "#src/segment/threshold.js";
import { samples } from "#src/simulate/samples.js";
import { gaussian as gaussianOracle } from "../oracle/gaussian.js";
import { memoryVolume } from "../support/memory-volume.js";

const shape: Shape = [9, 12, 14];
const count = 9 * 12 * 14;
const NAMES = ["pore", "NMC", "CBD"];
/** Labels as TauFactor's electrode has them: the binder is the largest label. */
const electrodeLabels = (brick?: Shape): Volume =>
  memoryVolume(
    Uint8Array.from({ length: count }, (_, k) => 85 * ((Math.imul(k >> 2, 2654435761) >>> 16) % 3)),
    shape,
    {
      role: "labels",
      spacing: [4e-7, 4e-7, 4e-7],
      phases: NAMES.map((name, k) => ({ label: 85 * k, name, colour: "#000000" })),
      ...(brick && { brick }),
    },
  );
const attenuation = { pore: 0.02, CBD: 0.05, NMC: 0.11 };
const off = { photons: 0, rings: 0, cupping: 0, blur: 0 };
const grey = (absorbance: number): number => ((absorbance + 0.1) / 0.4) * 65535;

test("each voxel shows the absorbance of its phase, and the truth is in the order of brightness", async () => {
  const labels = electrodeLabels();
  const scan = await samples.scan(labels, { attenuation, ...off });
  expect([scan.role, scan.dtype, scan.shape, scan.spacing]).toEqual(["intensity", "uint16", shape, labels.spacing]);
  expect(scan.truth!.phases!.map(({ name, label }) => [name, label])).toEqual([
    ["pore", 0],
    ["CBD", 170],
    ["NMC", 85],
  ]);
  const [values, truth] = [await scan.read(), await scan.truth!.read()];
  const expected = new Map(labels.phases!.map(({ label, name }) => [label, attenuation[name as "pore"]]));
  for (const [k, value] of values.entries())
    expect(Math.abs(value - grey(expected.get(truth[k]!)!))).toBeLessThanOrEqual(0.501);
  const byOrder = await samples.scan(labels, { attenuation: [0.02, 0.11, 0.05], ...off });
  expect(await byOrder.read()).toEqual(values);
});

test("beyond its faces the structure is mirrored, however wide the point spread", async () => {
  const pattern = Uint8Array.from({ length: 2 * 12 * 14 }, (_, k) => (k >> 2) % 2);
  const thin = memoryVolume(pattern, [2, 12, 14], { role: "mask" });
  const flat = { attenuation: [0, 0.2], ...off };
  const sharp = await (await samples.scan(thin, flat)).read();
  const blurred = await (await samples.scan(thin, { ...flat, blur: 2.5 })).read();
  const oracle = gaussianOracle({ shape: [2, 12, 14], values: Float32Array.from(sharp) }, [2.5, 2.5, 2.5]);
  for (const [k, value] of blurred.entries()) expect(Math.abs(value - oracle[k]!)).toBeLessThan(1.1);
});

test("the voxels depend on the seed, not on bricks of the labels or of the scan", async () => {
  const options = { attenuation, blur: 1.2, photons: 300 };
  const expected = await (await samples.scan(electrodeLabels(), options)).read();
  await fc.assert(
    fc.asyncProperty(
      fc.tuple(fc.integer({ min: 2, max: 9 }), fc.integer({ min: 3, max: 12 }), fc.integer({ min: 3, max: 16 })),
      fc.tuple(fc.integer({ min: 2, max: 9 }), fc.integer({ min: 3, max: 12 }), fc.integer({ min: 3, max: 16 })),
      async (brick, other) => {
        const scan = await samples.scan(electrodeLabels(brick), { ...options, brick: other });
        expect(await scan.read()).toEqual(expected);
      },
    ),
    { numRuns: 6, seed: 5 },
  );
  const another = await samples.scan(electrodeLabels(), { ...options, seed: 2 });
  expect(await another.read()).not.toEqual(expected);
});

test("of the same structure it is the scan that samples.electrode makes, away from the faces", async () => {
  const made = await samples.electrode({ shape: [24, 40, 44], diameter: 12, bits: 8, blur: 0.6 });
  const again = await samples.scan(made.truth!, { attenuation: [0.02, 0.06, 0.11], bits: 8, blur: 0.6 });
  const inner = { start: [4, 4, 4], stop: [20, 36, 40] } as const;
  expect(await again.read(inner)).toEqual(await made.read(inner));
});

test("the truth of a mask is ordered by brightness, too, and one of other values than 0 and 1 is refused", async () => {
  const inside = Uint8Array.from({ length: count }, (_, k) => ((k >> 3) % 3 === 0 ? 1 : 0));
  const mask = memoryVolume(inside, shape, { role: "mask" });
  const scan = await samples.scan(mask, { attenuation: { outside: 0.11, inside: 0.02 }, ...off });
  expect(Array.from(await scan.read(), (value) => value < grey(0.06))).toEqual(Array.from(inside, (one) => one === 1));
  expect([scan.truth!.role, scan.truth!.phases!.map(({ name }) => name)]).toEqual(["labels", ["inside", "outside"]]);
  const found = await threshold(scan, grey(0.06));
  expect((await compareLabels(found, scan.truth)).accuracy).toBe(1);
  const other = memoryVolume(
    inside.map((one) => 255 * one),
    shape,
    { role: "mask" },
  );
  await expect(samples.scan(other, { attenuation: [0, 0.1] })).rejects.toThrow("labelMask(…) makes it");
});

test("a blur as a length asks for cubes", async () => {
  const flat = memoryVolume(new Uint8Array(8), [2, 2, 2], { role: "labels", spacing: [1e-6, 2e-7, 2e-7] });
  await expect(samples.scan(flat, { attenuation: [0.1], blur: um(1) })).rejects.toThrow("the voxels are no cubes");
  await expect(samples.scan(flat, { attenuation: [0.1], blur: 1 })).resolves.toBeDefined();
});

test("what cannot be scanned is refused with what is missing", async () => {
  const labels = electrodeLabels();
  const refused = (options: object): Promise<unknown> => samples.scan(labels, { attenuation, ...options });
  await expect(refused({ attenuation: [0.1] })).rejects.toThrow(
    'give one number for each phase, such as { "pore": 0.02',
  );
  await expect(refused({ attenuation: { pore: 0.02, CBD: 0.05 } })).rejects.toThrow("one number for each phase");
  await expect(refused({ attenuation: { ...attenuation, iron: 0.1 } })).rejects.toThrow("one number for each phase");
  await expect(refused({ attenuation: undefined })).rejects.toThrow("attenuation is undefined");
  await expect(refused({ attenuation: [0.02, 0.05, 0.3] })).rejects.toThrow("allowed is a number from 0 to 0.2");
  await expect(refused({ bits: 12 })).rejects.toThrow("bits is 12; allowed are 8 and 16");
  await expect(refused({ photon: 3 })).rejects.toThrow("did you mean `photons`");
  await expect(samples.scan(await samples.electrode({ shape: [4, 8, 8] }), { attenuation })).rejects.toThrow(
    "of role intensity; give labels",
  );
  const outside = memoryVolume(new Uint8Array([0, 1, 255]), [1, 1, 3], { role: "labels" });
  await expect(samples.scan(outside, { attenuation: [0, 0.1] })).rejects.toThrow("1 voxels have the label 255");
});
