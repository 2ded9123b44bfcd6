/**
 * Active contours by morphology: labels 0, 1, 2, …, with grey values beside them. Label 255 takes part in nothing. What lies
 * beyond a face is 255, too, so that slopes there are those of one side.
 */

const NEUTRAL: i32 = 255;

/** Sixteen labels of a neighbour; where that takes part in nothing, the own ones. */
function orOwn(at: usize, own: v128): v128 {
  const there = v128.load(at);
  return v128.bitselect(own, there, i8x16.eq(there, i8x16.splat(-1)));
}

/** A byte of set bits for each of sixteen voxels whose neighbours along each axis are alike. */
function flat(at: usize, own: v128, stepZ: usize, stepY: usize, stepX: usize): v128 {
  const z = i8x16.eq(orOwn(at - stepZ, own), orOwn(at + stepZ, own));
  const y = i8x16.eq(orOwn(at - stepY, own), orOwn(at + stepY, own));
  const x = i8x16.eq(orOwn(at - stepX, own), orOwn(at + stepX, own));
  return v128.and(v128.and(z, y), x);
}

/** A bit for each of sixteen voxels at which the labels have a slope. */
function slopes(at: usize, stepZ: usize, stepY: usize, stepX: usize): i32 {
  const own = v128.load(at);
  const none = i8x16.eq(own, i8x16.splat(-1));
  return i8x16.bitmask(v128.or(flat(at, own, stepZ, stepY, stepX), none)) ^ 0xffff;
}

/** Cost of a grey value in a class: the weighted square of its distance from the mean. */
function costAt(value: f64, table: usize, label: i32): f64 {
  const at = table + ((<usize>label) << 4);
  const apart = value - load<f64>(at);
  return load<f64>(at, 8) * (apart * apart);
}

/**
 * Chan and Vese: where labels have a slope, a voxel goes to the class of least cost among its own and those of its neighbours.
 * Of equally good ones its own stays, then the lowest wins.
 * @param labels the plane's first byte, which has neighbours all around; steps along an axis with a single voxel are 0
 * @param table mean and weight of each class, float64
 */
export function moveByMeans<T>(
  labels: usize,
  stepZ: usize,
  row: usize,
  stepY: usize,
  stepX: usize,
  grey: usize,
  greyRow: usize,
  out: usize,
  outRow: usize,
  rows: usize,
  columns: usize,
  table: usize,
): void {
  for (let y: usize = 0; y < rows; y++)
    for (let x: usize = 0; x < columns; x += 16) {
      const at = labels + y * row + x;
      v128.store(out + y * outRow + x, v128.load(at));
      for (let sloped = slopes(at, stepZ, stepY, stepX); sloped !== 0; sloped &= sloped - 1) {
        const k = <usize>ctz(sloped);
        if (x + k >= columns) break;
        const here = at + k;
        const value = <f64>load<T>(grey + y * greyRow + (x + k) * sizeof<T>());
        const own = <i32>load<u8>(here);
        let best = own;
        let least = costAt(value, table, own);
        let last = own;
        for (let axis = 0; axis < 6; axis++) {
          const step = axis < 2 ? stepZ : axis < 4 ? stepY : stepX;
          const label = <i32>load<u8>(axis & 1 ? here + step : here - step);
          // Mostly two classes meet, and the other one has been looked at.
          if (label === best || label === last || label === NEUTRAL) continue;
          last = label;
          const cost = costAt(value, table, label);
          if (cost < least || (cost === least && best !== own && label < best)) {
            best = label;
            least = cost;
          }
        }
        store<u8>(out + y * outRow + x + k, <u8>best);
      }
    }
}

/** Two grey values. */
function twoValues<T>(at: usize): v128 {
  return f64x2.replace_lane(f64x2.splat(<f64>load<T>(at)), 1, <f64>load<T>(at, sizeof<T>()));
}

/** As {@link costAt}, of two grey values. */
function twoCosts(values: v128, mean: v128, weight: v128): v128 {
  const apart = f64x2.sub(values, mean);
  return f64x2.mul(weight, f64x2.mul(apart, apart));
}

