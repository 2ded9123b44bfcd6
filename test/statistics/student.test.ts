/** Student's distribution, Welch's test, Holm's correction: SciPy's numbers. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { distributionOf } from "#src/statistics/distribution.js";
import { beyondStudent, holm, logGamma, studentFactor, welchTest } from "#src/statistics/student.js";

interface Golden {
  beyond: [t: number, freedom: number, p: number][];
  factor: [confidence: number, freedom: number, factor: number][];
  groups: number[][];
  welch: { pair: [number, number]; t: number; freedom: number; p: number }[];
}
const golden = JSON.parse(readFileSync(new URL("../golden/student.json", import.meta.url), "utf8")) as Golden;
const near = (value: number, expected: number, off = 1e-9): void =>
  expect(Math.abs(value - expected)).toBeLessThanOrEqual(off * Math.abs(expected) + 1e-300);

test("chances and factors are those of SciPy", () => {
  for (const [t, freedom, p] of golden.beyond)
    if (p > 1e-200) near(beyondStudent(t, freedom), p, freedom > 1e4 ? 1e-6 : 1e-9);
  for (const [confidence, freedom, factor] of golden.factor) near(studentFactor(confidence, freedom), factor, 1e-8);
  near(studentFactor(0.95, Number.POSITIVE_INFINITY), 1.959963984540054, 1e-6);
  near(logGamma(0.5), Math.log(Math.sqrt(Math.PI)), 1e-12);
  near(logGamma(171), 706.5730622457874, 1e-12);
});

test("Welch's test gives SciPy's t, freedom and p, and an answer where groups do not vary", () => {
  const groups = golden.groups.map((values) => ({ n: values.length, ...distributionOf(values) }));
  for (const { pair, t, freedom, p } of golden.welch) {
    const found = welchTest(groups[pair[0]]!, groups[pair[1]]!);
    near(found.t, t);
    near(found.freedom, freedom);
    near(found.p, p);
  }
  expect(welchTest({ n: 3, mean: 1, deviation: 0 }, { n: 3, mean: 1, deviation: 0 }).p).toBe(1);
  expect(welchTest({ n: 3, mean: 1, deviation: 0 }, { n: 3, mean: 2, deviation: 0 }).p).toBe(0);
  expect(welchTest({ n: 1, mean: 1, deviation: Number.NaN }, groups[0]!).p).toBeNaN();
  expect([beyondStudent(Number.NaN, 3), beyondStudent(2, 0), studentFactor(0.95, 0)]).toEqual([
    Number.NaN,
    Number.NaN,
    Number.NaN,
  ]);
});

test("several tests together are corrected step by step, and what is unknown stays out", () => {
  // The example of R's p.adjust: 0.01 · 4, 0.02 · 3, 0.03 · 2, 0.04, none below the one before.
  expect(holm([0.01, 0.04, Number.NaN, 0.02, 0.03])).toEqual([0.04, 0.06, Number.NaN, 0.06, 0.06]);
  expect(holm([0.9, 0.8])).toEqual([1, 1]);
  expect(holm([])).toEqual([]);
});
