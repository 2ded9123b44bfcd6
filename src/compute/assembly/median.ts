/**
 * Median of a voxel and its six face neighbours, a plane at a time: three sorted along x, four from y and z, and of both
 * lists the value of rank 3 as the least of the maxima of all splits.
 * @param src first voxel of the slab's plane z − 1, row y − 1, column x − 1; row and plane are its strides in bytes
 */
export function medianOf7<T>(
  src: usize,
  row: usize,
  plane: usize,
  dst: usize,
  dstRow: usize,
  rows: usize,
  columns: usize,
): void {
  const width = columns * sizeof<T>();
  for (let y: usize = 0; y < rows; y++) {
    const at = src + plane + (y + 1) * row + sizeof<T>();
    const out = dst + y * dstRow;
    for (let x: usize = 0; x < width; x += 16) {
      const p = at + x;
      const c = v128.load(p);
      const l = v128.load(p - sizeof<T>());
      const r = v128.load(p + sizeof<T>());
      const lo = v128.min<T>(l, r);
      const hi = v128.max<T>(l, r);
      const a0 = v128.min<T>(lo, c);
      const a1 = v128.min<T>(hi, v128.max<T>(lo, c));
      const a2 = v128.max<T>(hi, c);
      const y0 = v128.load(p - row);
      const y1 = v128.load(p + row);
      const z0 = v128.load(p - plane);
      const z1 = v128.load(p + plane);
      const yl = v128.min<T>(y0, y1);
      const yh = v128.max<T>(y0, y1);
      const zl = v128.min<T>(z0, z1);
      const zh = v128.max<T>(z0, z1);
      const b0 = v128.min<T>(yl, zl);
      const b3 = v128.max<T>(yh, zh);
      const s = v128.max<T>(yl, zl);
      const t = v128.min<T>(yh, zh);
      const b1 = v128.min<T>(s, t);
      const b2 = v128.max<T>(s, t);
      const m = v128.min<T>(
        v128.min<T>(b3, v128.max<T>(a0, b2)),
        v128.min<T>(v128.max<T>(a1, b1), v128.max<T>(a2, b0)),
      );
      v128.store(out + x, m);
    }
  }
}