/** {@link moveByMeans} of two classes: both costs of sixteen voxels where one of them has a slope. */
export function moveByTwoMeans<T>(
  labels: usize,
  stepZ: usize,
  row: usize,
  stepY: usize,
  stepX: usize,
  grey: usize,
  greyRow: usize,
  out: usize,
  outRow: usize,
  rows: usize,
  columns: usize,
  table: usize,
): void {
  const mean = v128.load64_splat(table);
  const weight = v128.load64_splat(table, 8);
  const otherMean = v128.load64_splat(table, 16);
  const otherWeight = v128.load64_splat(table, 24);
  const places = i8x16(1, 2, 4, 8, 16, 32, 64, -128, 1, 2, 4, 8, 16, 32, 64, -128);
  const one = i8x16.splat(1);
  for (let y: usize = 0; y < rows; y++)
    for (let x: usize = 0; x < columns; x += 16) {
      const at = labels + y * row + x;
      const own = v128.load(at);
      const to = out + y * outRow + x;
      v128.store(to, own);
      const sloped = slopes(at, stepZ, stepY, stepX);
      if (sloped === 0) continue;
      let joins = 0;
      let stays = 0;
      for (let k: usize = 0; k < 16; k += 2) {
        const values = twoValues<T>(grey + y * greyRow + (x + k) * sizeof<T>());
        const outside = twoCosts(values, mean, weight);
        const inside = twoCosts(values, otherMean, otherWeight);
        joins |= i64x2.bitmask(f64x2.lt(inside, outside)) << (<i32>k);
        stays |= i64x2.bitmask(f64x2.eq(inside, outside)) << (<i32>k);
      }
      const changes = spread(sloped & ~stays, places);
      v128.store(to, v128.bitselect(v128.and(spread(joins, places), one), own, changes));
    }
}

/** Bytes of sixteen voxels that are in a range, or that have one of two values. */
function among<T>(at: usize, low: v128, high: v128, either: boolean): v128 {
  if (sizeof<T>() === 1) return amongVector<T>(v128.load(at), low, high, either);
  return i8x16.narrow_i16x8_s(
    amongVector<T>(v128.load(at), low, high, either),
    amongVector<T>(v128.load(at, 16), low, high, either),
  );
}

function amongVector<T>(voxels: v128, low: v128, high: v128, either: boolean): v128 {
  if (either) return v128.or(v128.eq<T>(voxels, low), v128.eq<T>(voxels, high));
  return v128.and(v128.ge<T>(voxels, low), v128.le<T>(voxels, high));
}

/**
 * {@link moveByMeans} of two classes for grey values of which a range goes to the first class or to the second one.
 * @param label of those in the range
 * @param tie, otherTie values that stay where they are; the same twice if there is one, and `ties` 0 if there is none
 */
export function moveByRange<T>(
  labels: usize,
  stepZ: usize,
  row: usize,
  stepY: usize,
  stepX: usize,
  grey: usize,
  greyRow: usize,
  out: usize,
  outRow: usize,
  rows: usize,
  columns: usize,
  low: i32,
  high: i32,
  label: i32,
  ties: i32,
  tie: i32,
  otherTie: i32,
): void {
  const first = v128.splat<T>(<T>low);
  const last = v128.splat<T>(<T>high);
  const one = v128.splat<T>(<T>tie);
  const other = v128.splat<T>(<T>otherTie);
  const inside = i8x16.splat(<i8>label);
  const outside = i8x16.splat(<i8>(1 - label));
  const none = i8x16.splat(-1);
  for (let y: usize = 0; y < rows; y++)
    for (let x: usize = 0; x < columns; x += 16) {
      const at = labels + y * row + x;
      const own = v128.load(at);
      const value = grey + y * greyRow + x * sizeof<T>();
      let stays = v128.or(flat(at, own, stepZ, stepY, stepX), i8x16.eq(own, none));
      if (ties) stays = v128.or(stays, among<T>(value, one, other, true));
      const better = v128.bitselect(inside, outside, among<T>(value, first, last, false));
      v128.store(out + y * outRow + x, v128.bitselect(own, better, stays));
    }
}

/** A byte of set bits for each of sixteen bits that is set. */
function spread(bits: i32, places: v128): v128 {
  const pair = i16x8.splat(<i16>bits);
  const each = i8x16.shuffle(pair, pair, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1);
  return i8x16.eq(v128.and(each, places), places);
}

