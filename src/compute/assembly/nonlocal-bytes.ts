/**
 * Non-local means of voxels of 8 bits: squared differences are added up as whole numbers of 16 bits, eight at a time, and
 * what they sum to is looked up in a table of weights. Shifts that differ along x alone go together, a row at a time, so that
 * the sums of a row are fetched once for all of them, and each weight serves both voxels of its pair.
 */

/**
 * One plane of pairs (p, q) for shifts from the first one on, each a voxel further along x than the one before. The sums of
 * p and of q are added to row by row in the order of the shifts, those of p first: the same order whatever lies around.
 * @param src uint8, the first voxel of the patch of the first p, which is `reach` voxels left of the tile
 * @param shift from p to the first q, in bytes
 * @param rows number of p along y; `columns` that of the tile along x
 * @param wz voxels of a patch along z, and so on
 * @param table weights of the sums from `low` on, 0 for the one `span` further, which stands for all above
 * @param scratch shifts × wy + 2 rows of 16 bits, then the weights: shifts rows of float32, a vector's slack each
 * @param line bytes of a row of 16 bits in scratch, a multiple of 32: columns + 2·reach + wx − 1 and 15 to spare
 * @param voxels float32, the first q of the tile's first column, seen from p: p's own lie `way` bytes before
 * @param sums sums of weights of p in its first row, those of values `apart` bytes further; those of q `sumShift` further
 * @param fromP, toP rows in which p lies in the tile; fromQ, toQ those in which q does
 */
export function compareBytes(
  src: usize,
  row: usize,
  plane: usize,
  shift: usize,
  shifts: usize,
  rows: usize,
  columns: usize,
  reach: usize,
  firstShift: i32,
  wz: usize,
  wy: usize,
  wx: usize,
  table: usize,
  low: u32,
  span: u32,
  scratch: usize,
  line: usize,
  voxels: usize,
  voxelRow: usize,
  way: usize,
  sums: usize,
  sumRow: usize,
  apart: usize,
  sumShift: usize,
  fromP: usize,
  toP: usize,
  fromQ: usize,
  toQ: usize,
): void {
  const wide = columns + 2 * reach;
  const bytes = ((wide + 7) & ~7) << 1;
  const across = wide + wx - 1;
  const ring = wy * line;
  const high = scratch + shifts * ring;
  const index = high + line;
  const weights = index + line;
  const step = line << 1;
  for (let y: usize = 0; y < rows + wy - 1; y++) {
    for (let k: usize = 0; k < shifts; k++) {
      const lines = scratch + k * ring;
      const from = src + y * row;
      squares(lines + (y % wy) * line, from, from + shift + k, plane, wz, across);
      if (y + 1 < wy) continue;
      let added = lines;
      if (wy > 1) {
        added = high;
        const other = wy > 2 ? lines + 2 * line : 0;
        addRows(high, lines, lines + line, other, line);
        for (let j: usize = 3; j < wy; j++) addRows(high, high, lines + j * line, 0, line);
      }
      clamped(index, added, wx, bytes, low, span);
      look(weights + k * step, index, bytes, table);
    }
    if (y + 1 < wy) continue;
    const first = y + 1 - wy;
    const own = sums + first * sumRow;
    const at = voxels + first * voxelRow;
    if (first >= fromP && first < toP) gather(own, apart, weights + (reach << 2), step, at, 4, shifts, columns);
    if (first >= fromQ && first < toQ) {
      // q of the tile's first column has its p `firstShift` columns before.
      const back = (<usize>(<i32>reach - firstShift)) << 2;
      gather(
        own + sumShift,
        apart,
        weights + back,
        step - 4,
        at - way - ((<usize>firstShift) << 2),
        -4,
        shifts,
        columns,
      );
    }
  }
}

/** Squared differences of two rows, summed over the planes of a patch; no more than 65535. */
function squares(dst: usize, a: usize, b: usize, plane: usize, wz: usize, columns: usize): void {
  for (let x: usize = 0; x < columns; x += 16) {
    let p = v128.load(a + x);
    let q = v128.load(b + x);
    let d = v128.or(i8x16.sub_sat_u(p, q), i8x16.sub_sat_u(q, p));
    let low = i16x8.extmul_low_i8x16_u(d, d);
    let high = i16x8.extmul_high_i8x16_u(d, d);
    for (let z: usize = 1, at = plane + x; z < wz; z++, at += plane) {
      p = v128.load(a + at);
      q = v128.load(b + at);
      d = v128.or(i8x16.sub_sat_u(p, q), i8x16.sub_sat_u(q, p));
      low = i16x8.add_sat_u(low, i16x8.extmul_low_i8x16_u(d, d));
      high = i16x8.add_sat_u(high, i16x8.extmul_high_i8x16_u(d, d));
    }
    v128.store(dst + (x << 1), low);
    v128.store(dst + (x << 1), high, 16);
  }
}

