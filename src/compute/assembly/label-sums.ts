/** Labels to begin with, sums of their classes, and what differs. */

/** Labels like the squares of a chessboard, from a first place on. */
export function chessboard(
  dst: usize,
  row: usize,
  rows: usize,
  columns: usize,
  z: i32,
  y: i32,
  x: i32,
  edge: i32,
  classes: i32,
): void {
  for (let v: i32 = 0; v < <i32>rows; v++)
    for (let u: i32 = 0; u < <i32>columns; u++)
      store<u8>(dst + v * row + u, <u8>((z / edge + (y + v) / edge + (x + u) / edge) % classes));
}

/**
 * Adds up the voxels of each class and their grey values, as int64 pairs at `out`. Grey values are counted from `origin` in
 * units: whole numbers, so that no order shows.
 */
export function sumClasses<T>(
  labels: usize,
  row: usize,
  grey: usize,
  greyRow: usize,
  rows: usize,
  columns: usize,
  classes: i32,
  origin: f64,
  perUnit: f64,
  out: usize,
): void {
  for (let y: usize = 0; y < rows; y++) {
    const line = labels + y * row;
    const values = grey + y * greyRow;
    let x: usize = 0;
    if (isInteger<T>() && sizeof<T>() <= 2 && !isSigned<T>()) {
      x = columns & ~15;
      for (let label = 0; label < classes; label++) {
        const wanted = i8x16.splat(<i8>label);
        let count: i64 = 0;
        let sum: i64 = 0;
        // Lanes of 32 bits hold the sums of many blocks.
        for (let from: usize = 0; from < x; from += 8192) {
          let sums = i32x4.splat(0);
          for (let k = from; k < min(x, from + 8192); k += 16) {
            const are = i8x16.eq(v128.load(line + k), wanted);
            count += popcnt(i8x16.bitmask(are));
            if (sizeof<T>() === 1) {
              const voxels = v128.and(v128.load(values + k), are);
              sums = i32x4.add(sums, i32x4.extadd_pairwise_i16x8_u(i16x8.extadd_pairwise_i8x16_u(voxels)));
            } else {
              const low = v128.and(v128.load(values + (k << 1)), i16x8.extend_low_i8x16_s(are));
              const high = v128.and(v128.load(values + (k << 1), 16), i16x8.extend_high_i8x16_s(are));
              sums = i32x4.add(sums, i32x4.extadd_pairwise_i16x8_u(low));
              sums = i32x4.add(sums, i32x4.extadd_pairwise_i16x8_u(high));
            }
          }
          const pairs = i64x2.add(i64x2.extend_low_i32x4_u(sums), i64x2.extend_high_i32x4_u(sums));
          sum += i64x2.extract_lane(pairs, 0) + i64x2.extract_lane(pairs, 1);
        }
        const to = out + ((<usize>label) << 4);
        store<i64>(to, load<i64>(to) + count);
        store<i64>(to, load<i64>(to, 8) + sum, 8);
      }
    }
    for (; x < columns; x++) {
      const label = <i32>load<u8>(line + x);
      if (label >= classes) continue;
      const value = load<T>(values + x * sizeof<T>());
      const to = out + ((<usize>label) << 4);
      store<i64>(to, load<i64>(to) + 1);
      const whole = isInteger<T>() ? <i64>value : <i64>nearest((<f64>value - origin) * perUnit);
      store<i64>(to, load<i64>(to, 8) + whole, 8);
    }
  }
}

/** Number of voxels that differ in two boxes, by their bits. */
export function countUnequal<T>(a: usize, aRow: usize, b: usize, bRow: usize, rows: usize, columns: usize): u32 {
  let count: u32 = 0;
  for (let y: usize = 0; y < rows; y++) {
    const p = a + y * aRow;
    const q = b + y * bRow;
    let x: usize = 0;
    for (; x + 16 <= columns * sizeof<T>(); x += 16) {
      const same = v128.eq<T>(v128.load(p + x), v128.load(q + x));
      count += 16 / sizeof<T>() - popcnt(v128.bitmask<T>(same));
    }
    for (; x < columns * sizeof<T>(); x += sizeof<T>()) if (load<T>(p + x) !== load<T>(q + x)) count++;
  }
  return count;
}
