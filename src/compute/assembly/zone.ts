/**
 * Smallest and largest value, exact sum and number of NaN (0) of a box, as four float64 at `out`.
 * @param src first voxel; strides in bytes
 */
export function zoneOfIntegers<T>(
  src: usize,
  row: usize,
  plane: usize,
  out: usize,
  planes: usize,
  rows: usize,
  columns: usize,
): void {
  const lanes: usize = 16 / sizeof<T>();
  let low = v128.splat<T>(load<T>(src));
  let high = low;
  let least = load<T>(src);
  let most = least;
  let sum: i64 = 0;
  let wide = i64x2.splat(0);
  for (let z: usize = 0; z < planes; z++)
    for (let y: usize = 0; y < rows; y++) {
      const at = src + z * plane + y * row;
      let x: usize = 0;
      let sums = i32x4.splat(0);
      let added = 0;
      for (; x + lanes <= columns; x += lanes) {
        const v = v128.load(at + x * sizeof<T>());
        low = v128.min<T>(low, v);
        high = v128.max<T>(high, v);
        if (sizeof<T>() === 4) {
          wide = i64x2.add(wide, v128.extend_low<T>(v));
          wide = i64x2.add(wide, v128.extend_high<T>(v));
          continue;
        }
        sums = i32x4.add(sums, fours<T>(v));
        // A lane takes at most 2 · 65535 at a time; it is emptied before 2³¹.
        if (++added === 8192) {
          sum += lanesOf(sums);
          sums = i32x4.splat(0);
          added = 0;
        }
      }
      sum += lanesOf(sums);
      for (; x < columns; x++) {
        const v = load<T>(at + x * sizeof<T>());
        if (v < least) least = v;
        if (v > most) most = v;
        sum += <i64>v;
      }
    }
  sum += i64x2.extract_lane(wide, 0) + i64x2.extract_lane(wide, 1);
  v128.store(out, low);
  for (let k: usize = 0; k < lanes; k++) least = min<T>(least, load<T>(out + k * sizeof<T>()));
  v128.store(out, high);
  for (let k: usize = 0; k < lanes; k++) most = max<T>(most, load<T>(out + k * sizeof<T>()));
  store<f64>(out, <f64>least);
  store<f64>(out, <f64>most, 8);
  store<f64>(out, <f64>sum, 16);
  store<f64>(out, 0, 24);
}

function fours<T>(v: v128): v128 {
  if (sizeof<T>() === 1)
    return isSigned<T>()
      ? i32x4.extadd_pairwise_i16x8_s(i16x8.extadd_pairwise_i8x16_s(v))
      : i32x4.extadd_pairwise_i16x8_u(i16x8.extadd_pairwise_i8x16_u(v));
  return isSigned<T>() ? i32x4.extadd_pairwise_i16x8_s(v) : i32x4.extadd_pairwise_i16x8_u(v);
}

function lanesOf(v: v128): i64 {
  return (
    <i64>i32x4.extract_lane(v, 0) +
    <i64>i32x4.extract_lane(v, 1) +
    <i64>i32x4.extract_lane(v, 2) +
    <i64>i32x4.extract_lane(v, 3)
  );
}

/** The same of floats, NaN apart; the sum in float64 in four lanes, x modulo 4 (as in zone.ts of the main thread). */
export function zoneOfFloats(
  src: usize,
  row: usize,
  plane: usize,
  out: usize,
  planes: usize,
  rows: usize,
  columns: usize,
): void {
  const infinite = f32x4.splat(f32.POSITIVE_INFINITY);
  let low = infinite;
  let high = f32x4.neg(infinite);
  let sums01 = f64x2.splat(0);
  let sums23 = f64x2.splat(0);
  // −1 for each number.
  let found = i32x4.splat(0);
  let numbers: u64 = 0;
  const whole = columns & ~3;
  for (let z: usize = 0; z < planes; z++)
    for (let y: usize = 0; y < rows; y++) {
      const at = src + z * plane + y * row;
      for (let x: usize = 0; x < whole; x += 4) {
        let v = v128.load(at + (x << 2));
        const valid = f32x4.eq(v, v);
        found = i32x4.add(found, valid);
        // The pseudo-minimum keeps what it has where the other is NaN.
        low = f32x4.pmin(low, v);
        high = f32x4.pmax(high, v);
        v = v128.and(v, valid);
        sums01 = f64x2.add(sums01, f64x2.promote_low_f32x4(v));
        sums23 = f64x2.add(sums23, f64x2.promote_low_f32x4(i32x4.shuffle(v, v, 2, 3, 2, 3)));
      }
      if (whole < columns) {
        const v = v128.load(at + (whole << 2));
        const there = i32x4.gt_s(i32x4.splat(<i32>(columns - whole)), i32x4(0, 1, 2, 3));
        const valid = v128.and(there, f32x4.eq(v, v));
        found = i32x4.add(found, valid);
        low = f32x4.pmin(low, v128.bitselect(v, infinite, valid));
        high = f32x4.pmax(high, v128.bitselect(v, f32x4.neg(infinite), valid));
        const counted = v128.and(v, valid);
        sums01 = f64x2.add(sums01, f64x2.promote_low_f32x4(counted));
        sums23 = f64x2.add(sums23, f64x2.promote_low_f32x4(i32x4.shuffle(counted, counted, 2, 3, 2, 3)));
      }
      numbers -= lanesOf(found);
      found = i32x4.splat(0);
    }
  const least = min(
    min(f32x4.extract_lane(low, 0), f32x4.extract_lane(low, 1)),
    min(f32x4.extract_lane(low, 2), f32x4.extract_lane(low, 3)),
  );
  const most = max(
    max(f32x4.extract_lane(high, 0), f32x4.extract_lane(high, 1)),
    max(f32x4.extract_lane(high, 2), f32x4.extract_lane(high, 3)),
  );
  const sum =
    f64x2.extract_lane(sums01, 0) +
    f64x2.extract_lane(sums01, 1) +
    (f64x2.extract_lane(sums23, 0) + f64x2.extract_lane(sums23, 1));
  // 0 added: of zero there is one, whatever lane met which first.
  store<f64>(out, <f64>least + 0);
  store<f64>(out, <f64>most + 0, 8);
  store<f64>(out, sum, 16);
  store<f64>(out, <f64>(<u64>planes * rows * columns - numbers), 24);
}
