/**
 * One axis of a Gaussian: dst[i] = w₀·src[i] + Σ wₖ·(src[i − k·stride] + src[i + k·stride]), in this order of float32
 * operations for every voxel, whatever vector or brick it falls in.
 * @param src centre tap of the first output; `length` and strides in bytes, `length` rounded up to 64
 * @param lines lines of outputs, which lie `line` bytes apart
 */
export function blur(
  src: usize,
  dst: usize,
  length: usize,
  stride: usize,
  lines: usize,
  line: usize,
  dstStride: usize,
  half: usize,
  weights: usize,
): void {
  const w0 = v128.load32_splat(weights);
  for (let y: usize = 0; y < lines; y++)
    for (let x: usize = 0; x < length; x += 64) {
      const c = src + y * line + x;
      let a0 = f32x4.mul(w0, v128.load(c));
      let a1 = f32x4.mul(w0, v128.load(c, 16));
      let a2 = f32x4.mul(w0, v128.load(c, 32));
      let a3 = f32x4.mul(w0, v128.load(c, 48));
      let l = c;
      let r = c;
      for (let k: usize = 1; k <= half; k++) {
        const w = v128.load32_splat(weights + (k << 2));
        l -= stride;
        r += stride;
        a0 = f32x4.add(a0, f32x4.mul(w, f32x4.add(v128.load(l), v128.load(r))));
        a1 = f32x4.add(a1, f32x4.mul(w, f32x4.add(v128.load(l, 16), v128.load(r, 16))));
        a2 = f32x4.add(a2, f32x4.mul(w, f32x4.add(v128.load(l, 32), v128.load(r, 32))));
        a3 = f32x4.add(a3, f32x4.mul(w, f32x4.add(v128.load(l, 48), v128.load(r, 48))));
      }
      const d = dst + y * dstStride + x;
      v128.store(d, a0);
      v128.store(d, a1, 16);
      v128.store(d, a2, 32);
      v128.store(d, a3, 48);
    }
}

/** The same with weights of opposite signs on both sides, as of a first derivative: dst[i] = Σ wₖ·(src[i + k·stride] − src[i − k·stride]). */
export function blurOdd(
  src: usize,
  dst: usize,
  length: usize,
  stride: usize,
  lines: usize,
  line: usize,
  dstStride: usize,
  half: usize,
  weights: usize,
): void {
  const zero = f32x4.splat(0);
  for (let y: usize = 0; y < lines; y++)
    for (let x: usize = 0; x < length; x += 32) {
      const c = src + y * line + x;
      let a0 = zero;
      let a1 = zero;
      let l = c;
      let r = c;
      for (let k: usize = 1; k <= half; k++) {
        const w = v128.load32_splat(weights + (k << 2));
        l -= stride;
        r += stride;
        a0 = f32x4.add(a0, f32x4.mul(w, f32x4.sub(v128.load(r), v128.load(l))));
        a1 = f32x4.add(a1, f32x4.mul(w, f32x4.sub(v128.load(r, 16), v128.load(l, 16))));
      }
      const d = dst + y * dstStride + x;
      v128.store(d, a0);
      v128.store(d, a1, 16);
    }
}

/**
 * What `blur` gives along the axis on which lines lie `stride` bytes apart, for two outputs at a time: the lines of one are
 * those of the other but for two, and each is read once for both. The same operations in the same order as in `blur`.
 * @param lines outputs along the axis, an even number
 */
