/**
 * Random numbers by counting: each is a function of a seed and of where it is used, so that a simulated volume has the
 * same voxels in whatever bricks and order it is made.
 */
import { mix, STEP } from "../core/random.js";

/** The `k`-th number in (0, 1) that belongs to `key`. */
export const uniform = (key: number, k: number): number => (mix(key + Math.imul(k + 1, STEP)) + 0.5) / 2 ** 32;

/** A standard normal number of two uniform ones (G. Box & M. Muller 1958, doi:10.1214/aoms/1177706645). */
export const normal = (key: number, k: number): number =>
  Math.sqrt(-2 * Math.log(uniform(key, k))) * Math.cos(2 * Math.PI * uniform(key, k + 1));

const LOG_FACTORIAL = Float64Array.from({ length: 16 }, (_, n) => {
  let sum = 0;
  for (let k = 2; k <= n; k++) sum += Math.log(k);
  return sum;
});

/** ln n!, by Stirling's series from 16 on: right to 1e-12. */
function logFactorial(n: number): number {
  if (n < 16) return LOG_FACTORIAL[n]!;
  const x = n + 1;
  const inverse = 1 / x;
  const series = inverse * (1 / 12 - inverse * inverse * (1 / 360 - inverse * inverse * (1 / 1260)));
  return (x - 0.5) * Math.log(x) - x + 0.9189385332046727 + series;
}

/**
 * A Poisson number of the given mean: by inversion below 10, else by transformed rejection, exact as well.
 * @param row two keys of the voxel's row, 64 bits, so that no two rows of a large volume share their noise
 * @param x position in the row
 * @see W. Hörmann, The transformed rejection method for generating Poisson random variables (1993),
 * doi:10.1016/0167-6687(93)90997-4, algorithm PTRS
 */
export function poisson(mean: number, row: readonly [number, number], x: number): number {
  const key = mix(row[0] + Math.imul(x, STEP)) ^ row[1];
  if (mean < 10) {
    let rest = uniform(key, 0);
    let share = Math.exp(-mean);
    // The shares sum to 1 within rounding; the bound ends the sum where the number drawn is beyond them.
    for (let n = 0; n < 200; n++) {
      if (rest < share) return n;
      rest -= share;
      share *= mean / (n + 1);
    }
    return 200;
  }
  const b = 0.931 + 2.53 * Math.sqrt(mean);
  const a = -0.059 + 0.02483 * b;
  const accept = 0.9277 - 3.6224 / (b - 2);
  for (let k = 0; ; k += 2) {
    const u = uniform(key, k) - 0.5;
    const v = uniform(key, k + 1);
    const us = 0.5 - Math.abs(u);
    const n = Math.floor(((2 * a) / us + b) * u + mean + 0.43);
    if (us >= 0.07 && v <= accept) return n;
    if (n < 0 || (us < 0.013 && v > us)) continue;
    const scale = Math.log((v * (1.1239 + 1.1328 / (b - 3.4))) / (a / (us * us) + b));
    if (scale <= n * Math.log(mean) - mean - logFactorial(n)) return n;
  }
}
