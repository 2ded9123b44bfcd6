import { formatBytes } from "../core/display.js";
import { DTYPES, type DType, type Voxels, voxelArray } from "../core/dtype.js";
import { MissingData } from "../core/errors.js";
import type { BrickGrid } from "../core/shape.js";
import type { BrickPlace, BrickStore, Zone } from "../core/volume.js";
import { Claim, type Memory, type Spillable } from "./memory.js";
import { ScratchFile } from "./scratch.js";

let clock = 0;

/**
 * Bricks of a volume that this process made: in memory as one block per layer of bricks, brick after brick, or in a
 * scratch file in the same order. A block is shared memory, so that threads read and write it in place and an Arrow
 * vector lies over it without a copy.
 */
export class ScratchStore implements BrickStore, Spillable {
  readonly grid: BrickGrid;
  readonly dtype: DType;
  lastUse = ++clock;
  readonly #claim: Claim;
  readonly #zones: Float64Array;
  readonly #brickBytes: number;
  /** Undefined once the bricks lie in the file. */
  #blocks: (SharedArrayBuffer | undefined)[] | undefined;
  #holds = 0;
  #released = false;
  #spilling: Promise<void> | undefined;

  private constructor(grid: BrickGrid, dtype: DType, claim: Claim) {
    this.grid = grid;
    this.dtype = dtype;
    this.#claim = claim;
    this.#brickBytes = grid.brickVoxels * DTYPES[dtype].bytes;
    this.#zones = new Float64Array(4 * grid.length);
    this.#blocks = claim.file === undefined ? new Array<undefined>(grid.counts[0]).fill(undefined) : undefined;
    claim.memory.track(this, claim);
  }

  /**
   * Room for all bricks: in memory if the limit allows, else in a scratch file.
   * @throws LimitExceeded, before anything is allocated, if neither has room
   */
  static async create(
    what: string,
    grid: BrickGrid,
    dtype: DType,
    memory: Memory,
    limit: number,
  ): Promise<ScratchStore> {
    const bytes = grid.length * grid.brickVoxels * DTYPES[dtype].bytes;
    const claim = await memory.claimIfRoom(bytes, limit);
    if (claim !== undefined) return new ScratchStore(grid, dtype, claim);
    await memory.checkScratch(what, bytes, limit);
    const onDisk = new Claim(memory, 0);
    onDisk.file = await ScratchFile.create(memory.files);
    return new ScratchStore(grid, dtype, onDisk);
  }

  get label(): string {
    return `${this.grid.shape.join(" × ")} ${this.dtype}`;
  }

  get memoryBytes(): number {
    return this.#claim.bytes;
  }

  get fileBytes(): number {
    return this.#claim.file === undefined ? 0 : this.grid.length * this.#brickBytes;
  }

  get held(): boolean {
    return this.#holds > 0;
  }

  /** Keeps the bricks where they are until the returned function is called. */
  hold(): () => void {
    this.#holds++;
    return () => {
      this.#holds--;
    };
  }

  #use(): void {
    this.lastUse = ++clock;
    if (this.#released) throw new MissingData(`this volume (${this.label}) was released; open it or compute it again`);
  }

  /** The block of a layer of bricks and the byte at which the brick starts in it. */
  #inMemory(index: number): { buffer: SharedArrayBuffer; byteOffset: number } | undefined {
    if (this.#blocks === undefined) return undefined;
    const perLayer = this.grid.counts[1] * this.grid.counts[2];
    const layer = Math.floor(index / perLayer);
    this.#blocks[layer] ??= this.#claim.allocate(perLayer * this.#brickBytes);
    return { buffer: this.#blocks[layer], byteOffset: (index % perLayer) * this.#brickBytes };
  }

  async read(index: number): Promise<Voxels> {
    this.#use();
    this.grid.region(index);
    const block = this.#inMemory(index);
    if (block !== undefined) return voxelArray(this.dtype, block.buffer, block.byteOffset, this.grid.brickVoxels);
    const voxels = voxelArray(this.dtype, this.grid.brickVoxels);
    await this.#claim.file!.read(new Uint8Array(voxels.buffer), index * this.#brickBytes);
    return voxels;
  }

  zone(index: number): Zone {
    const [min, max, sum, nan] = this.#zones.subarray(4 * index, 4 * index + 4) as unknown as [
      number,
      number,
      number,
      number,
    ];
    return { min, max, sum, nan };
  }

  /** Sets the record of a brick whose voxels are complete. */
  setZone(index: number, zone: Zone): void {
    this.#zones.set([zone.min, zone.max, zone.sum, zone.nan], 4 * index);
  }

  place(index: number): BrickPlace {
    this.#use();
    const block = this.#inMemory(index);
    if (block !== undefined) return { kind: "memory", ...block };
    return { kind: "file", path: this.#claim.file!.path, byteOffset: index * this.#brickBytes };
  }

  /** The brick's own memory, to be filled by who makes the volume; undefined if it goes to a file by {@link write}. */
  target(index: number): Voxels | undefined {
    const block = this.#inMemory(index);
    return block && voxelArray(this.dtype, block.buffer, block.byteOffset, this.grid.brickVoxels);
  }

  /** Writes one padded brick, or several that follow each other, to the scratch file. */
  write(index: number, bricks: Voxels): Promise<void> {
    const bytes = new Uint8Array(bricks.buffer, bricks.byteOffset, bricks.byteLength);
    return this.#claim.file!.write(bytes, index * this.#brickBytes);
  }

  async spill(): Promise<void> {
    this.#spilling ??= this.#spill().finally(() => {
      this.#spilling = undefined;
    });
    await this.#spilling;
  }

  async #spill(): Promise<void> {
    if (this.#blocks === undefined || this.#released) return;
    const { memory } = this.#claim;
    await memory.checkScratch(`spilling a volume (${this.label})`, this.grid.length * this.#brickBytes, memory.limit);
    const file = await ScratchFile.create(memory.files);
    try {
      let position = 0;
      for (const block of this.#blocks) {
        const bytes = block === undefined ? 0 : block.byteLength;
        if (block !== undefined) await file.write(new Uint8Array(block), position);
        position += bytes;
      }
    } catch (error) {
      file.remove();
      throw error;
    }
    if (this.#released) return file.remove();
    this.#claim.file = file;
    this.#blocks = undefined;
    this.#claim.dropMemory();
  }

  release(): void {
    if (this.#released) return;
    this.#released = true;
    this.#blocks = undefined;
    this.#claim.memory.forget(this);
    this.#claim.drop();
  }

  toString(): string {
    return `${this.label}, ${formatBytes(this.memoryBytes)} of memory, ${formatBytes(this.fileBytes)} of scratch file`;
  }
}
