/** Peaks of a distance transform, without those that are none (SNOW); runs in a thread of its own. */
import { Source } from "../compute/gather.js";
import type { SourceDescription } from "../compute/job.js";
import { voxelArray } from "../core/dtype.js";
import type { Shape } from "../core/shape.js";

export interface SnowTask {
  /** 1 where a peak is. */
  readonly peaks: SourceDescription;
  readonly distances: SourceDescription;
}

export interface SnowPeaks {
  /** Places of voxels, ascending. */
  readonly kept: Float64Array;
  /** Number of peaks at first, without those on saddles, and without those near another one. */
  readonly counts: readonly [number, number, number];
}

/** Most times that a peak is followed uphill. */
const ROUNDS = 20;
/** What parts peaks of equal distance: their number times this many voxels, all of them together at most a thousandth. */
const JOGGLE = 1e-6;
const MOST_JOGGLE = 1e-3;
/** Edge of the cells in which neighbours are looked for. */
const CELL = 16;

/** Peaks on saddles and ridges, and of two near ones the lower, are taken away. */
export function trimPeaks({ peaks, distances }: SnowTask): SnowPeaks {
  const { shape } = peaks;
  const [depth, height, width] = shape;
  const plane = height * width;
  const far = new Float32Array(depth * plane);
  const at: number[] = [];
  const marks = voxelArray(peaks.dtype, plane);
  const [first, second] = [new Source(peaks), new Source(distances)];
  try {
    for (let z = 0; z < depth; z++) {
      const size = [1, height, width] as const;
      first.gather([z, 0, 0], size, { voxels: marks, row: width, plane: 0 });
      const into = far.subarray(z * plane, (z + 1) * plane);
      second.gather([z, 0, 0], size, { voxels: into, row: width, plane: 0 });
      for (let k = 0; k < plane; k++) if (marks[k] !== 0) at.push(z * plane + k);
    }
  } finally {
    first.close();
    second.close();
  }
  const all = clusters(at, shape, 6);
  const tops = withoutSaddles(all, at, far, shape);
  const well = clusters(tops, shape, 26);
  const dropped = nearOthers(well, far, shape);
  const kept = well.filter((_, k) => !dropped.has(k));
  const places = Float64Array.from(kept.flat()).sort();
  return { kept: places, counts: [all.length, well.length, kept.length] };
}

/** The neighbours of a voxel in C order. */
function* around(k: number, [depth, height, width]: Shape, connectivity: 6 | 26): Generator<number> {
  const [z, y, x] = [Math.floor(k / (height * width)), Math.floor(k / width) % height, k % width];
  for (let w = Math.max(0, z - 1); w <= Math.min(depth - 1, z + 1); w++)
    for (let v = Math.max(0, y - 1); v <= Math.min(height - 1, y + 1); v++)
      for (let u = Math.max(0, x - 1); u <= Math.min(width - 1, x + 1); u++) {
        const steps = Math.abs(w - z) + Math.abs(v - y) + Math.abs(u - x);
        if (steps > 0 && (connectivity === 26 || steps === 1)) yield (w * height + v) * width + u;
      }
}

/** Voxels that hang together, in the order of their first ones. @param at ascending */
function clusters(at: readonly number[], shape: Shape, connectivity: 6 | 26): number[][] {
  const open = new Set(at);
  const found: number[][] = [];
  for (const first of at) {
    if (!open.delete(first)) continue;
    const members = [first];
    for (let k = 0; k < members.length; k++)
      for (const next of around(members[k]!, shape, connectivity)) if (open.delete(next)) members.push(next);
    found.push(members);
  }
  return found;
}

/** The voxels of peaks that lead to no higher place: each is followed to the largest distances beside it. */
function withoutSaddles(
  all: readonly (readonly number[])[],
  at: readonly number[],
  far: Float32Array,
  shape: Shape,
): number[] {
  const tops = new Set<number>();
  for (const peak of all) {
    let now = new Set(peak);
    for (let round = 0; round < ROUNDS; round++) {
      const grown = new Set(now);
      for (const k of now) for (const next of around(k, shape, 26)) grown.add(next);
      let most = 0;
      for (const k of grown) most = Math.max(most, far[k]!);
      const highest = new Set([...grown].filter((k) => far[k] === most && most > 0));
      const common = [...highest].filter((k) => now.has(k)).length;
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
function nearOthers(peaks: readonly (readonly number[])[], far: Float32Array, [_, height, width]: Shape): Set<number> {
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
  const depths = middles.map(([z, y, x], k) => far[z * plane + y * width + x]! + k * joggle);
  const cells = new Map<string, number[]>();
  const cellOf = (n: number): number => Math.floor(n / CELL);
  for (const [k, middle] of middles.entries()) {
    const key = middle.map(cellOf).join();
    cells.set(key, [...(cells.get(key) ?? []), k]);
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
