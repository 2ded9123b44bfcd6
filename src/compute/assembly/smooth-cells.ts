/**
 * Surfaces of a phase that was blurred a little: each voxel becomes the weighted share of the phase among the 27 around it. The
 * weights depend on the distance alone, so that first voxels of the phase are counted: itself, at faces, edges and corners.
 */

/**
 * Counts of a plane: voxels of the phase, those at the four sides of each, those at its four corners, in three planes of bytes
 * that lie `plane` apart. What lies left of the first and right of the last column means nothing.
 */
export function countAround(
  numbers: usize,
  row: usize,
  rows: usize,
  columns: usize,
  number: i32,
  any: i32,
  counts: usize,
  plane: usize,
): void {
  const wanted = i8x16.splat(<i8>number);
  const flip = i8x16.splat(any ? -1 : 0);
  for (let y: usize = 0; y < rows; y++) {
    const line = numbers + y * row;
    const to = counts + y * row;
    for (let x: usize = 0; x < columns; x += 16) {
      const at = line + x;
      const above = at - row;
      const below = at + row;
      const left = isOf(at - 1, wanted, flip);
      const right = isOf(at + 1, wanted, flip);
      const sides = i8x16.add(i8x16.add(left, right), i8x16.add(isOf(above, wanted, flip), isOf(below, wanted, flip)));
      const upper = i8x16.add(isOf(above - 1, wanted, flip), isOf(above + 1, wanted, flip));
      const lower = i8x16.add(isOf(below - 1, wanted, flip), isOf(below + 1, wanted, flip));
      v128.store(to + x, isOf(at, wanted, flip));
      v128.store(to + plane + x, sides);
      v128.store(to + 2 * plane + x, i8x16.add(upper, lower));
    }
  }
}

/** 1 for each of 16 voxels of the phase; with `flip` for each that is not of it. */
function isOf(at: usize, wanted: v128, flip: v128): v128 {
  return v128.and(v128.xor(i8x16.eq(v128.load(at), wanted), flip), i8x16.splat(1));
}

/** Floats of four bytes of a vector of 16. */
function four(bytes: v128, part: i32): v128 {
  const half = part < 2 ? i16x8.extend_low_i8x16_u(bytes) : i16x8.extend_high_i8x16_u(bytes);
  return f32x4.convert_i32x4_u((part & 1) === 0 ? i32x4.extend_low_i16x8_u(half) : i32x4.extend_high_i16x8_u(half));
}

/** Weighted shares out of the counts of three planes. `weights`: four floats, of itself, faces, edges, corners. */
export function weighCounts(
  before: usize,
  here: usize,
  behind: usize,
  plane: usize,
  row: usize,
  rows: usize,
  columns: usize,
  weights: usize,
  out: usize,
  outRow: usize,
): void {
  const w0 = v128.load32_splat(weights);
  const w1 = v128.load32_splat(weights, 4);
  const w2 = v128.load32_splat(weights, 8);
  const w3 = v128.load32_splat(weights, 12);
  for (let y: usize = 0; y < rows; y++)
    for (let x: usize = 0; x < columns; x += 16) {
      const at = y * row + x;
      const itself = v128.load(here + at);
      const faces = i8x16.add(v128.load(here + plane + at), i8x16.add(v128.load(before + at), v128.load(behind + at)));
      const edges = i8x16.add(
        v128.load(here + 2 * plane + at),
        i8x16.add(v128.load(before + plane + at), v128.load(behind + plane + at)),
      );
      const corners = i8x16.add(v128.load(before + 2 * plane + at), v128.load(behind + 2 * plane + at));
      const to = out + y * outRow + (x << 2);
      for (let part = 0; part < 4; part++) {
        const near = f32x4.add(f32x4.mul(four(itself, part), w0), f32x4.mul(four(faces, part), w1));
        const far = f32x4.add(f32x4.mul(four(edges, part), w2), f32x4.mul(four(corners, part), w3));
        v128.store(to + ((<usize>part) << 4), f32x4.add(near, far));
      }
    }
}

/** Shares among the voxels that count: divides by theirs; 0 where none does. */
export function divideShares(shares: usize, all: usize, bytes: usize): void {
  for (let k: usize = 0; k < bytes; k += 16) {
    const whole = v128.load(all + k);
    const quotient = f32x4.div(v128.load(shares + k), whole);
    v128.store(shares + k, v128.and(quotient, f32x4.gt(whole, f32x4.splat(0))));
  }
}

/** Bytes 1 and 0 to floats. */
export function bytesToFloats(src: usize, row: usize, rows: usize, columns: usize, out: usize, outRow: usize): void {
  for (let y: usize = 0; y < rows; y++)
    for (let x: usize = 0; x < columns; x += 16) {
      const bytes = v128.load(src + y * row + x);
      for (let part = 0; part < 4; part++)
        v128.store(out + y * outRow + (x << 2) + ((<usize>part) << 4), four(bytes, part));
    }
}

