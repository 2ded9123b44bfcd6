/** What a TIFF directory says of its page, checked: size, voxel type, and where its strips or tiles lie. */
import { MalformedFile, UnsupportedFeature } from "../core/errors.js";
import { TAG, type TiffDirectory } from "./tiff-directories.js";

/** A plain value, for it crosses into the thread that decodes. */
export interface TiffPage {
  /** Number in the file, from 0. */
  readonly number: number;
  readonly width: number;
  readonly height: number;
  readonly samples: number;
  /** Bits of one sample: 1, 8, 16, 32 or 64. */
  readonly bits: number;
  readonly kind: "unsigned" | "signed" | "float";
  readonly photometric: number;
  readonly compression: number;
  readonly predictor: number;
  /** Each sample in strips or tiles of its own. */
  readonly planar: boolean;
  readonly reversedBits: boolean;
  readonly littleEndian: boolean;
  readonly tiled: boolean;
  readonly chunkWidth: number;
  readonly chunkHeight: number;
  readonly offsets: readonly number[];
  readonly counts: readonly number[];
}

export const PHOTOMETRIC = { whiteIsZero: 0, blackIsZero: 1, rgb: 2, palette: 3, mask: 4 } as const;

const COMPRESSIONS: Readonly<Record<number, string>> = {
  2: "CCITT",
  3: "CCITT fax 3",
  4: "CCITT fax 4",
  6: "old JPEG",
  7: "JPEG",
  34712: "JPEG 2000",
  34887: "LERC",
  34925: "LZMA",
  50001: "WebP",
  50002: "JPEG XL",
};
/** How many bytes one compressed byte can become at most: what claims more is no honest file. */
export const LARGEST_RATIO: Readonly<Record<number, number>> = {
  1: 1,
  5: 2731,
  8: 1040,
  32946: 1040,
  32773: 64,
  50000: 2 ** 16,
};
const COLOURS: Readonly<Record<number, string>> = {
  5: "CMYK",
  6: "YCbCr",
  8: "CIE Lab",
  9: "ICC Lab",
  10: "ITU Lab",
  32803: "colour filter array",
};

/** True for thumbnails, pyramid levels and transparency masks, which are not part of the stack. */
export function isAside(directory: TiffDirectory): boolean {
  const kind = directory.numbers.get(TAG.newSubfileType)?.[0] ?? 0;
  return (kind & 5) !== 0 || directory.numbers.get(TAG.photometric)?.[0] === PHOTOMETRIC.mask;
}

