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

/**
 * The voxel nearest to each point of a row, of two equally near ones that behind. The points are `z + x·stepZ` and so on, in voxels of the
 * volume, for x from `first`; the slab begins at voxel `startZ` and so on.
 * @param lastZ index of the volume's last voxel along z, and so on; with `constant` points beyond get the value `beyond`
 */
export function nearestAtPoints<T>(
  src: usize,
  row: usize,
  plane: usize,
  dst: usize,
  columns: usize,
  first: f64,
  z: f64,
  stepZ: f64,
  startZ: f64,
  lastZ: f64,
  y: f64,
  stepY: f64,
  startY: f64,
  lastY: f64,
  x: f64,
  stepX: f64,
  startX: f64,
  lastX: f64,
  constant: i32,
  beyond: f64,
): void {
  for (let k: usize = 0; k < columns; k++) {
    const n = first + <f64>k;
    const pz = z + n * stepZ;
    const py = y + n * stepY;
    const px = x + n * stepX;
    const to = dst + k * sizeof<T>();
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

/** Between the eight voxels around each point, linearly along each axis. Parameters as of {@link nearestAtPoints}; float32. */
export function linearAtPoints(
  src: usize,
  row: usize,
  plane: usize,
  dst: usize,
  columns: usize,
  first: f64,
  z: f64,
  stepZ: f64,
  startZ: f64,
  lastZ: f64,
  y: f64,
  stepY: f64,
  startY: f64,
  lastY: f64,
  x: f64,
  stepX: f64,
  startX: f64,
  lastX: f64,
  constant: i32,
  beyond: f64,
): void {
  for (let k: usize = 0; k < columns; k++) {
    const n = first + <f64>k;
    const pz = z + n * stepZ;
    const py = y + n * stepY;
    const px = x + n * stepX;
    const to = dst + (k << 2);
    if (constant && (isBeyond(pz, lastZ) || isBeyond(py, lastY) || isBeyond(px, lastX))) {
      store<f32>(to, <f32>beyond);
      continue;
    }
    const fz = floor(pz);
    const fy = floor(py);
    const fx = floor(px);
    const wz = <f32>(pz - fz);
    const wy = <f32>(py - fy);
    const wx = <f32>(px - fx);
    const at = src + <usize>(fz - startZ) * plane + <usize>(fy - startY) * row + ((<usize>(fx - startX)) << 2);
    // A weight of 0 leaves the voxel out: NaN beside a point that is on a voxel is not seen.
    let value = alongX(at, wx);
    if (wy !== 0) value = between(value, alongX(at + row, wx), wy);
    if (wz !== 0) {
      let behind = alongX(at + plane, wx);
      if (wy !== 0) behind = between(behind, alongX(at + plane + row, wx), wy);
      value = between(value, behind, wz);
    }
    store<f32>(to, value);
  }
}

function between(a: f32, b: f32, weight: f32): f32 {
  return a + weight * (b - a);
}

function alongX(at: usize, weight: f32): f32 {
  const a = load<f32>(at);
  return weight === 0 ? a : between(a, load<f32>(at, 4), weight);
}

/**
 * Cubic convolution of the 4 × 4 × 4 voxels around each point (Keys 1981, a = −1/2). Parameters as of {@link nearestAtPoints};
 * float32.
 */
export function cubicAtPoints(
  src: usize,
  row: usize,
  plane: usize,
  dst: usize,
  columns: usize,
  first: f64,
  z: f64,
  stepZ: f64,
  startZ: f64,
  lastZ: f64,
  y: f64,
  stepY: f64,
  startY: f64,
  lastY: f64,
  x: f64,
  stepX: f64,
  startX: f64,
  lastX: f64,
  constant: i32,
  beyond: f64,
): void {
  for (let k: usize = 0; k < columns; k++) {
    const n = first + <f64>k;
    const pz = z + n * stepZ;
    const py = y + n * stepY;
    const px = x + n * stepX;
    const to = dst + (k << 2);
    if (constant && (isBeyond(pz, lastZ) || isBeyond(py, lastY) || isBeyond(px, lastX))) {
      store<f32>(to, <f32>beyond);
      continue;
    }
    const fz = floor(pz);
    const fy = floor(py);
    const fx = floor(px);
    const wz = keys(<f32>(pz - fz));
    const wy = keys(<f32>(py - fy));
    const wx = keys(<f32>(px - fx));
    const at =
      src + <usize>(fz - startZ - 1) * plane + <usize>(fy - startY - 1) * row + ((<usize>(fx - startX - 1)) << 2);
    let planes = f32x4.splat(0);
    for (let j: usize = 0; j < 4; j++) {
      const weight = weightAt(wz, j);
      if (weight === 0) continue;
      const p = at + j * plane;
      let lines = f32x4.splat(0);
      for (let i: usize = 0; i < 4; i++) {
        const part = weightAt(wy, i);
        if (part !== 0) lines = f32x4.add(lines, f32x4.mul(f32x4.splat(part), v128.load(p + i * row)));
      }
      planes = f32x4.add(planes, f32x4.mul(f32x4.splat(weight), lines));
    }
    let value: f32 = 0;
    for (let i: usize = 0; i < 4; i++) {
      const weight = weightAt(wx, i);
      if (weight !== 0) value += weight * weightAt(planes, i);
    }
    store<f32>(to, value);
  }
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
