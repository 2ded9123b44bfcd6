/** Gradient magnitude, Laplacian of Gaussian, difference of Gaussians and unsharp mask against their definitions. */
import { expect, test } from "vitest";
import { DTYPES, type DType, type Voxels } from "#src/core/dtype.js";
import { um } from "#src/core/length.js";
import type { Shape } from "#src/core/shape.js";
import { differenceOfGaussians } from "#src/filters/difference-of-gaussians.js";
import { gradientMagnitude } from "#src/filters/gradient-magnitude.js";
import { laplacianOfGaussian } from "#src/filters/laplacian-of-gaussian.js";
import { unsharpMask } from "#src/filters/unsharp-mask.js";
import * as oracle from "../oracle/derivative.js";
import { gaussian } from "../oracle/gaussian.js";
import { expectClose } from "../support/closeness.js";
import { memoryVolume } from "../support/memory-volume.js";
import { randomVoxels } from "../support/random-volume.js";

const count = (shape: Shape): number => shape[0] * shape[1] * shape[2];
const SHAPE = [7, 9, 37] as const;
const voxelsOf = (dtype: DType, shape: Shape): Voxels =>
  randomVoxels(dtype, count(shape), 13).map((value) => (dtype === "float32" ? value % 1000 : value));

for (const dtype of Object.keys(DTYPES) as DType[]) {
  const values = voxelsOf(dtype, SHAPE);
  const block = { shape: SHAPE, values };
  const volume = memoryVolume(values, SHAPE, { brick: [4, 5, 16] });

  test(`the gradient of ${dtype} is the length of its three derivatives`, async () => {
    const result = await gradientMagnitude(volume, { sigma: [0.6, 1, 1.4], workers: 2 });
    expect(result.dtype).toBe("float32");
    expectClose(await result.read(), oracle.gradientMagnitude(block, [0.6, 1, 1.4]), 1e-6);
    expectClose(await (await gradientMagnitude(volume, { method: "sobel" })).read(), oracle.sobel(block), 1e-6);
  });

  test(`the Laplacian of ${dtype} is the sum of the second derivatives`, async () => {
    for (const sigma of [0, 1.2])
      expectClose(await (await laplacianOfGaussian(volume, { sigma })).read(), oracle.laplacian(block, sigma), 1e-6);
  });

  test(`the difference of Gaussians of ${dtype} is the narrow one less the wide one`, async () => {
    const [narrow, wide] = [gaussian(block, [0, 0.5, 1]), gaussian(block, [1, 2, 1])];
    const expected = narrow.map((value, k) => value - wide[k]!);
    const result = await differenceOfGaussians(volume, { low: [0, 0.5, 1], high: [1, 2, 1] });
    // Two large numbers are subtracted: their digits in float32 are the measure.
    const scale = Math.max(...narrow.map(Math.abs)) / Math.max(...expected.map(Math.abs));
    expectClose(await result.read(), expected, 1e-6 * Math.max(1, scale));
  });

  test(`the unsharp mask of ${dtype} adds what the blur took away`, async () => {
    const blurred = gaussian(block, [1, 1, 1]);
    for (const [amount, threshold] of [
      [1, 0],
      [2.5, 0],
      [1, 30],
    ] as const) {
      const expected = Array.from(values, (value, k) =>
        Math.abs(value - blurred[k]!) <= threshold ? value : value + amount * (value - blurred[k]!),
      );
      const sharp = await (await unsharpMask(volume, { amount, threshold, dtype: "float32" })).read();
      // Where the difference is a hair from the threshold, either is right.
      const clear = expected.map((value, k) =>
        threshold > 0 && Math.abs(Math.abs(values[k]! - blurred[k]!) - threshold) < 1e-2 ? sharp[k]! : value,
      );
      expectClose(sharp, clear, 1e-6);
    }
  });
}

test("without options: σ of one voxel, and 1.6 of it for the wide Gaussian", async () => {
  const values = voxelsOf("uint8", SHAPE);
  const block = { shape: SHAPE, values };
  const volume = memoryVolume(values, SHAPE);
  expectClose(await (await gradientMagnitude(volume)).read(), oracle.gradientMagnitude(block, [1, 1, 1]), 1e-6);
  expectClose(await (await laplacianOfGaussian(volume)).read(), oracle.laplacian(block, 1), 1e-6);
  const [narrow, wide] = [gaussian(block, [1, 1, 1]), gaussian(block, [1.6, 1.6, 1.6])];
  const expected = narrow.map((value, k) => value - wide[k]!);
  expectClose(await (await differenceOfGaussians(volume)).read(), expected, 4e-6);
  const sharp = Array.from(values, (value, k) => Math.min(255, Math.max(0, Math.round(2 * value - narrow[k]!))));
  const off = Array.from(await (await unsharpMask(volume)).read(), (value, k) => Math.abs(value - sharp[k]!));
  // Computed in float32: a value a hair from a half may go to either side.
  expect(Math.max(...off)).toBeLessThanOrEqual(1);
  expect(off.filter((value) => value > 0).length).toBeLessThan(3);
});

