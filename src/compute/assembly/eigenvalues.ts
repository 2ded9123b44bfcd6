/**
 * Eigenvalues of symmetric matrices of two and of three rows, one matrix a voxel, their entries in planes of float32. Computed
 * in float64: where two eigenvalues are nearly the same, the closed form keeps half of the digits.
 *
 * `rank` is 0 for the smallest eigenvalue, 1 for the middle one, 2 for the largest, 3 for the anisotropy.
 */

/**
 * cos(⅔·arccos(u)) for u from 0 to 1, highest power of 2u − 1 first, from Chebyshev's series, within 1e-10. With
 * u = cos(θ/2) it is cos(θ/3), and smooth at both ends, which cos(arccos(r)/3) is not at r = −1.
 */
const THIRD = memory.data<f64>([
  -2.0273071115235261e-7, 7.119254497267923e-7, -1.9904683025234992e-6, 7.3858922969180845e-6, -2.894026058648343e-5,
  0.00011649489097431047, -0.0005041210201312743, 0.0024663402760533998, -0.015509188620858308, 0.2474090669525323,
  0.7660444431189779,
]);
const TERMS: usize = 11;

/** cos(arccos(r)/3). */
function cosineOfThird(r: v128): v128 {
  const one = f64x2.splat(1);
  // 2u − 1 of u² = (1 + r)/2.
  const t = f64x2.sub(f64x2.sqrt(f64x2.mul(f64x2.splat(2), f64x2.add(one, r))), one);
  let sum = v128.load64_splat(THIRD);
  for (let k: usize = 1; k < TERMS; k++) sum = f64x2.add(f64x2.mul(sum, t), v128.load64_splat(THIRD + (k << 3)));
  return sum;
}

/** Σ (eigenvalue − mean)² of two matrices of three rows, whose diagonals are given less the mean. */
function spreadOf(p: v128, q: v128, s: v128, ab: v128, ac: v128, bc: v128): v128 {
  const beside = f64x2.add(f64x2.add(f64x2.mul(ab, ab), f64x2.mul(ac, ac)), f64x2.mul(bc, bc));
  const along = f64x2.add(f64x2.add(f64x2.mul(p, p), f64x2.mul(q, q)), f64x2.mul(s, s));
  return f64x2.add(along, f64x2.mul(f64x2.splat(2), beside));
}

/** Half of the determinant over radius³, from −1 to 1: the cosine of three times the angle of the largest eigenvalue. */
function cosineOf(p: v128, q: v128, s: v128, ab: v128, ac: v128, bc: v128, radius: v128): v128 {
  let determinant = f64x2.mul(p, f64x2.sub(f64x2.mul(q, s), f64x2.mul(bc, bc)));
  determinant = f64x2.sub(determinant, f64x2.mul(ab, f64x2.sub(f64x2.mul(ab, s), f64x2.mul(bc, ac))));
  determinant = f64x2.add(determinant, f64x2.mul(ac, f64x2.sub(f64x2.mul(ab, bc), f64x2.mul(q, ac))));
  const cube = f64x2.mul(f64x2.splat(2), f64x2.mul(radius, f64x2.mul(radius, radius)));
  // Three times the same eigenvalue: the quotient does not matter.
  const r = f64x2.div(determinant, f64x2.max(cube, f64x2.splat(1e-300)));
  return f64x2.max(f64x2.splat(-1), f64x2.min(f64x2.splat(1), r));
}

/** Of two matrices of three rows (O. K. Smith 1961, doi:10.1145/355578.366316). */
function ofThree(a: v128, b: v128, c: v128, ab: v128, ac: v128, bc: v128, rank: i32): v128 {
  const mean = f64x2.mul(f64x2.add(f64x2.add(a, b), c), f64x2.splat(1.0 / 3.0));
  const p = f64x2.sub(a, mean);
  const q = f64x2.sub(b, mean);
  const s = f64x2.sub(c, mean);
  const spread = spreadOf(p, q, s, ab, ac, bc);
  if (rank === 3) {
    const all = f64x2.add(spread, f64x2.mul(f64x2.splat(3), f64x2.mul(mean, mean)));
    return f64x2.sqrt(f64x2.div(f64x2.mul(f64x2.splat(1.5), spread), f64x2.max(all, f64x2.splat(1e-300))));
  }
  const radius = f64x2.sqrt(f64x2.mul(spread, f64x2.splat(1.0 / 6.0)));
  const held = cosineOf(p, q, s, ab, ac, bc, radius);
  const reach = f64x2.mul(f64x2.splat(2), radius);
  const largest = f64x2.add(mean, f64x2.mul(reach, cosineOfThird(held)));
  if (rank === 2) return largest;
  const smallest = f64x2.sub(mean, f64x2.mul(reach, cosineOfThird(f64x2.neg(held))));
  if (rank === 0) return smallest;
  const rest = f64x2.sub(f64x2.mul(f64x2.splat(3), mean), f64x2.add(largest, smallest));
  return f64x2.max(smallest, f64x2.min(largest, rest));
}

