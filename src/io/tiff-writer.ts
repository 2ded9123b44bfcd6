/** Writes a volume as uncompressed multi-page TIFF that ImageJ, tifffile and `open` read. */

import { type SaveFileSystem, writeAtomically } from "../compute/atomic.js";
import { bytesOf } from "../compute/brick-table.js";
import { watched } from "../compute/progress.js";
import { savedLine } from "../compute/volume-schema.js";
import { DTYPES, type DType } from "../core/dtype.js";
import type { RunOptions } from "../core/options.js";
import { rgb } from "../core/phases.js";
import { VERSION } from "../core/provenance.js";
import type { Volume } from "../core/volume.js";
import { TAG } from "./tiff-directories.js";
import { SAVED_LINE } from "./tiff-metadata.js";

/** Planes are read and written together up to this many bytes. */
const BATCH_BYTES = 64 * 2 ** 20;
/** Files that would end beyond this are BigTIFF; TIFF's offsets have 32 bits. */
const CLASSIC_END = 2 ** 32 - 1;
const RESOLUTION_UNIT = 296;
const LITTLE = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

/** A directory entry: the values, and how many bytes each takes. */
interface Entry {
  readonly tag: number;
  readonly type: number;
  readonly count: number;
  readonly bytes: Uint8Array;
}

const order = (view: DataView, at: number, size: 2 | 4 | 8, value: number): void => {
  if (size === 2) view.setUint16(at, value, LITTLE);
  else if (size === 4) view.setUint32(at, value, LITTLE);
  else view.setBigUint64(at, BigInt(value), LITTLE);
};

function numbers(tag: number, type: 3 | 4 | 16, ...values: number[]): Entry {
  const size = type === 3 ? 2 : type === 4 ? 4 : 8;
  const bytes = new Uint8Array(size * values.length);
  const view = new DataView(bytes.buffer);
  for (const [k, value] of values.entries()) order(view, k * size, size, value);
  return { tag, type, count: values.length, bytes };
}

function text(tag: number, value: string): Entry {
  const bytes = new TextEncoder().encode(`${value}\0`);
  return { tag, type: 2, count: bytes.length, bytes };
}

/** A positive number as a fraction of 32-bit numbers, as exactly as these allow. */
function fraction(tag: number, value: number): Entry {
  const scale = value >= 1 ? Math.floor((2 ** 32 - 1) / value) : 2 ** 32 - 1;
  const denominator = Math.max(1, Math.min(scale, 2 ** 31));
  const entry = numbers(tag, 4, Math.min(2 ** 32 - 1, Math.round(value * denominator)), denominator);
  return { ...entry, type: 5, count: 1 };
}

/** The unit in which voxel sizes read best, as ImageJ calls it. */
function unitOf(metres: number): [name: string, metres: number] {
  if (metres < 1e-7) return ["nm", 1e-9];
  return metres < 1e-3 ? ["micron", 1e-6] : ["mm", 1e-3];
}

function description(volume: Volume): string {
  const [planes] = volume.shape;
  const lines = ["ImageJ=1.53t", `images=${planes}`, `slices=${planes}`];
  if (volume.spacing !== undefined) {
    const [unit, metres] = unitOf(volume.spacing[2]);
    lines.push(`unit=${unit}`, `spacing=${volume.spacing[0] / metres}`);
  }
  lines.push("loop=false", `${SAVED_LINE}${savedLine(volume)}`);
  return `${lines.join("\n")}\n`;
}

const FORMATS: Readonly<Record<DType, number>> = {
  uint8: 1,
  uint16: 1,
  uint32: 1,
  int8: 2,
  int16: 2,
  int32: 2,
  float32: 3,
};

/** One directory with the values that do not fit its entries behind it. */
function directory(entries: readonly Entry[], at: number, next: boolean, big: boolean): Uint8Array {
  const [countSize, entrySize, word] = big ? ([8, 20, 8] as const) : ([2, 12, 4] as const);
  const head = countSize + entries.length * entrySize + word;
  const even = (n: number): number => n + (n % 8 === 0 ? 0 : 8 - (n % 8));
  let outside = even(head);
  const places = entries.map(({ bytes }) => {
    const place = outside;
    if (bytes.length > word) outside = even(outside + bytes.length);
    return place;
  });
  const out = new Uint8Array(outside);
  const view = new DataView(out.buffer);
  order(view, 0, countSize, entries.length);
  for (const [k, { tag, type, count, bytes }] of entries.entries()) {
    const entry = countSize + k * entrySize;
    order(view, entry, 2, tag);
    order(view, entry + 2, 2, type);
    order(view, entry + 4, word, count);
    if (bytes.length > word) {
      order(view, entry + 4 + word, word, at + places[k]!);
      out.set(bytes, places[k]!);
    } else out.set(bytes, entry + 4 + word);
  }
  order(view, head - word, word, next ? at + outside : 0);
  return out;
}