/** @throws MalformedFile, UnsupportedFeature; the message names the file, the page and what is wrong */
export function tiffPage(
  directory: TiffDirectory,
  number: number,
  file: string,
  size: number,
  littleEndian: boolean,
): TiffPage {
  const where = `${file}, page ${number + 1}`;
  const one = (tag: number, otherwise: number): number => directory.numbers.get(tag)?.[0] ?? otherwise;
  const whole = (what: string, value: number): number => {
    if (!Number.isSafeInteger(value) || value < 1)
      throw new MalformedFile(`${where}: ${what} is ${value}`, { offset: directory.offset });
    return value;
  };
  const width = whole("the width", one(TAG.imageWidth, 0));
  const height = whole("the height", one(TAG.imageLength, 0));
  const samples = whole("the number of samples per pixel", one(TAG.samplesPerPixel, 1));
  const bits = sameForAll(directory, TAG.bitsPerSample, 1, "bits per sample", where);
  const format = sameForAll(directory, TAG.sampleFormat, 1, "sample format", where);
  const photometric = one(TAG.photometric, samples >= 3 ? PHOTOMETRIC.rgb : PHOTOMETRIC.blackIsZero);
  const compression = one(TAG.compression, 1);
  const predictor = one(TAG.predictor, 1);
  const kind = format === 2 ? "signed" : format === 3 ? "float" : "unsigned";
  const refuse = (what: string): never => {
    throw new UnsupportedFeature(
      `${where}: ${what} is not read. Save it as plain 8-, 16- or 32-bit TIFF, uncompressed or deflated`,
    );
  };
  if (COLOURS[photometric] !== undefined) refuse(`the colour space ${COLOURS[photometric]}`);
  if (photometric > PHOTOMETRIC.mask) refuse(`photometric interpretation ${photometric}`);
  if (LARGEST_RATIO[compression] === undefined)
    refuse(`compression ${compression}${COMPRESSIONS[compression] ? ` (${COMPRESSIONS[compression]})` : ""}`);
  if (![1, 2, 3, 4].includes(format)) refuse(`sample format ${format} (complex numbers)`);
  const known = kind === "float" ? [32, 64] : kind === "signed" ? [8, 16, 32, 64] : [1, 8, 16, 32, 64];
  if (!known.includes(bits)) refuse(`${bits}-bit ${kind} data`);
  if (bits === 1 && samples > 1) refuse("1-bit data of several samples");
  if (![1, 2, 3].includes(predictor) || (predictor === 3 && kind !== "float") || (predictor === 2 && bits === 1))
    refuse(`predictor ${predictor} for ${bits}-bit ${kind} data`);
  if (photometric === PHOTOMETRIC.whiteIsZero && (kind !== "unsigned" || bits > 32))
    refuse(`min-is-white for ${bits}-bit ${kind} data, whose largest value is not the white one,`);

  const tiled = directory.numbers.has(TAG.tileOffsets);
  const chunkWidth = tiled ? whole("the tile width", one(TAG.tileWidth, 0)) : width;
  const chunkHeight = tiled
    ? whole("the tile length", one(TAG.tileLength, 0))
    : Math.min(height, whole("the number of rows per strip", one(TAG.rowsPerStrip, height)));
  const planar = one(TAG.planarConfiguration, 1) === 2 && samples > 1;
  const chunks = Math.ceil(width / chunkWidth) * Math.ceil(height / chunkHeight) * (planar ? samples : 1);
  const offsets = directory.numbers.get(tiled ? TAG.tileOffsets : TAG.stripOffsets) ?? [];
  const chunkBytes = Math.ceil((chunkWidth * (planar ? 1 : samples) * bits) / 8) * chunkHeight;
  // Some writers leave the counts of an uncompressed file out: they follow from the size.
  const counts =
    directory.numbers.get(tiled ? TAG.tileByteCounts : TAG.stripByteCounts) ??
    (compression === 1 && offsets.length === 1 ? [chunkBytes] : []);
  const part = tiled ? "tiles" : "strips";
  if (offsets.length !== chunks || counts.length !== chunks)
    throw new MalformedFile(
      `${where}: ${width} × ${height} pixels need ${chunks} ${part}, but the file lists ${offsets.length} offsets and ${counts.length} lengths; it is damaged`,
      { offset: directory.offset },
    );
  const ratio = LARGEST_RATIO[compression]!;
  const rowBytes = chunkBytes / chunkHeight;
  const down = Math.ceil(height / chunkHeight);
  for (let k = 0; k < chunks; k++) {
    if (offsets[k]! + counts[k]! > size)
      throw new MalformedFile(
        `${where}: ${part.slice(0, -1)} ${k} should end at byte ${offsets[k]! + counts[k]!}, but the file has ${size} bytes; it is damaged or was cut off`,
        { offset: offsets[k]! },
      );
    const row = tiled ? 0 : (k % down) * chunkHeight;
    const needed = rowBytes * (tiled ? chunkHeight : Math.min(chunkHeight, height - row));
    if (counts[k]! * ratio + 64 < needed || (compression === 1 && counts[k]! < needed))
      throw new MalformedFile(
        `${where}: ${part.slice(0, -1)} ${k} should hold ${needed} bytes of pixels, which its ${counts[k]} bytes cannot; the file is damaged or was cut off`,
        { offset: offsets[k]! },
      );
  }
  return {
    number,
    width,
    height,
    samples,
    bits,
    kind,
    photometric,
    compression,
    predictor: compression === 1 ? 1 : predictor,
    planar,
    reversedBits: one(TAG.fillOrder, 1) === 2,
    littleEndian,
    tiled,
    chunkWidth,
    chunkHeight,
    offsets,
    counts,
  };
}

/** A tag with one value per sample, all of which must be the same. */
function sameForAll(directory: TiffDirectory, tag: number, otherwise: number, what: string, where: string): number {
  const values = directory.numbers.get(tag) ?? [otherwise];
  if (values.some((value) => value !== values[0]))
    throw new UnsupportedFeature(
      `${where}: ${what} ${values.slice(0, 8).join(", ")} differ from each other; this is not read`,
    );
  return values[0] ?? otherwise;
}
