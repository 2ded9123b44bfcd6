/** Values of a volume at any places of its grid, which is never resliced as a whole. */
import { type Voxels, voxelArray } from "../../../src/core/dtype.js";
import type { Triple } from "../../../src/core/shape.js";
import type { Volume } from "../../../src/core/volume.js";
import type { ObliquePlane } from "../../protocol.js";

/** Places that are read at once. */
const BATCH = 1 << 14;
/** Bricks are kept up to this while one plane is read. */
const KEPT_BYTES = 64 * 2 ** 20;

/** Reads places, z, y, x in voxels after each other: linearly between eight voxels, or the nearest one. Outside it gives NaN. */
class Reader {
  readonly #volume: Volume;
  readonly #nearest: boolean;
  readonly #bricks = new Map<number, Voxels>();

  constructor(volume: Volume, nearest: boolean) {
    this.#volume = volume;
    this.#nearest = nearest;
  }

  /** Brings places inside to the voxels' centres that are nearest, and those outside to NaN. */
  #bounded(places: Float64Array): void {
    const last = this.#volume.shape.map((n) => n - 1) as unknown as Triple;
    for (let k = 0; k < places.length; k += 3)
      for (let axis = 0; axis < 3; axis++) {
        const at = places[k + axis]!;
        // Half a voxel around the outermost centres still belongs to the volume.
        if (!(at >= -0.5 && at <= last[axis]! + 0.5)) {
          places[k] = Number.NaN;
          break;
        }
        const within = Math.min(last[axis]!, Math.max(0, at));
        places[k + axis] = this.#nearest ? Math.round(within) : within;
      }
  }

  async #load(places: Float64Array): Promise<void> {
    const { grid, store } = this.#volume;
    const [bz, by, bx] = grid.brick;
    const [, ny, nx] = grid.counts;
    const wanted = new Set<number>();
    for (let k = 0; k < places.length; k += 3) {
      const [z, y, x] = [places[k]!, places[k + 1]!, places[k + 2]!];
      if (Number.isNaN(z)) continue;
      const [z0, y0, x0] = [
        Math.floor(Math.floor(z) / bz),
        Math.floor(Math.floor(y) / by),
        Math.floor(Math.floor(x) / bx),
      ];
      const [z1, y1, x1] = [
        Math.floor(Math.ceil(z) / bz),
        Math.floor(Math.ceil(y) / by),
        Math.floor(Math.ceil(x) / bx),
      ];
      for (let i = z0; i <= z1; i++)
        for (let j = y0; j <= y1; j++) for (let l = x0; l <= x1; l++) wanted.add((i * ny + j) * nx + l);
    }
    const bytes = grid.brickVoxels * 4;
    if ((this.#bricks.size + wanted.size) * bytes > KEPT_BYTES) this.#bricks.clear();
    for (const index of wanted) if (!this.#bricks.has(index)) this.#bricks.set(index, await store.read(index));
  }

  /** @param places is changed @returns one value a place */
  async read(places: Float64Array, out: Float64Array): Promise<void> {
    this.#bounded(places);
    await this.#load(places);
    const { grid } = this.#volume;
    const [bz, by, bx] = grid.brick;
    const [, ny, nx] = grid.counts;
    const bricks = this.#bricks;
    let [known, brick]: [number, Voxels | undefined] = [-1, undefined];
    const voxel = (z: number, y: number, x: number): number => {
      const [i, j, l] = [(z / bz) | 0, (y / by) | 0, (x / bx) | 0];
      const index = (i * ny + j) * nx + l;
      if (index !== known) [known, brick] = [index, bricks.get(index)];
      return brick![((z - i * bz) * by + (y - j * by)) * bx + (x - l * bx)]!;
    };
    for (let k = 0, n = 0; k < places.length; k += 3, n++) {
      const [z, y, x] = [places[k]!, places[k + 1]!, places[k + 2]!];
      if (Number.isNaN(z)) {
        out[n] = Number.NaN;
        continue;
      }
      const [z0, y0, x0] = [z | 0, y | 0, x | 0];
      const [fz, fy, fx] = [z - z0, y - y0, x - x0];
      let value = voxel(z0, y0, x0);
      if (fx > 0) value += (voxel(z0, y0, x0 + 1) - value) * fx;
      if (fy > 0) {
        const next = lineAt(voxel, z0, y0 + 1, x0, fx);
        value += (next - value) * fy;
      }
      if (fz > 0) {
        let next = lineAt(voxel, z0 + 1, y0, x0, fx);
        if (fy > 0) next += (lineAt(voxel, z0 + 1, y0 + 1, x0, fx) - next) * fy;
        value += (next - value) * fz;
      }
      out[n] = value;
    }
  }
}

function lineAt(
  voxel: (z: number, y: number, x: number) => number,
  z: number,
  y: number,
  x: number,
  share: number,
): number {
  const from = voxel(z, y, x);
  return share > 0 ? from + (voxel(z, y, x + 1) - from) * share : from;
}

/** Where places of a plane are in the volume that is read: changes them, z, y, x after each other. */
export type Warp = (places: Float64Array) => void;

/**
 * Values along a plane; whole numbers are rounded. Where pixels are larger than voxels, each is the mean over `fine` × `fine` places, so that a
 * fine volume in a coarse one does not come as noise.
 * @param fine places a pixel, along both sides
 * @param warp takes places of the plane to voxels of the volume. Default: they are voxels of it
 * @returns values row by row, and 1 for each pixel of which half lies in the volume
 */
export async function sectionValues(
  volume: Volume,
  { origin, right, down, width, height }: ObliquePlane,
  fine: number,
  nearest: boolean,
  warp: Warp = () => {},
): Promise<{ values: Voxels; inside: Uint8Array }> {
  const values = voxelArray(volume.dtype, width * height);
  const inside = new Uint8Array(width * height);
  const whole = !(values instanceof Float32Array);
  const reader = new Reader(volume, nearest);
  const each = fine * fine;
  const most = Math.max(1, Math.floor(BATCH / each));
  for (let first = 0; first < values.length; first += most) {
    const count = Math.min(most, values.length - first);
    const places = new Float64Array(3 * count * each);
    for (let n = 0, at = 0; n < count; n++) {
      const [row, column] = [Math.floor((first + n) / width), (first + n) % width];
      for (let s = 0; s < each; s++) {
        const y = row + (Math.floor(s / fine) + 0.5) / fine - 0.5;
        const x = column + ((s % fine) + 0.5) / fine - 0.5;
        for (let k = 0; k < 3; k++) places[at++] = origin[k]! + y * down[k]! + x * right[k]!;
      }
    }
    warp(places);
    const found = new Float64Array(count * each);
    await reader.read(places, found);
    for (let n = 0; n < count; n++) {
      let [sum, seen] = [0, 0];
      for (let s = n * each; s < (n + 1) * each; s++)
        if (!Number.isNaN(found[s]!)) {
          sum += found[s]!;
          seen++;
        }
      if (2 * seen < each) continue;
      inside[first + n] = 1;
      const mean = sum / seen;
      values[first + n] = whole ? Math.round(mean) : mean;
    }
  }
  return { values, inside };
}
