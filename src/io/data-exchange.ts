import { resolve } from "node:path";
import { type Isolated, startIsolated } from "../compute/isolated.js";
import { MalformedFile, MissingData, UnsupportedFeature } from "../core/errors.js";
import { checkOptions } from "../core/options.js";
import type { ProjectionScan } from "../core/projection-scan.js";
import { trace } from "../core/provenance.js";
import { checkShape, type Shape } from "../core/shape.js";
import type { Volume } from "../core/volume.js";
import { assemble } from "./assemble.js";
import { FileBytes } from "./bytes.js";
import { sha256OfFiles } from "./checksum.js";
import type { HdfArray, HdfContents } from "./data-exchange-read.js";
import { sourcesOf } from "./files.js";
import { type OpenOptions, openParameters, spacingOf } from "./open-options.js";
import { asVoxels, voxelType } from "./stored.js";
import type { Stored } from "./tiff-chunk.js";

/** Options of {@link openProjections}. */
export type OpenProjectionsOptions = Pick<OpenOptions, "spacing" | "signal" | "onProgress" | "memoryLimit">;

const SIGNATURE = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a];

/** HDF5 begins with its signature, at byte 0 or, behind a block of the user's, at 512, 1024, …; here the first is meant. */
export const isHdf5 = (start: Uint8Array): boolean => SIGNATURE.every((byte, k) => start[k] === byte);

const DATA = "exchange/data";
const FLATS = "exchange/data_white";
const DARKS = "exchange/data_dark";
const ANGLES = "exchange/theta";
/** Planes read at a time, in bytes. */
const BATCH_BYTES = 32 * 2 ** 20;
const MOST_ANGLES = 2 ** 20;

/**
 * Opens the projections of a scan with its flats and darks from a Data Exchange file (HDF5): `exchange/data` [angle, row,
 * column], `exchange/data_white`, `exchange/data_dark`, and the angles of `exchange/theta`, in degrees unless their unit says
 * radians.
 *
 * Contiguous, gzip, shuffle, fletcher32, n-bit and scale-offset arrays of whole numbers and floats; wider ones are narrowed as
 * by {@link open}. Nothing outside the file is read: external links, external storage and virtual datasets are refused. The
 * file is read in a thread of its own, with a deadline of 60 s a step.
 * Cost one pass for the checksum and one for the voxels, plane by plane.
 * @param path path of the file
 * @param options `spacing`: size of a detector pixel; Data Exchange has no place for it that programs agree on
 * @returns `{ projections, flats, darks }`; flats and darks are undefined where the file has none
 * @throws MissingData if there is no such file, or no projections in it; MalformedFile if the bytes contradict the format;
 * UnsupportedFeature if it is no HDF5, or of compressions and types that are not read; LimitExceeded, before anything is
 * allocated, if they fit neither memory nor the scratch disk
 * @see F. De Carlo et al., Scientific data exchange: a schema for HDF5-based storage of raw and analyzed data (2014),
 * doi:10.1107/S160057751401604X
 * @example const transmission = await flatField(await openProjections("scan.h5"));
 */
export async function openProjections(path: string, options: OpenProjectionsOptions = {}): Promise<ProjectionScan> {
  checkOptions("openProjections", options, ["spacing", "signal", "onProgress", "memoryLimit"]);
  spacingOf(options);
  options.signal?.throwIfAborted();
  const { paths, name, folder } = await sourcesOf(path);
  if (folder || paths.length !== 1)
    throw new UnsupportedFeature(`openProjections takes one Data Exchange file, got ${folder ? "a folder" : "a list"}`);
  const size = await checkedSize(paths[0]!);
  const { signal } = options;
  const thread = startIsolated(new URL("./data-exchange-read.js", import.meta.url), {
    what: `reading ${name}`,
    ...(signal && { signal }),
  });
  const opened: Volume[] = [];
  try {
    const wanted = [DATA, FLATS, DARKS, ANGLES];
    const contents = await thread.call<HdfContents>("hdfOpen", { path: resolve(paths[0]!), name, size, wanted });
    const data = contents[DATA];
    if (data === undefined)
      throw new MissingData(
        `${name} is HDF5, but has no ${DATA}: it is no Data Exchange file, or an empty one. Save its array as TIFF, or under this name`,
      );
    const sha256 = await sha256OfFiles(paths, signal);
    const angles = contents[ANGLES] && (await anglesOf(thread, contents[ANGLES], data.shape[0]!, name));
    const part = async (
      at: string,
      stored: HdfArray | undefined,
      projections: boolean,
    ): Promise<Volume | undefined> => {
      if (stored === undefined) return undefined;
      const volume = await read(thread, at, stored, name, options, sha256, projections ? angles : undefined);
      opened.push(volume);
      return volume;
    };
    const flats = await part(FLATS, contents[FLATS], false);
    const darks = await part(DARKS, contents[DARKS], false);
    return { projections: (await part(DATA, data, true))!, flats, darks };
  } catch (error) {
    for (const volume of opened) volume.store.release();
    throw error;
  } finally {
    await thread.end();
  }
}

