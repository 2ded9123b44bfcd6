import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { displaySymbol, type MimeBundle } from "#src/core/display.js";
import { DTYPES, type DType } from "#src/core/dtype.js";
import { histogram } from "#src/statistics/histogram.js";
import { histogram as oracle } from "../oracle/histogram.js";
import { memoryVolume } from "../support/memory-volume.js";
import { random, randomVoxels } from "../support/random-volume.js";
import { referenceGrey, referencePhases } from "../support/reference-volume.js";
import { root } from "../support/require.js";

const golden = JSON.parse(readFileSync(join(root, "test/golden/segment.json"), "utf8")) as {
  "histogram of f32": { counts: number[]; low: number; high: number };
};

test("whole numbers get one bin a value, from the smallest to the largest that occurs", async () => {
  const found = await histogram(memoryVolume(Int16Array.of(-3, 7, 7, -3, -3, 0), [1, 2, 3]));
  expect(found.exact).toBe(true);
  expect(Array.from(found.counts)).toEqual([3, 0, 0, 1, 0, 0, 0, 0, 0, 0, 2]);
  expect(Array.from(found.centres)).toEqual([-3, -2, -1, 0, 1, 2, 3, 4, 5, 6, 7]);
  expect([found.edges[0], found.edges[11], found.total, found.below, found.above, found.nan]).toEqual([
    -3.5, 7.5, 6, 0, 0, 0,
  ]);
});

test("exact counts equal those by value for each integer type and any region, mask, brick and number of workers", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...(Object.keys(DTYPES) as DType[]).filter((dtype) => dtype !== "float32")),
      fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 20 })),
      fc.integer({ min: 1, max: 2 ** 31 - 1 }),
      async (dtype, brick, seed) => {
        const shape = [6, 7, 19] as const;
        // 32-bit values over a few thousand, so that they are counted one by one, too.
        const values = randomVoxels(dtype, 6 * 7 * 19, seed).map((value) =>
          DTYPES[dtype].bytes === 4 ? 1e9 + (Math.abs(value) % 5000) : value,
        );
        const inside = randomVoxels("uint8", values.length, seed + 1).map((value) => value & 1);
        inside[(1 * 7 + 2) * 19 + 3] = 1;
        const volume = memoryVolume(values, shape, { brick });
        const mask = memoryVolume(inside, shape, { role: "mask" });
        const region = { start: [1, 2, 3], stop: [5, 6, 18] } as const;
        const [chosen, chosenMask] = [await volume.read(region), await mask.read(region)];
        const expected = new Map<number, number>();
        for (const [k, value] of chosen.entries())
          if (chosenMask[k] !== 0) expected.set(value, (expected.get(value) ?? 0) + 1);
        for (const workers of [1, 2]) {
          const found = await histogram(volume, { region, mask, workers });
          expect(found.exact).toBe(true);
          const filled = Array.from(found.counts).flatMap((count, k) =>
            count > 0 ? [[found.centres[k]!, count]] : [],
          );
          expect(filled).toEqual([...expected].sort((a, b) => a[0] - b[0]));
          expect([found.counts[0]! > 0, found.counts.at(-1)! > 0]).toEqual([true, true]);
        }
      },
    ),
    { numRuns: 25, seed: 5 },
  );
});

test("labels of few values, and bricks in which many come after few, are counted value by value", async () => {
  // More than the 4,080 voxels that are looked at together, and some that are left over.
  const shape = [3, 70, 101] as const;
  for (const kinds of [[0, 1], [255], [0, 1, 2, 255], [3, 4, 5, 6, 7, 8, 9, 200], [0, 9, 8, 7, 6, 5, 4, 3, 255]]) {
    const next = random(kinds.length);
    for (const from of [0, 5000, 21_000]) {
      const values = Uint8Array.from({ length: 3 * 70 * 101 }, (_, k) =>
        k < from || from === 0 ? kinds[Math.floor(next() * kinds.length)]! : Math.floor(next() * 256),
      );
      for (const volume of [
        memoryVolume(values, shape, { brick: shape }),
        memoryVolume(Int8Array.from(values), shape, { brick: [2, 64, 96] }),
      ]) {
        const expected = new Map<number, number>();
        for (const value of await volume.read()) expected.set(value, (expected.get(value) ?? 0) + 1);
        const { counts, centres } = await histogram(volume);
        const found = [...counts].flatMap((count, k) => (count > 0 ? [[centres[k]!, count]] : []));
        expect(found).toEqual([...expected].sort((a, b) => a[0] - b[0]));
      }
    }
  }
});

test("with a range, whole numbers inside it are counted exactly and the others below and above it", async () => {
  for (const dtype of ["uint8", "int16", "int32"] as const) {
    const values = new DTYPES[dtype].array(10).map((_, k) => k * 10);
    const found = await histogram(memoryVolume(values, [1, 2, 5]), { range: [19.5, 40] });
    expect(found.exact, dtype).toBe(true);
    expect([found.centres[0], found.counts.length, found.below, found.above], dtype).toEqual([20, 21, 2, 5]);
    expect([found.counts[0], found.counts[10], found.counts[20], found.total], dtype).toEqual([1, 1, 1, 3]);
    // Edges beyond all values leave empty bins and count nothing twice.
    const wide = await histogram(memoryVolume(values, [1, 2, 5]), { range: [-300, 300] });
    expect([wide.counts.length, wide.total, wide.below, wide.above, wide.centres[0]], dtype).toEqual([
      601, 10, 0, 0, -300,
    ]);
    const next = await histogram(memoryVolume(values, [1, 2, 5]), { range: [0, 39] });
    expect([next.total, next.above, next.counts[39]], dtype).toEqual([4, 6, 0]);
  }
});

