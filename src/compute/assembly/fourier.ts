/**
 * Fourier transforms of sixteen columns at a time, by Stockham's method, which needs no reordering (W. T. Cochran et al. 1967,
 * doi:10.1109/TAU.1967.1161899). A row has sixteen real parts, then sixteen imaginary parts, in float32: 128 bytes. Nothing is scaled.
 */
const ROW: usize = 128;
/** Bytes from the real to the imaginary parts. */
const IMAGINARY: usize = 64;

/** Products of a vector of complex numbers with one, w. */
function real(a: v128, b: v128, w: v128, v: v128): v128 {
  return f32x4.sub(f32x4.mul(a, w), f32x4.mul(b, v));
}

function imaginary(a: v128, b: v128, w: v128, v: v128): v128 {
  return f32x4.add(f32x4.mul(a, v), f32x4.mul(b, w));
}

/** `re` and `im` are where real and imaginary parts stand in a row: exchanged, the transform is the inverse one. */
function byTwo(x: usize, y: usize, m: usize, s: usize, twiddles: usize, re: usize, im: usize): void {
  for (let p: usize = 0; p < m; p++) {
    const w = v128.load32_splat(twiddles + (p << 3));
    const v = v128.load32_splat(twiddles + (p << 3), 4);
    for (let q: usize = 0; q < s; q++) {
      const from = x + (q + s * p) * ROW;
      const other = from + s * m * ROW;
      const to = y + (q + s * 2 * p) * ROW;
      const next = to + s * ROW;
      for (let c: usize = 0; c < IMAGINARY; c += 16) {
        const a = v128.load(from + re + c);
        const b = v128.load(from + im + c);
        const d = v128.load(other + re + c);
        const e = v128.load(other + im + c);
        v128.store(to + re + c, f32x4.add(a, d));
        v128.store(to + im + c, f32x4.add(b, e));
        const f = f32x4.sub(a, d);
        const g = f32x4.sub(b, e);
        v128.store(next + re + c, real(f, g, w, v));
        v128.store(next + im + c, imaginary(f, g, w, v));
      }
    }
  }
}

function byThree(x: usize, y: usize, m: usize, s: usize, twiddles: usize, re: usize, im: usize): void {
  const half = f32x4.splat(0.5);
  const root = f32x4.splat(0.8660254037844386);
  for (let p: usize = 0; p < m; p++) {
    const table = twiddles + (p << 4);
    const w1 = v128.load32_splat(table);
    const v1 = v128.load32_splat(table, 4);
    const w2 = v128.load32_splat(table, 8);
    const v2 = v128.load32_splat(table, 12);
    for (let q: usize = 0; q < s; q++) {
      const x0 = x + (q + s * p) * ROW;
      const x1 = x0 + s * m * ROW;
      const x2 = x1 + s * m * ROW;
      const y0 = y + (q + s * 3 * p) * ROW;
      const y1 = y0 + s * ROW;
      const y2 = y1 + s * ROW;
      for (let c: usize = 0; c < IMAGINARY; c += 16) {
        const a0 = v128.load(x0 + re + c);
        const b0 = v128.load(x0 + im + c);
        const a1 = v128.load(x1 + re + c);
        const b1 = v128.load(x1 + im + c);
        const a2 = v128.load(x2 + re + c);
        const b2 = v128.load(x2 + im + c);
        const sa = f32x4.add(a1, a2);
        const sb = f32x4.add(b1, b2);
        const da = f32x4.mul(f32x4.sub(a1, a2), root);
        const db = f32x4.mul(f32x4.sub(b1, b2), root);
        v128.store(y0 + re + c, f32x4.add(a0, sa));
        v128.store(y0 + im + c, f32x4.add(b0, sb));
        const ca = f32x4.sub(a0, f32x4.mul(sa, half));
        const cb = f32x4.sub(b0, f32x4.mul(sb, half));
        // Times −i·√3/2.
        const f1 = f32x4.add(ca, db);
        const g1 = f32x4.sub(cb, da);
        const f2 = f32x4.sub(ca, db);
        const g2 = f32x4.add(cb, da);
        v128.store(y1 + re + c, real(f1, g1, w1, v1));
        v128.store(y1 + im + c, imaginary(f1, g1, w1, v1));
        v128.store(y2 + re + c, real(f2, g2, w2, v2));
        v128.store(y2 + im + c, imaginary(f2, g2, w2, v2));
      }
    }
  }
}