/** Slope of the edge map times that of the labels along one axis; half as steep where both neighbours count. */
function alongAxis<T>(here: usize, step: usize, grey: usize, greyStep: usize): f64 {
  if (step === 0) return 0;
  const own = <i32>load<u8>(here);
  const before = <i32>load<u8>(here - step);
  const after = <i32>load<u8>(here + step);
  const middle = <f64>load<T>(grey);
  if (before !== NEUTRAL && after !== NEUTRAL) {
    const slope = (<f64>load<T>(grey + greyStep) - <f64>load<T>(grey - greyStep)) / 2;
    return slope * (<f64>(after - before) / 2);
  }
  if (after !== NEUTRAL) return (<f64>load<T>(grey + greyStep) - middle) * <f64>(after - own);
  if (before !== NEUTRAL) return (middle - <f64>load<T>(grey - greyStep)) * <f64>(own - before);
  return 0;
}

/** Geodesic: where the labels 0 and 1 have a slope, they follow the edge map downhill. Arguments as of {@link moveByMeans}. */
export function moveByEdges<T>(
  labels: usize,
  stepZ: usize,
  row: usize,
  stepY: usize,
  stepX: usize,
  grey: usize,
  greyStepZ: usize,
  greyRow: usize,
  out: usize,
  outRow: usize,
  rows: usize,
  columns: usize,
): void {
  const greyStepY = stepY === 0 ? 0 : greyRow;
  const greyStepX = stepX * sizeof<T>();
  for (let y: usize = 0; y < rows; y++)
    for (let x: usize = 0; x < columns; x += 16) {
      const at = labels + y * row + x;
      v128.store(out + y * outRow + x, v128.load(at));
      for (let sloped = slopes(at, stepZ, stepY, stepX); sloped !== 0; sloped &= sloped - 1) {
        const k = <usize>ctz(sloped);
        if (x + k >= columns) break;
        const here = at + k;
        const value = grey + y * greyRow + (x + k) * sizeof<T>();
        const pull =
          alongAxis<T>(here, stepZ, value, greyStepZ) +
          alongAxis<T>(here, stepY, value, greyStepY) +
          alongAxis<T>(here, stepX, value, greyStepX);
        if (pull !== 0) store<u8>(out + y * outRow + x + k, pull > 0 ? 1 : 0);
      }
    }
}

/**
 * Grows (or shrinks) the labels 1 by a box of one voxel where the edge map is above a limit.
 * @param fill what a voxel that takes part in nothing counts as
 */
export function inflate<T>(
  labels: usize,
  stepZ: usize,
  row: usize,
  stepY: usize,
  stepX: usize,
  grey: usize,
  greyRow: usize,
  out: usize,
  outRow: usize,
  rows: usize,
  columns: usize,
  grows: i32,
  fill: i32,
  limit: f64,
): void {
  const other = i8x16.splat(<i8>fill);
  const none = i8x16.splat(-1);
  for (let y: usize = 0; y < rows; y++)
    for (let x: usize = 0; x < columns; x += 16) {
      const at = labels + y * row + x;
      const own = v128.load(at);
      let all = own;
      for (let dz = -1; dz <= 1; dz++)
        for (let dy = -1; dy <= 1; dy++) {
          const line = at + dz * stepZ + dy * stepY;
          for (let dx = -1; dx <= 1; dx++) {
            const there = v128.load(line + dx * stepX);
            const value = v128.bitselect(other, there, i8x16.eq(there, none));
            all = grows ? i8x16.max_u(all, value) : i8x16.min_u(all, value);
          }
        }
      v128.store(out + y * outRow + x, own);
      let changed = i8x16.bitmask(v128.or(i8x16.eq(all, own), i8x16.eq(own, none))) ^ 0xffff;
      for (; changed !== 0; changed &= changed - 1) {
        const k = <usize>ctz(changed);
        if (x + k >= columns) break;
        if (<f64>load<T>(grey + y * greyRow + (x + k) * sizeof<T>()) > limit)
          store<u8>(out + y * outRow + x + k, <u8>grows);
      }
    }
}
