// What is made of derivatives: magnitudes and sums. Rows of float32, `columns` of them rounded up to 4.

/** Length of a vector of three components. */
export function magnitude(
  a: usize,
  b: usize,
  c: usize,
  dst: usize,
  columns: usize,
  rows: usize,
  row: usize,
  dstRow: usize,
): void {
  for (let y: usize = 0; y < rows; y++)
    for (let x: usize = 0; x < columns << 2; x += 16) {
      const k = y * row + x;
      const p = v128.load(a + k);
      const q = v128.load(b + k);
      const r = v128.load(c + k);
      v128.store(dst + y * dstRow + x, length(p, q, r));
    }
}

/** A map of edges from lengths of gradients, in place: 1 / √(1 + α·length). */
export function inverseRoots(at: usize, bytes: usize, alpha: f32): void {
  const one = f32x4.splat(1);
  const steep = f32x4.splat(alpha);
  for (let k: usize = 0; k < bytes; k += 16) {
    const length = v128.load(at + k);
    v128.store(at + k, f32x4.div(one, f32x4.sqrt(f32x4.add(one, f32x4.mul(steep, length)))));
  }
}

/** dst = a + factor·b; `dst` may be `a`. */
export function addScaled(
  a: usize,
  b: usize,
  dst: usize,
  columns: usize,
  rows: usize,
  row: usize,
  rowOfB: usize,
  dstRow: usize,
  factor: f32,
): void {
  const f = f32x4.splat(factor);
  for (let y: usize = 0; y < rows; y++)
    for (let x: usize = 0; x < columns << 2; x += 16)
      v128.store(
        dst + y * dstRow + x,
        f32x4.add(v128.load(a + y * row + x), f32x4.mul(f, v128.load(b + y * rowOfB + x))),
      );
}

/**
 * Differences of differences over two voxels along two axes, which may be the same one: factor times
 * (v[a + b] − v[a − b]) − (v[b − a] − v[−a − b]).
 * @param src the voxel of the first difference; `a` and `b` are the distances in bytes of neighbours along the axes
 */
export function crossDifferences(
  src: usize,
  row: usize,
  a: usize,
  b: usize,
  dst: usize,
  dstRow: usize,
  rows: usize,
  columns: usize,
  factor: f32,
): void {
  const f = f32x4.splat(factor);
  for (let y: usize = 0; y < rows; y++)
    for (let x: usize = 0; x < columns << 2; x += 16) {
      const at = src + y * row + x;
      const after = f32x4.sub(v128.load(at + a + b), v128.load(at + a - b));
      const before = f32x4.sub(v128.load(at + b - a), v128.load(at - a - b));
      v128.store(dst + y * dstRow + x, f32x4.mul(f, f32x4.sub(after, before)));
    }
}

/**
 * Unsharp mask: v + amount·(v − blurred) where these differ by more than the threshold, else v.
 * @param dst holds the blurred voxels, and then the result
 */
export function sharpen(
  src: usize,
  dst: usize,
  columns: usize,
  rows: usize,
  row: usize,
  dstRow: usize,
  amount: f32,
  threshold: f32,
): void {
  const strength = f32x4.splat(amount);
  const limit = f32x4.splat(threshold);
  for (let y: usize = 0; y < rows; y++)
    for (let x: usize = 0; x < columns << 2; x += 16) {
      const v = v128.load(src + y * row + x);
      const to = dst + y * dstRow + x;
      const detail = f32x4.sub(v, v128.load(to));
      const more = f32x4.add(v, f32x4.mul(strength, detail));
      // Written so that a NaN is passed on.
      v128.store(to, v128.bitselect(v, more, f32x4.le(f32x4.abs(detail), limit)));
    }
}

/**
 * Length of the gradient by Sobel's operator: central differences, smoothed by 1 2 1 along the two other axes. Walks down
 * the rows, so that what a row gives is computed once.
 * @param src the voxel before the first one along all three axes
 * @param scaleZ factors of the components, and so on
 */
