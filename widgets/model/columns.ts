/**
 * Planes across x. Their voxels lie far apart, one in each line of the processor's memory, and a plane of a large volume waits for
 * a million lines. So planes that share lines are taken together, and the next ones bit by bit before they are wanted.
 */
import { DTYPES, type Voxels, voxelArray } from "../../src/core/dtype.js";
import type { Region, Shape } from "../../src/core/shape.js";
import type { Volume } from "../../src/core/volume.js";
import { type PlaneValues, pixelsOf, type Reduction, reduceRows, type VoxelRows } from "./reduced.js";

/** Bytes of a line of memory. */
const LINE = 64;
const MOST_BYTES = 64 * 2 ** 20;

/** Planes from `from` on, and the bricks that are still to be taken into them. */
interface Group {
  readonly from: number;
  readonly planes: readonly Voxels[];
  readonly missing: number[];
  readonly share: number;
  filling: Promise<void>;
}

export class Columns {
  readonly #volume: Volume;
  readonly #reduction: Reduction;
  /** Pixels of a plane: rows along z, columns along y. */
  readonly #size: readonly [height: number, width: number];
  readonly #together: number;
  /** The group that was asked for last, and the one that the reader goes towards. */
  #groups: Group[] = [];

  /** @param volume whose bricks are at hand, their edges multiples of what becomes a pixel */
  constructor(volume: Volume, reduction: Reduction) {
    this.#volume = volume;
    this.#reduction = reduction;
    this.#size = [pixelsOf(volume.shape[0], reduction), pixelsOf(volume.shape[1], reduction)];
    const { bytes } = DTYPES[volume.dtype];
    const plane = this.#size[0] * this.#size[1] * bytes;
    this.#together = 2 ** Math.floor(Math.log2(Math.max(1, Math.min(LINE / bytes, MOST_BYTES / plane))));
  }

  /**
   * Do not write to it. Undefined: nobody goes on from there, and its group has not come together; one plane alone comes sooner by itself.
   * @param way where the reader goes: 1, −1, or 0
   */
  async plane(index: number, way: number): Promise<PlaneValues | undefined> {
    const from = index - (index % this.#together);
    const ready = this.#groups.some((group) => group.from === from && group.missing.length === 0);
    if (way === 0 && !ready) return undefined;
    const group = this.#group(from);
    await this.#fill(group, group.missing.length);
    const next = from + way * this.#together;
    const ahead = way !== 0 && next >= 0 && next < this.#volume.shape[2] ? this.#group(next) : undefined;
    this.#groups = ahead === undefined ? [group] : [group, ahead];
    // Behind the answer; what cannot be read is told of when it is wanted.
    if (ahead !== undefined) setImmediate(() => this.#fill(ahead, ahead.share).catch(() => undefined));
    const [height, width] = this.#size;
    return { values: group.planes[index - from]!, height, width };
  }

  /** Lets go of the memory. */
  forget(): void {
    this.#groups = [];
  }

  #group(from: number): Group {
    const known = this.#groups.find((group) => group.from === from);
    if (known !== undefined) return known;
    const { grid, shape, dtype } = this.#volume;
    const to = Math.min(shape[2], from + this.#together);
    const planes = Array.from({ length: to - from }, () => voxelArray(dtype, this.#size[0] * this.#size[1]));
    const missing = grid.touching({ start: [0, 0, from], stop: [shape[0], shape[1], to] });
    // Ready when the reader is half through the group before.
    const share = Math.ceil((2 * missing.length) / this.#together);
    return { from, planes, missing, share, filling: Promise.resolve() };
  }

  /** Takes some of the bricks that are missing. */
  #fill(group: Group, bricks: number): Promise<void> {
    const { store, grid } = this.#volume;
    group.filling = group.filling.then(async () => {
      for (let n = 0; n < bricks && group.missing.length > 0; n++) {
        const index = group.missing[0]!;
        const brick = await store.read(index);
        const takePart = this.#reduction.level === 0 ? take : takeReduced;
        takePart(brick, grid.brick, grid.region(index), group, this.#size[1], this.#reduction);
        group.missing.shift();
      }
    });
    return group.filling;
  }
}

/** Takes the part of a brick that lies in the planes. */
function take(
  brick: Voxels,
  [, rows, columns]: Shape,
  { start, stop }: Region,
  { from, planes }: Group,
  width: number,
): void {
  const first = Math.max(0, start[2] - from);
  const last = Math.min(planes.length, stop[2] - from);
  for (let z = start[0]; z < stop[0]; z++) {
    const row = (z - start[0]) * rows * columns + from - start[2];
    const end = z * width + stop[1];
    // Plane by plane within one layer of rows, which stays in the cache meanwhile.
    for (let n = first; n < last; n++) {
      const plane = planes[n]!;
      for (let to = z * width + start[1], at = row + n; to < end; to++, at += columns) plane[to] = brick[at]!;
    }
  }
}

/** As {@link take}, a pixel for several voxels. */
function takeReduced(
  values: Voxels,
  [, rows, columns]: Shape,
  { start, stop }: Region,
  { from, planes }: Group,
  width: number,
  reduction: Reduction,
): void {
  const first = Math.max(0, start[2] - from);
  const last = Math.min(planes.length, stop[2] - from);
  const size = 2 ** reduction.level;
  const step = rows * columns;
  // Plane by plane within one row of pixels, whose voxels stay in the cache meanwhile.
  for (let z = start[0]; z < stop[0]; z += size)
    for (let n = first; n < last; n++) {
      const part: VoxelRows = {
        values,
        first: (z - start[0]) * step + n + from - start[2],
        step,
        across: columns,
        height: Math.min(size, stop[0] - z),
        width: stop[1] - start[1],
      };
      reduceRows(part, reduction, planes[n]!, (z >> reduction.level) * width + (start[1] >> reduction.level), width);
    }
}
