/**
 * Edges of voxels at which three phases meet. Voxels of the three have the bits 1, 2 and 4, those of other phases 8, those
 * that do not count 0. An edge counts if all four voxels around it do.
 */

/** Whether all four voxels around each of 16 edges count. */
function count(a: v128, b: v128, c: v128, d: v128): v128 {
  return i8x16.ne(i8x16.min_u(i8x16.min_u(a, b), i8x16.min_u(c, d)), i8x16.splat(0));
}

/** Whether among them are all three phases, too. */
function meet(a: v128, b: v128, c: v128, d: v128): v128 {
  const three = i8x16.splat(7);
  const together = v128.and(v128.or(v128.or(a, b), v128.or(c, d)), three);
  return v128.and(i8x16.eq(together, three), count(a, b, c, d));
}

/**
 * Edges of a plane along one axis: those between each voxel and the next ones `first` and `second` bytes on.
 * @param counts 32 bits: how many count
 */
export function countEdges(
  bits: usize,
  row: usize,
  rows: usize,
  columns: usize,
  first: usize,
  second: usize,
  counts: usize,
): void {
  let all: u32 = 0;
  for (let y: usize = 0; y < rows; y++)
    for (let x: usize = 0; x < columns; x += 16) {
      const at = bits + y * row + x;
      const a = v128.load(at);
      const b = v128.load(at + first);
      const c = v128.load(at + second);
      const d = v128.load(at + first + second);
      const lanes: u32 = columns - x < 16 ? (1 << (<u32>(columns - x))) - 1 : 0xffff;
      all += popcnt(<u32>i8x16.bitmask(count(a, b, c, d)) & lanes);
    }
  store<u32>(counts, load<u32>(counts) + all);
}

/**
 * Counts at `sets`, 64 of 32 bits with 16 bytes behind them, which of the six half edges that meet in the middle of a cell are such edges: those towards
 * lower and higher z, y and x have the bits 1 and 2, 4 and 8, 16 and 32. Cells of one plane and the next.
 */
export function countEdgeSets(bits: usize, row: usize, plane: usize, rows: usize, columns: usize, sets: usize): void {
  for (let y: usize = 0; y < rows; y++)
    for (let x: usize = 0; x < columns; x += 16) {
      const a = bits + y * row + x;
      const b = a + row;
      const c = a + plane;
      const d = c + row;
      const a0 = v128.load(a);
      const a1 = v128.load(a, 1);
      const b0 = v128.load(b);
      const b1 = v128.load(b, 1);
      const c0 = v128.load(c);
      const c1 = v128.load(c, 1);
      const d0 = v128.load(d);
      const d1 = v128.load(d, 1);
      const alongZ = v128.or(bitOf(meet(a0, a1, b0, b1), 1), bitOf(meet(c0, c1, d0, d1), 2));
      const alongY = v128.or(bitOf(meet(a0, a1, c0, c1), 4), bitOf(meet(b0, b1, d0, d1), 8));
      const alongX = v128.or(bitOf(meet(a0, b0, c0, d0), 16), bitOf(meet(a1, b1, c1, d1), 32));
      const all = v128.or(v128.or(alongZ, alongY), alongX);
      let some = ~(<u32>i8x16.bitmask(i8x16.eq(all, i8x16.splat(0)))) & 0xffff;
      if (columns - x < 16) some &= (1 << (<u32>(columns - x))) - 1;
      if (some === 0) continue;
      v128.store(sets + 256, all);
      while (some !== 0) {
        const lane = <usize>ctz(some);
        some &= some - 1;
        const count = sets + ((<usize>load<u8>(sets + 256 + lane)) << 2);
        store<u32>(count, load<u32>(count) + 1);
      }
    }
}

function bitOf(met: v128, bit: i32): v128 {
  return v128.and(met, i8x16.splat(<i8>bit));
}
