/**
 * Where a forest is least certain. The uncertainty is known on some planes across z, evenly spaced over the volume; a place counts as
 * uncertain as the mean over the window of 9 × 9 voxels around it: single voxels at the edges of phases are always uncertain,
 * whatever is scribbled, and it is an area that another scribble can settle. The window lies inside the plane: the mean of a part of it
 * would be the largest at the rim, for fewer voxels vary more.
 */
import type { Shape, Triple } from "../../../src/core/shape.js";
import type { PlaneValues } from "../reduced.js";

/** Half-width of the window. */
const REACH = 4;
/** Voxels that are looked at, about: below a second on two cores. */
const VOXELS = 2 ** 21;
const FEWEST = 3;
const MOST = 16;

/** The planes across z that are looked at: 3 to 16, each in the middle of its share of the volume. */
export function planesLookedAt([depth, rows, columns]: Shape): number[] {
  const wanted = Math.min(MOST, Math.max(FEWEST, Math.round(VOXELS / (rows * columns))));
  const count = Math.min(depth, wanted);
  return Array.from({ length: count }, (_, k) => Math.floor(((k + 0.5) * depth) / count));
}

/** How far a place is from those before it, at least, in voxels: a sixteenth of the longest side. */
export const distanceApart = (shape: Shape): number => Math.max(8, Math.round(Math.max(...shape) / 16));

/**
 * Means over the window around each voxel. NaN counts in none, and gets −1; so do voxels whose window leaves the plane, unless
 * the plane is narrower than a window.
 */
export function windowMeans({ values, height, width }: PlaneValues): Float32Array {
  const sums = new Float64Array((height + 1) * (width + 1));
  const counts = new Float64Array(sums.length);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const at = (y + 1) * (width + 1) + x + 1;
      const above = at - width - 1;
      const value = values[y * width + x]!;
      const known = Number.isNaN(value) ? 0 : 1;
      sums[at] = sums[at - 1]! + sums[above]! - sums[above - 1]! + (known === 1 ? value : 0);
      counts[at] = counts[at - 1]! + counts[above]! - counts[above - 1]! + known;
    }
  const means = new Float32Array(values.length);
  const inside = (at: number, length: number): boolean => length <= 2 * REACH || (at >= REACH && at < length - REACH);
  for (let y = 0; y < height; y++) {
    const top = Math.max(0, y - REACH) * (width + 1);
    const bottom = Math.min(height, y + REACH + 1) * (width + 1);
    for (let x = 0; x < width; x++) {
      const left = Math.max(0, x - REACH);
      const right = Math.min(width, x + REACH + 1);
      const of = (table: Float64Array): number =>
        table[bottom + right]! - table[top + right]! - table[bottom + left]! + table[top + left]!;
      const wanted = inside(y, height) && inside(x, width) && !Number.isNaN(values[y * width + x]!);
      means[y * width + x] = wanted ? of(sums) / of(counts) : -1;
    }
  }
  return means;
}

/** A place and how uncertain the forest is there. */
export interface Doubt {
  readonly at: Triple;
  readonly uncertainty: number;
}

/** Gives the least certain places of one forest, one after the other. */
export class Doubts {
  readonly #planes: { readonly index: number; readonly width: number; readonly means: Float32Array }[] = [];
  readonly #apart: number;

  constructor(shape: Shape) {
    this.#apart = distanceApart(shape);
  }

  /** Takes the uncertainty on a plane across z; they come in ascending order. */
  add(index: number, plane: PlaneValues): void {
    this.#planes.push({ index, width: plane.width, means: windowMeans(plane) });
  }

  /** The least certain place that is not near one that was given before, of several the first; undefined: there is none left. */
  next(): Doubt | undefined {
    let best: { plane: number; k: number; value: number } | undefined;
    for (const [plane, { means }] of this.#planes.entries())
      for (let k = 0; k < means.length; k++)
        if (means[k]! >= 0 && (best === undefined || means[k]! > best.value)) best = { plane, k, value: means[k]! };
    if (best === undefined) return undefined;
    const { index, width } = this.#planes[best.plane]!;
    const at: Triple = [index, Math.floor(best.k / width), best.k % width];
    this.#leaveOut(at);
    return { at, uncertainty: best.value };
  }

  #leaveOut([z, y, x]: Triple): void {
    const far = this.#apart;
    for (const { index, width, means } of this.#planes) {
      const wide = Math.sqrt(far ** 2 - (index - z) ** 2);
      // Where the plane is farther away there is no number, and no row.
      for (let row = Math.max(0, Math.ceil(y - wide)); row <= y + wide && row * width < means.length; row++)
        for (let column = Math.max(0, x - far); column <= Math.min(width - 1, x + far); column++)
          if ((index - z) ** 2 + (row - y) ** 2 + (column - x) ** 2 < far ** 2) means[row * width + column] = -1;
    }
  }
}
