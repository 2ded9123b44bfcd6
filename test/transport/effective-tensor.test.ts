/** Tensors against Kirchhoff's law, closed forms, and turned structures. */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { ResultTable } from "#src/core/arrow/table.js";
import type { Triple } from "#src/core/shape.js";
import { fromVoxels } from "#src/io/from-voxels.js";
import { principalAxes } from "#src/measure/principal-axes.js";
import { effectiveTensor } from "#src/transport/effective-tensor.js";
import { conductionTruth } from "../oracle/conduction.js";
import { memoryVolume } from "../support/memory-volume.js";
import { random } from "../support/random-volume.js";
import { structure } from "../support/transport-structures.js";

const tensorOf = (table: ResultTable): number[][] => {
  const columns = ["z", "y", "x"].map((axis) => [...(table.getChild(`gradient ${axis}`) ?? [])].map(Number));
  return [0, 1, 2].map((row) => columns.map((values) => values[row]!));
};
const column = (table: ResultTable, name: string): number[] => [...(table.getChild(name) ?? [])].map(Number);

test("each column is what an even gradient drives, for any voxels, voxel sizes and boundaries", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.tuple(fc.integer({ min: 1, max: 7 }), fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 9 })),
      fc.constantFrom("alike", "cuboids", "several"),
      fc.boolean(),
      fc.integer({ min: 1, max: 2 ** 30 }),
      async (shape, kind, around, seed) => {
        const next = random(seed);
        const values = Uint8Array.from({ length: shape[0] * shape[1] * shape[2] }, () => (next() < 0.8 ? 1 : 2));
        for (let k = 0; k < values.length; k += shape[2]) values[k] = 1;
        const spacing: Triple = kind === "cuboids" ? [0.3, 0.5, 1.1] : [0.4, 0.4, 0.4];
        const conductivities: Record<number, number> = kind === "several" ? { 1: 1, 2: 0.13 } : { 1: 1 };
        const volume = memoryVolume(values, shape, {
          role: "labels",
          spacing: spacing.map((s) => s * 1e-6) as unknown as Triple,
        });
        const boundaries = around ? "periodic" : "closed";
        const found = tensorOf(
          await effectiveTensor(volume, { conductivities, boundaries, tolerance: 1e-5, workers: 1 + (seed % 2) }),
        );
        const conductivity = Float64Array.from(values, (value) => conductivities[value] ?? 0);
        const truth = [0, 1, 2].map((axis) =>
          conductionTruth({
            conductivity,
            shape,
            axis: axis as 0 | 1 | 2,
            spacing,
            periodic: [around, around, around],
          }),
        );
        for (const k of [0, 1, 2])
          for (const i of [0, 1, 2]) {
            const isWay = truth[k]!.column[k]! > 1e-6;
            expect(Math.abs(found[i]![k]! - (isWay ? truth[k]!.column[i]! : 0))).toBeLessThan(3e-5);
          }
      },
    ),
    { numRuns: 25, seed: 11 },
  );
});

test("stripes conduct along themselves by the mean and across by the harmonic mean, however they are turned", async () => {
  const n = 16;
  const conductivities = { 1: 1, 2: 0.2 };
  const straight = structure([n, n, n], (z) => 1 + (z % 2));
  const volume = await fromVoxels(straight, [n, n, n], { role: "labels" });
  const table = await effectiveTensor(volume, { conductivities, tolerance: 1e-5, unit: "S/m" });
  const tensor = tensorOf(table);
  expect(tensor[0]![0]).toBeCloseTo(1 / 3, 5);
  expect(tensor[1]![1]).toBeCloseTo(0.6, 5);
  expect(tensor[0]![1]).toBeCloseTo(0, 6);
  expect(table.schema.fields[1]!.metadata.get("unit")).toBe("S/m");
  expect(column(table.principal, "z").map(Math.abs)[2]).toBeCloseTo(1, 6);
  expect(column(table.principal, "tortuosityFactor")[2]).toBeCloseTo(1.8, 4);

  // At 45° in the plane of z and y: principal axes are the diagonals.
  const turned = structure([n, n, 2], (z, y) => (Math.floor((z + y) / 4) % 2 === 0 ? 1 : 0));
  const diagonal = await effectiveTensor(await fromVoxels(turned, [n, n, 2], { role: "labels" }), {
    phase: 1,
    tolerance: 1e-5,
  });
  const [d] = [tensorOf(diagonal)];
  expect(d[0]![1]!).toBeCloseTo(-d[0]![0]!, 4);
  const best = [column(diagonal.principal, "z"), column(diagonal.principal, "y"), column(diagonal.principal, "x")];
  const along = best.map((values) => values[1]!);
  expect(Math.abs(along[0]!)).toBeCloseTo(Math.SQRT1_2, 4);
  expect(along[1]!).toBeCloseTo(-along[0]!, 4);
  expect(column(diagonal.principal, "conductivity")[2]).toBeLessThan(1e-4);
});

test("what leads on along an axis only around the sides has no flux along the others", async () => {
  const table = await effectiveTensor(
    await fromVoxels(
      structure([5, 4, 3], (z, y) => (z === 2 && y === 1 ? 1 : 0)),
      [5, 4, 3],
      { role: "labels" },
    ),
    { phase: 1 },
  );
  const tensor = tensorOf(table);
  expect(tensor[2]![2]).toBeCloseTo(1 / 20, 9);
  expect([tensor[0]![0], tensor[1]![1]]).toEqual([0, 0]);
  expect(String(table.getChild("reason")!.get(0))).toContain("along z");
});

test("principal axes of a matrix are at right angles, and make it again", () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: -5, max: 5, noNaN: true }), { minLength: 6, maxLength: 6 }), (m) => {
      const a = [
        [m[0]!, m[1]!, m[2]!],
        [m[1]!, m[3]!, m[4]!],
        [m[2]!, m[4]!, m[5]!],
      ];
      const axes = principalAxes([m[0]!, m[3]!, m[5]!, m[1]!, m[2]!, m[4]!]);
      for (const i of [0, 1, 2])
        for (const j of [0, 1, 2]) {
          const again = axes.reduce((sum, { value, direction: d }) => sum + value * d[i]! * d[j]!, 0);
          expect(Math.abs(again - a[i]![j]!)).toBeLessThan(1e-12);
        }
      expect(axes[0].value).toBeGreaterThanOrEqual(axes[1].value);
    }),
    { seed: 3 },
  );
});
