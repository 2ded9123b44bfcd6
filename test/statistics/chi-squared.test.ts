/** Chi-squared: SciPy's quantiles (scipy.stats.chi2.ppf of SciPy 1.17.1). */
import { expect, test } from "vitest";
import { chiSquaredBelow } from "#src/statistics/chi-squared.js";

test("quantiles are those of SciPy", () => {
  for (const [probability, freedom, expected] of [
    [0.05, 1, 0.003932140000019522],
    [0.05, 7, 2.167349909298057],
    [0.5, 10, 9.34181776559197],
    [0.95, 29, 42.55696780429269],
    [0.05, 500, 449.14675637272904],
  ] as const)
    expect(Math.abs(chiSquaredBelow(probability, freedom) / expected - 1)).toBeLessThan(1e-9);
});
