/** What the sweeps of conduction.ts have come to, in float64: balances, fluxes, and maps of both. Called a few times a solution. */

import * as board from "./chessboard";
import {
  AROUND_X,
  AROUND_Z,
  COLUMNS,
  DRIVE,
  ends,
  FAR,
  FIXED_FIRST,
  FIXED_LAST,
  FLAGS,
  MATERIAL,
  PLANES,
  REACTION,
  ROWS,
  rowAt,
  SOURCE,
  seek,
  sideOf,
  WEIGHT_X,
  WEIGHT_Y,
  WEIGHT_Z,
  WIDTH,
  wallsAt,
  wrap,
  ZERO,
} from "./chessboard";

/** Rows of the material around one. */
let ro: usize = 0;
let rm: usize = 0;
let rl: usize = 0;
let rh: usize = 0;
let rf: usize = 0;
let rb: usize = 0;

function seekMaterial<T>(g: usize, c: u32, z: u32, y: u32): void {
  const material = <usize>load<u32>(g, MATERIAL);
  if (isInteger<T>()) {
    // Bytes lie as the elements of a field do, a fourth as far from each other; no row begins at 1.
    const zero = <usize>load<u32>(g, ZERO);
    seek(g, 0, 1, c, z, y);
    ro = material + (board.own >> 2);
    rm = material + (board.middle >> 2);
    rl = board.low === 1 ? zero : material + (board.low >> 2);
    rh = board.high === 1 ? zero : material + (board.high >> 2);
    rf = board.front === 1 ? zero : material + (board.front >> 2);
    rb = board.back === 1 ? zero : material + (board.back >> 2);
  } else {
    seek(g, material, <usize>load<u32>(g, FAR), c, z, y);
    ro = board.own;
    rm = board.middle;
    rl = board.low;
    rh = board.high;
    rf = board.front;
    rb = board.back;
  }
}

/** Conductance of the face between two voxels of float32 index `i` (in bytes) of two rows. */
function face<T>(weight: f64, one: usize, i: usize, other: usize, j: usize): f64 {
  if (isInteger<T>()) return load<u8>(one + (i >> 2)) !== 0 && load<u8>(other + <usize>(<isize>j >> 2)) !== 0 ? 1 : 0;
  return weight / (<f64>load<f32>(one + i) + <f64>load<f32>(other + j));
}

/**
 * The balance of each voxel of one colour in a plane, put into `r`. Adds to five float64 at `sums`: Σ r, Σ x·r, and what flows over
 * the faces towards the next voxels along z, y, x, each divided by the weight of the face.
 */
