/** Peaks of a field inside a mask. */

/** Puts a value where a mask is 0. */
export function fillOutside(
  field: usize,
  row: usize,
  mask: usize,
  maskRow: usize,
  rows: usize,
  columns: usize,
  value: f32,
): void {
  for (let y: usize = 0; y < rows; y++)
    for (let x: usize = 0; x < columns; x++)
      if (load<u8>(mask + y * maskRow + x) === 0) store<f32>(field + y * row + (x << 2), value);
}

/**
 * Gathers the voxels of a plane that lie in the mask and are not lower than any of those around them.
 * @param field, mask first voxel of the plane
 * @param around distances in bytes to the voxels around, the nearest first: most are lower than one of these
 * @returns how many; `out` gets their places in the plane
 */
export function peaksOfPlane(
  field: usize,
  row: usize,
  mask: usize,
  maskRow: usize,
  rows: usize,
  columns: usize,
  around: usize,
  neighbours: usize,
  out: usize,
): usize {
  let to = out;
  const end = around + (neighbours << 2);
  for (let y: usize = 0; y < rows; y++)
    for (let x: usize = 0; x < columns; x++) {
      if (load<u8>(mask + y * maskRow + x) === 0) continue;
      const at = field + y * row + (x << 2);
      const value = load<f32>(at);
      let k = around;
      while (k < end && load<f32>(at + load<i32>(k)) <= value) k += 4;
      if (k < end) continue;
      store<u32>(to, <u32>(y * columns + x));
      to += 4;
    }
  return (to - out) >> 2;
}
