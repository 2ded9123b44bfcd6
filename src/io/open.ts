import { InvalidArgument, MalformedFile, UnsupportedFeature } from "../core/errors.js";
import { checkOptions } from "../core/options.js";
import type { Volume } from "../core/volume.js";
import { amiraMeshHeader, isAmiraMesh } from "./amira-mesh.js";
import { isArrow } from "./arrow-file.js";
import { FileBytes } from "./bytes.js";
import { isHdf5 } from "./data-exchange.js";
import { sourcesOf } from "./files.js";
import { openHdf5 } from "./ilastik.js";
import { isMetaImage, metaImageHeader } from "./meta-image.js";
import { isNrrd, nrrdHeader } from "./nrrd.js";
import { checkRole, OPEN_OPTIONS, type OpenOptions, spacingOf } from "./open-options.js";
import { readRaster } from "./raster.js";
import { readTiff } from "./tiff.js";
import { isTiff } from "./tiff-directories.js";
import { openVolumeFile } from "./volume-file.js";

export type { OpenOptions } from "./open-options.js";

const KNOWN =
  "TIFF and BigTIFF (one file, a folder of slices or a list of files), NRRD, MetaImage (.mha, .mhd), AmiraMesh (.am), HDF5 as ilastik exports it, and voxbook volume files (.arrow)";

/**
 * Opens a volume from files. What a file is, is seen from its content, not from its name.
 *
 * - **TIFF, BigTIFF**: all pages are planes from front to back; thumbnails are left out. Red = green = blue reads as grey,
 *   whatever the opacity; other colours need `channel`. 1-bit images become masks of 0 and 1. Min-is-white is inverted
 *   (except for the truth values that tifffile writes). Palette images read as indices, and with the role labels
 *   (label images of Fiji) phases have the colours of the palette. Voxel sizes come from ImageJ's or
 *   OME's description; dots per inch are no voxel size. Uncompressed, PackBits, LZW, deflate and zstd.
 * - **A folder** is a stack of TIFF slices, one a file, in natural order (im2 before im10); all must be alike, and a
 *   numbered series must have no hole. **A list** of TIFF files is joined in its order.
 * - **NRRD, MetaImage**: three- or two-dimensional scalar images with their voxel size, origin and directions; lengths
 *   are millimetres unless the file names a unit. The voxels of a detached header must lie in the same folder.
 * - **AmiraMesh** (Amira, Avizo): a field on a lattice of uniform coordinates, one value a voxel; binary of either byte order,
 *   run lengths (HxByteRLE, 8 bits), zlib (HxZip) or text. Materials become the phase table: the k-th one is that of the label k,
 *   whatever its Id. The bounding box goes from the centre of the first voxel to that of the last one; voxel size and origin are
 *   known only where the file tells the unit of its coordinates.
 * - **HDF5** as ilastik exports it: the array `exported_data`, or that of the option `dataset`, with axes in the order of its
 *   `axistags` (else z, y, x, channel). Simple segmentations are labels from 1 on: give `role: "labels"`; their names are not in
 *   the file. Probabilities need `channel`. Compressed by gzip or not at all.
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
  const noDataset = (): void => {
    if (options.dataset !== undefined)
      throw new InvalidArgument(
        `dataset is ${JSON.stringify(options.dataset)}; only HDF5 files have several, ${name} is none`,
      );
  };
  if (folder || paths.length > 1) {
    noDataset();
    for (const one of paths) await expectTiff(one);
    return readTiff(paths, name, options, folder);
  }
  const bytes = await FileBytes.open(paths[0]!);
  try {
    const start = await startOf(bytes);
    if (isHdf5(start)) return await openHdf5(paths[0]!, name, bytes.size, options);
    noDataset();
    if (isTiff(start)) return await readTiff(paths, name, options, false);
    if (options.channel !== undefined && options.channel !== 0)
      throw new InvalidArgument(`channel is ${options.channel}; ${name} has only channel 0`);
    if (isArrow(start)) return await openVolumeFile(paths[0]!, options);
    if (isNrrd(start)) return await readRaster(await nrrdHeader(bytes, paths[0]!), options);
    if (isAmiraMesh(start)) return await readRaster(await amiraMeshHeader(bytes, paths[0]!), options);
    if (isMetaImage(start)) return await readRaster(await metaImageHeader(bytes, paths[0]!), options);
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
