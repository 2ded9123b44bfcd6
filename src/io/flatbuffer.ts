/**
 * Reads flatbuffers without trust: every offset is checked against the bytes. (The classes that apache-arrow generates
 * read zeros beyond the end, and believe any length.)
 */
import { MalformedFile } from "../core/errors.js";
import { viewOf } from "./bytes.js";

/** One table of a flatbuffer; fields have the numbers of the schema, from 0. */
export class FlatTable {
  readonly #view: DataView;
  readonly #at: number;
  readonly #what: string;

  private constructor(view: DataView, at: number, what: string) {
    this.#view = view;
    this.#at = at;
    this.#what = what;
  }

  /** The root table of a buffer. @param what names the buffer in messages */
  static root(bytes: Uint8Array, what: string): FlatTable {
    const view = viewOf(bytes);
    const start = new FlatTable(view, 0, what);
    return new FlatTable(view, start.#u32(0), what);
  }

  #damaged(): MalformedFile {
    return new MalformedFile(`${this.#what} is damaged: it points outside of itself`);
  }

  #check(at: number, length: number): number {
    if (!(at >= 0 && length >= 0 && at + length <= this.#view.byteLength)) throw this.#damaged();
    return at;
  }

  #u32(at: number): number {
    return this.#view.getUint32(this.#check(at, 4), true);
  }

  /** Where the value of a field lies; undefined if the table leaves it out. */
  #field(number: number): number | undefined {
    const table = this.#at - this.#view.getInt32(this.#check(this.#at, 4), true);
    const length = this.#view.getUint16(this.#check(table, 2), true);
    const slot = 4 + 2 * number;
    if (slot + 2 > length) return undefined;
    const offset = this.#view.getUint16(this.#check(table + slot, 2), true);
    return offset === 0 ? undefined : this.#at + offset;
  }

  /** A number of 1, 2 or 4 bytes, signed where it has 4. */
  number(field: number, bytes: 1 | 2 | 4, otherwise = 0): number {
    const at = this.#field(field);
    if (at === undefined) return otherwise;
    this.#check(at, bytes);
    if (bytes === 1) return this.#view.getUint8(at);
    return bytes === 2 ? this.#view.getInt16(at, true) : this.#view.getInt32(at, true);
  }

  /** A whole number of 8 bytes, which must be one that a double holds exactly. */
  long(field: number): number {
    const at = this.#field(field);
    return at === undefined ? 0 : this.#long(at);
  }

  #long(at: number): number {
    const value = Number(this.#view.getBigInt64(this.#check(at, 8), true));
    if (!Number.isSafeInteger(value) || value < 0) throw this.#damaged();
    return value;
  }

  table(field: number): FlatTable | undefined {
    const at = this.#field(field);
    return at === undefined ? undefined : new FlatTable(this.#view, at + this.#u32(at), this.#what);
  }

  text(field: number): string {
    const at = this.#field(field);
    if (at === undefined) return "";
    const start = at + this.#u32(at);
    const length = this.#u32(start);
    this.#check(start + 4, length);
    return new TextDecoder().decode(new Uint8Array(this.#view.buffer, this.#view.byteOffset + start + 4, length));
  }

  /** Where a vector begins and how many elements it has, all of which lie inside the buffer. */
  #vector(field: number, elementBytes: number): { start: number; length: number } {
    const at = this.#field(field);
    if (at === undefined) return { start: 0, length: 0 };
    const vector = at + this.#u32(at);
    const length = this.#u32(vector);
    return { start: this.#check(vector + 4, length * elementBytes), length };
  }

  tables(field: number): FlatTable[] {
    const { start, length } = this.#vector(field, 4);
    return Array.from({ length }, (_, k) => {
      const at = start + 4 * k;
      return new FlatTable(this.#view, at + this.#u32(at), this.#what);
    });
  }

  /** A vector of structs of whole 8-byte numbers; a number of 4 bytes with its padding counts as one. */
  structs(field: number, longs: number): number[][] {
    const { start, length } = this.#vector(field, 8 * longs);
    return Array.from({ length }, (_, k) =>
      Array.from({ length: longs }, (_, n) => this.#long(start + 8 * (k * longs + n))),
    );
  }

  /** A vector of Arrow's `Block`: offset, length of the metadata (4 bytes and padding), length of the body. */
  blocks(field: number): { offset: number; metadata: number; body: number }[] {
    const { start, length } = this.#vector(field, 24);
    return Array.from({ length }, (_, k) => {
      const at = start + 24 * k;
      return { offset: this.#long(at), metadata: this.#u32(at + 8), body: this.#long(at + 16) };
    });
  }
}
