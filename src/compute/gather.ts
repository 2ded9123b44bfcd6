/** Reads boxes of voxels, with what lies around them, out of the bricks of a volume; runs in the threads. */
import fs from "node:fs";
import { type Border, inside } from "../core/border.js";
import { DTYPES, type Voxels, voxelArray } from "../core/dtype.js";
import type { Region, Shape, Triple } from "../core/shape.js";
import type { SourceDescription } from "./job.js";

/** Number of the brick of segments that lie beyond the volume, where a constant stands. */
export const BEYOND = -1;

/** Part of a line of voxels that lies in one brick; `step` is −1 where it is read backwards, 0 where one voxel is repeated. */
interface Segment {
  /** Number of the brick along this axis, or {@link BEYOND}. */
  readonly brick: number;
  /** First voxel inside the brick, and where it goes. */
  readonly from: number;
  readonly to: number;
  readonly length: number;
  readonly step: 1 | 0 | -1;
}

/** Cuts the line `start … start + length − 1`, which may leave the volume, at bricks and faces. */
export function segments(start: number, length: number, shape: number, brick: number, border: Border): Segment[] {
  const found: Segment[] = [];
  const outside = (k: number): boolean => start + k < 0 || start + k >= shape;
  for (let k = 0; k < length; ) {
    const at = inside(start + k, shape, border);
    const number = at < 0 ? BEYOND : Math.floor(at / brick);
    let n = 1;
    let step: 1 | 0 | -1 = 1;
    if (k + 1 < length) {
      const next = inside(start + k + 1, shape, border);
      if (next === at - 1) step = -1;
      // The outermost voxel is read with those behind it, not with its own repetition: whole bricks stay whole.
      else if (next === at && outside(k) && outside(k + 1)) step = 0;
    }
    while (k + n < length) {
      const next = inside(start + k + n, shape, border);
      const same = next < 0 ? number === BEYOND : next === at + step * n && Math.floor(next / brick) === number;
      if (!same || (step === 0 && !outside(k + n))) break;
      n++;
    }
    found.push({ brick: number, from: number === BEYOND ? 0 : at - number * brick, to: k, length: n, step });
    k += n;
  }
  return found;
}

/** Voxels of a volume, wherever they lie. */
export interface Reader {
  /**
   * Copies a box into `out`, whose rows are `row` and whose planes `plane` voxels apart.
   * @param start may be negative, and the box may reach beyond the volume
   * @param border what stands there; default reflect
   */
  gather(start: Triple, size: Triple, out: Voxels, row: number, plane: number, border?: Border): void;
}

/** Bricks of a volume as a thread sees them. */
export class Source implements Reader {
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

  gather(start: Triple, size: Triple, out: Voxels, row: number, plane: number, border: Border = "reflect"): void {
    const { shape, brick } = this.description;
    const lines = linesOf(start, size, shape, brick, border);
    copyParts(lines, out, row, plane, border, (sz, sy, sx) => {
      const index = (sz.brick * this.#counts[1] + sy.brick) * this.#counts[2] + sx.brick;
      const lastZ = sz.from + sz.step * (sz.length - 1);
      const { voxels, base } = this.#planes(index, Math.min(sz.from, lastZ), Math.max(sz.from, lastZ));
      return { voxels, base, row: brick[2], plane: brick[1] * brick[2] };
    });
  }

  close(): void {
    for (const file of this.#files.values()) fs.closeSync(file);
    this.#files.clear();
    this.#views.clear();
  }
}

/** A box of a volume that lies in one piece, such as what one stage of a chain hands to the next. */
export class Block implements Reader {
  readonly #voxels: () => Voxels;
  readonly #shape: Shape;
  readonly #region: Region;
  readonly #row: number;
  readonly #plane: number;

  /** @param region the box of the volume of `shape` that the voxels are; rows and planes are that many voxels apart */
  constructor(voxels: () => Voxels, shape: Shape, region: Region, row: number, plane: number) {
    this.#voxels = voxels;
    this.#shape = shape;
    this.#region = region;
    this.#row = row;
    this.#plane = plane;
  }

  gather(start: Triple, size: Triple, out: Voxels, row: number, plane: number, border: Border = "reflect"): void {
    const [z, y, x] = this.#region.start;
    const base = -(z * this.#plane + y * this.#row + x);
    const part = { voxels: this.#voxels(), base, row: this.#row, plane: this.#plane };
    copyParts(linesOf(start, size, this.#shape, this.#shape, border), out, row, plane, border, () => part);
  }
}

type Lines = readonly [Segment[], Segment[], Segment[]];

/** What a box needs along z, y and x. */
export function linesOf(start: Triple, size: Triple, shape: Shape, brick: Shape, border: Border): Lines {
  const along = (k: 0 | 1 | 2): Segment[] => segments(start[k], size[k], shape[k], brick[k], border);
  return [along(0), along(1), along(2)];
}

/** Voxels of one brick: `base` is where its first voxel would be in the array. */
interface Part {
  readonly voxels: Voxels;
  readonly base: number;
  readonly row: number;
  readonly plane: number;
}

function copyParts(
  [alongZ, alongY, alongX]: Lines,
  out: Voxels,
  row: number,
  plane: number,
  border: Border,
  partOf: (z: Segment, y: Segment, x: Segment) => Part,
): void {
  const constant = typeof border === "object" ? border.constant : 0;
  for (const sz of alongZ)
    for (const sy of alongY)
      for (const sx of alongX) {
        if (sz.brick === BEYOND || sy.brick === BEYOND || sx.brick === BEYOND) {
          for (let z = 0; z < sz.length; z++)
            for (let y = 0; y < sy.length; y++) {
              const to = (sz.to + z) * plane + (sy.to + y) * row + sx.to;
              out.fill(constant, to, to + sx.length);
            }
          continue;
        }
        const { voxels, base, ...from } = partOf(sz, sy, sx);
        // Rows that follow each other on both sides are moved in one go.
        const together = sx.step === 1 && sy.step === 1 && sx.length === from.row && row === from.row;
        for (let z = 0; z < sz.length; z++) {
          const first = base + (sz.from + sz.step * z) * from.plane + sy.from * from.row + sx.from;
          const to = (sz.to + z) * plane + sy.to * row + sx.to;
          if (together) out.set(voxels.subarray(first, first + sy.length * row), to);
          else
            for (let y = 0; y < sy.length; y++)
              copyRow(voxels, first + sy.step * y * from.row, out, to + y * row, sx.length, sx.step);
        }
      }
}

function copyRow(from: Voxels, f: number, to: Voxels, t: number, length: number, step: 1 | 0 | -1): void {
  if (step === 0) to.fill(from[f]!, t, t + length);
  else if (step === -1) for (let x = 0; x < length; x++) to[t + x] = from[f - x]!;
  // Calling subarray and set for a few voxels costs more than moving them.
  else if (length < 16) for (let x = 0; x < length; x++) to[t + x] = from[f + x]!;
  else to.set(from.subarray(f, f + length), t);
}
