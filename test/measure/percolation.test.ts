/** Percolation against the definition, and structures of which it is known. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { phaseTable } from "#src/core/phases.js";
import type { Region, Shape, Triple } from "#src/core/shape.js";
import { open, percolation, type Volume } from "#src/index.js";
import { testFolder } from "../support/folder.js";
import { memoryVolume } from "../support/memory-volume.js";
import { random } from "../support/random-volume.js";

const file = testFolder();
const column = (table: { getChild(name: string): Iterable<unknown> | null }, name: string): number[] =>
  [...(table.getChild(name) ?? [])] as number[];

/** What each voxel is along an axis, by spreading from each face and seeing what is reached. */
function classesOf(shape: Shape, inside: readonly boolean[], axis: 0 | 1 | 2): number[] {
  const strides = [shape[1] * shape[2], shape[2], 1] as const;
  const placeOf = (k: number, along: number): number => Math.floor(k / strides[along]!) % shape[along]!;
  const reached = (face: number): Set<number> => {
    const seen = new Set([...inside.keys()].filter((k) => inside[k] && placeOf(k, axis) === face));
    for (const k of seen)
      for (const along of [0, 1, 2])
        for (const step of [-1, 1]) {
          const next = placeOf(k, along) + step;
          if (next < 0 || next >= shape[along]!) continue;
          const other = k + step * strides[along]!;
          if (inside[other]) seen.add(other);
        }
    return seen;
  };
  const [low, high] = [reached(0), reached(shape[axis] - 1)];
  return inside.map((is, k) => (is ? 3 - (low.has(k) ? 1 : 0) - (high.has(k) ? 1 : 0) : 0));
}

test("every voxel is interconnected, a dead end or isolated as what is reached from the faces says", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 16 })),
      fc.tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 18 })),
      fc.constantFrom("z", "y", "x"),
      fc.constantFrom(1, 2),
      fc.boolean(),
      fc.boolean(),
      fc.integer({ min: 1, max: 2 ** 30 }),
      async (shape, brick, axis, workers, masked, part, seed) => {
        const next = random(seed);
        const labels = Uint8Array.from(
          { length: shape[0] * shape[1] * shape[2] },
          () => [2, 2, 2, 5, 255][Math.floor(5 * next())]!,
        );
        labels[0] = 2;
        const sample = Uint8Array.from(labels, (_, k) => (k === 0 || next() < 0.8 ? 1 : 0));
        const region: Region = { start: [0, 0, 0], stop: shape.map((n) => Math.ceil(n / 2)) as unknown as Triple };
        const size = part ? region.stop : shape;
        const within = (k: number): boolean =>
          [Math.floor(k / (shape[1] * shape[2])), Math.floor(k / shape[2]) % shape[1], k % shape[2]].every(
            (n, along) => n < size[along]!,
          );
        const inside = [...labels.keys()].filter(within).map((k) => labels[k] === 2 && (!masked || sample[k] === 1));
        const mask = memoryVolume(sample, shape, { brick: [2, 3, 5], role: "mask" });
        const result = await percolation(memoryVolume(labels, shape, { brick, role: "labels" }), {
          phase: 2,
          axis: axis as "z",
          workers,
          ...(masked && { mask }),
          ...(part && { region }),
        });
        expect([...(await result.classes.read())]).toEqual(classesOf(size, inside, "zyx".indexOf(axis) as 0 | 1 | 2));
        const total = inside.filter(Boolean).length;
        for (const along of [0, 1, 2] as const) {
          const all = classesOf(size, inside, along);
          for (const [k, name] of ["interconnected", "dead end", "isolated"].entries())
            expect(column(result, name)[along]).toBeCloseTo(all.filter((one) => one === k + 1).length / total, 12);
        }
      },
    ),
    { numRuns: 60, seed: 4 },
  );
});

test("a channel, a blind hole and a void are told apart, also through edges, and into a file", async () => {
  const shape = [8, 9, 9] as const;
  const labels = Uint8Array.from({ length: 648 }, (_, k) => {
    const [z, y, x] = [Math.floor(k / 81), Math.floor(k / 9) % 9, k % 9];
    if (y === 1 && x === 1) return 1; // through: 8 voxels
    if (y === 4 && x === 4 && z < 5) return 1; // blind: 5
    if (y === 7 && x === 7 && z >= 3 && z < 6) return 1; // void: 3
    return 0;
  });
  const volume = memoryVolume(labels, shape, {
    role: "labels",
    phases: phaseTable(2, ["wall", "pore"]),
    brick: [3, 4, 5],
  });
  const result = await percolation(volume, { phase: "pore", to: file("classes.arrow") });
  expect(result.toArray().map((row) => row.toJSON())).toEqual([
    {
      axis: "z",
      interconnected: 0.5,
      "dead end": 0.3125,
      isolated: 0.1875,
      components: 3,
      "interconnected components": 1,
    },
    { axis: "y", interconnected: 0, "dead end": 0, isolated: 1, components: 3, "interconnected components": 0 },
    { axis: "x", interconnected: 0, "dead end": 0, isolated: 1, components: 3, "interconnected components": 0 },
  ]);
  const classes = await open(file("classes.arrow"));
  expect(classes.phases?.map(({ name }) => name)).toEqual(["elsewhere", "interconnected", "dead end", "isolated"]);
  const at = (where: Volume, ...place: [number, number, number]): Promise<number> => where.at(...place);
  expect(
    await Promise.all([at(classes, 0, 1, 1), at(classes, 4, 4, 4), at(classes, 3, 7, 7), at(classes, 0, 0, 0)]),
  ).toEqual([1, 2, 3, 0]);
  // A diagonal across edges.
  const diagonal = memoryVolume(
    Uint8Array.from({ length: 81 }, (_, k) => (Math.floor(k / 9) === k % 9 ? 1 : 0)),
    [9, 1, 9],
    { role: "mask" },
  );
  expect(column(await percolation(diagonal), "interconnected")[0]).toBe(0);
  expect(column(await percolation(diagonal, { connectivity: 18 }), "interconnected")[0]).toBe(1);
});

test("what cannot be meant is refused, and Stop is heard", async () => {
  const labels = memoryVolume(new Uint8Array(24).fill(3), [2, 3, 4], { role: "labels" });
  await expect(percolation(labels)).rejects.toThrow(/say which phase is meant/);
  await expect(percolation(labels, { phase: 1 })).rejects.toMatchObject({ code: "MissingData" });
  await expect(percolation(labels, { phase: 3, axis: "w" as never })).rejects.toThrow(/allowed are "z"/);
  await expect(percolation(labels, { phase: 3, connectivity: 8 as never })).rejects.toThrow(/connectivity is 8/);
  await expect(percolation(labels, { phase: 3, axes: "z" } as object)).rejects.toThrow(/did you mean `axis`/);
  await expect(percolation(labels, { phase: 3, memoryLimit: 10 })).rejects.toMatchObject({ code: "LimitExceeded" });
  const stopped = AbortSignal.abort(new Error("enough"));
  await expect(percolation(labels, { phase: 3, signal: stopped })).rejects.toThrow("enough");
});
