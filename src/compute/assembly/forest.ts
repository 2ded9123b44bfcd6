/**
 * A forest of decision trees over features in bins of a byte. Some voxels in a row go down a tree together: neighbours
 * take much the same way, and where they part, those that go right wait on a stack. Who is on the way is a bit a voxel.
 *
 * A node has 12 bytes: where the bins of its feature begin, the address of its right child, its bin. Voxels whose bin is above
 * go right, the others to the left child, which is the next node. A leaf has {@link LEAF} in place of the bins, and
 * the address of its votes. Votes are numbers of 16 bits, one a class, in words of four classes.
 */
const LEAF: u32 = 0xffffffff;
const NODE: usize = 12;

/** Cells of equal width between two edges of the bins of a feature; what lies beyond is of the first or the last one. */
const CELLS: i32 = 2048;

function cellsOf(v: v128, low: v128, factor: v128): v128 {
  const cells = i32x4.trunc_sat_f32x4_s(f32x4.mul(f32x4.sub(v, low), factor));
  return i32x4.max_s(i32x4.splat(0), i32x4.min_s(i32x4.splat(CELLS - 1), cells));
}

/**
 * For each cell a byte: how many edges lie in cells before it. A larger value is never of an earlier cell, so that
 * all values of a cell are above these.
 * @param edges 255 ascending ones
 */
export function tableOfBins(edges: usize, low: f32, factor: f32, table: usize): void {
  const l = f32x4.splat(low);
  const f = f32x4.splat(factor);
  let next: i32 = 0;
  for (let k: usize = 0; k < 255; k++) {
    const cell = i32x4.extract_lane(cellsOf(v128.load32_splat(edges + (k << 2)), l, f), 0);
    for (; next <= cell; next++) store<u8>(table + next, <u8>k);
  }
  for (; next < CELLS; next++) store<u8>(table + next, 255);
}

/** How many edges a value of a cell is above; of NaN, which is of the first cell, none. */
function binOf(v: f32, cell: i32, edges: usize, table: usize): u8 {
  let bin: usize = load<u8>(table + cell);
  while (v > load<f32>(edges + (bin << 2))) bin++;
  return <u8>bin;
}

/**
 * A plane of a feature as bins.
 * @param edges 255 ascending ones, and an infinity behind them
 * @param table what {@link tableOfBins} gave for these numbers
 * @param unknown a byte a voxel, which becomes 255 where the value is NaN
 */
export function toBins(
  src: usize,
  row: usize,
  edges: usize,
  low: f32,
  factor: f32,
  table: usize,
  dst: usize,
  unknown: usize,
  dstRow: usize,
  rows: usize,
  columns: usize,
): void {
  const l = f32x4.splat(low);
  const f = f32x4.splat(factor);
  for (let y: usize = 0; y < rows; y++)
    for (let x: usize = 0; x < columns; x += 4) {
      const v = v128.load(src + y * row + (x << 2));
      const cells = cellsOf(v, l, f);
      const at = y * dstRow + x;
      const to = dst + at;
      store<u8>(to, binOf(f32x4.extract_lane(v, 0), i32x4.extract_lane(cells, 0), edges, table));
      store<u8>(to, binOf(f32x4.extract_lane(v, 1), i32x4.extract_lane(cells, 1), edges, table), 1);
      store<u8>(to, binOf(f32x4.extract_lane(v, 2), i32x4.extract_lane(cells, 2), edges, table), 2);
      store<u8>(to, binOf(f32x4.extract_lane(v, 3), i32x4.extract_lane(cells, 3), edges, table), 3);
      const nan = i32x4.bitmask(f32x4.ne(v, v));
      for (let k: usize = 0; nan >> <i32>k !== 0; k++) if ((nan >> <i32>k) & 1) store<u8>(unknown + at + k, 255);
    }
}

/** A bit for each of 64 bins that is above. */
function bitsAbove(at: usize, bin: v128): u64 {
  const a = <u32>i8x16.bitmask(i8x16.gt_u(v128.load(at), bin));
  const b = <u32>i8x16.bitmask(i8x16.gt_u(v128.load(at, 16), bin));
  const c = <u32>i8x16.bitmask(i8x16.gt_u(v128.load(at, 32), bin));
  const d = <u32>i8x16.bitmask(i8x16.gt_u(v128.load(at, 48), bin));
  return <u64>(a | (b << 16)) | ((<u64>(c | (d << 16))) << 32);
}

/**
 * Marks the voxels whose label is not settled yet: where the most votes are ahead of the second most by no more than are left.
 * @param left votes of the trees that are yet to come
 * @param marks a bit for each voxel, in words of 64
 */
