/** A scan of any size whose voxels follow from their coordinates alone: balls on a lattice over noise. */
import { defaultBrick } from "#src/compute/build.js";
import { zoneOf } from "#src/compute/zone.js";
import type { Voxels } from "#src/core/dtype.js";
import { trace } from "#src/core/provenance.js";
import { BrickGrid, regionShape, type Shape } from "#src/core/shape.js";
import { type BrickStore, Volume, type Zone } from "#src/core/volume.js";

/** Edge of a cell of the lattice. */
export const CELL = 64;

export function latticeValue(z: number, y: number, x: number): number {
  let h = Math.imul(z, 0x9e3779b1) ^ Math.imul(y, 0x85ebca6b) ^ Math.imul(x, 0xc2b2ae35);
  h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d);
  return cell[((z & 63) << 12) | ((y & 63) << 6) | (x & 63)]! + ((h ^ (h >>> 13)) & 31);
}

const cell = Uint8Array.from({ length: CELL ** 3 }, (_, k) => {
  const [a, b, c] = [(k >> 12) - 32, ((k >> 6) & 63) - 32, (k & 63) - 32];
  return a * a + b * b + c * c < 600 ? 180 : 60;
});

/** The scan as a volume whose bricks are made when they are read: it takes no memory. */
export function latticeScan(shape: Shape): Volume {
  const grid = new BrickGrid(shape, defaultBrick(shape));
  const zones = new Map<number, Zone>();
  const read = async (index: number): Promise<Voxels> => {
    const { start, stop } = grid.region(index);
    const [, rows, columns] = grid.brick;
    const voxels = new Uint8Array(grid.brickVoxels);
    for (let z = start[0]; z < stop[0]; z++)
      for (let y = start[1]; y < stop[1]; y++) {
        const row = ((z - start[0]) * rows + y - start[1]) * columns - start[2];
        for (let x = start[2]; x < stop[2]; x++) voxels[row + x] = latticeValue(z, y, x);
      }
    zones.set(index, zoneOf(voxels, grid.brick, regionShape(grid.region(index))));
    return voxels;
  };
  const store: BrickStore = {
    read,
    // `save` reads a brick before it asks for its record.
    zone: (index) => zones.get(index)!,
    place: () => {
      throw new Error("the lattice lies nowhere; save it first");
    },
    memoryBytes: 0,
    release: () => {},
  };
  const provenance = trace("lattice", { shape });
  return new Volume({ shape, dtype: "uint8", role: "intensity", provenance, brick: grid.brick, store });
}
