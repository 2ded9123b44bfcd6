import fc from "fast-check";
import { expect, test } from "vitest";
import { fourierShellCorrelation, resolutionOf } from "#src/artefacts/fourier-shell-correlation.js";
import { addBoxes, emptyShells } from "#src/artefacts/shell-sums.js";
import type { Shape } from "#src/core/shape.js";
import type { Volume } from "#src/core/volume.js";
import { gaussian } from "#src/filters/gaussian.js";
import { shellCorrelation } from "../oracle/shell-correlation.js";
import { expectClose } from "../support/closeness.js";
import { memoryVolume } from "../support/memory-volume.js";
import { normal } from "../support/normal.js";

type Table = Awaited<ReturnType<typeof fourierShellCorrelation>>;
const column = (table: Table, name: string): number[] => [...table.getChild(name)!].map(Number);
const count = (shape: Shape): number => shape[0] * shape[1] * shape[2];

/** White noise behind a Gaussian, of standard deviation 1 before it, so that its power is exp(−4π²σ²f²). */
const signal = async (shape: Shape, sigma: number): Promise<Float32Array> => {
  const white = memoryVolume(normal(count(shape), 11), shape, { brick: shape });
  return (await (await gaussian(white, { sigma, border: "wrap" })).read()) as Float32Array;
};
const power = (sigma: number, f: number): number => Math.exp(-((2 * Math.PI * sigma * f) ** 2));
const noisy = (values: Float32Array, noise: number, seed: number, shape: Shape): Volume => {
  const noises = normal(values.length, seed);
  return memoryVolume(
    values.map((value, k) => value + noise * noises[k]!),
    shape,
    { brick: [16, 64, 64] },
  );
};

test("the sums over shells are those of the definition, for any size and voxel shape", () => {
  for (const [size, scale] of [
    [
      [5, 6, 9],
      [1, 1, 1],
    ],
    [
      [1, 8, 7],
      [1, 1.5, 1],
    ],
    [
      [4, 5, 6],
      [2.3, 0.8, 1],
    ],
    [
      [1, 1, 17],
      [1, 1, 1],
    ],
  ] as const) {
    const [first, shared] = [normal(count(size), 2), normal(count(size), 3)];
    const second = first.map((value, k) => value + 0.7 * shared[k]! + 2);
    const shells = emptyShells(3);
    addBoxes(shells, first, second, size, scale);
    const found = Array.from(shells.cross, (cross, k) => cross / Math.sqrt(shells.first[k]! * shells.second[k]!));
    expectClose(found.slice(1), shellCorrelation([...first], [...second], size, scale, 3).slice(1), 1e-9);
  }
});

test("two scans of one thing correlate as signal over signal and noise, S/(S + N), and so the resolution is known", async () => {
  const [shape, sigma, noise] = [[64, 128, 128] as const, 0.8, 0.15];
  const truth = await signal(shape, sigma);
  const table = await fourierShellCorrelation(noisy(truth, noise, 21, shape), {
    other: noisy(truth, noise, 22, shape),
  });
  const [frequency, correlation, coefficients] = ["frequency", "correlation", "coefficients"].map((name) =>
    column(table, name),
  ) as [number[], number[], number[]];
  expect(frequency.length).toBe(64);
  for (const [k, f] of frequency.entries()) {
    if (k < 2) continue;
    const s = power(sigma, f);
    expect(Math.abs(correlation[k]! - s / (s + noise ** 2))).toBeLessThan(0.01 + 4 / Math.sqrt(coefficients[k]!));
  }
  // One bit of two scans: S/N = ½, where the correlation is ⅓.
  const crossing = Math.sqrt(Math.log(1 / (0.5 * noise ** 2))) / (2 * Math.PI * sigma);
  expect(Math.abs(resolutionOf(table) * crossing - 1)).toBeLessThan(0.04);
  // The 1-bit curve of van Heel & Schatz with its printed digits.
  const [above, below] = [
    [5000, 24_142],
    [15_000, 14_142],
  ] as const;
  for (const [k, threshold] of column(table, "threshold").entries()) {
    const root = Math.sqrt(Math.max(1, coefficients[k]!));
    expect(threshold).toBeCloseTo((above[0] + above[1] / root) / (below[0] + below[1] / root), 4);
  }
});

