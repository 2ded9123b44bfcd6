/**
 * Labels of keys by ascending thresholds (also keys, 32 bits each): the number of thresholds below a key; a
 * 32-bit key above `numbers`, which NaN has, gives 255. Sixteen voxels at a time: both arrays have room to the next multiple.
 */
export function labels<T>(src: usize, dst: usize, count: usize, thresholds: usize, n: usize, numbers: i32): void {
  const zero = i8x16.splat(0);
  for (let k: usize = 0; k < count; k += 16) {
    const at = src + k * sizeof<T>();
    let label = zero;
    for (let t: usize = 0; t < n; t++) {
      const limit = v128.splat<T>(<T>load<i32>(thresholds + (t << 2)));
      label = i8x16.sub(label, above<T>(at, limit));
    }
    if (sizeof<T>() === 4) label = v128.or(label, above<T>(at, i32x4.splat(numbers)));
    v128.store(dst + k, label);
  }
}

/** Sixteen bytes, 255 where a key is above the limit. */
function above<T>(at: usize, limit: v128): v128 {
  if (sizeof<T>() === 1) return v128.gt<T>(v128.load(at), limit);
  if (sizeof<T>() === 2)
    return i8x16.narrow_i16x8_s(v128.gt<T>(v128.load(at), limit), v128.gt<T>(v128.load(at, 16), limit));
  return i8x16.narrow_i16x8_s(
    i16x8.narrow_i32x4_s(v128.gt<T>(v128.load(at), limit), v128.gt<T>(v128.load(at, 16), limit)),
    i16x8.narrow_i32x4_s(v128.gt<T>(v128.load(at, 32), limit), v128.gt<T>(v128.load(at, 48), limit)),
  );
}
