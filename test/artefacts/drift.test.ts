import fc from "fast-check";
import { expect, test } from "vitest";
import { correctDrift, sliceProfile } from "#src/artefacts/correct-drift.js";
import { electrode } from "#src/simulate/electrode.js";
import { memoryVolume } from "../support/memory-volume.js";

const column = (table: Awaited<ReturnType<typeof sliceProfile>>, name: string): number[] =>
  [...table.getChild(name)!].map(Number);

test("the profile of slices is their median, mean and deviation", async () => {
  const values = Float32Array.of(1, 2, 3, 10, Number.NaN, 5, 5, 5);
  const table = await sliceProfile(memoryVolume(values, [2, 2, 2]));
  expect(column(table, "median")).toEqual([2.5, 5]);
  expect(column(table, "mean")).toEqual([4, 5]);
  expect(column(table, "deviation")).toEqual([expect.closeTo(Math.sqrt(12.5), 9), 0]);
  expect(column(table, "voxels")).toEqual([4, 3]);
});

test("a drift that was put into a scan is found and taken, by factors or by offsets", async () => {
  const scan = await electrode({ shape: [20, 60, 60], diameter: 8, cupping: 0, rings: 0, seed: 2 });
  const plain = await scan.read();
  const drift = (z: number): number => 1 + 0.01 * z + (z > 12 ? 0.05 : 0);
  const [factor, offset] = [
    memoryVolume(
      Uint16Array.from(plain, (value, k) => Math.round(value * drift(Math.floor(k / 3600)))),
      [20, 60, 60],
    ),
    memoryVolume(
      Uint16Array.from(plain, (value, k) => value + Math.round(3000 * drift(Math.floor(k / 3600)))),
      [20, 60, 60],
    ),
  ];
  for (const [drifted, by] of [
    [factor, "scale"],
    [offset, "shift"],
  ] as const) {
    const clean = await correctDrift(drifted, { by });
    expect([clean.dtype, clean.shape]).toEqual(["uint16", drifted.shape]);
    const spread = async (volume: typeof drifted): Promise<number> => {
      const medians = column(await sliceProfile(volume), "median");
      return Math.max(...medians) - Math.min(...medians);
    };
    expect(await spread(clean)).toBeLessThanOrEqual(2);
    expect(await spread(drifted)).toBeGreaterThan(500);
    // Slices differ by chance in their own medians: the correction follows the drift to within that.
    const values = await clean.read();
    const ratio = (z: number): number => {
      const sum = (list: ArrayLike<number>): number =>
        Array.from(list)
          .slice(3600 * z, 3600 * (z + 1))
          .reduce((a, b) => a + b, 0);
      return sum(values) / sum(plain);
    };
    expect(Math.abs(ratio(2) / ratio(18) - 1)).toBeLessThan(0.06);
    expect(clean.provenance.parameters.largest).toBeGreaterThan(1);
  }
});

test("a mask of what does not change keeps what does; slices without it go with their neighbours", async () => {
  const values = Float32Array.from({ length: 4 * 4 }, (_, k) => {
    const z = Math.floor(k / 4);
    return (k % 4 === 0 ? 10 : 100 * (z + 1)) * (1 + z / 10);
  });
  const inside = Uint8Array.from({ length: 16 }, (_, k) => (k % 4 === 0 && k < 12 ? 1 : 0));
  const mask = memoryVolume(inside, [4, 2, 2], { role: "mask" });
  const clean = await (await correctDrift(memoryVolume(values, [4, 2, 2]), { mask })).read();
  for (const z of [0, 1, 2]) expect(clean[4 * z]).toBeCloseTo(11, 5);
  for (const z of [0, 1, 2]) expect(clean[4 * z + 1]! / clean[4 * z]!).toBeCloseTo(10 * (z + 1), 4);
  expect(clean[12]! / values[12]!).toBeCloseTo(clean[8]! / values[8]!, 6);
});

test("the result does not depend on bricks", async () => {
  const values = Uint8Array.from({ length: 5 * 7 * 9 }, (_, k) => 50 + ((k * 37) % 100));
  const expected = await (await correctDrift(memoryVolume(values, [5, 7, 9]))).read();
  await fc.assert(
    fc.asyncProperty(
      fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 7 }), fc.integer({ min: 1, max: 9 })),
      async (brick) => {
        expect(await (await correctDrift(memoryVolume(values, [5, 7, 9], { brick }))).read()).toEqual(expected);
      },
    ),
    { numRuns: 6, seed: 2 },
  );
});

test("what cannot be scaled, and masks that do not fit, are refused", async () => {
  const volume = memoryVolume(new Uint8Array(8), [2, 2, 2]);
  await expect(correctDrift(volume)).rejects.toThrow('by: "shift"');
  await expect(correctDrift(volume, { by: "add" as never })).rejects.toThrow('"scale" and "shift"');
  await expect(sliceProfile(volume, { mask: volume })).rejects.toMatchObject({ code: "InvalidArgument" });
  const empty = memoryVolume(new Uint8Array(8), [2, 2, 2], { role: "mask" });
  await expect(sliceProfile(volume, { mask: empty })).rejects.toMatchObject({ code: "MissingData" });
});
