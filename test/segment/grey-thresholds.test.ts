/** Thresholds that are read off a histogram, against their definitions and against scikit-image and SimpleITK. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Voxels } from "#src/core/dtype.js";
import { isodata } from "#src/segment/isodata.js";
import { kapur } from "#src/segment/kapur.js";
import { li } from "#src/segment/li.js";
import { minimumThreshold } from "#src/segment/minimum-threshold.js";
import { threshold } from "#src/segment/threshold.js";
import { triangle } from "#src/segment/triangle.js";
import { valleys } from "#src/segment/valleys.js";
import { yen } from "#src/segment/yen.js";
import { histogram } from "#src/statistics/histogram.js";
import { modes } from "#src/statistics/modes.js";
import { belowLine, best, isodataOf, kapurOf, li as oracleLi, yenOf } from "../oracle/grey-thresholds.js";
import { histogramOf } from "../support/histogram-of.js";
import { memoryVolume } from "../support/memory-volume.js";
import { referenceGrey, referencePhases } from "../support/reference-volume.js";
import { root } from "../support/require.js";

const ONE = { li, yen, isodata, triangle, minimum: minimumThreshold } as const;
interface Golden {
  byHistogram: (Record<keyof typeof ONE, number | null> & { input: string })[];
  kapur: { input: string; threshold: number }[];
}
const golden = JSON.parse(readFileSync(join(root, "test/golden/segment.json"), "utf8")) as Golden;
const g8 = referenceGrey(referencePhases(64), 8);
const g16 = referenceGrey(referencePhases(64), 16);
const inputs: Record<string, Voxels> = {
  g8,
  i8: Int8Array.from(g8, (value) => value - 128),
  g16,
  i16: Int16Array.from(g16, (value) => value - 25000),
  f32: Float32Array.from(g16, (value) => Math.fround(value - 25000) / 7),
};
const reference = (input: string) => memoryVolume(inputs[input]!, [64, 64, 64], { brick: [24, 64, 40] });

for (const { input, ...expected } of golden.byHistogram)
  for (const [name, value] of Object.entries(expected) as [keyof typeof ONE, number | null][]) {
    // Where scikit-image gives none.
    if (value === null) continue;
    test(`${name} of ${input} is scikit-image's`, async () => {
      const found = await ONE[name](reference(input));
      // Of floats scikit-image takes the means without bins: half a bin is 12.
      if (name === "li") expect(Math.abs(found - value)).toBeLessThan(input === "f32" ? 12 : 1e-9);
      else if (input === "f32") expect(Math.abs(found - value)).toBeLessThan(1e-3);
      else expect(found).toBe(value);
    });
  }

for (const { input, threshold: expected } of golden.kapur)
  test(`the threshold of maximum entropy of ${input} is SimpleITK's`, async () => {
    expect(await kapur(reference(input))).toEqual([expected]);
  });

test("a signed volume is parted where an unsigned one of the same structure is", async () => {
  for (const [method, name] of [
    [li, "li"],
    [yen, "yen"],
    [isodata, "isodata"],
    [triangle, "triangle"],
    [minimumThreshold, "minimumThreshold"],
  ] as const)
    expect((await method(reference("i8"))) + 128, name).toBeCloseTo(await method(reference("g8")), 9);
  const shifted = (values: readonly number[]): number[] => values.map((value) => value - 25000);
  expect(await kapur(reference("i16"), { classes: 3 })).toEqual(shifted(await kapur(reference("g16"), { classes: 3 })));
});

/** Counts whose ends hold some, and of which some between are empty. */
const anyCounts = fc
  .tuple(
    fc.integer({ min: 1, max: 900 }),
    fc.array(fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 900 })), { minLength: 4, maxLength: 22 }),
    fc.integer({ min: 1, max: 900 }),
  )
  .map(([first, between, last]) => [first, ...between, last])
  .filter((counts) => counts.filter((n) => n > 0).length >= 5);

test("no thresholds give more entropy, for 2 to 5 classes of random histograms", async () => {
  await fc.assert(
    fc.asyncProperty(anyCounts, async (counts) => {
      for (const classes of [2, 3, 4, 5]) {
        const found = await kapur(histogramOf(counts), { classes });
        const { value } = best(counts.slice(0, 14), classes - 1, (at) => kapurOf(counts.slice(0, 14), at));
        const short = await kapur(histogramOf(counts.slice(0, 14)), { classes }).catch(() => undefined);
        if (short !== undefined) expect(kapurOf(counts.slice(0, 14), short)).toBeGreaterThanOrEqual(value - 1e-9);
        expect(found.length).toBe(classes - 1);
        expect(found.every((at) => counts[at]! > 0)).toBe(true);
      }
    }),
    { numRuns: 40, seed: 5 },
  );
});

