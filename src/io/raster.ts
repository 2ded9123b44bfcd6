/** NRRD and MetaImage share their form: a text header and one block of voxels, x fastest. */
import { createReadStream } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { createUnzip } from "node:zlib";
import { memoryLimitOf } from "../compute/build.js";
import { isolated } from "../compute/isolated.js";
import { machine } from "../compute/memory.js";
import type { Run } from "../compute/progress.js";
import type { Saved } from "../compute/volume-schema.js";
import { formatBytes } from "../core/display.js";
import type { DType, Voxels } from "../core/dtype.js";
import { LimitExceeded, MalformedFile, MissingData, UnsupportedFeature } from "../core/errors.js";
import type { Phase } from "../core/phases.js";
import { trace } from "../core/provenance.js";
import type { Shape, Triple } from "../core/shape.js";
import type { Role, Volume } from "../core/volume.js";
import { numbersAsText, runLengths } from "./amira-stream.js";
import { assemble } from "./assemble.js";
import { FileBytes } from "./bytes.js";
import { sha256OfFiles } from "./checksum.js";
import { type OpenOptions, openParameters, spacingOf } from "./open-options.js";
import { asVoxels, voxelType } from "./stored.js";
import { type Stored, storedArray } from "./tiff-chunk.js";
import type { TiffPage } from "./tiff-page.js";

/** What the header of an NRRD, MetaImage or AmiraMesh file says, checked. */
export interface RasterHeader {
  readonly format: "NRRD" | "MetaImage" | "AmiraMesh";
  readonly name: string;
  /** Path of the header. */
  readonly path: string;
  /** Path of the voxels; the header's own if they follow it. */
  readonly dataPath: string;
  /** Byte at which the voxels begin in `dataPath`; undefined: so many bytes before its end as the voxels take. */
  readonly dataOffset: number | undefined;
  /**
   * `raw`: as they are. `zlib`: inflated here, for ITK reads damaged MetaImage data, and data whose length is not told,
   * as other voxels without a word. `itk`: by itk-wasm. `byte-rle`, `ascii`: those of AmiraMesh.
   */
  readonly encoding: "raw" | "zlib" | "itk" | "byte-rle" | "ascii";
  /** Bytes that the voxels take, encoded; undefined: up to the end of the file. */
  readonly dataLength?: number;
  readonly shape: Shape;
  readonly kind: TiffPage["kind"];
  readonly bits: number;
  readonly littleEndian: boolean;
  readonly spacing?: Triple | undefined;
  readonly origin?: Triple | undefined;
  readonly direction?: readonly number[] | undefined;
  readonly phases?: readonly Phase[];
  readonly role?: Role;
  /** What `save` kept beside. */
  readonly saved?: Saved;
}

/** gzip makes at most this many bytes of one. */
export const LARGEST_RATIO = 1040;
/** itk-wasm holds the file and the voxels in a memory of at most 4 GiB. */
const MOST_ITK_BYTES = 2 ** 31 - 1;
const BATCH_BYTES = 8 * 2 ** 20;

/** The path of the file that a header names, which must lie beside it. */
export function besides(header: string, name: string, file: string): string {
  const path = resolve(dirname(header), name);
  // A file may not make us read another one just anywhere on this machine.
  if (name === "" || /[/\\\0]/.test(name) || dirname(path) !== resolve(dirname(header)))
    throw new UnsupportedFeature(
      `${file}: its voxels should be in "${name.slice(0, 200)}", but only a file in the same folder is read; put it there and name it without folder`,
    );
  return join(dirname(header), name);
}

