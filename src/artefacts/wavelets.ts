/** Discrete wavelet transform of images with symmetric borders (`b a | a b`), as PyWavelets has it. */

/** Low-pass filter of Daubechies' wavelet with nine vanishing moments (Ten Lectures on Wavelets, 1992), reversed. */
const DB9 = [
  3.93473203162716e-5, -0.0002519631889427101, 0.00023038576352319597, 0.0018476468830562265, -0.00428150368246343,
  -0.004723204757751397, 0.022361662123679096, 0.00025094711483145197, -0.06763282906132997, 0.03072568147933338,
  0.14854074933810638, -0.09684078322297646, -0.2932737832791749, 0.13319738582500756, 0.6572880780513005,
  0.6048231236901112, 0.24383467461259034, 0.038077947363878345,
];
const LENGTH = DB9.length;
const LOW = Float64Array.from(DB9);
const HIGH = Float64Array.from(DB9, (_, k) => (k % 2 === 0 ? -1 : 1) * DB9[LENGTH - 1 - k]!);

/** An image in C order. */
export interface Image {
  readonly values: Float64Array;
  readonly height: number;
  readonly width: number;
}

/** One level: the coarser image and its details: along rows (`across`), along columns (`down`) and both. */
export interface Level {
  readonly coarse: Image;
  readonly down: Image;
  readonly across: Image;
  readonly both: Image;
}

/** Coefficients of a line of `n` values. */
export const halved = (n: number): number => Math.floor((n + LENGTH - 1) / 2);

/** Filters and halves lines: `count` lines of `n` values, `step` apart, the lines themselves `next` apart. */
function analyse(image: Image, filter: Float64Array, rows: boolean): Image {
  const { values, height, width } = image;
  const n = rows ? width : height;
  const m = halved(n);
  const [outHeight, outWidth] = rows ? [height, m] : [m, width];
  const out = new Float64Array(outHeight * outWidth);
  const period = 2 * n;
  for (let k = 0; k < m; k++)
    for (let j = 0; j < LENGTH; j++) {
      const folded = (((2 * k + 1 - j) % period) + period) % period;
      const at = folded < n ? folded : period - 1 - folded;
      const weight = filter[j]!;
      if (rows) for (let y = 0; y < height; y++) out[y * m + k]! += weight * values[y * width + at]!;
      else for (let x = 0; x < width; x++) out[k * width + x]! += weight * values[at * width + x]!;
    }
  return { values: out, height: outHeight, width: outWidth };
}

/** Doubles lines and filters them, added to `out`; the reverse of {@link analyse}. */
function synthesise(image: Image, filter: Float64Array, rows: boolean, out: Image): void {
  const { values, height, width } = image;
  const m = rows ? width : height;
  const n = rows ? out.width : out.height;
  for (let k = 0; k < m; k++)
    for (let j = 0; j < LENGTH; j++) {
      // Synthesis filters are the analysis filters reversed; the first LENGTH − 2 values are border.
      const at = 2 * k + j - (LENGTH - 2);
      if (at < 0 || at >= n) continue;
      const weight = filter[LENGTH - 1 - j]!;
      if (rows) for (let y = 0; y < height; y++) out.values[y * n + at]! += weight * values[y * width + k]!;
      else for (let x = 0; x < width; x++) out.values[at * width + x]! += weight * values[k * width + x]!;
    }
}

/** One step of decomposition. */
export function decompose(image: Image): Level {
  const low = analyse(image, LOW, false);
  const high = analyse(image, HIGH, false);
  return {
    coarse: analyse(low, LOW, true),
    across: analyse(low, HIGH, true),
    down: analyse(high, LOW, true),
    both: analyse(high, HIGH, true),
  };
}

/** The image of `height` × `width` that {@link decompose} took apart. */
export function recompose(level: Level, height: number, width: number): Image {
  const empty = (h: number, w: number): Image => ({ values: new Float64Array(h * w), height: h, width: w });
  const { height: rows } = level.across;
  const low = empty(rows, width);
  const high = empty(rows, width);
  synthesise(level.coarse, LOW, true, low);
  synthesise(level.across, HIGH, true, low);
  synthesise(level.down, LOW, true, high);
  synthesise(level.both, HIGH, true, high);
  const out = empty(height, width);
  synthesise(low, LOW, false, out);
  synthesise(high, HIGH, false, out);
  return out;
}