export function sobel(
  src: usize,
  row: usize,
  plane: usize,
  dst: usize,
  dstRow: usize,
  rows: usize,
  columns: usize,
  scaleZ: f32,
  scaleY: f32,
  scaleX: f32,
): void {
  const zero = f32x4.splat(0);
  const fz = f32x4.splat(scaleZ);
  const fy = f32x4.splat(scaleY);
  const fx = f32x4.splat(scaleX);
  for (let x: usize = 0; x < columns << 2; x += 16) {
    let smooth0 = zero;
    let smooth1 = zero;
    let alongZ0 = zero;
    let alongZ1 = zero;
    let alongX0 = zero;
    let alongX1 = zero;
    let at = src + x;
    for (let y: usize = 0; y < rows + 2; y++) {
      const al = v128.load(at);
      const ac = v128.load(at, 4);
      const ar = v128.load(at, 8);
      const b = at + plane;
      const bl = v128.load(b);
      const bc = v128.load(b, 4);
      const br = v128.load(b, 8);
      const c = b + plane;
      const cl = v128.load(c);
      const cc = v128.load(c, 4);
      const cr = v128.load(c, 8);
      const a = oneTwoOne(al, ac, ar);
      const last = oneTwoOne(cl, cc, cr);
      const smooth2 = oneTwoOne(a, oneTwoOne(bl, bc, br), last);
      const alongZ2 = f32x4.sub(last, a);
      const alongX2 = oneTwoOne(f32x4.sub(ar, al), f32x4.sub(br, bl), f32x4.sub(cr, cl));
      if (y >= 2) {
        const gy = f32x4.mul(fy, f32x4.sub(smooth2, smooth0));
        const gz = f32x4.mul(fz, oneTwoOne(alongZ0, alongZ1, alongZ2));
        const gx = f32x4.mul(fx, oneTwoOne(alongX0, alongX1, alongX2));
        v128.store(dst + (y - 2) * dstRow + x, length(gz, gy, gx));
      }
      smooth0 = smooth1;
      smooth1 = smooth2;
      alongZ0 = alongZ1;
      alongZ1 = alongZ2;
      alongX0 = alongX1;
      alongX1 = alongX2;
      at += row;
    }
  }
}

function oneTwoOne(a: v128, b: v128, c: v128): v128 {
  return f32x4.add(f32x4.add(a, c), f32x4.add(b, b));
}

/**
 * The same of 8-bit voxels, eight at a time: sums of at most 16 of them are whole numbers of 16 bits, and as exact there as in
 * float32.
 */
export function sobelOfBytes<T>(
  src: usize,
  row: usize,
  plane: usize,
  dst: usize,
  dstRow: usize,
  rows: usize,
  columns: usize,
  scaleZ: f32,
  scaleY: f32,
  scaleX: f32,
): void {
  const zero = i16x8.splat(0);
  const fz = f32x4.splat(scaleZ);
  const fy = f32x4.splat(scaleY);
  const fx = f32x4.splat(scaleX);
  for (let x: usize = 0; x < columns; x += 8) {
    let smooth0 = zero;
    let smooth1 = zero;
    let alongZ0 = zero;
    let alongZ1 = zero;
    let alongX0 = zero;
    let alongX1 = zero;
    let at = src + x;
    for (let y: usize = 0; y < rows + 2; y++) {
      const al = v128.load_ext<T>(at);
      const ar = v128.load_ext<T>(at, 2);
      const bl = v128.load_ext<T>(at + plane);
      const br = v128.load_ext<T>(at + plane, 2);
      const cl = v128.load_ext<T>(at + 2 * plane);
      const cr = v128.load_ext<T>(at + 2 * plane, 2);
      const a = shortOneTwoOne(al, v128.load_ext<T>(at, 1), ar);
      const b = shortOneTwoOne(bl, v128.load_ext<T>(at + plane, 1), br);
      const c = shortOneTwoOne(cl, v128.load_ext<T>(at + 2 * plane, 1), cr);
      const smooth2 = shortOneTwoOne(a, b, c);
      const alongZ2 = i16x8.sub(c, a);
      const alongX2 = shortOneTwoOne(i16x8.sub(ar, al), i16x8.sub(br, bl), i16x8.sub(cr, cl));
      if (y >= 2) {
        const gy = i16x8.sub(smooth2, smooth0);
        const gz = shortOneTwoOne(alongZ0, alongZ1, alongZ2);
        const gx = shortOneTwoOne(alongX0, alongX1, alongX2);
        const to = dst + (y - 2) * dstRow + (x << 2);
        const lowZ = f32x4.mul(fz, f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(gz)));
        const lowY = f32x4.mul(fy, f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(gy)));
        const lowX = f32x4.mul(fx, f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(gx)));
        v128.store(to, length(lowZ, lowY, lowX));
        const highZ = f32x4.mul(fz, f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_s(gz)));
        const highY = f32x4.mul(fy, f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_s(gy)));
        const highX = f32x4.mul(fx, f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_s(gx)));
        v128.store(to, length(highZ, highY, highX), 16);
      }
      smooth0 = smooth1;
      smooth1 = smooth2;
      alongZ0 = alongZ1;
      alongZ1 = alongZ2;
      alongX0 = alongX1;
      alongX1 = alongX2;
      at += row;
    }
  }
}

function shortOneTwoOne(a: v128, b: v128, c: v128): v128 {
  return i16x8.add(i16x8.add(a, c), i16x8.shl(b, 1));
}

function length(z: v128, y: v128, x: v128): v128 {
  return f32x4.sqrt(f32x4.add(f32x4.add(f32x4.mul(z, z), f32x4.mul(y, y)), f32x4.mul(x, x)));
}