export function balance<T>(g: usize, x: usize, r: usize, c: u32, z: u32, sums: usize): void {
  const rows = load<u32>(g, ROWS);
  const columns = load<u32>(g, COLUMNS);
  const flags = load<u32>(g, FLAGS);
  const planes = load<u32>(g, PLANES);
  const alongZ = <f64>load<f32>(g, WEIGHT_Z);
  const alongY = <f64>load<f32>(g, WEIGHT_Y);
  const alongX = <f64>load<f32>(g, WEIGHT_X);
  const reaction = <f64>load<f32>(g, REACTION);
  const source = <f64>load<f32>(g, SOURCE);
  const drive = <f64>load<f32>(g, DRIVE);
  const atEnds = <f64>ends(g, z);
  const around = (flags & AROUND_X) !== 0;
  const end = (<usize>load<u32>(g, WIDTH)) << 2;
  const jumpLow = z === 0 && (flags & AROUND_Z) !== 0 ? drive : 0;
  const jumpHigh = z + 1 === planes && (flags & AROUND_Z) !== 0 ? drive : 0;
  const fixed = z === 0 && (flags & FIXED_FIRST) !== 0 ? drive : 0;
  let total: f64 = 0;
  let work: f64 = 0;
  let onward: f64 = 0;
  let backward: f64 = 0;
  let sideward: f64 = 0;
  for (let y: u32 = 0; y < rows; y++) {
    const s = (z + y + c) & 1;
    const side = sideOf(c, z, y);
    seekMaterial<T>(g, c, z, y);
    seek(g, x, <usize>load<u32>(g, ZERO), c, z, y);
    const own = board.own;
    const middle = board.middle;
    const low = board.low;
    const high = board.high;
    const front = board.front;
    const back = board.back;
    const at = rowAt(g, c, z, y);
    const walls = wallsAt(g, at);
    const count = (columns - s + 1) >> 1;
    for (let n: u32 = 0; n < count; n++) {
      const i = (<usize>n) << 2;
      let conducts: bool;
      if (isInteger<T>()) conducts = load<u8>(ro + (i >> 2)) !== 0;
      else conducts = load<f32>(ro + i) < f32.MAX_VALUE;
      if (!conducts) continue;
      const here = <f64>load<f32>(own + i);
      const toLow = face<T>(alongZ, ro, i, rl, i) * (here - <f64>load<f32>(low + i) - jumpLow);
      const toHigh = face<T>(alongZ, ro, i, rh, i) * (here - <f64>load<f32>(high + i) + jumpHigh);
      const toFront = face<T>(alongY, ro, i, rf, i) * (here - <f64>load<f32>(front + i));
      const toBack = face<T>(alongY, ro, i, rb, i) * (here - <f64>load<f32>(back + i));
      const toMiddle = face<T>(alongX, ro, i, rm, i) * (here - <f64>load<f32>(middle + i));
      // Bytes have no copies of the other side.
      let beside = i + side;
      if (isInteger<T>() && around) beside = beside === <usize>-4 ? end - 4 : beside === end ? 0 : beside;
      const toSide = face<T>(alongX, ro, i, rm, beside) * (here - <f64>load<f32>(middle + i + side));
      let single: f64 = 2;
      let reacting: f64 = 0;
      if (isInteger<T>()) reacting = <f64>(load<u8>(ro + (i >> 2)) >> 4);
      else {
        reacting = <f64>load<f32>(walls + i);
        single = alongZ / <f64>load<f32>(ro + i);
      }
      const left =
        source * reacting +
        single * (fixed - atEnds * here) -
        reaction * reacting * here -
        (toLow + toHigh + toFront + toBack + (toMiddle + toSide));
      store<f32>(r + at + i, <f32>left);
      total += left;
      work += here * left;
      onward += toHigh;
      backward += toBack;
      sideward += s === 1 ? toSide : toMiddle;
    }
  }
  store<f64>(sums, load<f64>(sums) + total);
  store<f64>(sums, load<f64>(sums, 8) + work, 8);
  store<f64>(sums, load<f64>(sums, 16) + (2 * onward) / alongZ, 16);
  store<f64>(sums, load<f64>(sums, 24) + (2 * backward) / alongY, 24);
  store<f64>(sums, load<f64>(sums, 32) + (2 * sideward) / alongX, 32);
}

/** What flows in through the first faces: those at the fixed potential or, where z is periodic, those between last and first plane. */
export function inflowFirst<T>(g: usize, x: usize, c: u32): f64 {
  const rows = load<u32>(g, ROWS);
  const columns = load<u32>(g, COLUMNS);
  const flags = load<u32>(g, FLAGS);
  const drive = <f64>load<f32>(g, DRIVE);
  const alongZ = <f64>load<f32>(g, WEIGHT_Z);
  let total: f64 = 0;
  for (let y: u32 = 0; y < rows; y++) {
    seekMaterial<T>(g, c, 0, y);
    seek(g, x, <usize>load<u32>(g, ZERO), c, 0, y);
    const count = (columns - ((y + c) & 1) + 1) >> 1;
    for (let n: u32 = 0; n < count; n++) {
      const i = (<usize>n) << 2;
      let single: f64 = 0;
      if (isInteger<T>()) single = load<u8>(ro + (i >> 2)) !== 0 ? 2 : 0;
      else single = alongZ / <f64>load<f32>(ro + i);
      if (single === 0) continue;
      const here = <f64>load<f32>(board.own + i);
      if ((flags & AROUND_Z) !== 0)
        total += face<T>(alongZ, ro, i, rl, i) * (<f64>load<f32>(board.low + i) + drive - here);
      else total += single * (drive - here);
    }
  }
  return total;
}