/** Checks the header against the file and reads the voxels. */
export async function readRaster(header: RasterHeader, options: OpenOptions): Promise<Volume> {
  const { name, shape, kind, bits, format, encoding } = header;
  const count = shape[0] * shape[1] * shape[2];
  const bytes = count * (bits / 8);
  let data: FileBytes;
  try {
    data = await FileBytes.open(header.dataPath);
  } catch (error) {
    if (!(error instanceof MissingData) || header.dataPath === header.path) throw error;
    throw new MissingData(`${name}: its voxels should be in the file beside it; ${error.message}`);
  }
  try {
    const offset = header.dataOffset ?? data.size - bytes;
    const rest = data.size - offset;
    const { dataLength = rest } = header;
    if (dataLength > rest)
      throw new MalformedFile(
        `${name}: its voxels should be ${dataLength} bytes long from byte ${offset} on, but the file has ${data.size} bytes; it is damaged or was cut off`,
        { offset },
      );
    if (!Number.isSafeInteger(bytes) || offset < 0 || dataLength < leastBytes(encoding, count, bytes))
      throw new MalformedFile(
        `${name}: ${shape.join(" × ")} voxels of ${bits} bits take ${bytes} bytes, but ${data.name} has only ${Math.max(0, rest)} bytes for them; it is damaged or was cut off`,
        { offset: Math.max(0, offset) },
      );
    const { dtype, readAs } = voxelType(kind, bits);
    const limit = memoryLimitOf(options, machine);
    const planeBytes = (shape[1] * shape[2] * bits) / 8;
    const planes = Math.max(1, Math.floor(Math.min(BATCH_BYTES, limit / 32) / planeBytes));
    if (encoding === "itk" && bytes > MOST_ITK_BYTES)
      throw new LimitExceeded(
        `${name}: gzipped ${format} voxels are read up to ${formatBytes(MOST_ITK_BYTES)}, these are ${formatBytes(bytes)}; save it uncompressed`,
        bytes,
        MOST_ITK_BYTES,
      );
    const paths = header.dataPath === header.path ? [header.path] : [header.path, header.dataPath];
    const parameters = openParameters(name, format, options, readAs === undefined ? [] : [readAs]);
    const role = options.role ?? header.role ?? "intensity";
    const { saved } = header;
    return await assemble(
      {
        name,
        shape,
        dtype,
        role,
        spacing: spacingOf(options) ?? header.spacing,
        origin: header.origin,
        direction: header.direction,
        phases: role === "labels" ? header.phases : undefined,
        angles: saved?.angles?.length === shape[0] ? saved.angles : undefined,
        workBytes: encoding === "itk" ? 3 * bytes + rest : 3 * Math.min(planes, shape[0]) * planeBytes,
      },
      options,
      async (signal) => trace("open", parameters, saved && { saved }, await sha256OfFiles(paths, signal)),
      (run) => {
        if (encoding === "itk") return itkPlanes(header, planes, dtype, run);
        return plainPlanes(header, streamOf(header, data, offset), planes, dtype);
      },
    );
  } finally {
    data.close();
  }
}

/** Bytes that voxels take at least: what claims more is no honest file. */
function leastBytes(encoding: RasterHeader["encoding"], count: number, bytes: number): number {
  if (encoding === "raw") return bytes;
  // A digit and a blank each; two bytes for 127 voxels.
  if (encoding === "ascii") return 2 * count - 1;
  return encoding === "byte-rle" ? (2 * count) / 127 : bytes / LARGEST_RATIO - 64;
}

function streamOf(header: RasterHeader, data: FileBytes, offset: number): ByteStream {
  if (header.encoding === "raw") return rawBytes(data, offset);
  if (header.encoding === "byte-rle") return runLengths(header, data, offset);
  return header.encoding === "ascii" ? numbersAsText(header, data, offset) : inflated(header, offset);
}

const LITTLE = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

/** Gives the next bytes of the voxels, in an array of their own. */
export interface ByteStream {
  next(length: number): Promise<Uint8Array>;
  end(): void;
}

function rawBytes(data: FileBytes, offset: number): ByteStream {
  let at = offset;
  return {
    next: async (length) => {
      const bytes = await data.read(at, length, "voxels");
      at += length;
      return bytes.slice();
    },
    end: () => undefined,
  };
}

