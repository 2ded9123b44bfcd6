/** Voxels at the surface of a phase, on a coarse grid, and of one region, as they are. */
import { InvalidArgument } from "../../../src/core/errors.js";
import type { Triple } from "../../../src/core/shape.js";
import type { Volume } from "../../../src/core/volume.js";
import type { VoxelPlaces } from "../../draw/network-look.js";
import { MAX_PART_BYTES } from "../../protocol.js";

/** Cells of the ghost along each edge, at most: more would cost more than they show. */
const CELLS = 48;
/** Places that one message holds. */
const MOST = Math.floor(MAX_PART_BYTES / 6);

/** Cells of a grid with something inside that have a neighbour, of 6, without; what lies outside the volume is no neighbour. */
function surface(shape: Triple, inside: Uint8Array): number[] {
  const [depth, rows, columns] = shape;
  const found: number[] = [];
  let k = 0;
  for (let z = 0; z < depth; z++)
    for (let y = 0; y < rows; y++)
      for (let x = 0; x < columns; x++, k++) {
        if (inside[k] === 0) continue;
        const open =
          (z > 0 && inside[k - rows * columns] === 0) ||
          (z < depth - 1 && inside[k + rows * columns] === 0) ||
          (y > 0 && inside[k - columns] === 0) ||
          (y < rows - 1 && inside[k + columns] === 0) ||
          (x > 0 && inside[k - 1] === 0) ||
          (x < columns - 1 && inside[k + 1] === 0);
        if (open) found.push(z, y, x);
      }
  return found;
}

/**
 * The surface of a phase on a grid of at most 48 cells along each edge; of a cell its middle voxel counts.
 * Cost 48 planes of the volume.
 */
export async function ghostOf(volume: Volume, isInside: (value: number) => boolean): Promise<VoxelPlaces> {
  const cells = volume.shape.map((n) => Math.min(n, CELLS)) as unknown as Triple;
  const step = volume.shape.map((n, k) => n / cells[k]!) as unknown as Triple;
  const inside = new Uint8Array(cells[0] * cells[1] * cells[2]);
  const middle = (n: number, k: number): number => Math.min(volume.shape[k]! - 1, Math.floor((n + 0.5) * step[k]!));
  for (let z = 0, k = 0; z < cells[0]; z++) {
    const { values, width } = await volume.plane("z", middle(z, 0));
    for (let y = 0; y < cells[1]; y++)
      for (let x = 0; x < cells[2]; x++) inside[k++] = Number(isInside(values[middle(y, 1) * width + middle(x, 2)]!));
  }
  return { places: Uint16Array.from(surface(cells, inside)), step };
}

/**
 * The surface voxels of a label; with more than a message holds, every second or third of them.
 * Cost: the planes that it is in.
 * @param from z of its centroid; where it is not there, it is looked for in all planes
 */
export async function voxelsOf(labels: Volume, label: number, from: number): Promise<VoxelPlaces> {
  const [depth, rows, columns] = labels.shape;
  const middle = Math.min(depth - 1, Math.max(0, Math.round(from)));
  const planes = new Map<number, Uint8Array>();
  const has = async (z: number): Promise<boolean> => {
    const { values } = await labels.plane("z", z);
    const inside = Uint8Array.from(values, (value) => Number(value === label));
    planes.set(z, inside);
    return inside.includes(1);
  };
  // A region hangs together: the planes that it is in follow each other, and its centroid lies among them.
  let found = false;
  for (const way of [1, -1]) {
    for (let z = way === 1 ? middle : middle - 1; z >= 0 && z < depth; z += way) {
      const here = await has(z);
      if (!here && found) break;
      found ||= here;
    }
  }
  if (!found)
    throw new InvalidArgument(`no voxel has the label ${label}; give the regions that the network was made of`);
  const all = [...planes.keys()].sort((a, b) => a - b);
  const inside = new Uint8Array(all.length * rows * columns);
  for (const [k, z] of all.entries()) inside.set(planes.get(z)!, k * rows * columns);
  const places = surface([all.length, rows, columns], inside);
  for (let k = 0; k < places.length; k += 3) places[k]! += all[0]!;
  const every = Math.ceil(places.length / 3 / MOST);
  const kept = every === 1 ? places : places.filter((_, k) => Math.floor(k / 3) % every === 0);
  return { places: Uint16Array.from(kept), step: [1, 1, 1] };
}
