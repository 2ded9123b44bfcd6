/**
 * Figures of many labels in one box: sums over their voxels, their faces, and their surface in cells of 2 × 2 × 2 voxels. Labels get
 * numbers from 1 on in the order in which they come, 0 is what belongs to none; what does not count, and what lies beyond, is {@link OUT}.
 */
import { enter, numberThere } from "./label-index";
import { runEnds } from "./runs";

const OUT: u32 = 0xffffffff;

/** 64-bit columns of a row of figures; see FIGURES in operations/particles.ts. */
const ROW: usize = 40;
/** 64-bit columns of a pair: its key, faces across z, y and x, twice its area. */
const PAIR: usize = 5;

/**
 * Numbers of the labels of a plane of rows.
 * @param src first voxel; behind the last one 68 bytes may be read
 * @param mask one byte a voxel, or 0 for none; behind the last one 16 bytes may be read
 * @param none, outside labels that stand for no label and for what does not count; as numbers of 64 bits, so that there may be none
 * @param slots, slotMask, labels, state table of labels: see label-index.ts
 * @param dst gets 32 bits a voxel; 12 bytes behind the last one of a row are written, too, before the next row is
 * @returns 1 if the table is full
 */
export function numberLabels<T>(
  src: usize,
  row: usize,
  rows: usize,
  columns: usize,
  mask: usize,
  maskRow: usize,
  whole: i32,
  none: f64,
  outside: f64,
  slots: usize,
  slotMask: u32,
  labels: usize,
  state: usize,
  dst: usize,
  dstRow: usize,
): i32 {
  for (let y: usize = 0; y < rows; y++) {
    const from = src + y * row;
    const to = dst + y * dstRow;
    const inside = mask + y * maskRow;
    let next: usize = 0;
    for (let x: usize = 0; x < columns; x += 64) {
      let ends = runEnds<T>(from, mask === 0 ? 0 : inside, x, columns);
      while (ends !== 0) {
        const begin = next;
        next = x + <usize>ctz(ends) + 1;
        ends &= ends - 1;
        let number = OUT;
        if (mask === 0 || load<u8>(inside + begin) !== 0) {
          const label = load<T>(from + begin * sizeof<T>());
          if (<f64>label === none) number = 0;
          else if (<f64>label !== outside) {
            number = whole !== 0 ? 1 : numberThere(<u32>label, slots, slotMask);
            if (number === 0) number = enter(<u32>label, slots, slotMask, labels, state);
            if (number === 0) return 1;
          }
        }
        const numbers = i32x4.splat(<i32>number);
        for (let k = begin; k < next; k += 4) v128.store(to + (k << 2), numbers);
      }
    }
  }
  return 0;
}

function addTo(at: usize, value: i64): void {
  store<i64>(at, load<i64>(at) + value);
}

/** Adds the runs of a plane of rows to the sums of their labels; places are counted from `z`, `y` and `x` on. */
export function addRuns(
  numbers: usize,
  row: usize,
  rows: usize,
  columns: usize,
  z: i64,
  y0: i64,
  x0: i64,
  figures: usize,
): void {
  for (let k: usize = 0; k < rows; k++) {
    const line = numbers + k * row;
    const y = y0 + <i64>k;
    for (let x: usize = 0; x < columns; ) {
      const number = load<u32>(line + (x << 2));
      let end = x + 1;
      const same = i32x4.splat(<i32>number);
      while (end + 4 <= columns && i32x4.all_true(i32x4.eq(v128.load(line + (end << 2)), same))) end += 4;
      while (end < columns && load<u32>(line + (end << 2)) === number) end++;
      if (number !== 0 && number !== OUT)
        addRun(figures + (<usize>number - 1) * ROW * 8, z, y, x0 + <i64>x, x0 + <i64>end);
      x = end;
    }
  }
}

/** Sums of the whole numbers from 0 up to, not including, n, of their squares and of their cubes; also for n below 0. */
function sum1(n: i64): i64 {
  return (n * (n - 1)) / 2;
}
function sum2(n: i64): i64 {
  return ((n - 1) * n * (2 * n - 1)) / 6;
}
function sum3(n: i64): i64 {
  const one = sum1(n);
  return one * one;
}

