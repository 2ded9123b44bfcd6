/**
 * Connected components of a box by its runs: rows of set bits become runs, runs that touch are joined, and each set of joined
 * runs gets a number in the order in which its first voxel comes.
 */

/** The first bit from `x` on that is set (`flip` 0) or clear (`flip` all ones), or `columns`. */
function next(row: usize, x: usize, columns: usize, flip: u64): usize {
  let at = x & ~63;
  if (x >= columns) return columns;
  let word = (load<u64>(row + (at >> 3)) ^ flip) & ((<u64>-1) << (<u64>x & 63));
  while (word === 0) {
    at += 64;
    if (at >= columns) return columns;
    word = load<u64>(row + (at >> 3)) ^ flip;
  }
  const found = at + <usize>ctz(word);
  return found < columns ? found : columns;
}

/**
 * Finds the runs of all rows.
 * @param starts where for each row the number of its first run goes, and after the last row the number of runs
 * @param runs where first voxel and end of each run go, 32 bits each
 * @param parents where each run becomes its own parent
 * @returns number of runs
 */
export function findRuns(
  bits: usize,
  bitRow: usize,
  rows: usize,
  columns: usize,
  starts: usize,
  runs: usize,
  parents: usize,
): u32 {
  let count: u32 = 0;
  for (let y: usize = 0; y < rows; y++) {
    store<u32>(starts + (y << 2), count);
    const row = bits + y * bitRow;
    let x = next(row, 0, columns, 0);
    while (x < columns) {
      const end = next(row, x, columns, -1);
      const run = runs + ((<usize>count) << 3);
      store<u32>(run, <u32>x);
      store<u32>(run, <u32>end, 4);
      store<u32>(parents + ((<usize>count) << 2), count);
      count++;
      x = next(row, end, columns, 0);
    }
  }
  store<u32>(starts + (rows << 2), count);
  return count;
}

function rootOf(parents: usize, run: u32): u32 {
  let at = run;
  let parent = load<u32>(parents + ((<usize>at) << 2));
  while (parent !== at) {
    // Each one met becomes a child of its grandparent.
    const above = load<u32>(parents + ((<usize>parent) << 2));
    store<u32>(parents + ((<usize>at) << 2), above);
    at = above;
    parent = load<u32>(parents + ((<usize>at) << 2));
  }
  return at;
}

/** Joins the runs of two rows that overlap, or lie `reach` apart along x. */
function joinRows(starts: usize, runs: usize, parents: usize, a: usize, b: usize, reach: u32): void {
  let i = load<u32>(starts + (a << 2));
  let j = load<u32>(starts + (b << 2));
  const iEnd = load<u32>(starts + (a << 2), 4);
  const jEnd = load<u32>(starts + (b << 2), 4);
  while (i < iEnd && j < jEnd) {
    const one = runs + ((<usize>i) << 3);
    const other = runs + ((<usize>j) << 3);
    const end = load<u32>(one, 4);
    const otherEnd = load<u32>(other, 4);
    if (load<u32>(one) < otherEnd + reach && load<u32>(other) < end + reach) {
      const p = rootOf(parents, i);
      const q = rootOf(parents, j);
      if (p < q) store<u32>(parents + ((<usize>q) << 2), p);
      else store<u32>(parents + ((<usize>p) << 2), q);
    }
    if (end < otherEnd) i++;
    else j++;
  }
}

/** Joins the runs of one plane with each other and with those of the plane before. @param connectivity 6, 18 or 26 */
export function joinRuns(starts: usize, runs: usize, parents: usize, z: usize, rows: usize, connectivity: u32): void {
  const beside: u32 = connectivity > 6 ? 1 : 0;
  const across: u32 = connectivity > 18 ? 1 : 0;
  for (let y: usize = 0; y < rows; y++) {
    const row = z * rows + y;
    if (y > 0) joinRows(starts, runs, parents, row, row - 1, beside);
    if (z === 0) continue;
    joinRows(starts, runs, parents, row, row - rows, beside);
    if (beside === 0) continue;
    if (y > 0) joinRows(starts, runs, parents, row, row - rows - 1, across);
    if (y + 1 < rows) joinRows(starts, runs, parents, row, row - rows + 1, across);
  }
}

/** Numbers the components from 1 on. @param labels where the number of each run goes @returns how many there are */
export function numberRuns(parents: usize, count: u32, labels: usize): u32 {
  let components: u32 = 0;
  for (let run: u32 = 0; run < count; run++) {
    const root = rootOf(parents, run);
    const label = root === run ? ++components : load<u32>(labels + ((<usize>root) << 2));
    store<u32>(labels + ((<usize>run) << 2), label);
  }
  return components;
}

/**
 * Voxels of each component, and the place of its first one in the box.
 * @param sizes zeros
 */
