/** From the bytes of one strip or tile to numbers: decompression, byte order, predictor, bits. */
import { inflateSync } from "node:zlib";
import { MalformedFile, UnsupportedFeature } from "../core/errors.js";
import { lzw, packBits } from "./lzw.js";
import type { TiffPage } from "./tiff-page.js";

/** Samples as they stand in a file. */
export type Stored =
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | BigUint64Array
  | BigInt64Array
  | Float32Array
  | Float64Array;

interface StoredConstructor {
  new (buffer: ArrayBufferLike): Stored;
  new (length: number): Stored;
}

/** The typed array for samples of a kind and number of bits; 1 bit becomes a byte. */
export function storedArray(kind: TiffPage["kind"], bits: number): StoredConstructor {
  const size = Math.max(bits, 8);
  const known: Record<string, StoredConstructor> = {
    unsigned8: Uint8Array,
    unsigned16: Uint16Array,
    unsigned32: Uint32Array,
    unsigned64: BigUint64Array,
    signed8: Int8Array,
    signed16: Int16Array,
    signed32: Int32Array,
    signed64: BigInt64Array,
    float32: Float32Array,
    float64: Float64Array,
  };
  return known[kind + size]!;
}

/** Bytes of the decompressed content that a zstd frame states, or undefined if it does not. */
function zstdSize(bytes: Uint8Array): number | undefined {
  if (bytes.length < 18) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(0, true) !== 0xfd2fb528) return undefined;
  const flags = view.getUint8(4);
  const single = (flags & 32) !== 0;
  const at = 5 + (single ? 0 : 1) + [0, 1, 2, 4][flags & 3]!;
  switch (flags >> 6) {
    case 0:
      return single ? view.getUint8(at) : undefined;
    case 1:
      return view.getUint16(at, true) + 256;
    case 2:
      return view.getUint32(at, true);
    default:
      return Number(view.getBigUint64(at, true));
  }
}

/** @param most bytes that may come out */
async function decompressed(input: Uint8Array, compression: number, most: number, what: string): Promise<Uint8Array> {
  switch (compression) {
    case 1:
      return input.subarray(0, most);
    case 5:
      return lzw(input, most, what);
    case 8:
    case 32946:
      try {
        return inflateSync(input, { maxOutputLength: most });
      } catch (error) {
        throw new MalformedFile(`${what}: its deflate data is damaged (${(error as Error).message})`, { cause: error });
      }
    case 32773:
      return packBits(input, most, what);
    default: {
      const size = zstdSize(input);
      if (size === undefined)
        throw new UnsupportedFeature(`${what}: its zstd data does not state its size; save the file with deflate`);
      if (size > most) throw new MalformedFile(`${what}: its zstd data claims ${size} bytes instead of ${most}`);
      const { getDecoder } = await import("geotiff");
      // The predictor is undone below: geotiff's takes the bytes of a big-endian file in the wrong order.
      const decoder = await getDecoder(compression, { predictor: 1 } as Parameters<typeof getDecoder>[1]);
      let out: Uint8Array;
      try {
        out = new Uint8Array(await decoder.decode(input.slice().buffer));
      } catch (error) {
        throw new MalformedFile(`${what}: its zstd data is damaged (${String(error)})`, { cause: error });
      }
      // The decoder reports no errors: it gives nothing then, or all of its memory.
      if (out.length !== size) throw new MalformedFile(`${what}: its zstd data is damaged`);
      return out;
    }
  }
}

const LITTLE = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

/** Reverses the bytes of each number. */
function swap(bytes: Uint8Array, size: number): void {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (size === 2) buffer.swap16();
  if (size === 4) buffer.swap32();
  if (size === 8) buffer.swap64();
}

/** Undoes horizontal differencing: each sample was stored as the difference from its left neighbour. */
function undoDifferences(values: Stored, rows: number, rowLength: number, samples: number): void {
  if (values instanceof BigUint64Array || values instanceof BigInt64Array) {
    for (let row = 0; row < rows; row++)
      for (let x = row * rowLength + samples; x < (row + 1) * rowLength; x++) values[x]! += values[x - samples]!;
    return;
  }
  for (let row = 0; row < rows; row++)
    for (let x = row * rowLength + samples; x < (row + 1) * rowLength; x++) values[x]! += values[x - samples]!;
}

/** Undoes the predictor of floats: differences of bytes, the bytes of equal weight standing together, heaviest first. */
function undoFloatDifferences(bytes: Uint8Array, rows: number, rowLength: number, samples: number, size: number): void {
  const rowBytes = rowLength * size;
  const joined = new Uint8Array(rowBytes);
  for (let row = 0; row < rows; row++) {
    const line = bytes.subarray(row * rowBytes, (row + 1) * rowBytes);
    for (let k = samples; k < rowBytes; k++) line[k] = (line[k]! + line[k - samples]!) & 255;
    for (let x = 0; x < rowLength; x++)
      for (let b = 0; b < size; b++) joined[x * size + (LITTLE ? size - 1 - b : b)] = line[b * rowLength + x]!;
    line.set(joined);
  }
}

/**
 * The samples of one strip or tile, row after row.
 * @param rows rows that are needed; a compressed strip may hold more, up to the page's rows per strip
 * @param samples samples that stand next to each other in a row
 * @throws MalformedFile if fewer bytes come out than the rows need
 */
export async function chunkSamples(
  input: Uint8Array,
  page: TiffPage,
  rows: number,
  samples: number,
  what: string,
): Promise<Stored> {
  const rowLength = page.chunkWidth * samples;
  const rowBytes = Math.ceil((rowLength * page.bits) / 8);
  const needed = rows * rowBytes;
  const raw = await decompressed(input, page.compression, Math.max(needed, page.chunkHeight * rowBytes), what);
  if (raw.length < needed)
    throw new MalformedFile(`${what}: only ${raw.length} of ${needed} bytes of pixels are there; the file is damaged`);
  if (page.bits === 1) return unpackBits(raw, rows, rowLength, rowBytes, page.reversedBits);
  // A copy of its own: aligned for its type, and free to be changed.
  const bytes = raw.slice(0, needed);
  const size = page.bits / 8;
  if (page.predictor === 3) undoFloatDifferences(bytes, rows, rowLength, samples, size);
  else if (page.littleEndian !== LITTLE) swap(bytes, size);
  const values = new (storedArray(page.kind, page.bits))(bytes.buffer);
  if (page.predictor === 2) {
    if (page.kind !== "float") undoDifferences(values, rows, rowLength, samples);
    // Differences of floats are taken of their bit patterns.
    else undoDifferences(new (storedArray("unsigned", page.bits))(bytes.buffer), rows, rowLength, samples);
  }
  return values;
}

function unpackBits(raw: Uint8Array, rows: number, columns: number, rowBytes: number, reversed: boolean): Uint8Array {
  const out = new Uint8Array(rows * columns);
  for (let row = 0; row < rows; row++)
    for (let x = 0; x < columns; x++) {
      const byte = raw[row * rowBytes + (x >> 3)]!;
      out[row * columns + x] = (byte >> (reversed ? x & 7 : 7 - (x & 7))) & 1;
    }
  return out;
}
