/**
 * The journal beside an unfinished result: first a line of JSON that says of which job it is, then twelve bytes for each
 * brick that is complete: its number, the checksum of its record in the result, and the checksum of these eight bytes, so
 * that a line which was being written when the process died counts for nothing.
 */
import { crc32 } from "node:zlib";
import { type CheckpointFiles, readUpTo, writeAll } from "./checkpoint-files.js";
import type { JobIdentity } from "./identity.js";

const ENTRY = 12;
const FORMAT = "voxbook.journal 1";
/** The line that names the job is a page of text at most; hostile files are not read any further. */
const LONGEST_LINE = 2 ** 22;

export class Journal {
  readonly #files: CheckpointFiles;
  readonly #file: number;
  #end: number;

  private constructor(files: CheckpointFiles, file: number, end: number) {
    this.#files = files;
    this.#file = file;
    this.#end = end;
  }

  static async create(files: CheckpointFiles, path: string, job: JobIdentity): Promise<Journal> {
    const line = new TextEncoder().encode(`${JSON.stringify({ format: FORMAT, ...job })}\n`);
    const file = await files.create(path);
    try {
      await writeAll(files, file, line, 0);
      await files.sync(file);
    } catch (error) {
      files.close(file);
      throw error;
    }
    return new Journal(files, file, line.length);
  }

  /** The journal that is there with its job and the checksums of its bricks; undefined if there is none, or no whole line. */
  static async open(
    files: CheckpointFiles,
    path: string,
  ): Promise<{ journal: Journal; job: JobIdentity; entries: Map<number, number> } | undefined> {
    const file = await files.reopen(path);
    if (file === undefined) return undefined;
    try {
      const bytes = await readUpTo(files, file, await files.size(file), 0);
      const end = bytes.subarray(0, LONGEST_LINE).indexOf(10) + 1;
      const job = end === 0 ? undefined : parsed(new TextDecoder().decode(bytes.subarray(0, end)));
      if (job === undefined) {
        files.close(file);
        return undefined;
      }
      const entries = new Map<number, number>();
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      let at = end;
      for (; at + ENTRY <= bytes.length; at += ENTRY)
        if (crc32(bytes.subarray(at, at + 8)) === view.getUint32(at + 8, true))
          entries.set(view.getUint32(at, true), view.getUint32(at + 4, true));
      return { journal: new Journal(files, file, at), job, entries };
    } catch (error) {
      files.close(file);
      throw error;
    }
  }

  /** Notes that a brick is complete. */
  async add(brick: number, checksum: number): Promise<void> {
    const entry = new Uint8Array(ENTRY);
    const view = new DataView(entry.buffer);
    view.setUint32(0, brick, true);
    view.setUint32(4, checksum, true);
    view.setUint32(8, crc32(entry.subarray(0, 8)), true);
    const at = this.#end;
    this.#end += ENTRY;
    await writeAll(this.#files, this.#file, entry, at);
  }

  sync(): Promise<void> {
    return this.#files.sync(this.#file);
  }

  close(): void {
    this.#files.close(this.#file);
  }
}

function parsed(line: string): JobIdentity | undefined {
  try {
    const { format, sha256, description } = JSON.parse(line) as { format?: unknown } & Partial<JobIdentity>;
    return format === FORMAT && typeof sha256 === "string" && typeof description === "object"
      ? { sha256, description: description as JobIdentity["description"] }
      : undefined;
  } catch {
    return undefined;
  }
}
