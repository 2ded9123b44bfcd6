// Voxels as signed integers in the same order ("keys"), because SIMD compares signed integers in one instruction.

/** Turns unsigned integers into signed ones of the same order, and back: flips the bits of `sign`, 16 bytes at a time. */
export function flipSigns(src: usize, bytes: usize, sign: u32): void {
  const flip = i32x4.splat(sign);
  for (let k: usize = 0; k < bytes; k += 16) v128.store(src + k, v128.xor(v128.load(src + k), flip));
}

const NAN_KEY = 0x7fc00000;

/** Floats to keys, in place; every NaN becomes the same key, above infinity. */
export function floatKeys(src: usize, bytes: usize): void {
  const magnitude = i32x4.splat(0x7fffffff);
  const infinity = i32x4.splat(0x7f800000);
  const nan = i32x4.splat(NAN_KEY);
  for (let k: usize = 0; k < bytes; k += 16) {
    const bits = v128.load(src + k);
    const key = v128.xor(bits, v128.and(i32x4.shr_s(bits, 31), magnitude));
    const isNan = i32x4.gt_s(v128.and(bits, magnitude), infinity);
    v128.store(src + k, v128.bitselect(nan, key, isNan));
  }
}

/** Keys back to floats, in place. */
export function restoreKeys(src: usize, bytes: usize): void {
  const magnitude = i32x4.splat(0x7fffffff);
  for (let k: usize = 0; k < bytes; k += 16) {
    const key = v128.load(src + k);
    v128.store(src + k, v128.xor(key, v128.and(i32x4.shr_s(key, 31), magnitude)));
  }
}

/** Smallest and largest key of a box, as two 32-bit integers at `out`. */
export function keyRange<T>(
  src: usize,
  row: usize,
  plane: usize,
  out: usize,
  planes: usize,
  rows: usize,
  columns: usize,
): void {
  const lanes: usize = 16 / sizeof<T>();
  let least = i32.MAX_VALUE;
  let most = i32.MIN_VALUE;
  let low = v128.splat<T>(<T>load<T>(src));
  let high = low;
  for (let z: usize = 0; z < planes; z++)
    for (let y: usize = 0; y < rows; y++) {
      const at = src + z * plane + y * row;
      let x: usize = 0;
      for (; x + lanes <= columns; x += lanes) {
        const v = v128.load(at + x * sizeof<T>());
        low = v128.min<T>(low, v);
        high = v128.max<T>(high, v);
      }
      for (; x < columns; x++) {
        const v = <i32>load<T>(at + x * sizeof<T>());
        if (v < least) least = v;
        if (v > most) most = v;
      }
    }
  // The lanes are joined through memory; `out` has 16 bytes.
  v128.store(out, low);
  for (let k: usize = 0; k < lanes; k++) least = min(least, <i32>load<T>(out + k * sizeof<T>()));
  v128.store(out, high);
  for (let k: usize = 0; k < lanes; k++) most = max(most, <i32>load<T>(out + k * sizeof<T>()));
  store<i32>(out, least);
  store<i32>(out, most, 4);
}

/**
 * Replaces each 32-bit key by its rank among the different keys, so that a histogram can count it; `order` and `spare`
 * have room for `count` integers, `counts` for 2048. Afterwards `spare` holds the key of each rank.
 * Radix sort of the places by 11 + 11 + 10 bits.
 * @returns number of different keys
 */
export function rankKeys(keys: usize, count: u32, order: usize, spare: usize, counts: usize): u32 {
  for (let k: u32 = 0; k < count; k++) store<u32>(order + ((<usize>k) << 2), k);
  let from = order;
  let to = spare;
  for (let shift: u32 = 0; shift < 32; shift += 11) {
    memory.fill(counts, 0, 2048 * 4);
    for (let k: u32 = 0; k < count; k++) {
      const digit = ((load<u32>(keys + ((<usize>k) << 2)) ^ 0x80000000) >> shift) & 2047;
      const slot = counts + ((<usize>digit) << 2);
      store<u32>(slot, load<u32>(slot) + 1);
    }
    let sum: u32 = 0;
    for (let digit: usize = 0; digit < 2048; digit++) {
      const n = load<u32>(counts + (digit << 2));
      store<u32>(counts + (digit << 2), sum);
      sum += n;
    }
    for (let k: u32 = 0; k < count; k++) {
      const place = load<u32>(from + ((<usize>k) << 2));
      const digit = ((load<u32>(keys + ((<usize>place) << 2)) ^ 0x80000000) >> shift) & 2047;
      const slot = counts + ((<usize>digit) << 2);
      const position = load<u32>(slot);
      store<u32>(slot, position + 1);
      store<u32>(to + ((<usize>position) << 2), place);
    }
    const swap = from;
    from = to;
    to = swap;
  }
  // Three passes: the sorted places are in `spare`. Ranks never run ahead of places, so the keys can go there, too.
  let rank: i32 = -1;
  let last: i32 = 0;
  for (let k: u32 = 0; k < count; k++) {
    const place = keys + ((<usize>load<u32>(from + ((<usize>k) << 2))) << 2);
    const key = load<i32>(place);
    if (rank < 0 || key !== last) {
      rank++;
      last = key;
      store<i32>(spare + ((<usize>rank) << 2), key);
    }
    store<i32>(place, rank);
  }
  return rank + 1;
}
