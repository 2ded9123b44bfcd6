/** A volume seen along parallel rays, on the CPU: the picture a notebook keeps, the first image of a page, and what is under the mouse. */
import type { Triple } from "../../src/core/shape.js";
import type { RenderMode, Turntable } from "../protocol/volume3d.js";
import type { Picture } from "./pictures.js";
import { UNIT } from "./transfer.js";
import { along, type Box, crossing, projector, type Size, type Vector } from "./turntable.js";

/** A volume as a byte a voxel. */
export interface ByteVolume {
  readonly values: Uint8Array;
  readonly shape: Triple;
  /** Size of one of its voxels along x, y, z. */
  readonly voxel: Vector;
  /** Labels are not mixed. */
  readonly labelled: boolean;
}

/** What a ray needs besides its place. */
export interface Rays {
  /** Red, green, blue and density of each byte, of `transferTable`. */
  readonly table: Float32Array;
  readonly mode: RenderMode;
  readonly lit: boolean;
  /** What is left to see. */
  readonly clip: Box;
}

export const BACKGROUND: Vector = [0.07, 0.08, 0.1];

/** The value at a place, between voxels linearly. */
export function sampleAt({ values, shape, voxel, labelled }: ByteVolume, [x, y, z]: Vector): number {
  const [depth, rows, columns] = shape;
  const [u, v, w] = [x / voxel[0] - 0.5, y / voxel[1] - 0.5, z / voxel[2] - 0.5];
  const bound = (n: number, most: number): number => (n < 0 ? 0 : n > most - 1 ? most - 1 : n);
  if (labelled) {
    const [i, j, k] = [bound(Math.round(u), columns), bound(Math.round(v), rows), bound(Math.round(w), depth)];
    return values[(k * rows + j) * columns + i]!;
  }
  const [a, b, c] = [bound(u, columns), bound(v, rows), bound(w, depth)];
  const [i, j, k] = [Math.floor(a), Math.floor(b), Math.floor(c)];
  const [fx, fy, fz] = [a - i, b - j, c - k];
  const at = (k * rows + j) * columns + i;
  const dx = i + 1 < columns ? 1 : 0;
  const dy = j + 1 < rows ? columns : 0;
  const dz = k + 1 < depth ? rows * columns : 0;
  const line = (n: number): number => values[n]! + (values[n + dx]! - values[n]!) * fx;
  const plane = (n: number): number => line(n) + (line(n + dy) - line(n)) * fy;
  return plane(at) + (plane(at + dz) - plane(at)) * fz;
}

const whole = ({ shape, voxel }: ByteVolume): Box => ({
  from: [0, 0, 0],
  to: [shape[2] * voxel[0], shape[1] * voxel[1], shape[0] * voxel[2]],
});

/** The part of a box that is inside another. */
const within = (a: Box, b: Box): Box => ({
  from: a.from.map((n, k) => Math.max(n, b.from[k]!)) as unknown as Vector,
  to: a.to.map((n, k) => Math.min(n, b.to[k]!)) as unknown as Vector,
});

/** How bright a place is under a lamp beside the reader: its slope against the ray. */
function light(volume: ByteVolume, place: Vector, toReader: Vector, table: Float32Array): number {
  const dense = (point: Vector): number => table[4 * Math.round(sampleAt(volume, point)) + 3]!;
  const slope = [0, 1, 2].map((k) => {
    const side: Vector = [k === 0 ? volume.voxel[0] : 0, k === 1 ? volume.voxel[1] : 0, k === 2 ? volume.voxel[2] : 0];
    return dense(along(place, side, -1)) - dense(along(place, side, 1));
  });
  const length = Math.hypot(...slope);
  if (length < 1e-6) return 1;
  const facing = slope.reduce((sum, n, k) => sum + n * toReader[k]!, 0) / length;
  return 0.35 + 0.65 * Math.max(0, facing);
}

/** Follows one ray. @returns premultiplied red, green, blue, how much of the light is stopped, and where it met the most */
export function follow(
  volume: ByteVolume,
  { table, mode, lit, clip }: Rays,
  origin: Vector,
  direction: Vector,
): { colour: [number, number, number]; stopped: number; at: number } | undefined {
  const box = within(whole(volume), clip);
  const span = crossing(origin, direction, box);
  if (span === undefined || mode === "none") return undefined;
  const step = Math.min(...volume.voxel) * (volume.labelled ? 0.6 : 0.8);
  const colour: [number, number, number] = [0, 0, 0];
  let stopped = 0;
  let at = span[0];
  let best = -1;
  let sum = 0;
  let count = 0;
  for (let t = span[0] + step / 2; t < span[1]; t += step) {
    const place = along(origin, direction, t);
    const value = sampleAt(volume, place);
    if (mode === "mip" || mode === "average") {
      sum += value;
      count++;
      if (value > best) {
        best = value;
        at = t;
      }
      continue;
    }
    const entry = 4 * Math.round(value);
    const density = table[entry + 3]!;
    if (density === 0) continue;
    const share = (1 - (1 - Math.min(density, 0.9999)) ** (step / UNIT)) * (1 - stopped);
    const bright = lit && share > 0.02 ? light(volume, place, along([0, 0, 0], direction, -1), table) : 1;
    for (let c = 0; c < 3; c++) colour[c as 0]! += share * bright * table[entry + c]!;
    if (stopped < 0.5) at = t;
    stopped += share;
    if (stopped > 0.98) break;
  }
  if (mode === "mip" || mode === "average") {
    if (count === 0) return undefined;
    const entry = 4 * Math.round(mode === "mip" ? best : sum / count);
    stopped = table[entry + 3]!;
    for (let c = 0; c < 3; c++) colour[c as 0] = stopped * table[entry + c]!;
  }
  return { colour, stopped, at };
}

/** Draws a volume; the same input gives the same bytes. */
export function projection(volume: ByteVolume, rays: Rays, view: Turntable, extent: Vector, size: Size): Picture {
  const camera = projector(view, extent, size);
  const pixels = new Uint8ClampedArray(4 * size.width * size.height);
  for (let y = 0; y < size.height; y++)
    for (let x = 0; x < size.width; x++) {
      const origin = along(camera.toSpace(x + 0.5, y + 0.5), camera.forward, -camera.diameter);
      const met = follow(volume, rays, origin, camera.forward);
      const to = 4 * (y * size.width + x);
      for (let c = 0; c < 3; c++)
        pixels[to + c] = 255 * ((met?.colour[c] ?? 0) + (1 - (met?.stopped ?? 0)) * BACKGROUND[c]!);
      pixels[to + 3] = 255;
    }
  return { pixels, width: size.width, height: size.height };
}

/** The place that a reader means who points at a pixel: where the ray is half stopped, or the largest value. */
export function pick(
  volume: ByteVolume,
  rays: Rays,
  camera: ReturnType<typeof projector>,
  x: number,
  y: number,
): Vector | undefined {
  const origin = along(camera.toSpace(x, y), camera.forward, -camera.diameter);
  const met = follow(volume, { ...rays, lit: false }, origin, camera.forward);
  return met === undefined || met.stopped < 0.2 ? undefined : along(origin, camera.forward, met.at);
}
