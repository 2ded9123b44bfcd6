import { expect, test } from "vitest";
import { noiseLevel } from "#src/statistics/noise-level.js";
import { memoryVolume } from "../support/memory-volume.js";
import { normal } from "../support/normal.js";
import { referenceGrey, referencePhases } from "../support/reference-volume.js";

test("the standard deviation that was put in comes out, with or without a slope", async () => {
  const shape = [40, 40, 40] as const;
  for (const slope of [0, 30]) {
    const values = normal(64000, 3).map((value, k) => 500 + 7 * value + slope * (k % 40));
    expect(await noiseLevel(memoryVolume(values, shape))).toBeCloseTo(7, 0);
    expect(Math.abs((await noiseLevel(memoryVolume(values, shape))) - 7)).toBeLessThan(0.15);
  }
});

test("an image of one plane, two planes and a single row of voxels have noise, too", async () => {
  const values = normal(40000, 4).map((value) => 3 * value);
  expect(Math.abs((await noiseLevel(memoryVolume(values, [2, 100, 200]))) - 3)).toBeLessThan(0.1);
  expect(Math.abs((await noiseLevel(memoryVolume(values, [1, 200, 200]))) - 3)).toBeLessThan(0.1);
  expect(Math.abs((await noiseLevel(memoryVolume(values, [1, 1, 40000], { brick: [1, 1, 4096] }))) - 3)).toBeLessThan(
    0.1,
  );
});

test("edges and outliers hardly count: the noise of the electrode, whose structures are small, is found within a sixth", async () => {
  const grey = referenceGrey(referencePhases(64), 8);
  const noise = await noiseLevel(memoryVolume(grey, [64, 64, 64], { brick: [64, 64, 64] }));
  expect(noise).toBeGreaterThan(13.9);
  expect(noise).toBeLessThan(16.2);
});

test("of a large volume parts are looked at, always the same", async () => {
  const values = normal(2 ** 21, 6).map((value) => 5 * value);
  const volume = memoryVolume(values, [64, 128, 256], { brick: [32, 64, 64] });
  const noise = await noiseLevel(volume);
  expect(Math.abs(noise - 5)).toBeLessThan(0.05);
  expect(await noiseLevel(memoryVolume(values, [64, 128, 256], { brick: [64, 128, 128] }))).toBe(noise);
});

test("region and mask choose what is looked at; NaN is left out", async () => {
  const values = normal(32000, 8).map((value, k) => (k % 40 < 20 ? 1 : 9) * value);
  values[15000] = Number.NaN;
  const shape = [20, 40, 40] as const;
  const volume = memoryVolume(values, shape);
  const region = { start: [0, 0, 0], stop: [20, 40, 20] } as const;
  expect(Math.abs((await noiseLevel(volume, { region })) - 1)).toBeLessThan(0.05);
  const mask = memoryVolume(
    Uint8Array.from(values, (_, k) => (k % 40 < 20 ? 0 : 1)),
    shape,
    { role: "mask" },
  );
  expect(Math.abs((await noiseLevel(volume, { mask })) - 9)).toBeLessThan(0.4);
});

test("where nothing is left to look at, it says so", async () => {
  await expect(noiseLevel(memoryVolume(new Uint8Array(1), [1, 1, 1]))).rejects.toMatchObject({ code: "MissingData" });
  await expect(noiseLevel(memoryVolume(new Uint8Array(8), [2, 2, 2]))).rejects.toMatchObject({ code: "MissingData" });
  const empty = memoryVolume(new Uint8Array(64), [4, 4, 4], { role: "mask" });
  await expect(noiseLevel(memoryVolume(new Uint8Array(64), [4, 4, 4]), { mask: empty })).rejects.toThrow(
    "region and mask leave no 3 × 3 × 3 voxels",
  );
  await expect(noiseLevel(memoryVolume(new Uint8Array(8), [2, 2, 2]), { regoin: 1 } as object)).rejects.toThrow(
    "did you mean `region`",
  );
  const signal = AbortSignal.abort(new Error("stopped"));
  await expect(noiseLevel(memoryVolume(new Uint8Array(27), [3, 3, 3]), { signal })).rejects.toThrow("stopped");
});
