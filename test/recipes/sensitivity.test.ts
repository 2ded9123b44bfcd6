/** How sure a number is: distributions and shares against closed forms, and what happens to runs that fail. */
import { tableToIPC } from "apache-arrow";
import { expect, test } from "vitest";
import { displaySymbol, type MimeBundle } from "#src/core/display.js";
import { type ProgressHook, progressSymbol } from "#src/core/progress.js";
import {
  interfaceAreas,
  isodata,
  median,
  memory,
  multiOtsu,
  otsu,
  phaseFractions,
  pipeline,
  type ResultTable,
  samples,
  sensitivity,
  threshold,
  thresholdRanges,
  um,
  type Volume,
} from "#src/index.js";
import { memoryVolume } from "../support/memory-volume.js";

/** Each grey value from 0 to 255 equally often: the fraction below a threshold is known. */
const even = memoryVolume(
  Uint8Array.from({ length: 32 ** 3 }, (_, k) => (k * 151) % 256),
  [32, 32, 32],
  { brick: [8, 32, 32], spacing: [1e-6, 1e-6, 1e-6] },
);
const cut = (scan: Volume, { at }: { at: number }): Promise<Volume> => threshold(scan, at, { names: ["low", "high"] });
const share = async (labels: Volume): Promise<number> => (await phaseFractions(labels)).getChild("fraction")!.get(0);
const row = (table: ResultTable, name: string) =>
  table
    .toArray()
    .find((one) => one.quantity === name)!
    .toJSON();
const text = (table: ResultTable): string =>
  (table as unknown as { [displaySymbol](): MimeBundle })[displaySymbol]()["text/plain"] as string;

test("a fraction that follows its threshold has the distribution of the threshold", async () => {
  const table = await sensitivity(even, cut, share, { vary: { at: { from: 50, to: 150 } }, runs: 400 });
  const { mean, deviation, median, runs, ...rest } = row(table, "share");
  expect(runs).toBe(400);
  // ⌊T⌋ + 1 of 256 values are not above T; T is even from 50 to 150.
  expect(mean).toBeCloseTo(100.5 / 256, 3);
  expect(deviation).toBeCloseTo(100 / Math.sqrt(12) / 256, 3);
  expect(median).toBeCloseTo(100.5 / 256, 2);
  for (const [name, part] of [
    ["5 %", 0.05],
    ["25 %", 0.25],
    ["75 %", 0.75],
    ["95 %", 0.95],
  ] as const)
    expect(rest[name]).toBeCloseTo((50.5 + 100 * part) / 256, 2);
  expect(rest["due to at"]).toBeGreaterThan(0.98);
  expect(table.failed).toBe(0);
  const { samples: each } = table;
  expect(each.numRows).toBe(400);
  for (const one of each.toArray()) expect(one.share).toBe((Math.floor(one.at) + 1) / 256);
  expect(text(table)).toMatch(/400 runs\.$/);
  expect(tableToIPC(table).length).toBeGreaterThan(100);
  expect(table.provenance.parameters).toMatchObject({
    segmentation: "cut",
    quantity: "share",
    vary: { at: { from: 50, to: 150 } },
    seed: 1,
  });
});

