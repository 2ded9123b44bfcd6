/**
 * Scratch files: where volumes go that do not fit the memory budget. They lie in one folder per process, under
 * `VOXBOOK_SCRATCH` or the system's folder for temporary files, and vanish when the volume is released or the process
 * ends. What a killed process left behind is removed by the next one.
 */
import fs from "node:fs";
import os from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

/** What scratch files need from a file system; tests pass one that fails. */
export interface ScratchFileSystem {
  /** Makes a new file for reading and writing. */
  create(path: string): Promise<number>;
  write(file: number, bytes: Uint8Array, position: number): Promise<number>;
  read(file: number, bytes: Uint8Array, position: number): Promise<number>;
  close(file: number): void;
  /** Deletes the file if it is there and, on Windows, not open. */
  unlink(path: string): void;
  /** Makes the folder of this process and returns its path. */
  folder(): string;
  /** Bytes free in the folder. */
  free(): Promise<number>;
}

// With the host's name, for a folder may be shared by machines and containers, whose processes we cannot see.
const PREFIX = `voxbook-scratch-${os.hostname().replaceAll(/[^a-zA-Z0-9]/g, "_")}-`;
const open = promisify(fs.open);
const statfs = promisify(fs.statfs);

const root = (): string => process.env.VOXBOOK_SCRATCH ?? os.tmpdir();

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Deletes the folders of processes that are no more. */
function sweep(): void {
  for (const name of fs.readdirSync(root())) {
    const pid = Number(name.startsWith(PREFIX) ? name.slice(PREFIX.length).split("-")[0] : Number.NaN);
    if (!Number.isInteger(pid) || alive(pid)) continue;
    try {
      fs.rmSync(join(root(), name), { recursive: true, force: true });
    } catch {
      // It belongs to somebody else, who will find it the next time.
    }
  }
}

let made: string | undefined;

export const diskFiles: ScratchFileSystem = {
  create: (path) => open(path, "wx+", 0o600),
  write: (file, bytes, position) =>
    new Promise((resolve, reject) =>
      fs.write(file, bytes, 0, bytes.length, position, (error, n) => (error ? reject(error) : resolve(n))),
    ),
  read: (file, bytes, position) =>
    new Promise((resolve, reject) =>
      fs.read(file, bytes, 0, bytes.length, position, (error, n) => (error ? reject(error) : resolve(n))),
    ),
  close: (file) => fs.closeSync(file),
  unlink: (path) => {
    try {
      fs.rmSync(path, { force: true });
    } catch (error) {
      // Windows deletes no open file; it is tried again once the file is closed.
      if (process.platform !== "win32") throw error;
    }
  },
  folder: () => {
    if (made !== undefined) return made;
    fs.mkdirSync(root(), { recursive: true });
    sweep();
    const folder = fs.mkdtempSync(join(root(), `${PREFIX}${process.pid}-`));
    process.on("exit", () => fs.rmSync(folder, { recursive: true, force: true }));
    made = folder;
    return folder;
  },
  free: async () => {
    fs.mkdirSync(root(), { recursive: true });
    const { bavail, bsize } = await statfs(root());
    return bavail * bsize;
  },
};

let count = 0;

/** One scratch file. {@link ScratchFile.remove} deletes it; it is closed after the reads and writes that are under way. */
export class ScratchFile {
  readonly path: string;
  readonly #files: ScratchFileSystem;
  readonly #file: number;
  #pending = 0;
  #removed = false;

  private constructor(files: ScratchFileSystem, path: string, file: number) {
    this.#files = files;
    this.path = path;
    this.#file = file;
  }

  static async create(files: ScratchFileSystem = diskFiles): Promise<ScratchFile> {
    const path = join(files.folder(), `${count++}.bricks`);
    return new ScratchFile(files, path, await files.create(path));
  }

  write(bytes: Uint8Array, position: number): Promise<void> {
    return this.#all(bytes, position, (...part) => this.#files.write(...part), "written");
  }

  read(bytes: Uint8Array, position: number): Promise<void> {
    return this.#all(bytes, position, (...part) => this.#files.read(...part), "read");
  }

  async #all(bytes: Uint8Array, position: number, step: ScratchFileSystem["read"], verb: string): Promise<void> {
    this.#pending++;
    try {
      for (let done = 0; done < bytes.length; ) {
        const n = await step(this.#file, bytes.subarray(done), position + done);
        if (n === 0) throw new Error(`${this.path}: nothing ${verb} at byte ${position + done}`);
        done += n;
      }
    } finally {
      this.#pending--;
      if (this.#removed && this.#pending === 0) this.#close();
    }
  }

  remove(): void {
    if (this.#removed) return;
    this.#removed = true;
    this.#files.unlink(this.path);
    // Closing under a read that is on its way would let it read whatever file gets the same number next.
    if (this.#pending === 0) this.#close();
  }

  #close(): void {
    this.#files.close(this.#file);
    this.#files.unlink(this.path);
  }
}
