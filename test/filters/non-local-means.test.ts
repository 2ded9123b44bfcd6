import { expect, test } from "vitest";
import { DTYPES, type DType } from "#src/core/dtype.js";
import { provenance } from "#src/core/provenance.js";
import type { Shape } from "#src/core/shape.js";
import { nonLocalMeans } from "#src/filters/non-local-means.js";
import { noiseLevel } from "#src/statistics/noise-level.js";
import { nonLocalMeans as oracle } from "../oracle/nonlocal.js";
import { difference, expectClose } from "../support/closeness.js";
import { memoryVolume } from "../support/memory-volume.js";
import { random } from "../support/random-volume.js";

const count = (shape: Shape): number => shape[0] * shape[1] * shape[2];
const SHAPE = [6, 9, 21] as const;

/** Two plateaus with noise of this standard deviation (sum of uniform numbers). */
function noisy(dtype: DType, shape: Shape, noise: number, seed = 5) {
  const next = random(seed);
  const values = new DTYPES[dtype].array(count(shape));
  const low = dtype === "int8" ? -60 : 60;
  for (let k = 0; k < values.length; k++) {
    const bell = Array.from({ length: 12 }, next).reduce((a, b) => a + b) - 6;
    values[k] = Math.round(low + (k % shape[2] < shape[2] / 2 ? 0 : 80) + noise * bell);
  }
  return values;
}

const GIVEN = { noise: 10, strength: 8, method: "fast", dtype: "float32" } as const;

for (const dtype of Object.keys(DTYPES) as DType[])
  test(`non-local means of ${dtype} are the means weighted by the likeness of patches`, async () => {
    const values = noisy(dtype, SHAPE, 10);
    const volume = memoryVolume(values, SHAPE, { brick: [4, 5, 8] });
    const options = { ...GIVEN, patch: [3, 3, 3], search: [2, 2, 2] } as const;
    const result = await nonLocalMeans(volume, { ...options, workers: 2 });
    expectClose(await result.read(), oracle({ shape: SHAPE, values }, options), 3e-6);
  });

for (const [patch, search, more] of [
  [[3, 3, 3], [1, 2, 3], { method: "exact" }],
  [[5, 1, 3], [2, 0, 1], { method: "exact", border: "wrap" }],
  [[1, 3, 3], [0, 3, 3], {}],
  [[2, 2, 2], [2, 2, 2], { strength: 11 * Math.sqrt(27 / 8), noise: 14 }],
  [[4, 1, 2], [1, 1, 1], { border: { constant: 90 } }],
  [[1, 1, 1], [3, 0, 0], { noise: 0, strength: 20 }],
  [[3, 3, 3], [0, 0, 0], {}],
] as const)
  test(`patches of ${patch.join(" × ")} searched ${search.join(", ")} voxels away, ${JSON.stringify(more)}`, async () => {
    const values = noisy("uint16", SHAPE, 10);
    const options = { ...GIVEN, ...more, patch, search } as const;
    const result = await nonLocalMeans(memoryVolume(values, SHAPE, { brick: [3, 9, 16] }), options);
    expectClose(await result.read(), oracle({ shape: SHAPE, values }, options), 3e-6);
  });

const BYTES = [
  [[3, 3, 3], [1, 2, 3], {}],
  [[5, 1, 3], [2, 0, 1], { border: "wrap" }],
  [[1, 7, 4], [0, 3, 3], {}],
  [[2, 2, 2], [2, 2, 2], { strength: 11 * Math.sqrt(27 / 8), noise: 14 }],
  [[4, 5, 2], [1, 1, 1], { border: { constant: 90 }, strength: 4, noise: 0 }],
  [[1, 1, 1], [3, 0, 0], { noise: 0, strength: 20 }],
  [[3, 3, 3], [0, 0, 0], {}],
  // Sums of whole numbers up to the largest of 16 bits, and one more, which floats must take.
  [[1, 3, 3], [1, 1, 2], { noise: 21, strength: Math.sqrt((65535 / 9 - 2 * 21 ** 2 - 0.1) / 5) }],
  [[1, 3, 3], [1, 1, 2], { noise: 21, strength: Math.sqrt((65536 / 9 - 2 * 21 ** 2) / 5) }],
] as const;

for (const dtype of ["uint8", "int8"] as const)
  for (const [patch, search, more] of BYTES)
    test(`${dtype}: patches of ${patch.join(" × ")} searched ${search.join(", ")} away, ${JSON.stringify(more)}`, async () => {
      const values = noisy(dtype, SHAPE, 10);
      // Differences of the whole range, of which a few are more than 16 bits hold.
      for (let k = 0; k < values.length; k += 37) values[k] = k % 2 === 0 ? DTYPES[dtype].min : DTYPES[dtype].max;
      const options = { ...GIVEN, ...more, patch, search } as const;
      const result = await nonLocalMeans(memoryVolume(values, SHAPE, { brick: [3, 9, 16] }), options);
      expectClose(await result.read(), oracle({ shape: SHAPE, values }, options), 3e-6);
    });

