/** Writes TIFF bytes of any kind, right or wrong, for tests of the reader. */
import { deflateSync } from "node:zlib";

/** One page: its pixels, encoded as they stand in the file, and its tags. */
export interface PageBytes {
  width: number;
  height: number;
  /** Strips or tiles, already encoded. */
  chunks: Uint8Array[];
  bits?: number;
  samples?: number;
  /** 1 unsigned, 2 signed, 3 float. */
  format?: number;
  photometric?: number;
  compression?: number;
  predictor?: number;
  planar?: number;
  fillOrder?: number;
  rowsPerStrip?: number;
  tile?: [width: number, height: number];
  description?: string;
  software?: string;
  subfile?: number;
  extraSamples?: number[];
  resolution?: [x: number, y: number];
  /** Replaces the values of tags, or adds some. */
  tags?: Record<number, number[]>;
}

export interface TiffOptions {
  big?: boolean;
  bigEndian?: boolean;
  /** Offset that the last directory gives as the next one, or `"first"` to make a circle. */
  last?: number | "first";
}

interface Tag {
  tag: number;
  type: number;
  values: number[] | string;
}

const TYPE_BYTES: Record<number, number> = { 2: 1, 3: 2, 4: 4, 5: 8, 16: 8 };

function tagsOf(page: PageBytes, offsets: number[], big: boolean): Tag[] {
  const samples = page.samples ?? 1;
  const word = big ? 16 : 4;
  const all = (value: number): number[] => new Array<number>(samples).fill(value);
  const tags: Tag[] = [
    { tag: 256, type: 4, values: [page.width] },
    { tag: 257, type: 4, values: [page.height] },
    { tag: 258, type: 3, values: all(page.bits ?? 8) },
    { tag: 259, type: 3, values: [page.compression ?? 1] },
    { tag: 262, type: 3, values: [page.photometric ?? 1] },
    { tag: 277, type: 3, values: [samples] },
    { tag: 339, type: 3, values: all(page.format ?? 1) },
  ];
  const counts = page.chunks.map((chunk) => chunk.length);
  if (page.tile === undefined)
    tags.push(
      { tag: 273, type: word, values: offsets },
      { tag: 278, type: 4, values: [page.rowsPerStrip ?? page.height] },
      { tag: 279, type: word, values: counts },
    );
  else
    tags.push(
      { tag: 322, type: 4, values: [page.tile[0]] },
      { tag: 323, type: 4, values: [page.tile[1]] },
      { tag: 324, type: word, values: offsets },
      { tag: 325, type: word, values: counts },
    );
  const one = (tag: number, value: number | undefined): void => {
    if (value !== undefined) tags.push({ tag, type: 3, values: [value] });
  };
  one(266, page.fillOrder);
  one(284, page.planar);
  one(317, page.predictor);
  if (page.subfile !== undefined) tags.push({ tag: 254, type: 4, values: [page.subfile] });
  if (page.extraSamples !== undefined) tags.push({ tag: 338, type: 3, values: page.extraSamples });
  if (page.description !== undefined) tags.push({ tag: 270, type: 2, values: `${page.description}\0` });
  if (page.software !== undefined) tags.push({ tag: 305, type: 2, values: `${page.software}\0` });
  for (const [tag, value] of [282, 283].map((tag, k) => [tag, page.resolution?.[k]] as const))
    if (value !== undefined) tags.push({ tag, type: 5, values: [Math.round(value * 1e6), 1e6] });
  for (const [tag, values] of Object.entries(page.tags ?? {})) {
    const at = tags.findIndex((one) => one.tag === Number(tag));
    const type = at < 0 ? 4 : tags[at]!.type;
    if (at >= 0) tags.splice(at, 1);
    tags.push({ tag: Number(tag), type, values });
  }
  return tags.sort((a, b) => a.tag - b.tag);
}

