/** What a histogram answers a page: counts of parts, proposals of methods, references, grey value against gradient. */
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Json } from "#kernel/comm.js";
import { InvalidArgument } from "#src/core/errors.js";
import { gradientMagnitude, histogram, kapur, multiOtsu, separability, type Volume } from "#src/index.js";
import { electrode } from "#src/simulate/electrode.js";
import { jointCounts } from "#widgets/model/histogram/joint-counts.js";
import { histogramOf, slices } from "#widgets/model/index.js";
import { memoryVolume } from "../support/memory-volume.js";
import { custom, FakePage, update } from "../support/page.js";

let page: FakePage;
beforeEach(() => {
  page = new FakePage().attach();
});
afterEach(() => page.detach());

const small = (): Promise<Volume> => electrode({ shape: [12, 40, 48] });
let lastId = 0;

/** Asks the kernel's half and waits for its answer. */
async function ask(kind: string, part?: Json): Promise<{ content: Record<string, Json>; buffers: Uint8Array[] }> {
  const model = page.model("HistogramModel");
  const id = ++lastId;
  model.say(custom({ kind, id, ...(part !== undefined && { part }) }));
  const found = () => model.sent.find(({ data }) => (data.content as { id?: number } | undefined)?.id === id);
  await expect.poll(found, { timeout: 20_000 }).toBeDefined();
  return { content: found()!.data.content as Record<string, Json>, buffers: found()!.buffers };
}
const numbers = (bytes: Uint8Array): number[] => [...new Float64Array(bytes.slice().buffer)];

test("counts are those of the part: the whole, a box, a plane, a label", async () => {
  const scan = await small();
  const labels = memoryVolume(
    Uint8Array.from({ length: scan.voxels }, (_, k) => k % 3),
    scan.shape,
    { role: "labels" },
  );
  await histogramOf(scan, { labels });
  const box = { start: [2, 3, 4], stop: [7, 30, 20] } as const;
  const plane = { start: [0, 5, 0], stop: [12, 6, 48] } as const;
  const mask = memoryVolume(
    Uint8Array.from({ length: scan.voxels }, (_, k) => (k % 3 === 2 ? 1 : 0)),
    scan.shape,
    { role: "mask" },
  );
  for (const [part, wanted] of [
    [{ of: "whole" }, await histogram(scan)],
    [{ of: "region", region: box }, await histogram(scan, { region: box })],
    [{ of: "plane", axis: "y", index: 5 }, await histogram(scan, { region: plane })],
    [{ of: "label", label: 2 }, await histogram(scan, { mask })],
  ] as const) {
    const { content, buffers } = await ask("counts", part as unknown as Json);
    expect(content).toMatchObject({ kind: "counts", low: wanted.low, step: 1, exact: true });
    expect(numbers(buffers[0]!)).toEqual([...wanted.counts]);
    // Asked again it is the same, from what was kept.
    expect(numbers((await ask("counts", part as unknown as Json)).buffers[0]!)).toEqual([...wanted.counts]);
  }
});

test("parts that are none are refused with the reason", async () => {
  await histogramOf(await small());
  for (const part of [
    { of: "constructor" },
    { of: "label", label: 1 },
    { of: "plane", axis: "w", index: 0 },
    { of: "plane", axis: "z", index: 99 },
    { of: "region", region: { start: [0, 0, 0], stop: [99, 1, 1] } },
    null,
  ]) {
    const { content } = await ask("counts", part as Json);
    expect(content.kind, JSON.stringify(part)).toBe("error");
    expect(String(content.message).length).toBeGreaterThan(10);
  }
});