function byFour(x: usize, y: usize, m: usize, s: usize, twiddles: usize, re: usize, im: usize): void {
  const step = s * m * ROW;
  const next = s * ROW;
  for (let p: usize = 0; p < m; p++) {
    const table = twiddles + p * 24;
    const w1 = v128.load32_splat(table);
    const v1 = v128.load32_splat(table, 4);
    const w2 = v128.load32_splat(table, 8);
    const v2 = v128.load32_splat(table, 12);
    const w3 = v128.load32_splat(table, 16);
    const v3 = v128.load32_splat(table, 20);
    for (let q: usize = 0; q < s; q++) {
      const x0 = x + (q + s * p) * ROW;
      const y0 = y + (q + s * 4 * p) * ROW;
      for (let c: usize = 0; c < IMAGINARY; c += 16) {
        const from = x0 + c;
        const a0 = v128.load(from + re);
        const b0 = v128.load(from + im);
        const a1 = v128.load(from + step + re);
        const b1 = v128.load(from + step + im);
        const a2 = v128.load(from + 2 * step + re);
        const b2 = v128.load(from + 2 * step + im);
        const a3 = v128.load(from + 3 * step + re);
        const b3 = v128.load(from + 3 * step + im);
        const ea = f32x4.add(a0, a2);
        const eb = f32x4.add(b0, b2);
        const oa = f32x4.add(a1, a3);
        const ob = f32x4.add(b1, b3);
        const da = f32x4.sub(a0, a2);
        const db = f32x4.sub(b0, b2);
        // Times −i.
        const fa = f32x4.sub(b1, b3);
        const fb = f32x4.sub(a3, a1);
        const to = y0 + c;
        v128.store(to + re, f32x4.add(ea, oa));
        v128.store(to + im, f32x4.add(eb, ob));
        const g1 = f32x4.add(da, fa);
        const h1 = f32x4.add(db, fb);
        v128.store(to + next + re, real(g1, h1, w1, v1));
        v128.store(to + next + im, imaginary(g1, h1, w1, v1));
        const g2 = f32x4.sub(ea, oa);
        const h2 = f32x4.sub(eb, ob);
        v128.store(to + 2 * next + re, real(g2, h2, w2, v2));
        v128.store(to + 2 * next + im, imaginary(g2, h2, w2, v2));
        const g3 = f32x4.sub(da, fa);
        const h3 = f32x4.sub(db, fb);
        v128.store(to + 3 * next + re, real(g3, h3, w3, v3));
        v128.store(to + 3 * next + im, imaginary(g3, h3, w3, v3));
      }
    }
  }
}

function byFive(x: usize, y: usize, m: usize, s: usize, twiddles: usize, re: usize, im: usize): void {
  const c1 = f32x4.splat(0.30901699437494745);
  const c2 = f32x4.splat(-0.8090169943749475);
  const s1 = f32x4.splat(0.9510565162951535);
  const s2 = f32x4.splat(0.5877852522924731);
  const step = s * m * ROW;
  const next = s * ROW;
  for (let p: usize = 0; p < m; p++) {
    const table = twiddles + (p << 5);
    for (let q: usize = 0; q < s; q++) {
      for (let c: usize = 0; c < IMAGINARY; c += 16) {
        const from = x + (q + s * p) * ROW + c;
        const to = y + (q + s * 5 * p) * ROW + c;
        const a0 = v128.load(from + re);
        const b0 = v128.load(from + im);
        const a1 = v128.load(from + step + re);
        const b1 = v128.load(from + step + im);
        const a2 = v128.load(from + 2 * step + re);
        const b2 = v128.load(from + 2 * step + im);
        const a3 = v128.load(from + 3 * step + re);
        const b3 = v128.load(from + 3 * step + im);
        const a4 = v128.load(from + 4 * step + re);
        const b4 = v128.load(from + 4 * step + im);
        const sa1 = f32x4.add(a1, a4);
        const sb1 = f32x4.add(b1, b4);
        const sa2 = f32x4.add(a2, a3);
        const sb2 = f32x4.add(b2, b3);
        const da1 = f32x4.sub(a1, a4);
        const db1 = f32x4.sub(b1, b4);
        const da2 = f32x4.sub(a2, a3);
        const db2 = f32x4.sub(b2, b3);
        v128.store(to + re, f32x4.add(a0, f32x4.add(sa1, sa2)));
        v128.store(to + im, f32x4.add(b0, f32x4.add(sb1, sb2)));
        const ca1 = f32x4.add(a0, f32x4.add(f32x4.mul(sa1, c1), f32x4.mul(sa2, c2)));
        const cb1 = f32x4.add(b0, f32x4.add(f32x4.mul(sb1, c1), f32x4.mul(sb2, c2)));
        const ca2 = f32x4.add(a0, f32x4.add(f32x4.mul(sa1, c2), f32x4.mul(sa2, c1)));
        const cb2 = f32x4.add(b0, f32x4.add(f32x4.mul(sb1, c2), f32x4.mul(sb2, c1)));
        const ea1 = f32x4.add(f32x4.mul(da1, s1), f32x4.mul(da2, s2));
        const eb1 = f32x4.add(f32x4.mul(db1, s1), f32x4.mul(db2, s2));
        const ea2 = f32x4.sub(f32x4.mul(da1, s2), f32x4.mul(da2, s1));
        const eb2 = f32x4.sub(f32x4.mul(db1, s2), f32x4.mul(db2, s1));
        turned(to + next, table, f32x4.add(ca1, eb1), f32x4.sub(cb1, ea1), re, im);
        turned(to + 2 * next, table + 8, f32x4.add(ca2, eb2), f32x4.sub(cb2, ea2), re, im);
        turned(to + 3 * next, table + 16, f32x4.sub(ca2, eb2), f32x4.add(cb2, ea2), re, im);
        turned(to + 4 * next, table + 24, f32x4.sub(ca1, eb1), f32x4.add(cb1, ea1), re, im);
      }
    }
  }
}