/** dst = a + b, and + c if there is one. */
function addRows(dst: usize, a: usize, b: usize, c: usize, bytes: usize): void {
  if (c === 0) {
    for (let x: usize = 0; x < bytes; x += 32) {
      v128.store(dst + x, i16x8.add_sat_u(v128.load(a + x), v128.load(b + x)));
      v128.store(dst + x, i16x8.add_sat_u(v128.load(a + x, 16), v128.load(b + x, 16)), 16);
    }
    return;
  }
  for (let x: usize = 0; x < bytes; x += 16)
    v128.store(dst + x, i16x8.add_sat_u(i16x8.add_sat_u(v128.load(a + x), v128.load(b + x)), v128.load(c + x)));
}

/** Sums along a row, less `low`, not under 0 and not over `span`. */
function clamped(dst: usize, src: usize, wx: usize, bytes: usize, low: u32, span: u32): void {
  const least = i16x8.splat(<i16>low);
  const most = i16x8.splat(<i16>span);
  for (let x: usize = 0; x < bytes; x += 16) {
    let sum = v128.load(src + x);
    for (let k: usize = 1, at = src + x + 2; k < wx; k++, at += 2) sum = i16x8.add_sat_u(sum, v128.load(at));
    v128.store(dst + x, i16x8.min_u(i16x8.sub_sat_u(sum, least), most));
  }
}

/** The weights that stand in a table. */
function look(dst: usize, index: usize, bytes: usize, table: usize): void {
  for (let x: usize = 0; x < bytes; x += 16) {
    const at = index + x;
    const to = dst + (x << 1);
    const a = load<f32>(table + ((<usize>load<u16>(at)) << 2));
    const b = load<f32>(table + ((<usize>load<u16>(at, 2)) << 2));
    const c = load<f32>(table + ((<usize>load<u16>(at, 4)) << 2));
    const d = load<f32>(table + ((<usize>load<u16>(at, 6)) << 2));
    store<f32>(to, a);
    store<f32>(to, b, 4);
    store<f32>(to, c, 8);
    store<f32>(to, d, 12);
    const e = load<f32>(table + ((<usize>load<u16>(at, 8)) << 2));
    const f = load<f32>(table + ((<usize>load<u16>(at, 10)) << 2));
    const g = load<f32>(table + ((<usize>load<u16>(at, 12)) << 2));
    const h = load<f32>(table + ((<usize>load<u16>(at, 14)) << 2));
    store<f32>(to, e, 16);
    store<f32>(to, f, 20);
    store<f32>(to, g, 24);
    store<f32>(to, h, 28);
  }
}

/** Adds for each voxel of a row the weights of its pairs, and its partners by these: a shift further, a step further. */
function gather(
  sums: usize,
  apart: usize,
  weights: usize,
  step: usize,
  voxels: usize,
  voxelStep: usize,
  shifts: usize,
  columns: usize,
): void {
  for (let x: usize = 0; x < columns << 2; x += 64) {
    const to = sums + x;
    const too = to + apart;
    let w0 = v128.load(to);
    let w1 = v128.load(to, 16);
    let w2 = v128.load(to, 32);
    let w3 = v128.load(to, 48);
    let v0 = v128.load(too);
    let v1 = v128.load(too, 16);
    let v2 = v128.load(too, 32);
    let v3 = v128.load(too, 48);
    let w = weights + x;
    let v = voxels + x;
    for (let k: usize = 0; k < shifts; k++) {
      const a = v128.load(w);
      const b = v128.load(w, 16);
      const c = v128.load(w, 32);
      const d = v128.load(w, 48);
      w0 = f32x4.add(w0, a);
      v0 = f32x4.add(v0, f32x4.mul(a, v128.load(v)));
      w1 = f32x4.add(w1, b);
      v1 = f32x4.add(v1, f32x4.mul(b, v128.load(v, 16)));
      w2 = f32x4.add(w2, c);
      v2 = f32x4.add(v2, f32x4.mul(c, v128.load(v, 32)));
      w3 = f32x4.add(w3, d);
      v3 = f32x4.add(v3, f32x4.mul(d, v128.load(v, 48)));
      w += step;
      v += voxelStep;
    }
    v128.store(to, w0);
    v128.store(to, w1, 16);
    v128.store(to, w2, 32);
    v128.store(to, w3, 48);
    v128.store(too, v0);
    v128.store(too, v1, 16);
    v128.store(too, v2, 32);
    v128.store(too, v3, 48);
  }
}
