/** Tables of records of regions and of pairs of them, which kernels fill (network.ts of the assembly). */
import type { Wasm } from "./task.js";

/** A table of records that grows. */
export class Records {
  readonly table: number;
  readonly #wasm: Wasm;
  readonly #bytes: number;
  readonly #pair: boolean;

  /** @param pair records are known by two numbers, not by one */
  constructor(wasm: Wasm, bytes: number, pair: boolean, room: number) {
    this.#wasm = wasm;
    this.#bytes = bytes;
    this.#pair = pair;
    this.table = wasm.allocate(20);
    this.#words.fill(0);
    this.#place(room);
  }

  get #words(): Uint32Array {
    return this.#wasm.view("uint32", this.table, 5) as Uint32Array;
  }

  get count(): number {
    return this.#words[3]!;
  }

  /** First byte of the records. */
  get start(): number {
    return this.#words[2]!;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** The records as bytes. */
  view(): DataView {
    const bytes = this.#wasm.view("uint8", this.start, this.count * this.#bytes);
    return new DataView(bytes.buffer, this.start, bytes.length);
  }

  makeRoom(more: number): void {
    const [, , , count, room] = this.#words as unknown as [number, number, number, number, number];
    if (count + more > room) this.#place(2 * (room + more));
  }

  #place(room: number): void {
    const wasm = this.#wasm;
    const bits = Math.ceil(Math.log2(2 * room));
    const records = wasm.allocate(room * this.#bytes);
    const slots = wasm.allocate(4 * 2 ** bits);
    wasm.view("uint32", slots, 2 ** bits).fill(0);
    const { count, start } = this;
    if (count > 0) wasm.call("copyBytes", start, records, count * this.#bytes);
    this.#words.set([slots, bits, records, count, room]);
    wasm.call("spreadRecords", this.table, this.#bytes, this.#pair ? 1 : 0);
  }
}