function addRun(at: usize, z: i64, y: i64, from: i64, to: i64): void {
  const n = to - from;
  const x = sum1(to) - sum1(from);
  const xx = sum2(to) - sum2(from);
  const xxx = sum3(to) - sum3(from);
  addTo(at, n);
  addTo(at + 8, n * z);
  addTo(at + 16, n * y);
  addTo(at + 24, x);
  addTo(at + 32, n * z * z);
  addTo(at + 40, n * y * y);
  addTo(at + 48, xx);
  addTo(at + 56, n * z * y);
  addTo(at + 64, x * z);
  addTo(at + 72, x * y);
  addTo(at + 80, n * z * z * z);
  addTo(at + 88, n * z * z * y);
  addTo(at + 96, x * z * z);
  addTo(at + 104, n * z * y * y);
  addTo(at + 112, x * z * y);
  addTo(at + 120, xx * z);
  addTo(at + 128, n * y * y * y);
  addTo(at + 136, x * y * y);
  addTo(at + 144, xx * y);
  addTo(at + 152, xxx);
  store<i64>(at, min(load<i64>(at, 160), z), 160);
  store<i64>(at, max(load<i64>(at, 168), z + 1), 168);
  store<i64>(at, min(load<i64>(at, 176), y), 176);
  store<i64>(at, max(load<i64>(at, 184), y + 1), 184);
  store<i64>(at, min(load<i64>(at, 192), from), 192);
  store<i64>(at, max(load<i64>(at, 200), to), 200);
}

/** Place of a pair of numbers in a table of pairs, which it gets if it has none; 0 if the table is full. */
function pairAt(one: u32, other: u32, pairs: usize, pairMask: u32, state: usize): usize {
  const key = ((<u64>min(one, other)) << 32) | <u64>max(one, other);
  const mixed = (min(one, other) * 0x9e3779b1) ^ (max(one, other) * 0x85ebca6b);
  let slot = (mixed ^ (mixed >> 15)) & pairMask;
  let at = pairs + <usize>slot * PAIR * 8;
  let there = load<u64>(at);
  while (there !== key && there !== 0) {
    slot = (slot + 1) & pairMask;
    at = pairs + <usize>slot * PAIR * 8;
    there = load<u64>(at);
  }
  if (there === key) return at;
  const count = load<u32>(state);
  if (count > pairMask >> 1) return 0;
  store<u32>(state, count + 1);
  store<u64>(at, key);
  return at;
}

/**
 * Counts the faces between the voxels of a plane of rows and the next ones `step` bytes on along one axis. For each label, 64 bits each from
 * `axis` on: faces with other labels, with what counts but belongs to none, and with what does not count.
 * @param phases one byte a voxel: the number of its phase, `phaseStep` to that of the neighbour; 0: they are not wanted
 * @param phaseFaces 32 bits for each label, each phase and each axis
 * @returns 1 if the table of pairs is full
 */
export function addFaces(
  numbers: usize,
  row: usize,
  step: usize,
  rows: usize,
  columns: usize,
  axis: usize,
  figures: usize,
  pairs: usize,
  pairMask: u32,
  state: usize,
  phases: usize,
  phaseRow: usize,
  phaseStep: usize,
  phaseCount: usize,
  phaseFaces: usize,
): i32 {
  for (let y: usize = 0; y < rows; y++) {
    const line = numbers + y * row;
    for (let x: usize = 0; x < columns; x += 4) {
      const at = line + (x << 2);
      let unlike = i32x4.bitmask(i32x4.ne(v128.load(at), v128.load(at + step)));
      if (columns - x < 4) unlike &= (1 << (<u32>(columns - x))) - 1;
      while (unlike !== 0) {
        const lane = <usize>ctz(unlike);
        unlike &= unlike - 1;
        const one = load<u32>(at + (lane << 2));
        const other = load<u32>(at + (lane << 2) + step);
        const isOne = one !== 0 && one !== OUT;
        const isOther = other !== 0 && other !== OUT;
        if (isOne) addFace(figures, one, other, axis);
        if (isOther) addFace(figures, other, one, axis);
        if (isOne && isOther) {
          const pair = pairAt(one, other, pairs, pairMask, state);
          if (pair === 0) return 1;
          addTo(pair + 8 + (axis << 3), 1);
        } else if (phases !== 0 && (isOne || isOther)) {
          const place = phases + y * phaseRow + x + lane;
          const phase = <usize>load<u8>(isOne ? place + phaseStep : place);
          if (phase === 0 || (isOne ? other : one) === OUT) continue;
          const face =
            phaseFaces + ((((isOne ? <usize>one : <usize>other) - 1) * phaseCount + phase - 1) * 3 + axis) * 4;
          store<u32>(face, load<u32>(face) + 1);
        }
      }
    }
  }
  return 0;
}

