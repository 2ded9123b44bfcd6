/** Sheetness against its definition, and closed forms of flat sheets, channels, balls and noise. */
import { expect, test } from "vitest";
import { DTYPES, type DType } from "#src/core/dtype.js";
import { um } from "#src/core/length.js";
import type { Shape } from "#src/core/shape.js";
import { sheetness } from "#src/filters/sheetness.js";
import * as oracle from "../oracle/tensor.js";
import { expectClose } from "../support/closeness.js";
import { memoryVolume } from "../support/memory-volume.js";
import { normal } from "../support/normal.js";
import { randomVoxels } from "../support/random-volume.js";

const SHAPE = [6, 7, 21] as const;
const BRICK = [4, 5, 16] as const;
const count = (shape: Shape): number => shape[0] * shape[1] * shape[2];

test.each(Object.keys(DTYPES) as DType[])("the sheetness of %s is that of its definition", async (dtype) => {
  const values = randomVoxels(dtype, count(SHAPE), 13).map((value) => (dtype === "float32" ? value % 1000 : value));
  const volume = memoryVolume(values, SHAPE, { brick: BRICK });
  for (const of of ["dark", "bright"] as const) {
    const expected = oracle.sheetness({ shape: SHAPE, values }, [0.7, 1.1], of);
    expectClose(await (await sheetness(volume, { sigma: [0.7, 1.1], of })).read(), expected, 4e-6);
  }
});

test("of an image sheets are lines, of a line dips, and of a single voxel there are none", async () => {
  for (const shape of [
    [1, 9, 30],
    [7, 1, 21],
    [1, 1, 40],
    [13, 1, 1],
  ] as const) {
    const values = randomVoxels("uint8", count(shape), 5);
    const expected = oracle.sheetness({ shape, values }, [1, 1.6], "dark");
    expectClose(await (await sheetness(memoryVolume(values, shape), { sigma: [1, 1.6] })).read(), expected, 4e-6);
  }
  expect([...(await (await sheetness(memoryVolume(Uint8Array.of(9), [1, 1, 1]))).read())]).toEqual([0]);
});

/** Matter of 200 with something of 100 in it, in the middle of 32³ voxels; voxels that are cut count by 5³ points. */
function planted(inside: (z: number, y: number, x: number) => boolean) {
  const n = 32;
  const values = Float32Array.from({ length: n ** 3 }, (_, k) => {
    const [z, y, x] = [Math.floor(k / n ** 2), Math.floor(k / n) % n, k % n].map((at) => at - (n - 1) / 2) as [
      number,
      number,
      number,
    ];
    let part = 0;
    for (let a = -2; a <= 2; a++)
      for (let b = -2; b <= 2; b++) for (let c = -2; c <= 2; c++) if (inside(z + a / 5, y + b / 5, x + c / 5)) part++;
    return 200 - (100 * part) / 125;
  });
  return memoryVolume(values, [n, n, n], { brick: [16, 32, 32], spacing: [1e-6, 1e-6, 1e-6] });
}
const nearMiddle = { start: [15, 15, 15], stop: [17, 17, 17] } as const;
const peak = async (volume: Parameters<typeof sheetness>[0], options: object): Promise<number> =>
  Math.max(...(await (await sheetness(volume, { ...options, region: nearMiddle })).read()));

test("a flat sheet gets 0.484 of its depth where it is 2 σ wide, in any direction; a channel and a ball get little", async () => {
  const ideal = (2 * Math.exp(-0.5)) / Math.sqrt(2 * Math.PI);
  for (const normal of [
    [1, 0, 0],
    [0, 0.6, 0.8],
    [1 / Math.sqrt(3), 1 / Math.sqrt(3), 1 / Math.sqrt(3)],
  ] as const) {
    const sheet = planted((z, y, x) => Math.abs(z * normal[0] + y * normal[1] + x * normal[2]) < 2);
    const found = await peak(sheet, { sigma: 2 });
    // The voxels nearest to the middle lie up to 0.87 voxels from it.
    expect(found / 100).toBeGreaterThan(0.9 * ideal);
    expect(found / 100).toBeLessThan(1.01 * ideal);
    expect(await peak(sheet, { sigma: um(2) })).toBe(found);
    expect(await peak(sheet, { sigma: 2, of: "bright" })).toBe(0);
    // Of several σ the best one counts.
    expect(await peak(sheet, { sigma: [0.75, 2, 3] })).toBe(found);
  }
  const channel = planted((z, y) => Math.hypot(z, y) < 2);
  const ball = planted((z, y, x) => Math.hypot(z, y, x) < 2.5);
  expect((await peak(channel, {})) / 100).toBeLessThan(ideal / 6);
  expect((await peak(ball, {})) / 100).toBeLessThan(ideal / 6);
});

test("white noise gets what the description says", async () => {
  const noise = memoryVolume(normal(40 ** 3, 3), [40, 40, 40], { brick: [40, 40, 40] });
  for (const sigma of [0.7, 1, 1.5, 2]) {
    const values = Array.from(await (await sheetness(noise, { sigma })).read());
    const spread = Math.sqrt(values.reduce((sum, value) => sum + value ** 2, 0) / values.length) * sigma ** 1.5;
    expect(spread).toBeGreaterThan(0.07);
    expect(spread).toBeLessThan(0.14);
  }
});

test("of voxels that are no cubes a length is the same along all axes", async () => {
  const n = 24;
  // Two thirds of a µm along z, one third along y and x; a sheet across x, and one across z.
  const at = (axis: 0 | 2) =>
    memoryVolume(
      Float32Array.from({ length: n ** 3 }, (_, k) => {
        const place = axis === 0 ? (Math.floor(k / n ** 2) - 11.5) * 2 : (k % n) - 11.5;
        return 200 - 100 * Math.max(0, Math.min(1, 2.5 - Math.abs(place)));
      }),
      [n, n, n],
      { spacing: [2e-6 / 3, 1e-6 / 3, 1e-6 / 3], brick: [24, 24, 24] },
    );
  const [across, along] = await Promise.all(
    [at(2), at(0)].map(async (volume) => {
      const values = await (await sheetness(volume, { sigma: um(2 / 3) })).read();
      return Math.max(...values);
    }),
  );
  expect(across! / 100).toBeGreaterThan(0.4);
  expect(along! / across!).toBeGreaterThan(0.85);
  expect(along! / across!).toBeLessThan(1.15);
});

test("what makes no sense is refused", async () => {
  const volume = memoryVolume(new Uint8Array(64), [4, 4, 4]);
  await expect(sheetness(volume, { sigma: [] })).rejects.toThrow("sigma is []");
  await expect(sheetness(volume, { sigma: 0.1 })).rejects.toThrow("sigma (voxels) is 0.1");
  await expect(sheetness(volume, { sigma: [1, 65] })).rejects.toThrow("sigma (voxels) is 65");
  await expect(sheetness(volume, { of: "grey" as never })).rejects.toThrow('of is "grey"');
  await expect(sheetness(volume, { sigma: um(1) })).rejects.toMatchObject({ code: "MissingData" });
  await expect(sheetness(volume, { sgima: 1 } as object)).rejects.toThrow("did you mean `sigma`");
  const nan = memoryVolume(new Float32Array(64).fill(Number.NaN), [4, 4, 4]);
  expect([...(await (await sheetness(nan, { sigma: 0.5 })).read())].every(Number.isNaN)).toBe(true);
});
