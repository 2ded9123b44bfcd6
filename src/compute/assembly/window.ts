// Windows along one axis: the smallest value, the sum, the moments. All read whole vectors; strides are in bytes.

/**
 * The smallest of `taps` keys that lie `stride` bytes apart, for rows of `length` bytes (rounded up to 32).
 * @param src the first tap of the first output
 */
export function smallest<T>(
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
  for (let y: usize = 0; y < rows; y++) {
    const from = src + y * row;
    const to = dst + y * dstRow;
    for (let x: usize = 0; x < length; x += 32) {
      const at = from + x;
      let a = v128.load(at);
      let b = v128.load(at, 16);
      for (let k = stride; k < end; k += stride) {
        a = v128.min<T>(a, v128.load(at + k));
        b = v128.min<T>(b, v128.load(at + k, 16));
      }
      v128.store(to + x, a);
      v128.store(to + x, b, 16);
    }
  }
}

/** Widens windows along x by the key on either side: window = min(window, left, right), `by` bytes away. */
export function widenSmallest<T>(window: usize, src: usize, bytes: usize, by: usize): void {
  for (let k = by; k + by < bytes; k += 16) {
    const sides = v128.min<T>(v128.load(src + k - by), v128.load(src + k + by));
    v128.store(window + k, v128.min<T>(v128.load(window + k), sides));
  }
}

/** dst = min(dst, all windows at the byte distances `offsets`), for rows of `length` bytes (rounded up to 32). */
export function joinSmallest<T>(
  src: usize,
  dst: usize,
  length: usize,
  rows: usize,
  row: usize,
  dstRow: usize,
  offsets: usize,
  count: usize,
): void {
  const end = offsets + (count << 2);
  for (let y: usize = 0; y < rows; y++)
    for (let x: usize = 0; x < length; x += 32) {
      const at = src + y * row + x;
      const to = dst + y * dstRow + x;
      let a = v128.load(to);
      let b = v128.load(to, 16);
      for (let o = offsets; o < end; o += 4) {
        const p = at + load<i32>(o);
        a = v128.min<T>(a, v128.load(p));
        b = v128.min<T>(b, v128.load(p, 16));
      }
      v128.store(to, a);
      v128.store(to, b, 16);
    }
}

/** The same with sums of float32: window + left + right. */
export function widenSum(window: usize, src: usize, bytes: usize, by: usize): void {
  for (let k = by; k + by < bytes; k += 16) {
    const sides = f32x4.add(v128.load(src + k - by), v128.load(src + k + by));
    v128.store(window + k, f32x4.add(v128.load(window + k), sides));
  }
}

/** The same with sums of float32: dst + all windows, in the order of the offsets. */
export function joinSum(
  src: usize,
  dst: usize,
  length: usize,
  rows: usize,
  row: usize,
  dstRow: usize,
  offsets: usize,
  count: usize,
): void {
  const end = offsets + (count << 2);
  for (let y: usize = 0; y < rows; y++)
    for (let x: usize = 0; x < length; x += 32) {
      const at = src + y * row + x;
      const to = dst + y * dstRow + x;
      let a = v128.load(to);
      let b = v128.load(to, 16);
      for (let o = offsets; o < end; o += 4) {
        const p = at + load<i32>(o);
        a = f32x4.add(a, v128.load(p));
        b = f32x4.add(b, v128.load(p, 16));
      }
      v128.store(to, a);
      v128.store(to, b, 16);
    }
}

/**
 * Sums of `taps` voxels that lie `stride` bytes apart, as float32; those of 8 and 16 bits are added as integers, so
 * exactly: up to 257 taps. Rows of `count` voxels, rounded up to 8.
 */
export function sumVoxels<T>(
  src: usize,
  dst: usize,
  count: usize,
  stride: usize,
  taps: usize,
  rows: usize,
  row: usize,
  dstRow: usize,
): void {
  const end = stride * taps;
  for (let y: usize = 0; y < rows; y++)
    for (let x: usize = 0; x < count; x += 8) {
      const at = src + y * row + x * sizeof<T>();
      const to = dst + y * dstRow + (x << 2);
      if (isFloat<T>()) {
        let a = v128.load(at);
        let b = v128.load(at, 16);
        for (let k = stride; k < end; k += stride) {
          a = f32x4.add(a, v128.load(at + k));
          b = f32x4.add(b, v128.load(at + k, 16));
        }
        v128.store(to, a);
        v128.store(to, b, 16);
      } else if (sizeof<T>() === 4) {
        let a = floats<T>(v128.load(at));
        let b = floats<T>(v128.load(at, 16));
        for (let k = stride; k < end; k += stride) {
          a = f32x4.add(a, floats<T>(v128.load(at + k)));
          b = f32x4.add(b, floats<T>(v128.load(at + k, 16)));
        }
        v128.store(to, a);
        v128.store(to, b, 16);
      } else if (sizeof<T>() === 2) {
        let a = v128.load_ext<T>(at);
        let b = v128.load_ext<T>(at, 8);
        for (let k = stride; k < end; k += stride) {
          a = i32x4.add(a, v128.load_ext<T>(at + k));
          b = i32x4.add(b, v128.load_ext<T>(at + k, 8));
        }
        v128.store(to, f32x4.convert_i32x4_s(a));
        v128.store(to, f32x4.convert_i32x4_s(b), 16);
      } else {
        let a = v128.load_ext<T>(at);
        for (let k = stride; k < end; k += stride) a = i16x8.add(a, v128.load_ext<T>(at + k));
        v128.store(to, floats<T>(isSigned<T>() ? i32x4.extend_low_i16x8_s(a) : i32x4.extend_low_i16x8_u(a)));
        v128.store(to, floats<T>(isSigned<T>() ? i32x4.extend_high_i16x8_s(a) : i32x4.extend_high_i16x8_u(a)), 16);
      }
    }
}

/** Four integers of 32 bits as float32. */
function floats<T>(v: v128): v128 {
  return isSigned<T>() ? f32x4.convert_i32x4_s(v) : f32x4.convert_i32x4_u(v);
}

/** Sums of `taps` float32 that lie `stride` bytes apart, divided by a number; rows of `length` bytes, rounded up to 64. */
export function sumFloats(
  src: usize,
  dst: usize,
  length: usize,
  stride: usize,
  taps: usize,
  rows: usize,
  row: usize,
  dstRow: usize,
  by: f32,
): void {
  const divisor = f32x4.splat(by);
  const end = stride * taps;
  for (let y: usize = 0; y < rows; y++)
    for (let x: usize = 0; x < length; x += 64) {
      const at = src + y * row + x;
      const to = dst + y * dstRow + x;
      let a = v128.load(at);
      let b = v128.load(at, 16);
      let c = v128.load(at, 32);
      let d = v128.load(at, 48);
      for (let k = stride; k < end; k += stride) {
        a = f32x4.add(a, v128.load(at + k));
        b = f32x4.add(b, v128.load(at + k, 16));
        c = f32x4.add(c, v128.load(at + k, 32));
        d = f32x4.add(d, v128.load(at + k, 48));
      }
      if (by !== 1) {
        a = f32x4.div(a, divisor);
        b = f32x4.div(b, divisor);
        c = f32x4.div(c, divisor);
        d = f32x4.div(d, divisor);
      }
      v128.store(to, a);
      v128.store(to, b, 16);
      v128.store(to, c, 32);
      v128.store(to, d, 48);
    }
}