/** Of two matrices of two rows. */
function ofTwo(a: v128, b: v128, ab: v128, rank: i32): v128 {
  const half = f64x2.splat(0.5);
  const mean = f64x2.mul(half, f64x2.add(a, b));
  const h = f64x2.mul(half, f64x2.sub(a, b));
  const radius = f64x2.sqrt(f64x2.add(f64x2.mul(h, h), f64x2.mul(ab, ab)));
  if (rank === 0) return f64x2.sub(mean, radius);
  if (rank === 2) return f64x2.add(mean, radius);
  const squares = f64x2.add(f64x2.mul(mean, mean), f64x2.mul(radius, radius));
  const all = f64x2.max(squares, f64x2.splat(1e-300));
  return f64x2.mul(radius, f64x2.sqrt(f64x2.div(f64x2.splat(2), all)));
}

function upper(v: v128): v128 {
  return f64x2.promote_low_f32x4(i64x2.shuffle(v, v, 1, 1));
}

function joined(low: v128, high: v128): v128 {
  return i64x2.shuffle(f32x4.demote_f64x2_zero(low), f32x4.demote_f64x2_zero(high), 0, 2);
}

/** @param entries planes of the diagonal and of the entries 01, 02, 12, `bytes` apart, with rows of `row` */
export function eigenvaluesOfThree(
  entries: usize,
  bytes: usize,
  row: usize,
  dst: usize,
  dstRow: usize,
  rows: usize,
  columns: usize,
  rank: i32,
): void {
  for (let y: usize = 0; y < rows; y++)
    for (let x: usize = 0; x < columns << 2; x += 16) {
      const at = entries + y * row + x;
      const a = v128.load(at);
      const b = v128.load(at + bytes);
      const c = v128.load(at + 2 * bytes);
      const ab = v128.load(at + 3 * bytes);
      const ac = v128.load(at + 4 * bytes);
      const bc = v128.load(at + 5 * bytes);
      const low = ofThree(
        f64x2.promote_low_f32x4(a),
        f64x2.promote_low_f32x4(b),
        f64x2.promote_low_f32x4(c),
        f64x2.promote_low_f32x4(ab),
        f64x2.promote_low_f32x4(ac),
        f64x2.promote_low_f32x4(bc),
        rank,
      );
      const high = ofThree(upper(a), upper(b), upper(c), upper(ab), upper(ac), upper(bc), rank);
      v128.store(dst + y * dstRow + x, joined(low, high));
    }
}

/** All three eigenvalues of two matrices, the largest first, 16 bytes each: the same as one by one. */
function allOfThree(a: v128, b: v128, c: v128, ab: v128, ac: v128, bc: v128, to: usize): void {
  const mean = f64x2.mul(f64x2.add(f64x2.add(a, b), c), f64x2.splat(1.0 / 3.0));
  const p = f64x2.sub(a, mean);
  const q = f64x2.sub(b, mean);
  const s = f64x2.sub(c, mean);
  const radius = f64x2.sqrt(f64x2.mul(spreadOf(p, q, s, ab, ac, bc), f64x2.splat(1.0 / 6.0)));
  const held = cosineOf(p, q, s, ab, ac, bc, radius);
  const reach = f64x2.mul(f64x2.splat(2), radius);
  const largest = f64x2.add(mean, f64x2.mul(reach, cosineOfThird(held)));
  const smallest = f64x2.sub(mean, f64x2.mul(reach, cosineOfThird(f64x2.neg(held))));
  const rest = f64x2.sub(f64x2.mul(f64x2.splat(3), mean), f64x2.add(largest, smallest));
  v128.store(to, largest);
  v128.store(to, f64x2.max(smallest, f64x2.min(largest, rest)), 16);
  v128.store(to, smallest, 32);
}

const ALL = memory.data(96, 16);

/** Planes of the largest, the middle and the smallest eigenvalues, `dstBytes` apart. */
export function allEigenvaluesOfThree(
  entries: usize,
  bytes: usize,
  row: usize,
  dst: usize,
  dstBytes: usize,
  dstRow: usize,
  rows: usize,
  columns: usize,
): void {
  for (let y: usize = 0; y < rows; y++)
    for (let x: usize = 0; x < columns << 2; x += 16) {
      const at = entries + y * row + x;
      const a = v128.load(at);
      const b = v128.load(at + bytes);
      const c = v128.load(at + 2 * bytes);
      const ab = v128.load(at + 3 * bytes);
      const ac = v128.load(at + 4 * bytes);
      const bc = v128.load(at + 5 * bytes);
      allOfThree(
        f64x2.promote_low_f32x4(a),
        f64x2.promote_low_f32x4(b),
        f64x2.promote_low_f32x4(c),
        f64x2.promote_low_f32x4(ab),
        f64x2.promote_low_f32x4(ac),
        f64x2.promote_low_f32x4(bc),
        ALL,
      );
      allOfThree(upper(a), upper(b), upper(c), upper(ab), upper(ac), upper(bc), ALL + 48);
      for (let k: usize = 0; k < 3; k++)
        v128.store(
          dst + k * dstBytes + y * dstRow + x,
          joined(v128.load(ALL + (k << 4)), v128.load(ALL + 48 + (k << 4))),
        );
    }
}