export function measureRuns(
  starts: usize,
  runs: usize,
  labels: usize,
  rows: usize,
  columns: u32,
  sizes: usize,
  firsts: usize,
): void {
  let run: usize = 0;
  for (let y: usize = 0; y < rows; y++) {
    const end = <usize>load<u32>(starts + (y << 2), 4);
    for (; run < end; run++) {
      const k = (<usize>(load<u32>(labels + (run << 2)) - 1)) << 2;
      const first = load<u32>(runs + (run << 3));
      const size = load<u32>(sizes + k);
      if (size === 0) store<u32>(firsts + k, <u32>y * columns + first);
      store<u32>(sizes + k, size + load<u32>(runs + (run << 3), 4) - first);
    }
  }
}

/** Marks the components that have a voxel of a value. @param src rows of `row` bytes; @param marks zeros, a byte for each */
export function markRuns<T>(
  starts: usize,
  runs: usize,
  labels: usize,
  rows: usize,
  src: usize,
  row: usize,
  value: i32,
  marks: usize,
): void {
  let run: usize = 0;
  for (let y: usize = 0; y < rows; y++) {
    const end = <usize>load<u32>(starts + (y << 2), 4);
    for (; run < end; run++) {
      const mark = marks + <usize>(load<u32>(labels + (run << 2)) - 1);
      const stop = <usize>load<u32>(runs + (run << 3), 4);
      for (let x = <usize>load<u32>(runs + (run << 3)); x < stop && load<u8>(mark) === 0; x++)
        if (load<T>(src + y * row + x * sizeof<T>()) === <T>value) store<u8>(mark, 1);
    }
  }
}

/** Exchanges numbers for what a table has for them: at `table` that for number 1. */
export function mapRuns(labels: usize, count: usize, table: usize): void {
  for (let k: usize = 0; k < count; k++) {
    const at = labels + (k << 2);
    store<u32>(at, load<u32>(table + ((<usize>(load<u32>(at) - 1)) << 2)));
  }
}

/** Writes rows of labels, 0 between the runs. @param row the first one, then every `step`-th */
export function drawRuns(
  starts: usize,
  runs: usize,
  labels: usize,
  row: usize,
  step: usize,
  count: usize,
  columns: usize,
  dst: usize,
  dstRow: usize,
): void {
  for (let y: usize = 0; y < count; y++) {
    const at = starts + ((row + y * step) << 2);
    const to = dst + y * dstRow;
    memory.fill(to, 0, columns << 2);
    const end = <usize>load<u32>(at, 4);
    for (let run = <usize>load<u32>(at); run < end; run++) {
      const label = load<u32>(labels + (run << 2));
      let x = to + ((<usize>load<u32>(runs + (run << 3))) << 2);
      const stop = to + ((<usize>load<u32>(runs + (run << 3), 4)) << 2);
      const four = i32x4.splat(<i32>label);
      for (; x + 16 <= stop; x += 16) v128.store(x, four);
      for (; x < stop; x += 4) store<u32>(x, label);
    }
  }
}

/** The labels of the first and of the last voxel of each row, 0 where none is set. */
export function rowEnds(
  starts: usize,
  runs: usize,
  labels: usize,
  rows: usize,
  columns: u32,
  first: usize,
  last: usize,
): void {
  for (let y: usize = 0; y < rows; y++) {
    const from = <usize>load<u32>(starts + (y << 2));
    const end = <usize>load<u32>(starts + (y << 2), 4);
    const begins = from < end && load<u32>(runs + (from << 3)) === 0;
    store<u32>(first + (y << 2), begins ? load<u32>(labels + (from << 2)) : 0);
    const ends = from < end && load<u32>(runs + ((end - 1) << 3), 4) === columns;
    store<u32>(last + (y << 2), ends ? load<u32>(labels + ((end - 1) << 2)) : 0);
  }
}

/** Writes a value over the runs whose label is 0. @param keep a value that stays all the same, or −1 */
export function eraseRuns<T>(
  starts: usize,
  runs: usize,
  labels: usize,
  rows: usize,
  dst: usize,
  dstRow: usize,
  value: i32,
  keep: i32,
): void {
  let run = <usize>load<u32>(starts);
  for (let y: usize = 0; y < rows; y++) {
    const end = <usize>load<u32>(starts + (y << 2), 4);
    for (; run < end; run++) {
      if (load<u32>(labels + (run << 2)) !== 0) continue;
      const stop = <usize>load<u32>(runs + (run << 3), 4);
      for (let x = <usize>load<u32>(runs + (run << 3)); x < stop; x++) {
        const at = dst + y * dstRow + x * sizeof<T>();
        if (keep < 0 || load<T>(at) !== <T>keep) store<T>(at, <T>value);
      }
    }
  }
}
