import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import { expect, test } from "vitest";
import { machine } from "#src/compute/memory.js";
import {
  absorbance,
  correctCupping,
  correctDrift,
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
  threshold,
  um,
  Volume,
} from "#src/index.js";
import { testFolder } from "../support/folder.js";
import { beside, depth, facts, height, mask, projections, scan, scanOf } from "../support/scan-to-correct.js";

const file = testFolder();
const rows = (table: { toArray(): { toJSON(): unknown }[] }): Record<string, unknown>[] =>
  table.toArray().map((row) => row.toJSON() as Record<string, unknown>);

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
