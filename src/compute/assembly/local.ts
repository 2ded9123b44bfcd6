// Local thresholds: voxels compared with what follows from the sums over their windows.
import { four, low } from "./deviation";

/** Sixteen labels of four times four comparisons; −1 where there is no number: 255. */
function packed(a: v128, b: v128, c: v128, d: v128): v128 {
  return i8x16.narrow_i16x8_s(i16x8.narrow_i32x4_s(a, b), i16x8.narrow_i32x4_s(c, d));
}

/** Four labels: 1 where a voxel is above its threshold, −1 where either is no number. */
function compared<T>(v: v128, low01: v128, low23: v128): v128 {
  const a = low<T>(v);
  const b = low<T>(i32x4.shuffle(v, v, 2, 3, 2, 3));
  const above = i32x4.shuffle(f64x2.gt(a, low01), f64x2.gt(b, low23), 0, 2, 4, 6);
  const label = i32x4.neg(above);
  if (!isFloat<T>()) return label;
  // Less or equal and greater leave out only what is no number.
  const below = i32x4.shuffle(f64x2.le(a, low01), f64x2.le(b, low23), 0, 2, 4, 6);
  return v128.or(label, v128.not(v128.or(above, below)));
}

/** Labels 1 where a voxel lies above the mean of its window less `offset`, else 0; rows of `count` voxels, rounded up to 16. */
export function aboveMean<T>(
  src: usize,
  row: usize,
  sums: usize,
  sumRow: usize,
  dst: usize,
  dstRow: usize,
  rows: usize,
  count: usize,
  n: f64,
  offset: f64,
): void {
  const number = f64x2.splat(n);
  const less = f64x2.splat(offset);
  for (let y: usize = 0; y < rows; y++)
    for (let x: usize = 0; x < count; x += 16) {
      const from = src + y * row + x * sizeof<T>();
      const s = sums + y * sumRow + (x << 3);
      v128.store(
        dst + y * dstRow + x,
        packed(
          fourAboveMean<T>(from, s, number, less),
          fourAboveMean<T>(from + 4 * sizeof<T>(), s + 32, number, less),
          fourAboveMean<T>(from + 8 * sizeof<T>(), s + 64, number, less),
          fourAboveMean<T>(from + 12 * sizeof<T>(), s + 96, number, less),
        ),
      );
    }
}

function fourAboveMean<T>(src: usize, sums: usize, n: v128, offset: v128): v128 {
  const a = f64x2.sub(f64x2.div(v128.load(sums), n), offset);
  const b = f64x2.sub(f64x2.div(v128.load(sums, 16), n), offset);
  return compared<T>(four<T>(src), a, b);
}

/**
 * The same with the mean m and the standard deviation s of a window: thresholds m·(1 + k·(s/range − 1)) (Sauvola), or, with a
 * range of 0, m − k·s (Niblack). Voxels of 8 and 16 bits are compared in float32 first, without a division; where one of
 * sixteen lies nearer to its threshold than `near`, which is above the error of that, they are compared in float64.
 */
export function aboveMoments<T>(
  src: usize,
  row: usize,
  sums: usize,
  squares: usize,
  sumRow: usize,
  dst: usize,
  dstRow: usize,
  rows: usize,
  count: usize,
  n: f64,
  k: f64,
  range: f64,
  near: f32,
): void {
  const number = f64x2.splat(n);
  const factor = f64x2.splat(k);
  const full = f64x2.splat(range);
  const inverse = f64x2.splat(1 / n);
  // Both as m·(level + slope·s) − fall·s.
  const level = f32x4.splat(range === 0 ? 1 : <f32>(1 - k));
  const slope = f32x4.splat(range === 0 ? 0 : <f32>(k / range));
  const fall = f32x4.splat(range === 0 ? <f32>k : 0);
  const error = f32x4.splat(near);
  for (let y: usize = 0; y < rows; y++)
    for (let x: usize = 0; x < count; x += 16) {
      const from = src + y * row + x * sizeof<T>();
      const s = sums + y * sumRow + (x << 3);
      const q = squares + y * sumRow + (x << 3);
      const to = dst + y * dstRow + x;
      if (sizeof<T>() < 4) {
        const a = fourApart<T>(from, s, q, inverse, level, slope, fall);
        const b = fourApart<T>(from + 4 * sizeof<T>(), s + 32, q + 32, inverse, level, slope, fall);
        const c = fourApart<T>(from + 8 * sizeof<T>(), s + 64, q + 64, inverse, level, slope, fall);
        const d = fourApart<T>(from + 12 * sizeof<T>(), s + 96, q + 96, inverse, level, slope, fall);
        const far = v128.and(v128.and(isFar(a, error), isFar(b, error)), v128.and(isFar(c, error), isFar(d, error)));
        if (i32x4.all_true(far)) {
          const zero = f32x4.splat(0);
          const above = packed(f32x4.gt(a, zero), f32x4.gt(b, zero), f32x4.gt(c, zero), f32x4.gt(d, zero));
          v128.store(to, i8x16.neg(above));
          continue;
        }
      }
      v128.store(
        to,
        packed(
          fourAbove<T>(from, s, q, number, factor, full, range),
          fourAbove<T>(from + 4 * sizeof<T>(), s + 32, q + 32, number, factor, full, range),
          fourAbove<T>(from + 8 * sizeof<T>(), s + 64, q + 64, number, factor, full, range),
          fourAbove<T>(from + 12 * sizeof<T>(), s + 96, q + 96, number, factor, full, range),
        ),
      );
    }
}

