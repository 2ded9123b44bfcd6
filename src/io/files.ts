/** Which files a path stands for. */
import fs from "node:fs/promises";
import { basename, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { InvalidArgument, MalformedFile, MissingData, UnsupportedFeature } from "../core/errors.js";
import { FileBytes, missing } from "./bytes.js";
import { isTiff } from "./tiff-directories.js";

/** Files that make one volume. */
export interface Sources {
  readonly paths: readonly string[];
  /** Name for the provenance: of the file, the folder, or the first and last file. */
  readonly name: string;
  readonly folder: boolean;
}

/** A path as the file system takes it. */
function plainPath(path: unknown): string {
  if (typeof path !== "string" || path === "" || path.includes("\0"))
    throw new InvalidArgument(`open takes the path of a file or folder, or a list of paths, got ${String(path)}`);
  if (path.startsWith("file://")) return fileURLToPath(path);
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(path))
    throw new UnsupportedFeature(`open reads files, not addresses: download ${path} first`);
  return path;
}

/** Order of people: im2 before im10. */
const collator = new Intl.Collator("en", { numeric: true });

export function naturalOrder(a: string, b: string): number {
  return collator.compare(a, b) || (a < b ? -1 : 1);
}

/**
 * A hole in a numbered series would shift everything behind it: it is an error unless the numbers are evenly spaced.
 * Names that are no series are left alone.
 */
export function checkSeries(names: readonly string[], folder: string): void {
  const parts = names.map((name) => /^(.*?)(\d+)(\D*)$/.exec(name));
  const first = parts[0];
  if (names.length < 3 || !parts.every((part) => part && part[1] === first?.[1] && part[3] === first[3])) return;
  const numbers = parts.map((part) => Number(part![2]));
  const steps = numbers.slice(1).map((n, k) => n - numbers[k]!);
  const step = Math.min(...steps);
  const hole = steps.findIndex((size) => size !== step);
  if (step > 0 && hole >= 0)
    throw new MissingData(
      `${folder}: between ${names[hole]} and ${names[hole + 1]} slices are missing (the others are ${step} apart). Put them back, or give the list of files to open without them`,
    );
}

async function begins(path: string): Promise<Uint8Array> {
  const bytes = await FileBytes.open(path);
  try {
    return await bytes.read(0, Math.min(16, bytes.size));
  } finally {
    bytes.close();
  }
}

const IMAGE = new Set([".tif", ".tiff"]);

/** The slices of a folder: its TIFF files, by content or by name, in natural order; hidden and other files are passed over. */
async function slicesOf(folder: string): Promise<string[]> {
  const slices: string[] = [];
  for (const entry of await fs.readdir(folder, { withFileTypes: true })) {
    if (entry.name.startsWith(".") || entry.isDirectory()) continue;
    const path = join(folder, entry.name);
    const named = IMAGE.has(extname(entry.name).toLowerCase());
    const tiff = isTiff(await begins(path));
    if (named && !tiff)
      throw new MalformedFile(
        `${entry.name} in ${basename(folder)} is named like a TIFF image but is none (or is empty)`,
      );
    if (tiff) slices.push(entry.name);
  }
  slices.sort(naturalOrder);
  checkSeries(slices, basename(folder));
  if (slices.length === 0)
    throw new MissingData(
      `there are no TIFF images in the folder ${folder}; name a folder of slices (im1.tif, im2.tif, …) or a single file`,
    );
  return slices.map((name) => join(folder, name));
}

/** Looks at the path or paths that were given. @throws MissingData if something is not there */
export async function sourcesOf(path: string | readonly string[]): Promise<Sources> {
  if (Array.isArray(path)) {
    const paths = path.map(plainPath);
    if (paths.length === 0) throw new InvalidArgument("open: the list of paths is empty");
    const name = paths.length === 1 ? basename(paths[0]!) : `${basename(paths[0]!)} … ${basename(paths.at(-1)!)}`;
    return { paths, name, folder: false };
  }
  const plain = plainPath(path);
  let facts: Awaited<ReturnType<typeof fs.stat>>;
  try {
    facts = await fs.stat(plain);
  } catch (error) {
    throw missing(plain, error);
  }
  if (facts.isDirectory()) return { paths: await slicesOf(plain), name: basename(plain), folder: true };
  return { paths: [plain], name: basename(plain), folder: false };
}
