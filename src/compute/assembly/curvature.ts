/** The curvature operators of active contours, on one bit a voxel: labels to bits, infima and suprema, and back. */

const NEUTRAL: i32 = 255;

/** A box of labels to bits: those from `level` on that are not 255; for the level 255 those. @returns 0 if no bit is set */
export function packLevel(
  src: usize,
  row: usize,
  plane: usize,
  dst: usize,
  bitRow: usize,
  planes: usize,
  rows: usize,
  columns: usize,
  level: i32,
): u32 {
  const limit = i8x16.splat(<i8>level);
  const none = i8x16.splat(level === NEUTRAL ? 0 : -1);
  let any: u32 = 0;
  for (let z: usize = 0; z < planes; z++)
    for (let y: usize = 0; y < rows; y++) {
      const from = src + z * plane + y * row;
      const to = dst + (z * rows + y) * bitRow;
      for (let x: usize = 0; x < columns; x += 16) {
        const voxels = v128.load(from + x);
        let bits = i8x16.bitmask(v128.andnot(i8x16.ge_u(voxels, limit), i8x16.eq(voxels, none)));
        if (x + 16 > columns) bits &= (1 << (<i32>(columns - x))) - 1;
        store<u16>(to + (x >> 3), <u16>bits);
        any |= bits;
      }
    }
  return any;
}

/** The bits `step` (0 or 1) before, and after. */
function before(at: usize, step: i32): v128 {
  const here = v128.load(at);
  return step ? v128.or(i64x2.shl(here, 1), i64x2.shr_u(v128.load(at - 8), 63)) : here;
}

function after(at: usize, step: i32): v128 {
  const here = v128.load(at);
  return step ? v128.or(i64x2.shr_u(here, 1), i64x2.shl(v128.load(at, 8), 63)) : here;
}

/**
 * Supremum of infima over the nine planes through a voxel: a bit is set where all bits of one of the planes of 3 × 3 are. Bits
 * of a row lie where they lay; its first and last ones mean nothing then. Along an axis of a single voxel steps are 0.
 * @param src the row's first byte
 */
export function supInf(
  src: usize,
  stepZ: usize,
  row: usize,
  stepY: usize,
  stepX: i32,
  dst: usize,
  rows: usize,
  bytes: usize,
): void {
  for (let y: usize = 0; y < rows; y++)
    for (let k: usize = 0; k < bytes; k += 16) {
      // a b c: z before, here, after; 0 1 2: y before, here, after; l m r: x before, here, after.
      const b1 = src + y * row + k;
      const b0 = b1 - stepY;
      const b2 = b1 + stepY;
      const a0 = b0 - stepZ;
      const a1 = b1 - stepZ;
      const a2 = b2 - stepZ;
      const c0 = b0 + stepZ;
      const c1 = b1 + stepZ;
      const c2 = b2 + stepZ;
      const a0l = before(a0, stepX);
      const a0m = v128.load(a0);
      const a0r = after(a0, stepX);
      const a1l = before(a1, stepX);
      const a1m = v128.load(a1);
      const a1r = after(a1, stepX);
      const a2l = before(a2, stepX);
      const a2m = v128.load(a2);
      const a2r = after(a2, stepX);
      const b0l = before(b0, stepX);
      const b0m = v128.load(b0);
      const b0r = after(b0, stepX);
      const b1l = before(b1, stepX);
      const b1m = v128.load(b1);
      const b1r = after(b1, stepX);
      const b2l = before(b2, stepX);
      const b2m = v128.load(b2);
      const b2r = after(b2, stepX);
      const c0l = before(c0, stepX);
      const c0m = v128.load(c0);
      const c0r = after(c0, stepX);
      const c1l = before(c1, stepX);
      const c1m = v128.load(c1);
      const c1r = after(c1, stepX);
      const c2l = before(c2, stepX);
      const c2m = v128.load(c2);
      const c2r = after(c2, stepX);
      const middle = three(b1l, b1m, b1r);
      // Across the axes.
      let any = three(three(a0m, a1m, a2m), three(b0m, b1m, b2m), three(c0m, c1m, c2m));
      any = v128.or(any, three(three(a1l, a1m, a1r), middle, three(c1l, c1m, c1r)));
      any = v128.or(any, three(three(b0l, b0m, b0r), middle, three(b2l, b2m, b2r)));
      // Along z and a diagonal of x and y.
      any = v128.or(any, three(three(a0l, a1m, a2r), three(b0l, b1m, b2r), three(c0l, c1m, c2r)));
      any = v128.or(any, three(three(a0r, a1m, a2l), three(b0r, b1m, b2l), three(c0r, c1m, c2l)));
      // Along y and a diagonal of x and z.
      any = v128.or(any, three(three(a0l, a1l, a2l), three(b0m, b1m, b2m), three(c0r, c1r, c2r)));
      any = v128.or(any, three(three(a0r, a1r, a2r), three(b0m, b1m, b2m), three(c0l, c1l, c2l)));
      // Along x and a diagonal of y and z.
      any = v128.or(any, three(three(a0l, a0m, a0r), middle, three(c2l, c2m, c2r)));
      any = v128.or(any, three(three(a2l, a2m, a2r), middle, three(c0l, c0m, c0r)));
      v128.store(dst + y * row + k, any);
    }
}

function three(a: v128, b: v128, c: v128): v128 {
  return v128.and(v128.and(a, b), c);
}

/** Adds bits to labels. */
export function addBits(bits: usize, bitRow: usize, dst: usize, dstRow: usize, rows: usize, columns: usize): void {
  const places = i8x16(1, 2, 4, 8, 16, 32, 64, -128, 1, 2, 4, 8, 16, 32, 64, -128);
  for (let y: usize = 0; y < rows; y++)
    for (let x: usize = 0; x < columns; x += 16) {
      const pair = i16x8.splat(load<i16>(bits + y * bitRow + (x >> 3)));
      const spread = i8x16.shuffle(pair, pair, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1);
      const at = dst + y * dstRow + x;
      // A set bit is −1.
      v128.store(at, i8x16.sub(v128.load(at), i8x16.eq(v128.and(spread, places), places)));
    }
}

/** Makes labels 255 where they are 255 in `src`. */
export function keepNeutral(src: usize, row: usize, dst: usize, dstRow: usize, rows: usize, columns: usize): void {
  for (let y: usize = 0; y < rows; y++)
    for (let x: usize = 0; x < columns; x += 16) {
      const at = dst + y * dstRow + x;
      const none = i8x16.eq(v128.load(src + y * row + x), i8x16.splat(-1));
      v128.store(at, v128.or(v128.load(at), none));
    }
}
