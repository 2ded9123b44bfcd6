/**
 * Anisotropic diffusion: what flows through the faces between voxels, and what the voxels then are. Rows of float32,
 * `columns` of them rounded up to 4.
 *
 * A flux is made of the two voxels of a face and of the slopes of both along the face, in an order that does not tell one
 * side from the other: what is mirrored before is mirrored after, to the bit. Along an axis with a single voxel the step to
 * the next one is 0 bytes.
 */

/**
 * 1/conductance for q = (|∇v|/K)²: 1 + q, or exp(q) as the eighth power of a polynomial. Its reciprocal is within 1e-6 of
 * exp(−q) for all q ≥ 0 (the polynomial fitted to 1e-7, the rest float32), 1 at 0 and ever less, as the coefficients are positive; a quotient needs no care for large q or NaN.
 */
function resistance(q: v128, kind: i32): v128 {
  const one = f32x4.splat(1);
  if (kind & 1) return f32x4.add(one, q);
  let p = f32x4.add(f32x4.mul(q, f32x4.splat(3.5073904e-7)), f32x4.splat(0.000009655008));
  p = f32x4.add(f32x4.mul(q, p), f32x4.splat(0.0003266156));
  p = f32x4.add(f32x4.mul(q, p), f32x4.splat(0.0078116166));
  p = f32x4.add(f32x4.mul(q, p), f32x4.splat(0.1250002));
  p = f32x4.add(f32x4.mul(q, p), one);
  p = f32x4.mul(p, p);
  p = f32x4.mul(p, p);
  return f32x4.mul(p, p);
}

/**
 * What flows from a voxel to the next one, in units of K.
 * @param e difference of the two over K; a and b the sums of half their slopes along the other two axes
 * @param kind bit 0: reciprocal conductance; bit 1: the gradient's direction flows instead of itself, as for curvature
 */
function flux(e: v128, a: v128, b: v128, kind: i32): v128 {
  const q = f32x4.add(f32x4.mul(e, e), f32x4.add(f32x4.mul(a, a), f32x4.mul(b, b)));
  let by = resistance(q, kind);
  // Where nothing slopes there is no direction.
  if (kind & 2) by = f32x4.mul(by, f32x4.sqrt(f32x4.add(q, f32x4.splat(1e-14))));
  return f32x4.div(e, by);
}

function between(at: usize, step: usize, scale: v128): v128 {
  return f32x4.mul(f32x4.sub(v128.load(at + step), v128.load(at)), scale);
}

function sum(at: usize, next: usize): v128 {
  return f32x4.add(v128.load(at), v128.load(next));
}

/**
 * Half of the slopes of a plane along z, y, x over K, for it and a voxel more around: of these only the slopes along that
 * edge mean something, the others are made of what lies beyond.
 * @param src its first voxel
 * @param stepZ 0, too, for a plane beside the box, whose slope along z is not asked for
 * @param dst the place of that voxel's slope along z: there are rows of `dstRow` before it and four voxels to its left; those
 * along y and x are one and two `dstPlane` further
 */
export function slopes(
  src: usize,
  rows: usize,
  columns: usize,
  stepZ: usize,
  stepY: usize,
  stepX: usize,
  scaleZ: f32,
  scaleY: f32,
  scaleX: f32,
  dst: usize,
  dstRow: usize,
  dstPlane: usize,
): void {
  const sz = f32x4.splat(scaleZ * 0.25);
  const sy = f32x4.splat(scaleY * 0.25);
  const sx = f32x4.splat(scaleX * 0.25);
  const width = (columns << 2) + 20;
  for (let y: usize = 0; y < rows + 2; y++) {
    const line = src + y * stepY - stepY - 16;
    const to = dst + y * dstRow - dstRow - 16;
    // Beside the box nobody asks for the slope along y, and the row beyond may be no memory at all.
    const within = y > 0 && y <= rows ? stepY : 0;
    for (let x: usize = 0; x < width; x += 16) {
      const at = line + x;
      v128.store(to + x, f32x4.mul(sz, f32x4.sub(v128.load(at + stepZ), v128.load(at - stepZ))));
      v128.store(to + dstPlane + x, f32x4.mul(sy, f32x4.sub(v128.load(at + within), v128.load(at - within))));
      v128.store(to + 2 * dstPlane + x, f32x4.mul(sx, f32x4.sub(v128.load(at + stepX), v128.load(at - stepX))));
    }
  }
}

