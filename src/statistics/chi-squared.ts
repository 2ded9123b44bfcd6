/** The distribution of sums of squares: how well a variance is known. */
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

/** What chi-squared of so many degrees of freedom stays below with a probability. */
export function chiSquaredBelow(probability: number, freedom: number): number {
  let [low, high] = [0, freedom + 10];
  while (incompleteGamma(freedom / 2, high / 2) < probability) high *= 2;
  for (let k = 0; k < 200 && high - low > 1e-13 * high; k++) {
    const middle = (low + high) / 2;
    if (incompleteGamma(freedom / 2, middle / 2) < probability) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
