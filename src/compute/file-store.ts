/** Bricks of a volume file: a brick is one positioned read. */
import fs from "node:fs";
import { crc32 } from "node:zlib";
import { DTYPES, type DType, type Voxels, voxelArray } from "../core/dtype.js";
import { MalformedFile, MissingData } from "../core/errors.js";
import type { BrickGrid } from "../core/shape.js";
import type { BrickPlace, BrickStore, Zone } from "../core/volume.js";

/** A file that is kept open. */
export interface OpenFile {
  /** Name of the file, without its folder: for messages. */
  readonly name: string;
  /** File descriptor. */
  readonly file: number;
  /** `length` bytes from `position`; throws if they are not all there. */
  read(position: number, length: number, what: string): Promise<Uint8Array>;
  close(): void;
}

/** Where the bricks lie in the file, and what the file says of them. */
export interface BrickIndex {
  /** Byte at which each brick begins. */
  readonly offsets: Float64Array;
  /** Four numbers a brick, as in {@link Zone}; NaN in the first where the file has none. */
  readonly zones: Float64Array;
  /** Checksums; undefined where the file has none. */
  readonly checksums: Uint32Array | undefined;
}

const closing = new FinalizationRegistry((bytes: OpenFile) => bytes.close());

/** Bricks in a file that is kept open: other programs may delete or replace it meanwhile. */
export class FileStore implements BrickStore {
  readonly memoryBytes = 0;
  readonly #bytes: OpenFile;
  readonly #path: string;
  readonly #grid: BrickGrid;
  readonly #dtype: DType;
  readonly #index: BrickIndex;
  readonly #opened: fs.Stats;
  #released = false;

  constructor(bytes: OpenFile, path: string, grid: BrickGrid, dtype: DType, index: BrickIndex) {
    this.#bytes = bytes;
    this.#path = path;
    this.#grid = grid;
    this.#dtype = dtype;
    this.#index = index;
    this.#opened = fs.fstatSync(bytes.file);
    closing.register(this, bytes, this);
  }

  /** The same for every store of this file, as long as nobody changes it. */
  get identity(): string {
    const { dev, ino, mtimeMs, size } = this.#opened;
    return `${dev} ${ino} ${mtimeMs} ${size}`;
  }

  /** @throws MissingData if the volume was released or its file has changed: also what was read before is then out of date */
  check(): void {
    if (this.#released) throw new MissingData(`this volume (${this.#bytes.name}) was released; open it again`);
    const now = fs.fstatSync(this.#bytes.file);
    if (now.mtimeMs !== this.#opened.mtimeMs || now.size !== this.#opened.size)
      throw new MissingData(`${this.#bytes.name} was changed after it was opened; open it again`);
  }

  async read(index: number): Promise<Voxels> {
    this.check();
    this.#grid.region(index);
    const { offsets, checksums } = this.#index;
    const length = this.#grid.brickVoxels * DTYPES[this.#dtype].bytes;
    // A copy where it comes out of a shared window: voxels must be aligned.
    const read = await this.#bytes.read(offsets[index]!, length, `brick ${index}`);
    const bytes = read.byteOffset === 0 && read.byteLength === read.buffer.byteLength ? read : read.slice();
    if (checksums !== undefined && crc32(bytes) !== checksums[index])
      throw new MalformedFile(
        `${this.#bytes.name}: brick ${index}, which begins at voxel ${this.#grid.region(index).start.join(", ")}, is damaged: its checksum is wrong`,
        { offset: offsets[index]! },
      );
    return voxelArray(this.#dtype, bytes.buffer, 0, this.#grid.brickVoxels);
  }

  zone(index: number): Zone {
    const [min, max, sum, nan] = this.#index.zones.subarray(4 * index, 4 * index + 4);
    return { min: min!, max: max!, sum: sum!, nan: nan! };
  }

  place(index: number): BrickPlace {
    this.check();
    this.#grid.region(index);
    // Threads open the file by its name: it has to be the one that this store has open.
    const now = fs.statSync(this.#path, { throwIfNoEntry: false });
    if (now === undefined || now.ino !== this.#opened.ino || now.dev !== this.#opened.dev)
      throw new MissingData(`${this.#bytes.name} was replaced or removed after it was opened; open it again`);
    return { kind: "file", path: this.#path, byteOffset: this.#index.offsets[index]! };
  }

  release(): void {
    if (this.#released) return;
    this.#released = true;
    closing.unregister(this);
    this.#bytes.close();
  }
}
