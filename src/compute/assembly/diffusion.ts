/**
 * Anisotropic diffusion: what flows through the faces between voxels, and what the voxels then are. Rows of float32,
 * `columns` of them rounded up to 4.
 *
 * A flux is made of the two voxels of a face and the four beside each, in an order that does not tell one side from the
 * other: what is mirrored before is mirrored after, to the bit. Of an axis with a single voxel the step is 0 bytes.
 */

/**
 * exp(−q) for q ≥ 0, off by at most 1.3e-7 (relative to itself 1e-6 up to q = 20), never below 1e-38: 2^n·2^f, with f from
 * −½ to ½ by the polynomial of degree 5 whose largest relative error, 9e-8, is the least. NaN is passed on.
 */
function exponential(q: v128): v128 {
  const y = f32x4.max(f32x4.mul(q, f32x4.splat(-1.4426950408889634)), f32x4.splat(-126));
  // To a number of 1.5·2²³ only a whole one can be added: its lowest bits are n.
  const shifted = f32x4.add(y, f32x4.splat(12582912));
  const f = f32x4.sub(y, f32x4.sub(shifted, f32x4.splat(12582912)));
  let p = f32x4.add(f32x4.mul(f, f32x4.splat(0.0013264727)), f32x4.splat(0.009671513));
  p = f32x4.add(f32x4.mul(f, p), f32x4.splat(0.055507336));
  p = f32x4.add(f32x4.mul(f, p), f32x4.splat(0.24022242));
  p = f32x4.add(f32x4.mul(f, p), f32x4.splat(0.693147));
  p = f32x4.add(f32x4.mul(f, p), f32x4.splat(1));
  // Multiplied by 2^n, not added to the exponent, which would make a number of a NaN.
  return f32x4.mul(p, i32x4.add(i32x4.shl(shifted, 23), i32x4.splat(0x3f800000)));
}

/** Difference along an axis at a voxel and at the next one together, `side` being the step along that axis: four times the mean slope. */
function slopes(at: usize, next: usize, side: usize): v128 {
  return f32x4.add(
    f32x4.sub(v128.load(at + side), v128.load(at - side)),
    f32x4.sub(v128.load(next + side), v128.load(next - side)),
  );
}

/**
 * What flows from a voxel to the next one along an axis, in units of K.
 * @param step to the next voxel; sideA and sideB those along the other axes
 * @param scale 1/K and the factor of the axis, scaleA and scaleB a quarter of those of the other axes
 * @param kind 1: conductance 1/(1 + q) instead of exp(−q); 2: by the direction of the gradient alone, for curvature
 */
function flux(
  at: usize,
  step: usize,
  sideA: usize,
  sideB: usize,
  scale: f32,
  scaleA: f32,
  scaleB: f32,
  kind: i32,
): v128 {
  const next = at + step;
  const e = f32x4.mul(f32x4.sub(v128.load(next), v128.load(at)), f32x4.splat(scale));
  const a = f32x4.mul(slopes(at, next, sideA), f32x4.splat(scaleA));
  const b = f32x4.mul(slopes(at, next, sideB), f32x4.splat(scaleB));
  const q = f32x4.add(f32x4.mul(e, e), f32x4.add(f32x4.mul(a, a), f32x4.mul(b, b)));
  const one = f32x4.splat(1);
  const flow = kind & 1 ? f32x4.div(e, f32x4.add(one, q)) : f32x4.mul(e, exponential(q));
  // Where nothing slopes there is no direction.
  return kind & 2 ? f32x4.div(flow, f32x4.sqrt(f32x4.add(q, f32x4.splat(1e-14)))) : flow;
}

/** Fluxes into a plane from the one before: `src` is its first voxel, `dst` has rows of `dstRow`. */
export function fluxesInto(
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
): void {
  for (let y: usize = 0; y < rows; y++)
    for (let x: usize = 0; x < columns << 2; x += 16)
      v128.store(
        dst + y * dstRow + x,
        flux(src + y * row + x - stepZ, stepZ, stepY, stepX, scaleZ, scaleY * 0.25, scaleX * 0.25, kind),
      );
}

/**
 * One step of one plane.
 * @param into fluxes into the plane from the one before, and then those out of it; rows of `intoRow`
 * @param scaleZ factor of the axis over K, and so on; weightZ factor of the axis, and so on
 * @param amount time step times K
 * @param scratch room for two rows and one vector each
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
  into: usize,
  intoRow: usize,
  scratch: usize,
): void {
  const width = columns << 2;
  const above = scratch;
  const left = scratch + ((width + 31) & ~15);
  const quarterZ = scaleZ * 0.25;
  const quarterY = scaleY * 0.25;
  const quarterX = scaleX * 0.25;
  const wz = f32x4.splat(weightZ);
  const wy = f32x4.splat(weightY);
  const wx = f32x4.splat(weightX);
  const strength = f32x4.splat(amount);
  for (let x: usize = 0; x < width; x += 16)
    v128.store(above + x, flux(src + x - stepY, stepY, stepZ, stepX, scaleY, quarterZ, quarterX, kind));
  for (let y: usize = 0; y < rows; y++) {
    const line = src + y * row;
    for (let x: usize = 0; x < width + 4; x += 16)
      v128.store(left + x, flux(line + x - stepX, stepX, stepZ, stepY, scaleX, quarterZ, quarterY, kind));
    for (let x: usize = 0; x < width; x += 16) {
      const at = line + x;
      const before = into + y * intoRow + x;
      const fy = flux(at, stepY, stepZ, stepX, scaleY, quarterZ, quarterX, kind);
      const fz = flux(at, stepZ, stepY, stepX, scaleZ, quarterY, quarterX, kind);
      let sum = f32x4.mul(wz, f32x4.sub(fz, v128.load(before)));
      sum = f32x4.add(sum, f32x4.mul(wy, f32x4.sub(fy, v128.load(above + x))));
      sum = f32x4.add(sum, f32x4.mul(wx, f32x4.sub(v128.load(left + x, 4), v128.load(left + x))));
      v128.store(before, fz);
      v128.store(above + x, fy);
      if (kind & 2) sum = f32x4.mul(sum, upwind(at, sum, stepZ, stepY, stepX, scaleZ, scaleY, scaleX));
      v128.store(dst + y * dstRow + x, f32x4.add(v128.load(at), f32x4.mul(strength, sum)));
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
  const a = v128.bitselect(f32x4.max(ahead, zero), f32x4.min(ahead, zero), grows);
  const b = v128.bitselect(f32x4.max(behind, zero), f32x4.min(behind, zero), grows);
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
