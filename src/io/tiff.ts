/** TIFF and BigTIFF stacks, folders of slices and lists of files as one volume. */
import { basename } from "node:path";
import { memoryLimitOf } from "../compute/build.js";
import { startIsolated } from "../compute/isolated.js";
import { machine } from "../compute/memory.js";
import type { Run } from "../compute/progress.js";
import { DTYPES, type DType, type Voxels, voxelArray } from "../core/dtype.js";
import { InvalidArgument, MalformedFile, UnsupportedFeature } from "../core/errors.js";
import { trace } from "../core/provenance.js";
import type { Shape } from "../core/shape.js";
import type { Volume } from "../core/volume.js";
import { assemble } from "./assemble.js";
import { FileBytes } from "./bytes.js";
import { sha256OfFiles } from "./checksum.js";
import { type OpenOptions, openParameters, spacingOf } from "./open-options.js";
import { voxelType } from "./stored.js";
import { type DecodeRequest, decodePages, pickOf } from "./tiff-decode.js";
import { TAG, type TiffDirectory, tiffDirectories } from "./tiff-directories.js";
import { type TiffMetadata, tiffMetadata } from "./tiff-metadata.js";
import { isAside, PHOTOMETRIC, type TiffPage, tiffPage } from "./tiff-page.js";

/** Pages are decoded together up to this many bytes: a message to the thread costs more than a small page. */
const BATCH_BYTES = 8 * 2 ** 20;

interface Planes {
  readonly path: string;
  readonly pages: readonly TiffPage[];
  readonly metadata: TiffMetadata;
  readonly extraSamples: number;
  /** Colours of a palette. */
  readonly colours: readonly string[] | undefined;
}

/** Reads and checks the directories of one file. */
async function planesOf(path: string, options: OpenOptions): Promise<Planes> {
  const bytes = await FileBytes.open(path);
  try {
    const { directories, littleEndian } = await tiffDirectories(bytes, options.signal);
    const stack = directories.filter((directory) => !isAside(directory));
    const first = stack[0];
    if (first === undefined) throw new MalformedFile(`${bytes.name} has no page but thumbnails and masks`);
    const metadata = tiffMetadata(first, stack.length, bytes.name);
    const pages = stack.map((directory, number) => tiffPage(directory, number, bytes.name, bytes.size, littleEndian));
    const extraSamples = first.numbers.get(TAG.extraSamples)?.length ?? 0;
    const about = { path, metadata, extraSamples, colours: coloursOf(first, pages[0]!) };
    if (metadata.contiguous === undefined) return { ...about, pages };
    return { ...about, pages: repeated(pages[0]!, metadata.contiguous, bytes.name, bytes.size) };
  } finally {
    bytes.close();
  }
}

/** The colours of a palette, 16 bits each of red, then green, then blue; undefined where there is none, or all are grey. */
function coloursOf({ numbers }: TiffDirectory, { photometric, bits }: TiffPage): string[] | undefined {
  const map = numbers.get(TAG.colourMap);
  const length = 2 ** bits;
  if (photometric !== PHOTOMETRIC.palette || map?.length !== 3 * length) return undefined;
  const at = (k: number): number[] => [map[k]!, map[k + length]!, map[k + 2 * length]!];
  const colours = Array.from({ length }, (_, k) => at(k));
  if (colours.every(([red, green, blue]) => red === green && green === blue)) return undefined;
  const hex = (n: number): string => ((n >> 8) & 255).toString(16).padStart(2, "0");
  return colours.map((colour) => `#${colour.map(hex).join("")}`);
}

/** ImageJ gives a stack beyond 4 GiB one directory only: the other planes follow the first without any. */
function repeated(first: TiffPage, count: number, file: string, size: number): TiffPage[] {
  const pageBytes = first.counts.reduce((sum, bytes) => sum + bytes, 0);
  const adjacent = first.offsets.every((at, k) => k === 0 || at === first.offsets[k - 1]! + first.counts[k - 1]!);
  if (first.compression !== 1 || !adjacent || first.tiled)
    throw new UnsupportedFeature(
      `${file} has one directory for ${count} planes, which is read only where they lie uncompressed behind each other`,
    );
  const end = first.offsets[0]! + count * pageBytes;
  if (end > size)
    throw new MalformedFile(
      `${file} should hold ${count} planes and end at byte ${end}, but it has ${size} bytes; it is damaged or was cut off`,
      { offset: size },
    );
  return Array.from({ length: count }, (_, number) => ({
    ...first,
    number,
    offsets: first.offsets.map((at) => at + number * pageBytes),
  }));
}

