/**
 * A lower bound of the energy of a Potts model by sequential tree-reweighted message passing (Kolmogorov 2006,
 * doi:10.1109/TPAMI.2006.200), whole numbers throughout. Each voxel has u16 messages of all classes for its pairs with the next
 * voxel along x, y and z: what the one that was visited last tells the other. Classes come in fours; those that fill up the
 * last four cost more than all pairs of a voxel together, and so are never taken. Labels, grey values and messages have a voxel
 * more a row and a row more a plane, of label 255.
 *
 * Why it is a bound, whatever messages a pass begins with: let θ be a voxel's costs with all its messages, m their least,
 * and M the old message it gets along a pair from a voxel not visited yet, of which there are at most n. Then
 * θ ≥ m + n·t for any t from 0 to (θ − m)/n, so that each of these pairs can have t − M of it, plus its own cost; the least of
 * that over the voxel's labels is the new message and a constant δ. What is left depends on the voxels not visited
 * alone, and the sum of all m and δ is not above the energy of any labels.
 */

/** Least of four numbers, in all lanes. */
function leastOf(v: v128): v128 {
  const pairs = i32x4.min_s(v, i32x4.shuffle(v, v, 2, 3, 0, 1));
  return i32x4.min_s(pairs, i32x4.shuffle(pairs, pairs, 1, 0, 3, 2));
}

function messageAt(at: usize): v128 {
  return i32x4.extend_low_i16x8_u(v128.load64_zero(at));
}

/** Costs of the classes of a grey value, less the least of them, which is returned. */
function costsOf(value: f64, lanes: usize, most: f64, model: usize, costs: usize): f64 {
  const values = f64x2.splat(value);
  const far = f64x2.splat(274877906944);
  let low = far;
  for (let k: usize = 0; k < lanes << 3; k += 16) {
    const apart = f64x2.sub(values, v128.load(model + k));
    const by = f64x2.mul(f64x2.mul(apart, apart), v128.load(model + (lanes << 3) + k));
    const cost = f64x2.nearest(f64x2.min(f64x2.add(by, v128.load(model + (lanes << 4) + k)), far));
    v128.store(costs + (lanes << 2) + k, cost);
    low = f64x2.min(low, cost);
  }
  const cheapest = min(f64x2.extract_lane(low, 0), f64x2.extract_lane(low, 1));
  const less = f64x2.splat(cheapest);
  const limit = f64x2.splat(most);
  for (let k: usize = 0; k < lanes << 2; k += 16) {
    const at = costs + (lanes << 2) + (k << 1);
    const a = i32x4.trunc_sat_f64x2_s_zero(f64x2.min(f64x2.sub(v128.load(at), less), limit));
    const b = i32x4.trunc_sat_f64x2_s_zero(f64x2.min(f64x2.sub(v128.load(at, 16), less), limit));
    v128.store(costs + k, i64x2.shuffle(a, b, 0, 2));
  }
  return cheapest;
}

function addMessage(message: usize, lanes: usize, costs: usize): void {
  for (let k: usize = 0; k < lanes << 2; k += 16)
    v128.store(costs + k, i32x4.add(v128.load(costs + k), messageAt(message + (k >> 1))));
}

/** A third, a half or all of numbers below 2²⁴; rounded down. The factor is the largest float below a third. */
function shareOf(v: v128, share: i32): v128 {
  if (share === 3)
    return i32x4.trunc_sat_f32x4_s(f32x4.mul(f32x4.convert_i32x4_s(v), f32x4.splat(0.33333331346511841)));
  return share === 2 ? i32x4.shr_s(v, 1) : v;
}

/** The new message of a voxel whose share is `value`, the old one taken off; stored. */
function store4(message: usize, value: v128, least: v128, most: v128): void {
  const rest = i32x4.sub(i32x4.min_s(value, most), least);
  v128.store64_lane(message, i16x8.narrow_i32x4_u(rest, rest), 0);
}

