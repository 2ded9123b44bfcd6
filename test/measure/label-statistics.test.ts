/** Figures of labels, against going through all voxels and against scikit-image and cc3d. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { ResultTable } from "#src/core/arrow/table.js";
import { DTYPES, type DType } from "#src/core/dtype.js";
import type { Shape } from "#src/core/shape.js";
import { components, labelStatistics, release, threshold } from "#src/index.js";
import * as oracle from "../oracle/labels.js";
import { memoryVolume } from "../support/memory-volume.js";
import { random, randomVoxels } from "../support/random-volume.js";
import { referenceGrey, referencePhases } from "../support/reference-volume.js";
import { root } from "../support/require.js";

const golden = JSON.parse(readFileSync(join(root, "test/golden/labels.json"), "utf8")) as {
  count: number;
  statistics: Record<string, number>[];
};
const column = (table: ResultTable, name: string): number[] => [...(table.getChild(name) ?? [])].map(Number);
const rows = (table: ResultTable): Record<string, unknown>[] => table.toArray().map((row) => row.toJSON());

test("are those of scikit-image and cc3d", async () => {
  const phases = referencePhases(64);
  const scan = memoryVolume(referenceGrey(phases, 16), [64, 64, 64], { brick: [17, 64, 40] });
  const grey = memoryVolume(referenceGrey(phases, 8), [64, 64, 64], { brick: [20, 64, 64] });
  const grains = await components((await threshold(grey, 150)).with({ role: "mask" }));
  const table = rows(await labelStatistics(grains, { scan }));
  expect(table.length).toBe(golden.count);
  const names = {
    voxels: "area",
    "z from": "bbox-0",
    "y from": "bbox-1",
    "x from": "bbox-2",
    "z to": "bbox-3",
    "y to": "bbox-4",
    "x to": "bbox-5",
    "centroid z": "centroid-0",
    "centroid y": "centroid-1",
    "centroid x": "centroid-2",
    "grey mean": "intensity_mean",
    "grey deviation": "intensity_std",
    "grey min": "intensity_min",
    "grey max": "intensity_max",
  };
  for (const expected of golden.statistics) {
    const row = table[expected.label! - 1]!;
    expect(row.label).toBe(expected.label);
    for (const [ours, theirs] of Object.entries(names))
      expect(Number(row[ours]), ours).toBeCloseTo(expected[theirs]!, ours.startsWith("grey") ? 7 : 10);
  }
});

test("are those of going through all voxels, for any types, bricks, workers, region and mask", async () => {
  const dtypes = Object.keys(DTYPES) as DType[];
  const whole = dtypes.filter((dtype) => DTYPES[dtype].integer);
  await fc.assert(
    fc.asyncProperty(
      fc.tuple(...[7, 9, 40].map((max) => fc.integer({ min: 1, max }))),
      fc.tuple(...[5, 5, 17].map((max) => fc.integer({ min: 1, max }))),
      fc.constantFrom(...whole),
      fc.constantFrom(...dtypes),
      fc.integer({ min: 1, max: 2 ** 31 - 1 }),
      fc.constantFrom(1, 2, 4),
      fc.boolean(),
      async (size, brick, dtype, greyType, seed, workers, part) => {
        const shape = size as unknown as Shape;
        const count = shape[0] * shape[1] * shape[2];
        const next = random(seed);
        const values = randomVoxels(dtype, count, seed);
        const grey = randomVoxels(greyType, count, seed + 1);
        if (greyType === "float32") for (let k = 0; k < count; k += 7) grey[k] = Number.NaN;
        if (grey.every(Number.isNaN)) grey[0] = 1;
        const inside = Uint8Array.from({ length: count }, () => (next() < 0.7 ? 1 : 0));
        const region = {
          start: shape.map((n) => Math.floor(n / 3)),
          stop: shape.map((n) => Math.max(Math.floor(n / 3) + 1, n - 1)),
        } as unknown as { start: Shape; stop: Shape };
        const labels = memoryVolume(values, shape, { role: "labels", brick: brick as unknown as Shape });
        const scan = memoryVolume(grey, shape, { brick: [3, 4, 8] });
        const mask = memoryVolume(inside, shape, { role: "mask", brick: [2, 2, 64] });
        const options = part ? { region, mask } : {};
        const table = await labelStatistics(labels, { scan, workers, ...options });
        const never = dtype === "uint8" ? [0, 255] : [0];
        const at = (k: number): number[] => [
          Math.floor(k / (shape[1] * shape[2])),
          Math.floor(k / shape[2]) % shape[1],
          k % shape[2],
        ];
        const counts = (k: number): boolean =>
          !never.includes(values[k]!) &&
          (!part || (inside[k] === 1 && at(k).every((n, axis) => n >= region.start[axis]! && n < region.stop[axis]!)));
        const expected = oracle.figures(values, shape, grey, counts);
        expect(column(table, "label")).toEqual(expected.map(({ label }) => label));
        expect(column(table, "voxels")).toEqual(expected.map(({ voxels }) => voxels));
        for (const [axis, name] of ["z", "y", "x"].entries()) {
          expect(column(table, `${name} from`)).toEqual(expected.map(({ start }) => start[axis]));
          expect(column(table, `${name} to`)).toEqual(expected.map(({ stop }) => stop[axis]));
          for (const [k, value] of column(table, `centroid ${name}`).entries())
            expect(value).toBeCloseTo(expected[k]!.centroid[axis]!, 9);
        }
        const [low, high] = scan.range;
        for (const [k, { greys }] of expected.entries()) {
          const { mean, deviation } = oracle.moments(greys);
          const found = ["mean", "deviation", "min", "max"].map((name) => column(table, `grey ${name}`)[k]!);
          if (greys.length === 0) expect(found).toEqual([Number.NaN, Number.NaN, Number.NaN, Number.NaN]);
          else {
            // Units of floats are 2⁻³⁰ of the range.
            const tolerance = 1e-8 * Math.max(high - low, Math.abs(low), Math.abs(high), 1e-30);
            expect(Math.abs(found[0]! - mean)).toBeLessThanOrEqual(tolerance);
            expect(Math.abs(found[1]! - deviation)).toBeLessThanOrEqual(10 * tolerance);
            expect(found.slice(2)).toEqual([Math.min(...greys), Math.max(...greys)]);
          }
        }
      },
    ),
    { numRuns: 80, seed: 11 },
  );
});

test("are the same to the last bit for any brick and number of workers", async () => {
  const shape = [20, 31, 50] as const;
  const values = randomVoxels("uint8", 31000, 4).map((value) => value % 5) as Uint8Array;
  const grey = randomVoxels("float32", 31000, 5).map((value) => value / 3) as Float32Array;
  const of = async (brick: Shape, workers: number): Promise<unknown[]> => {
    const labels = memoryVolume(values, shape, { role: "labels", brick });
    return rows(await labelStatistics(labels, { scan: memoryVolume(grey, shape, { brick }), workers }));
  };
  const expected = await of(shape, 1);
  for (const workers of [1, 2, 4])
    for (const brick of [
      [4, 31, 16],
      [7, 5, 50],
      [3, 3, 3],
    ] as const)
      expect(await of(brick, workers)).toEqual(expected);
});

test("phases have names and volumes, 0 among them; a mask has the label 1", async () => {
  const voxels = Uint8Array.of(0, 0, 0, 1, 1, 7, 255, 255);
  const labels = memoryVolume(voxels, [2, 2, 2], { role: "labels", spacing: [2e-6, 1e-6, 5e-7] }).with({
    phases: [{ label: 0, name: "pore" }, { label: 1, name: "solid" }, { label: 2 }],
  });
  expect(
    rows(await labelStatistics(labels)).map(({ label, name, voxels, volume }) => [label, name, voxels, volume]),
  ).toEqual([
    [0, "pore", 3, 3],
    [1, "solid", 2, 2],
    [7, "label 7", 1, 1],
  ]);
  const table = await labelStatistics(labels);
  expect(table.schema.fields.find(({ name }) => name === "volume")!.metadata.get("unit")).toBe("µm³");
  const mask = rows(await labelStatistics(memoryVolume(voxels, [2, 2, 2], { role: "mask" })));
  expect(mask.map(({ label, voxels }) => [label, voxels])).toEqual([[1, 5]]);
  expect((await labelStatistics(memoryVolume(new Uint8Array(8), [2, 2, 2], { role: "labels" }))).numRows).toBe(0);
});

test("a million labels go, and more than memory holds are refused with the numbers", async () => {
  const shape = [100, 100, 100] as const;
  const values = Uint32Array.from({ length: 1e6 }, (_, k) => 4_294_967_295 - k);
  const labels = memoryVolume(values, shape, { role: "labels", brick: [50, 100, 100] });
  const table = await labelStatistics(labels);
  expect(table.numRows).toBe(1e6);
  expect(table.getChild("label")!.get(999_999)).toBe(4_294_967_295);
  expect(column(table, "voxels").every((count) => count === 1)).toBe(true);
  await expect(labelStatistics(labels, { memoryLimit: 40 * 2 ** 20 })).rejects.toThrow(
    /labels or more, whose figures take .* more than 40 MiB; remove noise first/,
  );
  release(labels);
});

test("what cannot be meant is refused", async () => {
  const labels = memoryVolume(new Uint8Array(8), [2, 2, 2], { role: "labels" });
  const scan = memoryVolume(new Uint8Array(4), [1, 2, 2]);
  await expect(labelStatistics(labels, { scan })).rejects.toThrow(/scan has the shape 1 × 2 × 2, the labels 2 × 2 × 2/);
  await expect(labelStatistics(scan)).rejects.toThrow(/role intensity/);
  await expect(labelStatistics(labels, { scans: scan } as never)).rejects.toThrow(/did you mean `scan`/);
  const infinite = memoryVolume(
    Float32Array.from({ length: 8 }, () => Number.POSITIVE_INFINITY),
    [2, 2, 2],
  );
  await expect(labelStatistics(labels, { scan: infinite })).rejects.toThrow(/infinite values; clip it first/);
  const nothing = memoryVolume(new Float32Array(8).fill(Number.NaN), [2, 2, 2]);
  await expect(labelStatistics(labels, { scan: nothing })).rejects.toMatchObject({ code: "MissingData" });
});
