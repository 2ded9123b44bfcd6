/**
 * Cells of 2 × 2 × 2 voxels, whose corners are the centres of voxels: which corners each phase holds. The corner z, y, x of a
 * cell has the bit 4z + 2y + x. Phases have numbers of 8 bits from 1 on, 0 stands for voxels that do not count.
 */

/** Numbers of the phases of one plane of voxels: `table` has them for each value from `low` on. */
export function numberPhases<T>(
  src: usize,
  row: usize,
  rows: usize,
  columns: usize,
  mask: usize,
  maskRow: usize,
  table: usize,
  low: i32,
  dst: usize,
  dstRow: usize,
): void {
  for (let y: usize = 0; y < rows; y++) {
    const from = src + y * row;
    const to = dst + y * dstRow;
    for (let x: usize = 0; x < columns; x++)
      store<u8>(to + x, load<u8>(table + <usize>(<T>(load<T>(from + x * sizeof<T>()) - <T>low))));
    if (mask !== 0) clearOutside(to, mask + y * maskRow, columns);
  }
}

/** The same for voxels of 8 bits and few phases: pairs of bytes, a value and the number of its phase. */
export function numberFewPhases(
  src: usize,
  row: usize,
  rows: usize,
  columns: usize,
  mask: usize,
  maskRow: usize,
  pairs: usize,
  count: usize,
  dst: usize,
  dstRow: usize,
): void {
  for (let y: usize = 0; y < rows; y++) {
    const from = src + y * row;
    const to = dst + y * dstRow;
    for (let x: usize = 0; x < columns; x += 16) {
      const voxels = v128.load(from + x);
      let numbers = i8x16.splat(0);
      for (let k: usize = 0; k < count; k++) {
        const are = i8x16.eq(voxels, v128.load8_splat(pairs + (k << 1)));
        numbers = v128.or(numbers, v128.and(are, v128.load8_splat(pairs + (k << 1) + 1)));
      }
      v128.store(to + x, numbers);
    }
    if (mask !== 0) clearOutside(to, mask + y * maskRow, columns);
  }
}

function clearOutside(numbers: usize, mask: usize, columns: usize): void {
  const zero = i8x16.splat(0);
  for (let x: usize = 0; x < columns; x += 16)
    v128.store(numbers + x, v128.andnot(v128.load(numbers + x), i8x16.eq(v128.load(mask + x), zero)));
}

/** Bits of the cells of 16 columns whose corners are not all of one number. */
function mixedCells(a: usize, b: usize, c: usize, d: usize): u32 {
  const first = v128.load(a);
  const here = v128.or(
    v128.or(i8x16.ne(first, v128.load(b)), i8x16.ne(first, v128.load(c))),
    v128.or(i8x16.ne(first, v128.load(d)), i8x16.ne(first, v128.load(a, 1))),
  );
  const next = v128.or(
    v128.or(i8x16.ne(first, v128.load(b, 1)), i8x16.ne(first, v128.load(c, 1))),
    i8x16.ne(first, v128.load(d, 1)),
  );
  return <u32>i8x16.bitmask(v128.or(here, next));
}

/** The eight corners of a cell, a byte each, twice. */
function corners(a: usize, b: usize, c: usize, d: usize): v128 {
  const low = <u64>load<u16>(a) | ((<u64>load<u16>(b)) << 16);
  const high = <u64>load<u16>(c) | ((<u64>load<u16>(d)) << 16);
  return i64x2.splat(<i64>(low | (high << 32)));
}

/**
 * Counts how often each phase holds which corners of a cell, for the cells between two planes of numbers; cells of one phase
 * alone count nowhere.
 * @param whole 32 bits for each phase and each of 256 sets of corners, for cells without a voxel that does not count
 * @param cut the same for the other cells
 * @param areas 64 bits for each set of corners: the area of its surface within the cell
 * @param pairs 64 bits for each pair of phases, the one with the lower number first, `phases` a row; 0: they are not wanted. Of
 * each pair in a cell the areas of both, less that of both together, are added: twice the area at which they meet
 */
export function countCells(
  below: usize,
  above: usize,
  row: usize,
  rows: usize,
  columns: usize,
  phases: usize,
  whole: usize,
  cut: usize,
  areas: usize,
  pairs: usize,
): void {
  const zero = i8x16.splat(0);
  for (let y: usize = 0; y < rows; y++) {
    const a = below + y * row;
    const c = above + y * row;
    for (let x: usize = 0; x < columns; x += 16) {
      let mixed = mixedCells(a + x, a + row + x, c + x, c + row + x);
      if (columns - x < 16) mixed &= (1 << (<u32>(columns - x))) - 1;
      while (mixed !== 0) {
        const at = x + <usize>ctz(mixed);
        mixed &= mixed - 1;
        const cell = corners(a + at, a + row + at, c + at, c + row + at);
        const none = <u32>i8x16.bitmask(i8x16.eq(cell, zero)) & 255;
        const counts = none === 0 ? whole : cut;
        let rest = 255 & ~none;
        while (rest !== 0) {
          const one = cornerOf(cell, rest);
          const held = <u32>i8x16.bitmask(i8x16.eq(cell, i8x16.splat(<i8>one))) & 255;
          rest &= ~held;
          const count = counts + ((((one - 1) << 8) + held) << 2);
          store<u32>(count, load<u32>(count) + 1);
          if (pairs !== 0 && none === 0) addPairs(cell, one, held, rest, phases, areas, pairs);
        }
      }
    }
  }
}

/** The number that stands at the first corner of a set. */
function cornerOf(cell: v128, set: u32): usize {
  return <usize>(<u8>(i64x2.extract_lane(cell, 0) >> ((<i64>ctz(set)) << 3)));
}

function addPairs(cell: v128, one: usize, held: u32, others: u32, phases: usize, areas: usize, pairs: usize): void {
  let rest = others;
  const area = load<i64>(areas + ((<usize>held) << 3));
  while (rest !== 0) {
    const other = cornerOf(cell, rest);
    const set = <u32>i8x16.bitmask(i8x16.eq(cell, i8x16.splat(<i8>other))) & 255;
    rest &= ~set;
    const twice = area + load<i64>(areas + ((<usize>set) << 3)) - load<i64>(areas + ((<usize>(held | set)) << 3));
    const pair = pairs + (((min(one, other) - 1) * phases + max(one, other) - 1) << 3);
    store<i64>(pair, load<i64>(pair) + twice);
  }
}

/** Sets a bit for each number from 1 to 255 that occurs in a plane: 32 bytes at `found`. */
export function findNumbers(src: usize, row: usize, rows: usize, columns: usize, found: usize): void {
  for (let y: usize = 0; y < rows; y++) {
    const line = src + y * row;
    let last: u8 = 0;
    for (let x: usize = 0; x < columns; x++) {
      const number = load<u8>(line + x);
      if (number === last) continue;
      last = number;
      const at = found + (<usize>number >> 3);
      store<u8>(at, load<u8>(at) | (1 << (number & 7)));
    }
  }
}
