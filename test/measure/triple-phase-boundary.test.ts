/** Lines at which three phases meet, against the definition, TauFactor's values and known lines. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { voxelArray } from "#src/core/dtype.js";
import { phaseTable } from "#src/core/phases.js";
import type { Region, Shape } from "#src/core/shape.js";
import { um } from "#src/index.js";
import { triplePhaseBoundary } from "#src/measure/triple-phase-boundary.js";
import { triplePhaseEdges } from "../oracle/cells.js";
import { memoryVolume } from "../support/memory-volume.js";
import { random } from "../support/random-volume.js";

const labelled = (values: ArrayLike<number>, shape: Shape, changes: object = {}) =>
  memoryVolume(Uint8Array.from(values), shape, { role: "labels", ...changes });
const row = async (...call: Parameters<typeof triplePhaseBoundary>): Promise<Record<string, number>> =>
  (await triplePhaseBoundary(...call)).toArray()[0].toJSON();

test("the edge fraction is that of TauFactor's own tests", async () => {
  const plane = labelled([2, 1, 1, 2, 0, 0, 2, 0, 0], [1, 3, 3]);
  expect((await row(plane))["edge fraction"]).toBe(0.25);
  expect((await row(labelled([1, 0, 0, 2, 2, 0, 0, 1], [2, 2, 2])))["edge fraction"]).toBe(1);
  // img[0] = 1, then img[:, 0] = 2
  expect((await row(labelled([2, 2, 1, 1, 2, 2, 0, 0], [2, 2, 2], { phases: phaseTable(3) }))).edges).toBe(2);
});

test("edges and lengths are those of the definition for any type, bricks, workers, region and mask", async () => {
  const shape: Shape = [7, 9, 35];
  const size = [3, 2, 0.5] as const;
  await fc.assert(
    fc.asyncProperty(
      fc.tuple(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 10 }), fc.integer({ min: 1, max: 40 })),
      fc.constantFrom(1, 2, 4),
      fc.constantFrom("uint8" as const, "int16" as const, "uint32" as const),
      fc.boolean(),
      fc.integer({ min: 1, max: 2 ** 30 }),
      async (brick, workers, dtype, part, seed) => {
        const next = random(seed);
        const values = voxelArray(dtype, 7 * 9 * 35).map(() => 3 * Math.floor(4 * next()));
        const inside = Uint8Array.from(values, () => (next() < 0.9 ? 1 : 0));
        const region: Region = { start: [1, 2, 3], stop: [7, 8, 33] };
        const counts = (k: number): boolean => {
          const at = [Math.floor(k / 315), Math.floor(k / 35) % 9, k % 35];
          return (
            !part || (inside[k] === 1 && at.every((n, axis) => n >= region.start[axis]! && n < region.stop[axis]!))
          );
        };
        const labels = memoryVolume(values, shape, {
          role: "labels",
          brick,
          spacing: size.map((n) => n * 1e-6) as unknown as Shape,
        });
        const options = part ? { region, mask: memoryVolume(inside, shape, { role: "mask" }) } : {};
        const rows = (await triplePhaseBoundary(labels, { ...options, workers })).toArray();
        const triples = [
          [0, 3, 6],
          [0, 3, 9],
          [0, 6, 9],
          [3, 6, 9],
        ];
        expect(rows.length).toBe(4);
        for (const [k, triple] of triples.entries()) {
          const { along, all } = triplePhaseEdges(values, shape, triple, counts);
          const sum = (numbers: number[]): number => numbers.reduce((a, b) => a + b, 0);
          expect(rows[k].edges).toBe(sum(along));
          expect(rows[k]["edge fraction"]).toBeCloseTo(sum(along) / sum(all), 12);
          expect(rows[k].length).toBeCloseTo(sum(along.map((n, axis) => n * size[axis]!)), 8);
        }
        const one = await row(labels, { ...options, workers, phases: [6, "label 9", 0] });
        expect([one.phase, one["other phase"], one["third phase"]]).toEqual(["label 6", "label 9", "label 0"]);
        expect(one.edges).toBe(rows[2].edges);
        expect(one["smooth length"]).toBe(rows[2]["smooth length"]);
      },
    ),
    { numRuns: 20, seed: 5 },
  );
});

test("the smooth length cuts corners: it is right for straight lines and diagonals, and near for a circle", async () => {
  // A plane between phase 0 and the others, which part along a line.
  const n = 40;
  const along = async (upper: (z: number, x: number) => boolean, size = [1, 1, 1]): Promise<Record<string, number>> => {
    const values = Uint8Array.from({ length: n ** 3 }, (_, k) => {
      const [z, y, x] = [Math.floor(k / n ** 2), Math.floor(k / n) % n, k % n];
      return y < n / 2 ? 0 : upper(z, x) ? 1 : 2;
    });
    return row(labelled(values, [n, n, n], { brick: [16, 40, 11], spacing: size.map((edge) => edge * 1e-6) }));
  };
  const straight = await along((_, x) => x < 13, [2, 1, 1]);
  expect([straight.length, straight["smooth length"]]).toEqual([80, 80]);
  const diagonal = await along((z, x) => x < z);
  expect(diagonal.length).toBe(78);
  // But for half an edge at the face of the volume.
  expect(diagonal["smooth length"]).toBeCloseTo(39 * Math.SQRT2, 0);
  const circle = await along((z, x) => Math.hypot(z - 19.5, x - 19.5) < 15);
  expect(circle.length! / (30 * Math.PI)).toBeCloseTo(4 / Math.PI, 1);
  expect(circle["smooth length"]! / (30 * Math.PI)).toBeCloseTo(1.06, 2);
  expect(circle["length per volume"]).toBeCloseTo(circle.length! / n ** 3, 12);
});

test("straight lines of all directions have 1.5 times their length, smooth ones 1.19 times", async () => {
  const n = 48;
  const next = random(11);
  const ratios: [number, number][] = [];
  for (let turn = 0; turn < 24; turn++) {
    // Three sectors around a line through the middle.
    const z = 2 * next() - 1;
    const turned = 2 * Math.PI * next();
    const direction = [z, Math.sqrt(1 - z * z) * Math.cos(turned), Math.sqrt(1 - z * z) * Math.sin(turned)];
    const side = [direction[1]!, -direction[0]!, 0].map((a) => a / Math.hypot(direction[0]!, direction[1]!));
    const third = [
      direction[1]! * side[2]! - direction[2]! * side[1]!,
      direction[2]! * side[0]! - direction[0]! * side[2]!,
      direction[0]! * side[1]! - direction[1]! * side[0]!,
    ];
    const dot = (a: readonly number[], b: readonly number[]): number =>
      a.reduce((sum, m, axis) => sum + m * b[axis]!, 0);
    const values = Uint8Array.from({ length: n ** 3 }, (_, k) => {
      const at = [Math.floor(k / n ** 2), Math.floor(k / n) % n, k % n].map((m) => m - (n - 1) / 2);
      // Of a ball only, in which every line through the middle is as long.
      if (Math.hypot(...at) > 22) return 255;
      return Math.floor((1 + Math.atan2(dot(at, side), dot(at, third)) / Math.PI) * 1.4999);
    });
    const { length, "smooth length": smooth } = await row(labelled(values, [n, n, n], { brick: [48, 48, 48] }));
    ratios.push([length! / 44, smooth! / 44]);
  }
  const mean = (which: 0 | 1): number => ratios.reduce((sum, pair) => sum + pair[which], 0) / ratios.length;
  // At either end a voxel or two are cut off by the ball.
  expect((mean(0) * 44) / (44 - 2.5)).toBeCloseTo(1.5, 1);
  expect((1.5 * mean(1)) / mean(0)).toBeCloseTo(1.19, 2);
});

test("what cannot be meant is refused", async () => {
  const three = labelled([0, 1, 2, 2], [1, 2, 2]);
  await expect(triplePhaseBoundary(labelled([0, 1, 1, 1], [1, 2, 2]))).rejects.toThrow(
    "three phases meet at a line; there are label 0, label 1",
  );
  await expect(triplePhaseBoundary(three, { phases: [0, 1] })).rejects.toThrow("give three names or labels");
  await expect(triplePhaseBoundary(three, { phases: [0, 1, 1] })).rejects.toThrow("three different ones");
  await expect(triplePhaseBoundary(three, { phases: [0, 1, 7] })).rejects.toMatchObject({ code: "InvalidArgument" });
  const many = labelled([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 2, 5]);
  await expect(triplePhaseBoundary(many)).rejects.toThrow("there are 10 phases; name three of them");
  expect((await triplePhaseBoundary(many, { phases: [0, 1, 5] })).numRows).toBe(1);
  await expect(triplePhaseBoundary(three.with({ role: "intensity", spacing: um(1) }))).rejects.toThrow(
    "role intensity",
  );
  await expect(triplePhaseBoundary(three, { memoryLimit: 1000 })).rejects.toMatchObject({ code: "LimitExceeded" });
});
