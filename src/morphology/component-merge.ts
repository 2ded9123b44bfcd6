import type { BrickComponents, Connectivity, Face } from "../compute/operations/components.js";
import { formatBytes } from "../core/display.js";
import { LimitExceeded } from "../core/errors.js";
import type { BrickGrid, Triple } from "../core/shape.js";

/** All components of a volume, in the order of their first voxels. */
export interface AllComponents {
  readonly count: number;
  /** Voxels of each. */
  readonly sizes: Float64Array;
  /** 1 for each that touches a face of the volume. */
  readonly open: Uint8Array;
  /** 1 for each in which a value occurs that marks them. */
  readonly marked: Uint8Array;
  /** Brick → number of components of the bricks before it. */
  readonly before: Float64Array;
  /** For each component of each brick the one of all to which it belongs: 0, 1, …. */
  readonly member: Uint32Array;
}

/** Bytes for each component of each brick: parent, size, first voxel, whether it touches a face and is marked. */
const BYTES = 22;
/** 0 is no label. */
const MOST = 2 ** 32 - 2;

/** A brick's face in a border: its first column there, and how many components the bricks before it have. */
interface Part {
  readonly face: Face;
  readonly x: number;
  readonly base: number;
}

/** One side of a border by its runs, with their components' numbers among those of all bricks. */
function sideOf(parts: readonly Part[], rows: number): Face {
  const count = parts.reduce((sum, { face }) => sum + face.labels.length, 0);
  const side = { starts: new Uint32Array(rows + 1), runs: new Uint32Array(2 * count), labels: new Uint32Array(count) };
  let [n, row] = [0, 0];
  for (let first = 0, end = 0; first < parts.length; first = end) {
    // Bricks beside each other along x have the same rows.
    do end++;
    while (end < parts.length && parts[end]!.x > 0);
    const height = parts[first]!.face.starts.length - 1;
    for (let y = 0; y < height; y++) {
      for (let p = first; p < end; p++) {
        const { face, x, base } = parts[p]!;
        for (let k = face.starts[y]!; k < face.starts[y + 1]!; k++, n++) {
          side.runs[2 * n] = face.runs[2 * k]! + x;
          side.runs[2 * n + 1] = face.runs[2 * k + 1]! + x;
          side.labels[n] = face.labels[k]! - 1 + base;
        }
      }
      side.starts[++row] = n;
    }
  }
  return side;
}

/** A border between bricks that come one after the other. */
class Seam {
  readonly rows: number;
  #near: Part[] = [];
  #far: Part[] = [];
  #next: Part[] = [];

  constructor(rows: number) {
    this.rows = rows;
  }

  /** Puts a brick's faces in: the low one on the far side, the high one on the near side of the next border like this. */
  put(low: Face, high: Face, base: number, x: number): void {
    this.#far.push({ face: low, x, base });
    this.#next.push({ face: high, x, base });
  }

