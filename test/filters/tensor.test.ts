/** Eigenvalues of the Hessian and of the structure tensor against their definitions. */
import { expect, test } from "vitest";
import { DTYPES, type DType, type Voxels } from "#src/core/dtype.js";
import { um } from "#src/core/length.js";
import type { Shape } from "#src/core/shape.js";
import type { Volume } from "#src/core/volume.js";
import { hessianEigenvalues } from "#src/filters/hessian-eigenvalues.js";
import { structureTensor } from "#src/filters/structure-tensor.js";
import * as oracle from "../oracle/tensor.js";
import { expectClose } from "../support/closeness.js";
import { memoryVolume } from "../support/memory-volume.js";
import { randomVoxels } from "../support/random-volume.js";

const count = (shape: Shape): number => shape[0] * shape[1] * shape[2];
const SHAPE = [6, 7, 21] as const;
const BRICK = [4, 5, 16] as const;
const voxelsOf = (dtype: DType, shape: Shape): Voxels =>
  randomVoxels(dtype, count(shape), 13).map((value) => (dtype === "float32" ? value % 1000 : value));
const RANKS = ["smallest", "middle", "largest"] as const;

/** Largest of several numbers, by magnitude. */
const largest = (values: readonly (readonly number[])[]): number => Math.max(...values.flat().map(Math.abs));

/** Expects each eigenvalue to be off by no more than a part of the largest of all. */
async function expectEigenvalues(
  filter: (which: (typeof RANKS)[number]) => Promise<Volume>,
  expected: readonly (readonly number[])[],
  names: readonly (typeof RANKS)[number][] = RANKS,
  tolerance = 2e-6,
): Promise<void> {
  const scale = largest(expected);
  for (const which of names) {
    const rank = names.indexOf(which);
    const off = Array.from(
      await (await filter(which)).read(),
      (value, k) => Math.abs(value - expected[k]![rank]!) / scale,
    );
    expect(Math.max(...off)).toBeLessThanOrEqual(tolerance);
  }
}

test("the oracle's rotations find the eigenvalues of matrices that are made of them", () => {
  // Columns of a rotation by Euler's angles.
  const [c, s, d, t] = [Math.cos(0.7), Math.sin(0.7), Math.cos(-1.9), Math.sin(-1.9)];
  const axes = [
    [c, s, 0],
    [-s * d, c * d, t],
    [s * t, -c * t, d],
  ];
  for (const values of [
    [-3, 1, 7],
    [2, 2, 5],
    [-4, -4, -4],
    [0, 0, 1e6],
  ]) {
    const matrix = [0, 1, 2].map((a) =>
      [0, 1, 2].map((b) => values.reduce((sum, v, k) => sum + v * axes[k]![a]! * axes[k]![b]!, 0)),
    );
    expectClose(oracle.eigenvalues(matrix), values, 1e-14);
  }
});

for (const dtype of Object.keys(DTYPES) as DType[]) {
  const values = voxelsOf(dtype, SHAPE);
  const block = { shape: SHAPE, values };
  const volume = memoryVolume(values, SHAPE, { brick: BRICK });

  test(`the eigenvalues of the Hessian of ${dtype} are those that rotations find`, async () => {
    const expected = oracle.hessian(block, [0.6, 1, 1.4]);
    await expectEigenvalues(
      (which) => hessianEigenvalues(volume, { sigma: [0.6, 1, 1.4], which, workers: 2 }),
      expected,
    );
  });

  test(`the eigenvalues of the structure tensor of ${dtype} are those that rotations find`, async () => {
    for (const method of ["gaussian", "sobel"] as const) {
      const expected = oracle.structure(block, method === "sobel" ? "sobel" : [0.6, 1, 0.8], [0.5, 0.8, 1]);
      const options = { method, sigma: [0.6, 1, 0.8], rho: [0.5, 0.8, 1], workers: 2 };
      await expectEigenvalues((which) => structureTensor(volume, { ...options, which }), expected);
      const anisotropy = await (await structureTensor(volume, { ...options, which: "anisotropy" })).read();
      expectClose(anisotropy, expected.map(oracle.anisotropy), 5e-6);
    }
  });
}

