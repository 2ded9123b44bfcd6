/**
 * Features of voxels that are asked for again and again, as scribbles grow: what was computed once stays, and only the box around
 * what is new is computed.
 */
import { featuresOf, type ScribbleParameters, scribbledVoxels } from "../compute/operations/forest.js";
import { reduce } from "../compute/run.js";
import type { RunOptions } from "../core/options.js";
import { trace } from "../core/provenance.js";
import { BrickGrid, type Shape, type Triple } from "../core/shape.js";
import { type BrickStore, Volume } from "../core/volume.js";
import { type Channels, type FeatureChoice, type FeatureOptions, featureChoice } from "./feature-options.js";

/** A scribble touches few of them, and a bit of each. */
const BRICK: Shape = [8, 32, 64];

export class KnownFeatures {
  readonly choice: FeatureChoice;
  /** Features of a voxel. */
  readonly count: number;
  readonly shape: Shape;
  readonly #parameters: Omit<ScribbleParameters, "shares" | "seed" | "heldOut">;
  /** By the number of the voxel in C order. */
  readonly #known = new Map<number, Float32Array>();
  readonly #marks: Marks;

  /** @throws as `trainForest` does of channels and options */
  constructor(channels: Channels, options: FeatureOptions) {
    this.choice = featureChoice("trainable", channels, options);
    const { volumes, stack } = this.choice;
    this.shape = volumes[0]!.shape;
    this.#parameters = { stack, channels: volumes.map(({ dtype }) => dtype), shape: this.shape };
    this.count = featuresOf(this.#parameters);
    this.#marks = new Marks(this.shape);
  }

  /** How many voxels are known. */
  get size(): number {
    return this.#known.size;
  }

  /**
   * The features of voxels, which follow each other: the same numbers as {@link trainForest} has.
   * @param places numbers of the voxels in the volume, in C order
   */
  async of(places: Float64Array, options: Pick<RunOptions, "signal" | "workers"> = {}): Promise<Float32Array> {
    const missing = places.filter((place) => !this.#known.has(place));
    if (missing.length > 0) await this.#compute(missing, options);
    const values = new Float32Array(places.length * this.count);
    for (const [k, place] of places.entries()) values.set(this.#known.get(place)!, k * this.count);
    return values;
  }

  async #compute(missing: Float64Array, options: Pick<RunOptions, "signal" | "workers">): Promise<void> {
    const { volumes, border } = this.choice;
    const [volume, ...others] = volumes as [Volume, ...Volume[]];
    const parameters: ScribbleParameters = { ...this.#parameters, shares: [0, 1], seed: 0, heldOut: 0 };
    const start: [number, number, number] = [...this.shape];
    const stop: [number, number, number] = [0, 0, 0];
    for (const place of missing)
      for (const [k, n] of voxelOf(place, this.shape).entries()) {
        start[k] = Math.min(start[k]!, n);
        stop[k] = Math.max(stop[k]!, n + 1);
      }
    const marked = this.#marks.of(missing);
    try {
      const { places, values } = await reduce(scribbledVoxels, volume, parameters, {
        ...options,
        ...{ border, besides: [marked, ...others], besideBorder: border, region: { start, stop } },
      });
      for (const [k, place] of places.entries())
        this.#known.set(place, values.slice(k * this.count, (k + 1) * this.count));
    } finally {
      marked.store.release();
    }
  }
}

/** Where a voxel lies. */
export function voxelOf(place: number, [, rows, columns]: Shape): Triple {
  const line = Math.floor(place / columns);
  return [Math.floor(line / rows), line % rows, place % columns];
}

/** Volumes of 0 and a few 1, of which only the bricks with some take memory. */
class Marks {
  readonly #grid: BrickGrid;
  readonly #nothing: SharedArrayBuffer;
  /** Memory of volumes that are no more: V8 does not count it, and would not collect it for long. */
  readonly #spare: Uint8Array[] = [];

  constructor(shape: Shape) {
    this.#grid = new BrickGrid(shape, BRICK);
    this.#nothing = new SharedArrayBuffer(this.#grid.brickVoxels);
  }

  /** A volume that is 1 at these places. It is released when nobody reads it any more. */
  of(places: Float64Array): Volume {
    const { shape, brick, counts, brickVoxels } = this.#grid;
    const bricks = new Map<number, Uint8Array>();
    for (const place of places) {
      const at = voxelOf(place, shape);
      const [z, y, x] = at.map((n, k) => Math.floor(n / brick[k]!)) as [number, number, number];
      const index = (z * counts[1] + y) * counts[2] + x;
      let marks = bricks.get(index);
      if (marks === undefined) {
        marks = this.#spare.pop() ?? new Uint8Array(new SharedArrayBuffer(brickVoxels));
        bricks.set(index, marks);
      }
      marks[((at[0] % brick[0]) * brick[1] + (at[1] % brick[1])) * brick[2] + (at[2] % brick[2])] = 1;
    }
    const nothing = new Uint8Array(this.#nothing);
    const bytesOf = (index: number): Uint8Array => bricks.get(index) ?? nothing;
    const store: BrickStore = {
      read: async (index) => bytesOf(index),
      zone: (index) => ({ min: 0, max: bricks.has(index) ? 1 : 0, sum: 0, nan: 0 }),
      place: (index) => ({ kind: "memory", buffer: bytesOf(index).buffer as SharedArrayBuffer, byteOffset: 0 }),
      memoryBytes: bricks.size * brickVoxels,
      release: () => {
        for (const marks of bricks.values()) this.#spare.push(marks.fill(0));
        bricks.clear();
      },
    };
    const provenance = trace("marks", { voxels: places.length });
    return new Volume({ shape, dtype: "uint8", role: "labels", provenance, brick, store });
  }
}
