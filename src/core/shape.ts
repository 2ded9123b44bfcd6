import { InvalidArgument } from "./errors.js";

/** Numbers of voxels along z, y, x. A 2D image has a shape of `[1, rows, columns]`. */
export type Shape = readonly [z: number, y: number, x: number];

/** One number per axis, in the order z, y, x. */
export type Triple = readonly [z: number, y: number, x: number];

/** A box of voxels: `start` inclusive, `stop` exclusive, both in voxels along z, y, x. */
export interface Region {
  readonly start: Triple;
  readonly stop: Triple;
}

/** Index of an axis in a {@link Triple}. */
export const AXES = { z: 0, y: 1, x: 2 } as const;
export type Axis = keyof typeof AXES;

/** Number of voxels of a shape, checked to be exact (below 2⁵³). */
export function voxelCount(shape: Triple): number {
  const count = shape[0] * shape[1] * shape[2];
  if (!Number.isSafeInteger(count))
    throw new InvalidArgument(`a shape of ${shape.join(" × ")} has more voxels than can be counted exactly`);
  return count;
}

/** Throws unless each entry is a whole number of at least 1. */
export function checkShape(shape: readonly number[], what = "shape"): asserts shape is Shape {
  if (shape.length !== 3 || !shape.every((n) => Number.isSafeInteger(n) && n >= 1))
    throw new InvalidArgument(`${what} ${JSON.stringify(shape)}: give three whole numbers of at least 1, [z, y, x]`);
  voxelCount(shape as unknown as Shape);
}

export const wholeRegion = (shape: Shape): Region => ({ start: [0, 0, 0], stop: shape });

export const regionShape = (region: Region): Shape => [
  region.stop[0] - region.start[0],
  region.stop[1] - region.start[1],
  region.stop[2] - region.start[2],
];

/** Throws unless the region is a non-empty box inside the shape. */
export function checkRegion(region: Region, shape: Shape): void {
  const whole = (t: unknown): boolean => Array.isArray(t) && t.length === 3 && t.every((n) => Number.isSafeInteger(n));
  const inside = (k: number): boolean =>
    region.start[k]! >= 0 && region.start[k]! < region.stop[k]! && region.stop[k]! <= shape[k]!;
  if (!whole(region?.start) || !whole(region?.stop) || ![0, 1, 2].every(inside))
    throw new InvalidArgument(
      `region ${JSON.stringify(region)}: give { start: [z, y, x], stop: [z, y, x] } in voxels, a non-empty box inside ${shape.join(" × ")}`,
    );
}

export const sameShape = (a: Triple, b: Triple): boolean => a[0] === b[0] && a[1] === b[1] && a[2] === b[2];

/** The part that two boxes share; undefined if none. */
export function intersect(a: Region, b: Region): Region | undefined {
  const start: [number, number, number] = [0, 0, 0];
  const stop: [number, number, number] = [0, 0, 0];
  for (let k = 0; k < 3; k++) {
    start[k] = Math.max(a.start[k]!, b.start[k]!);
    stop[k] = Math.min(a.stop[k]!, b.stop[k]!);
    if (start[k]! >= stop[k]!) return undefined;
  }
  return { start, stop };
}

/**
 * How a volume is cut into bricks: all bricks have the same shape, those at the far faces are padded. Bricks are numbered
 * in C order, x fastest.
 */
export class BrickGrid {
  readonly shape: Shape;
  readonly brick: Shape;
  /** Numbers of bricks along z, y, x. */
  readonly counts: Shape;
  readonly length: number;
  /** Voxels of one padded brick; below 2³¹, so that 32-bit indices hold inside a brick. */
  readonly brickVoxels: number;

  constructor(shape: Shape, brick: Shape) {
    checkShape(shape);
    checkShape(brick, "brick shape");
    this.shape = shape;
    this.brick = [Math.min(brick[0], shape[0]), Math.min(brick[1], shape[1]), Math.min(brick[2], shape[2])];
    this.counts = [
      Math.ceil(shape[0] / this.brick[0]),
      Math.ceil(shape[1] / this.brick[1]),
      Math.ceil(shape[2] / this.brick[2]),
    ];
    this.length = voxelCount(this.counts);
    this.brickVoxels = voxelCount(this.brick);
    if (this.brickVoxels >= 2 ** 31)
      throw new InvalidArgument(`a brick of ${this.brick.join(" × ")} has 2³¹ voxels or more; choose a smaller brick`);
  }

  /** The voxels of the volume that brick `index` holds, without its padding. */
  region(index: number): Region {
    if (!Number.isSafeInteger(index) || index < 0 || index >= this.length)
      throw new InvalidArgument(`brick ${index}: this volume has bricks 0 to ${this.length - 1}`);
    const at = [
      Math.floor(index / (this.counts[1] * this.counts[2])),
      Math.floor(index / this.counts[2]) % this.counts[1],
      index % this.counts[2],
    ] as const;
    const start = at.map((n, k) => n * this.brick[k]!) as unknown as Shape;
    const stop = start.map((n, k) => Math.min(n + this.brick[k]!, this.shape[k]!)) as unknown as Shape;
    return { start, stop };
  }

  /** Numbers of all bricks that touch a region, in ascending order. */
  touching(region: Region): number[] {
    const found: number[] = [];
    const first = region.start.map((n, k) => Math.floor(n / this.brick[k]!)) as unknown as Shape;
    const last = region.stop.map((n, k) => Math.floor((n - 1) / this.brick[k]!)) as unknown as Shape;
    for (let z = first[0]; z <= last[0]; z++)
      for (let y = first[1]; y <= last[1]; y++)
        for (let x = first[2]; x <= last[2]; x++) found.push((z * this.counts[1] + y) * this.counts[2] + x);
    return found;
  }
}
