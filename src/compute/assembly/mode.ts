// The most frequent key around each voxel; of equally frequent ones the smallest. Counts begin at the least value of a lane,
// so that signed comparisons count to 255, 65535, … neighbours.

/** By counting, for each neighbour, those that equal it: for many different keys. Four neighbours at a time. */
export function modeByPairs<T>(
  src: usize,
  row: usize,
  dst: usize,
  dstRow: usize,
  rows: usize,
  columns: usize,
  offsets: usize,
  count: usize,
): void {
  const least: i32 = 1 << (8 * <i32>sizeof<T>() - 1);
  const none = v128.splat<T>(<T>least);
  const end = offsets + (count << 2);
  for (let y: usize = 0; y < rows; y++)
    for (let x: usize = 0; x < columns * sizeof<T>(); x += 16) {
      const at = src + y * row + x;
      let value = none;
      let most = none;
      for (let i = offsets; i < end; i += 16) {
        // Of the last few some are taken again, which changes nothing.
        const last = end - 4;
        const a = v128.load(at + load<i32>(i));
        const b = v128.load(at + load<i32>(min(i + 4, last)));
        const c = v128.load(at + load<i32>(min(i + 8, last)));
        const d = v128.load(at + load<i32>(min(i + 12, last)));
        let na = none;
        let nb = none;
        let nc = none;
        let nd = none;
        for (let j = offsets; j < end; j += 4) {
          const other = v128.load(at + load<i32>(j));
          na = v128.sub<T>(na, v128.eq<T>(other, a));
          nb = v128.sub<T>(nb, v128.eq<T>(other, b));
          nc = v128.sub<T>(nc, v128.eq<T>(other, c));
          nd = v128.sub<T>(nd, v128.eq<T>(other, d));
        }
        let better = v128.or(v128.gt<T>(na, most), v128.and(v128.eq<T>(na, most), v128.lt<T>(a, value)));
        most = v128.bitselect(na, most, better);
        value = v128.bitselect(a, value, better);
        better = v128.or(v128.gt<T>(nb, most), v128.and(v128.eq<T>(nb, most), v128.lt<T>(b, value)));
        most = v128.bitselect(nb, most, better);
        value = v128.bitselect(b, value, better);
        better = v128.or(v128.gt<T>(nc, most), v128.and(v128.eq<T>(nc, most), v128.lt<T>(c, value)));
        most = v128.bitselect(nc, most, better);
        value = v128.bitselect(c, value, better);
        better = v128.or(v128.gt<T>(nd, most), v128.and(v128.eq<T>(nd, most), v128.lt<T>(d, value)));
        most = v128.bitselect(nd, most, better);
        value = v128.bitselect(d, value, better);
      }
      v128.store(dst + y * dstRow + x, value);
    }
}

/** By counting each of the keys that occur, in ascending order: for few of them, as labels have. */
export function modeByClasses<T>(
  src: usize,
  row: usize,
  dst: usize,
  dstRow: usize,
  rows: usize,
  columns: usize,
  offsets: usize,
  count: usize,
  classes: usize,
  classCount: usize,
): void {
  const least: i32 = 1 << (8 * <i32>sizeof<T>() - 1);
  const none = v128.splat<T>(<T>least);
  const end = offsets + (count << 2);
  const last = classes + (classCount << 2);
  for (let y: usize = 0; y < rows; y++)
    for (let x: usize = 0; x < columns * sizeof<T>(); x += 16) {
      const at = src + y * row + x;
      let value = v128.splat<T>(<T>load<i32>(classes));
      let most = none;
      for (let c = classes; c < last; c += 8) {
        const a = v128.splat<T>(<T>load<i32>(c));
        // An odd last one is counted twice, which changes nothing.
        const b = v128.splat<T>(<T>load<i32>(min(c + 4, last - 4)));
        let na = none;
        let nb = none;
        for (let j = offsets; j < end; j += 4) {
          const other = v128.load(at + load<i32>(j));
          na = v128.sub<T>(na, v128.eq<T>(other, a));
          nb = v128.sub<T>(nb, v128.eq<T>(other, b));
        }
        let better = v128.gt<T>(na, most);
        most = v128.bitselect(na, most, better);
        value = v128.bitselect(a, value, better);
        better = v128.gt<T>(nb, most);
        most = v128.bitselect(nb, most, better);
        value = v128.bitselect(b, value, better);
      }
      v128.store(dst + y * dstRow + x, value);
    }
}
