import { expect } from "vitest";

/** Largest difference of two arrays, relative to the largest magnitude of the second. */
export function difference(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  let worst = 0;
  let scale = Number.MIN_VALUE;
  for (let k = 0; k < expected.length; k++) {
    const off = Math.abs(actual[k]! - expected[k]!);
    worst = Number.isNaN(off) ? Number.POSITIVE_INFINITY : Math.max(worst, off);
    scale = Math.max(scale, Math.abs(expected[k]!));
  }
  return worst / scale;
}

/** Expects two arrays to differ by at most `tolerance`, relative to the largest value. */
export function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): void {
  expect(actual.length).toBe(expected.length);
  expect(difference(actual, expected)).toBeLessThanOrEqual(tolerance);
}