function addFace(figures: usize, number: u32, beside: u32, axis: usize): void {
  const kind: usize = beside === OUT ? 6 : beside === 0 ? 3 : 0;
  addTo(figures + ((<usize>number - 1) * ROW + 26 + kind + axis) * 8, 1);
}

/** Bits of the corners of a cell with a number. */
function cornersOf(low: v128, high: v128, number: u32): u32 {
  const wanted = i32x4.splat(<i32>number);
  return <u32>(i32x4.bitmask(i32x4.eq(low, wanted)) | (i32x4.bitmask(i32x4.eq(high, wanted)) << 4));
}

/**
 * Adds up the surface of each label in the cells between two planes of numbers, and eighths of Euler numbers. Cells with a voxel that does
 * not count have no surface. Of each two labels in a cell the areas of both, less that of both together, are the area at which they meet, twice.
 * @param areas 64 bits for each set of corners: units of area
 * @param eighths 32 bits for each set of corners
 * @returns 1 if the table of pairs is full
 */
export function addCells(
  below: usize,
  above: usize,
  row: usize,
  rows: usize,
  columns: usize,
  areas: usize,
  eighths: usize,
  figures: usize,
  pairs: usize,
  pairMask: u32,
  state: usize,
): i32 {
  for (let y: usize = 0; y < rows; y++) {
    const a = below + y * row;
    const c = above + y * row;
    for (let x: usize = 0; x < columns; x += 4) {
      const at = x << 2;
      const first = v128.load(a + at);
      const here = v128.or(
        v128.or(i32x4.ne(first, v128.load(a + row + at)), i32x4.ne(first, v128.load(c + at))),
        v128.or(i32x4.ne(first, v128.load(c + row + at)), i32x4.ne(first, v128.load(a + at, 4))),
      );
      const next = v128.or(
        v128.or(i32x4.ne(first, v128.load(a + row + at, 4)), i32x4.ne(first, v128.load(c + at, 4))),
        i32x4.ne(first, v128.load(c + row + at, 4)),
      );
      let mixed = i32x4.bitmask(v128.or(here, next));
      if (columns - x < 4) mixed &= (1 << (<u32>(columns - x))) - 1;
      while (mixed !== 0) {
        const k = at + ((<usize>ctz(mixed)) << 2);
        mixed &= mixed - 1;
        const low = i64x2.replace_lane(i64x2.splat(load<i64>(a + k)), 1, load<i64>(a + row + k));
        const high = i64x2.replace_lane(i64x2.splat(load<i64>(c + k)), 1, load<i64>(c + row + k));
        const out = cornersOf(low, high, OUT);
        let rest = 255 & ~(out | cornersOf(low, high, 0));
        while (rest !== 0) {
          const one = numberAt(a + k, c + k, row, <usize>ctz(rest));
          const set = cornersOf(low, high, one);
          rest &= ~set;
          const figure = figures + (<usize>one - 1) * ROW * 8;
          addTo(figure + 37 * 8, <i64>load<i32>(eighths + ((<usize>set) << 2)));
          if (out !== 0) continue;
          const area = load<i64>(areas + ((<usize>set) << 3));
          addTo(figure + 35 * 8, area);
          let others = rest;
          while (others !== 0) {
            const other = numberAt(a + k, c + k, row, <usize>ctz(others));
            const its = cornersOf(low, high, other);
            others &= ~its;
            const twice =
              area + load<i64>(areas + ((<usize>its) << 3)) - load<i64>(areas + ((<usize>(set | its)) << 3));
            const pair = pairAt(one, other, pairs, pairMask, state);
            if (pair === 0) return 1;
            addTo(pair + 32, twice);
            addTo(figure + 36 * 8, twice);
            addTo(figures + ((<usize>other - 1) * ROW + 36) * 8, twice);
          }
        }
      }
    }
  }
  return 0;
}

function numberAt(a: usize, c: usize, row: usize, corner: usize): u32 {
  const line = corner < 4 ? a : c;
  return load<u32>(line + ((corner >> 1) & 1) * row + ((corner & 1) << 2));
}
