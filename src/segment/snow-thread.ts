/** Peaks of a distance transform, without those that are none (SNOW); runs in a thread of its own. */
import { Source } from "../compute/gather.js";
import type { SourceDescription } from "../compute/job.js";
import { voxelArray } from "../core/dtype.js";
import { BrickGrid, regionShape, type Shape } from "../core/shape.js";

export interface SnowTask {
  /** Places of voxels that are peaks, ascending. */
  readonly peaks: Float64Array;
  readonly distances: SourceDescription;
}

export interface SnowPeaks {
  /** Places of voxels, ascending, and the number of the peak that each belongs to: from 1, in the order of their first voxels. */
  readonly places: Float64Array;
  readonly labels: Uint32Array;
  /** Number of peaks at first, without those on saddles, and without those near another one. */
  readonly counts: readonly [number, number, number];
}

/** Bricks of a file that are kept. */
const MOST_BRICKS = 128;
/** Bytes of them, of bricks of a million voxels. */
export const CACHE_BYTES = MOST_BRICKS * 2 ** 22;

/** Most times that a peak is followed uphill. */
const ROUNDS = 20;
/** What parts peaks of equal distance: their number times this many voxels, all of them together at most a thousandth. */
const JOGGLE = 1e-6;
const MOST_JOGGLE = 1e-3;
/** Edge of the cells in which neighbours are looked for. */
const CELL = 16;

/** Peaks on saddles and ridges, and of two near ones the lower, are taken away. */
export function trimPeaks({ peaks, distances }: SnowTask): SnowPeaks {
  const { shape } = distances;
  const far = new Field(distances);
  try {
    const all = clusters(peaks, shape, 6);
    const tops = withoutSaddles(all, peaks, far, shape);
    const well = clusters(tops, shape, 26);
    const dropped = nearOthers(well, far, shape);
    const kept = well.filter((_, k) => !dropped.has(k));
    const pairs = kept.flatMap((members, k) => members.map((place) => [place, k + 1] as const));
    pairs.sort(([a], [b]) => a - b);
    return {
      places: Float64Array.from(pairs, ([place]) => place),
      labels: Uint32Array.from(pairs, ([, label]) => label),
      counts: [all.length, well.length, kept.length],
    };
  } finally {
    far.close();
  }
}

/** Single voxels of a volume, wherever its bricks lie: those in memory are read in place. */
class Field {
  readonly #source: SourceDescription;
  readonly #grid: BrickGrid;
  readonly #reader: Source;
  readonly #bricks = new Map<number, Float32Array>();

  constructor(source: SourceDescription) {
    this.#source = source;
    this.#grid = new BrickGrid(source.shape, source.brick);
    this.#reader = new Source(source);
  }

  at(place: number): number {
    const { shape, brick } = this.#source;
    const { counts } = this.#grid;
    const x = place % shape[2];
    const line = (place - x) / shape[2];
    const y = line % shape[1];
    const z = (line - y) / shape[1];
    const [a, b, c] = [Math.floor(z / brick[0]), Math.floor(y / brick[1]), Math.floor(x / brick[2])];
    const voxels = this.#voxels((a * counts[1] + b) * counts[2] + c);
    return voxels[((z - a * brick[0]) * brick[1] + y - b * brick[1]) * brick[2] + x - c * brick[2]]!;
  }

  #voxels(index: number): Float32Array {
    const known = this.#bricks.get(index);
    if (known !== undefined) return known;
    const { places, blocks, brick } = this.#source;
    const [number, byteOffset] = places.get(index)!;
    const block = blocks[number]!;
    const count = brick[0] * brick[1] * brick[2];
    let voxels: Float32Array;
    if (typeof block !== "string") voxels = voxelArray("float32", block, byteOffset, count) as Float32Array;
    else {
      voxels = new Float32Array(count);
      const region = this.#grid.region(index);
      const into = { voxels, row: brick[2], plane: brick[1] * brick[2] };
      this.#reader.gather(region.start, regionShape(region), into);
      // Peaks come in C order: what was read first is needed last.
      if (this.#bricks.size >= MOST_BRICKS) this.#bricks.delete(this.#bricks.keys().next().value!);
    }
    this.#bricks.set(index, voxels);
    return voxels;
  }

  close(): void {
    this.#reader.close();
  }
}