/** The pages of the wanted channel, from front to back. */
function stackOf(planes: Planes, channel: number | undefined, file: string): { pages: TiffPage[]; times: boolean } {
  const { pages, metadata } = planes;
  const { channels, planes: depth, order } = metadata;
  let { frames } = metadata;
  // A stack imported by a program that took its planes for times.
  const times = frames > 1 && depth === 1;
  if (frames > 1 && depth > 1)
    throw new UnsupportedFeature(
      `${file} is a series of ${frames} times with ${depth} planes each; save the times as files of their own`,
    );
  if (channels > 1 && channel === undefined)
    throw new InvalidArgument(
      `${file} has ${channels} channels; choose one with the option channel, from 0 to ${channels - 1}`,
    );
  if (channels > 1 && !(Number.isInteger(channel) && channel! >= 0 && channel! < channels))
    throw new InvalidArgument(`channel is ${channel}; ${file} has channels 0 to ${channels - 1}`);
  if (channels === 1) return { pages: [...pages], times };
  const sizes: Record<string, number> = { C: channels, Z: depth, T: frames };
  const along = times ? "T" : "Z";
  frames = times ? frames : depth;
  const stride = (axis: string): number =>
    [...order].slice(0, order.indexOf(axis)).reduce((product, before) => product * sizes[before]!, 1);
  const chosen = Array.from({ length: frames }, (_, k) => pages[k * stride(along) + channel! * stride("C")]!);
  return { pages: chosen, times };
}

function describe(page: TiffPage): string {
  const colours = page.samples > 1 ? `, ${page.samples} channels` : "";
  return `${page.height} × ${page.width} pixels of ${page.bits}-bit ${page.kind}${colours}`;
}

const alike = (a: TiffPage, b: TiffPage): boolean =>
  a.width === b.width &&
  a.height === b.height &&
  a.bits === b.bits &&
  a.kind === b.kind &&
  a.samples === b.samples &&
  a.photometric === b.photometric;

/**
 * Reads TIFF files as one volume.
 * @param name what stands in the provenance
 * @param onePage each file is one slice: a file with more pages is an error
 */
