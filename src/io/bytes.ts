/** Bounds-checked reading: nothing beyond the end of a file is ever read, and nothing is allocated for it. */
import fs from "node:fs";
import { basename } from "node:path";
import { promisify } from "node:util";
import { MalformedFile, MissingData } from "../core/errors.js";

const openFile = promisify(fs.open);
const statFile = promisify(fs.fstat);
const readFile = promisify(fs.read) as (
  file: number,
  buffer: Uint8Array,
  offset: number,
  length: number,
  position: number,
) => Promise<{ bytesRead: number }>;

/** Bytes at positions, out of a file or out of memory. */
export interface Bytes {
  /** Name of the file, without its folder: for messages. */
  readonly name: string;
  readonly size: number;
  /**
   * `length` bytes from `position`. Do not write to them.
   * @param what what is read, for the message
   * @throws MalformedFile if they are not all there
   */
  read(position: number, length: number, what?: string): Promise<Uint8Array>;
  close(): void;
}

function check(bytes: Bytes, position: number, length: number, what: string): void {
  if (Number.isSafeInteger(position) && Number.isSafeInteger(length) && position >= 0 && length >= 0)
    if (position + length <= bytes.size) return;
  throw new MalformedFile(
    `${bytes.name}: ${what} should lie at byte ${position} and be ${length} bytes long, but the file has ${bytes.size} bytes; it is damaged or was cut off`,
    { offset: position },
  );
}

/** Bytes that lie in memory. */
export class MemoryBytes implements Bytes {
  readonly name: string;
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array, name = "data") {
    this.#bytes = bytes;
    this.name = name;
  }

  get size(): number {
    return this.#bytes.length;
  }

  async read(position: number, length: number, what = "data"): Promise<Uint8Array> {
    check(this, position, length, what);
    return this.#bytes.subarray(position, position + length);
  }

  close(): void {}
}

/** Small reads that lie near each other are served from one. */
const WINDOW = 16 * 1024;

/** Bytes of a file that is kept open until {@link FileBytes.close}. */
export class FileBytes implements Bytes {
  readonly name: string;
  readonly size: number;
  /** File descriptor. */
  readonly file: number;
  #window: Uint8Array = new Uint8Array(0);
  #windowStart = 0;
  #pending = 0;
  #closed = false;

  private constructor(name: string, file: number, size: number) {
    this.name = name;
    this.file = file;
    this.size = size;
  }

  /** @throws MissingData if there is no such file or it may not be read */
  static async open(path: string): Promise<FileBytes> {
    let file: number;
    try {
      file = await openFile(path, "r");
    } catch (error) {
      throw missing(path, error);
    }
    const facts = await statFile(file);
    if (!facts.isFile()) {
      fs.closeSync(file);
      throw new MissingData(`${basename(path)} is no file; name a file of voxels or a folder of slices`);
    }
    return new FileBytes(basename(path), file, facts.size);
  }

  async read(position: number, length: number, what = "data"): Promise<Uint8Array> {
    check(this, position, length, what);
    if (length > WINDOW) return this.#load(position, length, what);
    const from = position - this.#windowStart;
    if (from >= 0 && from + length <= this.#window.length) return this.#window.subarray(from, from + length);
    this.#window = await this.#load(position, Math.min(WINDOW, this.size - position), what);
    this.#windowStart = position;
    return this.#window.subarray(0, length);
  }

  /**
   * The bytes from `position` on, as far as small reads near it go, loaded now: places far from each other can so be read at the same time.
   * Reads elsewhere go to the file. A position outside of the file fails where it is read.
   */
  async ahead(position: number): Promise<Bytes> {
    const there = Math.max(0, Math.min(WINDOW, this.size - position));
    const near = there === 0 ? new Uint8Array(0) : await this.#load(position, there, "data");
    const read: Bytes["read"] = async (from, length, what) => {
      const start = from - position;
      return start >= 0 && length >= 0 && start + length <= near.length
        ? near.subarray(start, start + length)
        : this.read(from, length, what);
    };
    return { name: this.name, size: this.size, read, close: () => this.close() };
  }

  async #load(position: number, length: number, what: string): Promise<Uint8Array> {
    if (this.#closed) throw new MissingData(`${this.name} was closed; open it again`);
    // Memory that is filled below, all of it or none: to clear it first takes longer than to read a file that the system has at hand.
    const bytes = new Uint8Array(Buffer.allocUnsafeSlow(length).buffer);
    this.#pending++;
    try {
      for (let done = 0; done < length; ) {
        const { bytesRead } = await readFile(this.file, bytes, done, length - done, position + done);
        if (bytesRead === 0)
          throw new MalformedFile(`${this.name} became shorter while it was read (${what})`, {
            offset: position + done,
          });
        done += bytesRead;
      }
    } finally {
      this.#pending--;
      if (this.#closed && this.#pending === 0) fs.closeSync(this.file);
    }
    return bytes;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    // Closing under a read that is on its way would let it read whatever file gets the same number next.
    if (this.#pending === 0) fs.closeSync(this.file);
  }
}

/** The library's own error for a path that could not be opened. */
export function missing(path: string, error: unknown): unknown {
  const { code } = error as NodeJS.ErrnoException;
  const remedy = `give the path of a file or folder; a relative one starts at ${process.cwd()}`;
  if (code === "ENOENT" || code === "ENOTDIR") return new MissingData(`there is no ${path}: ${remedy}`);
  if (code === "EACCES" || code === "EPERM") return new MissingData(`${path} may not be read by this user`);
  return error;
}

/** Numbers out of bytes in the byte order of a file. */
export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
