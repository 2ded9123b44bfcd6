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

/** Looks values up at places: between voxels linearly, of labels the nearest. Called for millions of places: nothing is made anew. */
function sampler({ values, shape, voxel, labelled }: ByteVolume): (x: number, y: number, z: number) => number {
  const [depth, rows, columns] = shape;
  const [perX, perY, perZ] = voxel.map((n) => 1 / n) as [number, number, number];
  const bound = (n: number, most: number): number => Math.min(most, Math.max(0, n));
  if (labelled)
    return (x, y, z) => {
      const [i, j] = [bound(Math.floor(x * perX), columns - 1), bound(Math.floor(y * perY), rows - 1)];
      return values[(bound(Math.floor(z * perZ), depth - 1) * rows + j) * columns + i]!;
    };
  return (x, y, z) => {
    const a = bound(x * perX - 0.5, columns - 1);
    const b = bound(y * perY - 0.5, rows - 1);
    const c = bound(z * perZ - 0.5, depth - 1);
    const i = a | 0;
    const j = b | 0;
    const k = c | 0;
    const fx = a - i;
    const fy = b - j;
    const at = (k * rows + j) * columns + i;
    const dx = i + 1 < columns ? 1 : 0;
    const dy = j + 1 < rows ? columns : 0;
    const up = k + 1 < depth ? at + rows * columns : at;
    const p = values[at]! + (values[at + dx]! - values[at]!) * fx;
    const q = values[at + dy]! + (values[at + dy + dx]! - values[at + dy]!) * fx;
    const r = values[up]! + (values[up + dx]! - values[up]!) * fx;
    const s = values[up + dy]! + (values[up + dy + dx]! - values[up + dy]!) * fx;
    const near = p + (q - p) * fy;
    return near + (r + (s - r) * fy - near) * (c - k);
  };
}

/** The value at a place. */
export const sampleAt = (volume: ByteVolume, [x, y, z]: Vector): number => sampler(volume)(x, y, z);

const whole = ({ shape, voxel }: ByteVolume): Box => ({
  from: [0, 0, 0],
  to: [shape[2] * voxel[0], shape[1] * voxel[1], shape[0] * voxel[2]],
});

/** The part of a box that is inside another. */
const within = (a: Box, b: Box): Box => ({
  from: a.from.map((n, k) => Math.max(n, b.from[k]!)) as unknown as Vector,
  to: a.to.map((n, k) => Math.min(n, b.to[k]!)) as unknown as Vector,
});

/** What a ray met: premultiplied red, green, blue, how much of the light is stopped, and how far away it met the most. */
export interface Met {
  readonly colour: [red: number, green: number, blue: number];
  readonly stopped: number;
  readonly at: number;
}

/** Follows rays through a volume: each from a place in a direction. @returns a function; undefined for a ray that meets nothing */
export function follower(volume: ByteVolume, rays: Rays): (origin: Vector, direction: Vector) => Met | undefined {
  const { table, mode, lit, clip } = rays;
  const box = within(whole(volume), clip);
  const sample = sampler(volume);
  const step = Math.min(...volume.voxel) * (volume.labelled ? 0.6 : 0.9);
  const [hx, hy, hz] = volume.voxel;
  const dense = (x: number, y: number, z: number): number => table[4 * Math.round(sample(x, y, z)) + 3]!;
  /** How bright a place is under a lamp at the reader's shoulder: its slope against the ray. */
  const light = (x: number, y: number, z: number, [dx, dy, dz]: Vector): number => {
    const [u, v, w] = [
      dense(x + hx, y, z) - dense(x - hx, y, z),
      dense(x, y + hy, z) - dense(x, y - hy, z),
      dense(x, y, z + hz) - dense(x, y, z - hz),
    ];
    const length = Math.hypot(u, v, w);
    return length < 1e-6 ? 1 : 0.35 + 0.65 * Math.max(0, (u * dx + v * dy + w * dz) / length);
  };
  /** Share of the light that a step stops, by byte. */
  const stops = Float32Array.from(
    { length: 256 },
    (_, byte) => 1 - (1 - Math.min(table[4 * byte + 3]!, 0.9999)) ** (step / UNIT),
  );
  const intensity = mode === "mip" || mode === "average";
  return (origin, direction) => {
    const span = mode === "none" ? undefined : crossing(origin, direction, box);
    if (span === undefined) return undefined;
    const colour: [number, number, number] = [0, 0, 0];
    let [stopped, at, best, sum, count] = [0, span[0], -1, 0, 0];
    for (let t = span[0] + step / 2; t < span[1]; t += step) {
      const [x, y, z] = [origin[0] + t * direction[0], origin[1] + t * direction[1], origin[2] + t * direction[2]];
      const value = sample(x, y, z);
      if (intensity) {
        sum += value;
        count++;
        if (value > best) {
          best = value;
          at = t;
        }
        continue;
      }
      const byte = Math.round(value);
      if (stops[byte] === 0) continue;
      const share = stops[byte]! * (1 - stopped);
      const bright = lit && share > 0.02 ? share * light(x, y, z, direction) : share;
      for (let c = 0; c < 3; c++) colour[c as 0] += bright * table[4 * byte + c]!;
      if (stopped < 0.5) at = t;
      stopped += share;
      if (stopped > 0.98) break;
    }
    if (intensity) {
      if (count === 0) return undefined;
      const entry = 4 * Math.round(mode === "mip" ? best : sum / count);
      stopped = table[entry + 3]!;
      for (let c = 0; c < 3; c++) colour[c as 0] = stopped * table[entry + c]!;
    }
    return { colour, stopped, at };
  };
}

/** Draws a volume; the same input gives the same bytes. */
export function projection(volume: ByteVolume, rays: Rays, view: Turntable, extent: Vector, size: Size): Picture {
  const camera = projector(view, extent, size);
  const pixels = new Uint8ClampedArray(4 * size.width * size.height);
  const follow = follower(volume, rays);
  for (let y = 0; y < size.height; y++)
    for (let x = 0; x < size.width; x++) {
      const origin = along(camera.toSpace(x + 0.5, y + 0.5), camera.forward, -camera.diameter);
      const met = follow(origin, camera.forward);
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
  const met = follower(volume, { ...rays, lit: false })(origin, camera.forward);
  return met === undefined || met.stopped < 0.2 ? undefined : along(origin, camera.forward, met.at);
}
