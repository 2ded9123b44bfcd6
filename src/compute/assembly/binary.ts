/**
 * Morphology on one bit a voxel. Rows of bits are multiples of 16 bytes and have 16 more; what stands beyond the last voxel
 * means nothing and is looked at by no voxel that counts. All is told as erosion: a dilation is the erosion of the complement.
 */

/** Sixteen bytes, −1 where a voxel has the label. */
export function equalAt<T>(at: usize, label: v128): v128 {
  if (sizeof<T>() === 1) return v128.eq<T>(v128.load(at), label);
  if (sizeof<T>() === 2)
    return i8x16.narrow_i16x8_s(v128.eq<T>(v128.load(at), label), v128.eq<T>(v128.load(at, 16), label));
  return i8x16.narrow_i16x8_s(
    i16x8.narrow_i32x4_s(v128.eq<T>(v128.load(at), label), v128.eq<T>(v128.load(at, 16), label)),
    i16x8.narrow_i32x4_s(v128.eq<T>(v128.load(at, 32), label), v128.eq<T>(v128.load(at, 48), label)),
  );
}

/** Sixteen bits, set where a voxel has the label, or (`any`) is not 0. */
function bitsAt<T>(at: usize, limit: v128, any: i32): i32 {
  return i8x16.bitmask(equalAt<T>(at, limit)) ^ (any ? 0xffff : 0);
}

/**
 * A box of voxels to bits.
 * @param any 1: all voxels but those with the label, which is then 0
 */
export function packBits<T>(
  src: usize,
  row: usize,
  plane: usize,
  dst: usize,
  bitRow: usize,
  planes: usize,
  rows: usize,
  columns: usize,
  label: i32,
  any: i32,
): void {
  const limit = v128.splat<T>(<T>label);
  for (let z: usize = 0; z < planes; z++)
    for (let y: usize = 0; y < rows; y++) {
      const from = src + z * plane + y * row;
      const to = dst + (z * rows + y) * bitRow;
      for (let x: usize = 0; x < columns; x += 16)
        store<u16>(to + (x >> 3), <u16>bitsAt<T>(from + x * sizeof<T>(), limit, any));
    }
}

/** Sets bits of `dst` where they are set in `src`. */
export function orBits(src: usize, dst: usize, bytes: usize): void {
  for (let k: usize = 0; k < bytes; k += 16) v128.store(dst + k, v128.or(v128.load(dst + k), v128.load(src + k)));
}

/** Clears bits of `dst` where they are set in `src`. */
export function clearBits(src: usize, dst: usize, bytes: usize): void {
  for (let k: usize = 0; k < bytes; k += 16) v128.store(dst + k, v128.andnot(v128.load(dst + k), v128.load(src + k)));
}

export function flipBits(bits: usize, bytes: usize): void {
  for (let k: usize = 0; k < bytes; k += 16) v128.store(bits + k, v128.not(v128.load(bits + k)));
}

/** The 128 bits that begin `shift` bits behind an address. */
function shifted(at: usize, shift: i32): v128 {
  const from = at + ((<usize>shift >> 6) << 3);
  const rest = shift & 63;
  const here = v128.load(from);
  return rest === 0 ? here : v128.or(i64x2.shr_u(here, rest), i64x2.shl(v128.load(from, 8), 64 - rest));
}

/** Keeps the bits whose neighbour `shift` further on is set, too: windows along x grow by so much. */
export function narrowBits(bits: usize, bytes: usize, shift: i32): void {
  for (let k: usize = 0; k < bytes; k += 16)
    v128.store(bits + k, v128.and(v128.load(bits + k), shifted(bits + k, shift)));
}

/**
 * Keeps the bits of rows under which all rows of a structuring element are set.
 * @param middles distances in bytes from a row to the element's rows of one length
 * @param shift bits from the first of a window to its middle voxel's place
 * @param bytes of a row of `dst`, a multiple of 16
 * @param line room for `lineBytes` and 32 more: those bits of a row, in whole vectors, that the voxels of `dst` look at
 */
