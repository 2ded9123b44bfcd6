/** What a filter report says of filters whose effect is known. */
import { expect, test } from "vitest";
import {
  convert,
  filterReport,
  gaussian,
  median,
  nonLocalMeans,
  type ResultTable,
  samples,
  unsharpMask,
  type Volume,
} from "#src/index.js";
import { memoryVolume } from "../support/memory-volume.js";

type Row = { figure: string; value: number; unit: string; verdict: string; meaning: string; remedy: string };
const rowsOf = (table: ResultTable): Row[] => table.toArray().map((row) => row.toJSON() as unknown as Row);
const find = (table: ResultTable, figure: string): Row => rowsOf(table).find((row) => row.figure.includes(figure))!;

/** Normal numbers, always the same ones. */
function normal(count: number, seed: number): Float64Array {
  let state = seed;
  const uniform = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state + 0.5) / 2 ** 32;
  };
  return Float64Array.from(
    { length: count },
    () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform()),
  );
}

const N = 48;
/** Share of a normal distribution below `x` (Abramowitz & Stegun 26.2.17). */
function below(x: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(x));
  const series = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  const tail = (series * Math.exp(-(x ** 2) / 2)) / Math.sqrt(2 * Math.PI);
  return x > 0 ? 1 - tail : tail;
}

/** Slabs of 16 voxels, 60 and 160 in turn, oblique to all axes; edges blurred by `sigma`, then noise. */
function slabs(noise: number, sigma = 0.5): Volume {
  const random = normal(N ** 3, 3);
  const values = Uint8Array.from({ length: N ** 3 }, (_, k) => {
    const along = 0.36 * Math.floor(k / N ** 2) + 0.8 * (Math.floor(k / N) % N) + 0.48 * (k % N);
    const inside = 8 - Math.abs((along % 32) - 16);
    return Math.round(60 + 100 * below(inside / sigma) + noise * random[k]!);
  });
  return memoryVolume(values, [N, N, N], { brick: [20, 48, 48] });
}

test("noise that is left is that of the filtered volume over that of the scan", async () => {
  const scan = slabs(8);
  const same = find(await filterReport(scan, scan), "noise");
  expect([same.value, same.verdict]).toEqual([1, "fair"]);
  const less = find(await filterReport(scan, slabs(2)), "noise");
  expect(less.value).toBeCloseTo(0.25, 1);
  expect(less.verdict).toBe("good");
  const more = find(await filterReport(scan, await unsharpMask(scan, { sigma: 1 })), "noise");
  expect(more.value).toBeGreaterThan(1.2);
  expect(more).toMatchObject({ verdict: "poor", remedy: expect.stringContaining("take it away first") });
});

test("edges become as much wider as the blur that was added makes them", async () => {
  const scan = slabs(1, 1);
  const edges = find(await filterReport(scan, slabs(1, 2)), "edges");
  expect(Math.abs(edges.value - 2)).toBeLessThan(0.15);
  expect(edges.meaning).toMatch(/^2\.[4-7]\d* voxels became [45]\.\d+/);
  expect(edges.verdict).toBe("fair");
  expect(find(await filterReport(scan, scan), "edges").value).toBeCloseTo(1, 6);
  const sharper = find(await filterReport(scan, await unsharpMask(scan, { sigma: 1, dtype: "float32" })), "edges");
  expect(sharper.value).toBeLessThan(0.9);
  const lost = await gaussian(scan, { sigma: 5 });
  expect(find(await filterReport(scan, lost), "edges").verdict).not.toBe("good");
});

test("peaks are counted before and after, and one that is lost is a warning", async () => {
  const scan = slabs(6);
  const random = normal(N ** 3, 9);
  const flat = memoryVolume(
    Uint8Array.from(random, (value) => Math.round(110 + 3 * value)),
    [N, N, N],
  );
  const report = await filterReport(scan, flat);
  expect(find(report, "peaks of")).toMatchObject({
    value: 1,
    verdict: "poor",
    remedy: expect.stringContaining("filter less"),
  });
  expect(find(report, "separation")).toMatchObject({ verdict: "unknown" });
  const good = await filterReport(scan, await median(scan, { radius: 1 }));
  expect(find(good, "peaks of")).toMatchObject({ value: 2, verdict: "good" });
  expect(find(good, "separation").value).toBeGreaterThan(0.9);
});