export function blurPairs(
  src: usize,
  dst: usize,
  length: usize,
  stride: usize,
  lines: usize,
  dstStride: usize,
  half: usize,
  weights: usize,
): void {
  const w0 = v128.load32_splat(weights);
  for (let z: usize = 0; z < lines; z += 2)
    for (let x: usize = 0; x < length; x += 32) {
      let l = src + z * stride + x;
      let r = l + stride;
      let left0 = v128.load(l);
      let left1 = v128.load(l, 16);
      let right0 = v128.load(r);
      let right1 = v128.load(r, 16);
      let a0 = f32x4.mul(w0, left0);
      let a1 = f32x4.mul(w0, left1);
      let b0 = f32x4.mul(w0, right0);
      let b1 = f32x4.mul(w0, right1);
      for (let k: usize = 1; k <= half; k++) {
        const w = v128.load32_splat(weights + (k << 2));
        l -= stride;
        r += stride;
        const before0 = v128.load(l);
        const before1 = v128.load(l, 16);
        const behind0 = v128.load(r);
        const behind1 = v128.load(r, 16);
        a0 = f32x4.add(a0, f32x4.mul(w, f32x4.add(before0, right0)));
        a1 = f32x4.add(a1, f32x4.mul(w, f32x4.add(before1, right1)));
        b0 = f32x4.add(b0, f32x4.mul(w, f32x4.add(left0, behind0)));
        b1 = f32x4.add(b1, f32x4.mul(w, f32x4.add(left1, behind1)));
        left0 = before0;
        left1 = before1;
        right0 = behind0;
        right1 = behind1;
      }
      const d = dst + z * dstStride + x;
      v128.store(d, a0);
      v128.store(d, a1, 16);
      v128.store(d + dstStride, b0);
      v128.store(d + dstStride, b1, 16);
    }
}

/** The same for `blurOdd`. */
export function blurOddPairs(
  src: usize,
  dst: usize,
  length: usize,
  stride: usize,
  lines: usize,
  dstStride: usize,
  half: usize,
  weights: usize,
): void {
  const zero = f32x4.splat(0);
  for (let z: usize = 0; z < lines; z += 2)
    for (let x: usize = 0; x < length; x += 32) {
      let l = src + z * stride + x;
      let r = l + stride;
      let left0 = v128.load(l);
      let left1 = v128.load(l, 16);
      let right0 = v128.load(r);
      let right1 = v128.load(r, 16);
      let a0 = zero;
      let a1 = zero;
      let b0 = zero;
      let b1 = zero;
      for (let k: usize = 1; k <= half; k++) {
        const w = v128.load32_splat(weights + (k << 2));
        l -= stride;
        r += stride;
        const before0 = v128.load(l);
        const before1 = v128.load(l, 16);
        const behind0 = v128.load(r);
        const behind1 = v128.load(r, 16);
        a0 = f32x4.add(a0, f32x4.mul(w, f32x4.sub(right0, before0)));
        a1 = f32x4.add(a1, f32x4.mul(w, f32x4.sub(right1, before1)));
        b0 = f32x4.add(b0, f32x4.mul(w, f32x4.sub(behind0, left0)));
        b1 = f32x4.add(b1, f32x4.mul(w, f32x4.sub(behind1, left1)));
        left0 = before0;
        left1 = before1;
        right0 = behind0;
        right1 = behind1;
      }
      const d = dst + z * dstStride + x;
      v128.store(d, a0);
      v128.store(d, a1, 16);
      v128.store(d + dstStride, b0);
      v128.store(d + dstStride, b1, 16);
    }
}

/**
 * What `blur` gives of voxels of 8 and 16 bits: the two on either side are added as integers, as exactly as in float32, and
 * read as a quarter or half of the bytes.
 * @param count voxels of a line, rounded up to 16
 */
