/**
 * Reads HDF5 with h5wasm; runs in an isolated thread, which is thrown away after. The library sees no file system but one
 * in memory, whose single file is read at positions out of the real one: links to other files lead nowhere.
 */
import fs from "node:fs";
import { Dataset, ExternalLink, File, Group, ready } from "h5wasm";
import { MalformedFile, UnsupportedFeature } from "../core/errors.js";
import type { Stored } from "./tiff-chunk.js";

/** One array of the file. */
export interface HdfArray {
  readonly shape: readonly number[];
  readonly kind: "unsigned" | "signed" | "float";
  readonly bits: number;
  /** Texts among its attributes: units. */
  readonly attributes: Readonly<Record<string, string>>;
}

/** The parts of a Data Exchange file, by path. */
export type HdfContents = Readonly<Record<string, HdfArray>>;

interface OpenRequest {
  readonly path: string;
  readonly name: string;
  readonly size: number;
  /** Paths to look for. */
  readonly wanted: readonly string[];
}

interface ReadRequest {
  readonly path: string;
  readonly start: readonly number[];
  readonly stop: readonly number[];
}

/** Filters that the library has built in; with others it would give garbage without a word. */
const FILTERS = new Map([
  [1, "deflate"],
  [2, "shuffle"],
  [3, "fletcher32"],
  [5, "nbit"],
  [6, "scale-offset"],
]);

/** Units are short; ilastik's description of the axes takes some hundred letters, what `save` keeps some thousand. */
const LONGEST_TEXT = 2 ** 20;

let file: File | undefined;
let name = "";

/** What emscripten's file system gives to read from; only what is used here. */
interface StreamOperations {
  read(stream: unknown, buffer: Uint8Array, offset: number, length: number, position: number): number;
  llseek(stream: { position: number }, offset: number, whence: number): number;
}

interface FileNode {
  stream_ops: Partial<StreamOperations>;
}

interface FileSystem {
  writeFile(path: string, bytes: Uint8Array): void;
  lookupPath(path: string): { node: FileNode };
}

/** Opens the file and describes the arrays among `wanted` that it has. */
export async function hdfOpen(request: OpenRequest): Promise<HdfContents> {
  const { FS } = (await ready) as unknown as { FS: FileSystem };
  name = request.name;
  const descriptor = fs.openSync(request.path, "r");
  const { size } = request;
  FS.writeFile("/scan.h5", new Uint8Array(0));
  const { node } = FS.lookupPath("/scan.h5");
  Object.defineProperty(node, "usedBytes", { get: () => size });
  node.stream_ops = {
    read: (_, buffer, offset, length, position) => {
      const bytes = Math.max(0, Math.min(length, size - position));
      return bytes === 0 ? 0 : fs.readSync(descriptor, buffer, offset, bytes, position);
    },
    llseek: (stream, offset, whence) =>
      whence === 1 ? stream.position + offset : whence === 2 ? size + offset : offset,
  };
  return guarded("its structure", () => {
    file = new File("/scan.h5", "r");
    return Object.fromEntries(
      request.wanted.flatMap((path) => {
        const found = arrayAt(path);
        return found === undefined ? [] : [[path, describe(path, found)]];
      }),
    );
  });
}

/** Paths of the arrays that there are, the first hundred of them, not too deep in groups. */
export function hdfPaths(): string[] {
  return guarded("its structure", () => {
    const found: string[] = [];
    // Links may go round in circles.
    let visited = 0;
    const walk = (group: Group, at: string, depth: number): void => {
      for (const name of group.keys()) {
        if (found.length >= 100 || ++visited > 10_000) return;
        const one: unknown = group.get(name);
        if (one instanceof Dataset) found.push(`${at}${name}`);
        else if (one instanceof Group && depth > 0) walk(one, `${at}${name}/`, depth - 1);
      }
    };
    walk(file!, "", 8);
    return found;
  });
}

/** A box of an array. */
export function hdfRead({ path, start, stop }: ReadRequest): Stored {
  return guarded(path, () => {
    const values = arrayAt(path)?.slice(start.map((at, k) => [at, stop[k]!]));
    if (!ArrayBuffer.isView(values)) throw new MalformedFile(`${name}: ${path} gave no numbers`);
    // A copy of its own, which can be moved to the other thread.
    return (values as Stored).slice();
  });
}

/** The library's own errors are texts of C; a damaged file can make any of them. */
function guarded<T>(what: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof MalformedFile || error instanceof UnsupportedFeature) throw error;
    throw new MalformedFile(`${name}: ${what} cannot be read as HDF5; the file is damaged or was cut off`, {
      cause: error,
    });
  }
}

/** The dataset at a path, step by step, so that a link out of the file is told. */
function arrayAt(path: string): Dataset | undefined {
  let at: unknown = file;
  for (const part of path.split("/")) {
    if (!(at instanceof Group) || !at.keys().includes(part)) return undefined;
    at = at.get(part);
    if (at instanceof ExternalLink)
      throw new UnsupportedFeature(
        `${name}: ${path} lies in another file (${at.filename.slice(0, 80)}); links between files are not followed`,
      );
  }
  return at instanceof Dataset ? at : undefined;
}

function describe(path: string, array: Dataset): HdfArray {
  const { type, size, signed, virtual_sources, total_size, vlen } = array.metadata;
  const { shape } = array;
  if (virtual_sources !== undefined && virtual_sources.length > 0)
    throw new UnsupportedFeature(`${name}: ${path} is a virtual dataset over other files, which are not read`);
  const unknown = array.filters.filter(({ id }) => !FILTERS.has(id));
  if (unknown.length > 0)
    throw new UnsupportedFeature(
      `${name}: ${path} is compressed by ${unknown.map((filter) => filter.name.slice(0, 40) || filter.id).join(", ")}; read are ${[...FILTERS.values()].join(", ")}. Repack it with gzip`,
    );
  const numeric = (type === 0 || type === 1) && !vlen && [1, 2, 4, 8].includes(size) && !(type === 1 && size < 4);
  if (!numeric || shape === null || !shape.every((n) => Number.isSafeInteger(n) && n >= 1) || !(total_size >= 1))
    throw new UnsupportedFeature(
      `${name}: ${path} is no array of numbers of 8 to 64 bits (its shape is ${JSON.stringify(shape)})`,
    );
  const attributes: Record<string, string> = {};
  for (const [key, attribute] of Object.entries(array.attrs)) {
    const { value } = attribute;
    if (typeof value === "string") attributes[key] = value.slice(0, LONGEST_TEXT);
  }
  return { shape, kind: type === 1 ? "float" : signed ? "signed" : "unsigned", bits: 8 * size, attributes };
}
