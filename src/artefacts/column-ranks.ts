/** Columns of a sinogram in the order of their values, and medians across them; runs in the threads. */

/**
 * Values as whole numbers of the same order, which sort and compare faster; NaN last. Their bits but for the sign, which floats
 * have apart.
 */
export function keysOf(values: Float32Array): Int32Array<ArrayBuffer> {
  const bits = new Int32Array(values.buffer, values.byteOffset, values.length);
  const keys = new Int32Array(values.length);
  for (let k = 0; k < keys.length; k++) {
    const b = bits[k]!;
    keys[k] = Number.isNaN(values[k]!) ? 0x7fffffff : b ^ ((b >> 31) & 0x7fffffff);
  }
  return keys;
}

/** The values again, in the same memory. */
export function valuesOf(keys: Int32Array<ArrayBuffer>): Float32Array<ArrayBuffer> {
  for (let k = 0; k < keys.length; k++) keys[k] = keys[k]! ^ ((keys[k]! >> 31) & 0x7fffffff);
  return new Float32Array(keys.buffer, keys.byteOffset, keys.length);
}

/** Edge of the squares in which rows and columns change places: both fit the first-level cache. */
const TILE = 32;

function transposed(from: Int32Array, rows: number, columns: number): Int32Array<ArrayBuffer> {
  const to = new Int32Array(from.length);
  for (let top = 0; top < rows; top += TILE)
    for (let left = 0; left < columns; left += TILE)
      for (let y = top; y < Math.min(rows, top + TILE); y++)
        for (let x = left; x < Math.min(columns, left + TILE); x++) to[x * rows + y] = from[y * columns + x]!;
  return to;
}

/** The values of each column sorted; equal values keep their order. */
export class ColumnRanks {
  /** Keys in C order, rank by column. */
  readonly keys: Int32Array<ArrayBuffer>;
  readonly #rows: number;
  readonly #columns: number;
  /** For each column and rank the row that the value comes from. */
  readonly #from: Uint32Array;

  constructor(values: Float32Array, columns: number) {
    this.#rows = values.length / columns;
    this.#columns = columns;
    const lines = transposed(keysOf(values), this.#rows, columns);
    this.#from = sortLines(lines, this.#rows);
    this.keys = transposed(lines, columns, this.#rows);
  }

  /** Puts what stands rank by column to the rows that the ranks come from. */
  unsorted(keys: Int32Array): Float32Array<ArrayBuffer> {
    const rows = this.#rows;
    const ranked = transposed(keys, rows, this.#columns);
    const lines = new Int32Array(keys.length);
    for (let start = 0; start < lines.length; start += rows)
      for (let k = start; k < start + rows; k++) lines[start + this.#from[k]!] = ranked[k]!;
    return valuesOf(transposed(lines, this.#columns, rows));
  }
}

/** Sorts each line of keys, byte by byte from the last one on; where each came from inside its line. */
function sortLines(lines: Int32Array, length: number): Uint32Array {
  const from = new Uint32Array(lines.length);
  const counts = new Uint32Array(4 * 256);
  let [keys, rows] = [new Int32Array(length), new Uint32Array(length)];
  let [otherKeys, otherRows] = [new Int32Array(length), new Uint32Array(length)];
  for (let start = 0; start < lines.length; start += length) {
    counts.fill(0);
    for (let k = 0; k < length; k++) {
      // The sign comes first: with it turned the keys are unsigned.
      const key = lines[start + k]! ^ 0x80000000;
      keys[k] = key;
      rows[k] = k;
      counts[key & 255]!++;
      counts[256 + ((key >>> 8) & 255)]!++;
      counts[512 + ((key >>> 16) & 255)]!++;
      counts[768 + (key >>> 24)]!++;
    }
    for (let byte = 0; byte < 4; byte++) {
      const base = 256 * byte;
      // Values of one sign and size have their first byte in common.
      if (counts[base + ((keys[0]! >>> (8 * byte)) & 255)] === length) continue;
      for (let k = base, sum = 0; k < base + 256; k++) {
        const count = counts[k]!;
        counts[k] = sum;
        sum += count;
      }
      for (let k = 0; k < length; k++) {
        const key = keys[k]!;
        const to = counts[base + ((key >>> (8 * byte)) & 255)]!++;
        otherKeys[to] = key;
        otherRows[to] = rows[k]!;
      }
      [keys, otherKeys] = [otherKeys, keys];
      [rows, otherRows] = [otherRows, rows];
    }
    for (let k = 0; k < length; k++) {
      lines[start + k] = keys[k]! ^ 0x80000000;
      from[start + k] = rows[k]!;
    }
  }
  return from;
}

/** Median along each row of keys over an odd number of them; ends reflect (`c b a | a b c`). */
export function medianOfKeys(keys: Int32Array, columns: number, size: number): Int32Array<ArrayBuffer> {
  const out = new Int32Array(keys.length);
  const half = size >> 1;
  const padded = new Int32Array(columns + 2 * half);
  const window = new Int32Array(size);
  const places = Uint32Array.from(padded, (_, k) => reflect(k - half, columns));
  for (let start = 0; start < keys.length; start += columns) {
    for (let k = 0; k < padded.length; k++) padded[k] = keys[start + places[k]!]!;
    window.set(padded.subarray(0, size));
    window.sort();
    out[start] = window[half]!;
    for (let x = 1; x < columns; x++) {
      exchange(window, padded[x - 1]!, padded[x + size - 1]!);
      out[start + x] = window[half]!;
    }
  }
  return out;
}

/** Median along each row of values; NaN sorts last. */
export const medianOfRows = (values: Float32Array, columns: number, size: number): Float32Array<ArrayBuffer> =>
  valuesOf(medianOfKeys(keysOf(values), columns, size));

/** Takes one number out of a sorted list and puts another one in. */
function exchange(list: Int32Array, gone: number, come: number): void {
  if (gone === come) return;
  let low = 0;
  let high = list.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (list[middle]! < gone) low = middle + 1;
    else high = middle;
  }
  let at = low;
  if (come > gone) for (; at + 1 < list.length && list[at + 1]! < come; at++) list[at] = list[at + 1]!;
  else for (; at > 0 && list[at - 1]! > come; at--) list[at] = list[at - 1]!;
  list[at] = come;
}

/** Index inside `0 … length − 1` that an index beyond the ends stands for. */
export function reflect(index: number, length: number): number {
  const period = 2 * length;
  const folded = ((index % period) + period) % period;
  return folded < length ? folded : period - 1 - folded;
}
