/**
 * A result that is written brick by brick into a volume file, and goes on where a stopped or killed run ended. While it is
 * unfinished it lies beside its name, as `NAME.partial` with the journal `NAME.journal`; complete, it gets its name at once.
 */
import { access, constants } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { crc32 } from "node:zlib";
import { InvalidArgument, MalformedFile, MissingData } from "../core/errors.js";
import type { BrickStore, Zone } from "../core/volume.js";
import { inOwnWords, targetOf } from "./atomic.js";
import { type CheckpointFiles, readUpTo, writeAll } from "./checkpoint-files.js";
import { type BrickIndex, FileStore, type OpenFile } from "./file-store.js";
import type { JobIdentity } from "./identity.js";
import { Journal } from "./journal.js";
import { VolumeLayout } from "./volume-layout.js";
import type { Facts } from "./volume-schema.js";

/** Time after which what was written goes to the disk for good: what a power cut may cost. */
const SYNC_MS = 3000;

/** Results that this process writes now, and, of runs that were stopped, when their last write is over. */
const underWay = new Map<string, Promise<void> | undefined>();

/** Checks where a result should go. */
export function checkTarget(to: unknown): asserts to is string {
  if (typeof to !== "string" || !/[^/\\]\.arrow$/i.test(to))
    throw new InvalidArgument(`to is ${JSON.stringify(to)}; give the path of a volume file, which ends in .arrow`);
}

/** Throws unless a file can be made there. */
export async function checkFolder(to: string): Promise<void> {
  const folder = dirname(targetOf(to));
  await access(folder, constants.W_OK).catch((error) => {
    throw inOwnWords(error, to, folder);
  });
}

export class ResultFile {
  readonly layout: VolumeLayout;
  /** 1 for each brick that is complete. */
  readonly done: Uint8Array;
  readonly #files: CheckpointFiles;
  readonly #path: string;
  readonly #file: number;
  readonly #journal: Journal;
  readonly #index: BrickIndex;
  #synced = performance.now();
  /** Writes on their way. Closing under one would let it write into whatever file gets the same number next. */
  #pending = 0;
  #ended = false;
  #idle: () => void = () => {};

  private constructor(files: CheckpointFiles, path: string, layout: VolumeLayout, file: number, journal: Journal) {
    this.#files = files;
    this.#path = path;
    this.layout = layout;
    this.#file = file;
    this.#journal = journal;
    this.done = new Uint8Array(layout.grid.length);
    this.#index = emptyIndex(layout);
  }

  /** @param chain the chain of which the job is the end, if it begins with an intermediate result */
  static layoutOf(facts: Facts, job: JobIdentity, chain?: string): VolumeLayout {
    const known = new Map([["job", job.sha256]]);
    return new VolumeLayout(facts, chain === undefined ? known : known.set("chain", chain));
  }

  /**
   * The result that is there already, of the same job; undefined if there is none, or one of another job, which is
   * replaced when the new one is complete.
   */
  static async finished(to: string, layout: VolumeLayout, files: CheckpointFiles): Promise<BrickStore | undefined> {
    const path = targetOf(to);
    const file = await files.reopen(path).catch((error) => {
      throw inOwnWords(error, path, dirname(path));
    });
    if (file === undefined) return undefined;
    try {
      const { trailer, bytes, grid } = layout;
      const end = await readUpTo(files, file, trailer.length, bytes - trailer.length);
      if ((await files.size(file)) === bytes && Buffer.compare(end, trailer) === 0) {
        const index = emptyIndex(layout);
        for (let k = 0; k < grid.length; k++)
          note(index, k, layout.facts(await readUpTo(files, file, layout.headBytes, layout.position(k))));
        await forget(path, files);
        return storeOver(path, file, layout, index, files);
      }
    } catch (error) {
      files.close(file);
      throw error;
    }
    files.close(file);
    return undefined;
  }

