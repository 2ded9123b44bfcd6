/** Removal of stripes from one sinogram by wavelets and Fourier transforms (Münch 2009); runs in the threads. */
import { fft, frequency, inverseFft } from "../compute/fft.js";
import type { StripeTask } from "./stripe-sorting.js";
import { decompose, type Image, type Level, recompose } from "./wavelets.js";

export interface WaveletTask extends StripeTask {
  readonly levels: number;
  /** Standard deviation of the damping, in Fourier coefficients along the angles. */
  readonly sigma: number;
}

/** How many levels an image of this size has at most. */
export const mostLevels = (rows: number, columns: number): number =>
  Math.max(0, Math.floor(Math.log2(Math.min(rows, columns) / 16)));

/** Damps what is constant along the angles in the details across the columns, level by level. */
export function removeWavelet({ sinogram, columns, levels, sigma }: WaveletTask): Float32Array {
  const rows = sinogram.length / columns;
  const pad = Math.min(150, Math.floor(0.1 * Math.min(rows, columns)));
  let image = padded(sinogram, rows, columns, pad);
  const taken: { level: Level; height: number; width: number }[] = [];
  const most = mostLevels(image.height, image.width);
  for (let k = 0; k < Math.min(levels, most); k++) {
    const level = decompose(image);
    damp(level.across, sigma);
    taken.push({ level, height: image.height, width: image.width });
    image = level.coarse;
  }
  for (const { level, height, width } of taken.reverse()) image = recompose({ ...level, coarse: image }, height, width);
  const out = new Float32Array(sinogram.length);
  for (let y = 0; y < rows; y++) {
    const start = (y + pad) * image.width + pad;
    out.set(image.values.subarray(start, start + columns), y * columns);
  }
  return out;
}

/** Rows continued by the mean of each column, columns by their outermost values. */
function padded(sinogram: Float32Array, rows: number, columns: number, pad: number): Image {
  const [height, width] = [rows + 2 * pad, columns + 2 * pad];
  const values = new Float64Array(height * width);
  const means = new Float64Array(columns);
  for (let k = 0; k < sinogram.length; k++) means[k % columns]! += sinogram[k]! / rows;
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const column = Math.min(columns - 1, Math.max(0, x - pad));
      const row = y - pad;
      values[y * width + x] = row < 0 || row >= rows ? means[column]! : sinogram[row * columns + column]!;
    }
  return { values, height, width };
}

/** Multiplies the spectrum along the columns of an image by 1 − exp(−v²/2σ²). */
function damp({ values, height, width }: Image, sigma: number): void {
  const weights = Float64Array.from({ length: height }, (_, k) => {
    const v = frequency(k, height) * height;
    return 1 - Math.exp((-v * v) / (2 * sigma * sigma));
  });
  const re = new Float64Array(height);
  const im = new Float64Array(height);
  for (let x = 0; x < width; x += 2) {
    const pair = x + 1 < width;
    for (let y = 0; y < height; y++) {
      re[y] = values[y * width + x]!;
      im[y] = pair ? values[y * width + x + 1]! : 0;
    }
    fft(re, im);
    for (let k = 0; k < height; k++) {
      re[k]! *= weights[k]!;
      im[k]! *= weights[k]!;
    }
    inverseFft(re, im);
    for (let y = 0; y < height; y++) {
      values[y * width + x] = re[y]!;
      if (pair) values[y * width + x + 1] = im[y]!;
    }
  }
}