test("new grey values are counted: mixtures of averaging, overshoots of sharpening, none of a median", async () => {
  const values = Uint8Array.from({ length: 1000 }, (_, k) => (k % 10 < 5 ? 100 : 200));
  const scan = memoryVolume(values, [10, 10, 10]);
  expect(find(await filterReport(scan, await median(scan, { radius: 1 })), "new grey").value).toBe(0);
  // By a mean over three, in every row of ten: 1 of 100 and 1 of 200 beside the edge, and half of that at no other place.
  const mixed = values.map((value, k) => (k % 10 === 4 || k % 10 === 5 ? 150 : value));
  expect(find(await filterReport(scan, memoryVolume(mixed, [10, 10, 10])), "new grey")).toMatchObject({
    value: 0.2,
    verdict: "poor",
  });
  const over = values.map((value, k) => (k < 7 ? 255 : value));
  expect(find(await filterReport(scan, memoryVolume(over, [10, 10, 10])), "new grey").value).toBeCloseTo(0.007, 12);
  // Of floats a value counts as new where none was near: beyond the range, or in a gap.
  const float = await convert(scan, "float32");
  const beside = memoryVolume(
    Float32Array.from(values, (value, k) => (k < 5 ? 150.5 : k < 8 ? 201 : value === 100 ? 100.01 : value)),
    [10, 10, 10],
  );
  expect(find(await filterReport(float, beside), "new grey").value).toBeCloseTo(0.008, 12);
});

test("phases drift by what thresholds count after less before", async () => {
  const scan = slabs(3);
  const values = await scan.read();
  const moved = values.map((value, k) => (k < 5000 && value < 110 ? 160 : value)) as Uint8Array;
  const after = memoryVolume(moved, [N, N, N]);
  const report = await filterReport(scan, after, { thresholds: 110, names: ["pore", "solid"] });
  const changed = Array.from(values).reduce((sum, value, k) => sum + Number(k < 5000 && value < 110), 0) / N ** 3;
  expect(find(report, "drift of pore").value).toBeCloseTo(-changed, 12);
  expect(find(report, "drift of solid").value).toBeCloseTo(changed, 12);
  expect(find(report, "drift of solid").verdict).toBe(changed > 0.01 ? "fair" : "good");
  const mask = memoryVolume(values.map((_, k) => Number(k >= 5000)) as Uint8Array, [N, N, N], { role: "mask" });
  expect(find(await filterReport(scan, after, { thresholds: 110, mask }), "drift of phase 0").value).toBe(0);
});

test("of the simulated electrode it praises non-local means and blames a wide Gaussian", async () => {
  const scan = await samples.electrode({ shape: [48, 96, 96] });
  const clean = await unsharpMask(await nonLocalMeans(scan), { sigma: 1.5 });
  const praise = await filterReport(scan, clean, { thresholds: [22900, 29800] });
  for (const figure of ["noise", "edges", "peaks of"]) expect(find(praise, figure).verdict, figure).toBe("good");
  // One peak cannot have told three phases: nobody knows what the drift is.
  for (const row of rowsOf(praise).filter(({ figure }) => figure.startsWith("drift")))
    expect(row).toMatchObject({ verdict: "unknown", meaning: expect.stringContaining("noise counted as phases") });
  const blame = await filterReport(scan, await gaussian(scan, { sigma: 3 }));
  expect(find(blame, "edges")).toMatchObject({ verdict: "poor", remedy: expect.stringContaining("smaller radius") });
});

test("bad arguments are named, with what is allowed", async () => {
  const scan = slabs(1);
  const other = memoryVolume(new Uint8Array(8), [2, 2, 2]);
  await expect(filterReport(scan, other)).rejects.toThrow("48 × 48 × 48 and 2 × 2 × 2");
  await expect(filterReport(scan, scan.with({ role: "labels" }))).rejects.toThrow("the role labels");
  await expect(filterReport(scan, scan, { thresholds: [5, 3] })).rejects.toThrow("ascending");
  await expect(filterReport(scan, scan, { thresholds: 5, names: ["a"] })).rejects.toThrow("one more name");
  await expect(filterReport(scan, scan, { names: ["a"] })).rejects.toThrow("1 names for no thresholds");
  await expect(filterReport(scan, scan, { treshold: 5 } as never)).rejects.toThrow("did you mean `thresholds`");
  await expect(filterReport({} as never, scan)).rejects.toMatchObject({ code: "InvalidArgument" });
});