/**
 * Writes the volume: first all planes behind each other, then the directories.
 * @param classicEnd last byte that a file without 64-bit offsets may have; tests lower it
 */
export async function writeTiff(
  volume: Volume,
  path: string,
  options: Pick<RunOptions, "signal" | "onProgress">,
  files: SaveFileSystem,
  classicEnd: number = CLASSIC_END,
): Promise<void> {
  const [depth, height, width] = volume.shape;
  const { bytes: size } = DTYPES[volume.dtype];
  const planeBytes = height * width * size;
  const about = description(volume);
  const big = 64 + depth * (planeBytes + 512) + about.length > classicEnd;
  const start = 16;
  const end = start + depth * planeBytes;
  const first = end + ((8 - (end % 8)) % 8);
  await watched("save", depth, options, ({ signal, step }) =>
    writeAtomically(path, files, async (append) => {
      await append(header(first, big));
      const together = Math.max(1, Math.min(volume.grid.brick[0], Math.floor(BATCH_BYTES / planeBytes)));
      for (let z = 0; z < depth; z += together) {
        signal.throwIfAborted();
        const stop = Math.min(depth, z + together);
        await append(bytesOf(await volume.read({ start: [z, 0, 0], stop: [stop, height, width] })));
        for (let k = z; k < stop; k++) step();
      }
      await append(new Uint8Array(first - end));
      let at = first;
      for (let z = 0; z < depth; z++) {
        const entries = entriesOf(volume, start + z * planeBytes, planeBytes, big, z === 0 ? about : undefined);
        const bytes = directory(entries, at, z < depth - 1, big);
        at += bytes.length;
        await append(bytes);
      }
    }),
  );
}

function header(first: number, big: boolean): Uint8Array {
  const out = new Uint8Array(16);
  const view = new DataView(out.buffer);
  out.fill(LITTLE ? 0x49 : 0x4d, 0, 2);
  order(view, 2, 2, big ? 43 : 42);
  if (big) {
    order(view, 4, 2, 8);
    order(view, 8, 8, first);
  } else order(view, 4, 4, first);
  return out;
}

/** A palette with the colours of the phases, as ImageJ writes it for 8-bit images; 255 where it is no phase is black. */
function coloursOf({ role, dtype, phases }: Volume): number[] | undefined {
  if (role !== "labels" || dtype !== "uint8" || phases === undefined) return undefined;
  const tabled = new Map(phases.map(({ label, colour }) => [label, rgb(colour)]));
  const all = Array.from({ length: 256 }, (_, label) => tabled.get(label) ?? [0, 0, 0]);
  return [0, 1, 2].flatMap((channel) => all.map((colour) => 257 * colour[channel]!));
}

function entriesOf(volume: Volume, offset: number, planeBytes: number, big: boolean, about?: string): Entry[] {
  const [, height, width] = volume.shape;
  const word = big ? 16 : 4;
  const colours = coloursOf(volume);
  const entries = [
    numbers(TAG.newSubfileType, 4, 0),
    numbers(TAG.imageWidth, 4, width),
    numbers(TAG.imageLength, 4, height),
    numbers(TAG.bitsPerSample, 3, 8 * DTYPES[volume.dtype].bytes),
    numbers(TAG.compression, 3, 1),
    numbers(TAG.photometric, 3, colours === undefined ? 1 : 3),
    numbers(TAG.stripOffsets, word, offset),
    numbers(TAG.samplesPerPixel, 3, 1),
    numbers(TAG.rowsPerStrip, 4, height),
    numbers(TAG.stripByteCounts, word, planeBytes),
    numbers(RESOLUTION_UNIT, 3, 1),
    text(TAG.software, `voxbook ${VERSION}`),
    numbers(TAG.sampleFormat, 3, FORMATS[volume.dtype]),
  ];
  if (colours !== undefined) entries.push(numbers(TAG.colourMap, 3, ...colours));
  if (about !== undefined) entries.push(text(TAG.imageDescription, about));
  if (volume.spacing !== undefined) {
    const [, metres] = unitOf(volume.spacing[2]);
    entries.push(fraction(TAG.xResolution, metres / volume.spacing[2]));
    entries.push(fraction(TAG.yResolution, metres / volume.spacing[1]));
  }
  return entries.sort((a, b) => a.tag - b.tag);
}
