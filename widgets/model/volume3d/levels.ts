/** Volumes in blocks of one byte, as a graphics card takes them: which level fits, and its voxels. */
import { DTYPES, type Voxels } from "../../../src/core/dtype.js";
import { InvalidArgument } from "../../../src/core/errors.js";
import type { Shape, Triple } from "../../../src/core/shape.js";
import type { Volume } from "../../../src/core/volume.js";
import type { Level } from "../../protocol/volume3d.js";
import { MAX_PART_BYTES } from "../../protocol.js";

/** Voxels of the volume that are read for one part, at most: it must not take a kernel's memory. */
const READ_BYTES = 32 << 20;

export const levelOf = (shape: Shape, step: Triple): Level => ({
  shape: shape.map((n, k) => Math.ceil(n / step[k]!)) as unknown as Shape,
  step,
});

const count = ({ shape }: Level): number => shape[0] * shape[1] * shape[2];

/**
 * The finest level of at most `budget` voxels, none of its edges longer than `edge`. Steps are powers of two; the axis with the
 * smallest voxels is made coarser first, so that blocks come near to cubes.
 */
export function levelFor({ shape, spacing }: Pick<Volume, "shape" | "spacing">, budget: number, edge: number): Level {
  const step: [number, number, number] = [1, 1, 1];
  let level = levelOf(shape, step);
  const size = (k: number): number => step[k]! * (spacing?.[k] ?? 1);
  const coarser = (axes: readonly number[]): void => {
    for (const k of axes) step[k as 0] = 2 * step[k]!;
    level = levelOf(shape, [...step]);
  };
  for (;;) {
    const long = [0, 1, 2].filter((k) => level.shape[k]! > edge);
    const thick = [0, 1, 2].filter((k) => level.shape[k]! > 1);
    if (long.length > 0) coarser(long);
    else if (count(level) > budget && thick.length > 0) {
      const least = Math.min(...thick.map(size));
      coarser(thick.filter((k) => size(k) < 1.5 * least));
    } else return level;
  }
}

/** Planes and rows of a part: whole bricks, so that each is read once, at most 1 MiB, from at most 32 MiB. */
export function partOf(volume: Volume, { shape, step }: Level): [planes: number, rows: number] {
  const { brick } = volume.grid;
  const source = step[1] * step[0] * volume.shape[2] * DTYPES[volume.dtype].bytes;
  const most = Math.max(1, Math.min(Math.floor(MAX_PART_BYTES / shape[2]), Math.floor(READ_BYTES / source)));
  const inBricks = (k: 0 | 1): number => Math.min(shape[k], Math.max(1, Math.floor(brick[k] / step[k])));
  const planes = Math.min(inBricks(0), most);
  const rows = Math.max(1, Math.floor(most / planes));
  const whole = inBricks(1);
  return [planes, Math.min(shape[1], rows > whole ? Math.floor(rows / whole) * whole : rows)];
}

/** How a value becomes a byte. */
export type ByteOf = (value: number) => number;

/** Labels as bytes: those beyond 255 begin again at 1, so that nothing becomes background. */
export const labelByte: ByteOf = (label) => (label > 0 ? ((label - 1) % 255) + 1 : 0);

/** Grey values as bytes from one end of the scale to the other; NaN is 0. */
export function greyByte([low, high]: readonly [number, number]): ByteOf {
  const factor = 255 / (high - low);
  return (value) => {
    const byte = Math.round((value - low) * factor);
    return byte > 0 ? Math.min(255, byte) : 0;
  };
}

/** Adds a row of voxels to the sums of the blocks that they are in. */
function addRow(sums: Float64Array, to: number, voxels: Voxels, from: number, width: number, step: number): void {
  for (let x = 0, block = to; x < width; block++) {
    let sum = 0;
    for (const end = Math.min(width, x + step); x < end; x++) sum += voxels[from + x]!;
    sums[block]! += sum;
  }
}

/**
 * Blocks of a level, all columns of some rows of some planes: means of grey values, of labels the voxel in the middle.
 * @param start first plane and row of the level @param stop behind the last ones
 */
export async function blocks(
  volume: Volume,
  { shape, step }: Level,
  start: readonly [number, number],
  stop: readonly [number, number],
  byteOf: ByteOf,
  labelled: boolean,
): Promise<Uint8Array> {
  const inside = (k: 0 | 1): boolean =>
    Number.isInteger(start[k]) &&
    Number.isInteger(stop[k]) &&
    start[k] >= 0 &&
    start[k] < stop[k] &&
    stop[k] <= shape[k];
  if (!inside(0) || !inside(1))
    throw new InvalidArgument(
      `blocks from ${start.join(", ")} to ${stop.join(", ")}; the level has ${shape.join(" × ")}`,
    );
  const [planes, rows] = [stop[0] - start[0], stop[1] - start[1]];
  if (planes * rows * shape[2] > MAX_PART_BYTES)
    throw new InvalidArgument(
      `blocks: ${planes * rows * shape[2]} are asked for, allowed are ${MAX_PART_BYTES} at once`,
    );
  const from: Triple = [start[0] * step[0], start[1] * step[1], 0];
  const to: Triple = [
    Math.min(volume.shape[0], stop[0] * step[0]),
    Math.min(volume.shape[1], stop[1] * step[1]),
    volume.shape[2],
  ];
  const voxels = await volume.read({ start: from, stop: to });
  const [depth, height, width] = [to[0] - from[0], to[1] - from[1], to[2]];
  const out = new Uint8Array(planes * rows * shape[2]);
  const sums = new Float64Array(shape[2]);
  const middle = (block: number, k: number, size: number): number =>
    Math.min(size - 1, block * step[k]! + (step[k]! >> 1));
  for (let plane = 0, at = 0; plane < planes; plane++)
    for (let row = 0; row < rows; row++, at += shape[2]) {
      if (labelled) {
        const line = (middle(plane, 0, depth) * height + middle(row, 1, height)) * width;
        for (let x = 0; x < shape[2]; x++) out[at + x] = byteOf(voxels[line + middle(x, 2, width)]!);
        continue;
      }
      sums.fill(0);
      const [z1, y1] = [Math.min(depth, (plane + 1) * step[0]), Math.min(height, (row + 1) * step[1])];
      for (let z = plane * step[0]; z < z1; z++)
        for (let y = row * step[1]; y < y1; y++) addRow(sums, 0, voxels, (z * height + y) * width, width, step[2]);
      const lines = (z1 - plane * step[0]) * (y1 - row * step[1]);
      for (let x = 0; x < shape[2]; x++)
        out[at + x] = byteOf(sums[x]! / (lines * (Math.min(width, (x + 1) * step[2]) - x * step[2])));
    }
  return out;
}
