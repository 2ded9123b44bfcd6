/**
 * Columns of an image in the order of their values, and medians across them. Images are keys of 32 bits (keys.ts) in rows
 * that are multiples of 64 bytes; kernels take 16 columns or 4 rows at a time, and read and write whole fours of rows.
 */

/** Rows of `src`, `srcRow` bytes apart, become columns of `dst`, four by four. */
function turn(src: usize, srcRow: usize, dst: usize, dstRow: usize, rows: usize, columns: usize): void {
  for (let y: usize = 0; y < rows; y += 4)
    for (let x: usize = 0; x < columns; x += 4) {
      const from = src + y * srcRow + (x << 2);
      const a = v128.load(from);
      const b = v128.load(from + srcRow);
      const c = v128.load(from + 2 * srcRow);
      const d = v128.load(from + 3 * srcRow);
      const ab = v128.shuffle<i32>(a, b, 0, 4, 1, 5);
      const cd = v128.shuffle<i32>(c, d, 0, 4, 1, 5);
      const AB = v128.shuffle<i32>(a, b, 2, 6, 3, 7);
      const CD = v128.shuffle<i32>(c, d, 2, 6, 3, 7);
      const to = dst + x * dstRow + (y << 2);
      v128.store(to, v128.shuffle<i64>(ab, cd, 0, 2));
      v128.store(to + dstRow, v128.shuffle<i64>(ab, cd, 1, 3));
      v128.store(to + 2 * dstRow, v128.shuffle<i64>(AB, CD, 0, 2));
      v128.store(to + 3 * dstRow, v128.shuffle<i64>(AB, CD, 1, 3));
    }
}

/**
 * Sorts 16 columns, in place; equal keys keep their order.
 * @param from for each column and rank the row that the key comes from, columns `line` bytes apart
 * @param scratch 16 lines, 2 lines of 64 bits, 16 KiB
 */
export function sortColumns(keys: usize, row: usize, rows: usize, from: usize, line: usize, scratch: usize): void {
  const pairs = scratch + 16 * line;
  const counts = pairs + 4 * line;
  turn(keys, row, scratch, line, rows, 16);
  for (let x: usize = 0; x < 16; x++)
    sortLine(scratch + x * line, rows, from + x * line, pairs, pairs + 2 * line, counts);
  turn(scratch, line, keys, row, 16, rows);
}

/** Sorts a line by digits from the last one on; digits are as wide as keys between the smallest and the largest need. */
function sortLine(line: usize, count: usize, from: usize, pairs: usize, others: usize, counts: usize): void {
  let least = load<i32>(line);
  let most = least;
  for (let k: usize = 1; k < count; k++) {
    const key = load<i32>(line + (k << 2));
    least = min(least, key);
    most = max(most, key);
  }
  const bits = 32 - <u32>clz(most - least);
  // Tables longer than the line would take the time.
  const widest: u32 = count < 1024 ? 9 : 11;
  const passes = max<u32>(1, (bits + widest - 1) / widest);
  const width = max<u32>(1, (bits + passes - 1) / passes);
  const digit: u32 = (1 << width) - 1;
  const bytes: usize = 4 << width;
  memory.fill(counts, 0, bytes);
  for (let k: usize = 0; k < count; k++) {
    const key = <u32>(load<i32>(line + (k << 2)) - least);
    store<u64>(pairs + (k << 3), ((<u64>k) << 32) | key);
    const bin = counts + ((key & digit) << 2);
    store<u32>(bin, load<u32>(bin) + 1);
  }
  let table = counts;
  let next = counts + 8192;
  for (let pass: u32 = 0; pass < passes - 1; pass++) {
    const shift = pass * width;
    starts(table, bytes);
    memory.fill(next, 0, bytes);
    for (let k: usize = 0; k < count; k++) {
      const pair = load<u64>(pairs + (k << 3));
      const bin = table + (((<u32>pair >> shift) & digit) << 2);
      const to = load<u32>(bin);
      store<u32>(bin, to + 1);
      store<u64>(others + (to << 3), pair);
      const nextBin = next + (((<u32>pair >> (shift + width)) & digit) << 2);
      store<u32>(nextBin, load<u32>(nextBin) + 1);
    }
    const swapped = pairs;
    pairs = others;
    others = swapped;
    const used = table;
    table = next;
    next = used;
  }
  const shift = (passes - 1) * width;
  starts(table, bytes);
  for (let k: usize = 0; k < count; k++) {
    const pair = load<u64>(pairs + (k << 3));
    const bin = table + (((<u32>pair >> shift) & digit) << 2);
    const to = load<u32>(bin);
    store<u32>(bin, to + 1);
    store<i32>(line + (to << 2), <i32>pair + least);
    store<u32>(from + (to << 2), <u32>(pair >> 32));
  }
}