test("a ramp has the slope that was put in, in voxels of the smallest edge", async () => {
  const shape = [9, 9, 40] as const;
  const values = Float32Array.from({ length: count(shape) }, (_, k) => 3 * (k % 40) + 8 * Math.floor(k / 360));
  const inner = { start: [4, 4, 10], stop: [5, 5, 30] } as const;
  for (const method of ["gaussian", "sobel"] as const) {
    const cubes = await gradientMagnitude(memoryVolume(values, shape), { method, region: inner });
    for (const value of await cubes.read()) expect(value).toBeCloseTo(Math.hypot(3, 8), method === "sobel" ? 5 : 2);
    const flatter = memoryVolume(values, shape, { spacing: [4e-6, 1e-6, 1e-6] });
    const tall = await gradientMagnitude(flatter, { method, region: inner });
    for (const value of await tall.read()) expect(value).toBeCloseTo(Math.hypot(3, 2), method === "sobel" ? 5 : 2);
  }
  const bent = values.map((_, k) => (k % 40) ** 2 + Math.floor(k / 360) ** 2);
  const flatter = memoryVolume(bent, shape, { spacing: [2e-6, 1e-6, 1e-6] });
  const bend = await laplacianOfGaussian(flatter, { sigma: 0, region: inner });
  for (const value of await bend.read()) expect(value).toBeCloseTo(2 + 2 / 4, 3);
});

test("a single plane has no slope across it", async () => {
  const shape = [1, 12, 30] as const;
  const values = voxelsOf("uint16", shape);
  const block = { shape, values };
  const volume = memoryVolume(values, shape);
  expectClose(
    await (await gradientMagnitude(volume)).read(),
    oracle.gradientMagnitude(block, [1, 1, 1], [0, 1, 1]),
    1e-6,
  );
  expectClose(await (await laplacianOfGaussian(volume)).read(), oracle.laplacian(block, 1, [0, 1, 1]), 1e-6);
  expectClose(await (await gradientMagnitude(volume, { method: "sobel" })).read(), oracle.sobel(block), 1e-6);
});

test("a constant volume has no gradient, no bend and nothing to sharpen", async () => {
  const volume = memoryVolume(new Uint16Array(count(SHAPE)).fill(40000), SHAPE);
  for (const filter of [gradientMagnitude, differenceOfGaussians] as const)
    for (const value of await (await filter(volume)).read()) expect(Math.abs(value)).toBeLessThan(40000 * 2e-6);
  // The weights of the second derivative, cut at 4 σ, do not quite sum to zero; without a Gaussian they do.
  for (const value of await (await laplacianOfGaussian(volume)).read()) expect(Math.abs(value)).toBeLessThan(12);
  expect(new Set(await (await laplacianOfGaussian(volume, { sigma: 0 })).read())).toEqual(new Set([0]));
  expect(new Set(await (await unsharpMask(volume)).read())).toEqual(new Set([40000]));
});

test("a NaN spreads over its reach and no further", async () => {
  const values = new Float32Array(15 ** 3).fill(3);
  values[(7 * 15 + 7) * 15 + 7] = Number.NaN;
  const volume = memoryVolume(values, [15, 15, 15]);
  for (const [filter, number] of [
    [(v: typeof volume) => unsharpMask(v, { sigma: 0.5, threshold: 1 }), 5 ** 3],
    [(v: typeof volume) => laplacianOfGaussian(v, { sigma: 0.5 }), 5 ** 3],
    [(v: typeof volume) => gradientMagnitude(v, { method: "sobel" }), 3 ** 3 - 1],
  ] as const)
    expect(Array.from(await (await filter(volume)).read()).filter(Number.isNaN).length).toBe(number);
});

test("lengths follow the voxel size of each axis", async () => {
  const values = voxelsOf("uint8", SHAPE);
  const volume = memoryVolume(values, SHAPE, { spacing: [2e-6, 1e-6, 1e-6] });
  const result = await unsharpMask(volume, { sigma: um(1), dtype: "float32" });
  const blurred = gaussian({ shape: SHAPE, values }, [0.5, 1, 1]);
  expectClose(
    await result.read(),
    Array.from(values, (value, k) => 2 * value - blurred[k]!),
    1e-6,
  );
});

test("what is not allowed is refused with what is", async () => {
  const volume = memoryVolume(new Uint8Array(27), [3, 3, 3]);
  for (const filter of [gradientMagnitude, laplacianOfGaussian, unsharpMask] as const) {
    await expect(filter(volume, { sigma: -1 })).rejects.toThrow(/sigma \(voxels\) is -1; allowed is a number from/);
    await expect(filter(volume, { border: "extend" as never })).rejects.toThrow('border is "extend"; allowed are');
    await expect(filter(volume, { sigma: 65 })).rejects.toMatchObject({ code: "InvalidArgument" });
    await expect(filter(volume, { sigma: um(1) })).rejects.toMatchObject({ code: "MissingData" });
    await expect(filter(volume, { sgima: 1 } as object)).rejects.toThrow("did you mean `sigma`");
  }
  await expect(gradientMagnitude(volume, { sigma: 0.1 })).rejects.toThrow("from 0.25 to 64");
  await expect(gradientMagnitude(volume, { method: "prewitt" as never })).rejects.toThrow(
    'method is "prewitt"; allowed are "gaussian" and "sobel"',
  );
  await expect(differenceOfGaussians(volume, { low: 2, high: 1 })).rejects.toThrow("must not be the narrower one");
  await expect(differenceOfGaussians(volume, { low: 60 })).rejects.toThrow("high (voxels) is 96");
  await expect(unsharpMask(volume, { amount: -1 })).rejects.toThrow("amount is -1; allowed is a number from 0 to 100");
  await expect(unsharpMask(volume, { threshold: Number.NaN })).rejects.toMatchObject({ code: "InvalidArgument" });
  await expect(unsharpMask(volume, { dtype: "int16" })).rejects.toThrow(
    'allowed are uint8, as the volume, and "float32"',
  );
});
