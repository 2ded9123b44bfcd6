/** Downsample, resample, rotate and affine maps against their definitions. */
import { expect, test } from "vitest";
import type { Border } from "#src/core/border.js";
import { DTYPES, type DType } from "#src/core/dtype.js";
import { nm, um } from "#src/core/length.js";
import type { Shape, Triple } from "#src/core/shape.js";
import {
  affineTransform,
  downsample,
  estimate,
  gaussian,
  pipeline,
  provenance,
  resample,
  rotate,
  threshold,
} from "#src/index.js";
import * as oracle from "../oracle/resample.js";
import { mean, mostFrequent } from "../oracle/window.js";
import { expectClose } from "../support/closeness.js";
import { memoryVolume } from "../support/memory-volume.js";
import { randomVoxels } from "../support/random-volume.js";

const ALL = Object.keys(DTYPES) as DType[];
const count = (shape: Shape): number => shape[0] * shape[1] * shape[2];
const SHAPE = [9, 14, 33] as const;
const TILTED = [
  [0.9137, 0.2041, -0.1077],
  [-0.3011, 1.1093, 0.0521],
  [0.1513, -0.2027, 1.3119],
] as const;

for (const dtype of ALL) {
  const values = randomVoxels(dtype, count(SHAPE), 11).map((value) => (dtype === "float32" ? value % 1000 : value));
  const block = { shape: SHAPE, values };
  const volume = memoryVolume(values, SHAPE, { brick: [4, 5, 12] });

  test(`a downsampled ${dtype} is the mean of each block, also of those that the faces cut`, async () => {
    for (const factor of [
      [2, 2, 2],
      [1, 3, 4],
      [4, 5, 7],
      [9, 14, 33],
    ] as Triple[]) {
      const result = await downsample(volume, factor, { dtype: "float32", workers: 2 });
      expect(result.shape).toEqual(SHAPE.map((n, k) => Math.ceil(n / factor[k]!)));
      expectClose(await result.read(), oracle.blocks(block, factor, mean), 1e-6);
    }
  });

  test(`the most frequent value of ${dtype} is one of each block`, async () => {
    const few = values.map((value) => value % 3);
    const labels = memoryVolume(few, SHAPE, { brick: [4, 5, 12], role: "labels" });
    const result = await downsample(labels, [2, 3, 2], { workers: 2 });
    expect([result.role, result.dtype]).toEqual(["labels", dtype]);
    expect(Array.from(await result.read())).toEqual(
      oracle.blocks({ shape: SHAPE, values: few }, [2, 3, 2], mostFrequent),
    );
  });

  test(`an affine map of ${dtype} reads between the voxels, with every border`, async () => {
    const offset = [1.3, -4.2, 2.25] as const;
    const shape = [11, 9, 21] as const;
    for (const interpolation of ["nearest", "linear", "cubic"] as const)
      for (const border of ["reflect", "mirror", "nearest", "wrap", { constant: 7 }] as const satisfies Border[]) {
        const result = await affineTransform(volume, TILTED, {
          offset,
          shape,
          interpolation,
          border,
          dtype: interpolation === "nearest" ? dtype : "float32",
          workers: 2,
        });
        const expected = oracle.affine(block, shape, TILTED.flat(), offset, interpolation, border);
        const found = await result.read();
        if (interpolation === "nearest") expect(Array.from(found), JSON.stringify(border)).toEqual(expected);
        else expectClose(found, expected, 2e-6);
      }
  });
}

test("the same bytes for 1, 2 and 4 workers and three brick shapes", async () => {
  const values = randomVoxels("uint8", count(SHAPE), 3);
  for (const regrid of [
    (v: ReturnType<typeof memoryVolume>, workers: number) => downsample(v, [2, 3, 2], { workers }),
    (v: ReturnType<typeof memoryVolume>, workers: number) => resample(v, { scale: [0.6, 1.7, 0.4], workers }),
    (v: ReturnType<typeof memoryVolume>, workers: number) =>
      rotate(v, 33, { axis: "y", box: "whole", interpolation: "cubic", dtype: "float32", workers }),
  ]) {
    const results: Uint8Array[] = [];
    for (const brick of [
      [4, 5, 14],
      [5, 8, 16],
      [64, 128, 128],
    ] as const)
      for (const workers of [1, 2, 4])
        results.push(
          new Uint8Array((await (await regrid(memoryVolume(values, SHAPE, { brick }), workers)).read()).buffer),
        );
    for (const bytes of results.slice(1)) expect(bytes).toEqual(results[0]);
  }
});

