/**
 * A forest of decision trees over features in bins of a byte. Sixteen voxels go down a tree together: neighbours take much the
 * same way, and where they part, those that go right wait on a stack.
 *
 * A node has 12 bytes: where the bins of its feature begin, the address of its right child, its bin. Voxels whose bin is above
 * go right, the others to the left child, which is the next node. A leaf has {@link LEAF} in place of the bins, and
 * the address of its votes: one number of 16 bits a class.
 */
const LEAF: u32 = 0xffffffff;
const NODE: usize = 12;

/** How many of 255 ascending edges a value is above; of NaN none. */
function binOfFloat(v: f32, edges: usize): usize {
  let at = edges;
  at += (<usize>(v > load<f32>(at, 4 * 127))) << 9;
  at += (<usize>(v > load<f32>(at, 4 * 63))) << 8;
  at += (<usize>(v > load<f32>(at, 4 * 31))) << 7;
  at += (<usize>(v > load<f32>(at, 4 * 15))) << 6;
  at += (<usize>(v > load<f32>(at, 4 * 7))) << 5;
  at += (<usize>(v > load<f32>(at, 4 * 3))) << 4;
  at += (<usize>(v > load<f32>(at, 4))) << 3;
  at += (<usize>(v > load<f32>(at))) << 2;
  return (at - edges) >> 2;
}

/**
 * A plane of a feature as bins.
 * @param unknown a byte a voxel, which becomes 255 where the value is NaN
 */
export function toBins(
  src: usize,
  row: usize,
  edges: usize,
  dst: usize,
  unknown: usize,
  dstRow: usize,
  rows: usize,
  columns: usize,
): void {
  for (let y: usize = 0; y < rows; y++)
    for (let x: usize = 0; x < columns; x++) {
      const v = load<f32>(src + y * row + (x << 2));
      const at = y * dstRow + x;
      store<u8>(dst + at, <u8>binOfFloat(v, edges));
      if (isNaN<f32>(v)) store<u8>(unknown + at, 255);
    }
}

/**
 * Adds the votes of all trees: of each 16 voxels, for each class their 16 sums.
 * @param voxels a multiple of 16
 * @param roots addresses of the first nodes
 * @param votes all 0
 * @param stack 32 bytes for each level of the deepest tree
 */
export function walkTrees(
  bins: usize,
  voxels: usize,
  roots: usize,
  trees: usize,
  classes: usize,
  votes: usize,
  stack: usize,
): void {
  const bytes = classes << 5;
  for (let tree: usize = 0; tree < trees; tree++) {
    const root: usize = load<u32>(roots + (tree << 2));
    let sums = votes;
    for (let at = bins; at < bins + voxels; at += 16) {
      let top = stack;
      let node = root;
      let mask = i8x16.splat(-1);
      while (true) {
        const offset = load<u32>(node);
        if (offset === LEAF) {
          const leaf: usize = load<u32>(node, 4);
          const low = i16x8.extend_low_i8x16_s(mask);
          const high = i16x8.extend_high_i8x16_s(mask);
          for (let k: usize = 0; k < classes; k++) {
            const vote = v128.load16_splat(leaf + (k << 1));
            const to = sums + (k << 5);
            v128.store(to, i16x8.add(v128.load(to), v128.and(vote, low)));
            v128.store(to, i16x8.add(v128.load(to, 16), v128.and(vote, high)), 16);
          }
          if (top === stack) break;
          top -= 32;
          mask = v128.load(top);
          node = load<u32>(top, 16);
          continue;
        }
        const above = i8x16.gt_u(v128.load(at + offset), v128.load8_splat(node, 8));
        const right = v128.and(mask, above);
        if (!v128.any_true(right)) {
          node += NODE;
          continue;
        }
        const left = v128.andnot(mask, above);
        const other: usize = load<u32>(node, 4);
        if (!v128.any_true(left)) {
          node = other;
          continue;
        }
        v128.store(top, right);
        store<u32>(top, <u32>other, 16);
        top += 32;
        mask = left;
        node += NODE;
      }
      sums += bytes;
    }
  }
}

/**
 * The label with most votes, of several the first; 255 where a voxel is unknown.
 * @param labels a byte for each class
 */
export function labelsOfVotes(
  votes: usize,
  classes: usize,
  labels: usize,
  unknown: usize,
  dst: usize,
  voxels: usize,
): void {
  for (let x: usize = 0; x < voxels; x += 16) {
    const from = votes + (x >> 4) * (classes << 5);
    let low = v128.load(from);
    let high = v128.load(from, 16);
    let label = v128.load8_splat(labels);
    for (let k: usize = 1; k < classes; k++) {
      const l = v128.load(from + (k << 5));
      const h = v128.load(from + (k << 5), 16);
      const more = i8x16.narrow_i16x8_s(i16x8.gt_u(l, low), i16x8.gt_u(h, high));
      label = v128.bitselect(v128.load8_splat(labels + k), label, more);
      low = i16x8.max_u(l, low);
      high = i16x8.max_u(h, high);
    }
    v128.store(dst + x, v128.or(label, v128.load(unknown + x)));
  }
}

/** Eight sums over a total, as float32. */
function storeShares(sums: v128, total: v128, dst: usize): void {
  v128.store(dst, f32x4.div(f32x4.convert_i32x4_u(i32x4.extend_low_i16x8_u(sums)), total));
  v128.store(dst, f32x4.div(f32x4.convert_i32x4_u(i32x4.extend_high_i16x8_u(sums)), total), 16);
}

/** Makes NaN of values where a voxel is unknown. */
function forget(unknown: usize, dst: usize, voxels: usize): void {
  for (let x: usize = 0; x < voxels; x++) if (load<u8>(unknown + x) !== 0) store<f32>(dst + (x << 2), f32.NaN);
}

/** The share that a class has of all votes. */
export function sharesOfVotes(
  votes: usize,
  classes: usize,
  one: usize,
  total: f32,
  unknown: usize,
  dst: usize,
  voxels: usize,
): void {
  const all = f32x4.splat(total);
  for (let x: usize = 0; x < voxels; x += 16) {
    const from = votes + (x >> 4) * (classes << 5) + (one << 5);
    storeShares(v128.load(from), all, dst + (x << 2));
    storeShares(v128.load(from, 16), all, dst + (x << 2) + 32);
  }
  forget(unknown, dst, voxels);
}

/** Eight sums: the total less the difference of the most and the second most votes. */
function doubts(from: usize, classes: usize, total: v128): v128 {
  let first = v128.load(from);
  let second = i16x8.splat(0);
  for (let k: usize = 1; k < classes; k++) {
    const v = v128.load(from + (k << 5));
    second = i16x8.max_u(second, i16x8.min_u(first, v));
    first = i16x8.max_u(first, v);
  }
  return i16x8.sub(total, i16x8.sub(first, second));
}

/** 1 less what the most likely class is ahead of the second one. */
export function doubtsOfVotes(
  votes: usize,
  classes: usize,
  total: f32,
  unknown: usize,
  dst: usize,
  voxels: usize,
): void {
  const all = f32x4.splat(total);
  const sum = i16x8.splat(<i16>(<u32>total));
  for (let x: usize = 0; x < voxels; x += 16) {
    const from = votes + (x >> 4) * (classes << 5);
    storeShares(doubts(from, classes, sum), all, dst + (x << 2));
    storeShares(doubts(from + 16, classes, sum), all, dst + (x << 2) + 32);
  }
  forget(unknown, dst, voxels);
}
