/** What a list of numbers is like; NaN in all of them where there is none. */
export interface Distribution {
  readonly mean: number;
  /** Standard deviation, divided by n − 1; NaN of one number. */
  readonly deviation: number;
  /** Sorted numbers; see {@link quantile}. */
  readonly sorted: Float64Array;
}

export function distributionOf(values: readonly number[]): Distribution {
  const n = values.length;
  const mean = n === 0 ? Number.NaN : values.reduce((sum, value) => sum + value, 0) / n;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return {
    mean,
    deviation: n < 2 ? Number.NaN : Math.sqrt(squares / (n - 1)),
    sorted: Float64Array.from(values).sort(),
  };
}

/**
 * The value below which a share of the numbers lies, on the straight line between the two nearest: numpy.quantile's default, the
 * seventh of R. J. Hyndman & Y. Fan, Sample quantiles in statistical packages (1996), doi:10.2307/2684934.
 */
export function quantile(sorted: ArrayLike<number>, share: number): number {
  if (sorted.length === 0) return Number.NaN;
  const at = share * (sorted.length - 1);
  const below = Math.floor(at);
  const [low, high] = [sorted[below]!, sorted[Math.min(below + 1, sorted.length - 1)]!];
  return low + (at - below) * (high - low);
}

/**
 * Share of the variance of y that is due to x alone, its main effect: Var(E[y|x]) / Var(y), Sobol's index of first order. The
 * mean of y for a given x is taken over groups of neighbouring x; that these means differ by chance, too, is taken off (Kelley's
 * ε²), and what is below 0 then is 0.
 * @param group which group the x of each y is in
 * @param groups how many there are
 * @returns NaN where y does not vary, or no group has two numbers
 * @see I. M. Sobol', Sensitivity estimates for nonlinear mathematical models (1993); E. Plischke, E. Borgonovo & C. L. Smith,
 * Global sensitivity measures from given data (2013), doi:10.1016/j.ejor.2012.11.047; T. L. Kelley, An unbiased correlation ratio
 * measure (1935), doi:10.1073/pnas.21.9.554
 */
export function mainEffect(y: readonly number[], group: readonly number[], groups: number): number {
  const n = y.length;
  const [sums, counts] = [new Float64Array(groups), new Float64Array(groups)];
  for (let k = 0; k < n; k++) {
    sums[group[k]!]! += y[k]!;
    counts[group[k]!]!++;
  }
  const occupied = counts.filter((count) => count > 0).length;
  const mean = y.reduce((sum, value) => sum + value, 0) / n;
  const total = y.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  // Rounding alone makes numbers that are all the same vary.
  if (n <= occupied || !(total > n * (1e-14 * mean) ** 2)) return Number.NaN;
  const within = y.reduce((sum, value, k) => sum + (value - sums[group[k]!]! / counts[group[k]!]!) ** 2, 0);
  return Math.max(0, 1 - within / (n - occupied) / (total / (n - 1)));
}