test("slices of one volume are compared with their neighbours: the same law where they show the same", async () => {
  const plane = await signal([1, 128, 128], 0.8);
  const shape = [32, 128, 128] as const;
  const same = Float32Array.from({ length: count(shape) }, (_, k) => plane[k % plane.length]!);
  const table = await fourierShellCorrelation(noisy(same, 0.15, 31, shape));
  const crossing = Math.sqrt(Math.log(1 / (0.5 * 0.15 ** 2))) / (2 * Math.PI * 0.8);
  expect(Math.abs(resolutionOf(table) * crossing - 1)).toBeLessThan(0.06);
  const [frequency, correlation] = [column(table, "frequency"), column(table, "correlation")];
  const at = frequency.findIndex((f) => f >= 0.25);
  const s = power(0.8, frequency[at]!);
  expect(Math.abs(correlation[at]! - s / (s + 0.15 ** 2))).toBeLessThan(0.06);
});

test("what is all signal agrees down to two voxels, what is all noise nowhere; rows of an image are compared likewise", async () => {
  const shape = [4, 32, 48] as const;
  const white = memoryVolume(normal(count(shape), 4), shape);
  expect(resolutionOf(await fourierShellCorrelation(white, { other: white }))).toBe(2);
  expect(resolutionOf(await fourierShellCorrelation(white))).toBeNaN();
  const image = [1, 64, 64] as const;
  expect(resolutionOf(await fourierShellCorrelation(noisy(new Float32Array(4096), 1, 5, image)))).toBeNaN();
  const blurred = await signal(image, 3);
  const found = resolutionOf(await fourierShellCorrelation(noisy(blurred, 0.01, 6, image)));
  const finer = resolutionOf(await fourierShellCorrelation(noisy(await signal(image, 1.5), 0.01, 6, image)));
  expect(found).toBeLessThan(12);
  expect(found).toBeGreaterThan(1.5 * finer);
});

test("the result does not depend on bricks, nor on a factor and an offset; NaN counts as the mean", async () => {
  const shape = [6, 20, 18] as const;
  const values = normal(count(shape), 8);
  values[500] = Number.NaN;
  const expected = column(await fourierShellCorrelation(memoryVolume(values, shape)), "correlation");
  expect(expected.every(Number.isFinite)).toBe(true);
  await fc.assert(
    fc.asyncProperty(
      fc.tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 18 })),
      async (brick) => {
        const scaled = values.map((value) => 16 * value);
        const table = await fourierShellCorrelation(memoryVolume(scaled, shape, { brick }));
        expectClose(column(table, "correlation"), expected, 1e-6);
      },
    ),
    { numRuns: 6, seed: 3 },
  );
});

test("volumes that do not fit, small ones and wrong options are refused; it can be stopped", async () => {
  const volume = memoryVolume(new Uint8Array(3 * 16 * 16), [3, 16, 16]);
  await expect(fourierShellCorrelation(memoryVolume(new Uint8Array(64), [1, 8, 8]))).rejects.toThrow(
    "at least 16 × 16",
  );
  await expect(
    fourierShellCorrelation(volume, { other: memoryVolume(new Uint8Array(256), [1, 16, 16]) }),
  ).rejects.toThrow("both must show the same voxels");
  await expect(fourierShellCorrelation(volume, { other: 3 as never })).rejects.toThrow("give a second scan");
  await expect(fourierShellCorrelation(volume, { othr: volume } as object)).rejects.toThrow("did you mean `other`");
  await expect(fourierShellCorrelation(volume, { memoryLimit: 1000 })).rejects.toMatchObject({ code: "LimitExceeded" });
  const signal = AbortSignal.abort(new Error("stopped"));
  await expect(fourierShellCorrelation(volume, { signal })).rejects.toThrow("stopped");
});