async function checkedSize(path: string): Promise<number> {
  const bytes = await FileBytes.open(path);
  try {
    if (bytes.size === 0)
      throw new MalformedFile(`${bytes.name} is empty (0 bytes): the copy or download it comes from was not finished`);
    if (!isHdf5(await bytes.read(0, Math.min(8, bytes.size))))
      throw new UnsupportedFeature(`${bytes.name} is no HDF5 file; other formats are opened by open`);
    return bytes.size;
  } finally {
    bytes.close();
  }
}

async function anglesOf(thread: Isolated, theta: HdfArray, count: number, name: string): Promise<number[]> {
  if (theta.shape.length !== 1 || theta.shape[0] !== count || count > MOST_ANGLES)
    throw new MalformedFile(`${name}: ${ANGLES} has the shape ${theta.shape.join(" × ")} for ${count} projections`);
  const values = await thread.call<Stored>("hdfRead", { path: ANGLES, start: [0], stop: [count] });
  const radians = /^rad/i.test(theta.attributes.units ?? theta.attributes.unit ?? "");
  const angles = Array.from(
    values as ArrayLike<number | bigint>,
    (value) => Number(value) * (radians ? 180 / Math.PI : 1),
  );
  if (!angles.every(Number.isFinite)) throw new MalformedFile(`${name}: ${ANGLES} holds values that are no numbers`);
  return angles;
}

async function read(
  thread: Isolated,
  path: string,
  stored: HdfArray,
  name: string,
  options: OpenProjectionsOptions,
  sha256: string,
  angles: readonly number[] | undefined,
): Promise<Volume> {
  const shape = stored.shape.length === 2 ? [1, ...stored.shape] : stored.shape;
  if (shape.length !== 3)
    throw new UnsupportedFeature(`${name}: ${path} has ${stored.shape.length} axes; read are [angle, row, column]`);
  try {
    checkShape(shape);
  } catch (error) {
    throw new MalformedFile(`${name}: ${path}: ${(error as Error).message}`);
  }
  const [depth, height, width] = shape as Shape;
  const { dtype, readAs } = voxelType(stored.kind, stored.bits);
  const planeBytes = (height * width * stored.bits) / 8;
  const planes = Math.max(1, Math.min(depth, Math.floor(BATCH_BYTES / planeBytes)));
  const parameters = openParameters(name, "Data Exchange", options, readAs === undefined ? [] : [readAs]);
  return assemble(
    {
      name,
      shape: shape as Shape,
      dtype,
      role: path === DATA ? "projections" : "intensity",
      spacing: spacingOf(options),
      angles,
      workBytes: 4 * planes * planeBytes,
    },
    options,
    async () => trace("openProjections", { ...parameters, part: path }, {}, sha256),
    async function* ({ signal }) {
      for (let z = 0; z < depth; z += planes) {
        signal.throwIfAborted();
        const stop = [Math.min(depth, z + planes), height, width];
        const box = { start: [z, 0, 0], stop };
        const flat = stored.shape.length === 2 ? { start: [0, 0], stop: stop.slice(1) } : box;
        const values = await thread.call<Stored>("hdfRead", { path, ...flat });
        if (values.length !== (stop[0]! - z) * height * width)
          throw new MalformedFile(`${name}: ${path}, planes from ${z} on, gave ${values.length} values`);
        yield asVoxels(values as Stored, dtype, `${name}, ${path}, planes from ${z} on`);
      }
    },
  );
}
