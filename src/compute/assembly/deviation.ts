// The local standard deviation, from sums and sums of squares in float64: in float32 the difference of two large numbers
// would be lost. Sums of squares of 16-bit voxels are exact up to 2 million of them.

/** Two of four voxels as float64. */
export function low<T>(v: v128): v128 {
  if (isFloat<T>()) return f64x2.promote_low_f32x4(v);
  return isSigned<T>() || sizeof<T>() < 4 ? f64x2.convert_low_i32x4_s(v) : f64x2.convert_low_i32x4_u(v);
}

/** Four voxels, integers of 32 bits where they are narrower. */
export function four<T>(at: usize): v128 {
  if (sizeof<T>() === 4) return v128.load(at);
  if (sizeof<T>() === 2) return v128.load_ext<T>(at);
  const half = isSigned<T>()
    ? i16x8.extend_low_i8x16_s(v128.load32_zero(at))
    : i16x8.extend_low_i8x16_u(v128.load32_zero(at));
  return isSigned<T>() ? i32x4.extend_low_i16x8_s(half) : i32x4.extend_low_i16x8_u(half);
}

/** Sums and sums of squares of `taps` voxels that lie `stride` bytes apart; rows of `count` voxels, rounded up to 4. */
export function sumMoments<T>(
  src: usize,
  sums: usize,
  squares: usize,
  count: usize,
  stride: usize,
  taps: usize,
  rows: usize,
  row: usize,
  dstRow: usize,
): void {
  const zero = f64x2.splat(0);
  const end = stride * taps;
  for (let y: usize = 0; y < rows; y++)
    for (let x: usize = 0; x < count; x += 4) {
      const at = src + y * row + x * sizeof<T>();
      const to = y * dstRow + (x << 3);
      let a = zero;
      let b = zero;
      let aa = zero;
      let bb = zero;
      for (let k: usize = 0; k < end; k += stride) {
        const v = four<T>(at + k);
        const p = low<T>(v);
        const q = low<T>(i32x4.shuffle(v, v, 2, 3, 2, 3));
        a = f64x2.add(a, p);
        b = f64x2.add(b, q);
        aa = f64x2.add(aa, f64x2.mul(p, p));
        bb = f64x2.add(bb, f64x2.mul(q, q));
      }
      v128.store(sums + to, a);
      v128.store(sums + to, b, 16);
      v128.store(squares + to, aa);
      v128.store(squares + to, bb, 16);
    }
}

/** Sums of `taps` float64 that lie `stride` bytes apart; rows of `length` bytes, rounded up to 32. */
export function sumDoubles(
  src: usize,
  dst: usize,
  length: usize,
  stride: usize,
  taps: usize,
  rows: usize,
  row: usize,
  dstRow: usize,
): void {
  const end = stride * taps;
  for (let y: usize = 0; y < rows; y++)
    for (let x: usize = 0; x < length; x += 32) {
      const at = src + y * row + x;
      let a = v128.load(at);
      let b = v128.load(at, 16);
      for (let k = stride; k < end; k += stride) {
        a = f64x2.add(a, v128.load(at + k));
        b = f64x2.add(b, v128.load(at + k, 16));
      }
      v128.store(dst + y * dstRow + x, a);
      v128.store(dst + y * dstRow + x, b, 16);
    }
}

/** Standard deviations as float32 from sums and sums of squares of n values; rows of `count` voxels, rounded up to 4. */
export function deviations(
  sums: usize,
  squares: usize,
  dst: usize,
  count: usize,
  rows: usize,
  row: usize,
  dstRow: usize,
  n: f64,
): void {
  const divisor = f64x2.splat(n);
  for (let y: usize = 0; y < rows; y++)
    for (let x: usize = 0; x < count; x += 4) {
      const s = sums + y * row + (x << 3);
      const q = squares + y * row + (x << 3);
      const a = deviation(v128.load(s), v128.load(q), divisor);
      const b = deviation(v128.load(s, 16), v128.load(q, 16), divisor);
      v128.store(dst + y * dstRow + (x << 2), i32x4.shuffle(a, b, 0, 1, 4, 5));
    }
}

/** Two standard deviations as float32. */
function deviation(sum: v128, square: v128, n: v128): v128 {
  const variance = f64x2.div(f64x2.sub(square, f64x2.div(f64x2.mul(sum, sum), n)), n);
  // Rounding may leave a hair below zero; a NaN stays one.
  return f32x4.demote_f64x2_zero(f64x2.sqrt(f64x2.max(variance, f64x2.splat(0))));
}