/** The bytes of a TIFF file: pixels first, then each directory with its values behind it. */
export function tiffBytes(pages: PageBytes[], options: TiffOptions = {}): Uint8Array {
  const { big = false, bigEndian = false } = options;
  const little = !bigEndian;
  const [countSize, entrySize, word] = big ? ([8, 20, 8] as const) : ([2, 12, 4] as const);
  const out: number[] = [];
  const put = (at: number, size: number, value: number): void => {
    for (let k = 0; k < size; k++) {
      const byte = Math.floor(value / 256 ** (little ? k : size - 1 - k)) % 256;
      out[at + k] = byte;
    }
  };
  put(0, 2, bigEndian ? 0x4d4d : 0x4949);
  put(2, 2, big ? 43 : 42);
  if (big) {
    put(4, 2, 8);
    put(6, 2, 0);
  }
  let link = big ? 8 : 4;
  put(link, word, 0);
  let first = 0;
  for (const page of pages) {
    const offsets = page.chunks.map((chunk) => {
      const at = out.length;
      for (const byte of chunk) out.push(byte);
      return at;
    });
    while (out.length % 8 !== 0) out.push(0);
    const tags = tagsOf(page, offsets, big);
    const at = out.length;
    first ||= at;
    put(link, word, at);
    let outside = at + countSize + tags.length * entrySize + word;
    put(at, countSize, tags.length);
    for (const [k, { tag, type, values }] of tags.entries()) {
      const entry = at + countSize + k * entrySize;
      const size = type === 5 ? 4 : TYPE_BYTES[type]!;
      const list = typeof values === "string" ? [...Buffer.from(values)] : values;
      put(entry, 2, tag);
      put(entry + 2, 2, type);
      put(entry + 4, word, type === 5 ? list.length / 2 : list.length);
      let place = entry + 4 + word;
      put(place, word, 0);
      if (list.length * size > word) {
        put(place, word, outside);
        place = outside;
        outside += list.length * size;
      }
      for (const [n, value] of list.entries()) put(place + n * size, size, value);
    }
    link = at + countSize + tags.length * entrySize;
    put(link, word, 0);
    for (let k = out.length; k < outside; k++) out[k] ??= 0;
  }
  const { last } = options;
  if (last !== undefined) put(link, word, last === "first" ? first : last);
  return Uint8Array.from(out);
}

/** Numbers as the bytes of a type, in the byte order of the file. */
export function encoded(values: ArrayLike<number>, type: string, bigEndian = false): Uint8Array {
  const size = Number(/\d+/.exec(type)![0]) / 8;
  const bytes = new Uint8Array(values.length * size);
  const view = new DataView(bytes.buffer);
  for (let k = 0; k < values.length; k++) {
    const at = k * size;
    const value = values[k]!;
    if (type === "float32") view.setFloat32(at, value, !bigEndian);
    else if (type === "float64") view.setFloat64(at, value, !bigEndian);
    else if (size === 8) view.setBigInt64(at, BigInt(value), !bigEndian);
    else if (size === 4) view.setInt32(at, value, !bigEndian);
    else if (size === 2) view.setInt16(at, value, !bigEndian);
    else view.setInt8(at, value);
  }
  return bytes;
}

export const deflated = (bytes: Uint8Array): Uint8Array => deflateSync(bytes);

/** TIFF's LZW, in the plainest way: the dictionary is cleared before it is full. */
export function lzwEncoded(bytes: Uint8Array): Uint8Array {
  const out: number[] = [];
  let buffer = 0n;
  let held = 0;
  let width = 9;
  let codes = new Map<string, number>();
  const put = (code: number): void => {
    buffer = (buffer << BigInt(width)) | BigInt(code);
    held += width;
    while (held >= 8) {
      held -= 8;
      out.push(Number((buffer >> BigInt(held)) & 255n));
      buffer &= (1n << BigInt(held)) - 1n;
    }
  };
  let next = 258;
  const clear = (): void => {
    put(256);
    codes = new Map();
    next = 258;
    width = 9;
  };
  clear();
  let word = "";
  const codeOf = (text: string): number => (text.length === 1 ? text.charCodeAt(0) : codes.get(text)!);
  for (const byte of bytes) {
    const longer = word + String.fromCharCode(byte);
    if (longer.length === 1 || codes.has(longer)) {
      word = longer;
      continue;
    }
    put(codeOf(word));
    codes.set(longer, next++);
    if (next === 1 << width) width++;
    if (next === 4094) clear();
    word = String.fromCharCode(byte);
  }
  if (word !== "") put(codeOf(word));
  // The decoder has defined one code more than the encoder by now.
  next++;
  if (next === 1 << width && width < 12) width++;
  put(257);
  if (held > 0) out.push(Number((buffer << BigInt(8 - held)) & 255n));
  return Uint8Array.from(out);
}

/** Differences from the left neighbour, modulo 2 to the number of bits; `row` numbers a row, `samples` a pixel. */
export function differences(values: readonly number[], row: number, samples: number): number[] {
  return values.map((value, k) => (k % row < samples ? value : value - values[k - samples]!));
}
