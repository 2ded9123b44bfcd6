/**
 * Squared Euclidean distances, axis by axis. Along z whole steps to the nearest voxel that is not inside are counted, forth
 * and back; along y and x each voxel then looks for the least sum of a square and the squared way to it. Four lines go
 * together. Where distances are small a voxel looks on both sides as far as a sum can still be less than what it has; lines
 * that take too many looks are begun anew with the lower envelope of parabolas, whose cost knows no distance.
 */

/** 8 voxels: all bits of a lane of 16 where the voxel has the label. */
function alike<T>(at: usize, label: v128): v128 {
  if (sizeof<T>() === 1) return i16x8.extend_low_i8x16_s(i8x16.eq(v128.load64_zero(at), label));
  if (sizeof<T>() === 2) return i16x8.eq(v128.load(at), label);
  return i16x8.narrow_i32x4_s(i32x4.eq(v128.load(at), label), i32x4.eq(v128.load(at, 16), label));
}

/**
 * Steps along z to the nearest plane where the voxel is not inside, 65535 where there is none.
 * @param lanes voxels of a plane, a multiple of 8 @param except 1: voxels with the label are not inside, 0: the others are not
 * @param known 0: no voxel has the label
 */
export function countSteps<T>(
  labels: usize,
  steps: usize,
  planes: usize,
  lanes: usize,
  label: i32,
  except: i32,
  known: i32,
): void {
  const one = i16x8.splat(1);
  const flip = i16x8.splat(except ? -1 : 0);
  const holds = i16x8.splat(known ? -1 : 0);
  let sought = i32x4.splat(label);
  if (sizeof<T>() === 1) sought = i8x16.splat(<i8>label);
  if (sizeof<T>() === 2) sought = i16x8.splat(<i16>label);
  const plane = lanes << 1;
  for (let z: usize = 0; z < planes; z++)
    for (let k: usize = 0; k < lanes; k += 8) {
      const has = v128.and(alike<T>(labels + (z * lanes + k) * sizeof<T>(), sought), holds);
      const at = steps + z * plane + (k << 1);
      const before = z === 0 ? i16x8.splat(-1) : v128.load(at - plane);
      v128.store(at, v128.and(i16x8.add_sat_u(before, one), v128.xor(has, flip)));
    }
  for (let z: usize = planes - 1; z > 0; z--)
    for (let k: usize = 0; k < plane; k += 16) {
      const at = steps + (z - 1) * plane + k;
      v128.store(at, i16x8.min_u(v128.load(at), i16x8.add_sat_u(v128.load(at + plane), one)));
    }
}

/** Squares of 0, 1, 2, … steps, each four times. */
export function squaresOfSteps(table: usize, count: usize, square: f32): void {
  for (let k: usize = 0; k < count; k++) v128.store(table + (k << 4), f32x4.splat(<f32>(k * k) * square));
}

/** Four whole steps as squared distances. */
function squared(steps: v128, square: v128): v128 {
  const far = f32x4.convert_i32x4_s(steps);
  return v128.bitselect(
    f32x4.splat(Infinity),
    f32x4.mul(f32x4.mul(far, far), square),
    i32x4.eq(steps, i32x4.splat(65535)),
  );
}

/**
 * Distances in one plane from the steps along z. What stands in `steps` behind the columns, up to a multiple of 8, is 0.
 * @param dst rows up to a multiple of 4 @param z squared distance of two planes
 * @param far,farX tables of the squares of steps along y and x
 * @param scratch 80 bytes for each row or column, whichever are more, and for 16 more
 */
export function distancesInPlane(
  steps: usize,
  stepRow: usize,
  dst: usize,
  row: usize,
  rows: usize,
  columns: usize,
  z: f32,
  far: usize,
  farX: usize,
  scratch: usize,
): void {
  const longest = max(rows, columns) + 8;
  const line = scratch;
  const other = line + (longest << 4);
  const out = other + (longest << 4);
  const hull = out + (longest << 4);
  const square = f32x4.splat(z);
  for (let x: usize = 0; x < columns; x += 8) {
    for (let y: usize = 0; y < rows; y++) {
      const eight = v128.load(steps + y * stepRow + (x << 1));
      v128.store(line + (y << 4), squared(i32x4.extend_low_i16x8_u(eight), square));
      v128.store(other + (y << 4), squared(i32x4.extend_high_i16x8_u(eight), square));
    }
    leastSums(line, out, rows, far, hull);
    for (let y: usize = 0; y < rows; y++) v128.store(dst + y * row + (x << 2), v128.load(out + (y << 4)));
    leastSums(other, out, rows, far, hull);
    for (let y: usize = 0; y < rows; y++) v128.store(dst + y * row + (x << 2), v128.load(out + (y << 4)), 16);
  }
  for (let y = rows; y % 4 !== 0; y++) memory.fill(dst + y * row, 0, columns << 2);
  for (let y: usize = 0; y < rows; y += 4) {
    const four = dst + y * row;
    for (let x: usize = 0; x < columns; x += 4) crossed(four + (x << 2), row, line + (x << 4), 16);
    leastSums(line, out, columns, farX, hull);
    for (let x: usize = 0; x < columns << 4; x += 16) v128.store(out + x, f32x4.sqrt(v128.load(out + x)));
    for (let x: usize = 0; x < columns; x += 4) crossed(out + (x << 4), 16, four + (x << 2), row);
  }
}

