/** Student's distribution: what a mean of few numbers can be. */

/** Logarithm of the gamma function, to 1e-13. @see C. Lanczos (1964), doi:10.1137/0701008 */
export function logGamma(x: number): number {
  const series = [
    676.5203681218851, -1259.1392167224028, 771.3234287776531, -176.6150291621406, 12.507343278686905,
    -0.13857109526572012, 9.984369578019572e-6, 1.5056327351493116e-7,
  ];
  if (x < 0.5) return Math.log(Math.PI / Math.abs(Math.sin(Math.PI * x))) - logGamma(1 - x);
  const t = x + 6.5;
  const sum = series.reduce((total, value, k) => total + value / (x + k), 0.9999999999998099);
  return 0.5 * Math.log(2 * Math.PI) + (x - 0.5) * Math.log(t) - t + Math.log(sum);
}

/** The regularised incomplete beta function, by its continued fraction (Lentz). */
function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  // The fraction converges fast below this, and the function is symmetric.
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a);
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x)) / a;
  const tiny = 1e-300;
  let [c, d, fraction] = [1, 0, 1];
  for (let k = 0; k <= 1000; k++) {
    const m = k >> 1;
    const term =
      k === 0
        ? 1
        : k % 2 === 0
          ? (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m))
          : (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 + term * d;
    d = 1 / (Math.abs(d) < tiny ? tiny : d);
    c = 1 + term / c;
    if (Math.abs(c) < tiny) c = tiny;
    fraction *= c * d;
    if (k > 0 && Math.abs(1 - c * d) < 1e-15) break;
  }
  return front * (fraction - 1);
}

/**
 * The chance that a number of Student's distribution is farther from 0 than `t`, on either side: what a t-test gives.
 * @param freedom degrees of freedom, above 0; infinite: the normal distribution
 */
export function beyondStudent(t: number, freedom: number): number {
  if (Number.isNaN(t) || !(freedom > 0)) return Number.NaN;
  if (!Number.isFinite(t)) return 0;
  // Above it the difference to the normal distribution is below 1e-7; beta functions of such numbers cost digits.
  const n = Math.min(freedom, 1e7);
  return incompleteBeta(n / (n + t * t), n / 2, 0.5);
}

/** How far from 0 numbers of Student's distribution are with a chance of `confidence`: 1.96 of 95 % for infinitely many degrees of freedom. */
export function studentFactor(confidence: number, freedom: number): number {
  if (!(freedom > 0)) return Number.NaN;
  let [low, high] = [0, 1];
  while (beyondStudent(high, freedom) > 1 - confidence && high < 1e300) high *= 2;
  for (let k = 0; k < 200 && high - low > 1e-13 * high; k++) {
    const middle = (low + high) / 2;
    if (beyondStudent(middle, freedom) > 1 - confidence) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** Number, mean and standard deviation (divided by n − 1) of a group. */
export interface Group {
  readonly n: number;
  readonly mean: number;
  readonly deviation: number;
}

/**
 * Welch's test: are the means of two groups different, whose deviations may differ, too?
 * @see B. L. Welch (1947), doi:10.1093/biomet/34.1-2.28
 */
export function welchTest(one: Group, other: Group): { difference: number; t: number; freedom: number; p: number } {
  const difference = other.mean - one.mean;
  const [a, b] = [one.deviation ** 2 / one.n, other.deviation ** 2 / other.n];
  if (one.n < 2 || other.n < 2) return { difference, t: Number.NaN, freedom: Number.NaN, p: Number.NaN };
  const t = difference / Math.sqrt(a + b);
  const freedom = (a + b) ** 2 / (a ** 2 / (one.n - 1) + b ** 2 / (other.n - 1));
  // Two groups that do not vary at all: they differ, or they do not.
  if (a + b === 0) return { difference, t, freedom: one.n + other.n - 2, p: difference === 0 ? 1 : 0 };
  return { difference, t, freedom, p: beyondStudent(t, freedom) };
}

/**
 * Chances of several tests, each raised so that together they are wrong no more often than one. NaN stays and counts for none.
 * @see S. Holm (1979), https://www.jstor.org/stable/4615733
 */
export function holm(chances: readonly number[]): number[] {
  const order = [...chances.keys()].filter((k) => !Number.isNaN(chances[k])).sort((a, b) => chances[a]! - chances[b]!);
  const out = chances.map(() => Number.NaN);
  let most = 0;
  for (const [rank, k] of order.entries()) {
    most = Math.max(most, Math.min(1, chances[k]! * (order.length - rank)));
    out[k] = most;
  }
  return out;
}
