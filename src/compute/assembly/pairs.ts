/** Pairs of set bits that lie a distance apart: eight voxels a byte, so that a distance across them is one of whole bytes. */

const LANES = i8x16(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);

/** Sets bit `bit` of each byte where a voxel of a row is not 0. */
export function setBits(src: usize, dst: usize, columns: usize, bit: i32): void {
  const mask = i8x16.splat(<i8>((<i32>1) << bit));
  const none = i8x16.splat(0);
  for (let x: usize = 0; x < columns; x += 16) {
    let set = v128.and(i8x16.ne(v128.load(src + x), none), mask);
    if (columns - x < 16) set = v128.and(set, i8x16.lt_u(LANES, i8x16.splat(<i8>(columns - x))));
    v128.store(dst + x, v128.or(v128.load(dst + x), set));
  }
}

/** Counts bits that are set in both of two stretches of bytes. */
export function pairsOf(a: usize, b: usize, bytes: usize): f64 {
  let total: f64 = 0;
  let k: usize = 0;
  const whole = bytes & ~15;
  while (k < whole) {
    // 31 times 8 bits fit into a byte.
    const end = min<usize>(whole, k + 31 * 16);
    let sums = i8x16.splat(0);
    for (; k < end; k += 16) sums = i8x16.add(sums, i8x16.popcnt(v128.and(v128.load(a + k), v128.load(b + k))));
    const wide = i32x4.extadd_pairwise_i16x8_u(i16x8.extadd_pairwise_i8x16_u(sums));
    const half = i64x2.add(i64x2.extend_low_i32x4_u(wide), i64x2.extend_high_i32x4_u(wide));
    total += <f64>(i64x2.extract_lane(half, 0) + i64x2.extract_lane(half, 1));
  }
  for (; k < bytes; k++) total += <f64>popcnt<u32>(<u32>(load<u8>(a + k) & load<u8>(b + k)));
  return total;
}

/** The same over rows. */
export function pairsOfRows(a: usize, b: usize, row: usize, rows: usize, bytes: usize): f64 {
  let total: f64 = 0;
  for (let y: usize = 0; y < rows; y++) total += pairsOf(a + y * row, b + y * row, bytes);
  return total;
}
