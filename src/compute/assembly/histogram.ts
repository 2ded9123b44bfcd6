function add(counts: usize, bin: usize): void {
  const slot = counts + (bin << 2);
  store<u32>(slot, load<u32>(slot) + 1);
}

function bin<T>(at: usize): usize {
  if (sizeof<T>() === 1) return <usize>load<u8>(at) ^ (isSigned<T>() ? 0x80 : 0);
  return <usize>load<u16>(at) ^ (isSigned<T>() ? 0x8000 : 0);
}

/**
 * Counts 8- or 16-bit voxels, one bin a value, the least value first. Four voxels at a time go to tables that are `table`
 * bytes apart, for the same counter again at once would have to wait for the last; the caller adds them.
 * @param mask one byte a voxel, or 0 for none
 */
export function histogramOf<T>(src: usize, mask: usize, count: usize, out: usize, table: usize): void {
  let k: usize = 0;
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
