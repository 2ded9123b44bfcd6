/**
 * The directories of a TIFF file, walked without trust: every offset is visited once, every count is checked against the
 * file before anything is allocated for it, and the work is bounded by the size of the file.
 */
import { LimitExceeded, MalformedFile } from "../core/errors.js";
import { type Bytes, viewOf } from "./bytes.js";

/** One directory: the values of the tags that matter here. */
export interface TiffDirectory {
  readonly offset: number;
  readonly numbers: ReadonlyMap<number, readonly number[]>;
  readonly texts: ReadonlyMap<number, string>;
}

export interface TiffFile {
  readonly littleEndian: boolean;
  readonly directories: readonly TiffDirectory[];
}

/** Numbers of the tags that are read. */
export const TAG = {
  newSubfileType: 254,
  imageWidth: 256,
  imageLength: 257,
  bitsPerSample: 258,
  compression: 259,
  photometric: 262,
  fillOrder: 266,
  imageDescription: 270,
  stripOffsets: 273,
  samplesPerPixel: 277,
  rowsPerStrip: 278,
  stripByteCounts: 279,
  xResolution: 282,
  yResolution: 283,
  planarConfiguration: 284,
  software: 305,
  predictor: 317,
  colourMap: 320,
  tileWidth: 322,
  tileLength: 323,
  tileOffsets: 324,
  tileByteCounts: 325,
  extraSamples: 338,
  sampleFormat: 339,
} as const;

const WANTED = new Set<number>(Object.values(TAG));
const TEXT = 2;
/** Bytes of one value of each type. */
const TYPE_BYTES: Readonly<Record<number, number>> = {
  1: 1,
  2: 1,
  3: 2,
  4: 4,
  5: 8,
  6: 1,
  7: 1,
  8: 2,
  9: 4,
  10: 8,
  11: 4,
  12: 8,
  13: 4,
  16: 8,
  17: 8,
  18: 8,
};

const MOST_PAGES = 2 ** 20;
/** A description is text, not a place for gigabytes. */
const LONGEST_TEXT = 16 * 2 ** 20;

/** True if the bytes begin like a TIFF or BigTIFF file. */
export function isTiff(start: Uint8Array): boolean {
  const order = (start[0] ?? 0) * 256 + (start[1] ?? 0);
  const [low, high] = order === 0x4949 ? [start[2], start[3]] : order === 0x4d4d ? [start[3], start[2]] : [0, 1];
  return (low === 42 || low === 43) && high === 0;
}

/** How numbers and offsets are written in this file. */
interface Form {
  readonly littleEndian: boolean;
  readonly big: boolean;
}

function offsetAt(view: DataView, at: number, form: Form): number {
  if (!form.big) return view.getUint32(at, form.littleEndian);
  const value = view.getBigUint64(at, form.littleEndian);
  return value > BigInt(Number.MAX_SAFE_INTEGER) ? Number.MAX_SAFE_INTEGER : Number(value);
}

function numberAt(view: DataView, at: number, type: number, little: boolean): number {
  switch (type) {
    case 1:
    case 7:
      return view.getUint8(at);
    case 3:
      return view.getUint16(at, little);
    case 4:
    case 13:
      return view.getUint32(at, little);
    case 5:
      return view.getUint32(at, little) / view.getUint32(at + 4, little);
    case 6:
      return view.getInt8(at);
    case 8:
      return view.getInt16(at, little);
    case 9:
      return view.getInt32(at, little);
    case 10:
      return view.getInt32(at, little) / view.getInt32(at + 4, little);
    case 11:
      return view.getFloat32(at, little);
    case 12:
      return view.getFloat64(at, little);
    default:
      return Number(type === 17 ? view.getBigInt64(at, little) : view.getBigUint64(at, little));
  }
}

class Walk {
  readonly #bytes: Bytes;
  readonly #form: Form;
  /** Bytes of values that may still be read: directories that share values honestly never come near it. */
  #allowance: number;
  #entryBytes = 0;

  constructor(bytes: Bytes, form: Form) {
    this.#bytes = bytes;
    this.#form = form;
    this.#allowance = 4 * bytes.size + 2 ** 20;
  }