/** Sets of corners above one half, of four cells. */
function setsOf(a: usize, b: usize, c: usize, d: usize): v128 {
  const half = f32x4.splat(0.5);
  const low = v128.or(v128.or(bit(a, half, 1), bit(a + 4, half, 2)), v128.or(bit(b, half, 4), bit(b + 4, half, 8)));
  const high = v128.or(
    v128.or(bit(c, half, 16), bit(c + 4, half, 32)),
    v128.or(bit(d, half, 64), bit(d + 4, half, 128)),
  );
  return v128.or(low, high);
}

function bit(at: usize, half: v128, value: i32): v128 {
  return v128.and(f32x4.gt(v128.load(at), half), i32x4.splat(value));
}

/**
 * Adds up the surface where shares pass one half, in the cells between two planes, by marching cubes.
 * @param numbers phases of the lower plane, `plane` before the upper one: cells with a voxel that does not count are left out
 * @param triangles for each set of corners 32 bytes: how many points, then these, three a triangle
 * @param ends for each of 13 points two bytes: corners at the ends of its edge; the seventh, the middle, is the mean of all points
 * @param size three floats of 64 bits: edges of a voxel
 * @param scratch room for 13 points of three floats of 64 bits
 * @returns area in whole units
 */
export function smoothSurface(
  below: usize,
  above: usize,
  row: usize,
  rows: usize,
  columns: usize,
  numbers: usize,
  plane: usize,
  numberRow: usize,
  triangles: usize,
  ends: usize,
  size: usize,
  perUnit: f64,
  scratch: usize,
): f64 {
  let sum: i64 = 0;
  const full = i32x4.splat(255);
  for (let y: usize = 0; y < rows; y++) {
    const a = below + y * row;
    const c = above + y * row;
    const n = numbers + y * numberRow;
    for (let x: usize = 0; x < columns; x += 4) {
      const at = x << 2;
      const sets = setsOf(a + at, a + row + at, c + at, c + row + at);
      const plain = v128.or(i32x4.eq(sets, i32x4.splat(0)), i32x4.eq(sets, full));
      let mixed = ~i32x4.bitmask(plain) & 15;
      if (columns - x < 4) mixed &= (1 << (<u32>(columns - x))) - 1;
      while (mixed !== 0) {
        const k = x + <usize>ctz(mixed);
        mixed &= mixed - 1;
        const p = n + k;
        if (anyNone(p, p + numberRow, p + plane, p + plane + numberRow)) continue;
        const area = cellArea(a + (k << 2), row, c - a, triangles, ends, size, scratch);
        sum += <i64>nearest(area * perUnit);
      }
    }
  }
  return <f64>sum;
}

/** Whether one of the eight corners of a cell does not count. */
function anyNone(a: usize, b: usize, c: usize, d: usize): bool {
  const low = <u64>load<u16>(a) | ((<u64>load<u16>(b)) << 16);
  const all = i64x2.splat(<i64>(low | ((<u64>load<u16>(c)) << 32) | ((<u64>load<u16>(d)) << 48)));
  return i8x16.bitmask(i8x16.eq(all, i8x16.splat(0))) !== 0;
}

function shareAt(first: usize, corner: usize, row: usize, plane: usize): f64 {
  return <f64>load<f32>(first + (corner >> 2) * plane + ((corner >> 1) & 1) * row + ((corner & 1) << 2));
}

function cellArea(
  first: usize,
  row: usize,
  plane: usize,
  triangles: usize,
  ends: usize,
  size: usize,
  scratch: usize,
): f64 {
  let set: usize = 0;
  for (let corner: usize = 0; corner < 8; corner++)
    if (shareAt(first, corner, row, plane) > 0.5) set |= (<usize>1) << corner;
  const dz = load<f64>(size);
  const dy = load<f64>(size, 8);
  const dx = load<f64>(size, 16);
  let mz: f64 = 0;
  let my: f64 = 0;
  let mx: f64 = 0;
  let crossed: f64 = 0;
  for (let point: usize = 0; point < 13; point++) {
    const one = <usize>load<u8>(ends + 2 * point);
    const other = <usize>load<u8>(ends + 2 * point, 1);
    if (((set >> one) & 1) === ((set >> other) & 1)) continue;
    const from = shareAt(first, one, row, plane);
    const t = (0.5 - from) / (shareAt(first, other, row, plane) - from);
    const z = dz * along(<f64>(one >> 2), <f64>(other >> 2), t);
    const y = dy * along(<f64>((one >> 1) & 1), <f64>((other >> 1) & 1), t);
    const x = dx * along(<f64>(one & 1), <f64>(other & 1), t);
    const to = scratch + 24 * point;
    store<f64>(to, z);
    store<f64>(to, y, 8);
    store<f64>(to, x, 16);
    mz += z;
    my += y;
    mx += x;
    crossed++;
  }
  store<f64>(scratch + 144, mz / crossed);
  store<f64>(scratch + 144, my / crossed, 8);
  store<f64>(scratch + 144, mx / crossed, 16);
  const list = triangles + (set << 5);
  const points = <usize>load<u8>(list);
  let area: f64 = 0;
  for (let k: usize = 1; k < points; k += 3)
    area += triangleArea(
      scratch + 24 * <usize>load<u8>(list + k),
      scratch + 24 * <usize>load<u8>(list + k, 1),
      scratch + 24 * <usize>load<u8>(list + k, 2),
    );
  return area;
}