  /**
   * Begins a result, or goes on with the one that was begun.
   * @throws InvalidArgument if what lies there unfinished belongs to another job
   */
  static async begin(to: string, layout: VolumeLayout, job: JobIdentity, files: CheckpointFiles): Promise<ResultFile> {
    const path = targetOf(to);
    for (; underWay.has(path); await underWay.get(path))
      if (underWay.get(path) === undefined)
        throw new InvalidArgument(`${to} is being written by another run of this process`);
    underWay.set(path, undefined);
    try {
      return (
        (await ResultFile.#resumed(path, layout, job, files)) ?? (await ResultFile.#fresh(path, layout, job, files))
      );
    } catch (error) {
      underWay.delete(path);
      throw inOwnWords(error, path, dirname(path));
    }
  }

  static async #fresh(
    path: string,
    layout: VolumeLayout,
    job: JobIdentity,
    files: CheckpointFiles,
  ): Promise<ResultFile> {
    files.unlink(`${path}.partial`);
    files.unlink(`${path}.journal`);
    const file = await files.create(`${path}.partial`);
    try {
      await writeAll(files, file, layout.header, 0);
      const journal = await Journal.create(files, `${path}.journal`, job);
      return new ResultFile(files, path, layout, file, journal);
    } catch (error) {
      files.close(file);
      throw error;
    }
  }

