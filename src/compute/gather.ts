/** Reads boxes of voxels, with what lies around them, out of the bricks of a volume; runs in the threads. */
import fs from "node:fs";
import { type Border, inside } from "../core/border.js";
import { DTYPES, type Voxels, voxelArray } from "../core/dtype.js";
import type { Region, Shape, Triple } from "../core/shape.js";
import type { SourceDescription } from "./job.js";
import type { Wasm } from "./kernels.js";

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
      if (!same || (step !== 1 && !outside(k + n))) break;
      n++;
    }
    found.push({ brick: number, from: number === BEYOND ? 0 : at - number * brick, to: k, length: n, step });
    k += n;
  }
  return found;
}

/** Where a box of voxels goes. */
export interface Target {
  /** Its rows are `row` and its planes `plane` voxels apart. */
  readonly voxels: Voxels;
  readonly row: number;
  readonly plane: number;
  /** What moves short rows, if the voxels are part of a thread's wasm memory. */
  readonly mover?: Mover;
}

/**
 * Moves boxes inside wasm memory. A short row costs JavaScript more to ask for than to move, so that pieces of memory are
 * brought into the staging place whole, and wasm picks the rows out of them.
 */
export interface Mover {
  readonly wasm: Wasm;
  /** First byte of the target. */
  readonly start: number;
  /** First byte of {@link STAGING_BYTES}, and the voxels there. */
  readonly staging: number;
  readonly staged: Voxels;
}

/** Two planes of a brick of 8 bits: what is staged is read again from the first-level cache. */
export const STAGING_BYTES = 2 ** 15;
/** Longer rows are moved one by one. */
const SHORT_ROW_BYTES = 512;

/** Voxels of a volume, wherever they lie. */
export interface Reader {
  /**
   * Copies a box.
   * @param start may be negative, and the box may reach beyond the volume
   * @param border what stands there; default reflect
   */
  gather(start: Triple, size: Triple, into: Target, border?: Border): void;
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

  gather(start: Triple, size: Triple, into: Target, border: Border = "reflect"): void {
    const { shape, brick } = this.description;
    const lines = linesOf(start, size, shape, brick, border);
    copyParts(lines, into, border, (sz, sy, sx) => {
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

/** A box of a volume that lies in one piece of wasm memory, such as what one stage of a chain hands to the next. */
export class Block implements Reader {
  readonly #shape: Shape;
  readonly #region: Region;
  readonly #place: BlockPlace;

  /** @param region the box of the volume of `shape` that the voxels are */
  constructor(shape: Shape, region: Region, place: BlockPlace) {
    this.#shape = shape;
    this.#region = region;
    this.#place = place;
  }

  gather(start: Triple, size: Triple, into: Target, border: Border = "reflect"): void {
    const [z, y, x] = this.#region.start;
    const { row, plane, start: address } = this.#place;
    const part = { voxels: this.#place.voxels(), base: -(z * plane + y * row + x), row, plane, address };
    copyParts(linesOf(start, size, this.#shape, this.#shape, border), into, border, () => part);
  }
}

/** A box in wasm memory: its first byte; rows and planes are that many voxels apart. */
export interface BlockPlace {
  readonly start: number;
  readonly row: number;
  readonly plane: number;
  voxels(): Voxels;
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
  /** First byte of the array, if it lies in the same wasm memory as the target. */
  readonly address?: number;
}

function copyParts(
  [alongZ, alongY, alongX]: Lines,
  into: Target,
  border: Border,
  partOf: (z: Segment, y: Segment, x: Segment) => Part,
): void {
  const { voxels: out, row, plane, mover } = into;
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
        const part = partOf(sz, sy, sx);
        const { voxels, base, ...from } = part;
        // Rows that follow each other on both sides are moved in one go.
        const together = sx.step === 1 && sy.step === 1 && sx.length === from.row && row === from.row;
        if (!together && mover !== undefined && isMoved(part, sy, sx)) {
          move(part, sz, sy, sx, into, mover);
          continue;
        }
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

/** Whether wasm moves a part: it runs forwards, and its rows are short. */
function isMoved({ voxels, row, address }: Part, sy: Segment, sx: Segment): boolean {
  if (sy.step !== 1 || sx.step !== 1) return false;
  const bytes = row * voxels.BYTES_PER_ELEMENT;
  return address !== undefined || (bytes <= SHORT_ROW_BYTES && bytes * sy.length <= STAGING_BYTES);
}

function move(part: Part, sz: Segment, sy: Segment, sx: Segment, into: Target, mover: Mover): void {
  const { voxels, base, row, plane, address } = part;
  const { wasm, staging, staged } = mover;
  const bytes = voxels.BYTES_PER_ELEMENT;
  const first = base + sz.from * plane + sy.from * row;
  const pick = (from: number, fromPlane: number, z: number, planes: number): void => {
    const to = mover.start + bytes * ((sz.to + z) * into.plane + sy.to * into.row + sx.to);
    const strides = [row, fromPlane].map((n) => n * bytes) as [number, number];
    const box = [planes, sy.length, sx.length * bytes] as const;
    wasm.call("copyBox", from, ...strides, to, into.row * bytes, into.plane * bytes, ...box);
  };
  if (address !== undefined) return pick(address + bytes * (first + sx.from), sz.step * plane, 0, sz.length);
  const chunk = sy.length * row;
  const most = Math.floor(staged.length / chunk);
  for (let z = 0; z < sz.length; z += most) {
    const planes = Math.min(most, sz.length - z);
    const at = first + sz.step * z * plane;
    if (sz.step === 1 && chunk === plane) staged.set(voxels.subarray(at, at + planes * chunk));
    else
      for (let k = 0; k < planes; k++) {
        const from = at + sz.step * k * plane;
        staged.set(voxels.subarray(from, from + chunk), k * chunk);
      }
    pick(staging + bytes * sx.from, chunk, z, planes);
  }
}

function copyRow(from: Voxels, f: number, to: Voxels, t: number, length: number, step: 1 | 0 | -1): void {
  if (step === 0) to.fill(from[f]!, t, t + length);
  else if (step === -1) for (let x = 0; x < length; x++) to[t + x] = from[f - x]!;
  // Calling subarray and set for a few voxels costs more than moving them.
  else if (length < 16) for (let x = 0; x < length; x++) to[t + x] = from[f + x]!;
  else to.set(from.subarray(f, f + length), t);
}
