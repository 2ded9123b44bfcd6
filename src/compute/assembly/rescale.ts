// Grey values one by one.

/** Values of 8-bit voxels by a table whose first entry is that of the least one. D: as wide as the result. */
export function lookUpBytes<D>(
  src: usize,
  row: usize,
  dst: usize,
  dstRow: usize,
  rows: usize,
  columns: usize,
  table: usize,
  flip: u32,
): void {
  for (let y: usize = 0; y < rows; y++)
    for (let x: usize = 0; x < columns; x++) {
      const entry = <usize>(<u32>load<u8>(src + y * row + x) ^ flip);
      store<D>(dst + y * dstRow + x * sizeof<D>(), load<D>(table + entry * sizeof<D>()));
    }
}

/** The same of 16-bit voxels. */
export function lookUpShorts<D>(
  src: usize,
  row: usize,
  dst: usize,
  dstRow: usize,
  rows: usize,
  columns: usize,
  table: usize,
  flip: u32,
): void {
  for (let y: usize = 0; y < rows; y++)
    for (let x: usize = 0; x < columns; x++) {
      const entry = <usize>(<u32>load<u16>(src + y * row + (x << 1)) ^ flip);
      store<D>(dst + y * dstRow + x * sizeof<D>(), load<D>(table + entry * sizeof<D>()));
    }
}

/**
 * Voxels of 32 bits in float64: c + ((v − a) / span)·rise, held between two ends, then the nearest whole number (ties to even)
 * unless `bytes`, those of a whole number, is 0 for float32. NaN becomes `low` where the result has none.
 */
export function rescaleWide<T>(
  src: usize,
  row: usize,
  dst: usize,
  dstRow: usize,
  rows: usize,
  columns: usize,
  bytes: i32,
  mapped: i32,
  a: f64,
  span: f64,
  c: f64,
  rise: f64,
  low: f64,
  high: f64,
): void {
  for (let y: usize = 0; y < rows; y++)
    for (let x: usize = 0; x < columns; x++) {
      let v = <f64>load<T>(src + y * row + (x << 2));
      if (mapped) v = c + ((v - a) / span) * rise;
      v = v < low ? low : v > high ? high : v;
      const to = dst + y * dstRow;
      if (bytes === 0) {
        store<f32>(to + (x << 2), <f32>v);
        continue;
      }
      // Only NaN is not.
      if (!(v <= high)) v = low;
      const whole = <i64>nearest(v);
      if (bytes === 1) store<u8>(to + x, <u8>whole);
      else if (bytes === 2) store<u16>(to + (x << 1), <u16>whole);
      else store<u32>(to + (x << 2), <u32>whole);
    }
}
