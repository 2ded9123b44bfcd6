import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { ResultTable } from "#src/core/arrow/table.js";
import { displaySymbol, type MimeBundle } from "#src/core/display.js";
import { phaseTable } from "#src/core/phases.js";
import { compareLabels } from "#src/measure/compare-labels.js";
import { multiOtsu } from "#src/segment/multi-otsu.js";
import { threshold } from "#src/segment/threshold.js";
import { memoryVolume } from "../support/memory-volume.js";
import { random } from "../support/random-volume.js";
import { referenceGrey, referencePhases } from "../support/reference-volume.js";
import { root } from "../support/require.js";

const golden = JSON.parse(readFileSync(join(root, "test/golden/segment.json"), "utf8")) as {
  overlap: Record<string, number>[];
  accuracy: number;
};
const column = (table: ResultTable, name: string): number[] => [...(table.getChild(name) ?? [])];

test("the overlap of a segmentation with the truth is numpy's, phase by phase", async () => {
  const phases = referencePhases(64);
  const scan = memoryVolume(referenceGrey(phases, 8), [64, 64, 64], { brick: [20, 64, 64] });
  const truth = memoryVolume(phases, [64, 64, 64], { role: "labels", brick: [64, 13, 50] });
  const table = await compareLabels(await threshold(scan, await multiOtsu(scan)), truth);
  for (const [k, row] of golden.overlap.entries())
    for (const [name, value] of Object.entries(row)) expect(column(table, name)[k], name).toBeCloseTo(value, 12);
  expect(table.accuracy).toBeCloseTo(golden.accuracy, 12);
  const [here, there, error] = ["fraction", "true fraction", "error"].map((name) => column(table, name));
  for (const k of [0, 1, 2]) expect(error![k]).toBeCloseTo(here![k]! - there![k]!, 12);
});

test("counts are those of comparing each voxel, for any brick, region, mask and label type", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 7 }), fc.integer({ min: 1, max: 9 })),
      fc.integer({ min: 1, max: 2 ** 31 - 1 }),
      fc.constantFrom(Uint8Array, Int16Array, Int32Array),
      async (brick, seed, array) => {
        const next = random(seed);
        const shape = [5, 6, 8] as const;
        const draw = (): number[] => Array.from({ length: 240 }, () => Math.floor(next() * 3));
        const [a, b, inside] = [draw(), draw(), draw()];
        for (const k of [0, 1, 2]) a[k] = b[k] = k;
        inside.fill(1, 0, 3);
        const phases = phaseTable(3);
        const labels = memoryVolume(array.from(a), shape, { role: "labels", brick, phases });
        // The truth has other numbers for the same phases.
        const numbers = [85, 0, 170];
        const table85 = phases.map((phase, k) => ({ ...phase, label: numbers[k]! }));
        const truth = memoryVolume(
          Uint8Array.from(b, (k) => numbers[k]!),
          shape,
          { role: "labels", phases: table85 },
        );
        const mask = memoryVolume(Uint8Array.from(inside), shape, { role: "mask" });
        const region = { start: [0, 0, 0], stop: [4, 6, 7] } as const;
        const counted = a.flatMap((value, k) => {
          const [z, x] = [Math.floor(k / 48), k % 8];
          return z < 4 && x < 7 && inside[k] !== 0 ? [[value, b[k]!] as const] : [];
        });
        const table = await compareLabels(labels, truth, { region, mask });
        for (const k of [0, 1, 2]) {
          const [here, there, both] = [
            counted.filter(([l]) => l === k).length,
            counted.filter(([, t]) => t === k).length,
            counted.filter(([l, t]) => l === k && t === k).length,
          ];
          expect(column(table, "fraction")[k]).toBe(here / counted.length);
          expect(column(table, "true fraction")[k]).toBe(there / counted.length);
          expect(column(table, "Dice")[k]).toBe((2 * both) / (here + there));
          expect(column(table, "IoU")[k]).toBe(both / (here + there - both));
          expect(column(table, "precision")[k]).toBe(both / here);
          expect(column(table, "recall")[k]).toBe(both / there);
        }
        expect(table.accuracy).toBe(counted.filter(([l, t]) => l === t).length / counted.length);
      },
    ),
    { numRuns: 25, seed: 4 },
  );
});

test("voxels outside in either volume do not count, and a phase that is nowhere has no overlap", async () => {
  const phases = phaseTable(3);
  const labels = memoryVolume(Uint8Array.of(0, 1, 255, 1), [1, 2, 2], { role: "labels", phases });
  const truth = memoryVolume(Uint8Array.of(0, 0, 1, 255), [1, 2, 2], { role: "labels", phases });
  const table = await compareLabels(labels, truth);
  expect(column(table, "fraction")).toEqual([0.5, 0.5, 0]);
  expect(column(table, "true fraction")).toEqual([1, 0, 0]);
  expect(column(table, "Dice")).toEqual([2 / 3, 0, Number.NaN]);
  expect(table.accuracy).toBe(0.5);
  const bundle = (table as unknown as { [displaySymbol](): MimeBundle })[displaySymbol]();
  expect(bundle["text/plain"]).toContain("Of 2 voxels 50 % have the right phase.");
});

test("a volume compared with itself is right everywhere", async () => {
  const mask = memoryVolume(Uint8Array.of(0, 255, 1, 0), [1, 2, 2], { role: "mask" });
  const table = await compareLabels(mask, mask);
  expect([table.accuracy, ...column(table, "Dice")]).toEqual([1, 1, 1]);
});

test("it reports its bricks and stops when told", async () => {
  const labels = memoryVolume(new Uint8Array(64), [4, 4, 4], { role: "labels", brick: [2, 4, 4] });
  const seen: number[] = [];
  await compareLabels(labels, labels, { onProgress: ({ done, total }) => seen.push(done, total) });
  expect(seen).toEqual([1, 2, 2, 2]);
  const controller = new AbortController();
  const stopped = compareLabels(labels, labels, {
    signal: controller.signal,
    onProgress: () => controller.abort(new Error("enough")),
  });
  await expect(stopped).rejects.toThrow("enough");
});

test("what cannot be compared is refused", async () => {
  const labels = memoryVolume(Uint8Array.of(0, 1, 2, 1), [1, 2, 2], { role: "labels" });
  const two = memoryVolume(Uint8Array.of(0, 1, 0, 1), [1, 2, 2], { role: "labels" });
  await expect(compareLabels(labels, undefined)).rejects.toMatchObject({ code: "MissingData" });
  await expect(compareLabels(labels, two)).rejects.toThrow(
    "the labels have 3 phases (label 0, label 1, label 2), the truth 2",
  );
  const large = memoryVolume(new Uint8Array(8), [2, 2, 2], { role: "labels" });
  await expect(compareLabels(labels, large)).rejects.toThrow(
    "the labels have the shape 1 × 2 × 2, the truth 2 × 2 × 2",
  );
  await expect(compareLabels(labels, labels, { maks: two } as object)).rejects.toThrow("did you mean `mask`");
  const outside = memoryVolume(Uint8Array.of(255, 255, 255, 255), [1, 2, 2], { role: "labels", phases: phaseTable(2) });
  await expect(compareLabels(outside, two)).rejects.toMatchObject({ code: "MissingData" });
});