function turned(to: usize, table: usize, a: v128, b: v128, re: usize, im: usize): void {
  const w = v128.load32_splat(table);
  const v = v128.load32_splat(table, 4);
  v128.store(to + re, real(a, b, w, v));
  v128.store(to + im, imaginary(a, b, w, v));
}

/**
 * Transforms the columns of `x`; `y` has as much room.
 * @param plan for each stage radix, rows over the radix so far, and address of the factors, 32 bits each
 * @returns where the result is: x or y
 */
export function fourier(x: usize, y: usize, plan: usize, stages: usize, inverse: i32): usize {
  const re: usize = inverse ? IMAGINARY : 0;
  const im: usize = inverse ? 0 : IMAGINARY;
  let from = x;
  let to = y;
  let s: usize = 1;
  for (let k: usize = 0; k < stages * 12; k += 12) {
    const radix = <usize>load<u32>(plan + k);
    const m = <usize>load<u32>(plan + k, 4);
    const twiddles = <usize>load<u32>(plan + k, 8);
    if (radix === 4) byFour(from, to, m, s, twiddles, re, im);
    else if (radix === 2) byTwo(from, to, m, s, twiddles, re, im);
    else if (radix === 3) byThree(from, to, m, s, twiddles, re, im);
    else byFive(from, to, m, s, twiddles, re, im);
    s *= radix;
    const other = from;
    from = to;
    to = other;
  }
  return from;
}

/**
 * Bytes as rows: of 32 columns the first sixteen as real parts, the others as imaginary ones; zeros up to `length`. A value is taken off
 * all of them but of 255, which is none and becomes 0.
 */
export function rowsOfBytes(src: usize, row: usize, rows: usize, length: usize, dst: usize, less: f32): void {
  const none = i32x4.splat(255);
  const off = f32x4.splat(less);
  for (let y: usize = 0; y < rows; y++)
    for (let c: usize = 0; c < 32; c += 4) {
      const wide = i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(src + y * row + c)));
      const value = f32x4.sub(f32x4.convert_i32x4_u(wide), off);
      v128.store(dst + y * ROW + (c << 2), v128.andnot(value, i32x4.eq(wide, none)));
    }
  memory.fill(dst + rows * ROW, 0, (length - rows) * ROW);
}

/**
 * Parts two real columns that went through a transform as one complex one. For each of 32 columns the coefficients 0 to half the
 * length go into a row of their own: `bytes` of real parts, as many of imaginary ones.
 */
export function partColumns(src: usize, length: usize, dst: usize, bytes: usize, columns: usize): void {
  const most = length >> 1;
  for (let k: usize = 0; k <= most; k++) {
    const here = src + k * ROW;
    const there = src + (k === 0 ? 0 : length - k) * ROW;
    for (let c: usize = 0; c < 16; c++) {
      const at = c << 2;
      const a = load<f32>(here + at);
      const b = load<f32>(here + IMAGINARY + at);
      const d = load<f32>(there + at);
      const e = load<f32>(there + IMAGINARY + at);
      const first = dst + c * 2 * bytes + (k << 2);
      if (c < columns) {
        store<f32>(first, (a + d) * 0.5);
        store<f32>(first + bytes, (b - e) * 0.5);
      }
      if (c + 16 < columns) {
        const second = first + 32 * bytes;
        store<f32>(second, (b + e) * 0.5);
        store<f32>(second + bytes, (d - a) * 0.5);
      }
    }
  }
}

