import { extname } from "node:path";
import { type Table, tableToIPC } from "apache-arrow";
import { disk, type SaveFileSystem, writeAtomically } from "../compute/atomic.js";
import type { ResultTable } from "../core/arrow/table.js";
import { InvalidArgument } from "../core/errors.js";
import { checkOptions, type RunOptions } from "../core/options.js";
import { Volume } from "../core/volume.js";
import { writeAmiraMesh } from "./amira-writer.js";
import { csvLines } from "./csv.js";
import { writeHdf5 } from "./ilastik-writer.js";
import { writeTiff } from "./tiff-writer.js";
import { writeVolumeFile } from "./volume-file-writer.js";

/** Options of {@link save}. */
export type SaveOptions = Pick<RunOptions, "signal" | "onProgress">;

const VOLUME_SUFFIXES = [".arrow", ".tif", ".tiff", ".am", ".h5"];
const WRITERS: Readonly<Record<string, typeof writeTiff>> = {
  ".arrow": writeVolumeFile,
  ".am": writeAmiraMesh,
  ".h5": writeHdf5,
};
const TABLE_SUFFIXES = [".csv", ".arrow"];

/**
 * Saves a volume or a table; the ending of the name says as what.
 *
 * A volume:
 * - `.arrow`: a volume file, which keeps everything (voxel size, role, phases, provenance) and opens at once whatever its
 *   size. It is an Arrow file with one brick a row, which pyarrow and others read.
 * - `.tif`, `.tiff`: uncompressed pages, BigTIFF beyond 4 GiB, with ImageJ's description of the voxel size. What TIFF has no
 *   place for stands as JSON in a line `voxbook=…` of the description, from which `open` restores it. 8-bit labels with a phase
 *   table get a palette of its colours, as ImageJ has it.
 * - `.am`: AmiraMesh for Amira and Avizo, uncompressed, with the phases as materials (in the order of their labels from 0 on, names
 *   as one word), the bounding box in µm, and as the parameter `Voxbook` what the format has no place for. Of 8-bit unsigned,
 *   16-bit, signed 32-bit and float voxels; unsigned ones of 32 bits below 2³¹ become signed.
 * - `.h5`: HDF5 for ilastik: `exported_data` [z, y, x, channel] with its `axistags`, up to 1 GiB, held in memory four times.
 *
 * A table:
 * - `.csv`: RFC 4180, UTF-8; the first line names the columns with their units. Text cells that a spreadsheet would run as
 *   formulas (beginning with `=`, `+`, `-`, `@`) get an apostrophe in front. The provenance goes into a second file,
 *   `NAME.provenance.json`.
 * - `.arrow`: an Arrow file with units and provenance.
 *
 * The file is written under another name beside it and renamed when it is complete: an older file is replaced at once, or
 * stays as it was if anything fails. Memory: some planes or one brick at a time.
 * @throws InvalidArgument for other endings and other things; MissingData if the folder is not there: none is made;
 * LimitExceeded if the disk is full
 */
export async function save(
  thing: Volume | ResultTable | Table,
  path: string,
  options: SaveOptions = {},
  files: SaveFileSystem = disk,
): Promise<void> {
  checkOptions("save", options, ["signal", "onProgress"]);
  if (typeof path !== "string" || path === "")
    throw new InvalidArgument(`save takes the path of the file to write, got ${String(path)}`);
  const volume = thing instanceof Volume;
  if (!volume && !isTable(thing)) throw new InvalidArgument(`save takes a volume or a table, got ${String(thing)}`);
  const suffix = extname(path).toLowerCase();
  const allowed = volume ? VOLUME_SUFFIXES : TABLE_SUFFIXES;
  if (!allowed.includes(suffix))
    throw new InvalidArgument(
      `save: the name ends in "${suffix}"; a ${volume ? "volume" : "table"} is saved as ${allowed.join(", ")}`,
    );
  options.signal?.throwIfAborted();
  if (volume) await (WRITERS[suffix] ?? writeTiff)(thing, path, options, files);
  else if (suffix === ".arrow") await writeAtomically(path, files, (append) => append(tableToIPC(thing, "file")));
  else await saveCsv(thing, path, files);
}

const isTable = (thing: unknown): thing is Table =>
  typeof thing === "object" && thing !== null && "schema" in thing && "numRows" in thing && "getChildAt" in thing;

/** Lines are joined to pieces of about this many letters. */
const PIECE = 2 ** 16;

async function saveCsv(table: Table, path: string, files: SaveFileSystem): Promise<void> {
  const provenance = table.schema.metadata.get("provenance");
  const write = (to: string, lines: Iterable<string>): Promise<void> =>
    writeAtomically(to, files, async (append) => {
      let piece = "";
      for (const line of lines) {
        piece += line;
        if (piece.length < PIECE) continue;
        await append(new TextEncoder().encode(piece));
        piece = "";
      }
      await append(new TextEncoder().encode(piece));
    });
  await write(path, csvLines(table));
  if (provenance !== undefined)
    await write(`${path.slice(0, -extname(path).length)}.provenance.json`, [
      `${JSON.stringify(JSON.parse(provenance), null, 2)}\n`,
    ]);
}
