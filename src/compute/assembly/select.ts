/**
 * The value of a rank in the neighbourhood of each voxel of a plane, found bit by bit from the highest: a bit is set if
 * not more than `rank` neighbours are below what that gives. For up to 255 neighbours, which 8-bit lanes can count.
 * @param src the slab's voxel at the first voxel of the result; `offsets` are byte distances of the neighbours from it
 * @param bits number of low bits in which keys differ; `prefix` has the others, of keys taken as unsigned (biased) numbers
 */
export function selectByBits<T>(
  src: usize,
  row: usize,
  dst: usize,
  dstRow: usize,
  rows: usize,
  columns: usize,
  offsets: usize,
  count: usize,
  bits: i32,
  prefix: u32,
  rank: u32,
): void {
  const width = columns * sizeof<T>();
  const end = offsets + (count << 2);
  const topBit: i32 = 1 << (8 * <i32>sizeof<T>() - 1);
  const sign = v128.splat<T>(<T>topBit);
  const start = v128.splat<T>(<T>prefix);
  const wanted = v128.splat<T>(<T>rank);
  const zero = i8x16.splat(0);
  for (let y: usize = 0; y < rows; y++) {
    const at = src + y * row;
    const out = dst + y * dstRow;
    let x: usize = 0;
    // Two vectors at a time share the walk through the offsets.
    for (; x < width; x += 32) {
      let t0 = start;
      let t1 = start;
      for (let b = bits - 1; b >= 0; b--) {
        const value: i32 = 1 << b;
        const bit = v128.splat<T>(<T>value);
        const c0 = v128.or(t0, bit);
        const c1 = v128.or(t1, bit);
        const k0 = v128.xor(c0, sign);
        const k1 = v128.xor(c1, sign);
        let n0 = zero;
        let n1 = zero;
        for (let o = offsets; o < end; o += 4) {
          const p = at + x + load<i32>(o);
          n0 = v128.sub<T>(n0, v128.lt<T>(v128.load(p), k0));
          n1 = v128.sub<T>(n1, v128.lt<T>(v128.load(p, 16), k1));
        }
        t0 = v128.bitselect(c0, t0, below<T>(n0, wanted));
        t1 = v128.bitselect(c1, t1, below<T>(n1, wanted));
      }
      v128.store(out + x, v128.xor(t0, sign));
      v128.store(out + x, v128.xor(t1, sign), 16);
    }
  }
}

/** Lanes in which an unsigned count is at most `limit`. */
function below<T>(count: v128, limit: v128): v128 {
  if (sizeof<T>() === 1) return i8x16.le_u(count, limit);
  if (sizeof<T>() === 2) return i16x8.le_u(count, limit);
  return i32x4.le_u(count, limit);
}