/**
 * Fluxes into a plane from the one before.
 * @param before slopes of that one, and `here` those of the plane; they and `into` have rows of `slopeRow`
 */
export function fluxesInto(
  src: usize,
  rows: usize,
  columns: usize,
  row: usize,
  stepZ: usize,
  scaleZ: f32,
  kind: i32,
  before: usize,
  here: usize,
  slopeRow: usize,
  slopePlane: usize,
  into: usize,
): void {
  const sz = f32x4.splat(scaleZ);
  for (let y: usize = 0; y < rows; y++)
    for (let x: usize = 0; x < columns << 2; x += 16) {
      const k = y * slopeRow + x;
      const alongY = sum(before + slopePlane + k, here + slopePlane + k);
      const alongX = sum(before + 2 * slopePlane + k, here + 2 * slopePlane + k);
      v128.store(into + k, flux(between(src + y * row + x - stepZ, stepZ, sz), alongY, alongX, kind));
    }
}

/**
 * One step of one plane.
 * @param scaleZ factor of the axis over K, and so on; weightZ factor of the axis, and so on
 * @param amount time step times K
 * @param here slopes of the plane, and `next` those of the next one
 * @param into fluxes into the plane from the one before, and then those out of it
 * @param scratch room for two rows of slopes
 */
export function diffuse(
  src: usize,
  dst: usize,
  dstRow: usize,
  rows: usize,
  columns: usize,
  row: usize,
  stepZ: usize,
  stepY: usize,
  stepX: usize,
  scaleZ: f32,
  scaleY: f32,
  scaleX: f32,
  kind: i32,
  weightZ: f32,
  weightY: f32,
  weightX: f32,
  amount: f32,
  here: usize,
  next: usize,
  slopeRow: usize,
  slopePlane: usize,
  into: usize,
  scratch: usize,
): void {
  const width = columns << 2;
  const above = scratch;
  const left = scratch + slopeRow;
  const sz = f32x4.splat(scaleZ);
  const sy = f32x4.splat(scaleY);
  const sx = f32x4.splat(scaleX);
  const wz = f32x4.splat(weightZ);
  const wy = f32x4.splat(weightY);
  const wx = f32x4.splat(weightX);
  const strength = f32x4.splat(amount);
  const ofY = slopePlane;
  const ofX = 2 * slopePlane;
  for (let x: usize = 0; x < width; x += 16) {
    const k = here + x;
    const up = k - slopeRow;
    v128.store(above + x, flux(between(src + x - stepY, stepY, sy), sum(up, k), sum(up + ofX, k + ofX), kind));
  }
  for (let y: usize = 0; y < rows; y++) {
    const line = src + y * row;
    const slope = here + y * slopeRow;
    for (let x: usize = 0; x < width + 4; x += 16) {
      const k = slope + x;
      const e = between(line + x - stepX, stepX, sx);
      v128.store(left + x, flux(e, sum(k - stepX, k), sum(k + ofY - stepX, k + ofY), kind));
    }
    const below = next + y * slopeRow;
    const flow = into + y * slopeRow;
    for (let x: usize = 0; x < width; x += 16) {
      const at = line + x;
      const k = slope + x;
      const n = below + x;
      const d = k + slopeRow;
      const fy = flux(between(at, stepY, sy), sum(k, d), sum(k + ofX, d + ofX), kind);
      const fz = flux(between(at, stepZ, sz), sum(k + ofY, n + ofY), sum(k + ofX, n + ofX), kind);
      let change = f32x4.mul(wz, f32x4.sub(fz, v128.load(flow + x)));
      change = f32x4.add(change, f32x4.mul(wy, f32x4.sub(fy, v128.load(above + x))));
      change = f32x4.add(change, f32x4.mul(wx, f32x4.sub(v128.load(left + x + stepX), v128.load(left + x))));
      v128.store(flow + x, fz);
      v128.store(above + x, fy);
      if (kind & 2) change = f32x4.mul(change, upwind(at, change, stepZ, stepY, stepX, scaleZ, scaleY, scaleX));
      v128.store(dst + y * dstRow + x, f32x4.add(v128.load(at), f32x4.mul(strength, change)));
    }
  }
}