test("shares tell which parameter is to blame; lists, lengths, whole numbers and seeds are drawn as they were given", async () => {
  const seen: { method: string; radius: number; seed: number; levels: number[] }[] = [];
  const segment = async (
    scan: Volume,
    chosen: { method: (typeof methods)[number]; radius: { metres: number }; seed: number; levels: number[] },
  ): Promise<Volume> => {
    const { method, radius, seed, levels } = chosen;
    seen.push({ method: method.name, radius: radius.metres * 1e6, seed, levels });
    return threshold(scan, levels[0]! + 0.1 * levels[1]!);
  };
  const methods = [otsu, isodata] as const;
  const vary = {
    method: methods,
    radius: { from: um(1), to: um(2) },
    seed: { from: 3, to: 6, whole: true },
    levels: [
      { from: 40, to: 80 },
      { from: 100, to: 140 },
    ],
  } as const;
  const table = await sensitivity(even, segment, share, { vary, runs: 128 });
  const found = row(table, "share");
  expect(found["due to levels[0]"]).toBeGreaterThan(0.9);
  for (const name of ["method", "radius", "seed", "levels[1]"]) expect(found[`due to ${name}`]).toBeLessThan(0.2);
  expect(seen.filter(({ method }) => method === "otsu").length).toBe(64);
  for (const seed of [3, 4, 5, 6]) expect(seen.filter((one) => one.seed === seed).length).toBe(32);
  expect(Math.min(...seen.map(({ radius }) => radius))).toBeLessThan(1.01);
  expect(Math.max(...seen.map(({ radius }) => radius))).toBeGreaterThan(1.99);
  const { schema } = table.samples;
  expect(schema.fields.find(({ name }) => name === "radius")!.metadata.get("unit")).toBe("µm");
  expect([...table.samples.getChild("method")!].slice(0, 5)).toEqual(seen.slice(0, 5).map(({ method }) => method));
  expect(Number(table.samples.getChild("radius")!.get(7))).toBeCloseTo(seen[7]!.radius, 12);
});

test("the same seed gives the same table, another one another", async () => {
  const of = async (options: object): Promise<string> =>
    JSON.stringify(
      (await sensitivity(even, cut, share, { vary: { at: { from: 50, to: 150 } }, runs: 8, ...options })).toArray(),
    );
  expect(await of({})).toBe(await of({ workers: 1 }));
  expect(await of({ seed: 2 })).not.toBe(await of({}));
});

test("every number of a table is a quantity of its own, with the unit of its column; objects give theirs by name", async () => {
  const vary = { at: { from: 50, to: 150 } };
  const fractions = await sensitivity(even, cut, phaseFractions, { vary, runs: 8 });
  expect([...fractions.getChild("quantity")!]).toEqual([
    "voxels, low",
    "fraction, low",
    "volume, low",
    "voxels, high",
    "fraction, high",
    "volume, high",
  ]);
  expect([...fractions.getChild("unit")!].slice(0, 3)).toEqual(["", "1", "µm³"]);
  expect(row(fractions, "fraction, low").mean + row(fractions, "fraction, high").mean).toBeCloseTo(1, 12);
  const areas = await sensitivity(even, cut, interfaceAreas, { vary, runs: 8 });
  expect([...areas.getChild("quantity")!]).toContain("area, low, high");
  const both = await sensitivity(even, cut, () => ({ one: 1, nothing: Number.NaN }), { vary, runs: 8 });
  expect(row(both, "one")).toMatchObject({ runs: 8, mean: 1, deviation: 0, "due to at": Number.NaN });
  expect(row(both, "nothing")).toMatchObject({ runs: 0, mean: Number.NaN, "5 %": Number.NaN });
});

