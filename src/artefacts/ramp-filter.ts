/** The filter of filtered back projection. */
import { fft, frequency, inverseFft, powerOfTwo } from "../compute/fft.js";

/** Window over the ramp: none, the sinc of a pixel, or a cosine bell. */
export type RampWindow = "ram-lak" | "shepp-logan" | "hann";
export const RAMP_WINDOWS: readonly RampWindow[] = ["ram-lak", "shepp-logan", "hann"];

/**
 * Response of the ramp for padded rows. It is the transform of the ramp's samples in space, not |f| itself, which would
 * leave a bias (A. Kak & M. Slaney 1988, Principles of Computerized Tomographic Imaging, equation 61).
 */
export function rampResponse(length: number, window: RampWindow): Float64Array {
  const re = new Float64Array(length);
  const im = new Float64Array(length);
  re[0] = 0.25;
  for (let k = 1; k <= length / 2; k += 2) re[k] = re[length - k] = -1 / (Math.PI * k) ** 2;
  fft(re, im);
  return re.map((value, k) => {
    const f = frequency(k, length);
    const sinc = f === 0 ? 1 : Math.sin(Math.PI * f) / (Math.PI * f);
    const weight = window === "ram-lak" ? 1 : window === "shepp-logan" ? sinc : 0.5 + 0.5 * Math.cos(2 * Math.PI * f);
    return 2 * value * weight;
  });
}

/** Filters each row of a sinogram, padded with zeros to at least twice its length. */
export function filterRows(sinogram: Float32Array, columns: number, window: RampWindow): Float32Array {
  const length = Math.max(64, powerOfTwo(2 * columns));
  const response = rampResponse(length, window);
  const re = new Float64Array(length);
  const im = new Float64Array(length);
  const out = new Float32Array(sinogram.length);
  const rows = sinogram.length / columns;
  // Two real rows make one complex one: the response is even, so they stay apart.
  for (let row = 0; row < rows; row += 2) {
    const [a, b] = [row * columns, (row + 1) * columns];
    re.fill(0);
    im.fill(0);
    re.set(sinogram.subarray(a, b));
    im.set(sinogram.subarray(b, b + columns));
    fft(re, im);
    for (let k = 0; k < length; k++) {
      re[k]! *= response[k]!;
      im[k]! *= response[k]!;
    }
    inverseFft(re, im);
    out.set(re.subarray(0, columns), a);
    if (row + 1 < rows) out.set(im.subarray(0, columns), b);
  }
  return out;
}