  async directory(offset: number): Promise<{ directory: TiffDirectory; next: number }> {
    const { big, littleEndian } = this.#form;
    const [countBytes, entryBytes, linkBytes] = big ? [8, 20, 8] : [2, 12, 4];
    const head = viewOf(await this.#bytes.read(offset, countBytes, "a TIFF directory"));
    const count = big ? offsetAt(head, 0, this.#form) : head.getUint16(0, littleEndian);
    // Honest directories do not overlap; without this bound a small file could hold millions of large ones.
    this.#entryBytes += count * entryBytes;
    if (count === 0 || this.#entryBytes > this.#bytes.size)
      throw new MalformedFile(
        `${this.#bytes.name}: the TIFF directory at byte ${offset} has ${count} entries, which cannot be in a file of ${this.#bytes.size} bytes`,
        { offset },
      );
    const body = viewOf(
      await this.#bytes.read(
        offset + countBytes,
        count * entryBytes + linkBytes,
        `a TIFF directory of ${count} entries`,
      ),
    );
    const numbers = new Map<number, number[]>();
    const texts = new Map<number, string>();
    for (let at = 0; at < count * entryBytes; at += entryBytes) {
      const tag = body.getUint16(at, littleEndian);
      if (!WANTED.has(tag)) continue;
      const type = body.getUint16(at + 2, littleEndian);
      const valueCount = big ? offsetAt(body, at + 4, this.#form) : body.getUint32(at + 4, littleEndian);
      const values = await this.#values(tag, type, valueCount, body, at + (big ? 12 : 8));
      if (values === undefined) continue;
      if (type === TEXT) texts.set(tag, text(new Uint8Array(values.buffer, values.byteOffset, values.byteLength)));
      else {
        const size = TYPE_BYTES[type]!;
        const list = new Array<number>(valueCount);
        for (let k = 0; k < valueCount; k++) list[k] = numberAt(values, k * size, type, littleEndian);
        numbers.set(tag, list);
      }
    }
    return { directory: { offset, numbers, texts }, next: offsetAt(body, count * entryBytes, this.#form) };
  }

  /** The bytes of a tag's values, in place or where the entry points to; undefined for a type unknown to TIFF. */
  async #values(tag: number, type: number, count: number, body: DataView, at: number): Promise<DataView | undefined> {
    const size = TYPE_BYTES[type];
    if (size === undefined) return undefined;
    const length = count * size;
    const inside = this.#form.big ? 8 : 4;
    if (length <= inside) return new DataView(body.buffer, body.byteOffset + at, inside);
    this.#allowance -= length;
    if (this.#allowance < 0 || (type === TEXT && length > LONGEST_TEXT))
      throw new MalformedFile(
        `${this.#bytes.name}: TIFF tag ${tag} claims ${count} values, which a file of ${this.#bytes.size} bytes cannot hold`,
      );
    const offset = offsetAt(body, at, this.#form);
    return viewOf(await this.#bytes.read(offset, length, `the values of TIFF tag ${tag}`));
  }
}

function text(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  const used = end < 0 ? bytes : bytes.subarray(0, end);
  return new TextDecoder().decode(used);
}

/**
 * Reads all directories of a TIFF or BigTIFF file, in the order of their chain.
 * @throws MalformedFile if they form a circle, leave the file or contradict its size
 * @throws LimitExceeded if there are more than a million
 */
export async function tiffDirectories(bytes: Bytes, signal?: AbortSignal): Promise<TiffFile> {
  const head = viewOf(await bytes.read(0, 8, "the TIFF header"));
  const littleEndian = head.getUint8(0) === 0x49;
  const big = head.getUint16(2, littleEndian) === 43;
  const form = { littleEndian, big };
  let offset: number;
  if (big) {
    const more = viewOf(await bytes.read(0, 16, "the BigTIFF header"));
    if (more.getUint16(4, littleEndian) !== 8)
      throw new MalformedFile(
        `${bytes.name}: BigTIFF offsets of ${more.getUint16(4, littleEndian)} bytes; they have 8`,
      );
    offset = offsetAt(more, 8, form);
  } else offset = head.getUint32(4, littleEndian);
  const walk = new Walk(bytes, form);
  const visited = new Set<number>();
  const directories: TiffDirectory[] = [];
  while (offset !== 0) {
    signal?.throwIfAborted();
    if (visited.has(offset))
      throw new MalformedFile(
        `${bytes.name}: the TIFF directories form a circle: directory ${directories.length} is again the one at byte ${offset}`,
        { offset },
      );
    if (directories.length === MOST_PAGES)
      throw new LimitExceeded(`${bytes.name} has more than ${MOST_PAGES} TIFF directories`, MOST_PAGES + 1, MOST_PAGES);
    visited.add(offset);
    const { directory, next } = await walk.directory(offset);
    directories.push(directory);
    offset = next;
  }
  if (directories.length === 0) throw new MalformedFile(`${bytes.name} is a TIFF file without a single page`);
  return { littleEndian, directories };
}