/** Four times four numbers, their rows as columns. */
function crossed(src: usize, srcRow: usize, dst: usize, dstRow: usize): void {
  const a = v128.load(src);
  const b = v128.load(src + srcRow);
  const c = v128.load(src + 2 * srcRow);
  const d = v128.load(src + 3 * srcRow);
  const ab = v128.shuffle<i32>(a, b, 0, 4, 1, 5);
  const cd = v128.shuffle<i32>(c, d, 0, 4, 1, 5);
  const AB = v128.shuffle<i32>(a, b, 2, 6, 3, 7);
  const CD = v128.shuffle<i32>(c, d, 2, 6, 3, 7);
  v128.store(dst, v128.shuffle<i64>(ab, cd, 0, 2));
  v128.store(dst + dstRow, v128.shuffle<i64>(ab, cd, 1, 3));
  v128.store(dst + 2 * dstRow, v128.shuffle<i64>(AB, CD, 0, 2));
  v128.store(dst + 3 * dstRow, v128.shuffle<i64>(AB, CD, 1, 3));
}

/** Looks that a voxel of four lines may take before the envelope takes less, and voxels that are not counted at first. */
const LOOKS: usize = 24;
const GRACE: usize = 16;

/** Least sums along four lines that lie side by side. */
function leastSums(line: usize, out: usize, count: usize, far: usize, hull: usize): void {
  const last = count - 1;
  let looks: usize = 0;
  for (let k: usize = 0; k < count; k++) {
    const at = line + (k << 4);
    let least = v128.load(at);
    const before = k << 4;
    const behind = (last - k) << 4;
    const both = min(before, behind);
    let n: usize = 16;
    // Two looks for each question whether to go on.
    for (; n + 16 <= both; n += 32) {
      const way = v128.load(far + n);
      if (!v128.any_true(f32x4.gt(least, way))) break;
      const near = f32x4.add(f32x4.pmin(v128.load(at - n), v128.load(at + n)), way);
      const next = f32x4.pmin(v128.load(at - n - 16), v128.load(at + n, 16));
      least = f32x4.pmin(least, f32x4.pmin(near, f32x4.add(next, v128.load(far + n, 16))));
    }
    for (; n <= both; n += 16) {
      const way = v128.load(far + n);
      if (!v128.any_true(f32x4.gt(least, way))) break;
      const sums = f32x4.pmin(v128.load(at - n), v128.load(at + n));
      least = f32x4.pmin(least, f32x4.add(sums, way));
    }
    if (n > both) {
      const end = max(before, behind);
      const side: isize = before > behind ? -1 : 1;
      for (; n <= end; n += 16) {
        const way = v128.load(far + n);
        if (!v128.any_true(f32x4.gt(least, way))) break;
        least = f32x4.pmin(least, f32x4.add(v128.load(at + <usize>(side * <isize>n)), way));
      }
    }
    v128.store(out + (k << 4), least);
    looks += n >> 4;
    if (looks > LOOKS * (k + GRACE)) {
      for (let lane: usize = 0; lane < 16; lane += 4) envelope(line + lane, out + lane, count, far, hull);
      return;
    }
  }
}

/**
 * Least sums along one of four lines by the lower envelope of parabolas (Felzenszwalb & Huttenlocher). Bounds are taken in
 * double precision: of cubes all numbers are whole, and the sums are exact.
 * @param hull for each voxel 8 bytes for the bound from which on its parabola is the lowest, 4 for its place
 */
function envelope(line: usize, out: usize, count: usize, far: usize, hull: usize): void {
  const square = <f64>load<f32>(far + 16);
  const places = hull + (count << 3);
  let top: isize = -1;
  for (let q: usize = 0; q < count; q++) {
    const height = load<f32>(line + (q << 4));
    if (height === Infinity) continue;
    let from: f64 = -Infinity;
    while (top >= 0) {
      const p = <usize>load<u32>(places + ((<usize>top) << 2));
      const over = <f64>height - <f64>load<f32>(line + (p << 4));
      from = (over + square * <f64>(q * q - p * p)) / (2 * square * <f64>(q - p));
      if (from > load<f64>(hull + ((<usize>top) << 3))) break;
      top--;
    }
    if (top < 0) from = -Infinity;
    top++;
    store<f64>(hull + ((<usize>top) << 3), from);
    store<u32>(places + ((<usize>top) << 2), <u32>q);
  }
  if (top < 0) {
    for (let q: usize = 0; q < count; q++) store<f32>(out + (q << 4), Infinity);
    return;
  }
  let k: isize = 0;
  for (let q: usize = 0; q < count; q++) {
    while (k < top && load<f64>(hull + ((<usize>(k + 1)) << 3)) < <f64>q) k++;
    const p = <usize>load<u32>(places + ((<usize>k) << 2));
    const way = q > p ? q - p : p - q;
    store<f32>(out + (q << 4), load<f32>(line + (p << 4)) + load<f32>(far + (way << 4)));
  }
}
