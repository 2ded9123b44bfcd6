import { expect, test } from "vitest";
import { DTYPES, type DType } from "#src/core/dtype.js";
import { um } from "#src/core/length.js";
import type { Shape, Triple } from "#src/core/shape.js";
import { gaussian } from "#src/filters/gaussian.js";
import { gaussian as oracle } from "../oracle/gaussian.js";
import { memoryVolume } from "../support/memory-volume.js";
import { random, randomVoxels } from "../support/random-volume.js";

const count = (shape: Shape): number => shape[0] * shape[1] * shape[2];

function expectClose(actual: ArrayLike<number>, expected: readonly number[], tolerance: number): void {
  const scale = Math.max(...expected.map(Math.abs));
  let worst = 0;
  for (let k = 0; k < expected.length; k++) worst = Math.max(worst, Math.abs(actual[k]! - expected[k]!) / scale);
  expect(actual.length).toBe(expected.length);
  expect(worst).toBeLessThan(tolerance);
}

for (const dtype of Object.keys(DTYPES) as DType[])
  test(`Gaussian of ${dtype} equals the weighted mean in double precision`, async () => {
    const shape = [9, 14, 19] as const;
    const values = randomVoxels(dtype, count(shape), 13).map((value) => (dtype === "float32" ? value % 1000 : value));
    const volume = memoryVolume(values, shape, { brick: [4, 5, 16] });
    for (const sigma of [
      [1, 1, 1],
      [0.6, 0, 2],
      [0, 3, 0],
    ] as Triple[]) {
      const result = await gaussian(volume, { sigma, dtype: "float32", workers: 2 });
      expect(result.dtype).toBe("float32");
      expectClose(await result.read(), oracle({ shape, values }, sigma), 1e-6);
    }
  });

for (const dtype of ["uint8", "int8", "uint16", "int16"] as const)
  test(`a result of ${dtype} is rounded to the nearest value`, async () => {
    const shape = [5, 6, 21] as const;
    const values = randomVoxels(dtype, count(shape), 17);
    const result = await gaussian(memoryVolume(values, shape, { brick: [3, 4, 10] }), { sigma: 0.8 });
    const expected = oracle({ shape, values }, [0.8, 0.8, 0.8]);
    const rounded = await result.read();
    expect(result.dtype).toBe(dtype);
    // Computed in float32: where the exact value is a hair from a half, either neighbour is right.
    const off = expected.filter((value, k) => Math.abs(rounded[k]! - value) > 0.5 + 65536 * 1e-6);
    expect(off).toEqual([]);
  });

for (const shape of [
  [1, 1, 1],
  [1, 9, 2],
  [3, 1, 40],
  [2, 2, 2],
] as const)
  test(`Gaussian of ${shape.join(" × ")} with a filter wider than the volume`, async () => {
    const next = random(23);
    const values = Float32Array.from({ length: count(shape) }, next);
    const result = await gaussian(memoryVolume(values, shape), { sigma: 4 });
    expectClose(await result.read(), oracle({ shape, values }, [4, 4, 4]), 1e-6);
  });

test("a constant volume stays constant and a NaN spreads over its reach and no further", async () => {
  const values = new Float32Array(15 ** 3).fill(3);
  values[(7 * 15 + 7) * 15 + 7] = Number.NaN;
  const result = await (await gaussian(memoryVolume(values, [15, 15, 15]), { sigma: 0.5 })).read();
  const isNear = (k: number): boolean =>
    [k % 15, Math.floor(k / 15) % 15, Math.floor(k / 225)].every((at) => Math.abs(at - 7) <= 2);
  for (let k = 0; k < result.length; k++)
    if (isNear(k)) expect(result[k]).toBeNaN();
    else expect(result[k]).toBeCloseTo(3, 5);
});

test("a sigma as a length follows the voxel size of each axis", async () => {
  const shape = [6, 8, 10] as const;
  const values = Float32Array.from({ length: 480 }, random(29));
  const volume = memoryVolume(values, shape, { spacing: [2e-6, 1e-6, 0.5e-6] });
  expectClose(await (await gaussian(volume, { sigma: um(1) })).read(), oracle({ shape, values }, [0.5, 1, 2]), 1e-6);
  expectClose(
    await (await gaussian(volume, { sigma: [um(1), 0, 1] })).read(),
    oracle({ shape, values }, [0.5, 0, 1]),
    1e-6,
  );
});

test("sigmas and types that are not allowed are refused with what is", async () => {
  const volume = memoryVolume(new Uint8Array(8), [2, 2, 2]);
  await expect(gaussian(volume, { sigma: -1 })).rejects.toThrow(
    "sigma (voxels) is -1; allowed is a number from 0 to 64",
  );
  await expect(gaussian(volume, { sigma: 100 })).rejects.toMatchObject({ code: "InvalidArgument" });
  await expect(gaussian(volume, { sigma: [1, 2] })).rejects.toThrow("three of them");
  await expect(gaussian(volume, { dtype: "uint16" })).rejects.toThrow(
    'allowed are uint8, as the volume, and "float32"',
  );
  await expect(gaussian(volume, { sigma: um(1) })).rejects.toMatchObject({ code: "MissingData" });
  await expect(gaussian(volume, { sgima: 1 } as object)).rejects.toThrow("did you mean `sigma`");
});