/** Passes a voxel's share of four classes on; the constant δ. */
function passFour(message: usize, part: v128, weight: v128): i32 {
  const value = i32x4.sub(part, messageAt(message));
  const least = leastOf(value);
  store4(message, value, least, i32x4.add(least, weight));
  return i32x4.extract_lane(least, 0);
}

/** Passes a voxel's share on; the constant δ. */
function passOn(message: usize, lanes: usize, costs: usize, share: i32, weight: i32): i32 {
  const told = costs + (lanes << 2);
  let low = i32x4.splat(i32.MAX_VALUE);
  for (let k: usize = 0; k < lanes << 2; k += 16) {
    const value = i32x4.sub(shareOf(v128.load(costs + k), share), messageAt(message + (k >> 1)));
    v128.store(told + k, value);
    low = i32x4.min_s(low, value);
  }
  const least = leastOf(low);
  const most = i32x4.add(least, i32x4.splat(weight));
  for (let k: usize = 0; k < lanes << 2; k += 16) store4(message + (k >> 1), v128.load(told + k), least, most);
  return i32x4.extract_lane(least, 0);
}

/**
 * Visits the voxels of a plane from first to last, or backwards; the sum of all m and δ.
 * @param lanes number of classes, rounded up to fours
 * @param model means, factors and constants of the classes, each `lanes` float64
 * @param most what a voxel's costs may differ by: more than all its pairs together cost changes nothing
 * @param costs room for three times as many int32 as there are lanes
 */
export function passMessages(
  labels: usize,
  row: usize,
  plane: usize,
  grey: usize,
  messages: usize,
  rows: usize,
  columns: usize,
  backward: i32,
  lanes: usize,
  model: usize,
  most: i32,
  weightZ: i32,
  weightY: i32,
  weightX: i32,
  costs: usize,
): f64 {
  let sum: i64 = 0;
  // Bytes of the messages along an axis, and of a voxel.
  const one = lanes << 1;
  const all = 3 * one;
  const toY = row * all;
  const toZ = plane * all;
  for (let j: usize = 0; j < rows; j++) {
    const y = backward ? rows - 1 - j : j;
    for (let i: usize = 0; i < columns; i++) {
      const k = y * row + (backward ? columns - 1 - i : i);
      const at = labels + k;
      if (load<u8>(at) === 255) continue;
      const here = messages + k * all;
      const x0 = load<u8>(at - 1) !== 255;
      const x1 = load<u8>(at + 1) !== 255;
      const y0 = load<u8>(at - row) !== 255;
      const y1 = load<u8>(at + row) !== 255;
      const z0 = load<u8>(at - plane) !== 255;
      const z1 = load<u8>(at + plane) !== 255;
      const share = max(max(i32(x0) + i32(y0) + i32(z0), i32(x1) + i32(y1) + i32(z1)), 1);
      sum += <i64>costsOf(<f64>load<f32>(grey + (k << 2)), lanes, <f64>most, model, costs);
      if (x0) addMessage(here - all, lanes, costs);
      if (y0) addMessage(here - toY + one, lanes, costs);
      if (z0) addMessage(here - toZ + 2 * one, lanes, costs);
      if (x1) addMessage(here, lanes, costs);
      if (y1) addMessage(here + one, lanes, costs);
      if (z1) addMessage(here + 2 * one, lanes, costs);
      let low = i32x4.splat(i32.MAX_VALUE);
      for (let c: usize = 0; c < lanes << 2; c += 16) low = i32x4.min_s(low, v128.load(costs + c));
      const least = leastOf(low);
      for (let c: usize = 0; c < lanes << 2; c += 16) v128.store(costs + c, i32x4.sub(v128.load(costs + c), least));
      sum += <i64>i32x4.extract_lane(least, 0);
      if (backward) {
        if (x0) sum += <i64>passOn(here - all, lanes, costs, share, weightX);
        if (y0) sum += <i64>passOn(here - toY + one, lanes, costs, share, weightY);
        if (z0) sum += <i64>passOn(here - toZ + 2 * one, lanes, costs, share, weightZ);
      } else {
        if (x1) sum += <i64>passOn(here, lanes, costs, share, weightX);
        if (y1) sum += <i64>passOn(here + one, lanes, costs, share, weightY);
        if (z1) sum += <i64>passOn(here + 2 * one, lanes, costs, share, weightZ);
      }
    }
  }
  return <f64>sum;
}

