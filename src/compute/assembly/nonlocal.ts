/**
 * Non-local means for one shift: all pairs of a voxel p and the voxel q a shift further are compared by the mean of the
 * squared differences of their patches, and each of the two is added to the sums of the other by the weight that follows
 * (Darbon et al. 2008, doi:10.1109/ISBI.2008.4541250: one shift at a time, so that patches are summed axis by axis).
 *
 * Each sum is added to in an order that depends on the shift alone, whatever lies around: whole rows for p first, then
 * for q.
 * @param src float32, the first voxel of the patch of the first p; `shift` is the way from p to q in bytes
 * @param centre from the first voxel of a patch to its middle, in bytes
 * @param planes number of p along z, and so on
 * @param wz voxels of a patch along z, and so on; `weights` has a weight for each, those along z first
 * @param scratch room for wz planes of columns × rows, one of columns × (rows + wy − 1), and two rows with patches at their ends
 * @param weightSums, valueSums sums of p; their rows are sumRow, their planes sumPlane apart, those of q sumShift further
 * @param scale, bias weight of a pair: exp(−8·max(0, scale·sum − bias))
 */
export function compareShifted(
  src: usize,
  row: usize,
  plane: usize,
  shift: usize,
  centre: usize,
  planes: usize,
  rows: usize,
  columns: usize,
  wz: usize,
  wy: usize,
  wx: usize,
  weights: usize,
  scratch: usize,
  weightSums: usize,
  valueSums: usize,
  sumRow: usize,
  sumPlane: usize,
  sumShift: usize,
  scale: f32,
  bias: f32,
): void {
  const width = ((columns + 3) & ~3) << 2;
  const layer = width * rows;
  const along = weights + (wz << 2);
  const across = along + (wy << 2);
  const lines = scratch + wz * layer;
  const line = lines + width * (rows + wy - 1);
  const reach = width + ((wx + 3) << 2);
  for (let z: usize = 0; z < planes + wz - 1; z++) {
    const newest = scratch + (z % wz) * layer;
    for (let y: usize = 0; y < rows + wy - 1; y++) {
      const from = src + z * plane + y * row;
      for (let x: usize = 0; x < reach; x += 16) {
        const d = f32x4.sub(v128.load(from + x), v128.load(from + shift + x));
        v128.store(line + x, f32x4.mul(d, d));
      }
      const to = lines + y * width;
      combine(to, line, line + 4, line + 8, wx, across, width);
      for (let k: usize = 3; k < wx; k++) addWeighted(to, line + (k << 2), across + (k << 2), width);
    }
    for (let y: usize = 0; y < rows; y++) {
      const to = newest + y * width;
      const from = lines + y * width;
      combine(to, from, from + width, from + 2 * width, wy, along, width);
      for (let k: usize = 3; k < wy; k++) addWeighted(to, from + k * width, along + (k << 2), width);
    }
    if (z + 1 < wz) continue;
    const first = z + 1 - wz;
    const a = scratch + (first % wz) * layer;
    const b = scratch + ((first + 1) % wz) * layer;
    const c = scratch + ((first + 2) % wz) * layer;
    for (let y: usize = 0; y < rows; y++) {
      const at = y * width;
      combine(line, a + at, b + at, c + at, wz, weights, width);
      for (let k: usize = 3; k < wz; k++)
        addWeighted(line, scratch + ((first + k) % wz) * layer + at, weights + (k << 2), width);
      const sums = first * sumPlane + y * sumRow;
      const voxels = src + centre + first * plane + y * row;
      exchange(line, weightSums + sums, valueSums + sums, voxels, shift, sumShift, columns, width, scale, bias);
    }
  }
}

/** dst = up to three rows, each times its weight. */
function combine(dst: usize, a: usize, b: usize, c: usize, taps: usize, weights: usize, width: usize): void {
  const u = v128.load32_splat(weights);
  if (taps === 1) {
    for (let x: usize = 0; x < width; x += 16) v128.store(dst + x, f32x4.mul(u, v128.load(a + x)));
    return;
  }
  const v = v128.load32_splat(weights, 4);
  if (taps === 2) {
    for (let x: usize = 0; x < width; x += 16)
      v128.store(dst + x, f32x4.add(f32x4.mul(u, v128.load(a + x)), f32x4.mul(v, v128.load(b + x))));
    return;
  }
  const w = v128.load32_splat(weights, 8);
  for (let x: usize = 0; x < width; x += 16) {
    const two = f32x4.add(f32x4.mul(u, v128.load(a + x)), f32x4.mul(v, v128.load(b + x)));
    v128.store(dst + x, f32x4.add(two, f32x4.mul(w, v128.load(c + x))));
  }
}

