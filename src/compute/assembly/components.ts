/**
 * Connected components of a box by its runs: rows of set bits become runs, runs that touch are joined, and each set of joined
 * runs gets a number in the order in which its first voxel comes.
 */

/**
 * Finds the runs of all rows: the first voxel and the end of each are where a bit differs from the one before it.
 * @param bits rows of whole words; those past the last column are cleared
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
  let to = runs;
  for (let y: usize = 0; y < rows; y++) {
    store<u32>(starts + (y << 2), <u32>((to - runs) >> 3));
    const row = bits + y * bitRow;
    if (columns & 63) {
      const last = row + ((columns >> 6) << 3);
      store<u64>(last, load<u64>(last) & (((<u64>1) << (columns & 63)) - 1));
    }
    let before: u64 = 0;
    for (let x: usize = 0; x < columns; x += 64) {
      const word = load<u64>(row + (x >> 3));
      for (let edges = word ^ ((word << 1) | before); edges !== 0; edges &= edges - 1) {
        store<u32>(to, <u32>(x + <usize>ctz(edges)));
        to += 4;
      }
      before = word >> 63;
    }
    if (before === 0) continue;
    store<u32>(to, <u32>columns);
    to += 4;
  }
  const count = <u32>((to - runs) >> 3);
  store<u32>(starts + (rows << 2), count);
  for (let run: u32 = 0; run < count; run++) store<u32>(parents + ((<usize>run) << 2), run);
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

/**
 * Joins the runs of two rows that overlap, or lie `reach` (0 or 1) apart along x: where one of them begins, the other goes on
 * or has just ended. Which runs these are say the numbers of beginnings so far.
 * @param a first word of a row of bits, and `i` its first run
 */
function joinRows(a: usize, b: usize, bytes: usize, i: u32, j: u32, parents: usize, reach: u64): void {
  let beforeA: u64 = 0;
  let beforeB: u64 = 0;
  let runA = parents + ((<usize>i) << 2) - 4;
  let runB = parents + ((<usize>j) << 2) - 4;
  for (let k: usize = 0; k < bytes; k += 8) {
    const wordA = load<u64>(a + k);
    const wordB = load<u64>(b + k);
    const lateA = (wordA << 1) | beforeA;
    const lateB = (wordB << 1) | beforeB;
    const startsA = wordA & ~lateA;
    const startsB = wordB & ~lateB;
    let touches = (startsA & (wordB | (lateB & reach))) | (startsB & (wordA | (lateA & reach)));
    for (; touches !== 0; touches &= touches - 1) {
      const upTo = touches ^ (touches - 1);
      const one = runA + ((<usize>popcnt(startsA & upTo)) << 2);
      const other = runB + ((<usize>popcnt(startsB & upTo)) << 2);
      const parent = load<u32>(one);
      const otherParent = load<u32>(other);
      if (parent === otherParent) continue;
      // A run that has met none so far has no children either, as they come behind it.
      if (parent === <u32>((one - parents) >> 2)) store<u32>(one, otherParent);
      else join(parents, one, other);
    }
    runA += (<usize>popcnt(startsA)) << 2;
    runB += (<usize>popcnt(startsB)) << 2;
    beforeA = wordA >> 63;
    beforeB = wordB >> 63;
  }
}

/** Makes the sets of two runs one, and both runs children of its root. */
function join(parents: usize, one: usize, other: usize): void {
  const p = rootOf(parents, load<u32>(one));
  const q = rootOf(parents, load<u32>(other));
  const root = min<u32>(p, q);
  store<u32>(parents + ((<usize>p) << 2), root);
  store<u32>(parents + ((<usize>q) << 2), root);
  store<u32>(one, root);
  store<u32>(other, root);
}

