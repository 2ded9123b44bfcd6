/**
 * One axis of a Gaussian: dst[i] = w₀·src[i] + Σ wₖ·(src[i − k·stride] + src[i + k·stride]), in this order of float32
 * operations for every voxel, whatever vector or brick it falls in.
 *
 * Works on blocks of 64 floats through all planes, so that the lines of a block stay in the first-level cache.
 * @param src centre tap of the first output; `length` and strides in bytes, `length` rounded up to 64
 * @param planes outputs along the direction of `planeStride`: the axis itself, or repetitions of the line
 */
export function blur(
  src: usize,
  dst: usize,
  length: usize,
  stride: usize,
  planes: usize,
  planeStride: usize,
  dstStride: usize,
  half: usize,
  weights: usize,
): void {
  for (let block: usize = 0; block < length; block += 256) {
    const blockEnd = min(length, block + 256);
    for (let z: usize = 0; z < planes; z++) {
      for (let x = block; x < blockEnd; x += 64) {
        const c = src + z * planeStride + x;
        const w0 = v128.load32_splat(weights);
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
        const d = dst + z * dstStride + x;
        v128.store(d, a0);
        v128.store(d, a1, 16);
        v128.store(d, a2, 32);
        v128.store(d, a3, 48);
      }
    }
  }
}

/** The same with weights of opposite signs on both sides, as of a first derivative: dst[i] = Σ wₖ·(src[i + k·stride] − src[i − k·stride]). */
export function blurOdd(
  src: usize,
  dst: usize,
  length: usize,
  stride: usize,
  planes: usize,
  planeStride: usize,
  dstStride: usize,
  half: usize,
  weights: usize,
): void {
  const zero = f32x4.splat(0);
  for (let block: usize = 0; block < length; block += 256) {
    const blockEnd = min(length, block + 256);
    for (let z: usize = 0; z < planes; z++) {
      for (let x = block; x < blockEnd; x += 32) {
        const c = src + z * planeStride + x;
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
        const d = dst + z * dstStride + x;
        v128.store(d, a0);
        v128.store(d, a1, 16);
      }
    }
  }
}

/** Integers to float32, eight or more at a time: both arrays have room to the next multiple of 16 voxels. */
export function toFloats<T>(src: usize, dst: usize, count: usize): void {
  for (let k: usize = 0; k < count; k += 8) {
    let low: v128;
    let high: v128;
    if (sizeof<T>() === 4) {
      low = v128.load(src + (k << 2));
      high = v128.load(src + (k << 2), 16);
    } else if (sizeof<T>() === 2) {
      low = v128.load_ext<T>(src + (k << 1));
      high = v128.load_ext<T>(src + (k << 1), 8);
    } else {
      const half = v128.load_ext<T>(src + k);
      low = isSigned<T>() ? i32x4.extend_low_i16x8_s(half) : i32x4.extend_low_i16x8_u(half);
      high = isSigned<T>() ? i32x4.extend_high_i16x8_s(half) : i32x4.extend_high_i16x8_u(half);
    }
    const out = dst + (k << 2);
    v128.store(out, isSigned<T>() ? f32x4.convert_i32x4_s(low) : f32x4.convert_i32x4_u(low));
    v128.store(out, isSigned<T>() ? f32x4.convert_i32x4_s(high) : f32x4.convert_i32x4_u(high), 16);
  }
}

/** Float32 to the nearest integer (ties to even), held at the ends of the type's range; four at a time. NaN becomes 0. */
export function toIntegers<T>(src: usize, dst: usize, count: usize): void {
  for (let k: usize = 0; k < count; k += 4) {
    const v = f32x4.nearest(v128.load(src + (k << 2)));
    const out = dst + k * sizeof<T>();
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