export function blurVoxels<T>(
  src: usize,
  dst: usize,
  count: usize,
  stride: usize,
  lines: usize,
  dstStride: usize,
  half: usize,
  weights: usize,
): void {
  const w0 = v128.load32_splat(weights);
  for (let z: usize = 0; z < lines; z++)
    for (let x: usize = 0; x < count; x += 16) {
      const c = src + z * stride + x * sizeof<T>();
      let a0: v128;
      let a1: v128;
      let a2: v128;
      let a3: v128;
      if (sizeof<T>() === 1) {
        const low = v128.load_ext<T>(c);
        const high = v128.load_ext<T>(c, 8);
        a0 = f32x4.mul(w0, f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(low)));
        a1 = f32x4.mul(w0, f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_s(low)));
        a2 = f32x4.mul(w0, f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(high)));
        a3 = f32x4.mul(w0, f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_s(high)));
      } else {
        a0 = f32x4.mul(w0, f32x4.convert_i32x4_s(v128.load_ext<T>(c)));
        a1 = f32x4.mul(w0, f32x4.convert_i32x4_s(v128.load_ext<T>(c, 8)));
        a2 = f32x4.mul(w0, f32x4.convert_i32x4_s(v128.load_ext<T>(c, 16)));
        a3 = f32x4.mul(w0, f32x4.convert_i32x4_s(v128.load_ext<T>(c, 24)));
      }
      let l = c;
      let r = c;
      for (let k: usize = 1; k <= half; k++) {
        const w = v128.load32_splat(weights + (k << 2));
        l -= stride;
        r += stride;
        if (sizeof<T>() === 1) {
          const low = i16x8.add(v128.load_ext<T>(l), v128.load_ext<T>(r));
          const high = i16x8.add(v128.load_ext<T>(l, 8), v128.load_ext<T>(r, 8));
          a0 = f32x4.add(a0, f32x4.mul(w, f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(low))));
          a1 = f32x4.add(a1, f32x4.mul(w, f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_s(low))));
          a2 = f32x4.add(a2, f32x4.mul(w, f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(high))));
          a3 = f32x4.add(a3, f32x4.mul(w, f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_s(high))));
        } else {
          const p0 = i32x4.add(v128.load_ext<T>(l), v128.load_ext<T>(r));
          const p1 = i32x4.add(v128.load_ext<T>(l, 8), v128.load_ext<T>(r, 8));
          const p2 = i32x4.add(v128.load_ext<T>(l, 16), v128.load_ext<T>(r, 16));
          const p3 = i32x4.add(v128.load_ext<T>(l, 24), v128.load_ext<T>(r, 24));
          a0 = f32x4.add(a0, f32x4.mul(w, f32x4.convert_i32x4_s(p0)));
          a1 = f32x4.add(a1, f32x4.mul(w, f32x4.convert_i32x4_s(p1)));
          a2 = f32x4.add(a2, f32x4.mul(w, f32x4.convert_i32x4_s(p2)));
          a3 = f32x4.add(a3, f32x4.mul(w, f32x4.convert_i32x4_s(p3)));
        }
      }
      const d = dst + z * dstStride + (x << 2);
      v128.store(d, a0);
      v128.store(d, a1, 16);
      v128.store(d, a2, 32);
      v128.store(d, a3, 48);
    }
}

/** The same for `blurOdd`. */
export function blurOddVoxels<T>(
  src: usize,
  dst: usize,
  count: usize,
  stride: usize,
  lines: usize,
  dstStride: usize,
  half: usize,
  weights: usize,
): void {
  const zero = f32x4.splat(0);
  for (let z: usize = 0; z < lines; z++)
    for (let x: usize = 0; x < count; x += 16) {
      const c = src + z * stride + x * sizeof<T>();
      let a0 = zero;
      let a1 = zero;
      let a2 = zero;
      let a3 = zero;
      let l = c;
      let r = c;
      for (let k: usize = 1; k <= half; k++) {
        const w = v128.load32_splat(weights + (k << 2));
        l -= stride;
        r += stride;
        if (sizeof<T>() === 1) {
          const low = i16x8.sub(v128.load_ext<T>(r), v128.load_ext<T>(l));
          const high = i16x8.sub(v128.load_ext<T>(r, 8), v128.load_ext<T>(l, 8));
          a0 = f32x4.add(a0, f32x4.mul(w, f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(low))));
          a1 = f32x4.add(a1, f32x4.mul(w, f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_s(low))));
          a2 = f32x4.add(a2, f32x4.mul(w, f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(high))));
          a3 = f32x4.add(a3, f32x4.mul(w, f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_s(high))));
        } else {
          const p0 = i32x4.sub(v128.load_ext<T>(r), v128.load_ext<T>(l));
          const p1 = i32x4.sub(v128.load_ext<T>(r, 8), v128.load_ext<T>(l, 8));
          const p2 = i32x4.sub(v128.load_ext<T>(r, 16), v128.load_ext<T>(l, 16));
          const p3 = i32x4.sub(v128.load_ext<T>(r, 24), v128.load_ext<T>(l, 24));
          a0 = f32x4.add(a0, f32x4.mul(w, f32x4.convert_i32x4_s(p0)));
          a1 = f32x4.add(a1, f32x4.mul(w, f32x4.convert_i32x4_s(p1)));
          a2 = f32x4.add(a2, f32x4.mul(w, f32x4.convert_i32x4_s(p2)));
          a3 = f32x4.add(a3, f32x4.mul(w, f32x4.convert_i32x4_s(p3)));
        }
      }
      const d = dst + z * dstStride + (x << 2);
      v128.store(d, a0);
      v128.store(d, a1, 16);
      v128.store(d, a2, 32);
      v128.store(d, a3, 48);
    }
}