test("strips of rows and columns do not show, nor that patches are compared in whole numbers", async () => {
  const shape = [3, 67, 131] as const;
  const values = noisy("uint8", shape, 10);
  // No sum of whole numbers is that of the least weight that counts: it may fall on either side in floats.
  const options = { ...GIVEN, noise: 10.3, patch: [2, 3, 3], search: [1, 2, 3] } as const;
  const whole = await nonLocalMeans(memoryVolume(values, shape, { brick: shape }), options);
  const floats = memoryVolume(Uint16Array.from(values), shape, { brick: shape });
  const voxels = await whole.read();
  expectClose(voxels, await (await nonLocalMeans(floats, options)).read(), 3e-6);
  const parts = await nonLocalMeans(memoryVolume(values, shape, { brick: [2, 30, 70] }), { ...options, workers: 2 });
  expect(await parts.read()).toEqual(voxels);
  // Rounding takes whole rows, whatever strips they were made in.
  const rounded = await (
    await nonLocalMeans(memoryVolume(values, shape, { brick: shape }), { ...options, dtype: "uint8" })
  ).read();
  for (const [k, value] of rounded.entries()) expect(Math.abs(value - voxels[k]!)).toBeLessThanOrEqual(0.5);
});

test("tiles and bricks larger than a tile do not show", async () => {
  const shape = [19, 37, 9] as const;
  const values = noisy("uint8", shape, 10);
  const options = { ...GIVEN, patch: [3, 3, 3], search: [1, 1, 2] } as const;
  const result = await nonLocalMeans(memoryVolume(values, shape, { brick: [64, 64, 64] }), options);
  expectClose(await result.read(), oracle({ shape, values }, options), 3e-6);
});

test("noise falls by far, the edge stays, and the result has the volume's type", async () => {
  const shape = [16, 24, 32] as const;
  const volume = memoryVolume(noisy("uint8", shape, 10), shape, { brick: [8, 24, 32] });
  const result = await nonLocalMeans(volume);
  expect(result.dtype).toBe("uint8");
  const voxels = await result.read();
  const left = Array.from(voxels).filter((_, k) => k % 32 < 14);
  const mean = left.reduce((a, b) => a + b) / left.length;
  expect(mean).toBeCloseTo(60, 0);
  expect(Math.sqrt(left.reduce((sum, value) => sum + (value - mean) ** 2, 0) / left.length)).toBeLessThan(4);
  const profile = [15, 16].map((x) => {
    const column = Array.from(voxels).filter((_, k) => k % 32 === x);
    return column.reduce((a, b) => a + b) / column.length;
  });
  expect(profile[1]! - profile[0]!).toBeGreaterThan(72);
  // What was estimated is in the provenance.
  const noise = await noiseLevel(volume);
  expect(noise).toBeGreaterThan(9);
  expect(noise).toBeLessThan(11);
  expect(String(provenance(result))).toContain(`noise: ${noise}`);
});

test("a constant volume has no noise and stays as it is", async () => {
  const volume = memoryVolume(new Uint16Array(count(SHAPE)).fill(40000), SHAPE);
  expect(new Set(await (await nonLocalMeans(volume)).read())).toEqual(new Set([40000]));
  expect(new Set(await (await nonLocalMeans(volume, { dtype: "float32" })).read())).toEqual(new Set([40000]));
});

test("a NaN stays one, and its neighbours do without it", async () => {
  const values = Float32Array.from(noisy("float32", SHAPE, 10));
  const at = (3 * 9 + 4) * 21 + 7;
  values[at] = Number.NaN;
  const options = { ...GIVEN, patch: [3, 3, 3], search: [2, 2, 2] } as const;
  const voxels = await (await nonLocalMeans(memoryVolume(values, SHAPE), options)).read();
  expect([...voxels.entries()].filter(([, value]) => Number.isNaN(value)).map(([k]) => k)).toEqual([at]);
  const expected = oracle({ shape: SHAPE, values }, options);
  voxels[at] = expected[at] = 0;
  expect(difference(voxels, expected)).toBeLessThan(3e-6);
});

test("an image of one plane is compared in its plane", async () => {
  const shape = [1, 12, 21] as const;
  const values = noisy("uint8", shape, 10);
  const result = await nonLocalMeans(memoryVolume(values, shape), { ...GIVEN, patch: 3, search: 2 });
  const options = { ...GIVEN, patch: [1, 3, 3], search: [0, 2, 2] } as const;
  expectClose(await result.read(), oracle({ shape, values }, options), 3e-6);
});

test("what is not allowed is refused with what is", async () => {
  const volume = memoryVolume(new Uint8Array(27), [3, 3, 3]);
  for (const [options, message] of [
    [{ patch: 0 }, "patch (voxels) is 0; allowed is a whole number from 1 to 15"],
    [{ patch: [3, 3] }, "give a number of voxels, or three"],
    [{ search: 16 }, "search (voxels) is 16; allowed is a whole number from 0 to 15"],
    [{ search: 1.5 }, "search (voxels) is 1.5"],
    [{ noise: -1 }, "noise (grey values) is -1"],
    [{ strength: 0 }, "strength (grey values) is 0"],
    [{ method: "slow" }, 'method is "slow"; allowed are "fast" and "exact"'],
    [{ dtype: "int16" }, 'allowed are uint8, as the volume, and "float32"'],
    [{ border: "extend" }, 'border is "extend"'],
    [{ strenght: 3 }, "did you mean `strength`"],
  ] as const)
    await expect(nonLocalMeans(volume, { noise: 1, ...options } as never)).rejects.toThrow(message);
  await expect(nonLocalMeans(memoryVolume(new Uint8Array(8), [2, 2, 2]))).rejects.toMatchObject({
    code: "MissingData",
  });
});
