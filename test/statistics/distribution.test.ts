/** Designs that fill a cube, and the share of a spread that one of its axes makes, against closed forms. */
import { expect, test } from "vitest";
import { distributionOf, mainEffect, quantile } from "#src/statistics/distribution.js";
import { latinHypercube } from "#src/statistics/latin-hypercube.js";

test("each of the equal parts of each axis holds one point, the same ones for the same seed only", () => {
  for (const points of [1, 4, 7, 64, 1000]) {
    const axes = latinHypercube(points, 5, 17);
    expect(axes.length).toBe(5);
    for (const axis of axes)
      expect(Array.from(axis, (u) => Math.floor(u * points)).sort((a, b) => a - b)).toEqual(
        Array.from({ length: points }, (_, k) => k),
      );
    expect(latinHypercube(points, 5, 17)).toEqual(axes);
    expect(latinHypercube(points, 5, 18)).not.toEqual(axes);
    // A seed draws the same first axes whatever their number.
    expect(latinHypercube(points, 2, 17)).toEqual(axes.slice(0, 2));
  }
});

test("no two axes go together: their correlation is that of chance", () => {
  const axes = latinHypercube(2000, 12, 5);
  for (const [k, a] of axes.entries())
    for (const b of axes.slice(k + 1)) {
      const mean = a.reduce((sum, u, n) => sum + (u - 0.5) * (b[n]! - 0.5), 0) / 2000;
      // The standard deviation of the coefficient is 1/√2000 = 0.022.
      expect(Math.abs(mean * 12)).toBeLessThan(0.09);
    }
});

test("mean, deviation and quantiles are numpy's", () => {
  const { mean, deviation, sorted } = distributionOf([7, 1, 4, 2, 30]);
  expect(mean).toBe(8.8);
  // numpy.std([7, 1, 4, 2, 30], ddof=1), numpy.quantile(…, [0.05, 0.25, 0.5, 0.75, 0.95])
  expect(deviation).toBeCloseTo(12.07062550161, 10);
  for (const [share, value] of [
    [0.05, 1.2],
    [0.25, 2],
    [0.5, 4],
    [0.75, 7],
    [0.95, 25.4],
  ] as const)
    expect(quantile(sorted, share)).toBeCloseTo(value, 12);
  expect([quantile([], 0.5), distributionOf([]).mean, distributionOf([3]).deviation]).toEqual([
    Number.NaN,
    Number.NaN,
    Number.NaN,
  ]);
});

/** Main effects of a function of numbers from 0 to 1. */
function effects(of: (u: number[]) => number, axes: number, points: number, groups = 16): number[] {
  const design = latinHypercube(points, axes, 3);
  const y = Array.from({ length: points }, (_, k) => of(design.map((axis) => axis[k]!)));
  return design.map((axis) =>
    mainEffect(
      y,
      Array.from(axis, (u) => Math.floor(u * groups)),
      groups,
    ),
  );
}

test("main effects of Ishigami's function are those of its closed form", () => {
  const [a, b] = [7, 0.1];
  const ishigami = (u: number[]): number => {
    const [x, y, z] = u.map((value) => Math.PI * (2 * value - 1)) as [number, number, number];
    return Math.sin(x) + a * Math.sin(y) ** 2 + b * z ** 4 * Math.sin(x);
  };
  const variance = a ** 2 / 8 + (b * Math.PI ** 4) / 5 + (b ** 2 * Math.PI ** 8) / 18 + 0.5;
  const expected = [(0.5 * (1 + (b * Math.PI ** 4) / 5) ** 2) / variance, a ** 2 / 8 / variance, 0];
  const found = effects(ishigami, 3, 20_000, 64);
  for (const [k, value] of expected.entries()) expect(Math.abs(found[k]! - value)).toBeLessThan(0.01);
});

test("of a sum each share is that of its own variance, with few points within a tenth; without an effect it is near 0", () => {
  const sum = ([x, y]: number[]): number => 3 * x! + 1 * y!;
  const [x, y, none] = effects(sum, 3, 64, 8);
  expect(Math.abs(x! - 0.9)).toBeLessThan(0.1);
  expect(Math.abs(y! - 0.1)).toBeLessThan(0.1);
  expect(none!).toBeLessThan(0.15);
  // The groups' chance differences are taken off: without that 7 of 63 degrees of freedom would look like an effect.
  const seeds = Array.from({ length: 200 }, (_, seed) => {
    const [u, v] = latinHypercube(64, 2, seed) as [Float64Array, Float64Array];
    return mainEffect(
      Array.from(v),
      Array.from(u, (value) => Math.floor(value * 8)),
      8,
    );
  });
  expect(seeds.reduce((total, value) => total + value, 0) / 200).toBeLessThan(0.06);
});

test("of what does not vary there is no share", () => {
  expect(mainEffect([0.1 + 0.2, 0.3, 0.3, 0.1 + 0.2], [0, 0, 1, 1], 2)).toBeNaN();
  expect(mainEffect([1, 2], [0, 1], 2)).toBeNaN();
  expect(mainEffect([], [], 2)).toBeNaN();
  expect(mainEffect([1, 1, 5, 5], [0, 0, 1, 1], 2)).toBe(1);
});