/** @param entries planes of the diagonal and of the entry 01 */
export function eigenvaluesOfTwo(
  entries: usize,
  bytes: usize,
  row: usize,
  dst: usize,
  dstRow: usize,
  rows: usize,
  columns: usize,
  rank: i32,
): void {
  for (let y: usize = 0; y < rows; y++)
    for (let x: usize = 0; x < columns << 2; x += 16) {
      const at = entries + y * row + x;
      const a = v128.load(at);
      const b = v128.load(at + bytes);
      const ab = v128.load(at + 2 * bytes);
      const low = ofTwo(f64x2.promote_low_f32x4(a), f64x2.promote_low_f32x4(b), f64x2.promote_low_f32x4(ab), rank);
      v128.store(dst + y * dstRow + x, joined(low, ofTwo(upper(a), upper(b), upper(ab), rank)));
    }
}

/**
 * How much of the bend across a sheet is left where it also bends along it: all where it does not, nothing where it bends as
 * much, or four times as much the other way. Of two numbers each.
 * @param across the largest eigenvalue @param along another one
 */
function flatness(along: v128, across: v128): v128 {
  const one = f64x2.splat(1);
  const ratio = f64x2.div(along, f64x2.max(across, f64x2.splat(1e-300)));
  const less = f64x2.mul(f64x2.splat(0.25), ratio);
  return f64x2.max(f64x2.splat(0), f64x2.min(f64x2.sub(one, ratio), f64x2.add(one, less)));
}

function sheetOfThree(a: v128, b: v128, c: v128, ab: v128, ac: v128, bc: v128): v128 {
  const across = ofThree(a, b, c, ab, ac, bc, 2);
  const least = ofThree(a, b, c, ab, ac, bc, 0);
  const trace = f64x2.add(f64x2.add(a, b), c);
  const middle = f64x2.max(least, f64x2.min(across, f64x2.sub(trace, f64x2.add(across, least))));
  const flat = f64x2.mul(flatness(middle, across), flatness(least, across));
  return f64x2.mul(f64x2.max(f64x2.splat(0), across), flat);
}

function sheetOfTwo(a: v128, b: v128, ab: v128, axes: i32): v128 {
  const across = ofTwo(a, b, ab, 2);
  const held = f64x2.max(f64x2.splat(0), across);
  return axes === 1 ? held : f64x2.mul(held, flatness(ofTwo(a, b, ab, 0), across));
}

/** Four numbers of a plane of entries times a factor, the first two of them as float64. */
function scaled(at: usize, factor: v128): v128 {
  return f64x2.mul(f64x2.promote_low_f32x4(v128.load64_zero(at)), factor);
}

/**
 * Sheetness from planes of entries as eigenvaluesOfThree has them.
 * @param factor of all entries; below 0 for bright sheets @param first 1: what stands in `dst` does not count
 */
export function sheetnessOfThree(
  entries: usize,
  bytes: usize,
  row: usize,
  dst: usize,
  dstRow: usize,
  rows: usize,
  columns: usize,
  factor: f64,
  first: i32,
  _axes: i32,
): void {
  const times = f64x2.splat(factor);
  for (let y: usize = 0; y < rows; y++)
    for (let x: usize = 0; x < columns << 2; x += 8) {
      const at = entries + y * row + x;
      const found = f32x4.demote_f64x2_zero(
        sheetOfThree(
          scaled(at, times),
          scaled(at + bytes, times),
          scaled(at + 2 * bytes, times),
          scaled(at + 3 * bytes, times),
          scaled(at + 4 * bytes, times),
          scaled(at + 5 * bytes, times),
        ),
      );
      keepLarger(dst + y * dstRow + x, found, first);
    }
}

/** @param axes 1 or 2: with 1 the matrix has the one eigenvalue twice */
export function sheetnessOfTwo(
  entries: usize,
  bytes: usize,
  row: usize,
  dst: usize,
  dstRow: usize,
  rows: usize,
  columns: usize,
  factor: f64,
  first: i32,
  axes: i32,
): void {
  const times = f64x2.splat(factor);
  for (let y: usize = 0; y < rows; y++)
    for (let x: usize = 0; x < columns << 2; x += 8) {
      const at = entries + y * row + x;
      const found = f32x4.demote_f64x2_zero(
        sheetOfTwo(scaled(at, times), scaled(at + bytes, times), scaled(at + 2 * bytes, times), axes),
      );
      keepLarger(dst + y * dstRow + x, found, first);
    }
}

/** Two numbers, or what is there where that is larger. */
function keepLarger(at: usize, found: v128, first: i32): void {
  const kept = first === 1 ? found : f32x4.max(v128.load64_zero(at), found);
  v128.store64_lane(at, kept, 0);
}

/** dst = a·b; rows of all three are `row` apart. */
export function multiply(a: usize, b: usize, dst: usize, rows: usize, columns: usize, row: usize): void {
  for (let y: usize = 0; y < rows; y++)
    for (let x: usize = 0; x < columns << 2; x += 16) {
      const at = y * row + x;
      v128.store(dst + at, f32x4.mul(v128.load(a + at), v128.load(b + at)));
    }
}