test("without options: σ of one voxel, ρ of two, the largest eigenvalue", async () => {
  const values = voxelsOf("uint8", SHAPE);
  const volume = memoryVolume(values, SHAPE);
  const bend = oracle.hessian({ shape: SHAPE, values }, [1, 1, 1]).map((three) => three[2]!);
  expectClose(await (await hessianEigenvalues(volume)).read(), bend, 2e-6);
  const change = oracle.structure({ shape: SHAPE, values }, [1, 1, 1], [2, 2, 2]).map((three) => three[2]!);
  expectClose(await (await structureTensor(volume)).read(), change, 2e-6);
});

test("where eigenvalues are the same, each of them is found", async () => {
  const shape = [17, 17, 17] as const;
  const at = (k: number): [number, number, number] => [
    Math.floor(k / 289) - 8,
    (Math.floor(k / 17) % 17) - 8,
    (k % 17) - 8,
  ];
  const region = { start: [6, 6, 6], stop: [11, 11, 11] } as const;
  // Bends of paraboloids: three times the same, two above, two below, one alone.
  for (const bends of [
    [3, 3, 3],
    [-2, 5, 5],
    [-4, -4, 1],
    [0, 0, 7],
    [0, 0, 0],
  ] as const) {
    const values = Float32Array.from({ length: 17 ** 3 }, (_, k) =>
      at(k).reduce((sum, x, axis) => sum + (bends[axis]! * x * x) / 2, 0),
    );
    const volume = memoryVolume(values, shape);
    // With σ 1 the derivatives of a parabola are its own but for the cut at 4 σ.
    const found: number[] = [];
    for (const which of RANKS) {
      const result = await (await hessianEigenvalues(volume, { which, region })).read();
      found.push(result[62]!);
      for (const value of result) expect(Number.isNaN(value)).toBe(false);
    }
    for (const [rank, bend] of bends.entries()) expect(Math.abs(found[rank]! - bend)).toBeLessThan(0.02);
    expect(found).toEqual([...found].sort((a, b) => a - b));
  }
  const same = memoryVolume(new Uint16Array(125).fill(40000), [5, 5, 5]);
  for (const which of [...RANKS, "anisotropy"] as const)
    for (const value of await (await structureTensor(same, { which, method: "sobel" })).read()) expect(value).toBe(0);
});

test("layers change along one direction, fibres along two, noise along all: the anisotropy tells", async () => {
  const shape = [16, 16, 32] as const;
  const noise = randomVoxels("uint8", count(shape), 5);
  const place = (k: number): [number, number] => [Math.floor(k / 512), k % 32];
  const volume = (value: (z: number, x: number, k: number) => number): Volume =>
    memoryVolume(
      Float32Array.from({ length: count(shape) }, (_, k) => value(...place(k), k)),
      shape,
    );
  const mean = async (on: Volume): Promise<number> => {
    const voxels = await (await structureTensor(on, { which: "anisotropy", rho: 3 })).read();
    return Array.from(voxels).reduce((a, b) => a + b) / voxels.length;
  };
  const layers = await mean(volume((_, x) => 100 * Math.sin(x)));
  const fibres = await mean(volume((z, x) => 100 * Math.sin(x) * Math.sin(z)));
  const grains = await mean(volume((_, __, k) => noise[k]!));
  expect(layers).toBeGreaterThan(0.999);
  expect(fibres).toBeGreaterThan(0.6);
  expect(fibres).toBeLessThan(0.85);
  expect(grains).toBeLessThan(0.3);
});

test("a crack bends up across itself and not along", async () => {
  const values = new Uint8Array(15 ** 3).fill(200);
  for (let k = 0; k < values.length; k++) if (Math.floor(k / 15) % 15 === 7) values[k] = 50;
  const volume = memoryVolume(values, [15, 15, 15]);
  const middle = { start: [7, 7, 7], stop: [8, 8, 8] } as const;
  const [smallest, second, across] = await Promise.all(
    RANKS.map(async (which) => (await (await hessianEigenvalues(volume, { which, region: middle })).read())[0]!),
  );
  expect(across).toBeGreaterThan(50);
  for (const along of [smallest!, second!]) expect(Math.abs(along)).toBeLessThan(0.05);
});

