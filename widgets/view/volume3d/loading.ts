/** Fetches volumes as textures take them: a coarse level first, the sharp one in parts. */
import type { ByteVolume } from "../../draw/projection.js";
import { type SpaceUnit, voxelIn } from "../../draw/space.js";
import type { Level, Member } from "../../protocol/volume3d.js";
import { bytesOf } from "../dom.js";
import type { Asking } from "./asking.js";

export interface Loaded {
  readonly body: ByteVolume;
  /** Grey values of the bytes 0 and 255. */
  readonly scale: readonly [number, number];
  readonly level: Level;
  /** Whether a finer level comes. */
  readonly more: boolean;
}

/** What a page can hold of one volume. */
export interface Room {
  /** Voxels. */
  readonly budget: number;
  /** Voxels along an edge. */
  readonly edge: number;
}

/**
 * @param room is asked for when the means of the bricks were shown
 * @param took is called with the means of the bricks, if there are any, with the coarse level, then with the sharp one
 */
export async function load(
  asking: Asking,
  unit: SpaceUnit,
  volume: number,
  member: Member,
  labelled: boolean,
  room: () => Promise<Room>,
  took: (loaded: Loaded) => void,
  progress: (share: number) => void,
): Promise<void> {
  const bodyOf = (level: Level, values: Uint8Array): ByteVolume => ({
    values,
    shape: level.shape,
    voxel: voxelIn(unit, member, level.step),
    labelled,
  });
  const first = await asking.ask({ kind: "glance", volume });
  if (first.reply.level !== null) {
    const { level, scale } = first.reply;
    took({ body: bodyOf(level, bytesOf(first.buffers[0]!)), scale, level, more: true });
  }
  const { reply, buffers } = await asking.ask({ kind: "levels", volume, ...(await room()) });
  const { coarse, sharp, part, scale } = reply;
  const finer = sharp.step.some((n, k) => n < coarse.step[k]!);
  took({ body: bodyOf(coarse, bytesOf(buffers[0]!)), scale, level: coarse, more: finer });
  if (!finer) return;
  const [planes, rows, columns] = sharp.shape;
  const values = new Uint8Array(planes * rows * columns);
  const all: Promise<void>[] = [];
  let come = 0;
  for (let z = 0; z < planes; z += part[0])
    for (let y = 0; y < rows; y += part[1]) {
      const stop = [Math.min(planes, z + part[0]), Math.min(rows, y + part[1])] as const;
      all.push(
        asking.ask({ kind: "blocks", volume, step: sharp.step, start: [z, y], stop }).then(({ buffers: [buffer] }) => {
          const bytes = bytesOf(buffer!);
          const wide = (stop[1] - y) * columns;
          for (let n = z; n < stop[0]; n++)
            values.set(bytes.subarray((n - z) * wide, (n - z + 1) * wide), (n * rows + y) * columns);
          come++;
          progress(come / all.length);
        }),
      );
    }
  await Promise.all(all);
  took({ body: bodyOf(sharp, values), scale, level: sharp, more: false });
}
