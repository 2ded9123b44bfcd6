/**
 * Reads boxes of voxels, with what lies around them, out of the bricks of a volume; runs in the threads. Beyond the faces
 * of the volume it reflects: `d c b a | a b c d | d c b a`.
 */
import fs from "node:fs";
import { DTYPES, type Voxels, voxelArray } from "../core/dtype.js";
import type { Shape, Triple } from "../core/shape.js";
import type { SourceDescription } from "./job.js";

/** Index inside `0 … length − 1` that a reflected index stands for. */
export function reflected(index: number, length: number): number {
  const period = 2 * length;
  const folded = ((index % period) + period) % period;
  return folded < length ? folded : period - 1 - folded;
}

/** Part of a line of voxels that lies in one brick; `step` is −1 where it is read backwards. */
interface Segment {
  /** Number of the brick along this axis. */
  readonly brick: number;
  /** First voxel inside the brick, and where it goes. */
  readonly from: number;
  readonly to: number;
  readonly length: number;
  readonly step: 1 | -1;
}

/** Cuts the line `start … start + length − 1`, which may leave the volume, at bricks and reflections. */
export function segments(start: number, length: number, shape: number, brick: number): Segment[] {
  const found: Segment[] = [];
  for (let k = 0; k < length; ) {
    const at = reflected(start + k, shape);
    const number = Math.floor(at / brick);
    let n = 1;
    let step: 1 | -1 = 1;
    if (k + 1 < length && reflected(start + k + 1, shape) === at - 1) step = -1;
    while (k + n < length) {
      const next = reflected(start + k + n, shape);
      if (next !== at + step * n || Math.floor(next / brick) !== number) break;
      n++;
    }
    found.push({ brick: number, from: at - number * brick, to: k, length: n, step });
    k += n;
  }
  return found;
}

/** Bricks of a volume as a thread sees them. */
export class Source {
  readonly description: SourceDescription;
  readonly #counts: Shape;
  readonly #files = new Map<number, number>();
  readonly #views = new Map<number, Voxels>();

  constructor(description: SourceDescription) {
    this.description = description;
    const { shape, brick } = description;
    this.#counts = [Math.ceil(shape[0] / brick[0]), Math.ceil(shape[1] / brick[1]), Math.ceil(shape[2] / brick[2])];
  }

  /** Planes `first` to `last` of a brick, and at which voxel of the array plane 0 would begin. */
  #planes(index: number, first: number, last: number): { voxels: Voxels; base: number } {
    const { places, blocks, dtype, brick } = this.description;
    const known = this.#views.get(index);
    if (known !== undefined) return { voxels: known, base: 0 };
    const [number, byteOffset] = places.get(index)!;
    const block = blocks[number]!;
    if (typeof block !== "string") {
      const voxels = voxelArray(dtype, block, byteOffset, brick[0] * brick[1] * brick[2]);
      this.#views.set(index, voxels);
      return { voxels, base: 0 };
    }
    const plane = brick[1] * brick[2];
    const voxels = voxelArray(dtype, (last - first + 1) * plane);
    const bytes = new Uint8Array(voxels.buffer);
    const position = byteOffset + first * plane * DTYPES[dtype].bytes;
    let file = this.#files.get(number);
    if (file === undefined) {
      file = fs.openSync(block, "r");
      this.#files.set(number, file);
    }
    for (let done = 0; done < bytes.length; ) {
      const n = fs.readSync(file, bytes, done, bytes.length - done, position + done);
      if (n === 0) throw new Error(`${block} ends at byte ${position + done}, inside brick ${index}`);
      done += n;
    }
    return { voxels, base: -first * plane };
  }

  /**
   * Copies a box into `out`, whose rows are `row` and whose planes `plane` voxels apart.
   * @param start may be negative, and the box may reach beyond the volume
   */
  gather(start: Triple, size: Triple, out: Voxels, row: number, plane: number): void {
    const { shape, brick } = this.description;
    const alongZ = segments(start[0], size[0], shape[0], brick[0]);
    const alongY = segments(start[1], size[1], shape[1], brick[1]);
    const alongX = segments(start[2], size[2], shape[2], brick[2]);
    for (const sz of alongZ)
      for (const sy of alongY)
        for (const sx of alongX) {
          const index = (sz.brick * this.#counts[1] + sy.brick) * this.#counts[2] + sx.brick;
          const lastZ = sz.from + sz.step * (sz.length - 1);
          const { voxels, base } = this.#planes(index, Math.min(sz.from, lastZ), Math.max(sz.from, lastZ));
          // Rows that follow each other on both sides are moved in one go.
          const together = sx.step === 1 && sy.step === 1 && sx.length === brick[2] && row === brick[2];
          for (let z = 0; z < sz.length; z++) {
            const from = base + ((sz.from + sz.step * z) * brick[1] + sy.from) * brick[2] + sx.from;
            const to = (sz.to + z) * plane + sy.to * row + sx.to;
            if (together) out.set(voxels.subarray(from, from + sy.length * row), to);
            else
              for (let y = 0; y < sy.length; y++)
                copyRow(voxels, from + sy.step * y * brick[2], out, to + y * row, sx.length, sx.step);
          }
        }
  }

  close(): void {
    for (const file of this.#files.values()) fs.closeSync(file);
    this.#files.clear();
    this.#views.clear();
  }
}

function copyRow(from: Voxels, f: number, to: Voxels, t: number, length: number, step: 1 | -1): void {
  if (step === -1) for (let x = 0; x < length; x++) to[t + x] = from[f - x]!;
  // Calling subarray and set for a few voxels costs more than moving them.
  else if (length < 16) for (let x = 0; x < length; x++) to[t + x] = from[f + x]!;
  else to.set(from.subarray(f, f + length), t);
}
