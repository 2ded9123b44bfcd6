/** Reconstruction and projection of one slice; runs in the threads. */
import { filterRows, type RampWindow } from "./ramp-filter.js";

/** A sinogram to reconstruct; angles in radians. */
export interface BackProjectionTask {
  readonly sinogram: Float32Array;
  readonly columns: number;
  readonly angles: Float64Array;
  /** Share of the half turn that each projection stands for; they sum to 1. */
  readonly weights: Float64Array;
  /** Column of the axis of rotation. */
  readonly centre: number;
  readonly window: RampWindow;
  /** Pixels of the slice along each side. */
  readonly size: number;
  readonly circle: boolean;
}

/** Rows of the slice that stay in the cache while all projections are smeared over them. */
const BLOCK = 16;

/** Filtered back projection of one sinogram, with linear interpolation between columns. */
export function reconstructSlice(task: BackProjectionTask): Float32Array {
  const { columns, angles, weights, centre, size } = task;
  const filtered = filterRows(task.sinogram, columns, task.window);
  const out = new Float32Array(size * size);
  const middle = (size - 1) / 2;
  const last = columns - 1;
  for (let top = 0; top < size; top += BLOCK)
    for (const [a, angle] of angles.entries()) {
      const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
      const weight = (Math.PI / 2) * weights[a]!;
      const row = a * columns;
      for (let y = top; y < Math.min(size, top + BLOCK); y++) {
        const start = centre - middle * cos - (y - middle) * sin;
        const [from, to] = inside(start, cos, last, size);
        for (let x = from, k = y * size + from; x < to; x++, k++) {
          const s = start + x * cos;
          // Rounding may leave the first column by a hair: towards zero it is still 0.
          const column = s | 0;
          const near = row + column;
          const value = filtered[near]!;
          // At the last column there is no neighbour, and no need of one.
          const next = column < last ? filtered[near + 1]! : value;
          out[k]! += weight * (value + (s - column) * (next - value));
        }
      }
    }
  if (task.circle) cutCircle(out, size, Math.min(centre, last - centre));
  return out;
}

/** The outermost pixels of the circle lie on the outermost columns, but for rounding. */
const HAIR = 1e-9;

/** Where `start + x·step` lies from 0 to `last`, x from 0 to `count`. */
function inside(start: number, step: number, last: number, count: number): [from: number, to: number] {
  const within = (s: number): boolean => s >= -HAIR && s <= last + HAIR;
  if (Math.abs(step) < 1e-12) return within(start) ? [0, count] : [0, 0];
  const [a, b] = step > 0 ? [-start / step, (last - start) / step] : [(last - start) / step, -start / step];
  let from = Math.max(0, Math.ceil(a) - 1);
  let to = Math.min(count, Math.floor(b) + 2);
  while (from < to && !within(start + from * step)) from++;
  while (from < to && !within(start + (to - 1) * step)) to--;
  return [from, to];
}

/** Sets what is outside a circle around the middle to 0. */
function cutCircle(slice: Float32Array, size: number, radius: number): void {
  const middle = (size - 1) / 2;
  for (let y = 0; y < size; y++)
    for (let x = 0; x < size; x++)
      if ((y - middle) ** 2 + (x - middle) ** 2 > radius * radius + HAIR) slice[y * size + x] = 0;
}

/** A slice to project; angles in radians. */
export interface ForwardTask {
  readonly slice: Float32Array;
  readonly height: number;
  readonly width: number;
  readonly angles: Float64Array;
  readonly columns: number;
  readonly centre: number;
}

/** Line integrals through a slice: samples one pixel apart along each ray, bilinear; 0 outside. */
export function projectSlice(task: ForwardTask): Float32Array {
  const { slice, height, width, angles, columns, centre } = task;
  const out = new Float32Array(angles.length * columns);
  const [middleY, middleX] = [(height - 1) / 2, (width - 1) / 2];
  const steps = Math.ceil(Math.hypot(height, width) / 2) + 1;
  const at = (y: number, x: number): number =>
    y >= 0 && y < height && x >= 0 && x < width ? slice[y * width + x]! : 0;
  for (const [a, angle] of angles.entries()) {
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
    for (let column = 0; column < columns; column++) {
      const s = column - centre;
      let sum = 0;
      for (let t = -steps; t <= steps; t++) {
        const x = middleX + s * cos + t * sin;
        const y = middleY - s * sin + t * cos;
        if (x <= -1 || y <= -1 || x >= width || y >= height) continue;
        const [x0, y0] = [Math.floor(x), Math.floor(y)];
        const [u, v] = [x - x0, y - y0];
        sum +=
          (1 - v) * ((1 - u) * at(y0, x0) + u * at(y0, x0 + 1)) +
          v * ((1 - u) * at(y0 + 1, x0) + u * at(y0 + 1, x0 + 1));
      }
      out[a * columns + column] = sum;
    }
  }
  return out;
}
