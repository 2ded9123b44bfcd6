/** k-means and mixtures of Gaussians of grey values, against their definitions, closed forms and scikit-learn. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Voxels } from "#src/core/dtype.js";
import { crossing } from "#src/segment/gaussian-crossing.js";
import { gaussianMixture } from "#src/segment/gaussian-mixture.js";
import { kMeans } from "#src/segment/k-means.js";
import { multiOtsu } from "#src/segment/multi-otsu.js";
import { threshold } from "#src/segment/threshold.js";
import { histogram } from "#src/statistics/histogram.js";
import { emStep } from "../oracle/grey-thresholds.js";
import { histogramOf } from "../support/histogram-of.js";
import { memoryVolume } from "../support/memory-volume.js";
import { random } from "../support/random-volume.js";
import { referenceGrey, referencePhases } from "../support/reference-volume.js";
import { root } from "../support/require.js";

interface Golden {
  kMeans: { input: string; classes: number; means: number[]; inertia: number }[];
  gaussianMixture: {
    input: string;
    classes: number;
    weights: number[];
    means: number[];
    deviations: number[];
    "log likelihood": number;
    iterations: number;
    converged: boolean;
  }[];
}
const golden = JSON.parse(readFileSync(join(root, "test/golden/segment.json"), "utf8")) as Golden;
const phases = referencePhases(64);
const g8 = referenceGrey(phases, 8);
const g16 = referenceGrey(phases, 16);
const inputs: Record<string, Voxels> = {
  g8,
  i16: Int16Array.from(g16, (value) => value - 25000),
  f32: Float32Array.from(g16, (value) => Math.fround(value - 25000) / 7),
};
const reference = (input: string) => memoryVolume(inputs[input]!, [64, 64, 64], { brick: [24, 64, 40] });
const off = (found: readonly number[], expected: readonly number[]): number =>
  Math.max(...found.map((value, k) => Math.abs(value / expected[k]! - 1)));

for (const { input, classes, means, inertia } of golden.kMeans)
  test(`the ${classes} means of ${input} are scikit-learn's, or better`, async () => {
    const found = await kMeans(reference(input), { classes });
    expect(found.inertia).toBeLessThanOrEqual(inertia * (1 + 1e-9));
    // Lloyd's iteration ends in a place where no voxel changes its class, which need not be the best one.
    expect(off(found.means, means)).toBeLessThan(found.inertia < inertia * (1 - 1e-9) ? 1e-2 : 1e-9);
  });

test("thresholds of k-means lie halfway between its means, and make the classes of multi-Otsu", async () => {
  const volume = reference("g8");
  const found = await kMeans(volume);
  expect(found.thresholds).toEqual([0, 1].map((k) => (found.means[k]! + found.means[k + 1]!) / 2));
  const labels = await (await threshold(volume, found.thresholds)).read();
  expect(labels).toEqual(await (await threshold(volume, await multiOtsu(volume))).read());
  for (const k of [0, 1, 2]) {
    const values = [...g8].filter((_, n) => labels[n] === k);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(found.means[k]).toBeCloseTo(mean, 9);
    expect(found.fractions[k]).toBeCloseTo(values.length / g8.length, 12);
    const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
    expect(found.deviations[k]).toBeCloseTo(Math.sqrt(squares / values.length), 9);
  }
  expect(await kMeans(histogramOf([3, 0, 1, 0, 0, 9]), { classes: 2 })).toEqual({
    thresholds: [2.75],
    means: [0.5, 5],
    deviations: [Math.sqrt(0.75), 0],
    fractions: [4 / 13, 9 / 13],
    inertia: 3,
  });
});

for (const { input, classes, ...expected } of golden.gaussianMixture)
  test(`the mixture of ${classes} Gaussians of ${input} is scikit-learn's`, async () => {
    const found = await gaussianMixture(reference(input), { classes });
    // Of floats bins are judged, 1024 of them here.
    const tolerance = input === "f32" ? 2e-3 : 1e-6;
    for (const name of ["weights", "means", "deviations"] as const)
      expect(off(found[name], expected[name]), name).toBeLessThan(tolerance);
    expect(found.logLikelihood).toBeCloseTo(expected["log likelihood"], input === "f32" ? 3 : 9);
    expect(found.converged).toBe(expected.converged);
    if (input !== "f32") expect(found.iterations).toBe(expected.iterations);
  });

test("the fractions of a simulated electrode are its weights, nearer to the truth than any threshold's", async () => {
  const found = await gaussianMixture(reference("g8"));
  const truth = [0, 1, 2].map((k) => phases.filter((phase) => phase === k).length / phases.length);
  for (const k of [0, 1, 2]) {
    expect(Math.abs(found.weights[k]! - truth[k]!)).toBeLessThan(2e-3);
    expect(Math.abs(found.means[k]! - [60, 110, 180][k]!)).toBeLessThan(1);
    expect(Math.abs(found.deviations[k]! - 13.9)).toBeLessThan(0.6);
  }
  expect(found.weights.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
});

test("each iteration is that of expectation maximisation over the voxels one by one, from the classes of multi-Otsu", async () => {
  const next = random(5);
  const voxels = Array.from({ length: 400 }, (_, k) => Math.round((k % 3) * 30 + 40 * (next() + next() - 1)));
  const counts = new Array<number>(160).fill(0);
  for (const value of voxels) counts[value + 50]!++;
  const counted = histogramOf(counts, -50);
  const { thresholds } = await kMeans(counted, { classes: 3 });
  const parts = [0, 1, 2].map((k) =>
    voxels.filter((value) => value > (thresholds[k - 1] ?? -999) && value <= (thresholds[k] ?? 999)),
  );
  const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
  let state = {
    weights: parts.map((part) => part.length / voxels.length),
    means: parts.map(mean),
    variances: parts.map((part) => mean(part.map((value) => (value - mean(part)) ** 2))),
    likelihood: Number.NEGATIVE_INFINITY,
  };
  for (const iterations of [1, 2, 3, 4]) {
    const before = state.likelihood;
    state = emStep(voxels, state);
    expect(state.likelihood).toBeGreaterThan(before);
    const found = await gaussianMixture(counted, { iterations, tolerance: 0 });
    expect(off(found.weights, state.weights)).toBeLessThan(1e-9);
    expect(off(found.means, state.means)).toBeLessThan(1e-9);
    expect(
      off(
        found.deviations,
        state.variances.map((variance) => Math.sqrt(variance)),
      ),
    ).toBeLessThan(1e-9);
    expect(found.logLikelihood).toBeCloseTo(state.likelihood, 9);
    expect([found.iterations, found.converged]).toEqual([iterations, false]);
  }
});

test("two Gaussians cross where both are equally high: halfway if they are alike, nearer to the rare or the narrow one", () => {
  const at = (weight: number, mean: number, deviation: number) => ({ weight, mean, deviation });
  expect(crossing(at(0.5, 10, 3), at(0.5, 20, 3))).toBeCloseTo(15, 12);
  // Of equal width: middle + σ² ln(w₁/w₂)/distance.
  expect(crossing(at(0.9, 10, 2), at(0.1, 20, 2))).toBeCloseTo(15 + 0.4 * Math.log(9), 12);
  const height = (x: number, { weight, mean, deviation }: ReturnType<typeof at>): number =>
    (weight / deviation) * Math.exp(-0.5 * ((x - mean) / deviation) ** 2);
  for (const [a, b] of [
    [at(0.3, 10, 1), at(0.7, 20, 4)],
    [at(0.99, -5, 2), at(0.01, 7, 1)],
  ] as const)
    expect(height(crossing(a, b), a) / height(crossing(a, b), b)).toBeCloseTo(1, 9);
  // One is the higher one all the way: three quarters of the way are as many deviations from both.
  expect(crossing(at(0.9999, 10, 3), at(0.0001, 14, 1))).toBeCloseTo(13, 12);
  expect(crossing(at(1, 10, 0), at(1, 20, 0))).toBe(15);
});

test("labels by the thresholds of a mixture are right more often than by multi-Otsu", async () => {
  const volume = reference("g8");
  const right = async (thresholds: readonly number[]): Promise<number> => {
    const labels = await (await threshold(volume, thresholds)).read();
    return phases.filter((phase, k) => labels[k] === phase).length;
  };
  const { thresholds } = await gaussianMixture(volume);
  expect(await right(thresholds)).toBeGreaterThan(await right(await multiOtsu(volume)));
});

test("a class of a single grey value stays as wide as a bin, and bricks and workers change nothing", async () => {
  const counts = new Array<number>(100).fill(0);
  counts[20] = 5000;
  for (let k = 60; k < 90; k++) counts[k] = 100;
  const found = await gaussianMixture(histogramOf(counts), { classes: 2 });
  expect(found.deviations[0]).toBeCloseTo(1 / Math.sqrt(12), 12);
  expect(found.means[0]).toBeCloseTo(20, 9);
  expect(found.weights[0]).toBeCloseTo(5 / 8, 9);
  const volume = memoryVolume(g8, [64, 64, 64], { brick: [5, 64, 33] });
  for (const method of [kMeans, gaussianMixture]) {
    expect(await method(volume, { workers: 2 })).toEqual(await method(reference("g8")));
    expect(await method(await histogram(volume))).toEqual(await method(volume));
  }
});

test("too few values, wrong options and empty masks are refused", async () => {
  const volume = memoryVolume(Uint8Array.of(1, 2, 2, 2), [1, 2, 2]);
  const mask = memoryVolume(new Uint8Array(4), [1, 2, 2], { role: "mask" });
  for (const method of [kMeans, gaussianMixture]) {
    await expect(method(volume)).rejects.toThrow("3 classes need at least 3 different grey values, and there are 2");
    await expect(method(volume, { classes: 1 })).rejects.toThrow("classes is 1");
    await expect(method(volume, { clases: 2 } as object)).rejects.toThrow("did you mean `classes`");
    await expect(method(volume, { mask })).rejects.toMatchObject({ code: "MissingData" });
    await expect(method(histogramOf([1, 2, 3]), { bins: 3 })).rejects.toThrow("a histogram is already counted");
    await expect(method(7 as never)).rejects.toThrow("takes a volume, got 7");
  }
  await expect(gaussianMixture(volume, { classes: 2, tolerance: -1 })).rejects.toThrow("tolerance is -1");
  await expect(gaussianMixture(volume, { classes: 2, iterations: 0 })).rejects.toThrow("iterations is 0");
  const two = await gaussianMixture(volume, { classes: 2 });
  expect(two.weights.map((weight) => Math.round(weight * 4))).toEqual([1, 3]);
});
