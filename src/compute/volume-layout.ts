/**
 * Where everything lies in a volume file, before the first brick is there: all records have the same length, so bricks can
 * be written in any order, and the file has the same bytes whatever that order was.
 */
import { AsyncByteQueue, MessageReader, type RecordBatch, RecordBatchFileWriter, type Schema } from "apache-arrow";
import { DTYPES, type DType, type Voxels, voxelArray } from "../core/dtype.js";
import { BrickGrid } from "../core/shape.js";
import type { Zone } from "../core/volume.js";
import { batchOf, brickSchema, PLACE } from "./brick-table.js";
import type { Facts } from "./volume-schema.js";

/** Collects what Arrow's writer makes. */
export class Collected extends AsyncByteQueue {
  chunks: Uint8Array[] = [];

  override write(value: Uint8Array): void {
    if (value.byteLength > 0) this.chunks.push(value);
  }

  /** All bytes since the last call. */
  take(): Uint8Array {
    return Buffer.concat(this.chunks.splice(0));
  }
}

/** Arrow's own writer, told where it stands. */
class Writer extends RecordBatchFileWriter {
  readonly queue = new Collected();

  constructor(schema: Schema) {
    super();
    this.reset(this.queue as never, schema);
  }

  /** The footer of a file of `count` records such as the one that was written last. */
  footer(count: number, positionOf: (index: number) => number): Uint8Array {
    const [block] = this._recordBatchBlocks.slice(-1);
    this._recordBatchBlocks = Array.from({ length: count }, (_, k) =>
      Object.assign(Object.create(Object.getPrototypeOf(block)), block, { offset: positionOf(k) }),
    );
    this.queue.take();
    this.finish();
    return this.queue.take();
  }

  record(batch: RecordBatch): Uint8Array {
    this._recordBatchBlocks = [];
    this.write(batch);
    return this.queue.take();
  }
}

const NOTHING: Zone = { min: 0, max: 0, sum: 0, nan: 0 };

export class VolumeLayout {
  readonly grid: BrickGrid;
  readonly dtype: DType;
  /** What comes before the first and after the last record. */
  readonly header: Uint8Array;
  readonly trailer: Uint8Array;
  readonly recordBytes: number;
  readonly #schema: Schema;
  readonly #writer: Writer;
  /** Bytes of a record at which minimum, maximum, sum, number of NaN, checksum and voxels begin. */
  readonly #at: { min: number; max: number; sum: number; nan: number; crc32: number; voxels: number };

  /** @param more metadata of the file itself, beside those of the volume */
  constructor(facts: Facts, more: ReadonlyMap<string, string>) {
    this.grid = new BrickGrid(facts.shape, facts.brick);
    this.dtype = facts.dtype;
    this.#schema = brickSchema({ ...facts, brick: this.grid.brick }, more);
    this.#writer = new Writer(this.#schema);
    this.header = this.#writer.queue.take();
    const example = this.record(0, voxelArray(facts.dtype, this.grid.brickVoxels), NOTHING);
    this.recordBytes = example.length;
    const message = new MessageReader(example).readMessage()!;
    const body = this.recordBytes - Number(message.bodyLength);
    // Each column has a buffer of validity before that of its values; the last one is that of the voxels.
    const { buffers } = message.header() as unknown as { buffers: readonly { readonly offset: number | bigint }[] };
    const column = (number: number): number => body + Number(buffers[2 * number + 1]!.offset);
    const first = PLACE.length;
    this.#at = {
      min: column(first),
      max: column(first + 1),
      sum: column(first + 2),
      nan: column(first + 3),
      crc32: column(first + 4),
      voxels: body + Number(buffers.at(-1)!.offset),
    };
    const footer = new Writer(this.#schema);
    footer.record(batchOf(this.#schema, this.grid, 0, voxelArray(facts.dtype, this.grid.brickVoxels), NOTHING));
    this.trailer = footer.footer(this.grid.length, (index) => this.position(index));
  }

  /** Bytes of the whole file. */
  get bytes(): number {
    return this.position(this.grid.length) + this.trailer.length;
  }

  /** Byte at which a record begins. */
  position(index: number): number {
    return this.header.length + index * this.recordBytes;
  }

  /** Byte at which the voxels of a brick begin. */
  voxels(index: number): number {
    return this.position(index) + this.#at.voxels;
  }

  /** Bytes of a record before its voxels. */
  get headBytes(): number {
    return this.#at.voxels;
  }

  /** The record of a brick, as it stands in the file. */
  record(index: number, voxels: Voxels, zone: Zone): Uint8Array {
    return this.#writer.record(batchOf(this.#schema, this.grid, index, voxels, zone));
  }

  /** What the head of a record says of its voxels. */
  facts(head: Uint8Array): Zone & { crc32: number } {
    const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
    return {
      min: view.getFloat64(this.#at.min, true),
      max: view.getFloat64(this.#at.max, true),
      sum: view.getFloat64(this.#at.sum, true),
      nan: view.getInt32(this.#at.nan, true),
      crc32: view.getUint32(this.#at.crc32, true),
    };
  }

  /** The voxels of a brick, from their bytes. */
  voxelsOf(bytes: Uint8Array): Voxels {
    return voxelArray(this.dtype, bytes.buffer, bytes.byteOffset, bytes.byteLength / DTYPES[this.dtype].bytes);
  }
}
