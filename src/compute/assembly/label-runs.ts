/**
 * Figures of many labels in one box, run by run along its rows: what a run adds to sums of places and to a box is there in closed form. A row of figures is of float64, in which all of them are exact; its columns are
 * those of FIGURE in operations/labels.ts.
 */
import { enter, mostLabels, numberThere } from "./label-index";
import { runEnds } from "./runs";

/** Bytes of a row of figures without grey values. */
const PLAIN: usize = 11 * 8;
/** Bytes of a run in a list: its row of figures, row of voxels, first column, and the one behind its last; 32 bits each. */
const RUN: usize = 16;

/** What no label of 32 bits is. */
const NO_LABEL: i64 = (<i64>1) << 40;

function addTo(at: usize, value: f64): void {
  store<f64>(at, load<f64>(at) + value);
}

/**
 * Adds the runs of equal voxels of rows of a plane to the figures of their labels.
 * @param src first voxel; behind the last one 68 bytes may be read
 * @param mask a byte for each voxel, 0 where it does not count; or 0: all count
 * @param whole not 0: all but 0 is the label 1
 * @param none, alsoNone, only labels that do not count, the only one that does; {@link NO_LABEL} where there is none
 * @param z, y plane and first row in the box
 * @param first place of the first voxel in the box
 * @param slots, slotMask, labels, state table of labels: see label-index.ts
 * @param figures rows of `width` bytes, in the order of the numbers
 * @param list not 0: gets the runs, `listRuns` of them at most; how many there are stands in `state` behind the number of labels
 * @returns how many rows were done: fewer than there are where table or list might not hold another one
 */
export function addLabelRuns<T>(
  src: usize,
  row: usize,
  rows: usize,
  columns: usize,
  mask: usize,
  whole: i32,
  none: f64,
  alsoNone: f64,
  only: f64,
  z: f64,
  y: f64,
  first: f64,
  slots: usize,
  slotMask: u32,
  labels: usize,
  state: usize,
  figures: usize,
  width: usize,
  list: usize,
  listRuns: usize,
): usize {
  const most = <usize>mostLabels(slotMask);
  const out = <i64>none;
  const alsoOut = <i64>alsoNone;
  const wanted = <i64>only;
  let last = NO_LABEL;
  let figuresOfLast: usize = 0;
  let runs: usize = 0;
  let k: usize = 0;
  for (; k < rows; k++) {
    if (<usize>load<u32>(state) + columns > most || (list !== 0 && runs + columns > listRuns)) break;
    const line = src + k * row;
    const inside = mask + k * columns;
    const place = first + <f64>(k * columns);
    const at = y + <f64>k;
    let next: usize = 0;
    for (let x: usize = 0; x < columns; x += 64) {
      let ends = runEnds<T>(line, mask === 0 ? 0 : inside, x, columns);
      while (ends !== 0) {
        const from = next;
        const to = x + <usize>ctz(ends) + 1;
        next = to;
        ends &= ends - 1;
        if (mask !== 0 && load<u8>(inside + from) === 0) continue;
        const voxel = load<T>(line + from * sizeof<T>());
        const label = whole !== 0 ? <i64>(voxel !== 0) : <i64>voxel;
        if (label === out) continue;
        if (label !== last) {
          last = label;
          const number = numberThere(<u32>label, slots, slotMask);
          if (number !== 0) figuresOfLast = figures + (<usize>number - 1) * width;
          else if (label === alsoOut || (wanted !== NO_LABEL && label !== wanted)) figuresOfLast = 0;
          else {
            figuresOfLast = figures + (<usize>enter(<u32>label, slots, slotMask, labels, state) - 1) * width;
            begin(figuresOfLast, width, place + <f64>from, z, at, <f64>from);
          }
        }
        if (figuresOfLast === 0) continue;
        addRun(figuresOfLast, z, at, <f64>from, <f64>to);
        if (list !== 0) {
          const run = list + runs++ * RUN;
          store<u32>(run, <u32>figuresOfLast);
          store<u32>(run, <u32>k, 4);
          store<u32>(run, <u32>from, 8);
          store<u32>(run, <u32>to, 12);
        }
      }
    }
  }
  store<u32>(state, <u32>runs, 4);
  return k;
}

/** Begins the figures of a label, whose first voxel is there. */
function begin(figures: usize, width: usize, first: f64, z: f64, y: f64, x: f64): void {
  memory.fill(figures, 0, width);
  store<f64>(figures, first, 8);
  store<f64>(figures, z, 16);
  store<f64>(figures, y, 24);
  store<f64>(figures, x, 32);
  if (width === PLAIN) return;
  store<f64>(figures, Infinity, 128);
  store<f64>(figures, -Infinity, 136);
}

