/** Plausible ranges of thresholds: they hold the threshold that gives the true fraction, and each end has its source. */
import { expect, test } from "vitest";
import { median } from "#src/filters/median.js";
import { phaseFractions } from "#src/measure/phase-fractions.js";
import { thresholdRanges } from "#src/measure/threshold-ranges.js";
import { multiOtsu } from "#src/segment/multi-otsu.js";
import { samples } from "#src/simulate/samples.js";
import { histogram } from "#src/statistics/histogram.js";
import { memoryVolume } from "../support/memory-volume.js";
import { erf, normal } from "../support/normal.js";

test.each([
  [1, 200],
  [2, 900],
  [3, 900],
  [4, 10_000],
])("of electrode %i at %i photons the thresholds that give the true fractions are plausible", async (seed, photons) => {
  const scan = await samples.electrode({ shape: [48, 80, 80], seed, photons });
  const truth = (await phaseFractions(scan.truth!)).toArray().map((row) => row.fraction as number);
  for (const volume of [scan, await median(scan, { radius: 1 })]) {
    const { ranges } = await thresholdRanges(volume, await multiOtsu(volume));
    const { counts, centres, total } = await histogram(volume);
    for (const [k, { from, to }] of ranges.entries()) {
      const goal = truth.slice(0, k + 1).reduce((a, b) => a + b, 0);
      let [at, seen] = [0, counts[0]!];
      while (seen < goal * total) seen += counts[++at]!;
      expect(centres[at]!).toBeGreaterThan(from);
      expect(centres[at]!).toBeLessThan(to);
    }
  }
});

/** Two halves, blurred, with noise. */
function edge(low: number, high: number, sigma: number, noise: number) {
  const shape = [40, 48, 64] as const;
  const white = normal(40 * 48 * 64, 8);
  const values = Float32Array.from(white, (value, k) => {
    const distance = (k % 64) - 31.5;
    return (
      low + ((high - low) * (1 + erf(Math.max(-4, Math.min(4, distance / sigma / Math.SQRT2))))) / 2 + noise * value
    );
  });
  return memoryVolume(values, shape, { brick: [16, 16, 32] });
}

test("blur and noise give the ends of their closed forms", async () => {
  const rows = async (sigma: number, noise: number) => {
    const table = await thresholdRanges(edge(100, 200, sigma, noise), 140);
    return { table, of: (source: string) => table.toArray().find((row) => row.source === source) };
  };
  const { table, of } = await rows(1.5, 6);
  const half = (100 * 0.5) / (1.5 * Math.sqrt(2 * Math.PI));
  expect(of("blur")!.to - of("blur")!.from).toBeGreaterThan(2 * half * 0.9);
  expect(of("blur")!.to - of("blur")!.from).toBeLessThan(2 * half * 1.1);
  const undecided = (6 ** 2 * Math.log(9)) / 100;
  expect((of("noise")!.to - of("noise")!.from) / 2 / undecided).toBeCloseTo(1, 1);
  expect((of("noise")!.to + of("noise")!.from) / 2).toBeGreaterThan(147);
  expect((of("noise")!.to + of("noise")!.from) / 2).toBeLessThan(153);
  expect([of("given")!.from, of("given")!.to]).toEqual([140, 140]);
  const all = table.toArray().filter((row) => row.source !== "range");
  expect(table.ranges).toEqual([
    { from: Math.min(...all.map((row) => row.from)), to: Math.max(...all.map((row) => row.to)) },
  ]);
  expect(all.map((row) => row.source)).toContain("otsu");
  // More noise makes a wider range; where it is as large as the contrast, up to the grey values of the phases.
  const loud = await rows(1.5, 60);
  expect(loud.of("noise")!.to - loud.of("noise")!.from).toBeGreaterThan(80);
});

test("ranges of several thresholds do not overlap, and a scan of two values has one without edges or noise", async () => {
  const scan = await samples.electrode({ shape: [32, 64, 64], photons: 60 });
  const { ranges } = await thresholdRanges(scan, [20_000, 33_000]);
  expect(ranges[0]!.to).toBeLessThanOrEqual(ranges[1]!.from);
  const two = memoryVolume(
    Uint8Array.from({ length: 4096 }, (_, k) => (k % 16 < 8 ? 10 : 90)),
    [16, 16, 16],
  );
  const { ranges: sharp } = await thresholdRanges(two, 50);
  expect(sharp[0]!.from).toBeGreaterThanOrEqual(10);
  expect(sharp[0]!.to).toBeLessThanOrEqual(90);
});

test("what makes no sense is refused with what to do", async () => {
  const flat = memoryVolume(new Uint8Array(512).fill(7), [8, 8, 8]);
  await expect(thresholdRanges(flat, 9)).rejects.toMatchObject({
    code: "MissingData",
    message: expect.stringContaining("phase 1 has no voxels"),
  });
  await expect(thresholdRanges(flat.with({ role: "labels" }), 9)).rejects.toThrow("has the role labels");
  await expect(thresholdRanges(flat, [5, 4])).rejects.toThrow("ascending");
  await expect(thresholdRanges(flat, 5, { regoin: 1 } as object)).rejects.toThrow("has no option `regoin`");
  const nan = memoryVolume(new Float32Array(512).fill(Number.NaN), [8, 8, 8]);
  await expect(thresholdRanges(nan, 5)).rejects.toMatchObject({ code: "MissingData" });
  const empty = memoryVolume(new Uint8Array(512), [8, 8, 8], { role: "mask" });
  await expect(thresholdRanges(flat, 5, { mask: empty })).rejects.toMatchObject({ code: "MissingData" });
});
