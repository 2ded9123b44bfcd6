/** How much of the change between two pictures a third one shows. */

/** What the fit of one radiograph gives. */
export interface Mixing {
  /** 0: as the first picture, 1: as the second; NaN where these do not differ. */
  readonly fraction: number;
  /** Standard uncertainty of the fraction by noise. */
  readonly uncertainty: number;
  /** What was added to all pixels. */
  readonly offset: number;
  /** Root mean square of what is left, and the part of it that is noise from pixel to pixel. */
  readonly residual: number;
  readonly noise: number;
  /** What is left beside noise, over the root mean square of the change between the two. */
  readonly misfit: number;
  /** The misfit that noise alone would show in one of a thousand pictures: a smaller one cannot be told from none. */
  readonly hidden: number;
}

/**
 * Relative variance of the square of the noise, times pixels: 2 Σρ² over the correlations ρ of neighbouring second differences, along
 * both axes.
 */
const SPREAD = 2 * (1 + 2 * (4 / 6) ** 2 + 2 * (1 / 6) ** 2) ** 2;

/**
 * Least squares of `picture` ≈ first + fraction · (second − first) + offset.
 * @param offset whether one is looked for; else it is 0
 */
export function mixingOf(
  picture: ArrayLike<number>,
  first: ArrayLike<number>,
  second: ArrayLike<number>,
  [rows, columns]: readonly [number, number],
  offset: boolean,
): Mixing {
  const n = rows * columns;
  let [dMean, cMean] = [0, 0];
  if (offset) {
    for (let k = 0; k < n; k++) {
      dMean += second[k]! - first[k]!;
      cMean += picture[k]! - first[k]!;
    }
    dMean /= n;
    cMean /= n;
  }
  let [square, both, all] = [0, 0, 0];
  for (let k = 0; k < n; k++) {
    const change = second[k]! - first[k]!;
    const d = change - dMean;
    all += change * change;
    square += d * d;
    both += d * (picture[k]! - first[k]! - cMean);
  }
  const fraction = square > 0 ? both / square : Number.NaN;
  const shift = cMean - (square > 0 ? fraction * dMean : 0);
  const left = new Float64Array(n);
  let sum = 0;
  for (let k = 0; k < n; k++) {
    const mixed = square > 0 ? fraction * (second[k]! - first[k]!) : 0;
    left[k] = picture[k]! - first[k]! - mixed - shift;
    sum += left[k]! ** 2;
  }
  const residual = Math.sqrt(sum / n);
  const noise = Math.min(residual, noiseOf(left, rows, columns));
  return {
    fraction,
    uncertainty: square > 0 ? noise / Math.sqrt(square) : Number.NaN,
    offset: shift,
    residual,
    noise,
    misfit: Math.sqrt(Math.max(0, residual ** 2 - noise ** 2) / (all / n)),
    hidden: Math.sqrt((3 * noise ** 2 * Math.sqrt(SPREAD / n)) / (all / n)),
  };
}

/**
 * Standard deviation of noise that differs from pixel to pixel: what a mask of second differences, which no slope passes, leaves of
 * a picture. @see J. Immerkær (1996), doi:10.1006/cviu.1996.0060
 */
export function noiseOf(picture: Float64Array, rows: number, columns: number): number {
  let [sum, count] = [0, 0];
  const across = rows >= 3 ? [1, -2, 1] : [1];
  const along = columns >= 3 ? [1, -2, 1] : [1];
  for (let y = 0; y + across.length <= rows; y++)
    for (let x = 0; x + along.length <= columns; x++) {
      let value = 0;
      for (const [v, a] of across.entries())
        for (const [u, b] of along.entries()) value += a * b * picture[(y + v) * columns + x + u]!;
      sum += value * value;
      count++;
    }
  const gain = (across.length === 3 ? 6 : 1) * (along.length === 3 ? 6 : 1);
  return Math.sqrt(sum / Math.max(1, count) / gain);
}
