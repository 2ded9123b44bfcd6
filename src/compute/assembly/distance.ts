/**
 * Squared Euclidean distances, axis by axis. Along the first one two walks find the nearest voxel that is not inside; along
 * the others each voxel looks for the least sum on both sides, as far as a sum can still be less than what it has.
 */

/**
 * Squared distances along rows of float32, in place of the labels. @param except 1: all voxels are inside but those with the label, 0: only those
 * @param step distance of two voxels
 */
export function rowDistances(
  voxels: usize,
  rows: usize,
  columns: usize,
  row: usize,
  label: f32,
  except: i32,
  step: f32,
): void {
  for (let y: usize = 0; y < rows; y++) {
    const line = voxels + y * row;
    let far: f32 = Infinity;
    for (let x: usize = 0; x < columns << 2; x += 4) {
      const is = load<f32>(line + x) === label ? 1 : 0;
      far = is !== except ? far + step : 0;
      store<f32>(line + x, far);
    }
    far = Infinity;
    for (let x: usize = columns << 2; x > 0; x -= 4) {
      const at = line + x - 4;
      const before = load<f32>(at);
      far = before === 0 ? 0 : far + step;
      const least = min<f32>(far, before);
      store<f32>(at, least * least);
    }
  }
}

/** Least sums of a value and the squared distance to it, across lines. @param square squared distance of two lines */
export function lineDistances(src: usize, dst: usize, lines: usize, row: usize, bytes: usize, square: f32): void {
  for (let y: usize = 0; y < lines; y++)
    for (let x: usize = 0; x < bytes; x += 16) {
      const at = src + y * row + x;
      let least = v128.load(at);
      let up = at;
      let down = at;
      for (let k: usize = 1; k < lines; k++) {
        const far = f32x4.splat(<f32>(k * k) * square);
        if (!v128.any_true(f32x4.gt(least, far))) break;
        up -= row;
        down += row;
        if (k <= y) least = f32x4.pmin(least, f32x4.add(v128.load(up), far));
        if (y + k < lines) least = f32x4.pmin(least, f32x4.add(v128.load(down), far));
      }
      v128.store(dst + y * row + x, least);
    }
}

export function squareRoots(voxels: usize, bytes: usize): void {
  for (let k: usize = 0; k < bytes; k += 16) v128.store(voxels + k, f32x4.sqrt(v128.load(voxels + k)));
}
