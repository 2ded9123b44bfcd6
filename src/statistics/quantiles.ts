/** Quantiles of chi-squared, by which intervals of deviations are told; Student's are in `student.ts`. */
import { logGamma } from "./student.js";

/** Regularised lower incomplete gamma function by its series. */
function incompleteGamma(a: number, x: number): number {
  if (x <= 0) return 0;
  let [term, sum] = [1 / a, 1 / a];
  for (let n = a + 1; term > 1e-16 * sum; n++) {
    term *= x / n;
    sum += term;
  }
  return Math.min(1, sum * Math.exp(a * Math.log(x) - x - logGamma(a)));
}

/** Where a rising function reaches a value, by halving. */
function solved(of: (x: number) => number, value: number, low: number, high: number): number {
  let [from, to] = [low, high];
  for (let k = 0; k < 200 && to - from > 1e-14 * Math.max(1, Math.abs(to)); k++) {
    const middle = (from + to) / 2;
    if (of(middle) < value) from = middle;
    else to = middle;
  }
  return (from + to) / 2;
}

/** What chi-squared of so many degrees of freedom stays below with a probability. */
export const chiSquaredBelow = (probability: number, degrees: number): number =>
  solved((x) => incompleteGamma(degrees / 2, x / 2), probability, 0, 10 * degrees + 100);
