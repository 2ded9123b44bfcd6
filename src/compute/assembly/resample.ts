// Results on another grid than the voxels.

/**
 * Means of blocks that stand in a row, summed in float64 in the order of the voxels.
 * @param src first voxel (float32) of the first block
 * @param columns blocks in the row, each `width` voxels wide, the last one `last`
 */
export function meansOfBlocks(
  src: usize,
  row: usize,
  plane: usize,
  dst: usize,
  columns: usize,
  depth: usize,
  height: usize,
  width: usize,
  last: usize,
): void {
  for (let x: usize = 0; x < columns; x++) {
    const wide = x + 1 < columns ? width : last;
    let sum: f64 = 0;
    for (let z: usize = 0; z < depth; z++)
      for (let y: usize = 0; y < height; y++) {
        const from = src + z * plane + y * row + ((x * width) << 2);
        for (let k: usize = 0; k < wide; k++) sum += <f64>load<f32>(from + (k << 2));
      }
    store<f32>(dst + (x << 2), <f32>(sum / <f64>(depth * height * wide)));
  }
}

/** How far beyond the outermost centre a point may lie and still count as on it: what sums of rotations leave. */
const HAIR: f64 = 1e-9;

function isBeyond(at: f64, last: f64): bool {
  return at < -HAIR || at > last + HAIR;
}

// Where the points of a plane lie, as a table of float64: the first column and row of it, then for each of the axes z, y and x
// of the volume what the plane adds, the steps along a row and from row to row, the offset, the slab's first voxel and the
// volume's last.
const FIRST_COLUMN: usize = 0;
const FIRST_ROW: usize = 8;
const AXIS: usize = 48;
const STEP: usize = 8;
const STEP_OF_ROWS: usize = 16;
const OFFSET: usize = 24;
const START: usize = 32;
const LAST: usize = 40;

/** Where a row of points begins along an axis; always by the same operations, so that no brick shows. */
function startOfRow(axis: usize, row: f64): f64 {
  return load<f64>(axis) + load<f64>(axis, STEP_OF_ROWS) * row + load<f64>(axis, OFFSET);
}

/**
 * The voxel nearest to each point of a plane, of two equally near ones that behind.
 * @param points the table above
 * @param constant 1 if points beyond the volume's outermost centres get the value `beyond`
 */
export function nearestAtPoints<T>(
  src: usize,
  row: usize,
  plane: usize,
  dst: usize,
  dstRow: usize,
  columns: usize,
  rows: usize,
  points: usize,
  constant: i32,
  beyond: f64,
): void {
  const zs = points + 16;
  const ys = zs + AXIS;
  const xs = ys + AXIS;
  const stepZ = load<f64>(zs, STEP);
  const stepY = load<f64>(ys, STEP);
  const stepX = load<f64>(xs, STEP);
  const startZ = load<f64>(zs, START);
  const startY = load<f64>(ys, START);
  const startX = load<f64>(xs, START);
  const lastZ = load<f64>(zs, LAST);
  const lastY = load<f64>(ys, LAST);
  const lastX = load<f64>(xs, LAST);
  const first = load<f64>(points, FIRST_COLUMN);
  for (let r: usize = 0; r < rows; r++) {
    const at = load<f64>(points, FIRST_ROW) + <f64>r;
    const z = startOfRow(zs, at);
    const y = startOfRow(ys, at);
    const x = startOfRow(xs, at);
    for (let k: usize = 0; k < columns; k++) {
      const n = first + <f64>k;
      const pz = z + n * stepZ;
      const py = y + n * stepY;
      const px = x + n * stepX;
      const to = dst + r * dstRow + k * sizeof<T>();
      if (constant && (isBeyond(pz, lastZ) || isBeyond(py, lastY) || isBeyond(px, lastX))) {
        store<T>(to, <T>beyond);
        continue;
      }
      const iz = <usize>(floor(pz + 0.5) - startZ);
      const iy = <usize>(floor(py + 0.5) - startY);
      const ix = <usize>(floor(px + 0.5) - startX);
      store<T>(to, load<T>(src + iz * plane + iy * row + ix * sizeof<T>()));
    }
  }
}

/**
 * Values between voxels, float32. Parameters as of {@link nearestAtPoints}.
 * @param cubic 0: linearly between the eight voxels around each point; 1: cubic convolution of the 4 × 4 × 4 around it
 * (Keys 1981, a = −1/2)
 */