  static async #resumed(
    path: string,
    layout: VolumeLayout,
    job: JobIdentity,
    files: CheckpointFiles,
  ): Promise<ResultFile | undefined> {
    const found = await Journal.open(files, `${path}.journal`);
    if (found === undefined) return undefined;
    const { journal } = found;
    let file: number | undefined;
    try {
      file = await files.reopen(`${path}.partial`);
      const same = found.job.sha256 === job.sha256;
      // An intermediate result of the same whole is another one where memory was another and other steps went together.
      const { whole } = job.description;
      const replaceable = whole !== undefined && whole === found.job.description.whole;
      // Without a file the result had its name already when the process died.
      if (file === undefined || (!same && replaceable)) {
        if (file !== undefined) files.close(file);
        journal.close();
        return undefined;
      }
      if (!same) {
        const difference = differenceOf(found.job.description, job.description);
        throw new InvalidArgument(
          `${basename(path)}.partial beside ${basename(path)} is the unfinished result of another run: ${difference}. Finish that run first, name another file in \`to\`, or delete ${basename(path)}.partial and ${basename(path)}.journal`,
        );
      }
      const result = new ResultFile(files, path, layout, file, journal);
      for (const [brick, checksum] of found.entries) await result.#believe(brick, checksum);
      return result;
    } catch (error) {
      if (file !== undefined) files.close(file);
      journal.close();
      throw error;
    }
  }

  /** Takes a brick that the journal names as complete, if the file holds it whole. */
  async #believe(brick: number, checksum: number): Promise<void> {
    const { layout } = this;
    if (brick >= layout.grid.length) return;
    const record = await readUpTo(this.#files, this.#file, layout.recordBytes, layout.position(brick));
    if (record.length !== layout.recordBytes || crc32(record) !== checksum) return;
    note(this.#index, brick, layout.facts(record));
    this.done[brick] = 1;
  }

  /** Bricks that are still to be computed, in order. */
  *missing(): Iterable<number> {
    for (let k = 0; k < this.done.length; k++) if (this.done[k] === 0) yield k;
  }

  /** Writes a brick; when it returns, a killed process loses it no more. */
  async write(brick: number, bytes: Uint8Array, zone: Zone): Promise<void> {
    const { layout } = this;
    const record = layout.record(brick, layout.voxelsOf(bytes), zone);
    this.#pending++;
    try {
      await writeAll(this.#files, this.#file, record, layout.position(brick));
      await this.#journal.add(brick, crc32(record));
      if (performance.now() - this.#synced > SYNC_MS) {
        this.#synced = performance.now();
        await this.#files.sync(this.#file);
        await this.#journal.sync();
      }
    } catch (error) {
      throw inOwnWords(error, this.#path, dirname(this.#path));
    } finally {
      this.#pending--;
      if (this.#pending === 0) this.#idle();
    }
    note(this.#index, brick, layout.facts(record));
    this.done[brick] = 1;
  }

  /** Gives the complete result its name. */
  async finish(): Promise<BrickStore> {
    const path = this.#path;
    const files = this.#files;
    const { layout } = this;
    try {
      await writeAll(files, this.#file, layout.trailer, layout.bytes - layout.trailer.length);
      await files.sync(this.#file);
      await files.rename(`${path}.partial`, path);
    } catch (error) {
      throw inOwnWords(error, path, dirname(path));
    }
    // The result has its name; that a file system cannot promise to remember it does not undo that.
    await files.syncFolder(dirname(path)).catch(() => undefined);
    this.#ended = true;
    underWay.delete(path);
    this.#journal.close();
    await forget(path, files);
    return storeOver(path, this.#file, layout, this.#index, files);
  }

  /** Leaves the result as it is, for another run to go on with. */
  leave(): void {
    if (this.#ended) return;
    this.#ended = true;
    const left = new Promise<void>((resolve) => {
      this.#idle = () => {
        underWay.delete(this.#path);
        this.#files.close(this.#file);
        this.#journal.close();
        resolve();
      };
    });
    underWay.set(this.#path, left);
    if (this.#pending === 0) this.#idle();
  }
}

/** Deletes the journal of a result that is complete. One that stays says nothing without its `.partial`. */
async function forget(path: string, files: CheckpointFiles): Promise<void> {
  try {
    const partial = await files.reopen(`${path}.partial`);
    if (partial === undefined) files.unlink(`${path}.journal`);
    else files.close(partial);
  } catch {
    // The result is there; that is what was asked for.
  }
}

function emptyIndex(layout: VolumeLayout): BrickIndex & { checksums: Uint32Array } {
  const { length } = layout.grid;
  return {
    offsets: Float64Array.from({ length }, (_, k) => layout.voxels(k)),
    zones: new Float64Array(4 * length),
    checksums: new Uint32Array(length),
  };
}

function note(index: BrickIndex, brick: number, { min, max, sum, nan, crc32 }: Zone & { crc32: number }): void {
  index.zones.set([min, max, sum, nan], 4 * brick);
  index.checksums![brick] = crc32;
}

/** The bricks of a finished result. The file stays open: another program may replace it. */
function storeOver(
  path: string,
  file: number,
  layout: VolumeLayout,
  index: BrickIndex,
  files: CheckpointFiles,
): BrickStore {
  const name = basename(path);
  let pending = 0;
  let closed = false;
  const bytes: OpenFile = {
    name,
    file,
    async read(position, length, what) {
      if (closed) throw new MissingData(`${name} was closed; open it again`);
      pending++;
      try {
        const read = await readUpTo(files, file, length, position);
        if (read.length < length) throw new MalformedFile(`${name} ends inside ${what}`, { offset: position });
        return read;
      } finally {
        // Closing under a read that is on its way would let it read whatever file gets the same number next.
        if (--pending === 0 && closed) files.close(file);
      }
    },
    close() {
      if (closed) return;
      closed = true;
      if (pending === 0) files.close(file);
    },
  };
  return new FileStore(bytes, path, layout.grid, layout.dtype, index);
}

/** Where two jobs differ, in words. */
function differenceOf(there: JobIdentity["description"], here: JobIdentity["description"]): string {
  const names = [...new Set([...Object.keys(there), ...Object.keys(here)])];
  const short = (value: unknown): string => {
    const text = JSON.stringify(value) ?? "nothing";
    return text.length > 200 ? `${text.slice(0, 200)}…` : text;
  };
  const different = names.filter((name) => JSON.stringify(there[name]) !== JSON.stringify(here[name]));
  return different.map((name) => `its ${name} is ${short(there[name])}, here it is ${short(here[name])}`).join("; ");
}
