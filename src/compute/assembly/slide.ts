function bin<T>(at: usize): u32 {
  // 8- and 16-bit voxels are signed keys; 32-bit ones were replaced by their ranks.
  if (sizeof<T>() === 1) return <u32>load<u8>(at) ^ 0x80;
  if (sizeof<T>() === 2) return <u32>load<u16>(at) ^ 0x8000;
  return load<u32>(at);
}

/**
 * The value of a rank in the neighbourhood of each voxel of a plane by a histogram that slides along x: only the ends of
 * the neighbourhood's rows enter and leave it (Huang, Yang & Tang 1979). A second histogram with 2^shift bins in one
 * lets the search take long steps.
 * @param src the slab's voxel at the first voxel of the result
 * @param runs for each row of the neighbourhood the byte distances of its first and its last voxel
 * @param histogram zero, and left zero; `coarse` too
 */
export function slideHistogram<T>(
  src: usize,
  row: usize,
  dst: usize,
  dstRow: usize,
  rows: usize,
  columns: usize,
  runs: usize,
  runCount: usize,
  rank: u32,
  histogram: usize,
  coarseOffset: u32,
  shift: u32,
): void {
  const coarse = histogram + coarseOffset;
  const inBlock: u32 = (1 << shift) - 1;
  const end = runs + (runCount << 3);
  for (let y: usize = 0; y < rows; y++) {
    let at = src + y * row;
    for (let r = runs; r < end; r += 8) {
      const last = at + load<i32>(r, 4);
      for (let p = at + load<i32>(r); p <= last; p += sizeof<T>()) {
        const b = bin<T>(p);
        count(histogram, b, 1);
        count(coarse, b >> shift, 1);
      }
    }
    // `under` neighbours are in bins below `m`.
    let m: u32 = 0;
    let under: u32 = 0;
    for (let x: usize = 0; ; x++) {
      while (under > rank) {
        if ((m & inBlock) === 0) {
          const block = load<u32>(coarse + (((m >> shift) - 1) << 2));
          if (under - block > rank) {
            under -= block;
            m -= inBlock + 1;
            continue;
          }
        }
        m--;
        under -= load<u32>(histogram + (m << 2));
      }
      for (;;) {
        if ((m & inBlock) === 0) {
          const block = load<u32>(coarse + ((m >> shift) << 2));
          if (under + block <= rank) {
            under += block;
            m += inBlock + 1;
            continue;
          }
        }
        const here = load<u32>(histogram + (m << 2));
        if (under + here > rank) break;
        under += here;
        m++;
      }
      const out = dst + y * dstRow + x * sizeof<T>();
      if (sizeof<T>() === 1) store<u8>(out, m ^ 0x80);
      else if (sizeof<T>() === 2) store<u16>(out, m ^ 0x8000);
      else store<u32>(out, m);
      if (x + 1 === columns) break;
      for (let r = runs; r < end; r += 8) {
        const leaves = bin<T>(at + load<i32>(r));
        const enters = bin<T>(at + load<i32>(r, 4) + sizeof<T>());
        count(histogram, leaves, -1);
        count(coarse, leaves >> shift, -1);
        count(histogram, enters, 1);
        count(coarse, enters >> shift, 1);
        under += <u32>(enters < m) - <u32>(leaves < m);
      }
      at += sizeof<T>();
    }
    for (let r = runs; r < end; r += 8) {
      const last = at + load<i32>(r, 4);
      for (let p = at + load<i32>(r); p <= last; p += sizeof<T>()) {
        const b = bin<T>(p);
        count(histogram, b, -1);
        count(coarse, b >> shift, -1);
      }
    }
  }
}

function count(histogram: usize, bin: u32, change: i32): void {
  const slot = histogram + ((<usize>bin) << 2);
  store<i32>(slot, load<i32>(slot) + change);
}
