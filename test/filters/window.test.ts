/** Mean, minimum, maximum and local deviation against their definitions. */
import { expect, test } from "vitest";
import { DTYPES, type DType } from "#src/core/dtype.js";
import { um } from "#src/core/length.js";
import { provenance } from "#src/core/provenance.js";
import type { Shape, Triple } from "#src/core/shape.js";
import { maximum, minimum } from "#src/filters/extremes.js";
import { localDeviation } from "#src/filters/local-deviation.js";
import { mean } from "#src/filters/mean.js";
import * as oracle from "../oracle/window.js";
import { expectClose } from "../support/closeness.js";
import { memoryVolume } from "../support/memory-volume.js";
import { randomVoxels } from "../support/random-volume.js";

const ALL = Object.keys(DTYPES) as DType[];
const count = (shape: Shape): number => shape[0] * shape[1] * shape[2];
const CASES = [
  ["box", [1, 1, 1]],
  ["box", [0, 2, 1]],
  ["box", [3, 0, 5]],
  ["ball", [1, 1, 1]],
  ["ball", [2.5, 2.5, 2.5]],
  ["ball", [1, 3, 2]],
  ["ball", [0, 2, 2]],
] as const;

for (const dtype of ALL) {
  const shape = [7, 9, 37] as const;
  const values = randomVoxels(dtype, count(shape), 7).map((value) => (dtype === "float32" ? value % 1000 : value));
  const block = { shape, values };
  const volume = memoryVolume(values, shape, { brick: [4, 5, 21] });

  test(`smallest and largest of ${dtype} are those of the voxels around`, async () => {
    for (const [kind, radius] of CASES)
      for (const [filter, definition] of [
        [minimum, oracle.minimum],
        [maximum, oracle.maximum],
      ] as const) {
        const result = await filter(volume, { shape: kind, radius, workers: 2 });
        expect(result.dtype).toBe(dtype);
        const expected = oracle.around(block, kind, radius, definition);
        expect(Array.from(await result.read()), `${filter.name} ${kind} ${radius}`).toEqual(expected);
      }
  });

  test(`the mean of ${dtype} is the sum of the voxels around divided by their number`, async () => {
    for (const [kind, radius] of CASES) {
      const result = await mean(volume, { shape: kind, radius, dtype: "float32", workers: 2 });
      expectClose(await result.read(), oracle.around(block, kind, radius, oracle.mean), 1e-6);
    }
  });

  test(`the local deviation of ${dtype} is the root of the mean squared distance from the mean`, async () => {
    for (const [kind, radius] of CASES.filter(([kind]) => kind === "box")) {
      const result = await localDeviation(volume, { radius, workers: 2 });
      expect(result.dtype).toBe("float32");
      expectClose(await result.read(), oracle.around(block, kind, radius, oracle.deviation), 1e-6);
    }
  });
}

for (const dtype of ["uint8", "int8", "uint16", "int16"] as const)
  test(`a mean of ${dtype} is rounded once, to the nearest value`, async () => {
    const shape = [5, 6, 21] as const;
    const values = randomVoxels(dtype, count(shape), 17);
    const volume = memoryVolume(values, shape, { brick: [3, 4, 10] });
    for (const [kind, radius] of [
      ["box", 1],
      ["ball", 2],
    ] as const) {
      const expected = oracle.around({ shape, values }, kind, [radius, radius, radius], oracle.mean);
      expect(Array.from(await (await mean(volume, { shape: kind, radius })).read())).toEqual(
        expected.map((value) => Math.round(value) + 0),
      );
    }
  });

test("a small deviation of large values is right", async () => {
  const values = Float32Array.from({ length: 9 * 9 * 9 }, (_, k) => 60000 + (k % 2));
  const result = await (await localDeviation(memoryVolume(values, [9, 9, 9]), { radius: 1 })).read();
  for (const value of result) expect(value).toBeCloseTo(Math.sqrt(14 * 13) / 27, 2);
  const flat = await localDeviation(memoryVolume(new Uint16Array(125).fill(65535), [5, 5, 5]), { radius: 2 });
  expect(new Set(await flat.read())).toEqual(new Set([0]));
});

for (const shape of [
  [1, 1, 1],
  [1, 1, 5],
  [2, 3, 1],
  [1, 17, 33],
] as const)
  test(`a volume of ${shape.join(" × ")}, smaller than its neighbourhood, sees reflections of reflections, and one plane is flat`, async () => {
    const values = randomVoxels("uint16", count(shape), 5);
    const volume = memoryVolume(values, shape);
    for (const kind of ["ball", "box"] as const)
      for (const radius of [1, 7]) {
        const flat = shape.map((n) => (n === 1 ? 0 : radius)) as unknown as Triple;
        const expected = (of: (values: readonly number[]) => number): number[] =>
          oracle.around({ shape, values }, kind, flat, of);
        expect(Array.from(await (await minimum(volume, { shape: kind, radius })).read())).toEqual(
          expected(oracle.minimum),
        );
        expect(Array.from(await (await maximum(volume, { shape: kind, radius })).read())).toEqual(
          expected(oracle.maximum),
        );
        const means = await mean(volume, { shape: kind, radius, dtype: "float32" });
        expectClose(await means.read(), expected(oracle.mean), 1e-6);
        if (kind === "box")
          expectClose(await (await localDeviation(volume, { radius })).read(), expected(oracle.deviation), 1e-6);
      }
  });