function pairOfCosts(values: v128, model: usize): v128 {
  const apart = f64x2.sub(values, v128.load(model));
  const cost = f64x2.add(f64x2.mul(f64x2.mul(apart, apart), v128.load(model, 32)), v128.load(model, 64));
  return f64x2.nearest(f64x2.min(cost, f64x2.splat(274877906944)));
}

/** The same for up to four classes, whose numbers never leave the registers. */
export function passMessagesOfFour(
  labels: usize,
  row: usize,
  plane: usize,
  grey: usize,
  messages: usize,
  rows: usize,
  columns: usize,
  backward: i32,
  model: usize,
  most: i32,
  weightZ: i32,
  weightY: i32,
  weightX: i32,
): f64 {
  let sum: i64 = 0;
  const toY = row * 24;
  const toZ = plane * 24;
  const wz = i32x4.splat(weightZ);
  const wy = i32x4.splat(weightY);
  const wx = i32x4.splat(weightX);
  const limit = f64x2.splat(<f64>most);
  for (let j: usize = 0; j < rows; j++) {
    const y = backward ? rows - 1 - j : j;
    for (let i: usize = 0; i < columns; i++) {
      const k = y * row + (backward ? columns - 1 - i : i);
      const at = labels + k;
      if (load<u8>(at) === 255) continue;
      const here = messages + k * 24;
      const x0 = load<u8>(at - 1) !== 255;
      const x1 = load<u8>(at + 1) !== 255;
      const y0 = load<u8>(at - row) !== 255;
      const y1 = load<u8>(at + row) !== 255;
      const z0 = load<u8>(at - plane) !== 255;
      const z1 = load<u8>(at + plane) !== 255;
      const share = max(max(i32(x0) + i32(y0) + i32(z0), i32(x1) + i32(y1) + i32(z1)), 1);
      const values = f64x2.splat(<f64>load<f32>(grey + (k << 2)));
      const a = pairOfCosts(values, model);
      const b = pairOfCosts(values, model + 16);
      const low = f64x2.min(a, b);
      const cheapest = min(f64x2.extract_lane(low, 0), f64x2.extract_lane(low, 1));
      const less = f64x2.splat(cheapest);
      let costs = i64x2.shuffle(
        i32x4.trunc_sat_f64x2_s_zero(f64x2.min(f64x2.sub(a, less), limit)),
        i32x4.trunc_sat_f64x2_s_zero(f64x2.min(f64x2.sub(b, less), limit)),
        0,
        2,
      );
      // What is beyond a face, or outside the mask, has told nothing: its messages are 0.
      costs = i32x4.add(costs, messageAt(here - toY + 8));
      costs = i32x4.add(costs, messageAt(here - toZ + 16));
      costs = i32x4.add(costs, i32x4.add(messageAt(here), messageAt(here + 8)));
      costs = i32x4.add(costs, i32x4.add(messageAt(here + 16), messageAt(here - 24)));
      const least = leastOf(costs);
      sum += <i64>cheapest + <i64>i32x4.extract_lane(least, 0);
      const part = shareOf(i32x4.sub(costs, least), share);
      if (backward) {
        if (y0) sum += <i64>passFour(here - toY + 8, part, wy);
        if (z0) sum += <i64>passFour(here - toZ + 16, part, wz);
        if (x0) sum += <i64>passFour(here - 24, part, wx);
      } else {
        if (y1) sum += <i64>passFour(here + 8, part, wy);
        if (z1) sum += <i64>passFour(here + 16, part, wz);
        if (x1) sum += <i64>passFour(here, part, wx);
      }
    }
  }
  return <f64>sum;
}
