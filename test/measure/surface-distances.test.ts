/** Distances between surfaces, against trying all pairs and against scipy, and the table of methods. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ResultTable } from "#src/core/arrow/table.js";
import { phaseTable } from "#src/core/phases.js";
import type { Shape, Triple } from "#src/core/shape.js";
import { compareLabels, compareMethods, median, surfaceDistances, threshold, um, type Volume } from "#src/index.js";
import * as oracle from "../oracle/labels.js";
import { memoryVolume } from "../support/memory-volume.js";
import { random } from "../support/random-volume.js";
import { referenceGrey, referencePhases } from "../support/reference-volume.js";
import { root } from "../support/require.js";

const golden = JSON.parse(readFileSync(join(root, "test/golden/labels.json"), "utf8")) as {
  distances: (Record<string, number> & { spacing: number[] | null })[];
};
const rows = (table: ResultTable): Record<string, unknown>[] => table.toArray().map((row) => row.toJSON());
const DISTANCES = ["Hausdorff", "Hausdorff 95", "mean distance", "mean to truth", "mean from truth", "surface Dice"];
const reference = referencePhases(64);
const grey = memoryVolume(referenceGrey(reference, 8), [64, 64, 64], { brick: [64, 20, 64] });
const spacing = [0.5e-6, 0.3e-6, 0.2e-6] as const;

describe("distances between surfaces", () => {
  test.each([undefined, spacing])("are those of scipy, with voxels of %j", async (size) => {
    const labels = await threshold(await median(grey, { radius: 1, shape: "box" }), [89, 149]);
    const truth = memoryVolume(reference, [64, 64, 64], {
      role: "labels",
      brick: [20, 30, 40],
      ...(size && { spacing: size }),
    });
    const table = rows(await surfaceDistances(labels, truth, { tolerance: size === undefined ? 1 : um(0.5) }));
    const expected = golden.distances.filter((row) => (row.spacing === null) === (size === undefined));
    expect(table.length).toBe(3);
    for (const [k, row] of expected.entries()) {
      for (const name of ["surface", "true surface"]) expect(table[k]![name], name).toBe(row[name]);
      for (const name of DISTANCES) expect(Number(table[k]![name]) / row[name]!, `${k} ${name}`).toBeCloseTo(1, 5);
    }
  });

  test("are those of trying all pairs, for any bricks and workers", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.tuple(...[5, 6, 9].map((max) => fc.integer({ min: 1, max }))),
        fc.integer({ min: 1, max: 2 ** 31 - 1 }),
        fc.constantFrom(1, 2, 4),
        fc.constantFrom<Triple>([1e-6, 1e-6, 1e-6], [2e-6, 1e-6, 3e-6]),
        async (size, seed, workers, edges) => {
          const shape = size as unknown as Shape;
          const count = shape[0] * shape[1] * shape[2];
          const next = random(seed);
          const draw = (): Uint8Array => Uint8Array.from({ length: count }, () => (next() < 0.6 ? 1 : 0));
          const [a, b] = [draw(), draw()];
          const of = (values: Uint8Array, brick: Shape): Volume =>
            memoryVolume(values, shape, { role: "labels", phases: phaseTable(2), brick, spacing: edges });
          const found = rows(
            await surfaceDistances(of(a, [2, 3, 4]), of(b, [3, 2, 8]), { phase: 1, workers, tolerance: um(1.5) }),
          )[0]!;
          const surfaces = [a, b].map((values) => oracle.surface(Array.from(values, Boolean), shape));
          const steps = edges.map((edge) => edge * 1e6) as unknown as Triple;
          const there = oracle.distances(surfaces[0]!, surfaces[1]!, shape, steps);
          const back = oracle.distances(surfaces[1]!, surfaces[0]!, shape, steps);
          expect([found.surface, found["true surface"]]).toEqual([there.length, back.length]);
          const all = [...there, ...back];
          const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
          const near = all.filter((value) => value <= 1.5).length / all.length;
          for (const [name, value] of [
            ["Hausdorff", Math.max(...all)],
            ["mean distance", mean(all)],
            ["mean to truth", mean(there)],
            ["mean from truth", mean(back)],
            ["surface Dice", near],
          ] as const) {
            const one = there.length === 0 || back.length === 0;
            if (all.length === 0) expect(found[name]).toBeNaN();
            else if (one && name !== "surface Dice") expect(found[name]).toBe(Number.POSITIVE_INFINITY);
            else expect(found[name], name).toBeCloseTo(value, 5);
          }
        },
      ),
      { numRuns: 12, seed: 3 },
    );
  });

  test("of a face that moved by two planes is two planes everywhere, of a volume with itself nothing", async () => {
    const shape = [12, 6, 6] as const;
    const half = (from: number): Volume =>
      memoryVolume(
        Uint8Array.from({ length: 432 }, (_, k) => (k >= from * 36 ? 1 : 0)),
        shape,
        { role: "mask", spacing: [3e-7, 3e-7, 3e-7] },
      );
    for (const row of rows(await surfaceDistances(half(4), half(6)))) {
      for (const name of DISTANCES.slice(0, 5)) expect(row[name], name).toBeCloseTo(0.6, 6);
      expect(row["surface Dice"]).toBe(0);
    }
    const exact = rows(await surfaceDistances(half(4), half(6), { tolerance: um(0.6) }));
    expect(exact.map((row) => row["surface Dice"])).toEqual([1, 1]);
    for (const row of rows(await surfaceDistances(half(4), half(4))))
      expect(DISTANCES.map((name) => row[name])).toEqual([0, 0, 0, 0, 0, 1]);
  });

  test("what cannot be compared is refused", async () => {
    const labels = memoryVolume(Uint8Array.of(0, 1, 0, 1), [1, 2, 2], { role: "labels", phases: phaseTable(2) });
    const three = memoryVolume(Uint8Array.of(0, 1, 2, 1), [1, 2, 2], { role: "labels" });
    await expect(surfaceDistances(labels, undefined)).rejects.toMatchObject({ code: "MissingData" });
    await expect(surfaceDistances(labels, three)).rejects.toThrow(/the labels have 2 phases .*, the truth 3/);
    await expect(surfaceDistances(labels, labels, { phase: "grain" })).rejects.toThrow(/the phases are "phase 0"/);
    await expect(surfaceDistances(labels, labels, { tolerance: um(1) })).rejects.toThrow(/voxel size is unknown/);
    await expect(surfaceDistances(labels, labels, { tolerance: -1 })).rejects.toThrow(/tolerance \(voxels\) is -1/);
    await expect(surfaceDistances(labels.with({ spacing: um(1) }), labels.with({ spacing: um(2) }))).rejects.toThrow(
      /the voxels of the labels are/,
    );
    await expect(surfaceDistances(grey, labels)).rejects.toThrow(/role intensity/);
    await expect(surfaceDistances(labels, labels, { phases: 1 } as never)).rejects.toThrow(/did you mean `phase`/);
  });
});

describe("a table of methods", () => {
  const shape = [4, 5, 6] as const;
  const next = random(8);
  const draw = (): Volume =>
    memoryVolume(
      Uint8Array.from({ length: 120 }, (_, k) => (k < 3 ? k : Math.floor(next() * 3))),
      shape,
      { role: "labels", phases: phaseTable(3, ["pore", "binder", "grain"]) },
    );
  const [truth, one, other] = [draw(), draw(), draw()];

  test("has for each method what the single comparisons say", async () => {
    const table = rows(await compareMethods(truth, { one, other }, { seconds: { other: 2.5 }, tolerance: 1.2 }));
    expect(table.map(({ method, phase }) => `${method} ${phase}`)).toEqual(
      ["one", "other"].flatMap((method) => ["pore", "binder", "grain"].map((phase) => `${method} ${phase}`)),
    );
    for (const [k, labels] of [one, other].entries()) {
      const overlap = await compareLabels(labels, truth);
      const distances = rows(await surfaceDistances(labels, truth, { tolerance: 1.2 }));
      for (const [n, row] of rows(overlap).entries()) {
        const here = table[3 * k + n]!;
        for (const name of ["label", "phase", "fraction", "true fraction", "error", "Dice", "IoU"])
          expect(here[name], name).toBe(row[name]);
        expect(here.accuracy).toBe(overlap.accuracy);
        for (const name of DISTANCES) expect(here[name], name).toBe(distances[n]![name]);
      }
    }
    expect(table.map(({ seconds }) => seconds)).toEqual([Number.NaN, Number.NaN, Number.NaN, 2.5, 2.5, 2.5]);
    const short = await compareMethods(truth, { one }, { surfaces: false });
    expect(short.schema.fields.map(({ name }) => name)).not.toContain("Hausdorff");
  });

  test("names the method that does not fit", async () => {
    const large = memoryVolume(new Uint8Array(8), [2, 2, 2], { role: "labels" });
    await expect(compareMethods(truth, { one, large })).rejects.toThrow(
      /compareMethods: large: the labels have the shape/,
    );
    await expect(compareMethods(truth, {})).rejects.toThrow(/by name/);
    await expect(compareMethods(undefined, { one })).rejects.toMatchObject({ code: "MissingData" });
    await expect(compareMethods(truth, { one }, { seconds: { won: 1 } })).rejects.toThrow(/did you mean `one`/);
    await expect(compareMethods(truth, { one }, { seconds: { one: -1 } })).rejects.toThrow(/seconds of one are -1/);
  });
});