test("methods propose thresholds for the part, each with how well it parts the values", async () => {
  const scan = await small();
  await histogramOf(scan);
  const region = { start: [0, 0, 0], stop: [6, 40, 48] } as const;
  const counted = await histogram(scan, { region });
  const { content } = await ask("suggest", { of: "region", region } as unknown as Json);
  const all = content.suggestions as unknown as { name: string; thresholds: number[]; separability: number }[];
  expect(all.map(({ name }) => name)).toEqual(
    ["Otsu", "multi-Otsu 3", "multi-Otsu 4", "multi-Otsu 5", "Kapur", "k-means 3", "mixture 3"].filter((name) =>
      all.some((one) => one.name === name),
    ),
  );
  const named = (name: string) => all.find((one) => one.name === name)!;
  expect(named("multi-Otsu 3").thresholds).toEqual(await multiOtsu(counted, { classes: 3 }));
  expect(named("Kapur").thresholds).toEqual(await kapur(counted));
  for (const { thresholds, separability: sure } of all)
    expect(sure).toBeCloseTo(await separability(counted, thresholds), 3);
  // Two values have no three classes.
  const two = memoryVolume(
    Uint8Array.from({ length: 64 }, (_, k) => 10 + 20 * (k % 2)),
    [4, 4, 4],
  );
  page.detach();
  page = new FakePage().attach();
  await histogramOf(two, { classes: 2 });
  const few = (await ask("suggest", { of: "whole" })).content.suggestions as unknown as { name: string }[];
  expect(few.map(({ name }) => name)).toContain("Otsu");
  expect(few.map(({ name }) => name)).not.toContain("multi-Otsu 3");
});

test("references and labels come by name", async () => {
  const [scan, other] = [await small(), await electrode({ shape: [12, 40, 48], seed: 3 })];
  const named = await histogram(other);
  await histogramOf(scan, { references: { "another <sample>": other, counted: named } });
  const { content, buffers } = await ask("about");
  expect(content.references).toEqual(
    ["another <sample>", "counted"].map((name) => ({ name, low: named.low, step: named.step, exact: true })),
  );
  for (const bytes of buffers) expect(numbers(bytes)).toEqual([...named.counts]);
  expect(content.labels).toEqual([]);
  const five = Object.fromEntries(["a", "b", "c", "d", "e"].map((name) => [name, named]));
  await expect(histogramOf(scan, { references: five })).rejects.toBeInstanceOf(InvalidArgument);
});

test("grey value against gradient counts each voxel once, in the bin of both", async () => {
  const scan = await small();
  const region = { start: [1, 2, 3], stop: [9, 33, 40] } as const;
  const { counts, low, high, steepest } = await jointCounts(scan, region, [16, 8]);
  const [greys, slopes] = [await scan.read(region), await (await gradientMagnitude(scan, { region })).read()];
  const wanted = new Float64Array(16 * 8);
  for (const [k, grey] of greys.entries()) {
    const column = Math.min(15, Math.floor(((grey - low) / (high - low)) * 16));
    wanted[Math.min(7, Math.floor((slopes[k]! / steepest) * 8)) * 16 + column]!++;
  }
  expect(counts).toEqual(wanted);
  expect(counts.reduce((sum, n) => sum + n, 0)).toBe(8 * 31 * 37);
  await histogramOf(scan);
  const { content, buffers } = await ask("joint", { of: "plane", axis: "x", index: 3 });
  expect(content).toMatchObject({ kind: "joint", columns: 256, rows: 128 });
  expect(numbers(buffers[0]!).reduce((sum, n) => sum + n, 0)).toBe(12 * 40);
});

test("a box that a page draws is read in a cell, kept as an action, and shared by the views of the volume", async () => {
  const scan = await small();
  const view = await slices(scan);
  const { say } = page.model("SlicesModel");
  const region = { start: [1, 2, 3], stop: [4, 5, 6] } as const;
  expect(view.region).toBeUndefined();
  say(update({ region: region as unknown as Json }));
  for (const bad of [
    { start: [0, 0, 0], stop: [13, 1, 1] },
    { start: [3, 0, 0], stop: [3, 1, 1] },
    { start: [0.5, 0, 0], stop: [1, 1, 1] },
    "x",
    5,
  ])
    say(update({ region: bad as Json }));
  expect(view.region).toEqual(region);
  expect(view.actions).toEqual([{ kind: "region", from: null, to: region }]);
  expect(view.code).toContain("region: { start: [1, 2, 3], stop: [4, 5, 6] }");
  say(update({ region: null }));
  expect(view.region).toBeUndefined();
  await view.undo();
  expect(view.region).toEqual(region);
});
