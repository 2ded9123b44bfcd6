import { copyBox } from "../core/copy.js";
import { DTYPES, type DType, dtypeOf, isDType, type Voxels, voxelArray } from "../core/dtype.js";
import { InvalidArgument, isVoxbookError, LimitExceeded } from "../core/errors.js";
import type { RunOptions } from "../core/options.js";
import { BrickGrid, checkShape, type Region, regionShape, type Shape } from "../core/shape.js";
import { Volume, type VolumeInit, type Zone } from "../core/volume.js";
import type { SourceDescription } from "./job.js";
import { zoneIn } from "./kernels.js";
import { type Memory, machine } from "./memory.js";
import { ownWasm } from "./own-wasm.js";
import { placesOf } from "./places.js";
import { ScratchStore } from "./store.js";
import { zoneOf } from "./zone.js";

/** Everything of a new volume but its voxels. */
export type BuildInit = Omit<VolumeInit, "store" | "brick"> & { brick?: Shape };

/** Takes the voxels of a new volume, either as whole planes from front to back or brick by brick. */
export interface VolumeWriter {
  readonly grid: BrickGrid;
  /** The first plane along z, or row along y, of which a brick is missing: 0 unless a result is gone on with. */
  missingFrom(axis: 0 | 1): number;
  /**
   * Writes whole consecutive planes in C order, starting at plane `z`; each call goes on where the last one ended. The
   * array may be reused after the returned promise is fulfilled.
   */
  writePlanes(z: number, values: Voxels): Promise<void>;
  /** Writes one brick in C order, padded to the brick's full shape; what stands in the padding is ignored. Any order. */
  writeBrick(index: number, padded: Voxels): Promise<void>;
  /** Memory of the bricks in a region, for threads to fill; undefined where bricks go to a file. */
  shared(region: Region): Pick<SourceDescription, "places" | "blocks"> | undefined;
  /** A brick in shared memory is filled. @param zone its record, where it is known already */
  completeBrick(index: number, zone?: Zone): void;
}

/** Where the bricks of a new volume go. */
export interface BrickSink {
  /** The brick's own memory, to be filled; undefined if it goes to a file by `write`. */
  target(index: number): Voxels | undefined;
  setZone(index: number, zone: Zone): void;
  /** Writes padded bricks that follow each other, whose zones are set. */
  write(index: number, bricks: Voxels): Promise<void>;
}

const TARGET_VOXELS = 2 ** 20;

/**
 * The brick shape of a new volume: 64 × 128 × 128, about a million voxels, and in thin volumes wider bricks up to that
 * number. Longer in x because rows are copied and computed row by row.
 */
export function defaultBrick(shape: Shape): Shape {
  const brick: [number, number, number] = [Math.min(64, shape[0]), Math.min(128, shape[1]), Math.min(128, shape[2])];
  for (let grown = true; grown; ) {
    grown = false;
    for (const k of [2, 1, 0] as const)
      if (brick[k] < shape[k] && 2 * brick[0] * brick[1] * brick[2] <= TARGET_VOXELS) {
        brick[k] = Math.min(shape[k], 2 * brick[k]);
        grown = true;
      }
  }
  return brick;
}

export class Writer implements VolumeWriter {
  readonly grid: BrickGrid;
  readonly #store: BrickSink;
  readonly #dtype: DType;
  readonly #signal: AbortSignal | undefined;
  readonly #written: Uint8Array;
  /** One layer of bricks on its way to a scratch file. */
  #layer: Voxels | undefined;
  #nextPlane: number;

  /** @param written 1 for each brick that is there already */
  constructor(
    grid: BrickGrid,
    dtype: DType,
    store: BrickSink,
    signal: AbortSignal | undefined,
    written = new Uint8Array(grid.length),
  ) {
    this.grid = grid;
    this.#dtype = dtype;
    this.#store = store;
    this.#signal = signal;
    this.#written = written.slice();
    this.#nextPlane = this.missingFrom(0);
  }

