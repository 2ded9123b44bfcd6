function add(counts: usize, bin: usize): void {
  const slot = counts + (bin << 2);
  store<u32>(slot, load<u32>(slot) + 1);
}

function bin<T>(at: usize): usize {
  if (sizeof<T>() === 1) return <usize>load<u8>(at) ^ (isSigned<T>() ? 0x80 : 0);
  return <usize>load<u16>(at) ^ (isSigned<T>() ? 0x8000 : 0);
}

/** Voxels that are looked at for few values at a time: 255 times 16, which bytes can count. */
const CHUNK: usize = 255 * 16;
/** Values of a chunk that are counted one by one. */
const FEW = 8;

/** The least of sixteen bytes. */
function least(bytes: v128): u8 {
  let low = i8x16.min_u(bytes, i64x2.shuffle(bytes, bytes, 1, 0));
  low = i8x16.min_u(low, i64x2.shr_u(low, 32));
  low = i8x16.min_u(low, i64x2.shr_u(low, 16));
  return i8x16.extract_lane_u(i8x16.min_u(low, i64x2.shr_u(low, 8)), 0);
}

/**
 * Counts voxels of 8 bits value by value, as long as there are few values: of labels and masks.
 * @returns whether there were
 */
function countFew(src: usize, count: usize, out: usize): bool {
  let left = <u32>count;
  let value: u8 = 0;
  for (let n = 0; n < FEW; n++) {
    const wanted = i8x16.splat(<i8>value);
    let counts = i8x16.splat(0);
    let above = i8x16.splat(-1);
    for (let k: usize = 0; k < count; k += 16) {
      const voxels = v128.load(src + k);
      counts = i8x16.sub(counts, i8x16.eq(voxels, wanted));
      above = i8x16.min_u(above, v128.or(voxels, i8x16.le_u(voxels, wanted)));
    }
    const wide = i32x4.extadd_pairwise_i16x8_u(i16x8.extadd_pairwise_i8x16_u(counts));
    const halves = i64x2.add(i64x2.extend_low_i32x4_u(wide), i64x2.extend_high_i32x4_u(wide));
    const found = <u32>(i64x2.extract_lane(halves, 0) + i64x2.extract_lane(halves, 1));
    const slot = out + ((<usize>value) << 2);
    store<u32>(slot, load<u32>(slot) + found);
    left -= found;
    if (left === 0) return true;
    value = least(above);
  }
  for (let k: usize = 0; k < count; k++) {
    const other = load<u8>(src + k);
    if (other >= value) add(out, <usize>other);
  }
  return false;
}

/**
 * Counts 8- or 16-bit voxels, one bin a value, the least value first. Four voxels at a time go to tables that are `table`
 * bytes apart, for the same counter again at once would have to wait for the last; the caller adds them.
 * @param mask one byte a voxel, or 0 for none
 */
export function histogramOf<T>(src: usize, mask: usize, count: usize, out: usize, table: usize): void {
  let k: usize = 0;
  // Where there are many values once, there will be again.
  if (sizeof<T>() === 1 && !isSigned<T>() && mask === 0)
    for (let few = true; few && k + CHUNK <= count; k += CHUNK) few = countFew(src + k, CHUNK, out);
  if (mask === 0)
    for (; k + 4 <= count; k += 4) {
      const at = src + k * sizeof<T>();
      add(out, bin<T>(at));
      add(out + table, bin<T>(at + sizeof<T>()));
      add(out + 2 * table, bin<T>(at + 2 * sizeof<T>()));
      add(out + 3 * table, bin<T>(at + 3 * sizeof<T>()));
    }
  for (; k < count; k++) if (mask === 0 || load<u8>(mask + k) !== 0) add(out, bin<T>(src + k * sizeof<T>()));
}

/**
 * Counts voxels in bins from `first` on, `step` wide, the last one closed. The three counters after the bins are below,
 * above and NaN. A quotient may be rounded across an edge, so each is compared with the edges themselves.
 */
export function histogramOfWide<T>(
  src: usize,
  mask: usize,
  count: usize,
  out: usize,
  first: f64,
  step: f64,
  bins: u32,
): void {
  const last = first + step * <f64>bins;
  for (let k: usize = 0; k < count; k++) {
    if (mask !== 0 && load<u8>(mask + k) === 0) continue;
    const value = <f64>load<T>(src + k * sizeof<T>());
    let at: u32;
    if (value >= first && value <= last) {
      at = min(<u32>((value - first) / step), bins - 1);
      if (value < first + step * <f64>at) at--;
      else if (at + 1 < bins && value >= first + step * <f64>(at + 1)) at++;
    } else if (value < first) at = bins;
    else if (value > last) at = bins + 1;
    else at = bins + 2;
    add(out, at);
  }
}
