// What all kernels share. Memory is laid out by the caller (src/compute/kernels/); nothing here allocates.

/** First byte of memory that the caller may use. */
export function heapBase(): usize {
  return __heap_base;
}

/** Copies bytes that lie in one piece. */
export function copyBytes(src: usize, dst: usize, bytes: usize): void {
  memory.copy(dst, src, bytes);
}

/** Copies a box whose rows are `bytes` long, and no byte beside them. */
export function copyBox(
  src: usize,
  row: usize,
  plane: usize,
  dst: usize,
  dstRow: usize,
  dstPlane: usize,
  planes: usize,
  rows: usize,
  bytes: usize,
): void {
  for (let z: usize = 0; z < planes; z++)
    for (let y: usize = 0; y < rows; y++) {
      const from = src + z * plane + y * row;
      const to = dst + z * dstPlane + y * dstRow;
      let x: usize = 0;
      for (; x + 16 <= bytes; x += 16) v128.store(to + x, v128.load(from + x));
      for (; x + 4 <= bytes; x += 4) store<u32>(to + x, load<u32>(from + x));
      for (; x < bytes; x++) store<u8>(to + x, load<u8>(from + x));
    }
}
