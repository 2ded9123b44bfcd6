/**
 * The memory that volumes take, counted by us: Node neither counts nor limits shared memory, so that dropped volumes
 * would fill the machine before its garbage collector moves. Over the budget we force a collection, then spill the
 * volumes used longest ago to scratch files, then refuse with the numbers.
 */
import os from "node:os";
import { setImmediate } from "node:timers/promises";
import { type ResultTable, resultTable } from "../core/arrow/table.js";
import { formatBytes } from "../core/display.js";
import { LimitExceeded } from "../core/errors.js";
import { trace } from "../core/provenance.js";
import type { Volume } from "../core/volume.js";
import { collectGarbage } from "./collect-garbage.js";
import { diskFiles, type ScratchFile, type ScratchFileSystem } from "./scratch.js";

/** What is counted of a volume: the memory of its bricks and its scratch file. */
export interface Spillable {
  readonly label: string;
  readonly memoryBytes: number;
  readonly fileBytes: number;
  /** Rises with each use; the lowest one is spilled first. */
  readonly lastUse: number;
  /** True while a run uses it. */
  readonly held: boolean;
  /** Moves the bricks to a scratch file. */
  spill(): Promise<void>;
}

/** Memory and file of one volume. Holds its buffers weakly, for it outlives the volume to clean up after it. */
export class Claim {
  readonly memory: Memory;
  /** Bytes claimed, allocated or not. */
  bytes: number;
  file: ScratchFile | undefined;
  #buffers: WeakRef<SharedArrayBuffer>[] = [];

  constructor(memory: Memory, bytes: number) {
    this.memory = memory;
    this.bytes = bytes;
  }

  /** Shared memory out of the claim. */
  allocate(bytes: number): SharedArrayBuffer {
    const buffer = this.memory.allocate(bytes);
    this.#buffers.push(new WeakRef(buffer));
    return buffer;
  }

  /** Shared memory that is made elsewhere, out of the claim: it stays counted until it is gone. */
  adopt<T extends { readonly buffer: ArrayBuffer }>(make: () => T, bytes: number): T {
    let made: T | undefined;
    const buffer = this.memory.allocate(bytes, () => {
      made = make();
      return made.buffer as unknown as SharedArrayBuffer;
    });
    this.#buffers.push(new WeakRef(buffer));
    return made!;
  }

  /** Gives the memory back; what somebody still holds (an Arrow table over the bricks) stays counted until it is gone. */
  dropMemory(): void {
    const buffers = this.#buffers;
    this.#buffers = [];
    const bytes = this.bytes;
    this.bytes = 0;
    this.memory.dropped(buffers, bytes);
  }

  drop(): void {
    this.dropMemory();
    this.file?.remove();
    this.file = undefined;
  }
}

export interface MemoryOptions {
  allocate?: (bytes: number) => SharedArrayBuffer;
  files?: ScratchFileSystem;
  /** Budget in bytes. Default: half of the machine's memory. */
  limit?: number;
}

function halfOfMachine(): number {
  const constrained = process.constrainedMemory?.() ?? 0;
  const total = os.totalmem();
  return Math.floor((constrained > 0 && constrained < total ? constrained : total) / 2);
}

/** The count of one process; there is one, {@link machine}, but tests make their own. */
export class Memory {
  readonly files: ScratchFileSystem;
  readonly limit: number;
  readonly #allocate: (bytes: number) => SharedArrayBuffer;
  #claimed = 0;
  /** Memory given back that the garbage collector has not freed yet. */
  readonly #garbage = new Set<{ buffer: WeakRef<SharedArrayBuffer>; bytes: number }>();
  readonly #stores = new Set<WeakRef<Spillable>>();
  readonly #collectors: (() => Promise<void>)[] = [];
  readonly #lost: FinalizationRegistry<{ claim: Claim; store: WeakRef<Spillable> }>;
  #queue: Promise<unknown> = Promise.resolve();

