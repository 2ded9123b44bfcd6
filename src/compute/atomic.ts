/** Writing files so that a reader finds the old one or the new one, never half of one. */
import { randomBytes } from "node:crypto";
import fs from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { promisify } from "node:util";
import { ComputeFailed, InvalidArgument, isVoxbookError, LimitExceeded, MissingData } from "../core/errors.js";

/** What saving needs from a file system; tests pass one that fails. */
export interface SaveFileSystem {
  /** Makes a new file for reading and writing; fails if there is one. */
  create(path: string): Promise<number>;
  write(file: number, bytes: Uint8Array, position: number): Promise<number>;
  /** Waits until the bytes are on the disk. */
  sync(file: number): Promise<void>;
  close(file: number): void;
  rename(from: string, to: string): Promise<void>;
  unlink(path: string): void;
  /** Waits until the folder's entries are on the disk, where the system can do that. */
  syncFolder(path: string): Promise<void>;
}

const open = promisify(fs.open);
const fsync = promisify(fs.fsync);

export const disk: SaveFileSystem = {
  create: (path) => open(path, "wx+"),
  write: (file, bytes, position) =>
    new Promise((resolve, reject) =>
      fs.write(file, bytes, 0, bytes.length, position, (error, n) => (error ? reject(error) : resolve(n))),
    ),
  sync: (file) => fsync(file),
  close: (file) => fs.closeSync(file),
  rename: promisify(fs.rename),
  unlink: (path) => fs.rmSync(path, { force: true }),
  syncFolder: async (path) => {
    // Windows opens no folders.
    if (process.platform === "win32") return;
    const folder = await open(path, "r");
    try {
      await fsync(folder);
    } finally {
      fs.closeSync(folder);
    }
  },
};

/** Adds bytes at the end of the file that is being written. */
export type Append = (bytes: Uint8Array) => Promise<void>;

/**
 * Writes a file under another name in the same folder, and gives it its name when all of it is on the disk. Whatever
 * fails, an older file of that name stays as it was and nothing else is left behind.
 * @throws LimitExceeded if the disk is full; MissingData if the folder is not there or may not be written
 */
export async function writeAtomically(
  path: string,
  files: SaveFileSystem,
  body: (append: Append) => Promise<void>,
): Promise<void> {
  let target = resolve(path);
  try {
    // A link stays a link: what it points to is renewed.
    target = fs.realpathSync(target);
    if (fs.statSync(target).isDirectory()) throw new InvalidArgument(`${path} is a folder; name a file`);
  } catch (error) {
    if (isVoxbookError(error)) throw error;
  }
  const folder = dirname(target);
  const partial = join(folder, `${basename(target)}.partial-${randomBytes(6).toString("hex")}`);
  let file: number | undefined;
  let made = false;
  try {
    file = await files.create(partial);
    made = true;
    const handle = file;
    let position = 0;
    await body(async (bytes) => {
      for (let done = 0; done < bytes.length; ) {
        const n = await files.write(handle, bytes.subarray(done), position);
        if (n === 0) throw Object.assign(new Error("nothing written"), { code: "ENOSPC" });
        done += n;
        position += n;
      }
    });
    await files.sync(handle);
    file = undefined;
    files.close(handle);
    await files.rename(partial, target);
    made = false;
    // The new file has its name; that a file system cannot promise to remember it does not undo that.
    await files.syncFolder(folder).catch(() => undefined);
  } catch (error) {
    throw inOwnWords(error, path, folder);
  } finally {
    if (file !== undefined) quietly(() => files.close(file!));
    if (made) quietly(() => files.unlink(partial));
  }
}

/** Cleaning up after an error must not hide it. */
function quietly(work: () => void): void {
  try {
    work();
  } catch {
    // The first error is the one to tell.
  }
}

/** An error of the file system in the library's own words; any other as it is. */
export function inOwnWords(error: unknown, path: string, folder: string): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (isVoxbookError(error) || typeof code !== "string" || !/^E[A-Z0-9]+$/.test(code)) return error;
  const name = basename(path);
  const old = "A file that was there before is as it was";
  const told =
    code === "ENOSPC" || code === "EDQUOT" || code === "EFBIG"
      ? new LimitExceeded(
          `the disk is full: ${name} could not be saved. ${old}. Free some space or choose another folder`,
          0,
          0,
        )
      : code === "ENOENT" || code === "ENOTDIR"
        ? new MissingData(`there is no folder ${folder}, into which ${name} should be saved; make it first`)
        : code === "EACCES" || code === "EPERM" || code === "EROFS"
          ? new MissingData(`${name} could not be saved: this user may not write in ${folder}. ${old}`)
          : new ComputeFailed(`${name} could not be saved: ${(error as Error).message}. ${old}`);
  told.cause = error;
  return told;
}
