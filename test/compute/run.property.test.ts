/** What holds for every brick-wise operation: nothing depends on bricks or threads, region and mask mean one thing. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { gaussian as gaussianBlur, histogram, medianBall, threshold } from "#src/compute/operations.js";
import { reduce, run } from "#src/compute/run.js";
import { zoneOf } from "#src/compute/zone.js";
import { DTYPES, type DType } from "#src/core/dtype.js";
import { OUTSIDE } from "#src/core/phases.js";
import { trace } from "#src/core/provenance.js";
import { type Region, regionShape, type Shape } from "#src/core/shape.js";
import { gaussian } from "#src/filters/gaussian.js";
import { median } from "#src/filters/median.js";
import { histogram as histogramOracle } from "../oracle/histogram.js";
import { threshold as thresholdOracle } from "../oracle/threshold.js";
import { memoryVolume } from "../support/memory-volume.js";
import { random, randomVoxels } from "../support/random-volume.js";

const RUNS = { numRuns: 12, seed: 20240607 };
const facts = { provenance: trace("test", {}) };
const anyShape = fc.tuple(
  fc.integer({ min: 1, max: 14 }),
  fc.integer({ min: 1, max: 18 }),
  fc.integer({ min: 1, max: 40 }),
);
const anyBrick = fc.tuple(
  fc.integer({ min: 1, max: 9 }),
  fc.integer({ min: 1, max: 11 }),
  fc.integer({ min: 1, max: 24 }),
);
const anyDtype = fc.constantFrom(...(Object.keys(DTYPES) as DType[]));
const anySeed = fc.integer({ min: 1, max: 2 ** 31 - 1 });

function regionIn(shape: Shape, seed: number): Region {
  const next = random(seed);
  const start = shape.map((n) => Math.floor(next() * n));
  const stop = shape.map((n, k) => start[k]! + 1 + Math.floor(next() * (n - start[k]!)));
  return { start, stop } as unknown as Region;
}

const count = (shape: Shape): number => shape[0] * shape[1] * shape[2];

test("the same bytes come for 1, 2 and 4 workers and three brick shapes, at least three bricks an axis among them", async () => {
  const shape = [13, 22, 70] as const;
  for (const dtype of ["uint8", "float32"] as const) {
    const values = randomVoxels(dtype, count(shape), 31).map((value) => (dtype === "float32" ? value % 1e4 : value));
    for (const filter of [
      (volume: Parameters<typeof median>[0], workers: number) => median(volume, { radius: 2, workers }),
      (volume: Parameters<typeof median>[0], workers: number) => median(volume, { radius: 1, shape: "box", workers }),
      (volume: Parameters<typeof median>[0], workers: number) => gaussian(volume, { sigma: 1.3, workers }),
      (volume: Parameters<typeof median>[0], workers: number) =>
        run(medianBall, volume, { radius: [1, 2, 1] }, { workers, border: "wrap" }, facts),
      (volume: Parameters<typeof median>[0], workers: number) =>
        run(gaussianBlur, volume, { sigma: [1, 1, 1], dtype }, { workers, border: { constant: 3 } }, facts),
    ]) {
      const results: Uint8Array[] = [];
      for (const brick of [
        [4, 7, 23],
        [5, 8, 16],
        [64, 128, 128],
      ] as const)
        for (const workers of [1, 2, 4]) {
          const result = await filter(memoryVolume(values, shape, { brick }), workers);
          results.push(new Uint8Array((await result.read()).buffer));
        }
      // The runner's own comparison of so many bytes takes a hundred times as long.
      for (const bytes of results.slice(1)) expect(Buffer.compare(bytes, results[0]!)).toBe(0);
    }
  }
});

test("with a region, a filter gives that region of what it gives for the whole volume", async () => {
  await fc.assert(
    fc.asyncProperty(anyShape, anyBrick, anyDtype, anySeed, async (shape, brick, dtype, seed) => {
      const values = randomVoxels(dtype, count(shape), seed).map((value) =>
        dtype === "float32" ? value % 1e4 : value,
      );
      const volume = memoryVolume(values, shape, { brick });
      const region = regionIn(shape, seed);
      for (const filter of [
        (options: object) => median(volume, { radius: 1, shape: "box", ...options }),
        (options: object) => median(volume, { radius: 2, ...options }),
        (options: object) => gaussian(volume, { sigma: 0.9, ...options }),
      ])
        expect(await (await filter({ region })).read()).toEqual(await (await filter({})).read(region));
    }),
    RUNS,
  );
});

test("with a mask, voxels outside keep their values and those inside get what they get without", async () => {
  await fc.assert(
    fc.asyncProperty(anyShape, anyBrick, anyBrick, anySeed, async (shape, brick, maskBrick, seed) => {
      const values = randomVoxels("uint16", count(shape), seed);
      const inside = randomVoxels("uint8", count(shape), seed + 1).map((value, k) => (k % 50 < 20 ? 0 : value & 1));
      const volume = memoryVolume(values, shape, { brick });
      const mask = memoryVolume(inside, shape, { brick: maskBrick, role: "mask" });
      const without = await (await median(volume, { radius: 1 })).read();
      const masked = await (await median(volume, { radius: 1, mask })).read();
      expect(Array.from(masked)).toEqual(Array.from(values, (value, k) => (inside[k] === 0 ? value : without[k])));
      const labels = await run(threshold, volume, { thresholds: [20000, 40000] }, { mask }, facts);
      const expected = thresholdOracle(values, [20000, 40000]).map((label, k) => (inside[k] === 0 ? OUTSIDE : label));
      expect(Array.from(await labels.read())).toEqual(expected);
    }),
    RUNS,
  );
});

test("thresholds of any type, also outside its range and between values, count how many are exceeded", async () => {
  const limits = [-1e9, -0.5, 0, 0.25, 100, 127.5, 254, 255, 40000, 65535, 2 ** 31 - 1, 2 ** 31, 2 ** 32, 1e30];
  for (const dtype of Object.keys(DTYPES) as DType[]) {
    const values = randomVoxels(dtype, 3 * 4 * 50, 41);
    if (dtype === "float32") values.set([Number.NaN, -0, 0, 0.25, Math.fround(0.1), Number.POSITIVE_INFINITY, 1e-45]);
    const volume = memoryVolume(values, [3, 4, 50], { brick: [2, 3, 17] });
    for (const thresholds of [limits, [0], [], [Math.fround(0.1), 0.1], [DTYPES[dtype].min, DTYPES[dtype].max]]) {
      const labels = await run(threshold, volume, { thresholds }, {}, { ...facts, role: "labels" });
      expect(labels.dtype).toBe("uint8");
      expect(Array.from(await labels.read()), `${dtype} ${thresholds}`).toEqual(thresholdOracle(values, thresholds));
    }
  }
});

test("histograms count each voxel of region and mask once, in the bin whose edges hold it", async () => {
  await fc.assert(
    fc.asyncProperty(anyShape, anyBrick, anyDtype, anySeed, async (shape, brick, dtype, seed) => {
      const values = randomVoxels(dtype, count(shape), seed);
      if (dtype === "float32") values[0] = Number.NaN;
      const inside = randomVoxels("uint8", count(shape), seed + 1).map((value) => value & 1);
      const volume = memoryVolume(values, shape, { brick });
      const mask = memoryVolume(inside, shape, { brick: [3, 5, 7], role: "mask" });
      const region = regionIn(shape, seed);
      const chosen = await volume.read(region);
      const chosenMask = await mask.read(region);
      const counted = Array.from(chosen).filter((_, k) => chosenMask[k] !== 0);
      const { min, max, bytes } = DTYPES[dtype];
      const bins = [
        ...(bytes <= 2 ? [{ first: min, step: 1, bins: max - min + 1 }] : []),
        { first: -100, step: 0.1, bins: 2000 },
        { first: min / 2, step: max / 64, bins: 33 },
      ];
      for (const parameters of bins) {
        const { first, step, bins: n } = parameters;
        for (const workers of [1, 2]) {
          const found = await reduce(histogram, volume, parameters, { region, mask, workers });
          // The exact one of 16 bits is compared by counting, for walking 65536 edges a voxel takes too long.
          const expected =
            n > 4096
              ? { counts: Array.from({ length: n }, () => 0), below: 0, above: 0, nan: 0 }
              : histogramOracle(counted, first, step, n);
          if (n > 4096) for (const value of counted) expected.counts[value - first]!++;
          expect({ ...found, counts: Array.from(found.counts) }).toEqual(expected);
        }
      }
    }),
    RUNS,
  );
});

test("a mask of another shape, role or type is refused with both named", async () => {
  const volume = memoryVolume(new Uint8Array(60), [3, 4, 5]);
  const other = memoryVolume(new Uint8Array(24), [2, 3, 4], { role: "mask" });
  await expect(median(volume, { mask: other })).rejects.toThrow("mask has the shape 2 × 3 × 4, the volume 3 × 4 × 5");
  await expect(median(volume, { mask: volume })).rejects.toThrow("role mask");
  const wide = memoryVolume(new Uint16Array(60), [3, 4, 5], { role: "mask" });
  await expect(median(volume, { mask: wide })).rejects.toMatchObject({ code: "InvalidArgument" });
  await expect(median({} as typeof volume)).rejects.toMatchObject({ code: "InvalidArgument" });
});

test("a region shifts the origin along the directions of the volume, and the result takes over what it does not change", async () => {
  const volume = memoryVolume(new Uint8Array(4 * 5 * 6), [4, 5, 6], {
    spacing: [1, 2, 3],
    origin: [10, 20, 30],
    direction: [0, 1, 0, 1, 0, 0, 0, 0, -1],
  });
  const result = await median(volume, { region: { start: [1, 2, 3], stop: [3, 4, 6] } });
  // z of the volume points along the second direction of space, y along the first, x against the third.
  expect(result.origin).toEqual([10 + 2 * 2, 20 + 1 * 1, 30 - 3 * 3]);
  expect([result.spacing, result.direction, result.role, result.shape]).toEqual([
    volume.spacing,
    volume.direction,
    volume.role,
    [2, 2, 3],
  ]);
});

test("the bricks of a result carry the records of their voxels, and padding counts nowhere", async () => {
  for (const dtype of Object.keys(DTYPES) as DType[]) {
    const shape = [5, 7, 29] as const;
    const values = randomVoxels(dtype, count(shape), 53).map((value) => (dtype === "float32" ? value % 1e4 : value));
    if (dtype === "float32") values[8] = Number.NaN;
    const volume = memoryVolume(values, shape, { brick: [3, 4, 11] });
    const result = await median(volume, { radius: 0 });
    for (let k = 0; k < result.grid.length; k++) {
      const voxels = Array.from(await result.read(result.grid.region(k)));
      const numbers = voxels.filter((value) => !Number.isNaN(value));
      const zone = result.store.zone(k);
      expect([zone.min, zone.max, zone.nan]).toEqual([
        Math.min(...numbers),
        Math.max(...numbers),
        voxels.length - numbers.length,
      ]);
      // The main thread has the same record of the same brick, to the last bit of the sum.
      const region = result.grid.region(k);
      expect(zone).toEqual(zoneOf(await result.store.read(k), result.grid.brick, regionShape(region)));
      const sum = numbers.reduce((total, value) => total + value, 0);
      expect(Math.abs(zone.sum - sum)).toBeLessThanOrEqual(dtype === "float32" ? 1e-8 : 0);
    }
  }
});
