// The label of most neighbours of each voxel. Where its own is among those of most, it stays; else the smallest of them is
// taken. One key may be left out: it has no vote, and voxels that have it keep it. Counts begin at the least value of a
// lane, so that signed comparisons count to 255, 65535, … neighbours.

/** By counting, for each neighbour, those that equal it: for many different keys. @param ignored 1 if `never` is left out */
export function majorityByPairs<T>(
  src: usize,
  row: usize,
  dst: usize,
  dstRow: usize,
  rows: usize,
  columns: usize,
  offsets: usize,
  count: usize,
  never: i32,
  ignored: i32,
): void {
  const least: i32 = 1 << (8 * <i32>sizeof<T>() - 1);
  const none = v128.splat<T>(<T>least);
  const out = v128.splat<T>(<T>never);
  const counts = v128.splat<i8>(<i8>-ignored);
  const end = offsets + (count << 2);
  for (let y: usize = 0; y < rows; y++)
    for (let x: usize = 0; x < columns * sizeof<T>(); x += 16) {
      const at = src + y * row + x;
      const own = v128.load(at);
      let value = own;
      let most = none;
      for (let j = offsets; j < end; j += 4) most = v128.sub<T>(most, v128.eq<T>(v128.load(at + load<i32>(j)), own));
      let votes = v128.and(v128.eq<T>(own, out), counts);
      const kept = votes;
      most = v128.bitselect(none, most, votes);
      for (let i = offsets; i < end; i += 4) {
        const a = v128.load(at + load<i32>(i));
        let n = none;
        for (let j = offsets; j < end; j += 4) n = v128.sub<T>(n, v128.eq<T>(v128.load(at + load<i32>(j)), a));
        votes = v128.and(v128.eq<T>(a, out), counts);
        n = v128.bitselect(none, n, votes);
        // Among equal ones the own label stays once it is there.
        const better = v128.or(
          v128.gt<T>(n, most),
          v128.and(v128.andnot(v128.eq<T>(n, most), v128.eq<T>(value, own)), v128.lt<T>(a, value)),
        );
        most = v128.bitselect(n, most, better);
        value = v128.bitselect(a, value, better);
      }
      v128.store(dst + y * dstRow + x, v128.bitselect(own, value, kept));
    }
}

/** By counting each of the keys that occur and vote, in ascending order: for few of them. */
export function majorityByClasses<T>(
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
  never: i32,
  ignored: i32,
): void {
  const least: i32 = 1 << (8 * <i32>sizeof<T>() - 1);
  const none = v128.splat<T>(<T>least);
  const out = v128.splat<T>(<T>never);
  const counts = v128.splat<i8>(<i8>-ignored);
  const end = offsets + (count << 2);
  const last = classes + (classCount << 2);
  for (let y: usize = 0; y < rows; y++)
    for (let x: usize = 0; x < columns * sizeof<T>(); x += 16) {
      const at = src + y * row + x;
      const own = v128.load(at);
      let value = own;
      let most = none;
      let mine = none;
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
        mine = v128.bitselect(na, mine, v128.eq<T>(own, a));
        mine = v128.bitselect(nb, mine, v128.eq<T>(own, b));
        let better = v128.gt<T>(na, most);
        most = v128.bitselect(na, most, better);
        value = v128.bitselect(a, value, better);
        better = v128.gt<T>(nb, most);
        most = v128.bitselect(nb, most, better);
        value = v128.bitselect(b, value, better);
      }
      const kept = v128.or(v128.eq<T>(mine, most), v128.and(v128.eq<T>(own, out), counts));
      v128.store(dst + y * dstRow + x, v128.bitselect(own, value, kept));
    }
}
