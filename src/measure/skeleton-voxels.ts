/** The voxels of a skeleton: where they are, how many others each touches, and every two that touch. */
import { eachPlane, Planes } from "../artefacts/plane-wise.js";
import type { Region, Shape, Triple } from "../core/shape.js";
import type { Volume } from "../core/volume.js";

/** Voxels of a skeleton in C order, of any number of neighbours. */
export interface SkeletonVoxels {
  readonly shape: Shape;
  /** Place along z, y, x, three numbers a voxel. */
  readonly places: Int32Array;
  /** Radius at each voxel; empty where there are no distances. */
  readonly radii: Float32Array;
  /** How many others each touches, also by corners: 0 to 26. */
  readonly degrees: Uint8Array;
}

/** Called for each two voxels that touch, with the one that comes first in C order first. */
type Meet = (one: number, other: number) => void;

/** Finds pairs of neighbours while voxels come in C order: the numbers of those of this plane and the one before it. */
class Neighbours {
  // Counted from 1, with a rim of none.
  #before: Uint32Array;
  #now: Uint32Array;
  readonly #row: number;
  readonly #beside: readonly number[];
  readonly #below: readonly number[];
  readonly #meet: Meet;

  constructor([, height, width]: Shape, meet: Meet) {
    const row = width + 2;
    this.#row = row;
    this.#before = new Uint32Array((height + 2) * row);
    this.#now = new Uint32Array(this.#before.length);
    this.#beside = [-row - 1, -row, -row + 1, -1];
    this.#below = [-row - 1, -row, -row + 1, -1, 0, 1, row - 1, row, row + 1];
    this.#meet = meet;
  }

  nextPlane(): void {
    [this.#before, this.#now] = [this.#now, this.#before];
    this.#now.fill(0);
  }

  add(y: number, x: number, voxel: number): void {
    const at = (y + 1) * this.#row + x + 1;
    this.#now[at] = voxel + 1;
    for (const by of this.#below) {
      const other = this.#before[at + by]!;
      if (other !== 0) this.#meet(other - 1, voxel);
    }
    for (const by of this.#beside) {
      const other = this.#now[at + by]!;
      if (other !== 0) this.#meet(other - 1, voxel);
    }
  }
}

/** Bytes of two planes of numbers. */
export const neighbourBytes = ([, height, width]: Shape): number => 8 * (height + 2) * (width + 2);

/**
 * Reads the voxels of a skeleton.
 * @param count of the voxels that are not 0
 * @param beside distances, and where in them the skeleton begins
 * @param step called after each plane
 */
export async function skeletonVoxels(
  skeleton: Volume,
  beside: { readonly distances: Volume; readonly start: Triple } | undefined,
  count: number,
  signal: AbortSignal,
  step: () => void,
): Promise<SkeletonVoxels> {
  const { shape } = skeleton;
  const [, height, width] = shape;
  const places = new Int32Array(3 * count);
  const radii = new Float32Array(beside === undefined ? 0 : count);
  const degrees = new Uint8Array(count);
  const neighbours = new Neighbours(shape, (one, other) => {
    degrees[one]!++;
    degrees[other]!++;
  });
  const depths = beside && new Planes(beside.distances, boxAt(beside.start, shape));
  let found = 0;
  await eachPlane(skeleton, signal, async (plane, z) => {
    neighbours.nextPlane();
    const first = found;
    for (let y = 0, k = 0; y < height; y++)
      for (let x = 0; x < width; x++, k++) {
        if (plane[k] === 0) continue;
        places[3 * found] = z;
        places[3 * found + 1] = y;
        places[3 * found + 2] = x;
        neighbours.add(y, x, found++);
      }
    if (depths !== undefined && found > first) {
      const depth = await depths.at(z);
      for (let k = first; k < found; k++) radii[k] = depth[places[3 * k + 1]! * width + places[3 * k + 2]!]!;
    }
    step();
  });
  return { shape, places, radii, degrees };
}

const boxAt = (start: Triple, shape: Shape): Region => ({
  start,
  stop: start.map((from, axis) => from + shape[axis]!) as unknown as Triple,
});

/** Goes through every two voxels that touch, once more, without reading the volume. @param step called after each plane */
export async function eachPair(
  { shape, places }: Pick<SkeletonVoxels, "shape" | "places">,
  meet: Meet,
  pause: () => Promise<void>,
  step: () => void,
): Promise<void> {
  const neighbours = new Neighbours(shape, meet);
  for (let z = 0, k = 0; z < shape[0]; z++) {
    await pause();
    neighbours.nextPlane();
    for (; places[3 * k] === z; k++) neighbours.add(places[3 * k + 1]!, places[3 * k + 2]!, k);
    step();
  }
}
