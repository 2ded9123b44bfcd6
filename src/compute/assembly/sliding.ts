// Sums over windows that slide along each axis, at a cost that does not depend on their size. Sums of integers are exact and
// wrap around, so that no order of them shows: of 8 bits in 32 bits, as far as sums of squares have room there, else in 64.
import { four } from "./deviation";

/**
 * Lets a plane of 8-bit voxels enter sums and sums of squares along z, and another one leave; rows of `count` voxels, rounded
 * up to 16. A row of zeros leaves where `leavesRow` is 0. Without squares `squares` is 0.
 */
export function slideMoments<T>(
  enters: usize,
  leaves: usize,
  sums: usize,
  squares: usize,
  count: usize,
  rows: usize,
  row: usize,
  leavesRow: usize,
  sumRow: usize,
): void {
  for (let y: usize = 0; y < rows; y++)
    for (let x: usize = 0; x < count; x += 16) {
      const enter = v128.load(enters + y * row + x);
      const leave = v128.load(leaves + y * leavesRow + x);
      const at = y * sumRow + (x << 2);
      let a = isSigned<T>() ? i16x8.extend_low_i8x16_s(enter) : i16x8.extend_low_i8x16_u(enter);
      let b = isSigned<T>() ? i16x8.extend_low_i8x16_s(leave) : i16x8.extend_low_i8x16_u(leave);
      slideEight(sums + at, squares === 0 ? 0 : squares + at, a, b);
      a = isSigned<T>() ? i16x8.extend_high_i8x16_s(enter) : i16x8.extend_high_i8x16_u(enter);
      b = isSigned<T>() ? i16x8.extend_high_i8x16_s(leave) : i16x8.extend_high_i8x16_u(leave);
      slideEight(sums + at + 32, squares === 0 ? 0 : squares + at + 32, a, b);
    }
}

/** Eight sums: a − b, and a² − b² = (a − b)(a + b). */
function slideEight(sums: usize, squares: usize, a: v128, b: v128): void {
  const less = i16x8.sub(a, b);
  v128.store(sums, i32x4.add(v128.load(sums), i32x4.extend_low_i16x8_s(less)));
  v128.store(sums, i32x4.add(v128.load(sums, 16), i32x4.extend_high_i16x8_s(less)), 16);
  if (squares === 0) return;
  const more = i16x8.add(a, b);
  v128.store(squares, i32x4.add(v128.load(squares), i32x4.extmul_low_i16x8_s(less, more)));
  v128.store(squares, i32x4.add(v128.load(squares, 16), i32x4.extmul_high_i16x8_s(less, more)), 16);
}

/** The same of voxels of 8 or 16 bits with sums of 64 bits; rows rounded up to 4. */
export function slideWideMoments<T>(
  enters: usize,
  leaves: usize,
  sums: usize,
  squares: usize,
  count: usize,
  rows: usize,
  row: usize,
  leavesRow: usize,
  sumRow: usize,
): void {
  for (let y: usize = 0; y < rows; y++)
    for (let x: usize = 0; x < count; x += 4) {
      const a = four<T>(enters + y * row + x * sizeof<T>());
      const b = four<T>(leaves + y * leavesRow + x * sizeof<T>());
      const less = i32x4.sub(a, b);
      const to = sums + y * sumRow + (x << 3);
      v128.store(to, i64x2.add(v128.load(to), i64x2.extend_low_i32x4_s(less)));
      v128.store(to, i64x2.add(v128.load(to, 16), i64x2.extend_high_i32x4_s(less)), 16);
      if (squares === 0) continue;
      const more = i32x4.add(a, b);
      const at = squares + y * sumRow + (x << 3);
      v128.store(at, i64x2.add(v128.load(at), i64x2.extmul_low_i32x4_s(less, more)));
      v128.store(at, i64x2.add(v128.load(at, 16), i64x2.extmul_high_i32x4_s(less, more)), 16);
    }
}

/**
 * Sums over windows of a plane of sums along z, as float64: along y a row enters and one leaves, along x they are differences of
 * sums from the left. S: the integer type.
 * @param work two rows of `width` sums, each with room for 64 bytes more, kept from one call for a plane to the next
 * @param first row of the plane's windows to begin with: rows are asked for from 0 on, some at a time
 */
export function windowSums<S>(
  src: usize,
  row: usize,
  width: usize,
  work: usize,
  dst: usize,
  dstRow: usize,
  first: usize,
  rows: usize,
  columns: usize,
  alongY: usize,
  alongX: usize,
): void {
  const lanes: usize = 16 / sizeof<S>();
  const zero = i64x2.splat(0);
  const column = work;
  const left = work + row + 64;
  if (first === 0) {
    memory.fill(column, 0, row);
    for (let y: usize = 0; y + 1 < alongY; y++)
      for (let x: usize = 0; x < width; x += lanes) {
        const at = column + x * sizeof<S>();
        v128.store(at, v128.add<S>(v128.load(at), v128.load(src + y * row + x * sizeof<S>())));
      }
  }
  for (let y = first; y < first + rows; y++) {
    const enters = src + (y + alongY - 1) * row;
    const leaves = src + (y - 1) * row;
    let before = zero;
    // The sum of nothing stands at the left.
    store<S>(left, 0);
    for (let x: usize = 0; x < width; x += lanes) {
      const k = x * sizeof<S>();
      let v = v128.add<S>(v128.load(column + k), v128.load(enters + k));
      if (y > 0) v = v128.sub<S>(v, v128.load(leaves + k));
      v128.store(column + k, v);
      if (sizeof<S>() === 4) {
        v = i32x4.add(v, i32x4.shuffle(zero, v, 0, 4, 5, 6));
        v = i32x4.add(v, i32x4.shuffle(zero, v, 0, 1, 4, 5));
        v = i32x4.add(v, before);
        before = i32x4.shuffle(v, v, 3, 3, 3, 3);
      } else {
        v = i64x2.add(v, i64x2.shuffle(zero, v, 0, 2));
        v = i64x2.add(v, before);
        before = i64x2.shuffle(v, v, 1, 1);
      }
      v128.store(left + k + sizeof<S>(), v);
    }
    const out = dst + (y - first) * dstRow;
    for (let x: usize = 0; x < columns; x += lanes) {
      const from = left + x * sizeof<S>();
      const v = v128.sub<S>(v128.load(from + alongX * sizeof<S>()), v128.load(from));
      const to = out + (x << 3);
      if (sizeof<S>() === 4) {
        v128.store(to, f64x2.convert_low_i32x4_s(v));
        v128.store(to, f64x2.convert_low_i32x4_s(i32x4.shuffle(v, v, 2, 3, 2, 3)), 16);
      } else {
        store<f64>(to, <f64>i64x2.extract_lane(v, 0));
        store<f64>(to, <f64>i64x2.extract_lane(v, 1), 8);
      }
    }
  }
}
