import { expect, test } from "vitest";
import { bits } from "#src/core/random.js";
import { normal, poisson, uniform } from "#src/simulate/counter.js";

test("uniform numbers fill each of 64 classes evenly, and neighbours are independent", () => {
  const counts = new Array<number>(64).fill(0);
  let product = 0;
  let before = 0;
  const n = 200_000;
  for (let k = 0; k < n; k++) {
    const value = uniform(bits(5, 0, 3, k), 0);
    counts[Math.floor(64 * value)]!++;
    product += (value - 0.5) * (before - 0.5);
    before = value;
  }
  const expected = n / 64;
  const chi = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  // 63 degrees of freedom: one in a million is above 137.
  expect(chi).toBeLessThan(137);
  // The correlation has a deviation of 1/√n.
  expect(Math.abs((12 * product) / n)).toBeLessThan(5 / Math.sqrt(n));
});

test("keys of neighbouring cells, also at negative indices, and of other seeds differ", () => {
  const keys = new Set<number>();
  for (const seed of [0, 1, 2 ** 32 - 1])
    for (let a = -8; a < 8; a++)
      for (let b = -8; b < 8; b++) for (let c = -8; c < 8; c++) keys.add(bits(seed, a, b, c));
  // Of 12288 draws of 32 bits two are equal with a probability of 2 %.
  expect(keys.size).toBeGreaterThan(12285);
});

test("normal numbers have mean 0, deviation 1 and no skew", () => {
  const n = 100_000;
  const values = Array.from({ length: n }, (_, k) => normal(bits(1, 2, 3, k), 0));
  const moment = (power: number): number => values.reduce((sum, value) => sum + value ** power, 0) / n;
  expect(Math.abs(moment(1))).toBeLessThan(5 / Math.sqrt(n));
  expect(Math.abs(moment(2) - 1)).toBeLessThan((5 * Math.SQRT2) / Math.sqrt(n));
  expect(Math.abs(moment(3))).toBeLessThan((5 * Math.sqrt(15)) / Math.sqrt(n));
});

for (const mean of [0.01, 0.7, 3, 9.99, 10, 25, 900, 1e5])
  test(`Poisson numbers of mean ${mean} follow the distribution`, () => {
    const n = 100_000;
    const values = Array.from({ length: n }, (_, k) => poisson(mean, [bits(7, 1, 2, 0), bits(8, 1, 2, 1)], k));
    const average = values.reduce((sum, value) => sum + value, 0) / n;
    const variance = values.reduce((sum, value) => sum + (value - average) ** 2, 0) / n;
    expect(Math.abs(average - mean)).toBeLessThan(5 * Math.sqrt(mean / n));
    // Variance of the variance: (μ + 2 μ²)/n.
    expect(Math.abs(variance - mean)).toBeLessThan(5 * Math.sqrt((mean + 2 * mean * mean) / n));
    // Chi square over classes that hold at least 50 of the draws, with probabilities summed in logarithms.
    const found = new Map<number, number>();
    for (const value of values) found.set(value, (found.get(value) ?? 0) + 1);
    const last = Math.ceil(mean + 6 * Math.sqrt(mean) + 12);
    let [chi, classes, expected, counted, left, leftCounted] = [0, 0, 0, 0, n, n];
    for (let k = 0, log = -mean; k <= last; k++) {
      if (k > 0) log += Math.log(mean / k);
      expected += n * Math.exp(log);
      counted += found.get(k) ?? 0;
      if (expected < 50 || left - expected < 50) continue;
      chi += (counted - expected) ** 2 / expected;
      classes++;
      left -= expected;
      leftCounted -= counted;
      expected = counted = 0;
    }
    chi += (leftCounted - left) ** 2 / left;
    // Mean and deviation of chi square with as many degrees of freedom as classes.
    expect(classes).toBeGreaterThan(0);
    expect(chi).toBeLessThan(classes + 5 * Math.sqrt(2 * classes) + 10);
  });
