/** Reads one NRRD image with itk-wasm; runs in an isolated thread, which is thrown away after, and with it ITK's memory. */
import fs from "node:fs";
import os from "node:os";
import { basename, extname, join } from "node:path";
import { MalformedFile } from "../core/errors.js";
import type { ItkImage } from "./raster.js";
import type { Stored } from "./tiff-chunk.js";

interface Result {
  readonly couldRead: unknown;
  readonly image?: {
    readonly imageType: { readonly components: number };
    readonly size: readonly number[];
    readonly data: Stored | null;
  };
}

type Reader = (path: string) => Promise<Result>;

interface Request {
  /** Absolute path of the header. */
  readonly path: string;
  /** Absolute path of the voxels, the same where they follow the header. */
  readonly dataPath: string;
}

export async function itkRead({ path, dataPath }: Request): Promise<ItkImage> {
  const detached = path !== dataPath;
  const suffix = detached ? ".nhdr" : ".nrrd";
  // ITK goes by the ending of the name, we by the content.
  if (extname(path) === suffix) return read(path);
  const folder = fs.mkdtempSync(join(os.tmpdir(), "voxbook-read-"));
  try {
    const copy = join(folder, `image${suffix}`);
    fs.copyFileSync(path, copy);
    if (detached) fs.copyFileSync(dataPath, join(folder, basename(dataPath)));
    return await read(copy);
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

async function read(path: string): Promise<ItkImage> {
  const io = (await import("@itk-wasm/image-io")) as unknown as { nrrdReadImageNode: Reader };
  const damaged = "the voxels of this NRRD file cannot be decoded; they are damaged or cut off";
  let result: Result;
  try {
    result = await io.nrrdReadImageNode(path);
  } catch (error) {
    // ITK throws bare numbers and long texts of its own.
    throw new MalformedFile(damaged, { cause: error });
  }
  const { image } = result;
  if (!image?.data) throw new MalformedFile(damaged);
  // A copy: the data lies in the memory of the wasm module.
  return { data: image.data.slice() as Stored, size: [...image.size], components: image.imageType.components };
}
