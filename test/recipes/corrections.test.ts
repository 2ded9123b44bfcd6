/** Corrections of whole planes and sinograms: as steps of a chain, and into a file. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { basename, dirname } from "node:path";
import { expect, test } from "vitest";
import { machine } from "#src/compute/memory.js";
import {
  absorbance,
  correctCupping,
  correctDrift,
  correctZernike,
  crop,
  estimate,
  filteredBackProjection,
  gaussian,
  median,
  memory,
  nonLocalMeans,
  open,
  type Pipeline,
  paganin,
  pipeline,
  type RunOptions,
  recipe,
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
import { random } from "../support/random-volume.js";
import { root } from "../support/require.js";

const file = testFolder();
const shape = [13, 24, 37] as const;
const [depth, height, width] = shape;
/** Grey values from 60 to 190: a sample with rings, a cup and noise. */
const grey = (seed: number): Uint8Array => {
  const next = random(seed);
  return Uint8Array.from({ length: depth * height * width }, (_, k) => {
    const r = Math.hypot((Math.floor(k / width) % height) - 11.5, (k % width) - 18);
    return 90 + 2 * r + (Math.round(r) % 7 === 3 ? 15 : 0) + 30 * next();
  });
};
const scanOf = (seed: number): Volume =>
  memoryVolume(grey(seed), shape, { brick: [4, 16, 16], spacing: [1e-6, 1e-6, 1e-6] });
const scan = scanOf(5);
const projections = memoryVolume(
  Float32Array.from(grey(6), (value) => value / 200),
  shape,
  {
    brick: [8, 5, 16],
    spacing: [1e-6, 1e-6, 1e-6],
    role: "projections",
    angles: Array.from({ length: depth }, (_, k) => (180 * k) / depth),
  },
);
const mask = memoryVolume(
  Uint8Array.from({ length: depth * height * width }, (_, k) =>
    Math.hypot((Math.floor(k / width) % height) - 11.5, (k % width) - 18) < 15 ? 1 : 0,
  ),
  shape,
  { role: "mask", brick: [4, 16, 16] },
);
const facts = ({ provenance, role, spacing, phases, angles, dtype, grid, truth }: Volume): unknown[] => [
  provenance,
  role,
  spacing,
  phases,
  angles,
  dtype,
  grid.brick,
  truth,
];
const rows = (table: { toArray(): { toJSON(): unknown }[] }): Record<string, unknown>[] =>
  table.toArray().map((row) => row.toJSON() as Record<string, unknown>);
const beside = (to: string): string[] =>
  readdirSync(dirname(to)).filter((name) => name.startsWith(basename(to, ".arrow")));

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

const CHAINS: [string, Pipeline, (volume: Volume, options: RunOptions) => Promise<Volume>][] = [
  ["one correction", pipeline([removeRings, { size: 5 }]), (v) => removeRings(v, { size: 5 })],
  [
    "corrections first",
    pipeline(
      [removeRings, { size: 5 }],
      [correctCupping, { method: "low-pass", sigma: 5 }],
      [nonLocalMeans, { noise: 8, search: 1, patch: 1 }],
      [threshold, 120],
    ),
    async (v) => {
      const flat = await correctCupping(await removeRings(v, { size: 5 }), { method: "low-pass", sigma: 5 });
      return threshold(await nonLocalMeans(flat, { noise: 8, search: 1, patch: 1 }), 120);
    },
  ],
  [
    "a correction last",
    pipeline(median, [reduceStreaks, { dense: 150, angles: 20 }]),
    async (v) => reduceStreaks(await median(v), { dense: 150, angles: 20 }),
  ],
  [
    "a correction between filters, one of which looks at voxels",
    pipeline(gaussian, correctDrift, nonLocalMeans, gaussian),
    async (v) => gaussian(await nonLocalMeans(await correctDrift(await gaussian(v)))),
  ],
];

