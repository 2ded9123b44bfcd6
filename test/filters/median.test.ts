import { expect, test } from "vitest";
import { DTYPES, type DType } from "#src/core/dtype.js";
import { um } from "#src/core/length.js";
import { provenance } from "#src/core/provenance.js";
import type { Shape } from "#src/core/shape.js";
import { crop } from "#src/filters/crop.js";
import { median } from "#src/filters/median.js";
import { median as oracle } from "../oracle/median.js";
import { memoryVolume } from "../support/memory-volume.js";
import { randomVoxels } from "../support/random-volume.js";

const ALL = Object.keys(DTYPES) as DType[];
const count = (shape: Shape): number => shape[0] * shape[1] * shape[2];

for (const dtype of ALL)
  test(`median of ${dtype} equals the sorted neighbourhood, for each of its four ways to compute`, async () => {
    const shape = [11, 13, 47] as const;
    const values = randomVoxels(dtype, count(shape), 7);
    const volume = memoryVolume(values, shape, { brick: [4, 5, 21] });
    for (const [kind, radius] of [
      ["ball", 1],
      ["ball", 1.5],
      ["ball", 2],
      ["box", 1],
      ["box", 2],
      ["box", 3],
      ["ball", 4],
    ] as const) {
      const result = await median(volume, { shape: kind, radius, workers: 2 });
      const expected = oracle({ shape, values }, kind, [radius, radius, radius]);
      expect(Array.from(await result.read()), `${kind} ${radius}`).toEqual(expected);
    }
  });

test("median of float32 over a large ball uses ranks and gives the same as sorting", async () => {
  const shape = [9, 10, 17] as const;
  const values = randomVoxels("float32", count(shape), 3);
  const result = await median(memoryVolume(values, shape), { radius: 6 });
  expect(Array.from(await result.read())).toEqual(oracle({ shape, values }, "ball", [6, 6, 6]));
});

for (const shape of [
  [1, 1, 1],
  [1, 1, 5],
  [2, 3, 1],
  [3, 2, 40],
  [1, 17, 33],
] as const)
  test(`median of a volume of ${shape.join(" × ")}, smaller than its neighbourhood, sees reflections of reflections`, async () => {
    const values = randomVoxels("uint16", count(shape), 5);
    for (const kind of ["ball", "box"] as const)
      for (const radius of [1, 3, 7]) {
        const result = await median(memoryVolume(values, shape), { shape: kind, radius });
        const flat = shape.map((n) => (n === 1 ? 0 : radius)) as unknown as Shape;
        expect(Array.from(await result.read()), `${kind} ${radius}`).toEqual(oracle({ shape, values }, kind, flat));
      }
  });

test("a 2D image gets the median of a disk, not of a ball whose poles repeat the image", async () => {
  const values = Uint8Array.of(0, 0, 0, 0, 9, 0, 0, 0, 0);
  const result = await median(memoryVolume(values, [1, 3, 3]), { radius: 1 });
  expect(Array.from(await result.read())).toEqual(new Array(9).fill(0));
});

test("NaN sorts last: single ones vanish, where they are the majority they stay", async () => {
  const values = Float32Array.from({ length: 5 * 5 * 8 }, (_, k) => (k % 9 === 0 || k >= 120 ? Number.NaN : k));
  const shape = [5, 5, 8] as const;
  for (const [kind, radius] of [
    ["ball", 1],
    ["box", 1],
    ["ball", 2],
    ["box", 2],
  ] as const) {
    const result = await median(memoryVolume(values, shape), { shape: kind, radius });
    const expected = oracle({ shape, values }, kind, [radius, radius, radius]);
    expect(Array.from(await result.read()), `${kind} ${radius}`).toEqual(expected);
    expect(expected.filter(Number.isNaN).length).toBeGreaterThan(0);
  }
});

test("infinities and both zeros are values like others", async () => {
  const pool = [Number.NEGATIVE_INFINITY, -1, -0, 0, 1e-40, 1, Number.POSITIVE_INFINITY];
  const values = Float32Array.from({ length: 6 * 6 * 6 }, (_, k) => pool[(k * 31) % 7]!);
  const result = await median(memoryVolume(values, [6, 6, 6]), { radius: 2 });
  const expected = oracle({ shape: [6, 6, 6], values }, "ball", [2, 2, 2]);
  // The order of -0 and 0 among each other means nothing.
  expect(Array.from(await result.read(), (value) => value + 0)).toEqual(
    expected.map((value) => Math.fround(value) + 0),
  );
});