/** A box of integers to float32, eight at a time: rows have room to the next multiple of 8 voxels on both sides. */
export function toFloats<T>(
  src: usize,
  row: usize,
  plane: usize,
  dst: usize,
  dstRow: usize,
  dstPlane: usize,
  planes: usize,
  rows: usize,
  columns: usize,
): void {
  for (let z: usize = 0; z < planes; z++)
    for (let y: usize = 0; y < rows; y++) {
      const from = src + z * plane + y * row;
      const to = dst + z * dstPlane + y * dstRow;
      for (let k: usize = 0; k < columns; k += 8) {
        let low: v128;
        let high: v128;
        if (sizeof<T>() === 4) {
          low = v128.load(from + (k << 2));
          high = v128.load(from + (k << 2), 16);
        } else if (sizeof<T>() === 2) {
          low = v128.load_ext<T>(from + (k << 1));
          high = v128.load_ext<T>(from + (k << 1), 8);
        } else {
          const half = v128.load_ext<T>(from + k);
          low = isSigned<T>() ? i32x4.extend_low_i16x8_s(half) : i32x4.extend_low_i16x8_u(half);
          high = isSigned<T>() ? i32x4.extend_high_i16x8_s(half) : i32x4.extend_high_i16x8_u(half);
        }
        // Less than 32 bits are never negative as signed ones, whose conversion is one instruction.
        const signed = isSigned<T>() || sizeof<T>() < 4;
        v128.store(to + (k << 2), signed ? f32x4.convert_i32x4_s(low) : f32x4.convert_i32x4_u(low));
        v128.store(to + (k << 2), signed ? f32x4.convert_i32x4_s(high) : f32x4.convert_i32x4_u(high), 16);
      }
    }
}

/**
 * Rows of float32 to the nearest integers (ties to even), held at the ends of the type's range; four at a time. NaN
 * becomes 0.
 */
export function toIntegers<T>(src: usize, row: usize, dst: usize, dstRow: usize, rows: usize, columns: usize): void {
  for (let y: usize = 0; y < rows; y++)
    for (let k: usize = 0; k < columns; k += 4) {
      const v = f32x4.nearest(v128.load(src + y * row + (k << 2)));
      const out = dst + y * dstRow + k * sizeof<T>();
      if (sizeof<T>() === 4) {
        v128.store(out, isSigned<T>() ? i32x4.trunc_sat_f32x4_s(v) : i32x4.trunc_sat_f32x4_u(v));
        continue;
      }
      const wide = i32x4.trunc_sat_f32x4_s(v);
      if (sizeof<T>() === 2) {
        v128.store64_lane(out, isSigned<T>() ? i16x8.narrow_i32x4_s(wide, wide) : i16x8.narrow_i32x4_u(wide, wide), 0);
      } else {
        const half = i16x8.narrow_i32x4_s(wide, wide);
        v128.store32_lane(out, isSigned<T>() ? i8x16.narrow_i16x8_s(half, half) : i8x16.narrow_i16x8_u(half, half), 0);
      }
    }
}
