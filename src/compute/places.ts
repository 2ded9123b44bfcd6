/** Where the bricks lie that a job reads and writes, for the threads. */
import type { Border } from "../core/border.js";
import type { Region } from "../core/shape.js";
import type { Volume } from "../core/volume.js";
import { BEYOND, linesOf } from "./gather.js";
import type { SourceDescription } from "./job.js";
import { boxesOf, type Sight } from "./stage.js";

/** The bricks of a volume that touch a region. */
export function describeRegion(volume: Volume, region: Region): SourceDescription {
  const { shape, brick } = volume.grid;
  return { dtype: volume.dtype, shape, brick, ...placesOf(volume.store, volume.grid.touching(region)) };
}

/** The bricks of a volume that stages need to compute `result`: with a border that wraps, also those of the far side. */
export function describeInput(volume: Volume, stages: readonly Sight[], result: Region): SourceDescription {
  return describeAround(volume, boxesOf(stages, result)[0]!.around, stages[0]!.border);
}

/** The bricks of a volume in a box that may reach beyond its faces. */
export function describeAround(volume: Volume, around: Region, border: Border): SourceDescription {
  const { shape, brick, counts } = volume.grid;
  const size = around.stop.map((n, k) => n - around.start[k]!) as [number, number, number];
  const [alongZ, alongY, alongX] = linesOf(around.start, size, shape, brick, border).map((parts) =>
    [...new Set(parts.map((part) => part.brick))].filter((number) => number !== BEYOND).sort((a, b) => a - b),
  ) as [number[], number[], number[]];
  const bricks = alongZ.flatMap((z) => alongY.flatMap((y) => alongX.map((x) => (z * counts[1] + y) * counts[2] + x)));
  return { dtype: volume.dtype, shape, brick, ...placesOf(volume.store, bricks) };
}

/** Places of bricks with each block of memory and each path named once. */
export function placesOf(
  store: Pick<Volume["store"], "place">,
  bricks: Iterable<number>,
): Pick<SourceDescription, "places" | "blocks"> {
  const blocks: (SharedArrayBuffer | string)[] = [];
  const numbers = new Map<SharedArrayBuffer | string, number>();
  const places = new Map<number, readonly [block: number, byteOffset: number]>();
  for (const index of bricks) {
    const place = store.place(index);
    const block = place.kind === "memory" ? place.buffer : place.path;
    let number = numbers.get(block);
    if (number === undefined) {
      number = blocks.push(block) - 1;
      numbers.set(block, number);
    }
    places.set(index, [number, place.byteOffset]);
  }
  return { places, blocks };
}