export async function readTiff(
  paths: readonly string[],
  name: string,
  options: OpenOptions,
  onePage: boolean,
): Promise<Volume> {
  const files: { path: string; pages: TiffPage[] }[] = [];
  const readAs: string[] = [];
  let first: Planes | undefined;
  let reference: TiffPage | undefined;
  for (const path of paths) {
    options.signal?.throwIfAborted();
    const file = basename(path);
    const planes = await planesOf(path, options);
    const { pages, times } = stackOf(planes, options.channel, file);
    if (times && first === undefined) readAs.push("times → planes");
    first ??= planes;
    reference ??= pages[0]!;
    if (onePage && pages.length > 1)
      throw new InvalidArgument(
        `${file} has ${pages.length} pages, but in a folder of slices each file is one; open the file by its own name, or give a list of files to put them behind each other`,
      );
    const odd = pages.find((page) => !alike(page, reference!));
    if (odd !== undefined)
      throw new UnsupportedFeature(
        `${file}, page ${odd.number + 1} has ${describe(odd)}, but ${basename(paths[0]!)} begins with ${describe(reference)}; all slices of a volume must be alike`,
      );
    files.push({ path, pages });
  }
  const page = reference!;
  const { metadata, extraSamples } = first!;
  const { saved } = metadata;
  const pick = pickOf(page, metadata.channels > 1 ? undefined : options.channel, extraSamples, name);
  const { dtype, readAs: narrowed } = voxelType(page.kind, page.bits);
  const truth = page.bits === 1 && metadata.truth;
  const inverted = page.photometric === PHOTOMETRIC.whiteIsZero && !truth;
  if (narrowed !== undefined) readAs.push(narrowed);
  if (inverted) readAs.push("min-is-white → inverted");
  if (truth && page.photometric === PHOTOMETRIC.whiteIsZero) readAs.push("truth values → 0 and 1");
  if (page.photometric === PHOTOMETRIC.palette) readAs.push("palette → index");
  if (pick === "grey") readAs.push("equal colours → grey");
  const depth = files.reduce((sum, { pages }) => sum + pages.length, 0);
  const shape: Shape = [depth, page.height, page.width];
  const plain = page.bits === 1 ? "mask" : "intensity";
  const role = options.role ?? saved?.role ?? plain;
  const batchBytes = Math.min(BATCH_BYTES, memoryLimitOf(options, machine) / 32);
  const perBatch = Math.max(1, Math.floor(batchBytes / pageBytes(page)));
  const batches = files.flatMap(({ path, pages }) =>
    Array.from({ length: Math.ceil(pages.length / perBatch) }, (_, k) => ({
      path,
      pages: pages.slice(k * perBatch, (k + 1) * perBatch),
      pick,
      dtype,
      invert: inverted,
    })),
  );
  const largest = batches.reduce((most, { pages }) => Math.max(most, pages.length), 0) * pageBytes(page);
  const header = {
    name,
    shape,
    dtype,
    role,
    spacing: spacingOf(options) ?? metadata.spacing,
    origin: saved?.origin,
    direction: saved?.direction,
    phases: role === saved?.role ? saved?.phases : undefined,
    colours: first!.colours,
    // Pages may have been taken out or joined since they were saved.
    angles: saved?.angles?.length === depth ? saved.angles : undefined,
    // Two batches are under way, and each exists compressed, decoded and, where it is narrowed, once more.
    workBytes: 4 * largest,
  };
  const parameters = openParameters(name, "TIFF", options, readAs);
  return assemble(
    header,
    options,
    async (signal) => trace("open", parameters, saved && { saved }, await sha256OfFiles(paths, signal)),
    (run) => decoded(batches, name, run),
  );
}

const pageBytes = (page: TiffPage): number => page.width * page.height * page.samples * Math.max(1, page.bits / 8);

/** Joins the pages of a batch into one array, for planes are written together. */
function joined(pages: readonly Voxels[], dtype: DType): Voxels {
  if (pages.length === 1) return pages[0]!;
  const out = voxelArray(
    dtype,
    pages.reduce((sum, page) => sum + page.length, 0),
  );
  let at = 0;
  for (const page of pages) {
    out.set(page, at);
    at += page.length;
  }
  return out;
}

/**
 * Decodes batch after batch, one ahead of who writes them. Uncompressed pages are only moved and need no guard; what is
 * compressed goes through decoders in a thread of its own.
 */
async function* decoded(batches: readonly DecodeRequest[], name: string, run: Run): AsyncIterable<Voxels> {
  if (batches.every(({ pages }) => pages.every(({ compression }) => compression === 1))) {
    yield* ahead(batches, decodePages);
    return;
  }
  const module = new URL("./tiff-decode.js", import.meta.url);
  const thread = startIsolated(module, { what: `decoding ${name}`, signal: run.signal });
  try {
    yield* ahead(batches, (batch) => thread.call<Voxels[]>("decodePages", batch));
  } finally {
    await thread.end();
  }
}

async function* ahead(
  batches: readonly DecodeRequest[],
  decode: (batch: DecodeRequest) => Promise<Voxels[]>,
): AsyncIterable<Voxels> {
  const start = (batch: DecodeRequest | undefined): Promise<Voxels[]> | undefined => {
    const work = batch && decode(batch);
    // An error is thrown when its turn comes; until then it must not count as unhandled.
    work?.catch(() => undefined);
    return work;
  };
  let next = start(batches[0]);
  for (const [k, batch] of batches.entries()) {
    const pages = await next!;
    next = start(batches[k + 1]);
    const voxels = joined(pages, batch.dtype);
    if (voxels.BYTES_PER_ELEMENT !== DTYPES[batch.dtype].bytes)
      throw new MalformedFile(`${basename(batch.path)} decodes to another voxel type than it says`);
    yield voxels;
  }
}