test("a quarter turn moves voxels, and four of them bring them back", async () => {
  const values = Uint8Array.from([1, 2, 3, 4, 5, 6]);
  const image = memoryVolume(values, [1, 2, 3]);
  const turned = await rotate(image, 90, { box: "whole" });
  expect(turned.shape).toEqual([1, 3, 2]);
  // Counter-clockwise: what was to the right is above.
  expect(Array.from(await turned.read())).toEqual([3, 6, 2, 5, 1, 4]);
  for (const axis of ["z", "y", "x"] as const) {
    const cube = memoryVolume(randomVoxels("int16", 1000, 5), [10, 10, 10], { brick: [4, 10, 3] });
    let now = cube;
    for (let k = 0; k < 4; k++) now = await rotate(now, 90, { axis });
    expect(await now.read()).toEqual(await cube.read());
    expect(await (await rotate(cube, 720 - 180, { axis })).read()).toEqual(
      await (await rotate(await rotate(cube, -90, { axis }), 270, { axis })).read(),
    );
  }
});

test("voxels that are no cubes turn in space: a line along y lies along x afterwards, as long as it was", async () => {
  // Voxels of 1 × 2 × 1 µm: 11 of them along y are as long as 22 along x.
  const values = new Uint8Array(33 * 45);
  for (let y = 11; y < 22; y++) values[y * 45 + 22] = 100;
  const image = memoryVolume(values, [1, 33, 45], { spacing: [1e-6, 2e-6, 1e-6] });
  const turned = await (await rotate(image, 90)).plane("z", 0);
  const row = Array.from(turned.values.subarray(16 * 45, 17 * 45));
  expect(row.filter((value) => value >= 50).length).toBeGreaterThanOrEqual(21);
  expect(row.filter((value) => value >= 50).length).toBeLessThanOrEqual(23);
});

test("a turned ball stays where it is, and a whole box holds every corner", async () => {
  const n = 24;
  const values = Float32Array.from({ length: n ** 3 }, (_, k) => {
    const d = [Math.floor(k / n ** 2), Math.floor(k / n) % n, k % n].map((at) => at - (n - 1) / 2);
    return Math.exp(-(d[0]! ** 2 + d[1]! ** 2 + d[2]! ** 2) / 14);
  });
  const ball = memoryVolume(values, [n, n, n]);
  expectClose(await (await rotate(ball, 37, { interpolation: "cubic" })).read(), values, 6e-3);
  expectClose(await (await rotate(ball, 37)).read(), values, 4e-2);
  const plane = memoryVolume(new Uint8Array(24 * 30).fill(255), [1, 24, 30]);
  const whole = await rotate(plane, 30, { box: "whole", interpolation: "nearest" });
  expect(whole.shape).toEqual([
    1,
    Math.ceil(24 * Math.cos(Math.PI / 6) + 15),
    Math.ceil(30 * Math.cos(Math.PI / 6) + 12),
  ]);
  // What lies between the outermost centres.
  const area = Array.from(await whole.read()).reduce((sum, value) => sum + value / 255, 0);
  expect(Math.abs(area / (23 * 29) - 1)).toBeLessThan(0.02);
});

test("a resampled ramp is the ramp: new voxels fill the same box", async () => {
  const values = Float32Array.from({ length: 40 }, (_, k) => k);
  const ramp = memoryVolume(values, [1, 1, 40], { spacing: [1e-6, 1e-6, 1e-6] });
  for (const interpolation of ["linear", "cubic"] as const) {
    const fine = await resample(ramp, { spacing: nm(500), interpolation, border: "nearest" });
    expect(fine.shape).toEqual([1, 1, 80]);
    const found = await fine.read();
    for (let k = 4; k < 76; k++) expect(found[k]).toBeCloseTo((k + 0.5) / 2 - 0.5, 4);
    expect(fine.spacing).toEqual([1e-6, 1e-6, 5e-7]);
    // The first new voxel's centre lies a quarter of an old voxel before the old one's.
    expect(fine.origin[2]).toBeCloseTo(-2.5e-7, 12);
  }
  const coarse = await resample(ramp, { shape: [1, 1, 10] });
  const middle = (await coarse.read()).slice(2, 8);
  middle.forEach((value, k) => {
    expect(value).toBeCloseTo(4 * (k + 2) + 1.5, 3);
  });
});

test("a pattern finer than the new voxels becomes grey, and without antialias other stripes", async () => {
  const values = Uint8Array.from({ length: 16 * 240 }, (_, k) => ((k % 240) % 4 < 2 ? 0 : 200));
  const stripes = memoryVolume(values, [1, 16, 240], { brick: [1, 16, 50] });
  const spread = async (antialias: boolean): Promise<number> => {
    const inner = Array.from(await (await resample(stripes, { scale: 0.2, antialias })).read()).filter(
      (_, k) => k % 48 > 2 && k % 48 < 45,
    );
    return Math.max(...inner) - Math.min(...inner);
  };
  expect(await spread(true)).toBeLessThan(12);
  expect(await spread(false)).toBeGreaterThan(100);
});

