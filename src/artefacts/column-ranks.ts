/** Columns of a sinogram in the order of their values, and medians across them; runs in the threads. */
import { ownWasm } from "../compute/own-wasm.js";

/**
 * Values as whole numbers of the same order, which sort and compare faster; NaN last. Their bits but for the sign, which floats
 * have apart.
 */
function keysOf(values: Float32Array): Int32Array<ArrayBuffer> {
  const bits = new Int32Array(values.buffer, values.byteOffset, values.length);
  const keys = new Int32Array(values.length);
  for (let k = 0; k < keys.length; k++) {
    const b = bits[k]!;
    keys[k] = Number.isNaN(values[k]!) ? 0x7fffffff : b ^ ((b >> 31) & 0x7fffffff);
  }
  return keys;
}

/** The values again, in the same memory. */
function valuesOf(keys: Int32Array<ArrayBuffer>): Float32Array<ArrayBuffer> {
  for (let k = 0; k < keys.length; k++) keys[k] = keys[k]! ^ ((keys[k]! >> 31) & 0x7fffffff);
  return new Float32Array(keys.buffer, keys.byteOffset, keys.length);
}

/** Bytes of a row in wasm memory: whole vectors, and an odd number of cache lines, so that rows do not push each other out. */
const rowOf = (count: number): number => 64 * (Math.ceil(count / 16) | 1);

/**
 * Sorts the values of each column, smooths the ranks across the columns by a median over `size` of them (ends reflect), and
 * puts the values back to the rows that the ranks came from. Equal values keep their order.
 * @param look sees the ranks before and after, in C order
 */
export function smoothRanks(
  values: Float32Array,
  columns: number,
  size: number,
  look?: (ranks: Float32Array, smooth: Float32Array) => void,
): Float32Array<ArrayBuffer> {
  const rows = values.length / columns;
  const wasm = ownWasm();
  wasm.reset();
  const [row, line, wholeRows] = [rowOf(columns), rowOf(rows), 4 * Math.ceil(rows / 4)];
  const keys = wasm.allocate(row * wholeRows);
  const smooth = wasm.allocate(row * wholeRows);
  const from = wasm.allocate((row * line) / 4);
  const places = wasm.allocate(4 * (columns + size));
  const scratch = wasm.allocate(Math.max(32 * line + 2 ** 14, 8 * row + 16 * (size + 1)));
  const put = (start: number, image: Float32Array): void => {
    for (let y = 0; y < rows; y++)
      wasm.view("float32", start + y * row, columns).set(image.subarray(y * columns, (y + 1) * columns));
  };
  const taken = (start: number): Float32Array<ArrayBuffer> => {
    wasm.call("restoreKeys", start, row * rows);
    const image = new Float32Array(values.length);
    for (let y = 0; y < rows; y++) image.set(wasm.view("float32", start + y * row, columns), y * columns);
    return image;
  };
  put(keys, values);
  wasm.call("floatKeys", keys, row * wholeRows);
  for (let x = 0; x < columns; x += 16)
    wasm.call("sortColumns", keys + 4 * x, row, rows, from + x * line, line, scratch);
  const table = wasm.view("uint32", places, columns + size - 1);
  for (let k = 0; k < table.length; k++) table[k] = 16 * reflect(k - (size >> 1), columns);
  for (let y = 0; y < rows; y += 4)
    wasm.call("mediansAcross", keys + y * row, smooth + y * row, row, columns, size, places, scratch);
  if (look !== undefined) {
    look(taken(keys), taken(smooth));
    wasm.call("floatKeys", smooth, row * rows);
  }
  for (let x = 0; x < columns; x += 16)
    wasm.call("unsortColumns", smooth + 4 * x, row, rows, from + x * line, line, scratch);
  return taken(smooth);
}

/** Median along each row of keys over an odd number of them; ends reflect (`c b a | a b c`). */
function medianOfKeys(keys: Int32Array, columns: number, size: number): Int32Array<ArrayBuffer> {
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
