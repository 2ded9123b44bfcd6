/** What checkpoints need from a file system; tests pass one that fails or counts. */
import fs from "node:fs";
import { promisify } from "node:util";
import { disk, type SaveFileSystem } from "./atomic.js";

export interface CheckpointFiles extends SaveFileSystem {
  /** Opens a file for reading and writing; undefined if there is none. */
  reopen(path: string): Promise<number | undefined>;
  read(file: number, bytes: Uint8Array, position: number): Promise<number>;
  size(file: number): Promise<number>;
}

const open = promisify(fs.open);
const fstat = promisify(fs.fstat);

export const checkpointDisk: CheckpointFiles = {
  ...disk,
  reopen: (path) =>
    open(path, "r+").catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return undefined;
      throw error;
    }),
  read: (file, bytes, position) =>
    new Promise((resolve, reject) =>
      fs.read(file, bytes, 0, bytes.length, position, (error, n) => (error ? reject(error) : resolve(n))),
    ),
  size: async (file) => (await fstat(file)).size,
};

/** Writes all bytes. */
export async function writeAll(
  files: CheckpointFiles,
  file: number,
  bytes: Uint8Array,
  position: number,
): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const n = await files.write(file, bytes.subarray(done), position + done);
    if (n === 0) throw Object.assign(new Error("nothing written"), { code: "ENOSPC" });
    done += n;
  }
}

/** Reads `length` bytes, or those that are there. */
export async function readUpTo(
  files: Pick<CheckpointFiles, "read">,
  file: number,
  length: number,
  position: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(length);
  let done = 0;
  while (done < length) {
    const n = await files.read(file, bytes.subarray(done), position + done);
    if (n === 0) break;
    done += n;
  }
  return bytes.subarray(0, done);
}