test("floats are counted in 256 bins over their range, NaN apart, and the largest value is in the last bin", async () => {
  const values = Float32Array.from({ length: 1000 }, (_, k) => Math.fround(Math.sin(k) * 3e5));
  values.fill(Number.NaN, 0, 7);
  const found = await histogram(memoryVolume(values, [10, 10, 10]));
  expect([found.exact, found.counts.length, found.nan, found.total, found.below, found.above]).toEqual([
    false,
    256,
    7,
    993,
    0,
    0,
  ]);
  expect({ ...oracle(values, found.low, found.step, 256) }.counts).toEqual(Array.from(found.counts));
  expect(found.counts.at(-1)).toBeGreaterThan(0);
});

test("the histogram of floats is numpy's", async () => {
  const g16 = referenceGrey(referencePhases(64), 16);
  const values = Float32Array.from(g16, (value) => Math.fround(value - 25000) / 7);
  const found = await histogram(memoryVolume(values, [64, 64, 64], { brick: [32, 64, 64] }), { bins: 100 });
  const { counts, low, high } = golden["histogram of f32"];
  expect(Array.from(found.counts)).toEqual(counts);
  expect([found.low, found.edges[100]]).toEqual([low, high]);
});

test("stated bins over integers, and integers over more than 65536 values, have equal widths", async () => {
  const bytes = await histogram(memoryVolume(Uint8Array.of(0, 1, 2, 3, 250, 255), [1, 2, 3]), { bins: 5 });
  expect([bytes.exact, bytes.step, ...bytes.counts]).toEqual([false, 51, 4, 0, 0, 0, 2]);
  const wide = await histogram(memoryVolume(Uint32Array.of(0, 2 ** 31, 2 ** 32 - 1, 5), [1, 2, 2]));
  expect([wide.exact, wide.counts.length, wide.counts[0], wide.counts[128], wide.counts[255]]).toEqual([
    false,
    256,
    2,
    1,
    1,
  ]);
});

test("a constant float volume gets bins around its value", async () => {
  for (const value of [0, 7.5, -1e30]) {
    const found = await histogram(memoryVolume(new Float32Array(8).fill(value), [2, 2, 2]));
    expect([found.total, found.below, found.above], String(value)).toEqual([8, 0, 0]);
    expect(found.step).toBeGreaterThan(0);
  }
});

test("what cannot be counted is refused in clear words", async () => {
  const nan = memoryVolume(new Float32Array(8).fill(Number.NaN), [2, 2, 2]);
  await expect(histogram(nan)).rejects.toMatchObject({ code: "MissingData", message: /all voxels .* are NaN/ });
  const partly = memoryVolume(Float32Array.of(1, Number.NaN, 3, 4), [1, 2, 2]);
  const region = { start: [0, 0, 1], stop: [1, 1, 2] } as const;
  await expect(histogram(partly, { region })).rejects.toMatchObject({
    code: "MissingData",
    message: /1 voxels .* NaN/,
  });
  const volume = memoryVolume(new Uint8Array(8), [2, 2, 2]);
  const mask = memoryVolume(new Uint8Array(8), [2, 2, 2], { role: "mask" });
  await expect(histogram(volume, { mask })).rejects.toMatchObject({ code: "MissingData", message: /inside the mask/ });
  const infinite = memoryVolume(Float32Array.of(1, Number.POSITIVE_INFINITY), [1, 1, 2]);
  await expect(histogram(infinite)).rejects.toThrow("infinite values; give two finite numbers");
  expect((await histogram(infinite, { range: [0, 2] })).above).toBe(1);
  await expect(histogram(volume, { bins: 0 })).rejects.toThrow("bins is 0; allowed is a whole number from 1 to 65536");
  await expect(histogram(volume, { range: [3, 1] })).rejects.toMatchObject({ code: "InvalidArgument" });
  await expect(histogram(volume, { range: [1.2, 1.8] })).rejects.toThrow("holds no whole number");
  await expect(histogram(volume, { bin: 3 } as object)).rejects.toThrow("did you mean `bins`");
  await expect(histogram([1, 2] as never)).rejects.toThrow("histogram takes a volume");
});

test("a histogram shows itself as a picture and a sentence, and knows how it came to be", async () => {
  const volume = memoryVolume(Float32Array.of(1, 2, 3, Number.NaN), [1, 2, 2]);
  const found = await histogram(volume, { bins: 4, range: [2, 9] });
  const bundle: MimeBundle = found[displaySymbol]();
  expect(bundle["text/plain"]).toBe("Histogram of 2 voxels, 4 bins from 2 to 9; 1 below, 1 NaN");
  expect(bundle["text/html"]).toMatch(/<img[^>]*src="data:image\/png;base64,iVBOR/);
  expect(found.provenance).toMatchObject({ operation: "histogram", parameters: { bins: 4, range: [2, 9] } });
  expect(found.provenance.inputs[0]!.name).toBe("volume");
});
