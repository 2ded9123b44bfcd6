/** The cup of a scan as what is left of its mean plane after a wide Gaussian. */
import { watched } from "../compute/progress.js";
import { MissingData } from "../core/errors.js";
import type { RunOptions } from "../core/options.js";
import type { Volume } from "../core/volume.js";
import { eachPlane } from "./plane-wise.js";

/** Planes are averaged in blocks so that σ is about so many of them: a wide Gaussian needs no fine grid. */
const FINE = 8;

/**
 * Factors, one a pixel, of mean 1 over the mask: the mean of all planes after a Gaussian of standard deviation `sigma`,
 * in which only voxels inside the mask count.
 */
export async function lowPassFactors(
  caller: string,
  volume: Volume,
  sigma: number,
  zero: number,
  options: Pick<RunOptions, "mask" | "signal" | "onProgress">,
): Promise<Float32Array> {
  const { mask } = options;
  const [depth, height, width] = volume.shape;
  const block = Math.max(1, Math.floor(sigma / FINE));
  const [rows, columns] = [Math.ceil(height / block), Math.ceil(width / block)];
  const sums = new Float64Array(rows * columns);
  const counts = new Float64Array(rows * columns);
  await watched(caller, depth, options, ({ signal, step }) =>
    eachPlane(volume, signal, async (plane, z) => {
      const inside = mask && (await mask.plane("z", z)).values;
      for (let y = 0, k = 0; y < height; y++) {
        const row = Math.floor(y / block) * columns;
        for (let x = 0; x < width; x++, k++) {
          const value = plane[k]!;
          if (Number.isNaN(value) || inside?.[k] === 0) continue;
          const at = row + Math.floor(x / block);
          sums[at]! += value - zero;
          counts[at]!++;
        }
      }
      step();
    }),
  );
  const total = counts.reduce((a, b) => a + b, 0);
  const mean = sums.reduce((a, b) => a + b, 0) / total;
  if (!(total > 0) || !(mean > 0))
    throw new MissingData(
      `${caller}: inside the mask the mean is not above the grey value of no attenuation, ${zero}; check the mask and \`zero\``,
    );
  const [top, bottom] = [blurred(sums, rows, columns, sigma / block), blurred(counts, rows, columns, sigma / block)];
  // Far outside the mask nothing is known: nothing is changed there.
  const coarse = top.map((sum, k) => (bottom[k]! > 1e-9 * total ? sum / bottom[k]! / mean : 1));
  let weighted = 0;
  for (let k = 0; k < coarse.length; k++) weighted += (coarse[k]! * counts[k]!) / total;
  const out = new Float32Array(height * width);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const factor = between(coarse, rows, columns, (y + 0.5) / block - 0.5, (x + 0.5) / block - 0.5) / weighted;
      out[y * width + x] = Math.min(5, Math.max(0.2, factor));
    }
  return out;
}

/** Gaussian along both axes, cut at 4 σ, nothing beyond the edges. */
function blurred(values: Float64Array, rows: number, columns: number, sigma: number): Float64Array {
  const half = Math.ceil(4 * sigma);
  const weights = Float64Array.from({ length: half + 1 }, (_, d) => Math.exp((-0.5 * d * d) / (sigma * sigma)));
  const along = (from: Float64Array, count: number, step: number, lines: number, next: number): Float64Array => {
    const out = new Float64Array(from.length);
    for (let line = 0; line < lines; line++)
      for (let k = 0; k < count; k++)
        for (let j = Math.max(0, k - half); j <= Math.min(count - 1, k + half); j++)
          out[line * next + k * step]! += weights[Math.abs(j - k)]! * from[line * next + j * step]!;
    return out;
  };
  return along(along(values, columns, 1, rows, columns), rows, columns, columns, 1);
}

function between(values: Float64Array, rows: number, columns: number, y: number, x: number): number {
  const [cy, cx] = [Math.min(rows - 1, Math.max(0, y)), Math.min(columns - 1, Math.max(0, x))];
  const [top, left] = [Math.floor(cy), Math.floor(cx)];
  const [bottom, right] = [Math.min(rows - 1, top + 1), Math.min(columns - 1, left + 1)];
  const [v, u] = [cy - top, cx - left];
  const at = (row: number, column: number): number => values[row * columns + column]!;
  return (
    (1 - v) * ((1 - u) * at(top, left) + u * at(top, right)) + v * ((1 - u) * at(bottom, left) + u * at(bottom, right))
  );
}
