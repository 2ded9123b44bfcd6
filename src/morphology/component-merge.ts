import type { BrickComponents, Connectivity } from "../compute/operations/components.js";
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

/**
 * A border between bricks that come one after the other: labels on its near side, on its far side, and on the near side of
 * the next such border.
 */
class Seam {
  near: Uint32Array;
  readonly far: Uint32Array;
  next: Uint32Array;
  readonly rows: number;
  readonly columns: number;

  constructor(rows: number, columns: number) {
    this.rows = rows;
    this.columns = columns;
    [this.near, this.far, this.next] = [0, 1, 2].map(() => new Uint32Array(rows * columns)) as [
      Uint32Array,
      Uint32Array,
      Uint32Array,
    ];
  }

  /** Puts a brick's faces in, whose first voxel has this place; labels of all bricks are 1 more than their number. */
  put(low: Uint32Array, high: Uint32Array, base: number, columns: number, place: number): void {
    for (let k = 0, to = place; k < low.length; k += columns, to += this.columns)
      for (let x = 0; x < columns; x++) {
        const [a, b] = [low[k + x]!, high[k + x]!];
        this.far[to + x] = a === 0 ? 0 : a + base;
        this.next[to + x] = b === 0 ? 0 : b + base;
      }
  }

  /** The far side is behind. */
  pass(): void {
    [this.near, this.next] = [this.next, this.near];
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

  /** @param limit bytes that it may take: planes of the volume at the borders, and 22 bytes for each component of each brick */
  constructor(grid: BrickGrid, connectivity: Connectivity, limit: number) {
    this.#grid = grid;
    this.#reach = { 6: 0, 18: 1, 26: 2 }[connectivity];
    this.#limit = limit;
    this.#before = new Float64Array(grid.length + 1);
    this.#layers = new Seam(grid.shape[1], grid.shape[2]);
    this.#rows = this.#sides = new Seam(0, 0);
  }

  get bricks(): number {
    return this.#bricks;
  }

  add(part: BrickComponents): void {
    const { counts, shape, brick } = this.#grid;
    const index = this.#bricks++;
    const at: Triple = [
      Math.floor(index / (counts[1] * counts[2])),
      Math.floor(index / counts[2]) % counts[1],
      index % counts[2],
    ];
    const [z, y, x] = at.map((n, k) => n * brick[k]!) as unknown as Triple;
    const [planes, rows, columns] = part.size;
    const base = this.#total;
    this.#take(part, [z, y, x]);
    const [zLow, zHigh, yLow, yHigh, xLow, xHigh] = part.faces as [
      Uint32Array,
      Uint32Array,
      Uint32Array,
      Uint32Array,
      Uint32Array,
      Uint32Array,
    ];
    for (const [k, low, high] of [
      [0, zLow, zHigh],
      [1, yLow, yHigh],
      [2, xLow, xHigh],
    ] as const) {
      if (at[k] === 0) this.#touch(low, base);
      if (at[k] === counts[k] - 1) this.#touch(high, base);
    }
    if (at[1] === 0 && at[2] === 0) this.#rows = new Seam(planes, shape[2]);
    if (at[2] === 0) this.#sides = new Seam(planes, rows);
    // Voxels on both sides of two borders at once meet at the outer of these, whose planes are whole.
    this.#sides.put(xLow, xHigh, base, rows, 0);
    this.#pass(this.#sides, at[2] > 0);
    this.#rows.put(yLow, yHigh, base, columns, x);
    this.#layers.put(zLow, zHigh, base, columns, y * shape[2] + x);
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

  #touch(face: Uint32Array, base: number): void {
    for (const label of face) if (label !== 0) this.#open[base + label - 1] = 1;
  }

  /** Joins what touches across a seam, if there is something on its near side, and goes on to the next one. */
  #pass(seam: Seam, joins: boolean): void {
    if (joins) {
      const { near, far, rows, columns } = seam;
      const reach = this.#reach;
      const one = Math.min(1, reach);
      let [lastNear, lastFar] = [0, 0];
      for (let y = 0, k = 0; y < rows; y++)
        for (let x = 0; x < columns; x++, k++) {
          const b = far[k]!;
          if (b === 0) continue;
          for (let v = Math.max(0, y - one); v <= Math.min(rows - 1, y + one); v++)
            for (let u = Math.max(0, x - one); u <= Math.min(columns - 1, x + one); u++) {
              const a = near[v * columns + u]!;
              if (a === 0 || (a === lastNear && b === lastFar) || Math.abs(v - y) + Math.abs(u - x) > reach) continue;
              [lastNear, lastFar] = [a, b];
              this.#join(a - 1, b - 1);
            }
        }
    }
    seam.pass();
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
