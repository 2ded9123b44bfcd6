/** Plane after plane of one volume: the same voxels as ever, with less to read. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fromVoxels, open, release, save, type Volume } from "voxbook";
import type { Axis } from "#src/core/shape.js";
import { planeOf } from "#widgets/model/kept-bricks.js";
import { reduced } from "#widgets/model/reduced.js";

const shape = [70, 90, 150] as const;
const voxel = (z: number, y: number, x: number): number => (z * 7919 + y * 104729 + x * 1299709) % 65521;

describe("planes of a volume that is looked at", () => {
  let folder: string;
  let inMemory: Volume;
  let inFile: Volume;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "voxbook-looking-"));
    const values = new Uint16Array(shape[0] * shape[1] * shape[2]);
    for (let k = 0; k < values.length; k++)
      values[k] = voxel(Math.floor(k / (shape[1] * shape[2])), Math.floor(k / shape[2]) % shape[1], k % shape[2]);
    inMemory = await fromVoxels(values, shape);
    await save(inMemory, join(folder, "volume.arrow"));
    inFile = await open(join(folder, "volume.arrow"));
  });
  afterAll(() => {
    release(inFile);
    release(inMemory);
    rmSync(folder, { recursive: true });
  });

  const walks: readonly (readonly [Axis, readonly number[]])[] = [
    ["z", [0, 1, 2, 40, 63, 64, 65, 69, 68]],
    ["y", [89, 88, 87, 3, 4]],
    ["x", [...Array(150).keys()]],
    ["x", [149, 148, 147, 120, 96, 95, 94, 64, 63, 31, 0, 1, 77]],
  ];
  test.each(walks)("across %s have the voxels that are there, whichever way the reader goes", async (axis, indices) => {
    for (const volume of [inMemory, inFile])
      for (const index of indices) {
        const { values, height, width } = await planeOf(volume, axis, index);
        const at = (row: number, column: number): number =>
          axis === "z"
            ? voxel(index, row, column)
            : axis === "y"
              ? voxel(row, index, column)
              : voxel(row, column, index);
        expect(values.length).toBe(height * width);
        let wrong = 0;
        for (let k = 0; k < values.length; k++) if (values[k] !== at(Math.floor(k / width), k % width)) wrong++;
        expect(wrong, `${axis} ${index}`).toBe(0);
      }
  });

  test.each(["z", "y", "x"] as const)("across %s made smaller are the whole plane made smaller", async (axis) => {
    // Seven levels: more than a brick has voxels.
    for (const level of [0, 1, 2, 3, 7])
      for (const labels of [false, true])
        for (const volume of [inMemory, inFile])
          for (const index of [0, 41, 69]) {
            const whole = reduced(await volume.plane(axis, index), level, labels);
            expect(await planeOf(volume, axis, index, { level, labels }), `${level} ${labels} ${index}`).toEqual(whole);
          }
  });

  test("may be changed by who gets them", async () => {
    (await planeOf(inFile, "x", 5)).values.fill(0);
    expect((await planeOf(inFile, "x", 5)).values[1]).toBe(voxel(0, 1, 5));
  });

  test("asked for at once come right, all of them", async () => {
    const asked = [3, 33, 4, 120, 5, 64].map((index) => planeOf(inFile, "x", index));
    for (const [k, index] of [3, 33, 4, 120, 5, 64].entries())
      expect((await asked[k]!).values[shape[1]]).toBe(voxel(1, 0, index));
  });

  test("outside the volume are refused as ever", async () => {
    await expect(planeOf(inFile, "z", 70)).rejects.toThrow("z plane");
    await expect(planeOf(inFile, "x", 1.5)).rejects.toThrow("x plane");
  });

  test("of a volume that was released are refused", async () => {
    const other = await open(join(folder, "volume.arrow"));
    await planeOf(other, "y", 3);
    release(other);
    await expect(planeOf(other, "z", 69)).rejects.toThrow("released");
  });
});

test("means of squares of voxels are those of a slow loop, also where the sides do not divide", () => {
  const [height, width, step] = [13, 22, 4];
  const values = Uint16Array.from({ length: height * width }, (_, k) => (k * 2654435761) >>> 17);
  const found = reduced({ values, height, width }, 2, false);
  const wanted: number[] = [];
  for (let y = 0; y < height; y += step)
    for (let x = 0; x < width; x += step) {
      const square: number[] = [];
      for (let r = y; r < Math.min(height, y + step); r++)
        for (let c = x; c < Math.min(width, x + step); c++) square.push(values[r * width + c]!);
      wanted.push(Math.round(square.reduce((all, value) => all + value, 0) / square.length));
    }
  expect(found).toEqual({ values: Uint16Array.from(wanted), height: 4, width: 6 });
});