test("of a pipeline the thresholds move within their ranges, what comes before them is computed once", async () => {
  const scan = await samples.electrode({ shape: [32, 64, 64], brick: [32, 32, 64] });
  const clean = await median(scan, { radius: 1 });
  const thresholds = (await multiOtsu(clean)) as [number, number];
  const names = ["pore", "binder", "active material"];
  const chain = pipeline([median, { radius: 1 }], [threshold, thresholds, { names }]);
  const before = memory().numRows;
  const table = await sensitivity(scan, chain, phaseFractions, { runs: 32 });
  expect(memory().numRows).toBe(before);
  const { ranges } = await thresholdRanges(clean, thresholds);
  for (const k of [0, 1]) {
    const drawn = [...table.samples.getChild(`threshold.thresholds[${k}]`)!] as number[];
    const { from, to } = ranges[k]!;
    expect(Math.min(...drawn)).toBeGreaterThanOrEqual(from);
    expect(Math.max(...drawn)).toBeLessThanOrEqual(to);
    expect(Math.max(...drawn) - Math.min(...drawn)).toBeGreaterThan(0.9 * (to - from));
  }
  const pore = row(table, "fraction, pore");
  expect(pore["due to threshold.thresholds[0]"]).toBeGreaterThan(0.9);
  // The truth lies within what is plausible.
  const truth = (await phaseFractions(scan.truth!)).getChild("fraction")!;
  for (const [k, name] of names.entries()) {
    expect(truth.get(k)).toBeGreaterThan(row(table, `fraction, ${name}`)["5 %"]);
    expect(truth.get(k)).toBeLessThan(row(table, `fraction, ${name}`)["95 %"]);
  }
  const [one] = table.samples.toArray();
  const labels = await threshold(clean, [one["threshold.thresholds[0]"], one["threshold.thresholds[1]"]], { names });
  expect(one["fraction, binder"]).toBe((await phaseFractions(labels)).getChild("fraction")!.get(1));
  // Whoever watches is told of each pass.
  const watched = globalThis as { [progressSymbol]?: ProgressHook };
  const operations: string[] = [];
  watched[progressSymbol] = ({ operation }) => operations.push(operation);
  await sensitivity(scan, chain, phaseFractions, { runs: 4 }).finally(() => delete watched[progressSymbol]);
  expect(operations.filter((operation) => operation === "median").length).toBe(1);
  expect(operations.filter((operation) => operation === "threshold").length).toBe(4);
});

test("arguments of any step of a pipeline are varied by name", async () => {
  const vary = { "median.radius": [1, 2], "threshold.thresholds": { from: 100, to: 120 } } as const;
  const chain = pipeline(median, [threshold, 110]);
  const table = await sensitivity(even, chain, share, { vary, runs: 4 });
  for (const one of table.samples.toArray()) {
    const labels = await threshold(await median(even, { radius: one["median.radius"] }), one["threshold.thresholds"]);
    expect(one.share).toBe(await share(labels));
  }
  const twice = pipeline([median, { radius: 1 }], [median, { radius: 1 }], [threshold, 110]);
  const of = (name: string) => sensitivity(even, twice, share, { vary: { [name]: [1, 2] }, runs: 4 });
  expect((await of("median#2.radius")).numRows).toBe(1);
  await expect(of("median.radius")).rejects.toThrow('which of the 2 steps: "median#1.radius"');
  await expect(of("gaussian.sigma")).rejects.toThrow("no argument of median → median → threshold");
  await expect(of("median#1.raduis")).rejects.toThrow("did you mean `radius`");
});

test("runs that fail are counted and told, with the others measured; if all fail the first error is thrown", async () => {
  const vary = { at: { from: 0, to: 100 } };
  const some = async (scan: Volume, { at }: { at: number }): Promise<Volume> => {
    if (at > 75) throw new Error("no peak here");
    return threshold(scan, at);
  };
  const table = await sensitivity(even, some, share, { vary, runs: 40 });
  expect(table.failed).toBe(10);
  expect(row(table, "share")).toMatchObject({ runs: 30 });
  expect(text(table)).toContain("40 runs. 10 of them failed and do not count; the first one: no peak here");
  const errors = [...table.samples.getChild("error")!];
  expect(errors.filter((error) => error === "no peak here").length).toBe(10);
  for (const one of table.samples.toArray()) expect(Number.isNaN(one.share)).toBe(one.at > 75);
  const none = async (): Promise<Volume> => Promise.reject(new Error("no peak at all"));
  await expect(sensitivity(even, none, share, { vary })).rejects.toMatchObject({
    code: "ComputeFailed",
    message: expect.stringContaining("all 64 runs failed; the first one: no peak at all"),
  });
});