/** Length of the gradient over K, each axis seen from where the change comes: what grows from above, what falls from below. */
function upwind(
  at: usize,
  speed: v128,
  stepZ: usize,
  stepY: usize,
  stepX: usize,
  scaleZ: f32,
  scaleY: f32,
  scaleX: f32,
): v128 {
  const grows = f32x4.gt(speed, f32x4.splat(0));
  let sum = oneSided(at, grows, stepZ, scaleZ);
  sum = f32x4.add(sum, oneSided(at, grows, stepY, scaleY));
  return f32x4.sqrt(f32x4.add(sum, oneSided(at, grows, stepX, scaleX)));
}

function oneSided(at: usize, grows: v128, step: usize, scale: f32): v128 {
  const zero = f32x4.splat(0);
  const v = v128.load(at);
  const ahead = f32x4.sub(v128.load(at + step), v);
  const behind = f32x4.sub(v128.load(at - step), v);
  // Differences towards both neighbours that are above, or below, the voxel.
  const a = v128.bitselect(f32x4.pmax(ahead, zero), f32x4.pmin(ahead, zero), grows);
  const b = v128.bitselect(f32x4.pmax(behind, zero), f32x4.pmin(behind, zero), grows);
  const p = f32x4.mul(a, f32x4.splat(scale));
  const q = f32x4.mul(b, f32x4.splat(scale));
  return f32x4.add(f32x4.mul(p, p), f32x4.mul(q, q));
}

/**
 * Adds up the squared length of the gradient by central differences, each rounded to a whole number: such sums are
 * exact in float64, in whatever order they are made.
 * @param mask a byte for each voxel, 0 where it does not count; 0 if all do
 * @param out where the sum and the number of voxels stand, as two float64; NaN count in neither
 */
export function sumSquaredGradients(
  src: usize,
  mask: usize,
  rows: usize,
  columns: usize,
  row: usize,
  stepZ: usize,
  stepY: usize,
  stepX: usize,
  scaleZ: f32,
  scaleY: f32,
  scaleX: f32,
  out: usize,
): void {
  let sum = f64x2.splat(0);
  let count: i32 = 0;
  for (let y: usize = 0; y < rows; y++)
    for (let x: usize = 0; x < columns; x += 4) {
      const at = src + y * row + (x << 2);
      const gz = difference(at, stepZ, scaleZ);
      const gy = difference(at, stepY, scaleY);
      const gx = difference(at, stepX, scaleX);
      const squares = f32x4.add(f32x4.add(f32x4.mul(gz, gz), f32x4.mul(gy, gy)), f32x4.mul(gx, gx));
      let counts = v128.and(f32x4.eq(squares, squares), i32x4.gt_s(i32x4.splat(<i32>(columns - x)), i32x4(0, 1, 2, 3)));
      if (mask !== 0) {
        const bytes = i16x8.extend_low_i8x16_u(v128.load32_zero(mask + y * columns + x));
        counts = v128.and(counts, i32x4.ne(i32x4.extend_low_i16x8_u(bytes), i32x4.splat(0)));
      }
      const units = v128.and(f32x4.nearest(squares), counts);
      sum = f64x2.add(sum, f64x2.promote_low_f32x4(units));
      sum = f64x2.add(sum, f64x2.promote_low_f32x4(i64x2.shuffle(units, units, 1, 1)));
      count += popcnt(i32x4.bitmask(counts));
    }
  store<f64>(out, load<f64>(out) + (f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1)));
  store<f64>(out, load<f64>(out, 8) + <f64>count, 8);
}

function difference(at: usize, step: usize, scale: f32): v128 {
  return f32x4.mul(f32x4.sub(v128.load(at + step), v128.load(at - step)), f32x4.splat(scale * 0.5));
}
