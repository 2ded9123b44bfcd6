/**
 * A first look at a volume of any size: at most 64³ blocks. Of a large one only some planes of each brick are read, by reads at their
 * places in the file, and of those only some rows: for a volume of 1024³ voxels a sixteenth of the file.
 */
import { regionShape, voxelCount } from "../../../src/core/shape.js";
import type { Volume } from "../../../src/core/volume.js";
import type { Level } from "../../protocol/volume3d.js";
import { BrickPlanes } from "../brick-planes.js";
import { type ByteOf, blocks, levelFor } from "./levels.js";

/** Blocks of the coarse level, at most. */
export const COARSE = 64 ** 3;
/** A volume of no more voxels is read whole. */
const READ_WHOLE = 2 ** 23;
/** Rows of a block that are looked at, of those in its plane. */
const ROWS = 4;
/** Milliseconds after which others in this thread have their turn. */
const TURN_MS = 20;

const pause = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

export const coarseLevel = (volume: Volume): Level => levelFor(volume, COARSE, 256);

/** Fewer bricks along an axis show nothing. */
const LEAST_BRICKS = 4;

/**
 * The mean of each brick, from its record: no voxel is read, so it is there at once however large the volume is. Undefined for labels,
 * for volumes that are read as quickly, and where the records have no sums.
 */
export function glance(
  volume: Volume,
  byteOf: ByteOf,
  labelled: boolean,
): { level: Level; values: Uint8Array } | undefined {
  const { grid, store } = volume;
  if (labelled || volume.voxels <= READ_WHOLE || Math.min(...grid.counts) < LEAST_BRICKS || grid.length > COARSE)
    return undefined;
  const values = new Uint8Array(grid.length);
  for (let index = 0; index < grid.length; index++) {
    const { sum, nan } = store.zone(index);
    if (!Number.isFinite(sum)) return undefined;
    const counted = voxelCount(regionShape(grid.region(index))) - nan;
    values[index] = counted > 0 ? byteOf(sum / counted) : 0;
  }
  return { level: { shape: grid.counts, step: grid.brick }, values };
}

/** The coarse level of a volume. */
export async function coarse(
  volume: Volume,
  byteOf: ByteOf,
  labelled: boolean,
): Promise<{ level: Level; values: Uint8Array }> {
  const level = coarseLevel(volume);
  const { shape, step } = level;
  if (volume.voxels <= READ_WHOLE) {
    const values = new Uint8Array(shape[0] * shape[1] * shape[2]);
    const planes = Math.max(1, Math.floor(2 ** 20 / (shape[1] * shape[2])));
    for (let z = 0; z < shape[0]; z += planes) {
      const stop = Math.min(shape[0], z + planes);
      values.set(await blocks(volume, level, [z, 0], [stop, shape[1]], byteOf, labelled), z * shape[1] * shape[2]);
    }
    return { level, values };
  }
  const sums = new Float64Array(shape[0] * shape[1] * shape[2]);
  const counts = new Uint32Array(sums.length);
  const values = new Uint8Array(sums.length);
  const middle = (block: number, k: number): number =>
    Math.min(volume.shape[k]! - 1, block * step[k]! + (step[k]! >> 1));
  const reader = new BrickPlanes();
  let turn = performance.now();
  try {
    for (let index = 0; index < volume.grid.length; index++) {
      const brick = volume.grid.region(index);
      const [, height, width] = regionShape(brick);
      const [, padded, wide] = volume.grid.brick;
      const planes = Array.from({ length: shape[0] }, (_, block) => block).filter(
        (block) => middle(block, 0) >= brick.start[0] && middle(block, 0) < brick.stop[0],
      );
      if (planes.length === 0) continue;
      const voxels = await reader.read(
        volume,
        index,
        planes.map((block) => middle(block, 0) - brick.start[0]),
      );
      const skip = labelled ? 1 : Math.max(1, Math.floor(step[1] / ROWS));
      for (const [k, plane] of planes.entries())
        for (let y = brick.start[1]; y < brick.start[1] + height; y++) {
          const row = Math.floor(y / step[1]);
          if (labelled ? y !== middle(row, 1) : (y % step[1]) % skip !== 0) continue;
          const line = (k * padded + y - brick.start[1]) * wide - brick.start[2];
          const to = (plane * shape[1] + row) * shape[2];
          for (let x = brick.start[2]; x < brick.start[2] + width; ) {
            const block = Math.floor(x / step[2]);
            const end = Math.min(brick.start[2] + width, (block + 1) * step[2]);
            const at = middle(block, 2);
            if (labelled && at >= x && at < end) values[to + block] = byteOf(voxels[line + at]!);
            const begin = x;
            let sum = 0;
            for (; x < end; x++) sum += voxels[line + x]!;
            sums[to + block]! += sum;
            counts[to + block]! += end - begin;
          }
        }
      if (performance.now() - turn < TURN_MS) continue;
      await pause();
      turn = performance.now();
    }
  } finally {
    reader.close();
  }
  if (!labelled) for (let k = 0; k < sums.length; k++) values[k] = counts[k] === 0 ? 0 : byteOf(sums[k]! / counts[k]!);
  return { level, values };
}