test.for(CHAINS)("%s: a chain gives what its functions give one after the other", async ([name, chain, apart]) => {
  const expected = await apart(scan, {});
  await machine.collect();
  const before = memory().numRows;
  const result = await chain.run(scan, { workers: 2 });
  expect(memory().numRows).toBe(before + 1);
  const to = file(`chain ${name}.arrow`);
  const inFile = await chain.run(scan, { to });
  expect(memory().numRows).toBe(before + 1);
  for (const volume of [result, inFile, await open(to)]) {
    expect(await volume.read()).toEqual(await expected.read());
    expect(facts(volume)).toEqual(facts(expected));
  }
  expect(beside(to)).toEqual([basename(to)]);
  let steps = 0;
  const again = await chain.run(scan, { to, onProgress: () => steps++ });
  expect([steps, await again.read()]).toEqual([0, await expected.read()]);
  // Another scan of the same shape is not taken for it.
  const other = await chain.run(scanOf(9), { to });
  expect(await other.read()).toEqual(await (await apart(scanOf(9), {})).read());
  const region = { start: [2, 3, 4], stop: [9, 20, 30] } as const;
  const part = await chain.run(scan, { region, to: file(`part ${name}.arrow`) });
  const cut = await crop(expected, region);
  expect(await part.read()).toEqual(await cut.read());
  expect(part.provenance).toEqual(cut.provenance);
  for (const volume of [result, cut]) release(volume);
});

test("projections are corrected in chains, and stay projections", async () => {
  const chain = pipeline([removeStripes, { method: "sorting", size: 5 }], absorbance);
  const result = await chain.run(projections, { to: file("absorbances.arrow") });
  const expected = await absorbance(await removeStripes(projections, { method: "sorting", size: 5 }));
  expect(await result.read()).toEqual(await expected.read());
  expect(facts(await open(file("absorbances.arrow")))).toEqual(facts(expected));
  expect((await filteredBackProjection(result)).shape[0]).toBe(height);
});

test("a mask is given to corrections that measure inside it, and refused for the others before anything runs", async () => {
  const chain = pipeline([correctCupping, { method: "low-pass", sigma: 5 }], correctDrift, median);
  const flat = await correctDrift(await correctCupping(scan, { method: "low-pass", sigma: 5, mask }), { mask });
  const expected = await median(flat, { mask });
  const result = await chain.run(scan, { mask });
  expect(await result.read()).toEqual(await expected.read());
  expect(result.provenance).toEqual(expected.provenance);
  let steps = 0;
  const onProgress = (): number => steps++;
  const rings = pipeline(median, [removeRings, { size: 5 }]);
  const refused = "`mask` has no meaning for step 2 of the pipeline, removeRings";
  await expect(rings.run(scan, { mask, onProgress })).rejects.toThrow(refused);
  await expect(rings.lazy(scan, { mask })).rejects.toThrow(refused);
  await expect(rings.explain(scan, { mask })).rejects.toThrow(refused);
  expect(steps).toBe(0);
});

test("what is wrong with a late step or the file is told before anything runs", async () => {
  let steps = 0;
  const onProgress = (): number => steps++;
  const bad = (chain: Pipeline, options: RunOptions = {}, on = scan): Promise<string> =>
    chain.run(on, { onProgress, ...options }).then(
      () => "ran",
      (error: Error) => `${(error as { code?: string }).code}: ${error.message}`,
    );
  const late = pipeline([removeRings, { size: 5 }], [correctCupping, { method: "low-pass" }], [median, { radius: 99 }]);
  expect(await bad(late)).toMatch(/^InvalidArgument: radius \(voxels\) is 99/);
  expect(await bad(pipeline([removeRings, { size: 4 }]))).toMatch(/^InvalidArgument: size is 4/);
  expect(await bad(pipeline(removeRings, paganin as never))).toMatch(/^InvalidArgument: paganin takes projections/);
  const good = pipeline([removeRings, { size: 5 }], median);
  expect(await bad(good, { to: "result.tif" })).toMatch(/^InvalidArgument: to is "result.tif"/);
  expect(await bad(good, { to: file("nowhere/result.arrow") })).toMatch(/^MissingData: there is no folder/);
  expect(await bad(good, { workers: 0 })).toMatch(/^InvalidArgument: workers is 0/);
  const path = file("input.arrow");
  await save(scan, path);
  expect(await bad(good, { to: path }, await open(path))).toMatch(/^InvalidArgument: to is .*the file of the volume/);
  expect(steps).toBe(0);
  for (const call of Object.values(CALLS)) {
    await expect(call({ to: "result.tif" })).rejects.toThrow("ends in .arrow");
    await expect(call({ to: file("nowhere/result.arrow") })).rejects.toMatchObject({ code: "MissingData" });
    await expect(call({ workers: 0 })).rejects.toThrow("workers is 0");
    await expect(call({ mask: scan })).rejects.toMatchObject({ code: "InvalidArgument" });
  }
  const opened = await open(path);
  await expect(removeRings(opened, { to: path })).rejects.toThrow("the file of the volume itself");
});