export function keepBits(
  src: usize,
  bitRow: usize,
  rows: usize,
  dst: usize,
  dstRow: usize,
  bytes: usize,
  shift: i32,
  middles: usize,
  count: usize,
  line: usize,
  lineBytes: usize,
): void {
  const stop = middles + (count << 2);
  for (let y: usize = 0; y < rows; y++) {
    const from = src + y * bitRow;
    for (let k: usize = 0; k < lineBytes; k += 16) {
      let all = i64x2.splat(-1);
      for (let m = middles; m < stop; m += 4) all = v128.and(all, v128.load(from + load<i32>(m) + k));
      v128.store(line + k, all);
    }
    const to = dst + y * dstRow;
    for (let k: usize = 0; k < bytes; k += 16)
      v128.store(to + k, v128.and(v128.load(to + k), shifted(line + k, shift)));
  }
}

/** Bits to voxels of 0 and 1. */
export function unpackBits(bits: usize, bitRow: usize, dst: usize, dstRow: usize, rows: usize, columns: usize): void {
  const places = i8x16(1, 2, 4, 8, 16, 32, 64, -128, 1, 2, 4, 8, 16, 32, 64, -128);
  const one = i8x16.splat(1);
  for (let y: usize = 0; y < rows; y++)
    for (let x: usize = 0; x < columns; x += 16) {
      const pair = i16x8.splat(load<i16>(bits + y * bitRow + (x >> 3)));
      const spread = i8x16.shuffle(pair, pair, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1);
      v128.store(dst + y * dstRow + x, v128.and(i8x16.eq(v128.and(spread, places), places), one));
    }
}

/**
 * Labels after a phase has changed to the bits: a voxel that joins it gets its label, one that leaves it the label of the
 * nearest voxel of another phase, of equally near ones the smallest label.
 * @param src the first voxel of the result in the input, and `row` its rows
 * @param neutral a label that neither changes nor spreads, or −1
 * @param places distances in bytes to the voxels around, the nearest first, each with the number of its distance
 */
export function changePhase<T>(
  src: usize,
  row: usize,
  bits: usize,
  bitRow: usize,
  dst: usize,
  dstRow: usize,
  rows: usize,
  columns: usize,
  label: i32,
  neutral: i32,
  places: usize,
  count: usize,
): void {
  const limit = v128.splat<T>(<T>label);
  for (let y: usize = 0; y < rows; y++)
    for (let x: usize = 0; x < columns; x += 16) {
      const from = src + y * row + x * sizeof<T>();
      const to = dst + y * dstRow + x * sizeof<T>();
      const after = <i32>load<u16>(bits + y * bitRow + (x >> 3));
      let changed = after ^ bitsAt<T>(from, limit, 0);
      for (let k: usize = 0; k < 16 * sizeof<T>(); k += 16) v128.store(to + k, v128.load(from + k));
      for (; changed !== 0; changed &= changed - 1) {
        const at = <usize>ctz(changed);
        if (x + at >= columns) break;
        const here = from + at * sizeof<T>();
        if (neutral >= 0 && load<T>(here) === <T>neutral) continue;
        const joins = (after >> <i32>at) & 1;
        store<T>(to + at * sizeof<T>(), joins ? <T>label : nearestOther<T>(here, <T>label, neutral, places, count));
      }
    }
}

function nearestOther<T>(at: usize, label: T, neutral: i32, places: usize, count: usize): T {
  let best = label;
  let shell = -1;
  for (let k: usize = 0; k < count; k++) {
    const number = load<i32>(places + (k << 3), 4);
    if (shell >= 0 && number !== shell) break;
    const value = load<T>(at + load<i32>(places + (k << 3)));
    if (value === label || (neutral >= 0 && value === <T>neutral)) continue;
    if (shell < 0 || value < best) best = value;
    shell = number;
  }
  return best;
}