test("each segmentation is given back, also where measuring fails; the scan itself never is", async () => {
  const vary = { at: { from: 0, to: 100 } };
  const before = memory().numRows;
  let most = 0;
  const measure = async (labels: Volume): Promise<number> => {
    most = Math.max(most, memory().numRows - before);
    if (most > 0 && (await labels.at(0, 0, 0)) > 99) throw new Error("never");
    return 1;
  };
  await sensitivity(even, cut, measure, { vary, runs: 8 });
  expect(most).toBe(1);
  const failing = async (): Promise<number> => Promise.reject(new Error("not measured"));
  await expect(sensitivity(even, cut, failing, { vary, runs: 4 })).rejects.toThrow("not measured");
  expect(memory().numRows).toBe(before);
  const scan = await samples.electrode({ shape: [8, 16, 16] });
  await sensitivity(
    scan,
    async (same) => same,
    () => 1,
    { vary, runs: 4 },
  );
  expect((await scan.read()).length).toBe(2048);
});

test("Stop is heard between and within runs, and progress is told", async () => {
  const vary = { at: { from: 0, to: 100 } };
  const controller = new AbortController();
  const seen: number[] = [];
  const onProgress = ({ done, total, operation }: { done: number; total: number; operation: string }): void => {
    expect([total, operation]).toEqual([50, "sensitivity"]);
    seen.push(done);
    if (done === 3) controller.abort(new Error("enough"));
  };
  const options = { vary, runs: 50, onProgress, signal: controller.signal };
  await expect(sensitivity(even, cut, share, options)).rejects.toThrow("enough");
  expect(seen).toEqual([1, 2, 3]);
  const inside = new AbortController();
  const waits = (_: Volume, __: object, { signal }: { signal?: AbortSignal }): Promise<Volume> =>
    new Promise((_resolve, reject) => {
      signal!.addEventListener("abort", () => reject(signal!.reason));
      inside.abort(new Error("now"));
    });
  await expect(sensitivity(even, waits, share, { vary, signal: inside.signal })).rejects.toThrow("now");
});

test("what makes no sense is refused with what to do", async () => {
  const vary = { at: { from: 0, to: 100 } };
  const refused = (options: object, segment: unknown = cut, quantity: unknown = share): Promise<unknown> =>
    sensitivity(even, segment as never, quantity as never, options);
  await expect(refused({})).rejects.toMatchObject({
    code: "MissingData",
    message: expect.stringContaining("nothing is varied"),
  });
  await expect(refused({ vary: {} })).rejects.toThrow("vary is {}");
  await expect(refused({ vary: { at: 3 } })).rejects.toThrow("vary.at is 3; give { from, to }");
  await expect(refused({ vary: { at: [] } })).rejects.toThrow("vary.at is []");
  await expect(refused({ vary: { at: { from: 3, to: 2 } } })).rejects.toThrow("vary.at goes from 3 to 2");
  await expect(refused({ vary: { at: { from: um(1), to: 2 } } })).rejects.toThrow("or two lengths");
  await expect(refused({ vary: { at: { from: 0.5, to: 2, whole: true } } })).rejects.toThrow("two whole numbers");
  await expect(refused({ vary: { at: { from: 0, too: 2 } } })).rejects.toThrow("did you mean `to`");
  await expect(refused({ vary, runs: 3 })).rejects.toThrow("runs is 3");
  await expect(refused({ vary, seed: -1 })).rejects.toThrow("seed is -1");
  await expect(refused({ vary, run: 8 })).rejects.toThrow("did you mean `runs`");
  await expect(refused({ vary }, "otsu")).rejects.toThrow("the segmentation is otsu; give a function");
  await expect(refused({ vary }, async () => 7)).rejects.toThrow("the segmentation gave 7; it must give a volume");
  await expect(refused({ vary }, cut, "porosity")).rejects.toThrow("the quantity is porosity; give a function");
  await expect(refused({ vary }, cut, () => "much")).rejects.toThrow("the quantity gave much; give a number");
  await expect(refused({ vary }, cut, () => ({}))).rejects.toThrow("the quantity gave {}");
  await expect(refused({}, pipeline(median))).rejects.toThrow("median has 0 steps of threshold");
  await expect(sensitivity(7 as never, cut, share, { vary })).rejects.toThrow("takes a volume");
  await expect(refused({}, pipeline([threshold, 300]))).rejects.toMatchObject({ code: "MissingData" });
});