test("shape, voxel size and place say where the voxels are", async () => {
  const volume = memoryVolume(new Uint16Array(10 * 12 * 14), [10, 12, 14], { spacing: [2e-6, 1e-6, 1e-6] });
  const half = await downsample(volume, 2);
  expect([half.shape, half.spacing]).toEqual([
    [5, 6, 7],
    [4e-6, 2e-6, 2e-6],
  ]);
  half.origin.forEach((at, k) => {
    expect(at).toBeCloseTo([1e-6, 5e-7, 5e-7][k]!, 12);
  });
  const cubes = await resample(volume, { spacing: um(1) });
  expect([cubes.shape, cubes.spacing]).toEqual([
    [20, 12, 14],
    [1e-6, 1e-6, 1e-6],
  ]);
  const flat = memoryVolume(new Uint8Array(30), [1, 5, 6]);
  expect((await downsample(flat, 5)).shape).toEqual([1, 1, 2]);
  expect((await resample(flat, { scale: 2 })).shape).toEqual([1, 10, 12]);
  expect(`${provenance(half)}`).toContain('downsample(volume = step 1, factor: [2,2,2], method: "mean"');
});

test("in a chain they go through the bricks with the steps around them, with the same bytes", async () => {
  const values = randomVoxels("uint8", 21 * 30 * 40, 8);
  const volume = memoryVolume(values, [21, 30, 40], { brick: [8, 16, 16] });
  const chain = pipeline([gaussian, { sigma: 1 }], [downsample, 2], [rotate, 20, { axis: "x" }], [threshold, 100]);
  const expected = await threshold(
    await rotate(await downsample(await gaussian(volume, { sigma: 1 }), 2), 20, { axis: "x" }),
    100,
  );
  const result = await chain.run(volume);
  expect(await result.read()).toEqual(await expected.read());
  expect(result.shape).toEqual([11, 15, 20]);
  const region = { start: [2, 3, 4], stop: [9, 15, 17] } as const;
  expect(await (await chain.run(volume, { region })).read()).toEqual(await expected.read(region));
  const resampled = pipeline([resample, { scale: 0.5 }], [gaussian, { sigma: 1 }]);
  expect(await (await resampled.run(volume)).read()).toEqual(
    await (await gaussian(await resample(volume, { scale: 0.5 }), { sigma: 1 })).read(),
  );
  const told = await estimate(resample, volume, { scale: 0.5 });
  expect(told.tasks).toBeGreaterThan(0);
});

test("bad arguments are named, with what is allowed", async () => {
  const volume = memoryVolume(new Uint8Array(125), [5, 5, 5]);
  const labels = volume.with({ role: "labels" });
  await expect(downsample(volume, 0)).rejects.toThrow("whole number from 1 to 64");
  await expect(downsample(volume, [2, 2] as never)).rejects.toThrow("three of them");
  await expect(downsample(labels, 2, { method: "mean" })).rejects.toThrow("the mean of labels is no label");
  await expect(downsample(volume, 2, { method: "mode", dtype: "float32" })).rejects.toThrow("leave dtype out");
  await expect(downsample(volume, 2, { region: {} } as never)).rejects.toThrow("no option `region`");
  await expect(resample(volume, {})).rejects.toThrow("got none");
  await expect(resample(volume, { scale: 2, shape: [1, 1, 1] })).rejects.toThrow("got scale and shape");
  await expect(resample(volume, { spacing: um(1) })).rejects.toMatchObject({ code: "MissingData" });
  await expect(resample(labels, { scale: 2, interpolation: "linear" })).rejects.toThrow("between two labels");
  await expect(resample(volume, { scale: 1e-9 })).rejects.toMatchObject({ code: "InvalidArgument" });
  await expect(resample(memoryVolume(new Uint8Array(4), [1, 2, 2]), { shape: [2, 2, 2] })).rejects.toThrow(
    "leave it 1",
  );
  await expect(rotate(volume, Number.NaN)).rejects.toThrow("degrees");
  await expect(rotate(volume, 5, { axis: "w" as never })).rejects.toThrow('allowed are "z", "y" and "x"');
  await expect(rotate(volume, 5, { border: { constant: 300 } })).rejects.toThrow("constant");
  await expect(
    affineTransform(volume, [
      [1, 0],
      [0, 1],
    ] as never),
  ).rejects.toThrow("three rows of three");
  await expect(affineTransform({} as never, TILTED)).rejects.toMatchObject({ code: "InvalidArgument" });
  await expect(downsample({} as never, 2)).rejects.toMatchObject({ code: "InvalidArgument" });
});