test("an image has two eigenvalues, a line one", async () => {
  for (const shape of [
    [1, 9, 20],
    [8, 1, 15],
    [6, 11, 1],
  ] as const) {
    const values = voxelsOf("uint8", shape);
    const block = { shape, values };
    const volume = memoryVolume(values, shape);
    const ends = ["smallest", "largest"] as const;
    await expectEigenvalues((which) => hessianEigenvalues(volume, { which }), oracle.hessian(block, [1, 1, 1]), ends);
    const tensor = oracle.structure(block, [1, 1, 1], [1, 1, 1]);
    await expectEigenvalues((which) => structureTensor(volume, { rho: 1, which }), tensor, ends);
    const anisotropy = await (await structureTensor(volume, { rho: 1, which: "anisotropy" })).read();
    expectClose(anisotropy, tensor.map(oracle.anisotropy), 5e-6);
    await expect(hessianEigenvalues(volume, { which: "middle" })).rejects.toThrow("has 2 eigenvalues at each voxel");
  }
  const line = voxelsOf("uint8", [1, 1, 30]);
  const volume = memoryVolume(line, [1, 1, 30]);
  for (const which of ["smallest", "largest"] as const) {
    const expected = oracle.hessian({ shape: [1, 1, 30], values: line }, [1, 1, 1]).map(([value]) => value!);
    expectClose(await (await hessianEigenvalues(volume, { which })).read(), expected, 2e-6);
  }
  await expect(structureTensor(volume, { which: "anisotropy" })).rejects.toThrow("has one eigenvalue at each voxel");
  expect(await (await hessianEigenvalues(memoryVolume(Uint8Array.of(7), [1, 1, 1]))).read()).toEqual(
    Float32Array.of(0),
  );
});

test("voxels that are no cubes count by their edges", async () => {
  const values = voxelsOf("uint8", SHAPE);
  const block = { shape: SHAPE, values };
  const volume = memoryVolume(values, SHAPE, { brick: BRICK, spacing: [2e-6, 1e-6, 1e-6] });
  const scale = [0.5, 1, 1] as const;
  await expectEigenvalues(
    (which) => hessianEigenvalues(volume, { sigma: um(1), which }),
    oracle.hessian(block, [0.5, 1, 1], scale),
  );
  const expected = oracle.structure(block, [0.5, 1, 1], [0.5, 1, 1], scale);
  await expectEigenvalues((which) => structureTensor(volume, { sigma: um(1), rho: um(1), which }), expected);
});

test("a NaN spreads over its reach and no further", async () => {
  const values = new Float32Array(15 ** 3).map((_, k) => k % 5);
  values[(7 * 15 + 7) * 15 + 7] = Number.NaN;
  const volume = memoryVolume(values, [15, 15, 15]);
  for (const which of RANKS) {
    const bend = await (await hessianEigenvalues(volume, { sigma: 0.5, which })).read();
    expect(Array.from(bend).filter(Number.isNaN).length).toBe(5 ** 3);
    const change = await (await structureTensor(volume, { sigma: 0.5, rho: 0.25, which })).read();
    expect(Array.from(change).filter(Number.isNaN).length).toBe(7 ** 3);
  }
});

test("what is not allowed is refused with what is", async () => {
  const volume = memoryVolume(new Uint8Array(27), [3, 3, 3]);
  for (const filter of [hessianEigenvalues, structureTensor] as const) {
    await expect(filter(volume, { sigma: 0.2 })).rejects.toThrow(
      "sigma (voxels) is 0.2; allowed is a number from 0.25 to 64",
    );
    await expect(filter(volume, { sigma: um(1) })).rejects.toMatchObject({ code: "MissingData" });
    await expect(filter(volume, { border: "extend" as never })).rejects.toThrow('border is "extend"; allowed are');
    await expect(filter(volume, { which: "smalest" as never })).rejects.toThrow("did you mean `smallest`");
    await expect(filter(volume, { sgima: 1 } as object)).rejects.toThrow("did you mean `sigma`");
  }
  await expect(hessianEigenvalues(volume, { which: "anisotropy" as never })).rejects.toThrow(
    '"smallest", "middle" and "largest"',
  );
  await expect(structureTensor(volume, { rho: 65 })).rejects.toThrow(
    "rho (voxels) is 65; allowed is a number from 0 to 64",
  );
  await expect(structureTensor(volume, { method: "prewitt" as never })).rejects.toThrow(
    'allowed are "gaussian" and "sobel"',
  );
});
