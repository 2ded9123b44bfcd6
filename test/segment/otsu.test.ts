import { readFileSync } from "node:fs";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Voxels } from "#src/core/dtype.js";
import { multiOtsu } from "#src/segment/multi-otsu.js";
import { otsu } from "#src/segment/otsu.js";
import { separability } from "#src/segment/separability.js";
import { threshold } from "#src/segment/threshold.js";
import { histogram } from "#src/statistics/histogram.js";
import { bestBetweenClasses, betweenClasses } from "../oracle/otsu.js";
import { histogramOf } from "../support/histogram-of.js";
import { memoryVolume } from "../support/memory-volume.js";
import { referenceGrey, referencePhases } from "../support/reference-volume.js";
import { root } from "../support/require.js";

interface Golden {
  otsu: { input: string; threshold: number }[];
  multiOtsu: { input: string; classes: number; thresholds: number[] }[];
  "labels crc32": number;
}
const golden = JSON.parse(readFileSync(join(root, "test/golden/segment.json"), "utf8")) as Golden;
const phases = referencePhases(64);
const g8 = referenceGrey(phases, 8);
const g16 = referenceGrey(phases, 16);
const inputs: Record<string, Voxels> = {
  g8,
  i8: Int8Array.from(g8, (value) => value - 128),
  g16,
  i16: Int16Array.from(g16, (value) => value - 25000),
  f32: Float32Array.from(g16, (value) => Math.fround(value - 25000) / 7),
};
const reference = (input: string) => memoryVolume(inputs[input]!, [64, 64, 64], { brick: [24, 64, 40] });

for (const { input, threshold: expected } of golden.otsu)
  test(`Otsu's threshold of ${input} is scikit-image's`, async () => {
    const found = await otsu(reference(input));
    if (input === "f32") expect(Math.abs(found - expected)).toBeLessThan(1e-3);
    else expect(found).toBe(expected);
  });

for (const { input, classes, thresholds } of golden.multiOtsu)
  test(`multi-Otsu of ${input} in ${classes} classes is scikit-image's`, async () => {
    const found = await multiOtsu(reference(input), { classes });
    if (input === "f32")
      for (const [k, value] of found.entries()) expect(Math.abs(value - thresholds[k]!)).toBeLessThan(1e-3);
    else expect(found).toEqual(thresholds);
    expect(found.length).toBe(classes - 1);
  });

test("labels by multi-Otsu are those of numpy.digitize", async () => {
  const volume = reference("g8");
  const labels = await threshold(volume, await multiOtsu(volume));
  expect(crc32((await labels.read()) as Uint8Array)).toBe(golden["labels crc32"]);
});

const anyCounts = fc
  .array(fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 1000 })), { minLength: 6, maxLength: 24 })
  .filter((counts) => counts.filter((n) => n > 0).length >= 5);
const occurring = (counts: readonly number[], first: number): [number[], number[]] => {
  const filled = [...counts.keys()].filter((k) => counts[k]! > 0);
  return [filled.map((k) => first + k), filled.map((k) => counts[k]!)];
};

test("no thresholds part the classes better, for 2 to 5 classes of random histograms", async () => {
  await fc.assert(
    fc.asyncProperty(anyCounts, fc.integer({ min: -40000, max: 40000 }), async (counts, first) => {
      const [values, filled] = occurring(counts, first);
      for (const classes of [2, 3, 4, 5]) {
        const found = await multiOtsu(histogramOf(counts, first), { classes });
        const best = bestBetweenClasses(values, filled, classes);
        expect(betweenClasses(values, filled, found)).toBeGreaterThanOrEqual(best * (1 - 1e-9));
        // A threshold is a value that occurs, the largest of its class.
        expect(found.every((value) => values.includes(value))).toBe(true);
        expect(found).toEqual(found.toSorted((a, b) => a - b));
      }
      expect(await otsu(histogramOf(counts, first))).toBe(
        (await multiOtsu(histogramOf(counts, first), { classes: 2 }))[0],
      );
    }),
    { numRuns: 60, seed: 11 },
  );
});

test("the threshold stands on the dark side of a gap, and of two equally good ones it is the lower one", async () => {
  expect(await otsu(histogramOf([5, 5, 0, 0, 0, 0, 5, 5], 100))).toBe(101);
  expect(await otsu(histogramOf([1, 1, 1]))).toBe(0);
});

