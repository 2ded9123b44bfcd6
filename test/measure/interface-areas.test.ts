/** Areas of interfaces by the faces of voxels, against the definition and closed forms. */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { ResultTable } from "#src/core/arrow/table.js";
import { DTYPES, type DType, voxelArray } from "#src/core/dtype.js";
import { phaseTable } from "#src/core/phases.js";
import type { Region } from "#src/core/shape.js";
import { open } from "#src/io/open.js";
import { save } from "#src/io/save.js";
import { interfaceAreas } from "#src/measure/interface-areas.js";
import { facesBetween } from "../oracle/faces.js";
import { testFolder } from "../support/folder.js";
import { memoryVolume } from "../support/memory-volume.js";
import { random } from "../support/random-volume.js";

const file = testFolder();
const column = (table: ResultTable, name: string): unknown[] => [...(table.getChild(name) ?? [])];
/** Pairs with faces as the oracle keys them. */
const facesOf = (table: ResultTable): Map<string, number> =>
  new Map(
    table
      .toArray()
      .map((row) => [`${row.label},${row["other label"]}`, row.faces] as [string, number])
      .filter(([, faces]) => faces > 0),
  );
const sorted = (map: Map<string, number>): [string, number][] => [...map].sort(([a], [b]) => (a < b ? -1 : 1));
const sums = (map: Map<string, readonly number[]>): Map<string, number> =>
  new Map([...map].map(([key, faces]) => [key, faces.reduce((a, b) => a + b, 0)]));

const shape = [7, 11, 37] as const;
const count = 7 * 11 * 37;
const values = (dtype: DType, seed: number) => {
  const next = random(seed);
  const least = DTYPES[dtype].min < 0 ? -3 : 0;
  const out = voxelArray(dtype, count);
  for (let k = 0; k < count; k++) out[k] = least + Math.floor(5 * next());
  return out;
};

test("every pair of phases has the faces of the definition, for each voxel type, any bricks, region and mask", async () => {
  const integers = (Object.keys(DTYPES) as DType[]).filter((dtype) => DTYPES[dtype].integer);
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...integers),
      fc.tuple(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 40 })),
      fc.constantFrom(1, 2, 4),
      fc.boolean(),
      fc.boolean(),
      fc.integer({ min: 1, max: 2 ** 30 }),
      async (dtype, brick, workers, masked, part, seed) => {
        const next = random(seed);
        const labels = values(dtype, seed);
        const inside = Uint8Array.from(labels, () => (next() < 0.7 ? 3 : 0));
        const region: Region = { start: [1, 2, 5], stop: [6, 11, 36] };
        const within = (k: number): boolean => {
          const at = [Math.floor(k / 407), Math.floor(k / 37) % 11, k % 37];
          const held = at.every((n, axis) => n >= region.start[axis]! && n < region.stop[axis]!);
          return (!part || held) && (!masked || inside[k] !== 0);
        };
        const mask = memoryVolume(inside, shape, { brick: [3, 4, 9], role: "mask" });
        const table = await interfaceAreas(memoryVolume(labels, shape, { brick, role: "labels" }), {
          workers,
          ...(masked && { mask }),
          ...(part && { region }),
        });
        expect(sorted(facesOf(table))).toEqual(sorted(sums(facesBetween(labels, shape, within))));
      },
    ),
    { numRuns: 40, seed: 6 },
  );
});

test("areas are those of the voxels' own faces, and over the volume of all phases", async () => {
  const labels = values("uint8", 3);
  const volume = memoryVolume(labels, shape, { role: "labels", spacing: [4e-6, 2e-6, 0.5e-6], brick: [4, 4, 16] });
  const table = await interfaceAreas(volume);
  const expected = facesBetween(labels, shape);
  for (const row of table.toArray()) {
    const [z, y, x] = expected.get(`${row.label},${row["other label"]}`)!;
    expect(row.area).toBeCloseTo(z * 1 + y * 2 + x * 8, 6);
    expect(row["area per volume"]).toBeCloseTo(row.area / (count * 4), 12);
  }
  const unit = (name: string) => table.schema.fields.find((field) => field.name === name)!.metadata.get("unit");
  expect([unit("area"), unit("area per volume")]).toEqual(["µm²", "1/µm"]);
  expect(table.provenance.operation).toBe("interfaceAreas");
});

