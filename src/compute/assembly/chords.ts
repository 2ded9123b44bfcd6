/**
 * Chords: runs of a phase along lines. Voxels are bytes: 0 wall, 1 phase, 2 none (beyond the sample). What a run begins or ends
 * with is such a number, too; 1 is the face of the brick, beyond which nothing is known yet.
 */

/** Counts of chords by length: whole ones (between walls), then cut ones, then how many walls cut ones end at. */
function record(counts: usize, most: usize, length: u32, start: u32, end: u32): void {
  const whole = start === 0 && end === 0;
  const at = counts + ((<usize>length + (whole ? 0 : most)) << 2);
  store<u32>(at, load<u32>(at) + 1);
  if (whole || (start !== 0 && end !== 0)) return;
  const walls = counts + (most << 3);
  store<u32>(walls, load<u32>(walls) + 1);
}

/**
 * One more row of voxels, each the next one of its line.
 * @param before the row before it, or 0
 * @param states of the lines, 32 bits: length of the run so far times 4, and what it began with; without a run what the last voxel was
 * @param leads of the lines, 32 bits: the same of the run that begins at the face of the brick, with what it ended with
 */
export function chordRow(
  voxels: usize,
  before: usize,
  columns: usize,
  states: usize,
  leads: usize,
  counts: usize,
  most: usize,
): void {
  const one = i8x16.splat(1);
  const four = i32x4.splat(4);
  for (let x: usize = 0; x < columns; x += 16) {
    const now = v128.load(voxels + x);
    let events: u32 = before === 0 ? 0xffff : <u32>i8x16.bitmask(i8x16.ne(now, v128.load(before + x)));
    if (columns - x < 16) events &= (1 << (<u32>(columns - x))) - 1;
    while (events !== 0) {
      const lane = <usize>ctz(events);
      events &= events - 1;
      const kind = <u32>load<u8>(voxels + x + lane);
      const state = states + ((x + lane) << 2);
      if (before === 0) {
        store<u32>(state, kind);
        if (kind !== 1) store<u32>(leads + ((x + lane) << 2), kind);
        continue;
      }
      if (load<u8>(before + x + lane) === 1) {
        const run = load<u32>(state);
        if ((run & 3) === 1) store<u32>(leads + ((x + lane) << 2), (run & ~3) | kind);
        else record(counts, most, run >> 2, run & 3, kind);
      }
      if (kind !== 1) store<u32>(state, kind);
    }
    const inside = i8x16.eq(now, one);
    if (!v128.any_true(inside)) continue;
    const at = states + (x << 2);
    const low = i16x8.extend_low_i8x16_s(inside);
    const high = i16x8.extend_high_i8x16_s(inside);
    v128.store(at, i32x4.add(v128.load(at), v128.and(four, i32x4.extend_low_i16x8_s(low))));
    v128.store(at + 16, i32x4.add(v128.load(at + 16), v128.and(four, i32x4.extend_high_i16x8_s(low))));
    v128.store(at + 32, i32x4.add(v128.load(at + 32), v128.and(four, i32x4.extend_low_i16x8_s(high))));
    v128.store(at + 48, i32x4.add(v128.load(at + 48), v128.and(four, i32x4.extend_high_i16x8_s(high))));
  }
}

/** The first voxel from `x` on that is (`is` true) or is not of the phase; `columns` if there is none. */
function next(line: usize, x: usize, columns: usize, is: boolean): usize {
  const one = i8x16.splat(1);
  while (x < columns) {
    let found = <u32>i8x16.bitmask(i8x16.eq(v128.load(line + x), one));
    if (!is) found ^= 0xffff;
    if (found !== 0) return min<usize>(columns, x + <usize>ctz(found));
    x += 16;
  }
  return columns;
}

/** Lines along rows. @param states, leads as {@link chordRow} has them, of each row */
export function chordLines(
  voxels: usize,
  rows: usize,
  columns: usize,
  states: usize,
  leads: usize,
  counts: usize,
  most: usize,
): void {
  for (let y: usize = 0; y < rows; y++) {
    const line = voxels + y * columns;
    const first = <u32>load<u8>(line);
    if (first !== 1) store<u32>(leads + (y << 2), first);
    let state: u32 = <u32>load<u8>(line + columns - 1);
    for (let x = next(line, 0, columns, true); x < columns; ) {
      const end = next(line, x, columns, false);
      const start: u32 = x === 0 ? 1 : <u32>load<u8>(line + x - 1);
      const length = <u32>(end - x);
      if (end === columns) state = (length << 2) | start;
      else if (start === 1) store<u32>(leads + (y << 2), (length << 2) | <u32>load<u8>(line + end));
      else record(counts, most, length, start, <u32>load<u8>(line + end));
      x = next(line, end, columns, true);
    }
    store<u32>(states + (y << 2), state);
  }
}