test("as many values as classes get a class each, fewer are refused", async () => {
  expect(await multiOtsu(histogramOf([3, 0, 1, 0, 0, 9]), { classes: 3 })).toEqual([0, 2]);
  await expect(multiOtsu(histogramOf([3, 0, 1, 0, 0, 9]), { classes: 4 })).rejects.toThrow(
    "4 classes need at least 4 different grey values, and there are 3",
  );
  await expect(otsu(memoryVolume(new Uint8Array(8).fill(5), [2, 2, 2]))).rejects.toMatchObject({
    code: "InvalidArgument",
    message: /all voxels are 5/,
  });
});

test("all 65536 values of 16 bits in five classes are parted as evenly as they lie", async () => {
  const found = await multiOtsu(histogramOf(new Array<number>(65536).fill(1)), { classes: 4 });
  expect(found).toEqual([16383, 32767, 49151]);
});

test("thresholds do not depend on bricks or workers, follow region and mask, and NaN does not count", async () => {
  const values = Float32Array.from(g16.subarray(0, 16 * 4096), (value) => value / 3);
  const shape = [16, 64, 64] as const;
  const whole = await multiOtsu(memoryVolume(values, shape), { workers: 1 });
  expect(await multiOtsu(memoryVolume(values, shape, { brick: [3, 17, 64] }), { workers: 2 })).toEqual(whole);
  const padded = new Float32Array(17 * 4096).fill(Number.NaN);
  padded.set(values);
  expect(await multiOtsu(memoryVolume(padded, [17, 64, 64]))).toEqual(whole);

  const doubled = Uint8Array.from({ length: 2 * 4096 }, (_, k) => (k < 4096 ? g8[k]! : 255 - (k % 3)));
  const inside = Uint8Array.from(doubled, (_, k) => (k < 4096 ? 1 : 0));
  const volume = memoryVolume(doubled, [2, 64, 64]);
  const expected = await otsu(memoryVolume(g8.slice(0, 4096), [1, 64, 64]));
  expect(await otsu(volume, { region: { start: [0, 0, 0], stop: [1, 64, 64] } })).toBe(expected);
  expect(await otsu(volume, { mask: memoryVolume(inside, [2, 64, 64], { role: "mask" }) })).toBe(expected);
  expect(await otsu(volume)).not.toBe(expected);
});

test("a histogram gives the same thresholds as its volume, and takes no options of counting", async () => {
  const volume = reference("g16");
  const counted = await histogram(volume);
  expect(await otsu(counted)).toBe(await otsu(volume));
  await expect(otsu(counted, { bins: 3 })).rejects.toThrow("otsu: a histogram is already counted, so bins cannot");
  await expect(multiOtsu(counted, { workers: 1 })).rejects.toMatchObject({ code: "InvalidArgument" });
});

test("separability is the between-class share of the variance, largest at Otsu's threshold", async () => {
  const volume = reference("g8");
  const best = await otsu(volume);
  const counted = await histogram(volume);
  const [values, filled] = occurring(Array.from(counted.counts), counted.centres[0]!);
  const total = betweenClasses(values, filled, values.slice(0, -1));
  for (const t of [best - 20, best, best + 20])
    expect(await separability(volume, t)).toBeCloseTo(betweenClasses(values, filled, [t]) / total, 10);
  expect(await separability(volume, best)).toBeGreaterThan(await separability(volume, best + 20));
  expect(await separability(histogramOf([4, 0, 4]), 0)).toBe(1);
  expect(await separability(histogramOf([4]), 9)).toBe(0);
  // A threshold beyond all values parts nothing.
  expect(await separability(volume, [-10, best, 1000])).toBeCloseTo(await separability(volume, best), 12);
});

test("wrong options and arguments are refused with what is allowed", async () => {
  const volume = memoryVolume(Uint8Array.of(1, 2, 3, 4), [1, 2, 2]);
  await expect(multiOtsu(volume, { classes: 1 })).rejects.toThrow(
    "classes is 1; allowed is a whole number from 2 to 32",
  );
  await expect(multiOtsu(volume, { clases: 3 } as object)).rejects.toThrow("did you mean `classes`");
  await expect(otsu(volume, { bnis: 3 } as object)).rejects.toThrow("did you mean `bins`");
  await expect(otsu("scan.tif" as never)).rejects.toThrow("otsu takes a volume, got scan.tif");
  await expect(separability(volume, [3, 2])).rejects.toThrow("thresholds are [3, 2]");
  const mask = memoryVolume(new Uint8Array(4), [1, 2, 2], { role: "mask" });
  await expect(otsu(volume, { mask })).rejects.toMatchObject({ code: "MissingData" });
});
