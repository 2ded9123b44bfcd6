/** Filters of one projection in the frequencies; runs in the threads. */
import { fft2, frequency, powerOfTwo } from "../compute/fft.js";
import type { PlaneTask } from "./plane-threads.js";

/** Single-distance phase retrieval of one transmission. */
export interface PaganinTask extends PlaneTask {
  /** Damping at frequencies along rows and columns: 1 / (1 + y·fy² + x·fx²), f in cycles a pixel. */
  readonly damping: readonly [y: number, x: number];
  readonly least: number;
}

/** Absorbance of one material. */
export function retrieve(task: PaganinTask): Float32Array {
  const { damping, least } = task;
  const low = filtered(task, (fy, fx) => 1 / (1 + damping[0] * fy * fy + damping[1] * fx * fx));
  return low.map((value) => -Math.log(Math.max(value, least)));
}

/**
 * Multiplies a plane's spectrum by an even response. The plane is continued by its mirror image, so that nothing comes in
 * from the opposite edge.
 */
export function filtered(task: PlaneTask, response: (fy: number, fx: number) => number): Float32Array {
  const { plane, height, width } = task;
  const mirrored = mirror(plane, height, width);
  const { re, im, rows, columns } = mirrored;
  fft2(re, im, rows, columns);
  for (let y = 0, k = 0; y < rows; y++)
    for (let x = 0; x < columns; x++, k++) {
      const factor = response(frequency(y, rows), frequency(x, columns));
      re[k]! *= factor;
      im[k]! *= factor;
    }
  fft2(re, im, rows, columns, true);
  return crop(re, columns, height, width);
}

/** The plane and its mirror images in an image twice as large, which joins itself at all edges. */
function mirror(
  plane: Float32Array,
  height: number,
  width: number,
): { re: Float64Array; im: Float64Array; rows: number; columns: number } {
  const [rows, columns] = [2 * height, 2 * width];
  const re = new Float64Array(rows * columns);
  for (let y = 0; y < rows; y++)
    for (let x = 0; x < columns; x++)
      re[y * columns + x] = plane[(y < height ? y : rows - 1 - y) * width + (x < width ? x : columns - 1 - x)]!;
  return { re, im: new Float64Array(rows * columns), rows, columns };
}

function crop(values: Float64Array, columns: number, height: number, width: number): Float32Array {
  const out = new Float32Array(height * width);
  for (let y = 0; y < height; y++) out.set(values.subarray(y * columns, y * columns + width), y * width);
  return out;
}

/** Correction of one Zernike phase contrast image. */
export interface ZernikeTask extends PlaneTask {
  /** Frequencies below it, in cycles a pixel, pass the plate. */
  readonly cutoff: number;
  /** Amplitude that the plate lets pass. */
  readonly plate: number;
  /** Price of a phase that is not 0, over the largest one in the image. */
  readonly sparsity: number;
  readonly iterations: number;
}

/**
 * Phase of a thin object of positive phase in an empty field, in radians: of all that are nowhere negative and 0 beyond the
 * field, the one whose image differs least, with little phase where it is as good. Projected gradients, accelerated as by Beck and Teboulle.
 */
export function restorePhase({ plane, height, width, cutoff, plate, sparsity, iterations }: ZernikeTask): Float32Array {
  const [rows, columns] = [powerOfTwo(height + 16), powerOfTwo(width + 16)];
  const lost = new Uint8Array(rows * columns);
  for (let y = 0, k = 0; y < rows; y++)
    for (let x = 0; x < columns; x++, k++)
      lost[k] = Math.hypot(frequency(y, rows), frequency(x, columns)) <= cutoff ? 1 : 0;
  const re = new Float64Array(rows * columns);
  const im = new Float64Array(rows * columns);
  // Takes away what the plate swallows, and what lies beyond the field.
  const passed = (values: Float64Array): void => {
    re.fill(0);
    im.fill(0);
    for (let y = 0; y < height; y++) re.set(values.subarray(y * width, (y + 1) * width), y * columns);
    fft2(re, im, rows, columns);
    for (let k = 0; k < lost.length; k++) if (lost[k] === 1) re[k] = im[k] = 0;
    fft2(re, im, rows, columns, true);
    for (let y = 0; y < height; y++) values.set(re.subarray(y * columns, y * columns + width), y * width);
  };
  const count = height * width;
  let phase = new Float64Array(count);
  const ahead = new Float64Array(count);
  const misfit = new Float64Array(count);
  for (let k = 0; k < count; k++) misfit[k] = (plate / 2) * (plane[k]! - 1);
  passed(misfit);
  const least = sparsity * misfit.reduce((most, value) => Math.max(most, value), 0);
  for (let n = 0, momentum = 1; n < iterations; n++) {
    misfit.set(ahead);
    passed(misfit);
    for (let k = 0; k < count; k++) misfit[k]! -= (plate / 2) * (plane[k]! - 1);
    passed(misfit);
    const next = ahead.map((value, k) => Math.max(0, value - misfit[k]! - least));
    const faster = (1 + Math.sqrt(1 + 4 * momentum * momentum)) / 2;
    for (let k = 0; k < count; k++) ahead[k] = next[k]! + ((momentum - 1) / faster) * (next[k]! - phase[k]!);
    momentum = faster;
    phase = next;
  }
  return Float32Array.from(phase);
}