/** Calls `look` with the neighbours of a voxel in C order. */
function around(k: number, [depth, height, width]: Shape, connectivity: 6 | 26, look: (place: number) => void): void {
  const x = k % width;
  const line = (k - x) / width;
  const y = line % height;
  const z = (line - y) / height;
  for (let w = Math.max(0, z - 1); w <= Math.min(depth - 1, z + 1); w++)
    for (let v = Math.max(0, y - 1); v <= Math.min(height - 1, y + 1); v++)
      for (let u = Math.max(0, x - 1); u <= Math.min(width - 1, x + 1); u++) {
        const steps = Math.abs(w - z) + Math.abs(v - y) + Math.abs(u - x);
        if (steps > 0 && (connectivity === 26 || steps === 1)) look((w * height + v) * width + u);
      }
}

/** Voxels that hang together, in the order of their first ones. @param at ascending */
function clusters(at: ArrayLike<number>, shape: Shape, connectivity: 6 | 26): number[][] {
  const open = new Set<number>();
  for (let k = 0; k < at.length; k++) open.add(at[k]!);
  const found: number[][] = [];
  for (let n = 0; n < at.length; n++) {
    const first = at[n]!;
    if (!open.delete(first)) continue;
    const members = [first];
    const join = (next: number): void => {
      if (open.delete(next)) members.push(next);
    };
    for (let k = 0; k < members.length; k++) around(members[k]!, shape, connectivity, join);
    found.push(members);
  }
  return found;
}

/** The voxels of peaks that lead to no higher place: each is followed to the largest distances beside it. */
function withoutSaddles(all: readonly (readonly number[])[], at: Float64Array, far: Field, shape: Shape): Float64Array {
  const tops = new Set<number>();
  for (const peak of all) {
    let now: Set<number> = new Set(peak);
    for (let round = 0; round < ROUNDS; round++) {
      // Of all voxels and their neighbours the highest.
      let most = 0;
      let highest: Set<number> = new Set();
      const look = (place: number): void => {
        const height = far.at(place);
        if (height > most) {
          most = height;
          highest = new Set([place]);
        } else if (height === most && most > 0) highest.add(place);
      };
      for (const k of now) {
        look(k);
        around(k, shape, 26, look);
      }
      let common = 0;
      for (const k of highest) if (now.has(k)) common++;
      if (common === now.size && common === highest.size) {
        for (const k of now) tops.add(k);
        break;
      }
      if (common === 0) break;
      now = highest;
    }
  }
  return at.filter((k) => tops.has(k));
}

/** Numbers of the peaks that are nearer to another one than to the wall, and lower than that. */
function nearOthers(peaks: readonly (readonly number[])[], far: Field, [_, height, width]: Shape): Set<number> {
  const plane = height * width;
  const middles = peaks.map((members) => {
    const sums = [0, 0, 0];
    for (const k of members) {
      sums[0]! += Math.floor(k / plane);
      sums[1]! += Math.floor(k / width) % height;
      sums[2]! += k % width;
    }
    return sums.map((sum) => Math.floor(sum / members.length)) as [number, number, number];
  });
  const joggle = Math.min(JOGGLE, MOST_JOGGLE / middles.length);
  const depths = middles.map(([z, y, x], k) => far.at(z * plane + y * width + x) + k * joggle);
  const cells = new Map<string, number[]>();
  const cellOf = (n: number): number => Math.floor(n / CELL);
  for (const [k, middle] of middles.entries()) {
    const key = middle.map(cellOf).join();
    const cell = cells.get(key);
    if (cell === undefined) cells.set(key, [k]);
    else cell.push(k);
  }
  const dropped = new Set<number>();
  for (const [k, middle] of middles.entries()) {
    const reach = depths[k]!;
    const [low, high] = [middle.map((n) => cellOf(n - reach)), middle.map((n) => cellOf(n + reach))];
    let [nearest, least] = [-1, reach];
    for (let z = low[0]!; z <= high[0]!; z++)
      for (let y = low[1]!; y <= high[1]!; y++)
        for (let x = low[2]!; x <= high[2]!; x++)
          for (const other of cells.get(`${z},${y},${x}`) ?? []) {
            if (other === k) continue;
            const apart = Math.hypot(...middles[other]!.map((n, axis) => n - middle[axis]!));
            if (apart > least || (apart === least && nearest >= 0 && other > nearest)) continue;
            [nearest, least] = [other, apart];
          }
    if (nearest >= 0) dropped.add(reach < depths[nearest]! ? k : nearest);
  }
  return dropped;
}
