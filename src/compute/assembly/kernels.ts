// What all kernels share. Memory is laid out by the caller (src/compute/kernels/); nothing here allocates.

/** First byte of memory that the caller may use. */
export function heapBase(): usize {
  return __heap_base;
}

/** Copies between two rows. */
export function copyBytes(src: usize, dst: usize, bytes: usize): void {
  memory.copy(dst, src, bytes);
}
