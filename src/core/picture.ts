import type { Voxels } from "./dtype.js";

/** The grey values between which `share` and 1 − `share` of the values lie, from a sorted sample; NaN is left out. */
export function percentileWindow(values: Voxels, share = 0.005): [low: number, high: number] {
  const step = Math.max(1, Math.floor(values.length / 16384));
  const sample: number[] = [];
  for (let i = 0; i < values.length; i += step) if (Number.isFinite(values[i]!)) sample.push(values[i]!);
  if (sample.length === 0) return [0, 1];
  sample.sort((a, b) => a - b);
  const low = sample[Math.floor(share * (sample.length - 1))]!;
  const high = sample[Math.ceil((1 - share) * (sample.length - 1))]!;
  return low < high ? [low, high] : [low, low + 1];
}

/** A plane of values as 8-bit grey between two values; NaN is black. */
export function greyPicture(values: Voxels, window = percentileWindow(values)): Uint8ClampedArray {
  const [low, high] = window;
  const scale = 255 / (high - low);
  const out = new Uint8ClampedArray(values.length);
  for (let i = 0; i < values.length; i++) out[i] = (values[i]! - low) * scale;
  return out;
}

/** A plane reduced by whole-number steps (nearest voxel) until neither side is longer than `longest`. */
export function shrunk(
  values: Voxels,
  height: number,
  width: number,
  longest: number,
): { values: Voxels; height: number; width: number } {
  const step = Math.max(1, Math.ceil(Math.max(height, width) / longest));
  if (step === 1) return { values, height, width };
  const rows = Math.ceil(height / step);
  const columns = Math.ceil(width / step);
  const out = values.slice(0, rows * columns);
  for (let y = 0; y < rows; y++)
    for (let x = 0; x < columns; x++) out[y * columns + x] = values[y * step * width + x * step]!;
  return { values: out, height: rows, width: columns };
}