  missingFrom(axis: 0 | 1): number {
    let first = this.grid.shape[axis];
    for (let index = 0; index < this.#written.length; index++)
      if (this.#written[index] === 0) first = Math.min(first, this.grid.region(index).start[axis]);
    return first;
  }

  #check(values: Voxels, length: number, what: string): void {
    this.#signal?.throwIfAborted();
    if (dtypeOf(values) !== this.#dtype)
      throw new InvalidArgument(`${what}: got ${dtypeOf(values)} voxels for a volume of ${this.#dtype}`);
    if (values.length !== length)
      throw new InvalidArgument(`${what}: got ${values.length} voxels instead of ${length}`);
  }

  async writePlanes(z: number, values: Voxels): Promise<void> {
    const { shape, brick, counts } = this.grid;
    const plane = shape[1] * shape[2];
    const planes = Math.floor(values.length / plane);
    if (z !== this.#nextPlane || planes < 1 || z + planes > shape[0])
      throw new InvalidArgument(
        `writePlanes(${z}) with ${planes} planes: the next plane is ${this.#nextPlane} and the last one ${shape[0] - 1}`,
      );
    this.#check(values, planes * plane, `writePlanes(${z})`);
    const perLayer = counts[1] * counts[2];
    for (let from = z; from < z + planes; ) {
      const layer = Math.floor(from / brick[0]);
      const to = Math.min(z + planes, (layer + 1) * brick[0]);
      for (let index = layer * perLayer; index < (layer + 1) * perLayer; index++) {
        const region = this.grid.region(index);
        const extent = regionShape(region);
        copyBox(
          values,
          [planes, shape[1], shape[2]],
          [from - z, region.start[1], region.start[2]],
          this.#target(index),
          brick,
          [from - region.start[0], 0, 0],
          [to - from, extent[1], extent[2]],
        );
      }
      from = to;
      this.#nextPlane = to;
      if (to === Math.min(shape[0], (layer + 1) * brick[0])) await this.#completeLayer(layer);
    }
  }

  /** Where the voxels of a brick go while its layer is being filled. */
  #target(index: number): Voxels {
    const inMemory = this.#store.target(index);
    if (inMemory !== undefined) return inMemory;
    const perLayer = this.grid.counts[1] * this.grid.counts[2];
    this.#layer ??= voxelArray(this.#dtype, perLayer * this.grid.brickVoxels);
    const start = (index % perLayer) * this.grid.brickVoxels;
    return this.#layer.subarray(start, start + this.grid.brickVoxels);
  }

  async #completeLayer(layer: number): Promise<void> {
    const perLayer = this.grid.counts[1] * this.grid.counts[2];
    for (let index = layer * perLayer; index < (layer + 1) * perLayer; index++)
      this.#complete(index, this.#target(index));
    if (this.#layer === undefined) return;
    await this.#store.write(layer * perLayer, this.#layer);
    this.#layer.fill(0);
  }

  #complete(index: number, voxels: Voxels): void {
    const extent = regionShape(this.grid.region(index));
    this.#store.setZone(index, zoneOf(voxels, this.grid.brick, extent));
    this.#written[index] = 1;
  }

  async writeBrick(index: number, padded: Voxels): Promise<void> {
    const extent = regionShape(this.grid.region(index));
    this.#check(padded, this.grid.brickVoxels, `writeBrick(${index})`);
    const inMemory = this.#store.target(index);
    const target = inMemory ?? voxelArray(this.#dtype, this.grid.brickVoxels);
    copyBox(padded, this.grid.brick, [0, 0, 0], target, this.grid.brick, [0, 0, 0], extent);
    this.#complete(index, target);
    if (inMemory === undefined) await this.#store.write(index, target);
  }

  shared(region: Region): Pick<SourceDescription, "places" | "blocks"> | undefined {
    const store = this.#store;
    const inMemory = store instanceof ScratchStore && store.target(0) !== undefined;
    return inMemory ? placesOf(store, this.grid.touching(region)) : undefined;
  }

  completeBrick(index: number, zone?: Zone): void {
    if (zone !== undefined) {
      this.#store.setZone(index, zone);
      this.#written[index] = 1;
      return;
    }
    const voxels = this.#store.target(index)!;
    const { brick } = this.grid;
    const wasm = ownWasm();
    wasm.reset();
    const start = wasm.allocate(voxels.byteLength);
    wasm.view(this.#dtype, start, voxels.length).set(voxels);
    const row = brick[2] * voxels.BYTES_PER_ELEMENT;
    const size = regionShape(this.grid.region(index));
    this.#store.setZone(index, zoneIn(wasm, this.#dtype, { start, row, plane: row * brick[1], size }));
    this.#written[index] = 1;
  }

  /** Throws if a brick was never written. */
  finish(): void {
    const missing = this.#written.indexOf(0);
    if (missing >= 0)
      throw new InvalidArgument(
        `brick ${missing} of ${this.grid.length} was not written (planes up to ${this.#nextPlane} of ${this.grid.shape[0]})`,
      );
  }
}

/** The memory limit of a call, checked. */
export function memoryLimitOf(options: Pick<RunOptions, "memoryLimit">, memory: Memory): number {
  const { memoryLimit } = options;
  if (memoryLimit === undefined) return memory.limit;
  if (typeof memoryLimit !== "number" || !(memoryLimit > 0))
    throw new InvalidArgument(`memoryLimit is ${String(memoryLimit)}; give a positive number of bytes`);
  return memoryLimit;
}

/**
 * Makes a volume: reserves room for its voxels, lets `fill` write them, and records minimum, maximum and sum of each
 * brick as it is completed. The bricks lie in memory, or in a scratch file if they are over the limit. If `fill` throws
 * or the signal aborts, everything is given back.
 * @throws LimitExceeded, before anything is allocated, if neither memory nor the scratch folder has room
 */
export async function buildVolume(
  init: BuildInit,
  fill: (writer: VolumeWriter) => Promise<void>,
  options: Pick<RunOptions, "memoryLimit" | "signal"> = {},
  memory: Memory = machine,
): Promise<Volume> {
  checkShape(init.shape);
  if (!isDType(init.dtype))
    throw new InvalidArgument(`dtype ${String(init.dtype)}; allowed are ${Object.keys(DTYPES).join(", ")}`);
  const grid = new BrickGrid(init.shape, init.brick ?? defaultBrick(init.shape));
  options.signal?.throwIfAborted();
  const what = `a volume of ${grid.shape.join(" × ")} ${init.dtype}`;
  const store = await ScratchStore.create(what, grid, init.dtype, memory, memoryLimitOf(options, memory));
  // What is being filled stays where it is.
  const letGo = store.hold();
  try {
    const writer = new Writer(grid, init.dtype, store, options.signal);
    await fill(writer);
    options.signal?.throwIfAborted();
    writer.finish();
    return new Volume({ ...init, brick: grid.brick, store });
  } catch (error) {
    store.release();
    throw scratchError(error, what);
  } finally {
    letGo();
  }
}

/** An error of the scratch disk in the library's own words; any other as it is. */
export function scratchError(error: unknown, what: string): unknown {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  if (isVoxbookError(error) || (code !== "ENOSPC" && code !== "EDQUOT")) return error;
  const full = new LimitExceeded(
    `the disk for scratch files is full: ${what} could not be written. Free some space, or name a folder on a larger disk in VOXBOOK_SCRATCH`,
    0,
    0,
  );
  full.cause = error;
  return full;
}