test("NaN is larger than all numbers for minimum and maximum, and spreads over its reach in mean and deviation", async () => {
  const values = Float32Array.from({ length: 9 ** 3 }, (_, k) => k % 11);
  values[(4 * 9 + 4) * 9 + 4] = Number.NaN;
  values[0] = Number.NEGATIVE_INFINITY;
  const shape = [9, 9, 9] as const;
  const volume = memoryVolume(values, shape);
  for (const kind of ["ball", "box"] as const) {
    const expected = (of: (values: readonly number[]) => number): number[] =>
      oracle.around({ shape, values }, kind, [1, 1, 1], of);
    expect(Array.from(await (await minimum(volume, { shape: kind })).read())).toEqual(expected(oracle.minimum));
    expect(Array.from(await (await maximum(volume, { shape: kind })).read())).toEqual(expected(oracle.maximum));
    const means = Array.from(await (await mean(volume, { shape: kind })).read());
    expect(means.map(Number.isNaN)).toEqual(expected(oracle.mean).map(Number.isNaN));
  }
  values[0] = 0;
  const noise = Array.from(await (await localDeviation(memoryVolume(values, shape))).read());
  expect(noise.filter(Number.isNaN).length).toBe(27);
});

test("radius 64 is right", async () => {
  const shape = [3, 4, 70] as const;
  const values = randomVoxels("uint8", count(shape), 2);
  const volume = memoryVolume(values, shape);
  const block = { shape, values };
  const along = (of: (values: readonly number[]) => number): number[] => oracle.around(block, "box", [0, 0, 64], of);
  for (const kind of ["box", "ball"] as const) {
    const options = { radius: [0, 0, 64], shape: kind } as const;
    expect(Array.from(await (await minimum(volume, options)).read())).toEqual(along(oracle.minimum));
    expect(Array.from(await (await mean(volume, options)).read())).toEqual(along(oracle.mean).map(Math.round));
  }
});

test("a radius as a length is converted for each axis, and what was done is recorded", async () => {
  const shape = [7, 9, 12] as const;
  const values = randomVoxels("uint8", count(shape), 11);
  const volume = memoryVolume(values, shape, { spacing: [1e-6, 0.5e-6, 0.25e-6] });
  const result = await maximum(volume, { radius: um(1), shape: "ball" });
  expect(Array.from(await result.read())).toEqual(oracle.around({ shape, values }, "ball", [1, 2, 4], oracle.maximum));
  expect(result.spacing).toEqual(volume.spacing);
  expect(String(provenance(result))).toContain("maximum(");
  const sliced = await mean(volume, { radius: [0, um(0.5), 1], dtype: "float32" });
  expectClose(await sliced.read(), oracle.around({ shape, values }, "box", [0, 1, 1], oracle.mean), 1e-6);
});

test("what is not allowed is refused with what is", async () => {
  const volume = memoryVolume(new Uint8Array(8), [2, 2, 2]);
  for (const filter of [mean, minimum, maximum, localDeviation]) {
    await expect(filter(volume, { radius: -1 })).rejects.toThrow(
      "radius (voxels) is -1; allowed is a number from 0 to 64",
    );
    await expect(filter(volume, { radius: [1, 2] as never })).rejects.toThrow("three of them");
    await expect(filter(volume, { border: { constant: 300 } })).rejects.toThrow("border: the constant");
    await expect(filter(volume, { radius: "1" as never })).rejects.toMatchObject({ code: "InvalidArgument" });
    await expect(filter(volume, { radius: um(1) })).rejects.toMatchObject({ code: "MissingData" });
    await expect(filter(volume, { raduis: 1 } as object)).rejects.toThrow("did you mean `radius`");
    await expect(filter({} as never)).rejects.toMatchObject({ code: "InvalidArgument" });
    await expect(filter(volume, { memoryLimit: 10 })).rejects.toMatchObject({ code: "LimitExceeded" });
  }
  await expect(mean(volume, { shape: "cube" as never })).rejects.toThrow('allowed are "ball" and "box"');
  await expect(minimum(volume, { shape: "cube" as never })).rejects.toThrow('allowed are "ball" and "box"');
  await expect(mean(volume, { dtype: "uint16" })).rejects.toThrow('allowed are uint8, as the volume, and "float32"');
});