test("a box has the area of its sides, a ball one and a half times that of a smooth ball", async () => {
  const n = 60;
  const at = (of: (z: number, y: number, x: number) => boolean): Uint8Array =>
    Uint8Array.from({ length: n ** 3 }, (_, k) =>
      of(Math.floor(k / n ** 2) - 29.5, (Math.floor(k / n) % n) - 29.5, (k % n) - 29.5) ? 1 : 0,
    );
  const faces = async (mask: Uint8Array): Promise<number> =>
    column(
      await interfaceAreas(memoryVolume(mask, [n, n, n], { role: "mask", brick: [16, 25, 60] })),
      "faces",
    )[0] as number;
  expect(await faces(at((z, y, x) => Math.abs(z) < 10 && Math.abs(y) < 5 && Math.abs(x) < 20))).toBe(
    2 * (20 * 10 + 20 * 40 + 10 * 40),
  );
  const ball = await faces(at((z, y, x) => Math.hypot(z, y, x) <= 25));
  expect(ball / (4 * Math.PI * 25 ** 2)).toBeCloseTo(1.5, 1);
  // A half of the ball that lies at the face of the volume has no face there.
  expect(await faces(at((z, y, x) => Math.hypot(z + 29.5, y, x) <= 25))).toBeLessThan(0.52 * ball);
});

test("a mask has two phases whatever number is inside; 255 of 8-bit labels is none; names come from the table", async () => {
  const line = (numbers: number[], changes: object) =>
    memoryVolume(Uint8Array.from(numbers), [1, 1, numbers.length], { brick: [1, 1, 4], ...changes });
  const mask = await interfaceAreas(line([0, 7, 255, 0, 0, 1], { role: "mask" }));
  expect(column(mask, "faces")).toEqual([3]);
  expect(column(mask, "faces per voxel")).toEqual([0.5]);
  expect([column(mask, "phase"), column(mask, "other phase")]).toEqual([["outside"], ["inside"]]);
  const labels = await interfaceAreas(
    line([0, 1, 255, 2, 1, 1], { role: "labels", phases: phaseTable(3, ["pore", "binder", "NMC"]) }),
  );
  expect(column(labels, "phase")).toEqual(["pore", "pore", "binder"]);
  expect(column(labels, "other phase")).toEqual(["binder", "NMC", "NMC"]);
  expect(column(labels, "faces")).toEqual([1, 0, 1]);
  const one = await interfaceAreas(line([4, 4, 4], { role: "labels" }));
  expect(one.numRows).toBe(0);
});

test("a volume in a file is measured brick by brick within a small memory limit", async () => {
  const labels = values("uint8", 9);
  const volume = memoryVolume(labels, shape, { role: "labels", brick: [4, 8, 16], phases: phaseTable(5) });
  await save(volume, file("labels.arrow"));
  const table = await interfaceAreas(await open(file("labels.arrow")), { memoryLimit: 200_000 });
  expect(sorted(facesOf(table))).toEqual(sorted(sums(facesBetween(labels, shape))));
});

test("what makes no sense is refused, and Stop is heard", async () => {
  const grey = memoryVolume(values("uint8", 1), shape);
  await expect(interfaceAreas(grey)).rejects.toThrow("has the role intensity");
  await expect(interfaceAreas(7 as never)).rejects.toThrow("takes a volume");
  await expect(interfaceAreas(grey, { regoin: 1 } as object)).rejects.toThrow("did you mean `region`");
  const outside = memoryVolume(new Uint8Array(8).fill(255), [2, 2, 2], { role: "labels" });
  await expect(interfaceAreas(outside)).rejects.toMatchObject({ code: "MissingData" });
  const empty = memoryVolume(new Uint8Array(count), shape, { role: "mask" });
  const labels = grey.with({ role: "labels" });
  await expect(interfaceAreas(labels, { mask: empty })).rejects.toMatchObject({ code: "MissingData" });
  const particles = memoryVolume(
    Uint16Array.from({ length: 400 }, (_, k) => k),
    [1, 20, 20],
    { role: "labels" },
  );
  await expect(interfaceAreas(particles)).rejects.toThrow("400 labels are too many to be phases (at most 255)");
  const floats = memoryVolume(new Float32Array(8), [2, 2, 2], { role: "labels" });
  await expect(interfaceAreas(floats)).rejects.toMatchObject({ code: "UnsupportedFeature" });
  await expect(interfaceAreas(labels, { memoryLimit: 1000 })).rejects.toMatchObject({ code: "LimitExceeded" });
  await expect(interfaceAreas(labels, { signal: AbortSignal.abort(new Error("enough")) })).rejects.toThrow("enough");
});
