/** Quantiles of the distributions by which intervals are told. */

/** Logarithm of the gamma function (Lanczos' series of nine terms). */
function logGamma(x: number): number {
  const series = [
    676.5203681218851, -1259.1392167224028, 771.3234287776531, -176.6150291621406, 12.507343278686905,
    -0.13857109526572012, 9.984369578019572e-6, 1.5056327351493116e-7,
  ];
  let sum = 0.9999999999998099;
  for (const [k, term] of series.entries()) sum += term / (x + k);
  const t = x + series.length - 1.5;
  return 0.5 * Math.log(2 * Math.PI) + (x - 0.5) * Math.log(t) - t + Math.log(sum);
}

/** Regularised incomplete beta function by its continued fraction (Lentz). */
function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a);
  const front = Math.exp(a * Math.log(x) + b * Math.log(1 - x) + logGamma(a + b) - logGamma(a) - logGamma(b)) / a;
  const tiny = 1e-300;
  let [c, d] = [1, 0];
  let fraction = 1;
  for (let k = 0; k < 500; k++) {
    const m = k >> 1;
    const term =
      k === 0
        ? 1
        : k % 2 === 0
          ? (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m))
          : (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = (1 / Math.max(tiny, Math.abs(1 + term * d))) * Math.sign(1 + term * d || 1);
    c = 1 + term / c;
    if (Math.abs(c) < tiny) c = tiny;
    fraction *= c * d;
    if (k > 0 && Math.abs(1 - c * d) < 1e-14) break;
  }
  return front * (fraction - 1);
}

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

/** What Student's t of so many degrees of freedom stays within, on both sides, with a probability. */
export function studentWithin(probability: number, degrees: number): number {
  const within = (t: number): number => 1 - incompleteBeta(degrees / (degrees + t * t), degrees / 2, 0.5);
  return solved(within, probability, 0, 1e6);
}

/** What chi-squared of so many degrees of freedom stays below with a probability. */
export const chiSquaredBelow = (probability: number, degrees: number): number =>
  solved((x) => incompleteGamma(degrees / 2, x / 2), probability, 0, 10 * degrees + 100);