export function along(from: f64, to: f64, t: f64): f64 {
  return from + t * (to - from);
}

export function triangleArea(a: usize, b: usize, c: usize): f64 {
  const uz = load<f64>(b) - load<f64>(a);
  const uy = load<f64>(b, 8) - load<f64>(a, 8);
  const ux = load<f64>(b, 16) - load<f64>(a, 16);
  const vz = load<f64>(c) - load<f64>(a);
  const vy = load<f64>(c, 8) - load<f64>(a, 8);
  const vx = load<f64>(c, 16) - load<f64>(a, 16);
  const nz = uy * vx - ux * vy;
  const ny = ux * vz - uz * vx;
  const nx = uz * vy - uy * vz;
  return sqrt(nz * nz + ny * ny + nx * nx) / 2;
}

/**
 * Adds up the lengths of the gradients of shares in one plane of voxels: central differences, one-sided where the voxel on one
 * side does not count.
 * @param shares those of the plane; `plane` bytes from one plane to the next in both arrays
 * @param size three floats of 64 bits: edges of a voxel
 * @returns sum in whole units
 */
export function gradientLengths(
  before: usize,
  shares: usize,
  behind: usize,
  row: usize,
  rows: usize,
  columns: usize,
  numbers: usize,
  plane: usize,
  numberRow: usize,
  size: usize,
  perUnit: f64,
): f64 {
  let sum: i64 = 0;
  const dz = load<f64>(size);
  const dy = load<f64>(size, 8);
  const dx = load<f64>(size, 16);
  for (let y: usize = 0; y < rows; y++) {
    const line = y * row;
    const counts = numbers + y * numberRow;
    for (let x: usize = 0; x < columns; x += 4) {
      const k = line + (x << 2);
      const at = shares + k;
      const here = v128.load(at);
      const level = v128.and(
        v128.and(
          v128.and(f32x4.eq(here, v128.load(before + k)), f32x4.eq(here, v128.load(behind + k))),
          v128.and(f32x4.eq(here, v128.load(at - row)), f32x4.eq(here, v128.load(at + row))),
        ),
        v128.and(f32x4.eq(here, v128.load(at - 4)), f32x4.eq(here, v128.load(at + 4))),
      );
      let steep = ~i32x4.bitmask(level) & 15;
      if (columns - x < 4) steep &= (1 << (<u32>(columns - x))) - 1;
      while (steep !== 0) {
        const lane = <usize>ctz(steep);
        steep &= steep - 1;
        const n = counts + x + lane;
        if (load<u8>(n) === 0) continue;
        const shift = k + (lane << 2);
        const centre = <f64>load<f32>(shares + shift);
        const z = slope(before + shift, centre, behind + shift, n - plane, n + plane) / dz;
        const y0 = slope(shares + shift - row, centre, shares + shift + row, n - numberRow, n + numberRow) / dy;
        const x0 = slope(shares + shift - 4, centre, shares + shift + 4, n - 1, n + 1) / dx;
        sum += <i64>nearest(sqrt(z * z + y0 * y0 + x0 * x0) * perUnit);
      }
    }
  }
  return <f64>sum;
}

/** Difference over one step, of the neighbours that count. */
function slope(low: usize, centre: f64, high: usize, lowNumber: usize, highNumber: usize): f64 {
  const isLow = load<u8>(lowNumber) !== 0;
  const isHigh = load<u8>(highNumber) !== 0;
  const from = isLow ? <f64>load<f32>(low) : centre;
  const to = isHigh ? <f64>load<f32>(high) : centre;
  return isLow && isHigh ? (to - from) / 2 : to - from;
}

/** 1 for each voxel of a plane that is of the phase; with `any` each that is not. */
export function isNumber(
  numbers: usize,
  row: usize,
  rows: usize,
  columns: usize,
  number: i32,
  any: i32,
  out: usize,
): void {
  const wanted = i8x16.splat(<i8>number);
  const flip = i8x16.splat(any ? -1 : 0);
  for (let y: usize = 0; y < rows; y++)
    for (let x: usize = 0; x < columns; x += 16)
      v128.store(out + y * row + x, isOf(numbers + y * row + x, wanted, flip));
}