export function markUndecided(
  votes: usize,
  words: usize,
  classes: usize,
  left: u32,
  marks: usize,
  voxels: usize,
): void {
  let from = votes;
  for (let x: usize = 0; x < voxels; x += 64) {
    let undecided: u64 = 0;
    for (let k: u64 = 0; k < 64; k++, from += words << 3) {
      let first: u32 = 0;
      let second: u32 = 0;
      for (let c: usize = 0; c < classes; c++) {
        const vote: u32 = load<u16>(from + (c << 1));
        second = max(second, min(first, vote));
        first = max(first, vote);
      }
      undecided |= (<u64>(first - second <= left)) << k;
    }
    store<u64>(marks + (x >> 3), undecided);
  }
}

/**
 * Adds the votes of some trees to those of each voxel that is marked.
 * @param voxels a multiple of 64
 * @param marks a bit for each voxel, in words of 64
 * @param roots addresses of the first nodes
 * @param words words of votes that a voxel and a leaf have
 * @param stack 16 bytes for each level of the deepest tree
 */
export function walkTrees(
  bins: usize,
  voxels: usize,
  roots: usize,
  trees: usize,
  words: usize,
  votes: usize,
  marks: usize,
  stack: usize,
): void {
  const bytes = words << 3;
  for (let tree: usize = 0; tree < trees; tree++) {
    const root: usize = load<u32>(roots + (tree << 2));
    for (let x: usize = 0; x < voxels; x += 64) {
      const at = bins + x;
      const sums = votes + x * bytes;
      let top = stack;
      let node = root;
      let here = load<u64>(marks + (x >> 3));
      if (here === 0) continue;
      while (true) {
        const offset = load<u32>(node);
        if (offset === LEAF) {
          const leaf: usize = load<u32>(node, 4);
          if (words === 1) {
            const vote = load<u64>(leaf);
            for (; here !== 0; here &= here - 1) {
              const sum = sums + ((<usize>ctz<u64>(here)) << 3);
              store<u64>(sum, load<u64>(sum) + vote);
            }
          } else
            for (; here !== 0; here &= here - 1) {
              const sum = sums + <usize>ctz<u64>(here) * bytes;
              for (let k: usize = 0; k < bytes; k += 8) store<u64>(sum + k, load<u64>(sum + k) + load<u64>(leaf + k));
            }
          if (top === stack) break;
          top -= 16;
          node = load<u32>(top);
          here = load<u64>(top, 8);
          continue;
        }
        const right = here & bitsAbove(at + offset, v128.load8_splat(node, 8));
        if (right === 0) {
          node += NODE;
          continue;
        }
        const other: usize = load<u32>(node, 4);
        if (right === here) {
          node = other;
          continue;
        }
        store<u32>(top, <u32>other);
        store<u64>(top, right, 8);
        top += 16;
        here ^= right;
        node += NODE;
      }
    }
  }
}

/**
 * The label with most votes, of several the first; 255 where a voxel is unknown.
 * @param labels a byte for each class
 */
export function labelsOfVotes(
  votes: usize,
  words: usize,
  classes: usize,
  labels: usize,
  unknown: usize,
  dst: usize,
  voxels: usize,
): void {
  let from = votes;
  for (let x: usize = 0; x < voxels; x++, from += words << 3) {
    let best: usize = 0;
    let most = load<u16>(from);
    for (let k: usize = 1; k < classes; k++) {
      const vote = load<u16>(from + (k << 1));
      const more = vote > most;
      best = more ? k : best;
      most = more ? vote : most;
    }
    store<u8>(dst + x, load<u8>(labels + best) | load<u8>(unknown + x));
  }
}

/** The share that a class has of all votes; NaN where a voxel is unknown. */
export function sharesOfVotes(
  votes: usize,
  words: usize,
  one: usize,
  total: f32,
  unknown: usize,
  dst: usize,
  voxels: usize,
): void {
  let from = votes + (one << 1);
  for (let x: usize = 0; x < voxels; x++, from += words << 3)
    store<f32>(dst + (x << 2), load<u8>(unknown + x) !== 0 ? f32.NaN : <f32>load<u16>(from) / total);
}

/** 1 less what the most likely class is ahead of the second one; NaN where a voxel is unknown. */
export function doubtsOfVotes(
  votes: usize,
  words: usize,
  classes: usize,
  total: f32,
  unknown: usize,
  dst: usize,
  voxels: usize,
): void {
  let from = votes;
  for (let x: usize = 0; x < voxels; x++, from += words << 3) {
    let first: u32 = 0;
    let second: u32 = 0;
    for (let k: usize = 0; k < classes; k++) {
      const vote: u32 = load<u16>(from + (k << 1));
      second = max(second, min(first, vote));
      first = max(first, vote);
    }
    const doubt = (total - <f32>(first - second)) / total;
    store<f32>(dst + (x << 2), load<u8>(unknown + x) !== 0 ? f32.NaN : doubt);
  }
}