export function valuesAtPoints(
  src: usize,
  row: usize,
  plane: usize,
  dst: usize,
  dstRow: usize,
  columns: usize,
  rows: usize,
  points: usize,
  constant: i32,
  beyond: f64,
  cubic: i32,
): void {
  const zs = points + 16;
  const ys = zs + AXIS;
  const xs = ys + AXIS;
  const stepZ = load<f64>(zs, STEP);
  const stepY = load<f64>(ys, STEP);
  const stepX = load<f64>(xs, STEP);
  const startZ = load<f64>(zs, START);
  const startY = load<f64>(ys, START);
  const startX = load<f64>(xs, START);
  const lastZ = load<f64>(zs, LAST);
  const lastY = load<f64>(ys, LAST);
  const lastX = load<f64>(xs, LAST);
  const first = load<f64>(points, FIRST_COLUMN);
  for (let r: usize = 0; r < rows; r++) {
    const at = load<f64>(points, FIRST_ROW) + <f64>r;
    const z = startOfRow(zs, at);
    const y = startOfRow(ys, at);
    const x = startOfRow(xs, at);
    for (let k: usize = 0; k < columns; k++) {
      const n = first + <f64>k;
      const pz = z + n * stepZ;
      const py = y + n * stepY;
      const px = x + n * stepX;
      const to = dst + r * dstRow + (k << 2);
      if (constant && (isBeyond(pz, lastZ) || isBeyond(py, lastY) || isBeyond(px, lastX))) {
        store<f32>(to, <f32>beyond);
        continue;
      }
      const fz = floor(pz);
      const fy = floor(py);
      const fx = floor(px);
      const iz = <usize>(fz - startZ);
      const iy = <usize>(fy - startY);
      const ix = <usize>(fx - startX);
      const from = src + iz * plane + iy * row + (ix << 2);
      const wz = <f32>(pz - fz);
      const wy = <f32>(py - fy);
      const wx = <f32>(px - fx);
      store<f32>(
        to,
        cubic ? cubicAt(from - plane - row - 4, row, plane, wz, wy, wx) : linearAt(from, row, plane, wz, wy, wx),
      );
    }
  }
}

/** A weight of 0 leaves a voxel out: NaN beside a point that is on a voxel is not seen. */
function linearAt(at: usize, row: usize, plane: usize, wz: f32, wy: f32, wx: f32): f32 {
  let value = alongX(at, wx);
  if (wy !== 0) value = between(value, alongX(at + row, wx), wy);
  if (wz === 0) return value;
  let behind = alongX(at + plane, wx);
  if (wy !== 0) behind = between(behind, alongX(at + plane + row, wx), wy);
  return between(value, behind, wz);
}

function between(a: f32, b: f32, weight: f32): f32 {
  return a + weight * (b - a);
}

function alongX(at: usize, weight: f32): f32 {
  const a = load<f32>(at);
  return weight === 0 ? a : between(a, load<f32>(at, 4), weight);
}

/** @param at the first of the 4 × 4 × 4 voxels */
function cubicAt(at: usize, row: usize, plane: usize, wz: f32, wy: f32, wx: f32): f32 {
  const kz = keys(wz);
  const ky = keys(wy);
  const kx = keys(wx);
  let planes = f32x4.splat(0);
  for (let j: usize = 0; j < 4; j++) {
    const weight = weightAt(kz, j);
    if (weight === 0) continue;
    const p = at + j * plane;
    let lines = f32x4.splat(0);
    for (let i: usize = 0; i < 4; i++) {
      const part = weightAt(ky, i);
      if (part !== 0) lines = f32x4.add(lines, f32x4.mul(f32x4.splat(part), v128.load(p + i * row)));
    }
    planes = f32x4.add(planes, f32x4.mul(f32x4.splat(weight), lines));
  }
  let value: f32 = 0;
  for (let i: usize = 0; i < 4; i++) {
    const weight = weightAt(kx, i);
    if (weight !== 0) value += weight * weightAt(planes, i);
  }
  return value;
}

function weightAt(weights: v128, k: usize): f32 {
  if (k === 0) return f32x4.extract_lane(weights, 0);
  if (k === 1) return f32x4.extract_lane(weights, 1);
  if (k === 2) return f32x4.extract_lane(weights, 2);
  return f32x4.extract_lane(weights, 3);
}

/** Weights of the four voxels around a point that lies `t` behind the second one; at 0 exactly 0, 1, 0, 0. */
function keys(t: f32): v128 {
  const a: f32 = -0.5;
  const u: f32 = 1 - t;
  const outer = a * t * u * u;
  const last = a * u * t * t;
  const near = ((a + 2) * t - (a + 3)) * t * t + 1;
  const next = ((a + 2) * u - (a + 3)) * u * u + 1;
  let weights = f32x4.splat(outer);
  weights = f32x4.replace_lane(weights, 1, near);
  weights = f32x4.replace_lane(weights, 2, next);
  return f32x4.replace_lane(weights, 3, last);
}