test("a radius as a length is converted for each axis by the voxel size", async () => {
  const shape = [7, 9, 12] as const;
  const values = randomVoxels("uint8", count(shape), 11);
  const volume = memoryVolume(values, shape, { spacing: [1e-6, 0.5e-6, 0.25e-6] });
  const result = await median(volume, { radius: um(1) });
  expect(Array.from(await result.read())).toEqual(oracle({ shape, values }, "ball", [1, 2, 4]));
  expect(result.spacing).toEqual(volume.spacing);
});

test("a length without a voxel size says how to set one", async () => {
  await expect(median(memoryVolume(new Uint8Array(8), [2, 2, 2]), { radius: um(1) })).rejects.toThrow(
    /voxel size.*with\(/,
  );
});

test("radii outside 0 to 64 voxels are refused with the value and the limits", async () => {
  const volume = memoryVolume(new Uint8Array(8), [2, 2, 2]);
  await expect(median(volume, { radius: -1 })).rejects.toThrow(
    "radius (voxels) is -1; allowed is a number from 0 to 64",
  );
  await expect(median(volume, { radius: 65 })).rejects.toMatchObject({ code: "InvalidArgument" });
  await expect(median(volume, { radius: Number.NaN })).rejects.toMatchObject({ code: "InvalidArgument" });
  await expect(median(volume, { shape: "cube" as "box" })).rejects.toThrow(
    'shape is "cube"; allowed are "ball" and "box"',
  );
});

test("an unknown option name throws and suggests the nearest", async () => {
  await expect(median(memoryVolume(new Uint8Array(8), [2, 2, 2]), { raduis: 2 } as object)).rejects.toThrow(
    "median has no option `raduis`; did you mean `radius`?",
  );
});

test("radius 64 is right", async () => {
  const shape = [3, 20, 6] as const;
  const values = randomVoxels("uint16", count(shape), 2);
  const result = await median(memoryVolume(values, shape), { shape: "box", radius: 64 });
  // Reflection repeats the volume with a period of twice its size, so the values can be weighted instead of gathered.
  const times = (n: number, at: number): number[] => {
    const out = new Array<number>(n).fill(0);
    for (let d = -64; d <= 64; d++) {
      const folded = (((at + d) % (2 * n)) + 2 * n) % (2 * n);
      out[folded < n ? folded : 2 * n - 1 - folded]!++;
    }
    return out;
  };
  const voxels = await result.read();
  for (const [z, y, x] of [
    [0, 0, 0],
    [2, 19, 5],
    [1, 7, 3],
  ] as const) {
    const [wz, wy, wx] = [times(3, z), times(20, y), times(6, x)];
    const weighted = Array.from(
      values,
      (value, k) => [value, wz[Math.floor(k / 120)]! * wy[Math.floor(k / 6) % 20]! * wx[k % 6]!] as const,
    );
    weighted.sort((a, b) => a[0] - b[0]);
    let found = -1;
    for (let under = 0; under <= Math.floor(129 ** 3 / 2); under += weighted[found]![1]) found++;
    expect(voxels[(z * 20 + y) * 6 + x]).toBe(weighted[found]![0]);
  }
});

test("radius 0 gives the same voxels", async () => {
  const values = randomVoxels("int16", 60, 4);
  const result = await median(memoryVolume(values, [3, 4, 5]), { radius: 0 });
  expect(await result.read()).toEqual(values);
});

test("provenance names the radius, the shape, the region and the mask", async () => {
  const volume = memoryVolume(new Uint8Array(27), [3, 3, 3]);
  const mask = memoryVolume(new Uint8Array(27).fill(1), [3, 3, 3], { role: "mask" });
  const region = { start: [0, 0, 0], stop: [2, 3, 3] } as const;
  const result = await median(volume, { mask, region });
  expect(result.provenance).toMatchObject({
    operation: "median",
    parameters: { radius: 1, shape: "ball", region },
    inputs: [{ name: "volume" }, { name: "mask" }],
  });
  expect(provenance(result).toString()).toContain("median(");
});

test("crop keeps the place in space and cuts the truth with the volume", async () => {
  const values = randomVoxels("uint8", 4 * 5 * 6, 9);
  const truth = memoryVolume(values, [4, 5, 6], { role: "labels" });
  const volume = memoryVolume(values, [4, 5, 6], { spacing: [2, 3, 4], origin: [100, 0, 0], truth });
  const region = { start: [1, 2, 3], stop: [4, 5, 5] } as const;
  const part = await crop(volume, region);
  expect(part.origin).toEqual([102, 6, 12]);
  expect(part.shape).toEqual([3, 3, 2]);
  expect(await part.read()).toEqual(await volume.read(region));
  expect(await part.truth!.read()).toEqual(await volume.read(region));
  await expect(crop(volume, { start: [0, 0, 0], stop: [5, 5, 6] })).rejects.toThrow("inside 4 × 5 × 6");
  await expect(crop(volume, region, { mask: truth } as object)).rejects.toThrow("crop has no option `mask`");
});