test("a cancelled chain leaves nothing in memory, in whichever step", async () => {
  const chain = pipeline(
    median,
    [removeRings, { size: 5 }],
    [correctCupping, { method: "low-pass", sigma: 5 }],
    median,
  );
  await machine.collect();
  const [before, used] = [memory().numRows, machine.used];
  for (const stopAt of ["removeRings", "correctCupping", "median"]) {
    const controller = new AbortController();
    const onProgress = ({ operation, done }: { operation: string; done: number }): void => {
      if (operation === stopAt && done === 2) controller.abort(new Error(`in ${stopAt}`));
    };
    const to = file(`cancelled-${stopAt}.arrow`);
    await expect(chain.run(scan, { to, signal: controller.signal, onProgress })).rejects.toThrow(`in ${stopAt}`);
    await machine.collect();
    expect(memory().numRows).toBe(before);
    // Threads that were ended in the midst of bricks let go of these a while later.
    if (stopAt !== "median") expect(machine.used).toBe(used);
    // The end was not begun: nothing lies there.
    expect(beside(to)).toEqual([]);
  }
});

test("explain tells which steps work on whole planes, and plans the others on what these make", async () => {
  const chain = pipeline(median, [removeRings, { size: 5 }], [correctCupping, { method: "low-pass" }], gaussian, [
    threshold,
    120,
  ]);
  expect(rows(await chain.explain(scan))).toMatchObject([
    { steps: "median", "why apart": "" },
    { steps: "removeRings", bricks: scan.grid.length, "why apart": "it works on whole planes (13)" },
    { steps: "correctCupping", "why apart": "it looks at all voxels first, then works on whole planes (13)" },
    { steps: "gaussian → threshold" },
  ]);
  const absorbances = pipeline(removeStripes, absorbance);
  expect(rows(await absorbances.explain(projections)).map((row) => row["why apart"])).toEqual([
    `it works on whole sinograms (${height})`,
    `it works on whole planes (${depth})`,
  ]);
  let read = 0;
  const { store } = scan;
  const counting = {
    ...store,
    read: (index: number) => {
      read++;
      return store.read(index);
    },
  };
  await chain.explain(new Volume({ ...scan, brick: scan.grid.brick, store: counting }));
  await estimate(
    (volume: Volume) => chain.run(volume),
    new Volume({ ...scan, brick: scan.grid.brick, store: counting }),
  );
  // An estimate takes a brick to see how long a filter takes.
  expect(read).toBeLessThan(scan.grid.length);
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

test("a lazy chain says that a correction makes no part of its result alone; a lazy result is not corrected", async () => {
  await expect(pipeline(median, removeRings).lazy(scan)).rejects.toMatchObject({
    code: "UnsupportedFeature",
    message: expect.stringContaining("removeRings works on whole planes or sinograms"),
  });
  const lazy = await pipeline(median).lazy(scan);
  await expect(removeRings(lazy)).rejects.toThrow("the result of median is only planned");
});

test("a recipe with corrections runs on each scan of a folder; what is finished is not computed again", async () => {
  const chain = pipeline([removeRings, { size: 5 }], [correctCupping, { method: "low-pass", sigma: um(5) }], median, [
    threshold,
    120,
  ]);
  await chain.save(file("corrections.json"));
  const again = await recipe(file("corrections.json"));
  expect(again.recipe).toEqual(chain.recipe);
  const [scans, results] = [file("scans"), file("results")];
  mkdirSync(scans);
  await save(scan, `${scans}/a.arrow`);
  await save(scanOf(8), `${scans}/b.arrow`);
  writeFileSync(`${scans}/c.tif`, "no image");
  expect(rows(await again.runAll(scans, results)).map(({ scan, error }) => [scan, error === ""])).toEqual([
    ["a.arrow", true],
    ["b.arrow", true],
    ["c.tif", false],
  ]);
  expect(readdirSync(results).sort()).toEqual(["a.arrow", "b.arrow"]);
  for (const [name, volume] of [
    ["a", scan],
    ["b", scanOf(8)],
  ] as const)
    expect(await (await open(`${results}/${name}.arrow`)).read()).toEqual(await (await chain.run(volume)).read());
  let steps = 0;
  const table = await again.runAll(scans, results, { onProgress: () => steps++ });
  expect([steps, rows(table)[0]!.error]).toEqual([0, ""]);
});
