/** What Fourier shell correlation is made of: sums over the shells of two boxes' transforms. */
import { fft, fft2, frequency } from "../compute/fft.js";
import type { Shape, Triple } from "../core/shape.js";

/** Shell k holds the frequencies nearest to k·width, in cycles a voxel; up to ½. */
export interface Shells {
  readonly width: number;
  /** Sums of Re(A·B*), |A|² and |B|². */
  readonly cross: Float64Array;
  readonly first: Float64Array;
  readonly second: Float64Array;
  /** Coefficients that are independent of each other: one of each conjugate pair, fewer for the window's sake. */
  readonly independent: Float64Array;
}

export function emptyShells(count: number): Shells {
  const zeros = (): Float64Array => new Float64Array(count + 1);
  return { width: 0.5 / count, cross: zeros(), first: zeros(), second: zeros(), independent: zeros() };
}

/** Share of coefficients that a Hann window leaves independent along an axis, (Σw²)²/(n·Σw⁴). */
const HANN = 18 / 35;

const hann = (k: number, n: number): number => (n === 1 ? 1 : 0.5 - 0.5 * Math.cos((2 * Math.PI * (k + 0.5)) / n));

/**
 * Adds two boxes of the same size. Each is freed of its mean and fades to its faces (Hann), for a box repeats itself in the eyes
 * of the transform, and the step between opposite faces would correlate.
 * @param scale voxel sizes over that along x; frequencies are in cycles a voxel along x
 */
export function addBoxes(
  shells: Shells,
  first: ArrayLike<number>,
  second: ArrayLike<number>,
  size: Shape,
  scale: Triple,
): void {
  const [depth, height, width] = size;
  const re = faded(first, size);
  const im = faded(second, size);
  for (let z = 0, plane = height * width; z < depth; z++) {
    const part = (all: Float64Array): Float64Array => all.subarray(z * plane, (z + 1) * plane);
    if (height === 1) fft(part(re), part(im));
    else fft2(part(re), part(im), height, width);
  }
  if (depth > 1) alongZ(re, im, size);
  const share = size.reduce((product, n) => (n === 1 ? product : product * HANN), 0.5);
  const last = shells.cross.length - 1;
  for (let z = 0, k = 0; z < depth; z++)
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++, k++) {
        const at = Math.hypot(
          frequency(z, depth) / scale[0],
          frequency(y, height) / scale[1],
          frequency(x, width) / scale[2],
        );
        const shell = Math.round(at / shells.width);
        if (shell > last) continue;
        const m = (((depth - z) % depth) * height + ((height - y) % height)) * width + ((width - x) % width);
        // One transform of first + i·second: A = (Z(k) + Z*(−k))/2, B = (Z(k) − Z*(−k))/2i.
        const [ar, ai] = [(re[k]! + re[m]!) / 2, (im[k]! - im[m]!) / 2];
        const [br, bi] = [(im[k]! + im[m]!) / 2, (re[m]! - re[k]!) / 2];
        shells.cross[shell]! += ar * br + ai * bi;
        shells.first[shell]! += ar * ar + ai * ai;
        shells.second[shell]! += br * br + bi * bi;
        shells.independent[shell]! += share;
      }
}

/** A box as numbers, NaN being its mean, without its mean and times the window. */
function faded(values: ArrayLike<number>, [depth, height, width]: Shape): Float64Array {
  let sum = 0;
  let count = 0;
  for (let k = 0; k < values.length; k++)
    if (!Number.isNaN(values[k])) {
      sum += values[k]!;
      count++;
    }
  const mean = count === 0 ? 0 : sum / count;
  const columns = Float64Array.from({ length: width }, (_, x) => hann(x, width));
  const out = new Float64Array(values.length);
  for (let z = 0, k = 0; z < depth; z++)
    for (let y = 0; y < height; y++) {
      const weight = hann(z, depth) * hann(y, height);
      for (let x = 0; x < width; x++, k++)
        out[k] = Number.isNaN(values[k]) ? 0 : weight * columns[x]! * (values[k]! - mean);
    }
  return out;
}

function alongZ(re: Float64Array, im: Float64Array, [depth, height, width]: Shape): void {
  const plane = height * width;
  const a = new Float64Array(depth);
  const b = new Float64Array(depth);
  for (let k = 0; k < plane; k++) {
    for (let z = 0; z < depth; z++) {
      a[z] = re[z * plane + k]!;
      b[z] = im[z * plane + k]!;
    }
    fft(a, b);
    for (let z = 0; z < depth; z++) {
      re[z * plane + k] = a[z]!;
      im[z * plane + k] = b[z]!;
    }
  }
}