test("Yen's threshold has the largest correlation, isodata's is the lowest that lies halfway between its means", async () => {
  await fc.assert(
    fc.asyncProperty(anyCounts, async (counts) => {
      const at = await yen(histogramOf(counts));
      const most = best(counts, 1, ([one]) => yenOf(counts, one!));
      expect(yenOf(counts, at)).toBeCloseTo(most.value, 9);
      const halfway = await isodata(histogramOf(counts, -7));
      const lowest = counts.findIndex((_, k) => isodataOf(counts, k) >= 0 && isodataOf(counts, k) < 1);
      expect(halfway + 7).toBe(lowest);
    }),
    { numRuns: 200, seed: 6 },
  );
});

test("Li's threshold is where steps to the least cross entropy become short", async () => {
  await fc.assert(
    fc.asyncProperty(anyCounts, async (counts) => {
      expect((await li(histogramOf(counts, 1000))) - 1000).toBeCloseTo(oracleLi(counts), 9);
    }),
    { numRuns: 200, seed: 7 },
  );
  // All below is the smallest value alone, whose logarithm is none.
  expect(await li(histogramOf([90, 0, 0, 10]))).toBeCloseTo(0.3, 12);
});

test("the triangle's threshold lies farthest below the line from the peak to the end of the longer side", async () => {
  await fc.assert(
    fc.asyncProperty(anyCounts, async (counts) => {
      const found = await triangle(histogramOf(counts));
      const peak = counts.indexOf(Math.max(...counts));
      const foot = peak < counts.length - 1 - peak ? counts.length - 1 : 0;
      const side = [...counts.keys()].filter((k) => (foot === 0 ? k < peak : k > peak));
      const most = Math.max(...side.map((k) => belowLine(counts, peak, foot, k)));
      expect(belowLine(counts, peak, foot, found)).toBeCloseTo(most, 6);
    }),
    { numRuns: 200, seed: 8 },
  );
});

/** A histogram of Gaussian peaks, as many voxels in each as stated. */
const peaks = (length: number, ...all: [at: number, sigma: number, voxels: number][]): number[] =>
  Array.from({ length }, (_, k) =>
    all.reduce(
      (sum, [at, sigma, voxels]) => sum + Math.round((voxels / sigma) * Math.exp(-0.5 * ((k - at) / sigma) ** 2)),
      0,
    ),
  );

test("a valley is found where two peaks part, however unlike they are", async () => {
  const counts = peaks(256, [70, 8, 1e6], [170, 8, 1e4]);
  const filled = [...counts.keys()].filter((k) => k > 70 && k < 170);
  const [low, high] = [filled.find((k) => counts[k] === 0)!, filled.findLast((k) => counts[k] === 0)!];
  const [valley] = await valleys(histogramOf(counts), { classes: 2 });
  for (const found of [await minimumThreshold(histogramOf(counts)), valley!]) {
    expect(found).toBeGreaterThanOrEqual(low);
    expect(found).toBeLessThanOrEqual(high);
  }
  // Peaks of equal size and width part in the middle.
  expect(Math.abs((await minimumThreshold(histogramOf(peaks(256, [80, 20, 1e6], [160, 20, 1e6])))) - 120)).toBeLessThan(
    2,
  );
  // More than 1024 grey values are joined: the middle to within a joined bin.
  const wide = await minimumThreshold(histogramOf(peaks(65536, [20000, 4000, 1e8], [40000, 4000, 1e8])));
  expect(Math.abs(wide - 30000)).toBeLessThanOrEqual(128);
});

test("valleys part as many peaks as there are classes, the most prominent ones", async () => {
  const counts = histogramOf(peaks(256, [50, 9, 1e6], [110, 9, 5e5], [180, 9, 1e6], [220, 5, 4e4]));
  const all = await modes(counts);
  expect(await valleys(counts, { classes: 4 })).toEqual([...all.valleys]);
  const three = await valleys(counts, { classes: 3 });
  expect(three.map((at, k) => Math.abs(at - [81.5, 144][k]!) < 3)).toEqual([true, true]);
  expect((await valleys(counts, { classes: 2 })).length).toBe(1);
  await expect(valleys(counts, { classes: 5, smoothing: 4 })).rejects.toMatchObject({
    code: "MissingData",
    message: /5 classes need 5 peaks, and this histogram has 4; give fewer classes/,
  });
  // Noise makes many small peaks, which do not count.
  const noisy = await valleys(reference("g8"), { classes: 3 });
  expect(noisy.every((at, k) => Math.abs(at - [88, 140][k]!) < 12)).toBe(true);
  expect((await valleys(reference("f32"))).length).toBe(2);
});

test("one peak has no valley", async () => {
  const one = histogramOf(peaks(100, [50, 9, 1e5]));
  await expect(minimumThreshold(one)).rejects.toMatchObject({ code: "MissingData", message: /1 maxima are left/ });
  await expect(minimumThreshold(reference("g8"), { iterations: 1 })).rejects.toMatchObject({ code: "MissingData" });
});

