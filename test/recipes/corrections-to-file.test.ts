/** Corrections of whole planes and sinograms whose result goes into a file. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { basename } from "node:path";
import { expect, test } from "vitest";
import { machine } from "#src/compute/memory.js";
import {
  absorbance,
  correctCupping,
  correctDrift,
  correctZernike,
  estimate,
  median,
  memory,
  nonLocalMeans,
  open,
  paganin,
  pipeline,
  type RunOptions,
  reduceStreaks,
  release,
  removeRings,
  removeStripes,
  save,
  streakMap,
  threshold,
  um,
  Volume,
} from "#src/index.js";
import { testFolder } from "../support/folder.js";
import { memoryVolume } from "../support/memory-volume.js";
import { root } from "../support/require.js";
import { beside, depth, facts, height, projections, scan } from "../support/scan-to-correct.js";

const file = testFolder();

type Call = (options: RunOptions) => Promise<Volume>;
const CALLS: Record<string, Call> = {
  absorbance: (o) => absorbance(projections, o),
  "correctCupping by classes": (o) => correctCupping(scan, { classes: 1, ...o }),
  "correctCupping by low-pass": (o) => correctCupping(scan, { method: "low-pass", sigma: 5, ...o }),
  correctDrift: (o) => correctDrift(scan, o),
  correctZernike: (o) => correctZernike(projections, { cutoff: 0.05, iterations: 3, ...o }),
  paganin: (o) => paganin(projections, { distance: um(500), energy: 20, deltaOverBeta: 100, ...o }),
  reduceStreaks: (o) => reduceStreaks(scan, { dense: 150, angles: 20, ...o }),
  removeRings: (o) => removeRings(scan, { size: 5, ...o }),
  "removeStripes by sorting": (o) => removeStripes(projections, { method: "sorting", size: 5, ...o }),
  "removeStripes by all": (o) => removeStripes(projections, { size: 5, largeSize: 9, ...o }),
  streakMap: (o) => streakMap(scan, { dense: 150, angles: 20, ...o }),
};

test.for(Object.entries(CALLS))(
  "%s into a file gives the bytes and the facts of that in memory",
  async ([name, call]) => {
    const to = file(`${name}.arrow`);
    for (const workers of [1, 3]) {
      const [inMemory, inFile] = [await call({ workers }), await call({ workers, to })];
      expect(inFile.store.memoryBytes).toBe(0);
      const opened = await open(to);
      for (const volume of [inFile, opened]) {
        expect(await volume.read()).toEqual(await inMemory.read());
        expect(facts(volume)).toEqual(facts(inMemory));
        expect(volume.range).toEqual(inMemory.range);
      }
      for (const volume of [inMemory, inFile, opened]) release(volume);
    }
    expect(beside(to)).toEqual([basename(to)]);
    // It is finished: looking at it is no step.
    const done: string[] = [];
    await call({ to, onProgress: ({ operation, total }) => done.push(`${operation} ${total}`) });
    expect(done.length).toBeLessThanOrEqual(name.startsWith("correctCupping") || name === "correctDrift" ? depth : 0);
  },
);

test("a correction that was stopped goes on at its layer of bricks, and reads nothing before it again", async () => {
  for (const [name, layer, call] of [
    ["rings", 8, (volume: Volume, o: RunOptions) => removeRings(volume, { size: 5, ...o })],
    ["light", 8, (volume: Volume, o: RunOptions) => absorbance(volume.with({ role: "projections" }), o)],
  ] as const) {
    const to = file(`stopped-${name}.arrow`);
    const before = memory().numRows;
    const controller = new AbortController();
    const onProgress = ({ done }: { done: number }): void => {
      if (done === layer + 2) controller.abort(new Error("enough"));
    };
    await expect(call(scan, { to, workers: 2, signal: controller.signal, onProgress })).rejects.toThrow("enough");
    expect(memory().numRows).toBe(before);
    expect(beside(to).sort()).toEqual([`${basename(to)}.journal`, `${basename(to)}.partial`]);
    // The same scan, whose first bricks cannot be read any more.
    const firstMissing = scan.grid.counts[1] * scan.grid.counts[2] * (layer / scan.grid.brick[0]);
    const { grid, store, shape, dtype, role, spacing, provenance } = scan;
    const lame = {
      ...store,
      read: (index: number) => (index < firstMissing ? Promise.reject(new Error("read again")) : store.read(index)),
    };
    const half = new Volume({ shape, dtype, role, spacing, provenance, brick: grid.brick, store: lame });
    const steps: number[] = [];
    const result = await call(half, { to, onProgress: ({ done }) => steps.push(done) });
    expect(steps).toEqual(Array.from({ length: depth }, (_, k) => k + 1));
    expect(await result.read()).toEqual(await (await call(scan, {})).read());
    expect(beside(to)).toEqual([basename(to)]);
  }
});

test("sinograms go on, too, and another correction does not go on with what is not its own", async () => {
  const to = file("sinograms.arrow");
  const controller = new AbortController();
  const onProgress = ({ done }: { done: number }): void => {
    if (done === 12) controller.abort(new Error("enough"));
  };
  const call = (o: RunOptions, size = 5): Promise<Volume> =>
    removeStripes(projections, { method: "sorting", size, ...o });
  await expect(call({ to, signal: controller.signal, onProgress })).rejects.toThrow("enough");
  await expect(call({ to }, 7)).rejects.toThrow(/unfinished result of another run: its steps is/);
  let resumed = 0;
  await call({ to, onProgress: ({ done }) => (resumed = Math.max(resumed, done)) });
  expect(resumed).toBe(height);
  expect(await (await open(to)).read()).toEqual(await (await call({})).read());
});

test("a killed process leaves what the next run goes on with", async () => {
  const [from, to] = [file("killed-scan.arrow"), file("killed.arrow")];
  await save(scan, from);
  const script = `
    import { open, removeRings } from "#src/index.js";
    import { writeSync } from "node:fs";
    const onProgress = ({ done }) => writeSync(1, done + "\\n");
    const scan = await open(${JSON.stringify(from)});
    await removeRings(scan, { size: 5, to: ${JSON.stringify(to)}, workers: 1, onProgress });`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], { cwd: root });
  let [told, errors] = ["", ""];
  child.stderr.on("data", (chunk: Buffer) => {
    errors += chunk;
  });
  child.stdout.on("data", (chunk: Buffer) => {
    told += chunk;
    if (told.includes("9\n")) child.kill("SIGKILL");
  });
  const [, signal] = (await once(child, "close")) as [number | null, string | null];
  expect([signal, errors]).toEqual(["SIGKILL", ""]);
  const opened = await open(from);
  const result = await removeRings(opened, { size: 5, to });
  expect(await result.read()).toEqual(await (await removeRings(scan, { size: 5 })).read());
  expect(beside(to)).toEqual(["killed-scan.arrow", "killed.arrow"]);
});

test("the result of a correction does not lie in memory when it goes into a file", async () => {
  const large = memoryVolume(new Uint8Array(96 * 64 * 64).fill(100, 1000), [96, 64, 64], { brick: [8, 64, 64] });
  let most = 0;
  const watch = { onProgress: () => (most = Math.max(most, machine.used)), workers: 1 };
  await machine.collect();
  const before = machine.used;
  const told = await estimate(removeRings, large, { workers: 1, to: file("large.arrow") });
  expect([told.tasks, told.file]).toEqual([96, 96 * 64 * 64]);
  await removeRings(large, { ...watch, to: file("large.arrow") });
  // The work, of which one layer of bricks waits for the file.
  expect(most - before).toBe(told.bytes);
  expect(told.bytes).toBe(told.work);
  await expect(removeRings(large, { memoryLimit: before + 1000, to: file("none.arrow") })).rejects.toMatchObject({
    code: "LimitExceeded",
  });
  expect(beside(file("none.arrow"))).toEqual([]);
});

test("an estimate has the bytes that a correction takes, for any number of threads, alone or in a chain", async () => {
  for (const workers of [1, 2, 4]) {
    const told = await estimate(removeRings, scan, { size: 5, workers });
    await machine.collect();
    const before = machine.used;
    let most = 0;
    const onProgress = (): void => {
      most = Math.max(most, machine.used - before);
    };
    release(await removeRings(scan, { size: 5, workers, onProgress }));
    expect(told.bytes).toBe(most);
    expect([told.tasks, told.workers, told.file]).toEqual([depth, workers, 0]);
    expect(told.seconds).toBeGreaterThan(0);
  }
  const chain = pipeline(median, [removeRings, { size: 5 }], threshold as never);
  await expect(estimate((volume: Volume) => chain.run(volume), scan)).rejects.toThrow("threshold");
  const good = pipeline(median, [removeRings, { size: 5 }], [threshold, 120]);
  const run = (volume: Volume, options: RunOptions): Promise<Volume> => good.run(volume, options);
  const [inMemory, inFile] = [await estimate(run, scan, {}), await estimate(run, scan, { to: file("never.arrow") })];
  expect([inMemory.tasks, inMemory.file]).toEqual([2 * scan.grid.length + depth, 0]);
  // Only the end goes into the file.
  expect(inFile.file).toBe(scan.grid.length * scan.grid.brickVoxels);
  const looks = pipeline(median, nonLocalMeans);
  await expect(estimate((volume: Volume) => looks.run(volume), scan)).rejects.toMatchObject({
    code: "UnsupportedFeature",
  });
});

test("what is wrong with the file or an option of any correction is told before anything runs", async () => {
  for (const call of Object.values(CALLS)) {
    await expect(call({ to: "result.tif" })).rejects.toThrow("ends in .arrow");
    await expect(call({ to: file("nowhere/result.arrow") })).rejects.toMatchObject({ code: "MissingData" });
    await expect(call({ workers: 0 })).rejects.toThrow("workers is 0");
    await expect(call({ mask: scan })).rejects.toMatchObject({ code: "InvalidArgument" });
  }
  const path = file("input.arrow");
  await save(scan, path);
  const opened = await open(path);
  await expect(removeRings(opened, { to: path })).rejects.toThrow("the file of the volume itself");
});
