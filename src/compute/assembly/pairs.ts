/**
 * Pairs of voxels that lie some way apart on lines. Eight lines go into one row of bytes, a bit each, so that neighbours along them are
 * neighbouring bytes, and neighbours across rows of them whole rows: pairs are bits that are set in two vectors. Rows are an odd number
 * of 16 bytes apart, which keeps a column of them out of each other's place in the cache.
 */
import { equalAt } from "./binary";

const LANES = i8x16(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);

/**
 * Rows of bytes out of up to eight lines each: a bit is set where a voxel has the label.
 * @param row bytes from the first line of a row to that of the next
 * @param step bytes from one line to the next
 * @param not 1: all voxels but those with the label
 * @param keep 1: only of bits that are set already
 */
export function packLines<T>(
  src: usize,
  row: usize,
  step: usize,
  lines: i32,
  dst: usize,
  dstRow: usize,
  rows: usize,
  columns: usize,
  label: i32,
  not: i32,
  keep: i32,
): void {
  const wanted = v128.splat<T>(<T>label);
  const flips = i8x16.splat(not ? <i8>(((<i32>1) << lines) - 1) : 0);
  for (let y: usize = 0; y < rows; y++)
    for (let x: usize = 0; x < columns; x += 16) {
      let at = src + y * row + x * sizeof<T>();
      let bits = i8x16.splat(0);
      for (let k = 0; k < lines; k++, at += step) bits = i8x16.sub(i8x16.add(bits, bits), equalAt<T>(at, wanted));
      bits = v128.xor(bits, flips);
      if (columns - x < 16) bits = v128.and(bits, i8x16.lt_u(LANES, i8x16.splat(<i8>(columns - x))));
      const to = dst + y * dstRow + x;
      if (keep) bits = v128.and(bits, v128.load(to));
      v128.store(to, bits);
    }
}

/** What an adder of three bits carries. */
function carry(a: v128, b: v128, c: v128): v128 {
  return v128.or(v128.and(a, b), v128.and(v128.xor(a, b), c));
}

/** What it leaves. */
function sum(a: v128, b: v128, c: v128): v128 {
  return v128.xor(v128.xor(a, b), c);
}

/** Bits that are set in both of two vectors. */
function both(a: usize, b: usize): v128 {
  return v128.and(v128.load(a), v128.load(b));
}

/** Sums of bytes in four lanes. */
function wide(bytes: v128): v128 {
  return i32x4.extadd_pairwise_i16x8_u(i16x8.extadd_pairwise_i8x16_u(bytes));
}

/**
 * Pairs in two columns of vectors, `rows` of them `row` bytes apart; up to seven more are read, of which one shall be 0. Bits are added up
 * as ones, twos and fours, so that only one vector of eight has to be counted.
 * @see W. Muła, N. Kurz & D. Lemire, Faster population counts using AVX2 instructions (2018), doi:10.1093/comjnl/bxx046: Harley and Seal
 */
function pairsOf(a: usize, b: usize, row: usize, rows: usize): u32 {
  let ones = i8x16.splat(0);
  let twos = i8x16.splat(0);
  let fours = i8x16.splat(0);
  let total = i32x4.splat(0);
  for (let y: usize = 0; y < rows; ) {
    // 31 times 8 bits fit into a byte.
    const end = min<usize>(rows, y + 31 * 8);
    let eights = i8x16.splat(0);
    for (; y < end; y += 8) {
      let one = both(a, b);
      let other = both(a + row, b + row);
      a += row << 1;
      b += row << 1;
      let two = carry(ones, one, other);
      ones = sum(ones, one, other);
      one = both(a, b);
      other = both(a + row, b + row);
      a += row << 1;
      b += row << 1;
      let otherTwo = carry(ones, one, other);
      ones = sum(ones, one, other);
      const four = carry(twos, two, otherTwo);
      twos = sum(twos, two, otherTwo);
      one = both(a, b);
      other = both(a + row, b + row);
      a += row << 1;
      b += row << 1;
      two = carry(ones, one, other);
      ones = sum(ones, one, other);
      one = both(a, b);
      other = both(a + row, b + row);
      a += row << 1;
      b += row << 1;
      otherTwo = carry(ones, one, other);
      ones = sum(ones, one, other);
      const otherFour = carry(twos, two, otherTwo);
      twos = sum(twos, two, otherTwo);
      eights = i8x16.add(eights, i8x16.popcnt(carry(fours, four, otherFour)));
      fours = sum(fours, four, otherFour);
    }
    total = i32x4.add(total, wide(eights));
  }
  total = i32x4.add(i32x4.shl(total, 1), wide(i8x16.popcnt(fours)));
  total = i32x4.add(i32x4.shl(total, 1), wide(i8x16.popcnt(twos)));
  total = i32x4.add(i32x4.shl(total, 1), wide(i8x16.popcnt(ones)));
  return (
    i32x4.extract_lane(total, 0) +
    i32x4.extract_lane(total, 1) +
    i32x4.extract_lane(total, 2) +
    i32x4.extract_lane(total, 3)
  );
}

/**
 * Adds the pairs of a column of 16 bytes with what lies some way on.
 * @param rows their number; seven rows of 0 stand behind them
 * @param length bytes of the rows from here on, to look along them, with 16 of 0 behind; 0: to look across them, from row to row
 * @param lags how far, 32 bits, ascending: every `step`th one from number `first` to `count`
 * @param pairs a number of 64 bits for each lag
 */
export function addPairs(
  bits: usize,
  row: usize,
  rows: usize,
  length: usize,
  lags: usize,
  first: usize,
  count: usize,
  step: usize,
  pairs: usize,
): void {
  const across = length === 0;
  const end = across ? rows : length;
  for (let k = first; k < count; k += step) {
    const lag = <usize>load<u32>(lags + (k << 2));
    if (lag >= end) return;
    const at = pairs + (k << 3);
    const found = pairsOf(bits, bits + (across ? lag * row : lag), row, across ? rows - lag : rows);
    store<f64>(at, load<f64>(at) + <f64>found);
  }
}