test("more than two classes of 16 bits are right to the width of a joined bin", async () => {
  const counts = peaks(65536, [12000, 1500, 1e7], [26000, 1500, 5e6], [45000, 1500, 1e7]);
  const found = await kapur(histogramOf(counts), { classes: 3 });
  // As good as any in steps of 128 grey values.
  const coarse = Array.from({ length: 512 }, (_, k) => counts.slice(128 * k, 128 * k + 128).reduce((a, b) => a + b));
  const among = await kapur(histogramOf(coarse), { classes: 3 });
  for (const [k, at] of found.entries()) expect(Math.abs(at - 128 * (among[k]! + 1))).toBeLessThan(1500);
  expect(kapurOf(counts, found)).toBeGreaterThan(
    kapurOf(
      counts,
      found.map((at) => at + 600),
    ),
  );
  expect(kapurOf(counts, found)).toBeGreaterThan(
    kapurOf(
      counts,
      found.map((at) => at - 600),
    ),
  );
});

test("a histogram gives the threshold of its volume; region, mask, bricks and workers mean what they mean for Otsu", async () => {
  const volume = reference("g16");
  const counted = await histogram(volume);
  const doubled = Uint8Array.from({ length: 2 * 4096 }, (_, k) => (k < 4096 ? g8[k]! : 255 - (k % 3)));
  const inside = Uint8Array.from(doubled, (_, k) => (k < 4096 ? 1 : 0));
  const both = memoryVolume(doubled, [2, 64, 64]);
  const part = memoryVolume(g8.slice(0, 4096), [1, 64, 64]);
  for (const method of [li, yen, isodata, triangle, kapur]) {
    const expected = await method(volume);
    expect(await method(counted)).toEqual(expected);
    expect(await method(memoryVolume(g16, [64, 64, 64], { brick: [7, 64, 33] }), { workers: 2 })).toEqual(expected);
    await expect(method(counted, { bins: 9 })).rejects.toThrow("a histogram is already counted, so bins cannot");
    const alone = await method(part);
    expect(await method(both, { region: { start: [0, 0, 0], stop: [1, 64, 64] } })).toEqual(alone);
    expect(await method(both, { mask: memoryVolume(inside, [2, 64, 64], { role: "mask" }) })).toEqual(alone);
  }
});

test("empty bins at the ends of a given histogram change nothing, and NaN does not count", async () => {
  const counts = [5, 40, 60, 20, 6, 0, 3, 18, 31, 30, 8];
  const values = Float32Array.from({ length: 8 * 64 * 64 }, (_, k) => g8[k]! / 4);
  const more = new Float32Array(9 * 64 * 64).fill(Number.NaN);
  more.set(values);
  for (const method of [li, yen, isodata, triangle, kapur, minimumThreshold]) {
    expect(await method(histogramOf([0, 0, ...counts, 0], -2))).toEqual(await method(histogramOf(counts)));
    expect(await method(memoryVolume(more, [9, 64, 64]))).toEqual(await method(memoryVolume(values, [8, 64, 64])));
  }
});

test("labels follow from any of them in one line", async () => {
  const volume = reference("g8");
  const labels = await threshold(volume, await kapur(volume, { classes: 3 }));
  expect(labels.phases!.length).toBe(3);
});

test("voxels that are all the same, too many classes, wrong options and empty masks are refused", async () => {
  const flat = memoryVolume(new Uint8Array(8).fill(5), [2, 2, 2]);
  const volume = memoryVolume(Uint8Array.of(1, 2, 3, 4), [1, 2, 2]);
  const mask = memoryVolume(new Uint8Array(4), [1, 2, 2], { role: "mask" });
  for (const method of [li, yen, isodata, triangle, kapur, minimumThreshold]) {
    const refused = {
      code: "InvalidArgument",
      message: /two classes need at least 2 different grey values, and all voxels are 5/,
    };
    await expect(method(flat)).rejects.toMatchObject(refused);
    await expect(method(histogramOf([0, 0]))).rejects.toThrow("the bins of this histogram are empty");
    await expect(method(volume, { bnis: 3 } as object)).rejects.toThrow("did you mean `bins`");
    await expect(method(volume, { mask })).rejects.toMatchObject({ code: "MissingData" });
    await expect(method("scan.tif" as never)).rejects.toThrow("takes a volume, got scan.tif");
  }
  await expect(kapur(volume, { classes: 5 })).rejects.toThrow(
    "5 classes need at least 5 different grey values, and there are 4",
  );
  await expect(kapur(volume, { classes: 6 })).rejects.toThrow("classes is 6; allowed is a whole number from 2 to 5");
  await expect(valleys(volume, { classes: 1 })).rejects.toThrow("classes is 1");
  await expect(minimumThreshold(volume, { iterations: 0 })).rejects.toThrow("iterations is 0");
});