/** What is no number, of thresholds that float32 cannot hold, is not far either. */
function isFar(apart: v128, error: v128): v128 {
  return f32x4.ge(f32x4.abs(apart), error);
}

/** How far four voxels lie above their thresholds, in float32. */
function fourApart<T>(
  src: usize,
  sums: usize,
  squares: usize,
  inverse: v128,
  level: v128,
  slope: v128,
  fall: v128,
): v128 {
  const a = f64x2.mul(v128.load(sums), inverse);
  const b = f64x2.mul(v128.load(sums, 16), inverse);
  const aa = f64x2.sub(f64x2.mul(v128.load(squares), inverse), f64x2.mul(a, a));
  const bb = f64x2.sub(f64x2.mul(v128.load(squares, 16), inverse), f64x2.mul(b, b));
  const mean = i32x4.shuffle(f32x4.demote_f64x2_zero(a), f32x4.demote_f64x2_zero(b), 0, 1, 4, 5);
  const variance = i32x4.shuffle(f32x4.demote_f64x2_zero(aa), f32x4.demote_f64x2_zero(bb), 0, 1, 4, 5);
  const deviation = f32x4.sqrt(f32x4.pmax(f32x4.splat(0), variance));
  const voxel = f32x4.convert_i32x4_s(four<T>(src));
  const threshold = f32x4.mul(mean, f32x4.add(level, f32x4.mul(slope, deviation)));
  return f32x4.sub(voxel, f32x4.sub(threshold, f32x4.mul(fall, deviation)));
}

function fourAbove<T>(src: usize, sums: usize, squares: usize, n: v128, k: v128, full: v128, range: f64): v128 {
  const a = thresholds(v128.load(sums), v128.load(squares), n, k, full, range);
  const b = thresholds(v128.load(sums, 16), v128.load(squares, 16), n, k, full, range);
  return compared<T>(four<T>(src), a, b);
}

/** Two thresholds, with the operations of scikit-image in its order: the same bits of the same sums. */
function thresholds(sum: v128, square: v128, n: v128, k: v128, full: v128, range: f64): v128 {
  const one = f64x2.splat(1);
  const mean = f64x2.div(sum, n);
  const variance = f64x2.sub(f64x2.div(square, n), f64x2.mul(mean, mean));
  const deviation = f64x2.sqrt(f64x2.max(variance, f64x2.splat(0)));
  if (range === 0) return f64x2.sub(mean, f64x2.mul(k, deviation));
  return f64x2.mul(mean, f64x2.add(one, f64x2.mul(k, f64x2.sub(f64x2.div(deviation, full), one))));
}

/** The same with float32 thresholds of their own, less `offset`. */
export function aboveFloats<T>(
  src: usize,
  row: usize,
  limits: usize,
  limitRow: usize,
  dst: usize,
  dstRow: usize,
  rows: usize,
  count: usize,
  offset: f64,
): void {
  const less = f64x2.splat(offset);
  for (let y: usize = 0; y < rows; y++)
    for (let x: usize = 0; x < count; x += 16) {
      const from = src + y * row + x * sizeof<T>();
      const t = limits + y * limitRow + (x << 2);
      v128.store(
        dst + y * dstRow + x,
        packed(
          fourAboveFloats<T>(from, t, less),
          fourAboveFloats<T>(from + 4 * sizeof<T>(), t + 16, less),
          fourAboveFloats<T>(from + 8 * sizeof<T>(), t + 32, less),
          fourAboveFloats<T>(from + 12 * sizeof<T>(), t + 48, less),
        ),
      );
    }
}

function fourAboveFloats<T>(src: usize, limits: usize, offset: v128): v128 {
  const v = v128.load(limits);
  const a = f64x2.sub(low<f32>(v), offset);
  const b = f64x2.sub(low<f32>(i32x4.shuffle(v, v, 2, 3, 2, 3)), offset);
  return compared<T>(four<T>(src), a, b);
}