/** Sixteen columns of rows that have `bytes` of real parts and then as many of imaginary ones; zeros up to `length`. */
export function rowsOfPlane(src: usize, bytes: usize, rows: usize, length: usize, dst: usize): void {
  for (let k: usize = 0; k < rows; k++) {
    const from = src + k * 2 * bytes;
    const to = dst + k * ROW;
    for (let c: usize = 0; c < 64; c += 16) {
      v128.store(to + c, v128.load(from + c));
      v128.store(to + IMAGINARY + c, v128.load(from + bytes + c));
    }
  }
  memory.fill(dst + rows * ROW, 0, (length - rows) * ROW);
}

/** Back into such rows. @param first row to begin with: it counts around the end of the `length` rows */
export function planeOfRows(src: usize, first: usize, length: usize, rows: usize, dst: usize, bytes: usize): void {
  let at = first;
  for (let k: usize = 0; k < rows; k++) {
    const from = src + at * ROW;
    const to = dst + k * 2 * bytes;
    for (let c: usize = 0; c < 64; c += 16) {
      v128.store(to + c, v128.load(from + c));
      v128.store(to + bytes + c, v128.load(from + IMAGINARY + c));
    }
    if (++at === length) at = 0;
  }
}

/** Squared absolute values, in place. */
export function powers(rows: usize, length: usize): void {
  const none = f32x4.splat(0);
  for (let k: usize = 0; k < length; k++)
    for (let c: usize = 0; c < 64; c += 16) {
      const at = rows + k * ROW + c;
      const a = v128.load(at);
      const b = v128.load(at + IMAGINARY);
      v128.store(at, f32x4.add(f32x4.mul(a, a), f32x4.mul(b, b)));
      v128.store(at + IMAGINARY, none);
    }
}

/**
 * Joins what {@link partColumns} parts: 32 rows of coefficients of real columns to sixteen complex columns of the whole `length`.
 * @param rows how many there are; those that lack count as zeros
 */
export function joinColumns(src: usize, bytes: usize, rows: usize, length: usize, dst: usize): void {
  const most = length >> 1;
  memory.fill(dst, 0, length * ROW);
  for (let c: usize = 0; c < min<usize>(16, rows); c++) {
    const first = src + c * 2 * bytes;
    const second = c + 16 < rows ? first + 32 * bytes : 0;
    for (let k: usize = 0; k <= most; k++) {
      const a = load<f32>(first + (k << 2));
      const b = load<f32>(first + bytes + (k << 2));
      const d: f32 = second === 0 ? 0 : load<f32>(second + (k << 2));
      const e: f32 = second === 0 ? 0 : load<f32>(second + bytes + (k << 2));
      const here = dst + k * ROW + (c << 2);
      store<f32>(here, a - e);
      store<f32>(here + IMAGINARY, b + d);
      if (k === 0) continue;
      const there = dst + (length - k) * ROW + (c << 2);
      if (there === here) continue;
      store<f32>(there, a + e);
      store<f32>(there + IMAGINARY, d - b);
    }
  }
}

/** Rows of real columns after the inverse: column c of 32 into row c of `dst`, from `first` on, around the end, scaled. */
export function columnsOut(
  src: usize,
  first: usize,
  length: usize,
  rows: usize,
  dst: usize,
  dstRow: usize,
  columns: usize,
  scale: f32,
): void {
  let at = first;
  for (let k: usize = 0; k < rows; k++) {
    for (let c: usize = 0; c < columns; c++)
      store<f32>(dst + c * dstRow + (k << 2), load<f32>(src + at * ROW + (c << 2)) * scale);
    if (++at === length) at = 0;
  }
}

/** Adds to lags up to `lags` either way those a period of `period` rows away, of a correlation that stands in `length` rows. */
export function foldRows(rows: usize, length: usize, period: usize, lags: usize): void {
  for (let h: usize = 1; h <= lags; h++) {
    const ahead = rows + h * ROW;
    const back = rows + (length - h) * ROW;
    const fromBack = rows + (length - period + h) * ROW;
    const fromAhead = rows + (period - h) * ROW;
    for (let c: usize = 0; c < ROW; c += 16) {
      const p = f32x4.add(v128.load(ahead + c), v128.load(fromBack + c));
      const q = f32x4.add(v128.load(back + c), v128.load(fromAhead + c));
      v128.store(ahead + c, p);
      v128.store(back + c, q);
    }
  }
}