/** Adds a run of a label; rows come plane after plane, so that the last plane is the greatest. */
function addRun(figures: usize, z: f64, y: f64, from: f64, to: f64): void {
  const length = to - from;
  const start = f64x2.replace_lane(f64x2.splat(y), 1, from);
  const stop = f64x2.replace_lane(f64x2.splat(y + 1), 1, to);
  const places = f64x2.replace_lane(f64x2.splat(y), 1, (from + to - 1) * 0.5);
  addTo(figures, length);
  v128.store(figures, f64x2.pmin(v128.load(figures, 24), start), 24);
  store<f64>(figures, z + 1, 40);
  v128.store(figures, f64x2.pmax(v128.load(figures, 48), stop), 48);
  addTo(figures + 64, length * z);
  v128.store(figures, f64x2.add(v128.load(figures, 72), f64x2.mul(f64x2.splat(length), places)), 72);
}

/** Two voxels as float64. */
function two<T>(at: usize): v128 {
  if (isFloat<T>()) return f64x2.promote_low_f32x4(v128.load64_zero(at));
  const pair = f64x2.splat(<f64>load<T>(at));
  return f64x2.replace_lane(pair, 1, <f64>load<T>(at, sizeof<T>()));
}

/**
 * Adds the grey values of runs to the figures of their labels, in whole units from `origin` on, so that every order gives the same sums; what is
 * NaN does not count.
 * @param grey first grey value of the first of the rows that the list counts; behind the last one 64 bytes may be read
 * @param perUnit a power of two
 */
export function addRunGreys<T>(
  list: usize,
  count: usize,
  grey: usize,
  greyRow: usize,
  origin: f64,
  perUnit: f64,
): void {
  const origins = f64x2.splat(origin);
  const scale = f64x2.splat(perUnit);
  const one = f64x2.splat(1);
  const half = f64x2.splat(0.5);
  const all = i64x2.splat(-1);
  const first = i64x2(-1, 0);
  for (let k: usize = 0; k < count; k++) {
    const run = list + k * RUN;
    const figures = <usize>load<u32>(run);
    const line = grey + <usize>load<u32>(run, 4) * greyRow;
    const to = <usize>load<u32>(run, 12);
    let counts = f64x2.splat(0);
    let sums = counts;
    let high = counts;
    let mixed = counts;
    let low = counts;
    let least = f64x2.splat(load<f64>(figures, 128));
    let most = f64x2.splat(load<f64>(figures, 136));
    for (let x = <usize>load<u32>(run, 8); x < to; x += 2) {
      const values = two<T>(line + x * sizeof<T>());
      let counted = to - x === 1 ? first : all;
      if (isFloat<T>()) counted = v128.and(counted, f64x2.eq(values, values));
      least = f64x2.min(least, v128.bitselect(values, least, counted));
      most = f64x2.max(most, v128.bitselect(values, most, counted));
      // Rounded half up.
      const exact = v128.and(f64x2.mul(f64x2.sub(values, origins), scale), counted);
      const floor = f64x2.floor(exact);
      const units = f64x2.add(floor, v128.and(one, f64x2.ge(f64x2.sub(exact, floor), half)));
      const a = f64x2.floor(f64x2.mul(units, f64x2.splat(1.0 / 32768.0)));
      const b = f64x2.sub(units, f64x2.mul(a, f64x2.splat(32768)));
      counts = f64x2.add(counts, v128.and(one, counted));
      sums = f64x2.add(sums, units);
      high = f64x2.add(high, f64x2.mul(a, a));
      mixed = f64x2.add(mixed, f64x2.mul(f64x2.add(a, a), b));
      low = f64x2.add(low, f64x2.mul(b, b));
    }
    addTo(figures + 88, acrossLanes(counts));
    addTo(figures + 96, acrossLanes(sums));
    addTo(figures + 104, acrossLanes(high));
    addTo(figures + 112, acrossLanes(mixed));
    addTo(figures + 120, acrossLanes(low));
    store<f64>(figures, min(f64x2.extract_lane(least, 0), f64x2.extract_lane(least, 1)), 128);
    store<f64>(figures, max(f64x2.extract_lane(most, 0), f64x2.extract_lane(most, 1)), 136);
  }
}

function acrossLanes(values: v128): f64 {
  return f64x2.extract_lane(values, 0) + f64x2.extract_lane(values, 1);
}

/** Puts the labels of a table that was too small into an empty one, under the same numbers. */
export function placeLabels(from: usize, count: usize, slots: usize, slotMask: u32, labels: usize, state: usize): void {
  store<u32>(state, 0);
  for (let k: usize = 0; k < count; k++) enter(load<u32>(from + (k << 2)), slots, slotMask, labels, state);
}
