/**
 * Counts the faces between voxels of unlike phases along one axis, in one plane of rows.
 * @param step bytes from a voxel to its neighbour
 * @param mask one byte a voxel, or 0 for none; `maskStep` bytes to that of the neighbour
 * @param table 16 bits for each value from `low` on: number of the phase from 1 on, 0 for none
 * @param counts 32 bits for each pair of phases, `phases` a row
 */
export function countFaces<T>(
  src: usize,
  row: usize,
  step: usize,
  rows: usize,
  columns: usize,
  mask: usize,
  maskRow: usize,
  maskStep: usize,
  table: usize,
  low: i32,
  phases: usize,
  counts: usize,
): void {
  const lanes: usize = 16 / sizeof<T>();
  for (let y: usize = 0; y < rows; y++) {
    const line = src + y * row;
    for (let x: usize = 0; x < columns; x += lanes) {
      const at = line + x * sizeof<T>();
      let unlike = <u32>v128.bitmask<T>(v128.ne<T>(v128.load(at), v128.load(at + step)));
      if (columns - x < lanes) unlike &= (1 << (<u32>(columns - x))) - 1;
      while (unlike !== 0) {
        const lane = <usize>ctz(unlike);
        unlike &= unlike - 1;
        if (mask !== 0) {
          const inside = mask + y * maskRow + x + lane;
          if (load<u8>(inside) === 0 || load<u8>(inside + maskStep) === 0) continue;
        }
        const voxel = at + lane * sizeof<T>();
        const one = <usize>load<u16>(table + ((<usize>(<T>(load<T>(voxel) - <T>low))) << 1));
        const other = <usize>load<u16>(table + ((<usize>(<T>(load<T>(voxel + step) - <T>low))) << 1));
        if (one === 0 || other === 0) continue;
        const pair = counts + (((one - 1) * phases + other - 1) << 2);
        store<u32>(pair, load<u32>(pair) + 1);
      }
    }
  }
}
