/** Joins the chords of bricks, which come in their order, along the lines of the whole volume. */
import type { BrickChords, LineEnds } from "../compute/operations/chords.js";
import type { BrickGrid } from "../core/shape.js";
import { intersect, type Region, regionShape, type Triple } from "../core/shape.js";

/** Chords along one axis. */
export interface AxisChords {
  /** Numbers by length in voxels, from 0 on: between two walls, and cut by the end of the sample. */
  readonly whole: Float64Array;
  readonly cut: Float64Array;
  /** Walls at which chords end: two of each whole one, and those of cut ones. */
  readonly walls: number;
}

const AXES = [0, 1, 2] as const;
/** The kind of what lies beyond the sample. */
const BEYOND = 2;

/** Bytes of the lines of a volume that are open from one brick to the next. */
export const mergeBytes = ([z, y, x]: Triple): number => 4 * (y * x + z * x + z * y) + 16 * (z + y + x);

export class ChordMerge {
  readonly #bricks: readonly number[];
  readonly #grid: BrickGrid;
  readonly #region: Region;
  readonly #shape: Triple;
  /** For each axis and line the run that is open, times 4, and what it began with. */
  readonly #open: readonly Uint32Array[];
  readonly #whole: readonly Float64Array[];
  readonly #cut: readonly Float64Array[];
  readonly #walls = [0, 0, 0];
  #next = 0;

  constructor(grid: BrickGrid, region: Region) {
    this.#grid = grid;
    this.#region = region;
    this.#bricks = grid.touching(region);
    const shape = regionShape(region);
    this.#shape = shape;
    const [z, y, x] = shape;
    // At the faces of the volume chords are cut.
    this.#open = [y * x, z * x, z * y].map((lines) => new Uint32Array(lines).fill(BEYOND));
    this.#whole = shape.map((n) => new Float64Array(n + 1));
    this.#cut = shape.map((n) => new Float64Array(n + 1));
  }

  add({ size, axes }: BrickChords): void {
    const { start } = intersect(this.#grid.region(this.#bricks[this.#next++]!), this.#region)!;
    const from = start.map((n, k) => n - this.#region.start[k]!) as unknown as Triple;
    for (const axis of AXES) {
      this.#addCounts(axis, axes[axis].counts, size[axis] + 1);
      this.#addEnds(axis, axes[axis], from, size);
    }
  }

  #addCounts(axis: 0 | 1 | 2, counts: Uint32Array, most: number): void {
    const [whole, cut] = [this.#whole[axis]!, this.#cut[axis]!];
    for (let length = 1; length < most; length++) {
      whole[length]! += counts[length]!;
      cut[length]! += counts[most + length]!;
      this.#walls[axis]! += 2 * counts[length]!;
    }
    this.#walls[axis]! += counts[2 * most]!;
  }

  #addEnds(axis: 0 | 1 | 2, { leads, states }: LineEnds, from: Triple, size: Triple): void {
    const [first, second] = AXES.filter((k) => k !== axis) as [0 | 1 | 2, 0 | 1 | 2];
    const width = this.#shape[second];
    const open = this.#open[axis]!;
    for (let a = 0, k = 0; a < size[first]; a++) {
      let line = (from[first] + a) * width + from[second];
      for (let b = 0; b < size[second]; b++, k++, line++) {
        const state = states[k]!;
        const before = open[line]!;
        if (state >= 4 && (state & 3) === 1) {
          open[line] = before + (state & ~3);
          continue;
        }
        const lead = leads[k]!;
        const length = (before >>> 2) + (lead >>> 2);
        if (length > 0) this.#record(axis, length, before & 3, lead & 3);
        open[line] = state;
      }
    }
  }

  #record(axis: 0 | 1 | 2, length: number, start: number, end: number): void {
    const whole = start === 0 && end === 0;
    (whole ? this.#whole : this.#cut)[axis]![length]!++;
    this.#walls[axis]! += (start === 0 ? 1 : 0) + (end === 0 ? 1 : 0);
  }

  finish(): readonly [AxisChords, AxisChords, AxisChords] {
    for (const axis of AXES)
      for (const state of this.#open[axis]!) if (state >= 4) this.#record(axis, state >>> 2, state & 3, BEYOND);
    return AXES.map((axis) => ({
      whole: this.#whole[axis]!,
      cut: this.#cut[axis]!,
      walls: this.#walls[axis]!,
    })) as unknown as [AxisChords, AxisChords, AxisChords];
  }
}
