import { InvalidArgument, MalformedFile, UnsupportedFeature } from "../core/errors.js";
import { checkOptions } from "../core/options.js";
import type { Volume } from "../core/volume.js";
import { isArrow } from "./arrow-file.js";
import { FileBytes } from "./bytes.js";
import { isHdf5 } from "./data-exchange.js";
import { sourcesOf } from "./files.js";
import { isMetaImage, metaImageHeader } from "./meta-image.js";
import { isNrrd, nrrdHeader } from "./nrrd.js";
import { checkRole, OPEN_OPTIONS, type OpenOptions, spacingOf } from "./open-options.js";
import { readRaster } from "./raster.js";
import { readTiff } from "./tiff.js";
import { isTiff } from "./tiff-directories.js";
import { openVolumeFile } from "./volume-file.js";

export type { OpenOptions } from "./open-options.js";

const KNOWN =
  "TIFF and BigTIFF (one file, a folder of slices or a list of files), NRRD, MetaImage (.mha, .mhd) and voxbook volume files (.arrow)";

/**
 * Opens a volume from files. What a file is, is seen from its content, not from its name.
 *
 * - **TIFF, BigTIFF**: all pages are planes from front to back; thumbnails are left out. Red = green = blue reads as grey,
 *   whatever the opacity; other colours need `channel`. 1-bit images become masks of 0 and 1. Min-is-white is inverted
 *   (except for the truth values that tifffile writes). Palette images read as indices. Voxel sizes come from ImageJ's or
 *   OME's description; dots per inch are no voxel size. Uncompressed, PackBits, LZW, deflate and zstd.
 * - **A folder** is a stack of TIFF slices, one a file, in natural order (im2 before im10); all must be alike, and a
 *   numbered series must have no hole. **A list** of TIFF files is joined in its order.
 * - **NRRD, MetaImage**: three- or two-dimensional scalar images with their voxel size, origin and directions; lengths
 *   are millimetres unless the file names a unit. The voxels of a detached header must lie in the same folder.
 * - **Volume files** open at once whatever their size: bricks are read when they are needed, and checked then.
 *
 * float64 is read as float32, 64-bit integers as 32-bit ones where they fit; this stands in the provenance (`readAs`), and
 * a value that does not fit is an error. NaN is kept. The provenance carries the sha256 of the file; of several files,
 * that of the sorted lines `name NUL sha256`.
 * Cost: one pass over the file for the checksum and one for the voxels, plane by plane, so that a stack may be larger than
 * memory: it then goes to a scratch file. Compressed data is decoded in a thread of its own, with a deadline of 60 s a
 * step.
 * @param path path of a file or of a folder of slices, or a list of files
 * @throws MissingData if there is no such file or a slice is missing; MalformedFile if the bytes contradict the format;
 * UnsupportedFeature for formats and features that are not read; InvalidArgument if `channel` is needed; LimitExceeded,
 * before anything is allocated, if the volume fits neither memory nor the scratch disk
 */
export async function open(path: string | readonly string[], options: OpenOptions = {}): Promise<Volume> {
  checkOptions("open", options, OPEN_OPTIONS);
  checkRole(options);
  spacingOf(options);
  options.signal?.throwIfAborted();
  const { paths, name, folder } = await sourcesOf(path);
  if (folder || paths.length > 1) {
    for (const one of paths) await expectTiff(one);
    return readTiff(paths, name, options, folder);
  }
  const bytes = await FileBytes.open(paths[0]!);
  try {
    const start = await startOf(bytes);
    if (isTiff(start)) return await readTiff(paths, name, options, false);
    if (options.channel !== undefined && options.channel !== 0)
      throw new InvalidArgument(`channel is ${options.channel}; ${name} has only channel 0`);
    if (isArrow(start)) return await openVolumeFile(paths[0]!, options);
    if (isNrrd(start)) return await readRaster(await nrrdHeader(bytes, paths[0]!), options);
    if (isMetaImage(start)) return await readRaster(await metaImageHeader(bytes, paths[0]!), options);
    if (isHdf5(start))
      throw new UnsupportedFeature(
        `${name} is HDF5: projections in a Data Exchange file are opened by openProjections; other HDF5 files are not read`,
      );
    throw new UnsupportedFeature(`${name} has a format that is not known here. Known are ${KNOWN}`);
  } finally {
    bytes.close();
  }
}

async function startOf(bytes: FileBytes): Promise<Uint8Array> {
  if (bytes.size === 0)
    throw new MalformedFile(`${bytes.name} is empty (0 bytes): the copy or download it comes from was not finished`);
  return bytes.read(0, Math.min(1024, bytes.size));
}

async function expectTiff(path: string): Promise<void> {
  const bytes = await FileBytes.open(path);
  try {
    if (!isTiff(await startOf(bytes)))
      throw new UnsupportedFeature(`${bytes.name} is no TIFF file; a list or folder of slices holds TIFF files only`);
  } finally {
    bytes.close();
  }
}