/** Inflates piece by piece; zlib compares the checksum at the end. */
function inflated(header: RasterHeader, offset: number): ByteStream {
  const { dataLength } = header;
  if (dataLength !== undefined && dataLength < 1)
    throw new MalformedFile(`${header.name}: its compressed voxels take ${dataLength} bytes, it says; it is damaged`);
  const end = dataLength === undefined ? {} : { end: offset + dataLength - 1 };
  const file = createReadStream(header.dataPath, { start: offset, ...end });
  const stream = file.pipe(createUnzip());
  file.on("error", (error) => stream.destroy(error));
  const pieces = stream[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
  const { shape, bits } = header;
  let left = (shape[0] * shape[1] * shape[2] * bits) / 8;
  let rest = new Uint8Array(0);
  const damaged = (why: string): MalformedFile =>
    new MalformedFile(`${header.name}: its compressed voxels are damaged (${why})`);
  const piece = async (): Promise<Uint8Array | undefined> => {
    try {
      const { value, done } = await pieces.next();
      return done ? undefined : value;
    } catch (error) {
      throw damaged((error as Error).message);
    }
  };
  return {
    next: async (length) => {
      const out = new Uint8Array(length);
      for (let done = 0; done < length; ) {
        if (rest.length === 0) {
          const more = await piece();
          if (more === undefined) throw damaged(`${left} bytes are missing`);
          rest = new Uint8Array(more);
        }
        const n = Math.min(rest.length, length - done);
        out.set(rest.subarray(0, n), done);
        rest = rest.subarray(n);
        done += n;
        left -= n;
      }
      // The checksum stands behind the last byte: it is looked at before the last planes are given out.
      if (left === 0 && (rest.length > 0 || (await piece()) !== undefined))
        throw damaged("there are more than there should be");
      return out;
    },
    end: () => {
      file.destroy();
      stream.destroy();
    },
  };
}

async function* plainPlanes(
  header: RasterHeader,
  stream: ByteStream,
  planes: number,
  dtype: DType,
): AsyncIterable<Voxels> {
  const { shape, kind, bits } = header;
  const planeBytes = (shape[1] * shape[2] * bits) / 8;
  try {
    for (let z = 0; z < shape[0]; z += planes) {
      const bytes = Buffer.from((await stream.next(Math.min(planes, shape[0] - z) * planeBytes)).buffer);
      if (header.littleEndian !== LITTLE && header.encoding !== "ascii") {
        if (bits === 16) bytes.swap16();
        if (bits === 32) bytes.swap32();
        if (bits === 64) bytes.swap64();
      }
      yield asVoxels(new (storedArray(kind, bits))(bytes.buffer), dtype, `${header.name}, planes from ${z} on`);
    }
  } finally {
    stream.end();
  }
}

/** What the thread with itk-wasm answers. */
export interface ItkImage {
  readonly data: Stored;
  /** Numbers of voxels along x, y, z. */
  readonly size: readonly number[];
  readonly components: number;
}

async function* itkPlanes(header: RasterHeader, planes: number, dtype: DType, run: Run): AsyncIterable<Voxels> {
  const { shape, name, path } = header;
  const { data, size, components } = await isolated<ItkImage>(
    new URL("./itk-read.js", import.meta.url),
    "itkRead",
    { path: resolve(path), dataPath: resolve(header.dataPath) },
    { what: `reading ${name}`, signal: run.signal },
  );
  const expected = storedArray(header.kind, header.bits);
  const found = [...[...size].reverse()];
  while (found.length < 3) found.unshift(1);
  const plane = shape[1] * shape[2];
  if (
    found.join() !== shape.join() ||
    components !== 1 ||
    !(data instanceof expected) ||
    data.length !== shape[0] * plane
  )
    throw new MalformedFile(
      `${name}: its header says ${shape.join(" × ")} ${header.kind} voxels of ${header.bits} bits, its data decodes to ${found.join(" × ")} × ${components} of ${data.constructor.name}`,
    );
  for (let z = 0; z < shape[0]; z += planes) {
    const part = data.subarray(z * plane, Math.min(shape[0], z + planes) * plane) as Stored;
    yield asVoxels(part, dtype, `${name}, planes from ${z} on`);
  }
}

/**
 * Voxel size and directions out of the steps from voxel to voxel along the file's axes (x fastest), in space axes x, y, z.
 * Both are turned into the library's order z, y, x.
 */
export function geometry(
  steps: readonly (readonly number[])[],
  origin: readonly number[] | undefined,
): { spacing: Triple; direction: number[]; origin: Triple | undefined } | undefined {
  const lengths = steps.map((step) => Math.hypot(...step));
  if (!lengths.every((length) => length > 0 && Number.isFinite(length))) return undefined;
  const direction: number[] = [];
  for (const row of [2, 1, 0]) for (const axis of [2, 1, 0]) direction.push(steps[axis]![row]! / lengths[axis]!);
  return {
    spacing: [lengths[2]!, lengths[1]!, lengths[0]!],
    direction,
    origin: origin && [origin[2]!, origin[1]!, origin[0]!],
  };
}
