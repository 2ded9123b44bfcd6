/**
 * LZW and PackBits as TIFF has them, with a bound on the output: a few hundred hostile bytes must not become gigabytes.
 * (geotiff's decoders collect an unbounded list of numbers and take PackBits' "no operation" for a repetition.)
 */
import { MalformedFile } from "../core/errors.js";

const CLEAR = 256;
const END = 257;
const FIRST = 258;

const tooLong = (what: string, most: number): MalformedFile =>
  new MalformedFile(`${what}: more than the ${most} bytes that belong there come out; the data is damaged`);

/**
 * Decodes LZW (most significant bit first, code width changes one early).
 * @param most bytes that may come out; more is an error
 * @returns what came out, which may be less
 */
export function lzw(input: Uint8Array, most: number, what: string): Uint8Array {
  const out = new Uint8Array(most);
  // Each code from 258 on stands for a stretch of the output: where it begins and how long it is.
  const starts = new Int32Array(4096);
  const lengths = new Int32Array(4096);
  let next = FIRST;
  let width = 9;
  let previousStart = 0;
  let previousLength = 0;
  let done = 0;
  let buffer = 0;
  let held = 0;
  for (let at = 0; ; ) {
    while (held < width) {
      // A stream may end without its end code; whether it is whole is seen by the number of bytes that came out.
      if (at === input.length) return out.subarray(0, done);
      buffer = ((buffer << 8) | input[at++]!) & 0xffffff;
      held += 8;
    }
    held -= width;
    const code = (buffer >>> held) & ((1 << width) - 1);
    if (code === END) return out.subarray(0, done);
    if (code === CLEAR) {
      next = FIRST;
      width = 9;
      previousLength = 0;
      continue;
    }
    let length = 1;
    if (code < 256) {
      if (done === most) throw tooLong(what, most);
      out[done] = code;
    } else {
      if (code > next || (code === next && previousLength === 0))
        throw new MalformedFile(`${what}: LZW code ${code} comes before it is defined; the data is damaged`);
      // The code that is defined right now: the previous stretch and its first byte again.
      const start = code === next ? previousStart : starts[code]!;
      length = code === next ? previousLength + 1 : lengths[code]!;
      if (done + length > most) throw tooLong(what, most);
      for (let k = 0; k < length; k++) out[done + k] = out[start + k]!;
    }
    if (previousLength > 0 && next < 4096) {
      starts[next] = previousStart;
      lengths[next] = previousLength + 1;
      next++;
      if (next + 1 >= 1 << width && width < 12) width++;
    }
    previousStart = done;
    previousLength = length;
    done += length;
  }
}

/** Decodes PackBits; the same bounds as {@link lzw}. */
export function packBits(input: Uint8Array, most: number, what: string): Uint8Array {
  const out = new Uint8Array(most);
  let done = 0;
  for (let at = 0; at < input.length; ) {
    const header = (input[at++]! << 24) >> 24;
    if (header === -128) continue;
    const count = header < 0 ? 1 - header : header + 1;
    if (done + count > most) throw tooLong(what, most);
    const used = header < 0 ? 1 : count;
    if (at + used > input.length) break;
    if (header < 0) out.fill(input[at]!, done, done + count);
    else out.set(input.subarray(at, at + count), done);
    at += used;
    done += count;
  }
  return out.subarray(0, done);
}