/**
 * Maps of the voxels of one colour in a plane, as float32 that are `stepY` and `stepX` bytes apart: potentials, or the length of the
 * flux density over that of an open block. NaN where nothing conducts. Rows and columns from the given ones on are left out.
 */
export function mapPlane<T>(
  g: usize,
  x: usize,
  c: u32,
  z: u32,
  flux: bool,
  to: usize,
  stepY: isize,
  stepX: isize,
  rows: u32,
  columns: u32,
): void {
  const alongZ = <f64>load<f32>(g, WEIGHT_Z);
  const alongY = <f64>load<f32>(g, WEIGHT_Y);
  const alongX = <f64>load<f32>(g, WEIGHT_X);
  const drive = <f64>load<f32>(g, DRIVE);
  const flags = load<u32>(g, FLAGS);
  const planes = load<u32>(g, PLANES);
  const around = (flags & AROUND_X) !== 0;
  const end = (<usize>load<u32>(g, WIDTH)) << 2;
  const first = z === 0 && (flags & FIXED_FIRST) !== 0;
  const last = z + 1 === planes && (flags & FIXED_LAST) !== 0;
  const half = 0.5 * <f64>planes;
  for (let y: u32 = 0; y < rows; y++) {
    const s = (z + y + c) & 1;
    const side = sideOf(c, z, y);
    seekMaterial<T>(g, c, z, y);
    seek(g, x, <usize>load<u32>(g, ZERO), c, z, y);
    for (let at = s; at < columns; at += 2) {
      const i = (<usize>(at >> 1)) << 2;
      const out = to + <usize>(<isize>y * stepY + <isize>at * stepX);
      let conducts: bool;
      if (isInteger<T>()) conducts = load<u8>(ro + (i >> 2)) !== 0;
      else conducts = load<f32>(ro + i) < f32.MAX_VALUE;
      if (!conducts) {
        store<f32>(out, f32.NaN);
        continue;
      }
      const here = <f64>load<f32>(board.own + i);
      if (!flux) {
        store<f32>(out, <f32>here);
        continue;
      }
      let single: f64 = 2;
      if (!isInteger<T>()) single = alongZ / <f64>load<f32>(ro + i);
      let beside = i + side;
      if (isInteger<T>() && around) beside = beside === <usize>-4 ? end - 4 : beside === end ? 0 : beside;
      let low = face<T>(alongZ, ro, i, rl, i) * (<f64>load<f32>(board.low + i) - here);
      let high = face<T>(alongZ, ro, i, rh, i) * (here - <f64>load<f32>(board.high + i));
      if (first) low = single * (drive - here);
      if (last) high = single * here;
      const front = face<T>(alongY, ro, i, rf, i) * (<f64>load<f32>(board.front + i) - here);
      const back = face<T>(alongY, ro, i, rb, i) * (here - <f64>load<f32>(board.back + i));
      const one = face<T>(alongX, ro, i, rm, i) * (here - <f64>load<f32>(board.middle + i));
      const other = face<T>(alongX, ro, i, rm, beside) * (<f64>load<f32>(board.middle + i + side) - here);
      const onward = low + high;
      const backward = (front + back) / sqrt<f64>(alongY / alongZ);
      const sideward = (one + other) / sqrt<f64>(alongX / alongZ);
      store<f32>(out, <f32>(half * sqrt<f64>(onward * onward + backward * backward + sideward * sideward)));
    }
  }
}

/** Puts the voxels of the other side before and behind the rows of a plane. */
export function wrapPlane(g: usize, field: usize, c: u32, z: u32): void {
  wrap(g, field, c, z);
}
