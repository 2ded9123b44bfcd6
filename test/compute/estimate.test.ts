import { expect, test } from "vitest";
import { machine } from "#src/compute/memory.js";
import { DTYPES } from "#src/core/dtype.js";
import {
  crop,
  estimate,
  gaussian,
  histogram,
  median,
  otsu,
  pipeline,
  release,
  threshold,
  type Volume,
} from "#src/index.js";
import { memoryVolume } from "../support/memory-volume.js";
import { randomVoxels } from "../support/random-volume.js";

const shape = [20, 33, 70] as const;
const scan = memoryVolume(randomVoxels("uint16", 20 * 33 * 70, 3), shape, { brick: [8, 16, 32] });
type Call = (options: { workers?: number; onProgress?: () => void }) => Promise<unknown>;

/** The most that the library counted while a call ran, beyond what it counted before. */
async function counted(call: Call, workers: number): Promise<number> {
  await machine.collect();
  const before = machine.used;
  let most = 0;
  const result = await call({ workers, onProgress: () => (most = Math.max(most, machine.used - before)) });
  if (typeof result === "object" && result !== null && "store" in result) release(result as Volume);
  return most;
}

test("the bytes of an estimate are those that the library counts during the call, for any number of threads", async () => {
  for (const workers of [1, 2, 4]) {
    for (const [told, call] of [
      [await estimate(median, scan, { radius: 2, workers }), (options) => median(scan, { radius: 2, ...options })],
      [
        await estimate(gaussian, scan, { dtype: "float32", workers }),
        (options) => gaussian(scan, { dtype: "float32", ...options }),
      ],
      [await estimate(threshold, scan, 9, { workers }), (options) => threshold(scan, 9, options)],
      [await estimate(histogram, scan, { workers }), (options) => histogram(scan, options)],
    ] as [Awaited<ReturnType<typeof estimate>>, Call][]) {
      expect(told.bytes).toBe(await counted(call, workers));
      expect([told.tasks, told.workers, told.file]).toEqual([3 * 3 * 3, workers, 0]);
      expect(told.bytes).toBeGreaterThanOrEqual(told.work);
      expect(told.seconds).toBeGreaterThan(0);
    }
  }
});

test("an estimate makes no volume, and measures a call of the same parameters only once", async () => {
  const before = machine.table().numRows;
  const [first, second] = [await estimate(median, scan, { radius: 3 }), await estimate(median, scan, { radius: 3 })];
  expect(second.seconds).toBe(first.seconds);
  expect((await estimate(median, scan, { radius: 4 })).seconds).not.toBe(first.seconds);
  expect(machine.table().numRows).toBe(before);
});

test("the seconds of a region are those of its bricks", async () => {
  const region = { start: [0, 0, 0], stop: [8, 16, 70] } as const;
  const [all, part] = [
    await estimate(median, scan, { radius: 2, workers: 1 }),
    await estimate(median, scan, { radius: 2, workers: 1, region }),
  ];
  expect(part.tasks).toBe(3);
  expect(part.seconds / all.seconds).toBeCloseTo(3 / 27, 6);
});

test("where memory does not hold the result, or it goes into a file, its bytes stand under file", async () => {
  const bytes = 27 * 8 * 16 * 32 * DTYPES.uint16.bytes;
  const told = await estimate(median, scan, { workers: 1, to: "result.arrow" });
  expect([told.file, told.bytes]).toEqual([bytes, told.work]);
  const small = await estimate(median, scan, { workers: 4, memoryLimit: machine.used + 400_000 });
  expect(small.file).toBe(bytes);
  expect(small.workers).toBeLessThan(4);
  expect(small.bytes).toBeLessThanOrEqual(400_000);
});

test("functions of several passes are estimated with all of them", async () => {
  const told = await estimate(otsu, scan);
  expect(told.tasks).toBeGreaterThanOrEqual(27);
  expect((await estimate(crop, scan, { start: [0, 0, 0], stop: [8, 8, 8] })).tasks).toBe(1);
});

test("what a call would refuse, its estimate refuses, too", async () => {
  await expect(estimate(median, scan, { radius: 99 })).rejects.toThrow("radius (voxels) is 99");
  await expect(estimate(median, {} as Volume)).rejects.toThrow("estimate takes a volume");
  await expect(estimate("median" as never, scan)).rejects.toThrow("estimate takes a function");
});

test("a pipeline is estimated by its passes, and the bytes are those that it takes", async () => {
  const chain = pipeline([gaussian, { sigma: 0.6 }], [threshold, 120]);
  const run = (volume: Volume, options: object): Promise<Volume> => chain.run(volume, options);
  const told = await estimate(run, scan, { workers: 2 });
  expect(told.tasks).toBe(27);
  expect(told.bytes).toBe(await counted((options) => chain.run(scan, options), 2));
  const region = { start: [0, 0, 0], stop: [8, 16, 32] } as const;
  expect((await estimate(run, scan, { region })).tasks).toBe(1);
});