/** dst + one more row times its weight. */
function addWeighted(dst: usize, src: usize, weight: usize, width: usize): void {
  const w = v128.load32_splat(weight);
  for (let x: usize = 0; x < width; x += 16)
    v128.store(dst + x, f32x4.add(v128.load(dst + x), f32x4.mul(w, v128.load(src + x))));
}

/** Turns a row of distances into weights, and adds by these to the sums of all p, then to those of all q. */
function exchange(
  line: usize,
  weightSums: usize,
  valueSums: usize,
  voxels: usize,
  shift: usize,
  sumShift: usize,
  columns: usize,
  width: usize,
  scale: f32,
  bias: f32,
): void {
  for (let x: usize = 0; x < width; x += 16) {
    const weight = weightOf(v128.load(line + x), scale, bias);
    v128.store(line + x, weight);
    v128.store(weightSums + x, f32x4.add(v128.load(weightSums + x), weight));
    v128.store(valueSums + x, f32x4.add(v128.load(valueSums + x), share(weight, v128.load(voxels + shift + x))));
  }
  // The last vector may reach beyond the last p, whose neighbours are pairs of no one.
  const left = columns & 3;
  if (left > 0) {
    const at = line + width - 16;
    v128.store(at, v128.and(v128.load(at), i32x4.gt_s(i32x4.splat(<i32>left), i32x4(0, 1, 2, 3))));
  }
  const weightsOfQ = weightSums + sumShift;
  const valuesOfQ = valueSums + sumShift;
  for (let x: usize = 0; x < width; x += 16) {
    const weight = v128.load(line + x);
    v128.store(weightsOfQ + x, f32x4.add(v128.load(weightsOfQ + x), weight));
    v128.store(valuesOfQ + x, f32x4.add(v128.load(valuesOfQ + x), share(weight, v128.load(voxels + x))));
  }
}

/** A voxel times its weight; a voxel of no weight may be a NaN, and gives nothing. */
function share(weight: v128, voxel: v128): v128 {
  return v128.and(f32x4.mul(weight, voxel), f32x4.gt(weight, f32x4.splat(0)));
}

/** exp(−8·u) for u = max(0, scale·sum − bias); 0 from u = 5/8 on and for NaN. Within 3e-6 of the exponential. */
function weightOf(sum: v128, scale: f32, bias: f32): v128 {
  const u = f32x4.max(f32x4.sub(f32x4.mul(sum, f32x4.splat(scale)), f32x4.splat(bias)), f32x4.splat(0));
  // Chebyshev fit of exp(−u) from 0 to 5/8, raised to the eighth power.
  let p = f32x4.add(f32x4.mul(u, f32x4.splat(-0.006121648)), f32x4.splat(0.04019821));
  p = f32x4.add(f32x4.mul(u, p), f32x4.splat(-0.16620432));
  p = f32x4.add(f32x4.mul(u, p), f32x4.splat(0.49993342));
  p = f32x4.add(f32x4.mul(u, p), f32x4.splat(-0.9999965));
  p = f32x4.add(f32x4.mul(u, p), f32x4.splat(1));
  p = f32x4.mul(p, p);
  p = f32x4.mul(p, p);
  return v128.and(f32x4.mul(p, p), f32x4.le(u, f32x4.splat(0.625)));
}

/** The sums begin with the voxel itself, of weight 1. */
export function beginSums(
  src: usize,
  weightSums: usize,
  valueSums: usize,
  columns: usize,
  rows: usize,
  row: usize,
  sumRow: usize,
): void {
  const one = f32x4.splat(1);
  for (let y: usize = 0; y < rows; y++)
    for (let x: usize = 0; x < columns << 2; x += 16) {
      v128.store(weightSums + y * sumRow + x, one);
      v128.store(valueSums + y * sumRow + x, v128.load(src + y * row + x));
    }
}

/** dst = values / weights. */
export function quotients(
  values: usize,
  weights: usize,
  dst: usize,
  columns: usize,
  rows: usize,
  sumRow: usize,
  dstRow: usize,
): void {
  for (let y: usize = 0; y < rows; y++)
    for (let x: usize = 0; x < columns << 2; x += 16)
      v128.store(
        dst + y * dstRow + x,
        f32x4.div(v128.load(values + y * sumRow + x), v128.load(weights + y * sumRow + x)),
      );
}