/** Joins the runs of one plane with each other and with those of the plane before. @param connectivity 6, 18 or 26 */
export function joinRuns(
  bits: usize,
  bitRow: usize,
  starts: usize,
  parents: usize,
  z: usize,
  rows: usize,
  columns: usize,
  connectivity: u32,
): void {
  const beside: u64 = connectivity > 6 ? -1 : 0;
  const across: u64 = connectivity > 18 ? -1 : 0;
  const bytes = ((columns + 63) >> 6) << 3;
  for (let y: usize = 0; y < rows; y++) {
    const row = z * rows + y;
    const at = bits + row * bitRow;
    const first = load<u32>(starts + (row << 2));
    if (first === load<u32>(starts + (row << 2), 4)) continue;
    if (y > 0) joinRows(at, at - bitRow, bytes, first, load<u32>(starts + ((row - 1) << 2)), parents, beside);
    if (z === 0) continue;
    const plane = at - rows * bitRow;
    const before = starts + ((row - rows) << 2);
    joinRows(at, plane, bytes, first, load<u32>(before), parents, beside);
    if (beside === 0) continue;
    if (y > 0) joinRows(at, plane - bitRow, bytes, first, load<u32>(before - 4), parents, across);
    if (y + 1 < rows) joinRows(at, plane + bitRow, bytes, first, load<u32>(before, 4), parents, across);
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

/** Writes whole vectors until `stop` is reached or passed. @returns `stop` */
function fill(from: usize, stop: usize, label: u32): usize {
  const four = i32x4.splat(<i32>label);
  for (let x = from; x < stop; x += 16) v128.store(x, four);
  return stop;
}

/** Writes rows of labels, 0 between the runs. What goes past the end of a run or of a row is written again, or is padding. */
export function drawRuns(
  starts: usize,
  runs: usize,
  labels: usize,
  rows: usize,
  columns: usize,
  dst: usize,
  dstRow: usize,
): void {
  let run = <usize>load<u32>(starts);
  for (let y: usize = 0; y < rows; y++) {
    const to = dst + y * dstRow;
    const end = <usize>load<u32>(starts + (y << 2), 4);
    let x = to;
    for (; run < end; run++) {
      const at = runs + (run << 3);
      x = fill(x, to + ((<usize>load<u32>(at)) << 2), 0);
      x = fill(x, to + ((<usize>load<u32>(at, 4)) << 2), load<u32>(labels + (run << 2)));
    }
    fill(x, to + (columns << 2), 0);
  }
}

/** Copies the runs of `count` rows, from `row` on every `step`-th. @returns number of runs */
export function pickRuns(
  starts: usize,
  runs: usize,
  labels: usize,
  row: usize,
  step: usize,
  count: usize,
  toStarts: usize,
  toRuns: usize,
  toLabels: usize,
): u32 {
  let n: usize = 0;
  for (let y: usize = 0; y < count; y++) {
    store<u32>(toStarts + (y << 2), <u32>n);
    const at = starts + ((row + y * step) << 2);
    const first = <usize>load<u32>(at);
    const picked = <usize>load<u32>(at, 4) - first;
    memory.copy(toRuns + (n << 3), runs + (first << 3), picked << 3);
    memory.copy(toLabels + (n << 2), labels + (first << 2), picked << 2);
    n += picked;
  }
  store<u32>(toStarts + (count << 2), <u32>n);
  return <u32>n;
}

/**
 * The voxels of each plane with x = `column` as runs along y: set neighbours have one label.
 * @param column the first or the last one
 * @returns number of runs
 */
export function sideRuns(
  starts: usize,
  runs: usize,
  labels: usize,
  planes: usize,
  rows: usize,
  column: u32,
  toStarts: usize,
  toRuns: usize,
  toLabels: usize,
): u32 {
  let n: usize = 0;
  for (let z: usize = 0; z < planes; z++) {
    store<u32>(toStarts + (z << 2), <u32>n);
    let inside = false;
    for (let y: usize = 0; y < rows; y++) {
      const at = starts + ((z * rows + y) << 2);
      const from = <usize>load<u32>(at);
      const end = <usize>load<u32>(at, 4);
      const run = column === 0 ? from : end - 1;
      const set = from < end && load<u32>(runs + (run << 3)) <= column && load<u32>(runs + (run << 3), 4) > column;
      if (set && !inside) {
        store<u32>(toRuns + (n << 3), <u32>y);
        store<u32>(toLabels + (n << 2), load<u32>(labels + (run << 2)));
        n++;
      }
      if (set) store<u32>(toRuns + ((n - 1) << 3), <u32>y + 1, 4);
      inside = set;
    }
  }
  store<u32>(toStarts + (planes << 2), <u32>n);
  return <u32>n;
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
