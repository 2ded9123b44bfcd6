/** Percentile and mode against their definitions. */
import { expect, test } from "vitest";
import { DTYPES, type DType } from "#src/core/dtype.js";
import { um } from "#src/core/length.js";
import type { Shape } from "#src/core/shape.js";
import { maximum, minimum } from "#src/filters/extremes.js";
import { median } from "#src/filters/median.js";
import { mode } from "#src/filters/mode.js";
import { percentile } from "#src/filters/percentile.js";
import { around, mostFrequent, ranked } from "../oracle/window.js";
import { memoryVolume } from "../support/memory-volume.js";
import { random, randomVoxels } from "../support/random-volume.js";

const ALL = Object.keys(DTYPES) as DType[];
const count = (shape: Shape): number => shape[0] * shape[1] * shape[2];
const SHAPE = [7, 9, 37] as const;
const CASES = [
  ["box", [1, 1, 1]],
  ["ball", [2, 2, 2]],
  ["box", [0, 2, 1]],
  ["box", [3, 3, 3]],
] as const;

for (const dtype of ALL) {
  const values = randomVoxels(dtype, count(SHAPE), 7);
  const volume = memoryVolume(values, SHAPE, { brick: [4, 5, 21] });
  const block = { shape: SHAPE, values };

  test(`percentiles of ${dtype} are values of the sorted neighbourhood`, async () => {
    for (const [shape, radius] of CASES)
      for (const percentage of [0, 10, 33.4, 75, 100]) {
        const result = await percentile(volume, percentage, { shape, radius, workers: 2 });
        const expected = around(block, shape, radius, (list) => ranked(list, percentage));
        expect(Array.from(await result.read()), `${percentage} % of ${shape} ${radius}`).toEqual(expected);
      }
  });

  test(`the mode of ${dtype} is the most frequent voxel around, by either way to count`, async () => {
    const next = random(11);
    const few = [DTYPES[dtype].min, 1, 2, 3, DTYPES[dtype].max];
    const labels = values.map(() => few[Math.floor(next() * 5)]!);
    for (const [shape, radius] of CASES)
      for (const [voxels, name] of [
        [values, "many values"],
        [labels, "few values"],
      ] as const) {
        const result = await mode(memoryVolume(voxels, SHAPE, { brick: [4, 5, 21] }), { shape, radius });
        const expected = around({ shape: SHAPE, values: voxels }, shape, radius, mostFrequent);
        expect(Array.from(await result.read()), `${name}, ${shape} ${radius}`).toEqual(expected);
      }
  });
}

test("0, 50 and 100 % are minimum, median and maximum", async () => {
  const volume = memoryVolume(randomVoxels("uint16", count(SHAPE), 3), SHAPE);
  for (const shape of ["ball", "box"] as const) {
    const options = { shape, radius: 2 };
    expect(await (await percentile(volume, 0, options)).read()).toEqual(await (await minimum(volume, options)).read());
    expect(await (await percentile(volume, 50, options)).read()).toEqual(await (await median(volume, options)).read());
    expect(await (await percentile(volume, 100, options)).read()).toEqual(
      await (await maximum(volume, options)).read(),
    );
  }
});

test("NaN sorts last, and is one value of the mode", async () => {
  const next = random(5);
  const values = Float32Array.from({ length: 9 ** 3 }, () => (next() < 0.3 ? Number.NaN : Math.floor(next() * 4)));
  values[0] = -0;
  const block = { shape: [9, 9, 9] as const, values };
  const volume = memoryVolume(values, [9, 9, 9]);
  for (const percentage of [0, 60, 100])
    expect(Array.from(await (await percentile(volume, percentage, { shape: "box" })).read(), (v) => v + 0)).toEqual(
      around(block, "box", [1, 1, 1], (list) => ranked(list, percentage) + 0),
    );
  values[0] = 0;
  const modes = Array.from(await (await mode(memoryVolume(values, [9, 9, 9]))).read());
  expect(modes).toEqual(around({ ...block, values }, "box", [1, 1, 1], mostFrequent));
  expect(modes.some(Number.isNaN)).toBe(true);
});

test("labels keep their role and phases, and none appears that was not there", async () => {
  const next = random(17);
  const labels = Uint8Array.from({ length: count(SHAPE) }, () => [0, 2, 255][Math.floor(next() * 3)]!);
  const volume = memoryVolume(labels, SHAPE, { role: "labels", phases: [{ label: 0, name: "pore" }] as never });
  const result = await mode(volume, { radius: 2 });
  expect([result.role, result.phases]).toEqual([volume.role, volume.phases]);
  expect([...new Set(await result.read())].every((label) => [0, 2, 255].includes(label))).toBe(true);
});

test("lengths are converted for each axis", async () => {
  const values = randomVoxels("uint8", count(SHAPE), 11);
  const volume = memoryVolume(values, SHAPE, { spacing: [1e-6, 1e-6, 0.5e-6] });
  const block = { shape: SHAPE, values };
  expect(Array.from(await (await mode(volume, { radius: um(1) })).read())).toEqual(
    around(block, "box", [1, 1, 2], mostFrequent),
  );
  expect(Array.from(await (await percentile(volume, 20, { radius: um(1) })).read())).toEqual(
    around(block, "ball", [1, 1, 2], (list) => ranked(list, 20)),
  );
});

test("what is not allowed is refused with what is", async () => {
  const volume = memoryVolume(new Uint8Array(27), [3, 3, 3]);
  await expect(percentile(volume, 101)).rejects.toThrow("percentage is 101; allowed is a number from 0 to 100");
  await expect(percentile(volume, "5" as never)).rejects.toMatchObject({ code: "InvalidArgument" });
  await expect(mode(volume, { radius: 17 })).rejects.toThrow("allowed is a number from 0 to 16");
  for (const filter of [
    (options: object) => percentile(volume, 5, options),
    (options: object) => mode(volume, options),
  ]) {
    await expect(filter({ radius: -1 })).rejects.toMatchObject({ code: "InvalidArgument" });
    await expect(filter({ shape: "disk" })).rejects.toThrow('allowed are "ball" and "box"');
    await expect(filter({ radius: um(1) })).rejects.toMatchObject({ code: "MissingData" });
    await expect(filter({ raduis: 1 })).rejects.toThrow("did you mean `radius`");
    await expect(filter({ border: "mirrored" })).rejects.toThrow('border is "mirrored"');
  }
});
