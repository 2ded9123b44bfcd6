/** How much the mean of a field over a volume varies, from the field's own correlation. */
import type { Triple } from "../core/shape.js";
import type { Correlation } from "./correlate.js";

/** Correlations are nothing where they are below so many of their own standard errors. */
const NOISE = 2;
/** Diameter of the window over the lag at which correlation ends. */
const WINDOW = 3;

export interface IntegralRange {
  /** Mean of the field. */
  readonly mean: number;
  /** Variance of the mean over the volume. */
  readonly variance: number;
  /** How well that is known: degrees of freedom of a chi-squared distribution. */
  readonly degrees: number;
  /** Edge of a cube (a square of a plane) whose content varies as one independent voxel would, in the shortest edge of a voxel. */
  readonly range: number;
}

/** Axes along which there is more than one voxel. */
export const dimensionsOf = (shape: Triple): number => Math.max(1, shape.filter((n) => n > 1).length);

/** The share of a ball of diameter 1 that it has in common with itself moved by `s`. */
function overlap(s: number, dimensions: number): number {
  if (s >= 1) return 0;
  if (dimensions === 1) return 1 - s;
  if (dimensions === 2) return (2 / Math.PI) * (Math.acos(s) - s * Math.sqrt(1 - s * s));
  return 1 - 1.5 * s + 0.5 * s ** 3;
}

/**
 * Var(mean) = Σ N(h) C(h) ⁄ V² over all lags h, N(h) the pairs that are so far apart and C their covariance. As the covariances that a
 * volume shows at large lags are noise, lags are weighted. With the overlap b(h ⁄ D) of balls of the diameter D it is the variance of
 * means over such balls, which is never negative, but too small by a term of 1 ⁄ D where correlation just dies away; 2 b(h ⁄ D) − b(2 h ⁄ D)
 * has that term no more (a window with a flat top, D. N. Politis & J. P. Romano 1995, doi:10.1111/j.1467-9892.1995.tb00223.x). The larger
 * one is taken: the first where particles keep their distance, so that much correlation is followed by as much of the other sign. D
 * is three times the lag from which on correlations are below twice their standard error (Politis 2003, doi:10.1081/ETC-120028836), or half
 * of the shortest side. As the mean that is taken off is that of the sample itself, covariances are too small by Var(mean), which is
 * put right.
 * @param found covariances, with shells of the width 1, up to half of the shortest side
 * @param steps distances of voxels
 */
export function integralRange(found: Correlation, steps: Triple, shape: Triple): IntegralRange {
  const { sum, squares, voxels, shells } = found;
  const mean = sum / voxels;
  const spread = squares / voxels - mean ** 2;
  const dimensions = dimensionsOf(shape);
  const cell = steps.reduce((product, step, k) => (shape[k]! > 1 ? product * step : product), 1);
  const covariances = shells.products;
  const most = shells.lags.length;
  const windowed = (weight: (k: number) => number): { variance: number; degrees: number } => {
    let [covariance, pairs, content] = [0, 0, 0];
    for (let k = 0; k < most; k++) {
      covariance += weight(k) * covariances[k]!;
      pairs += weight(k) * shells.pairs[k]!;
      content += weight(k) ** 2 * shells.lags[k]!;
    }
    // Of all pairs together nothing would be left.
    const left = Math.max(1e-3, 1 - pairs / voxels ** 2);
    // The sum over a window is known as well as the variance of so many independent numbers as windows fit into the volume.
    return { variance: covariance / voxels ** 2 / left, degrees: Math.max(1, voxels / content) };
  };
  const diameter = Math.min(most, WINDOW * endOfCorrelation(covariances, found, spread));
  const ball = (k: number): number => overlap((k + 0.5) / diameter, dimensions);
  const flat = (k: number): number => 2 * ball(k) - overlap((2 * k + 1) / diameter, dimensions);
  const [smooth, unbiased] = [windowed(ball), windowed(flat)];
  const best = smooth.variance > unbiased.variance ? smooth : unbiased;
  const range = Math.max(0, ((best.variance * voxels) / spread) * cell) ** (1 / dimensions);
  return { mean, ...best, variance: Math.max(0, best.variance), range };
}

/** The radius in shells from which on correlations are noise, for half as far again. */
function endOfCorrelation(covariances: Float64Array, { shells, voxels }: Correlation, spread: number): number {
  const correlations = covariances.map((covariance, k) => covariance / shells.pairs[k]! / spread);
  const most = correlations.length;
  let squares = 0;
  for (let k = 0; k < most; k++) {
    const error = Math.sqrt(squares / voxels);
    const end = Math.min(most, k + Math.max(3, Math.ceil(k / 2)));
    if (k > 0 && correlations.subarray(k, end).every((one) => !(Math.abs(one) > NOISE * error))) return k;
    squares += shells.lags[k]! * correlations[k]! ** 2;
  }
  return most;
}
