import { expect, test } from "vitest";
import { displaySymbol } from "#src/core/display.js";
import { modes } from "#src/statistics/modes.js";
import { histogramOf } from "../support/histogram-of.js";
import { memoryVolume } from "../support/memory-volume.js";
import { random } from "../support/random-volume.js";

/** Counts of Gaussian peaks: position, width, height. */
const peaks = (length: number, ...of: [number, number, number][]): number[] =>
  Array.from({ length }, (_, k) =>
    Math.round(of.reduce((sum, [at, width, height]) => sum + height * Math.exp(-0.5 * ((k - at) / width) ** 2), 0)),
  );

test("peaks are found at their grey values, dark to bright, with a valley between neighbours", async () => {
  const found = await modes(histogramOf(peaks(300, [60, 10, 900], [120, 10, 400], [220, 12, 700]), -50));
  expect(found.peaks.length).toBe(3);
  for (const [k, at] of [10, 70, 170].entries()) expect(Math.abs(found.peaks[k]!.value - at)).toBeLessThanOrEqual(1);
  expect(found.valleys.length).toBe(2);
  expect(found.valleys[0]).toBeGreaterThan(30);
  expect(found.valleys[0]).toBeLessThan(55);
  expect(found.peaks[0]!.height).toBeGreaterThan(850);
  expect(found.peaks[0]!.height).toBeLessThan(900);
  expect(found.peaks[0]!.prominence).toBe(found.peaks[0]!.height);
  expect(found.peaks[1]!.prominence).toBeLessThan(found.peaks[1]!.height);
});

test("the width of a peak is that of its steeper side, without the smoothing", async () => {
  const found = await modes(histogramOf(peaks(400, [80, 12, 900], [180, 7, 900], [240, 20, 500])));
  expect(found.peaks.length).toBe(3);
  expect(Math.abs(found.peaks[0]!.deviation / 12 - 1)).toBeLessThan(0.03);
  // The third peak reaches under the second one, and the second one's half height is reached towards the first.
  expect(Math.abs(found.peaks[1]!.deviation / 7 - 1)).toBeLessThan(0.1);
  expect(Math.abs(found.peaks[2]!.deviation / 20 - 1)).toBeLessThan(0.15);
  const rough = await modes(histogramOf(peaks(400, [200, 12, 900])), { smoothing: 9 });
  expect(Math.abs(rough.peaks[0]!.deviation / 12 - 1)).toBeLessThan(0.03);
});

test("two peaks closer than twice their width are one, and so are peaks that more smoothing merges", async () => {
  expect((await modes(histogramOf(peaks(200, [90, 10, 500], [105, 10, 500])))).peaks.length).toBe(1);
  const apart = histogramOf(peaks(200, [80, 8, 500], [110, 8, 500]));
  expect((await modes(apart)).peaks.length).toBe(2);
  expect((await modes(apart, { smoothing: 20 })).peaks.length).toBe(1);
});

test("a peak that stands out by less than the prominence does not count", async () => {
  const histogram = histogramOf(peaks(400, [100, 20, 1000], [300, 20, 60]));
  expect((await modes(histogram, { prominence: 0.02 })).peaks.length).toBe(2);
  expect((await modes(histogram, { prominence: 0.1 })).peaks.length).toBe(1);
});

test("counting noise makes no peaks", async () => {
  const next = random(3);
  const counts = peaks(2000, [700, 150, 400], [1400, 150, 300]).map((n) => n + Math.round(20 * (next() - 0.5)));
  expect((await modes(histogramOf(counts.map((n) => Math.max(0, n))))).peaks.length).toBe(2);
});

test("values clipped at the ends of the range, a single value and equal peaks are peaks", async () => {
  const clipped = peaks(256, [128, 20, 500]);
  clipped[0] = 30000;
  clipped[255] = 20000;
  const found = await modes(histogramOf(clipped), { smoothing: 2 });
  expect(found.peaks.map(({ value }) => Math.round(value))).toEqual([0, 128, 255]);
  expect((await modes(histogramOf([7], 42))).peaks.map(({ value }) => value)).toEqual([42]);
  const equal = await modes(histogramOf([0, 5, 1, 5, 0]), { smoothing: 0 });
  expect(equal.peaks.map(({ value }) => value)).toEqual([1, 3]);
  expect(equal.valleys).toEqual([2]);
  // Two summits of one mountain, equally high, with hardly a dip between them: one peak.
  const twin = await modes(histogramOf([0, 100, 99, 100, 0]), { smoothing: 0 });
  expect(twin.peaks.map(({ value }) => value)).toEqual([1]);
});

test("a fine histogram of 16 bits gives the peaks of a coarse one", async () => {
  const fine = await modes(histogramOf(peaks(60000, [15000, 3000, 90], [40000, 3000, 60])));
  expect(fine.peaks.length).toBe(2);
  expect(Math.abs(fine.peaks[0]!.value - 15000)).toBeLessThan(100);
  expect(Math.abs(fine.peaks[1]!.value - 40000)).toBeLessThan(100);
  expect(Math.abs(fine.peaks[0]!.height - 90)).toBeLessThan(2);
});

test("a float volume is counted in bins, and a volume's region is taken", async () => {
  const values = Float32Array.from({ length: 2000 }, (_, k) => (k < 1000 ? 0.2 : 0.8));
  const volume = memoryVolume(values, [2, 10, 100]);
  const both = await modes(volume);
  expect(both.peaks.map(({ value }) => value.toFixed(2))).toEqual(["0.20", "0.80"]);
  const half = await modes(volume, { region: { start: [0, 0, 0], stop: [1, 10, 100] } });
  expect(half.peaks.length).toBe(1);
});

test("modes show themselves, know how they came to be and refuse what makes no sense", async () => {
  const histogram = histogramOf([0, 5, 1, 5, 0]);
  const found = await modes(histogram, { smoothing: 0.1 });
  expect(found[displaySymbol]()["text/plain"]).toBe("2 peaks at 1, 3; valleys at 2 (smoothed by 0.1 grey values)");
  expect(found.provenance).toMatchObject({ operation: "modes", parameters: { smoothing: 0.1, prominence: 0.02 } });
  await expect(modes(histogram, { smoothing: -1 })).rejects.toMatchObject({ code: "InvalidArgument" });
  await expect(modes(histogram, { prominence: 2 })).rejects.toThrow("prominence is 2; allowed is a number from 0 to 1");
  await expect(modes(histogram, { workers: 2 })).rejects.toThrow("workers cannot be given");
  await expect(modes(histogram, { smothing: 2 } as object)).rejects.toThrow("did you mean `smoothing`");
  await expect(modes(histogramOf([0, 0]))).rejects.toMatchObject({ code: "MissingData" });
  await expect(modes(undefined as never)).rejects.toThrow("modes takes a volume");
});