  get sides(): readonly [near: Face, far: Face] {
    return [sideOf(this.#near, this.rows), sideOf(this.#far, this.rows)];
  }

  /** The far side is behind. */
  pass(): void {
    [this.#near, this.#far, this.#next] = [this.#next, [], []];
  }
}

/** Joins the components of bricks, which come in the order of the bricks, across the borders between them. */
export class ComponentMerge {
  readonly #grid: BrickGrid;
  readonly #reach: number;
  readonly #limit: number;
  #parents = new Uint32Array(1024);
  #sizes = new Float64Array(1024);
  #firsts = new Float64Array(1024);
  #open = new Uint8Array(1024);
  #marked = new Uint8Array(1024);
  #total = 0;
  #bricks = 0;
  readonly #before: Float64Array;
  readonly #layers: Seam;
  #rows: Seam;
  #sides: Seam;

  /** @param limit bytes that it may take: runs of voxels at the borders between bricks, and 22 bytes for each component of each brick */
  constructor(grid: BrickGrid, connectivity: Connectivity, limit: number) {
    this.#grid = grid;
    this.#reach = { 6: 0, 18: 1, 26: 2 }[connectivity];
    this.#limit = limit;
    this.#before = new Float64Array(grid.length + 1);
    this.#layers = new Seam(grid.shape[1]);
    this.#rows = this.#sides = new Seam(0);
  }

  get bricks(): number {
    return this.#bricks;
  }

  add(part: BrickComponents): void {
    const { counts, brick } = this.#grid;
    const index = this.#bricks++;
    const at: Triple = [
      Math.floor(index / (counts[1] * counts[2])),
      Math.floor(index / counts[2]) % counts[1],
      index % counts[2],
    ];
    const [z, y, x] = at.map((n, k) => n * brick[k]!) as unknown as Triple;
    const [planes] = part.size;
    const base = this.#total;
    this.#take(part, [z, y, x]);
    const [zLow, zHigh, yLow, yHigh, xLow, xHigh] = part.faces as [Face, Face, Face, Face, Face, Face];
    for (const [k, low, high] of [
      [0, zLow, zHigh],
      [1, yLow, yHigh],
      [2, xLow, xHigh],
    ] as const) {
      if (at[k] === 0) this.#touch(low, base);
      if (at[k] === counts[k] - 1) this.#touch(high, base);
    }
    // Voxels on both sides of two borders at once meet at the outer of these, whose sides are whole.
    if (at[2] === 0) this.#sides = new Seam(planes);
    this.#sides.put(xLow, xHigh, base, 0);
    this.#pass(this.#sides, at[2] > 0);
    if (at[1] === 0 && at[2] === 0) this.#rows = new Seam(planes);
    this.#rows.put(yLow, yHigh, base, x);
    this.#layers.put(zLow, zHigh, base, x);
    if (at[2] < counts[2] - 1) return;
    this.#pass(this.#rows, at[1] > 0);
    if (at[1] === counts[1] - 1) this.#pass(this.#layers, at[0] > 0);
  }

  #take({ count, sizes, firsts, marked, size }: BrickComponents, [z, y, x]: Triple): void {
    const [base, total] = [this.#total, this.#total + count];
    if (total > this.#parents.length) this.#grow(total);
    const [, rows, columns] = size;
    const [, height, width] = this.#grid.shape;
    for (let k = 0; k < count; k++) {
      const first = firsts[k]!;
      const row = Math.floor(first / columns);
      const place = [z + Math.floor(row / rows), y + (row % rows), x + (first % columns)] as const;
      this.#parents[base + k] = base + k;
      this.#sizes[base + k] = sizes[k]!;
      this.#marked[base + k] = marked[k]!;
      this.#firsts[base + k] = (place[0] * height + place[1]) * width + place[2];
    }
    this.#total = total;
    this.#before[this.#bricks] = total;
  }

  #grow(total: number): void {
    const room = Math.min(MOST, Math.max(total, 2 * this.#parents.length));
    const bytes = room * BYTES;
    if (total > MOST || bytes > this.#limit)
      throw new LimitExceeded(
        `components: the bricks have ${total} components or more, which take ${formatBytes(bytes)}, more than ${formatBytes(this.#limit)}; remove noise first (median, opening), or raise memoryLimit`,
        bytes,
        this.#limit,
      );
    const larger = <T extends Uint32Array | Float64Array | Uint8Array>(array: T, Kind: new (n: number) => T): T => {
      const out = new Kind(room);
      out.set(array);
      return out;
    };
    this.#parents = larger(this.#parents, Uint32Array);
    this.#sizes = larger(this.#sizes, Float64Array);
    this.#firsts = larger(this.#firsts, Float64Array);
    this.#open = larger(this.#open, Uint8Array);
    this.#marked = larger(this.#marked, Uint8Array);
  }

  #touch({ labels }: Face, base: number): void {
    for (const label of labels) this.#open[base + label - 1] = 1;
  }

  /** Joins what touches across a seam, if there is something on its near side, and goes on to the next one. */
  #pass(seam: Seam, joins: boolean): void {
    if (joins) {
      const [near, far] = seam.sides;
      const reach = this.#reach;
      const across = reach > 0 ? 1 : 0;
      for (let y = 0; y < seam.rows; y++)
        for (let v = Math.max(0, y - across); v <= Math.min(seam.rows - 1, y + across); v++)
          this.#joinRows(near, v, far, y, Math.min(1, reach - Math.abs(v - y)));
    }
    seam.pass();
  }

  /**
   * Joins the runs of two rows that overlap, or lie `reach` apart. Where both end at the end of a brick, the far one is left
   * behind without a look at the near one's next: that is joined with the near one across the border along x.
   */
  #joinRows(near: Face, v: number, far: Face, y: number, reach: number): void {
    let [i, j] = [near.starts[v]!, far.starts[y]!];
    const [iEnd, jEnd] = [near.starts[v + 1]!, far.starts[y + 1]!];
    while (i < iEnd && j < jEnd) {
      const [end, otherEnd] = [near.runs[2 * i + 1]!, far.runs[2 * j + 1]!];
      if (near.runs[2 * i]! < otherEnd + reach && far.runs[2 * j]! < end + reach)
        this.#join(near.labels[i]!, far.labels[j]!);
      if (end < otherEnd) i++;
      else j++;
    }
  }

  #join(a: number, b: number): void {
    const [p, q] = [this.#root(a), this.#root(b)];
    if (p < q) this.#parents[q] = p;
    else this.#parents[p] = q;
  }

  #root(component: number): number {
    const parents = this.#parents;
    let at = component;
    while (parents[at] !== at) {
      parents[at] = parents[parents[at]!]!;
      at = parents[at]!;
    }
    return at;
  }

  /** When all bricks are in. */
  finish(): AllComponents {
    const total = this.#total;
    const roots: number[] = [];
    for (let k = 0; k < total; k++) {
      const root = this.#root(k);
      if (root === k) {
        roots.push(k);
        continue;
      }
      // A root comes before its members.
      this.#sizes[root]! += this.#sizes[k]!;
      this.#firsts[root] = Math.min(this.#firsts[root]!, this.#firsts[k]!);
      this.#open[root] = this.#open[root]! | this.#open[k]!;
      this.#marked[root] = this.#marked[root]! | this.#marked[k]!;
    }
    roots.sort((a, b) => this.#firsts[a]! - this.#firsts[b]!);
    const member = new Uint32Array(total);
    for (const [k, root] of roots.entries()) member[root] = k;
    for (let k = 0; k < total; k++) member[k] = member[this.#root(k)]!;
    return {
      count: roots.length,
      sizes: Float64Array.from(roots, (root) => this.#sizes[root]!),
      open: Uint8Array.from(roots, (root) => this.#open[root]!),
      marked: Uint8Array.from(roots, (root) => this.#marked[root]!),
      before: this.#before,
      member,
    };
  }
}