/** Counts become the place of the first of each bin. */
function starts(counts: usize, bytes: usize): void {
  let sum: u32 = 0;
  for (let k: usize = 0; k < bytes; k += 8) {
    const a = load<u32>(counts + k);
    const b = load<u32>(counts + k, 4);
    store<u32>(counts + k, sum);
    store<u32>(counts + k, sum + a, 4);
    sum += a + b;
  }
}

/** Puts what stands rank by column, 16 columns of it, to the rows that the ranks come from, in place. */
export function unsortColumns(keys: usize, row: usize, rows: usize, from: usize, line: usize, scratch: usize): void {
  const lines = scratch + 16 * line;
  turn(keys, row, lines, line, rows, 16);
  for (let x: usize = 0; x < 16 * line; x += line)
    for (let k: usize = 0; k < rows << 2; k += 4)
      store<i32>(scratch + x + (load<u32>(from + x + k) << 2), load<i32>(lines + x + k));
  turn(scratch, line, keys, row, 16, rows);
}

/**
 * Medians along four rows over an odd number of columns; ends reflect (`c b a | a b c`). The keys under the window are kept
 * sorted: the one that leaves is closed over and the one that comes finds its place in one go, by comparing with all.
 * @param places for each column with half a window more at both ends the column that stands there, times 16
 * @param scratch 16 bytes for each of `row`'s columns, twice, and for each of the window's, and 16 more
 */
export function mediansAcross(
  keys: usize,
  dst: usize,
  row: usize,
  columns: usize,
  size: usize,
  places: usize,
  scratch: usize,
): void {
  const out = scratch + (row << 2);
  const window = out + (row << 2);
  const end = window + (size << 4);
  const middle = window + ((size >> 1) << 4);
  turn(keys, row, scratch, 16, 4, row >> 2);
  v128.store(window, v128.load(scratch + load<u32>(places)));
  for (let k: usize = 1; k < size; k++) {
    let come = v128.load(scratch + load<u32>(places + (k << 2)));
    for (let at = window; at < window + (k << 4); at += 16) {
      const key = v128.load(at);
      v128.store(at, i32x4.min_s(key, come));
      come = i32x4.max_s(key, come);
    }
    v128.store(window + (k << 4), come);
  }
  for (let x: usize = 0; ; ) {
    v128.store(out + (x << 4), v128.load(middle));
    if (++x === columns) break;
    const gone = v128.load(scratch + load<u32>(places + ((x - 1) << 2)));
    const come = v128.load(scratch + load<u32>(places + ((x + size - 1) << 2)));
    // Above all: what stands behind the last one.
    v128.store(end, i32x4.splat(i32.MAX_VALUE));
    let key = v128.load(window);
    let before = i32x4.splat(i32.MIN_VALUE);
    for (let at = window; at < end; at += 16) {
      const after = v128.load(at, 16);
      const kept = v128.bitselect(key, after, i32x4.lt_s(key, gone));
      v128.store(at, i32x4.max_s(before, i32x4.min_s(kept, come)));
      before = kept;
      key = after;
    }
  }
  turn(out, 16, dst, row, row >> 2, 4);
}
