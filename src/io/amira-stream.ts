/** Voxels of AmiraMesh files that are not plain bytes: run lengths and numbers as text. */
import { MalformedFile } from "../core/errors.js";
import type { FileBytes } from "./bytes.js";
import type { ByteStream, RasterHeader } from "./raster.js";
import { storedArray } from "./tiff-chunk.js";

const PIECE = 2 ** 20;
/** Letters of a number. */
const LONGEST_NUMBER = 64;

/** Reads a file piece after piece. */
class Pieces {
  readonly #data: FileBytes;
  readonly #end: number;
  #at: number;
  piece: Uint8Array = new Uint8Array(0);
  /** Next byte of the piece. */
  next = 0;

  constructor(data: FileBytes, start: number, end: number) {
    this.#data = data;
    this.#at = start;
    this.#end = end;
  }

  /** Makes sure that there is a next byte; false at the end. */
  async more(): Promise<boolean> {
    if (this.next < this.piece.length) return true;
    const length = Math.min(PIECE, this.#end - this.#at);
    if (length === 0) return false;
    this.piece = await this.#data.read(this.#at, length, "voxels");
    this.#at += length;
    this.next = 0;
    return true;
  }
}

/**
 * HxByteRLE: a byte up to 127 says how many times the next one stands there, a larger one, less 128, how many bytes follow as
 * they are.
 */
export function runLengths(header: RasterHeader, data: FileBytes, start: number): ByteStream {
  const pieces = new Pieces(data, start, start + header.dataLength!);
  let left = header.shape[0] * header.shape[1] * header.shape[2];
  let run = 0;
  let literal = false;
  let value = 0;
  const damaged = (why: string): MalformedFile =>
    new MalformedFile(`${header.name}: its run lengths are damaged (${why})`, { offset: start });
  const byte = async (): Promise<number> => {
    if (!(await pieces.more())) throw damaged(`${left} voxels are missing`);
    return pieces.piece[pieces.next++]!;
  };
  return {
    next: async (length) => {
      const out = new Uint8Array(length);
      for (let done = 0; done < length; ) {
        if (run === 0) {
          const control = await byte();
          literal = control > 127;
          run = control & 127;
          if (!literal && run > 0) value = await byte();
          continue;
        }
        if (!(await pieces.more()) && literal) throw damaged(`${left} voxels are missing`);
        const n = Math.min(run, length - done, literal ? pieces.piece.length - pieces.next : run);
        if (literal) {
          out.set(pieces.piece.subarray(pieces.next, pieces.next + n), done);
          pieces.next += n;
        } else out.fill(value, done, done + n);
        run -= n;
        done += n;
        left -= n;
      }
      if (left === 0 && (run > 0 || (await pieces.more()))) throw damaged("there are more than there should be");
      return out;
    },
    end: () => undefined,
  };
}

/** Numbers as text, parted by white space; they come out in the byte order of this machine. */
export function numbersAsText({ name, kind, bits }: RasterHeader, data: FileBytes, start: number): ByteStream {
  const pieces = new Pieces(data, start, data.size);
  const Kind = storedArray(kind, bits);
  const whole = kind !== "float";
  const low = kind === "signed" ? -(2 ** (bits - 1)) : 0;
  const high = kind === "signed" ? 2 ** (bits - 1) - 1 : 2 ** bits - 1;
  const numberOf = (word: string): number => {
    const value = /^[-+]?(?:nan|inf)/i.test(word) && !whole ? special(word) : Number(word);
    if (
      whole
        ? Number.isInteger(value) && value >= low && value <= high
        : !Number.isNaN(value) || /^[-+]?nan$/i.test(word)
    )
      return value;
    throw new MalformedFile(
      `${name}: "${word.slice(0, LONGEST_NUMBER)}" stands among its voxels, which are ${kind} numbers of ${bits} bits`,
      { offset: start },
    );
  };
  let rest = "";
  let words: string[] = [];
  let at = 0;
  const word = async (): Promise<string> => {
    while (at === words.length) {
      const more = await pieces.more();
      if (!more && rest === "")
        throw new MalformedFile(`${name}: its voxels end before all have been there; it is damaged or was cut off`, {
          offset: data.size,
        });
      const text = rest + (more ? Buffer.from(pieces.piece).toString("latin1") : " ");
      pieces.next = pieces.piece.length;
      words = text.split(/\s+/);
      rest = more ? words.pop()! : "";
      if (rest.length > LONGEST_NUMBER) numberOf(rest.replace(/^/, "?"));
      words = words.filter((one) => one !== "");
      at = 0;
    }
    return words[at++]!;
  };
  return {
    next: async (length) => {
      const out = new Kind(length / (bits / 8));
      // Other types than these have 64 bits and are floats.
      const numbers = out as Float64Array;
      for (let k = 0; k < numbers.length; k++) numbers[k] = numberOf(at < words.length ? words[at++]! : await word());
      return new Uint8Array(out.buffer);
    },
    end: () => undefined,
  };
}

function special(word: string): number {
  if (/nan/i.test(word)) return Number.NaN;
  return word.startsWith("-") ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}