  constructor(options: MemoryOptions = {}) {
    this.#allocate = options.allocate ?? ((bytes) => new SharedArrayBuffer(bytes));
    this.files = options.files ?? diskFiles;
    this.limit = options.limit ?? halfOfMachine();
    this.#lost = new FinalizationRegistry(({ claim, store }) => {
      claim.drop();
      this.#stores.delete(store);
    });
  }

  /** Bytes that are claimed or not yet free. */
  get used(): number {
    let bytes = this.#claimed;
    for (const entry of this.#garbage)
      if (entry.buffer.deref() === undefined) this.#garbage.delete(entry);
      else bytes += entry.bytes;
    return bytes;
  }

  /** @internal for {@link Claim} */
  allocate(bytes: number, make = this.#allocate): SharedArrayBuffer {
    try {
      return make(bytes);
    } catch (cause) {
      const error = new LimitExceeded(
        `the system gave no ${formatBytes(bytes)} of memory for voxels, although ${formatBytes(this.limit - this.used)} of the budget are free; release volumes or choose a region`,
        bytes,
        this.limit - this.used,
      );
      error.cause = cause;
      throw error;
    }
  }

  /** @internal for {@link Claim} */
  dropped(buffers: readonly WeakRef<SharedArrayBuffer>[], bytes: number): void {
    this.#claimed -= bytes;
    for (const buffer of buffers) {
      const alive = buffer.deref();
      if (alive !== undefined) this.#garbage.add({ buffer, bytes: alive.byteLength });
    }
  }

  /** Bytes claimed for the time of a run: work memory of threads. Throws LimitExceeded if they are not to be had. */
  async claim(what: string, bytes: number, limit: number = this.limit): Promise<Claim> {
    const claim = await this.claimIfRoom(bytes, limit);
    if (claim !== undefined) return claim;
    throw new LimitExceeded(
      `${what} needs ${formatBytes(bytes)} of memory; the limit is ${formatBytes(limit)}, of which ${formatBytes(this.used)} are taken. ${REMEDY}`,
      bytes,
      Math.max(0, limit - this.used),
    );
  }

  /** A claim if the budget has room for it or can be given some; undefined if not. */
  claimIfRoom(bytes: number, limit: number = this.limit): Promise<Claim | undefined> {
    const turn = this.#queue.then(async () => {
      if (!(await this.#makeRoom(bytes, limit))) return undefined;
      this.#claimed += bytes;
      return new Claim(this, bytes);
    });
    this.#queue = turn.catch(() => undefined);
    return turn;
  }

  async #makeRoom(bytes: number, limit: number): Promise<boolean> {
    if (bytes > limit) return false;
    const fits = (): boolean => this.used + bytes <= limit;
    if (fits()) return true;
    await this.collect();
    if (fits()) return true;
    const idle = this.#live().filter((store) => store.memoryBytes > 0 && !store.held);
    for (const store of idle.sort((a, b) => a.lastUse - b.lastUse)) {
      try {
        await store.spill();
      } catch {
        // No room on the disk either: who asked for memory refuses with the numbers of both.
        return false;
      }
      await this.collect();
      if (fits()) return true;
    }
    return false;
  }

  /** Throws LimitExceeded unless the scratch folder has room for `bytes`. */
  async checkScratch(what: string, bytes: number, limit: number): Promise<void> {
    const free = await this.files.free();
    // A disk that is filled to the last byte takes the rest of the machine down with it.
    const allowed = Math.floor(free * 0.95);
    if (bytes > allowed)
      throw new LimitExceeded(
        `${what} needs ${formatBytes(bytes)}; the memory limit is ${formatBytes(limit)}, of which ${formatBytes(this.used)} are taken, and the folder for scratch files has ${formatBytes(free)} free. ${REMEDY}, or name a folder on a larger disk in VOXBOOK_SCRATCH`,
        bytes,
        Math.max(allowed, limit),
      );
  }

  /** Counts a store until it is dropped. */
  track(store: Spillable, claim: Claim): void {
    const weak = new WeakRef(store);
    this.#stores.add(weak);
    this.#lost.register(store, { claim, store: weak }, store);
  }

  /** Forgets a store that was released. */
  forget(store: Spillable): void {
    this.#lost.unregister(store);
    for (const weak of this.#stores) if (weak.deref() === store) this.#stores.delete(weak);
  }

  /** Adds what else has to let go of shared memory before it is free: threads that have seen it. */
  onCollect(collect: () => Promise<void>): void {
    this.#collectors.push(collect);
  }

  /** Frees the memory of volumes that nothing refers to any more. */
  async collect(): Promise<void> {
    await Promise.all(this.#collectors.map((collect) => collect()));
    // Weak references are kept alive to the end of the job that made or read them: two collections, each in its own.
    for (let k = 0; k < 2; k++) {
      await setImmediate();
      collectGarbage();
    }
    await setImmediate();
  }

  #live(): Spillable[] {
    return [...this.#stores].map((weak) => weak.deref()).filter((store) => store !== undefined);
  }

  /** The volumes that take memory or scratch space. */
  table(): ResultTable {
    const live = this.#live().sort((a, b) => b.lastUse - a.lastUse);
    return resultTable(
      [
        { name: "volume", values: live.map((store) => store.label) },
        { name: "bytes", values: live.map((store) => store.memoryBytes + store.fileBytes), unit: "byte" },
        { name: "where", values: live.map((store) => (store.memoryBytes > 0 ? "memory" : "scratch file")) },
      ],
      trace("memory", { limit: this.limit, used: this.used }),
    );
  }
}

const REMEDY = "Release volumes you no longer need, choose a region, or raise memoryLimit";

/** The memory of this process. */
export const machine = new Memory();

/**
 * The volumes that take memory or scratch space now, the one used last first, as a table: volume, bytes, where. The
 * budget is half of the machine's memory; `memoryLimit` of a call changes it for that call.
 */
export function memory(): ResultTable {
  return machine.table();
}

/**
 * Gives back the memory and the scratch file of a volume. Using it afterwards throws MissingData, also through volumes
 * that `with` made from it. Volumes that nothing refers to are given back without being asked.
 */
export function release(volume: Volume): void {
  volume.store.release();
}
