// Where runs of equal voxels end; for kernels to take into their loops (inline.mjs).

/** Bits of the 16 voxels from `at` on that are as the one behind them. */
function likeNext<T>(at: usize): u32 {
  if (sizeof<T>() === 1) return <u32>i8x16.bitmask(i8x16.eq(v128.load(at), v128.load(at, 1)));
  if (sizeof<T>() === 2) {
    const low = i16x8.eq(v128.load(at), v128.load(at, 2));
    return <u32>i8x16.bitmask(i8x16.narrow_i16x8_s(low, i16x8.eq(v128.load(at, 16), v128.load(at, 18))));
  }
  const a = i32x4.eq(v128.load(at), v128.load(at, 4));
  const b = i32x4.eq(v128.load(at, 16), v128.load(at, 20));
  const c = i32x4.eq(v128.load(at, 32), v128.load(at, 36));
  const d = i32x4.eq(v128.load(at, 48), v128.load(at, 52));
  return <u32>i8x16.bitmask(i8x16.narrow_i16x8_s(i16x8.narrow_i32x4_s(a, b), i16x8.narrow_i32x4_s(c, d)));
}

/** Bits of the 16 bytes from `at` on of which one is 0 and the one behind it is not, or the other way round. */
function edgesOf(at: usize): u32 {
  const none = i8x16.splat(0);
  const unlike = v128.xor(i8x16.eq(v128.load(at), none), i8x16.eq(v128.load(at, 1), none));
  return <u32>i8x16.bitmask(unlike);
}

/**
 * Bits of the 64 voxels from `x` on of a row with which a run of equal voxels ends; with the last one of the row it always does.
 *
 * How many runs end in some voxels is not foreseen by the processor: of 64 at once it is asked less often than of 16.
 * @param line first voxel of the row; behind the last one 68 bytes may be read
 * @param inside a byte for each voxel, or 0: runs end where what is not 0 ends or begins, too
 */
export function runEnds<T>(line: usize, inside: usize, x: usize, columns: usize): u64 {
  const some = min<usize>(columns - x, 64);
  let ends: u64 = 0;
  for (let bit: usize = 0; bit < some; bit += 16) {
    ends |= (<u64>(likeNext<T>(line + (x + bit) * sizeof<T>()) ^ 0xffff)) << bit;
    if (inside !== 0) ends |= (<u64>edgesOf(inside + x + bit)) << bit;
  }
  if (x + some < columns) return ends;
  const end = (<u64>1) << (some - 1);
  return (ends & (end - 1)) | end;
}
