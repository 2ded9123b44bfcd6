/**
 * Flooding of a volume whose values are few, level by level, as watershed.ts has it for any number of them. One array says of
 * each voxel what it is: its label; {@link UNFLOODED} and its level; or {@link BLOCKED}. So a step looks at one place of
 * memory for each neighbour. Voxels that wait for their turn lie in chunks one behind the other, which the processor reads
 * ahead.
 */

const BLOCKED: u32 = 0xffffffff;
const UNFLOODED: u32 = 0x80000000;
const NONE: u32 = 0xffffffff;

/** A value's key: a whole number without a sign, in the order in which values are flooded. */
function keyOfValue<T>(value: T, lift: u32, flip: u32): u32 {
  if (isFloat<T>()) {
    // A negative zero is one with the other.
    const bits = reinterpret<u32>(<f32>value + 0.0);
    return (bits >= 0x80000000 ? ~bits : bits | 0x80000000) ^ flip;
  }
  return (<u32>value + lift) ^ flip;
}

/**
 * Takes rows of a volume in: labels of markers and keys of values. Voxels that are blocked by their marker or their mask, or that
 * are no numbers, are left as they are.
 * @param mask a byte a voxel; 0 for none
 * @param lift what makes signed values rise from 0; 0 for floats
 * @param flip all bits to flood from the highest value, else 0
 * @param labels place of the first row's first voxel; as `keys`, `padded` bytes a row
 * @param found number of open voxels and of markers, to which these are added
 */
export function takeRows<T>(
  image: usize,
  imageRow: usize,
  markers: usize,
  markersRow: usize,
  mask: usize,
  maskRow: usize,
  rows: usize,
  columns: usize,
  lift: u32,
  flip: u32,
  labels: usize,
  keys: usize,
  padded: usize,
  found: usize,
): void {
  let open = load<u32>(found);
  let marked = load<u32>(found, 4);
  for (let y: usize = 0; y < rows; y++) {
    const values = image + y * imageRow;
    const marks = markers + y * markersRow;
    const inside = mask + y * maskRow;
    const to = y * padded;
    for (let x: usize = 0; x < columns; x++) {
      if (mask !== 0 && load<u8>(inside + x) === 0) continue;
      const value = load<T>(values + x * sizeof<T>());
      // biome-ignore lint/suspicious/noSelfCompare: only NaN is unlike itself
      if (isFloat<T>()) if (value !== value) continue;
      const marker = load<u32>(marks + (x << 2));
      if (marker === BLOCKED) continue;
      const at = to + (x << 2);
      store<u32>(labels + at, marker);
      store<u32>(keys + at, keyOfValue<T>(value, lift, flip));
      open++;
      if (marker !== 0) marked++;
    }
  }
  store<u32>(found, open);
  store<u32>(found + 4, marked);
}

/** Where a key stands in a table of 2^bits keys (second number of an entry: its level, NONE where the entry is free). */
function entryOf(key: u32, table: usize, bits: u32): usize {
  const last = (1 << bits) - 1;
  let slot = (key * 0x9e3779b1) >> (32 - bits);
  while (true) {
    const entry = table + ((<usize>slot) << 3);
    if (load<u32>(entry, 4) === NONE || load<u32>(entry) === key) return entry;
    slot = (slot + 1) & last;
  }
}

/**
 * Enters the keys of open voxels into a table.
 * @param known how many it has
 * @param most more than these are not entered
 * @returns how many it has then, or one more than `most`
 */
export function enterKeys(
  labels: usize,
  keys: usize,
  from: usize,
  to: usize,
  table: usize,
  bits: u32,
  known: u32,
  most: u32,
): u32 {
  let last: u32 = 0;
  let any = false;
  for (let k = from << 2; k < to << 2; k += 4) {
    if (load<u32>(labels + k) === BLOCKED) continue;
    const key = load<u32>(keys + k);
    if (any && key === last) continue;
    last = key;
    any = true;
    const entry = entryOf(key, table, bits);
    if (load<u32>(entry, 4) !== NONE) continue;
    if (known === most) return most + 1;
    store<u32>(entry, key);
    store<u32>(entry, known++, 4);
  }
  return known;
}

// A level's queue: where the next voxel is taken out, and where one is put in. Where these are equal none waits. A chunk begins
// with the place of the next one.

function put(voxel: u32, level: u32, queues: usize, state: usize, chunk: u32): void {
  const queue = queues + ((<usize>level) << 3);
  let at = load<u32>(queue, 4);
  if ((at & (chunk - 1)) === 0) {
    const fresh = load<u32>(state, 4);
    store<u32>(state, fresh + chunk, 4);
    if (at === 0) store<u32>(queue, fresh + 4);
    else store<u32>(<usize>(at - chunk), fresh);
    at = fresh + 4;
  }
  store<u32>(<usize>at, voxel);
  store<u32>(queue, at + 4, 4);
}

/**
 * Gives open voxels their levels, and puts markers into the queues, in their order.
 * @param state level, place of the next free chunk, open voxels that are not flooded
 * @param chunk bytes, a power of two
 * @param last voxels of this level and of those behind it are not counted as open
 */
export function placeLevels(
  labels: usize,
  keys: usize,
  from: usize,
  to: usize,
  table: usize,
  bits: u32,
  queues: usize,
  state: usize,
  chunk: u32,
  last: u32,
): void {
  let open = load<u32>(state, 8);
  let before: u32 = 0;
  let level: u32 = NONE;
  for (let k = from << 2; k < to << 2; k += 4) {
    const label = load<u32>(labels + k);
    if (label === BLOCKED) continue;
    const key = load<u32>(keys + k);
    if (level === NONE || key !== before) level = load<u32>(entryOf(key, table, bits), 4);
    before = key;
    if (label !== 0) {
      put(<u32>(k >> 2), level, queues, state, chunk);
      continue;
    }
    store<u32>(labels + k, UNFLOODED | level);
    if (level < last) open++;
  }
  store<u32>(state, open, 8);
}

/**
 * Floods level by level; on one level who was reached first floods first. A voxel lower than its level is flooded on it.
 * @param around distances in voxels to the neighbours
 * @param most voxels whose neighbours are looked at in this call
 * @returns how many were; fewer than `most` when no open voxel is left
 */
export function floodQueues(
  labels: usize,
  queues: usize,
  levels: u32,
  around: usize,
  neighbours: usize,
  state: usize,
  chunk: u32,
  last: u32,
  most: u32,
): u32 {
  let level = load<u32>(state);
  let open = load<u32>(state, 8);
  let done: u32 = 0;
  const end = around + (neighbours << 2);
  while (level < levels && open > 0 && done < most) {
    const queue = queues + ((<usize>level) << 3);
    let at = load<u32>(queue);
    if (at === load<u32>(queue, 4)) {
      level++;
      continue;
    }
    if ((at & (chunk - 1)) === 0) at = load<u32>(<usize>(at - chunk)) + 4;
    const voxel = load<u32>(<usize>at);
    store<u32>(queue, at + 4);
    done++;
    const here = labels + ((<usize>voxel) << 2);
    const label = load<u32>(here);
    for (let k = around; k < end; k += 4) {
      const place = here + ((<usize>load<i32>(k)) << 2);
      const what = load<u32>(place);
      if (what < UNFLOODED || what === BLOCKED) continue;
      store<u32>(place, label);
      const rank = what & 0x7fffffff;
      if (rank < last) open--;
      put(<u32>((place - labels) >> 2), max<u32>(rank, level), queues, state, chunk);
    }
  }
  store<u32>(state, level);
  store<u32>(state, open, 8);
  return open > 0 ? done : 0;
}

/** Gathers the voxels that are open, but for those of a level and behind it. @returns how many */
export function openVoxels(labels: usize, count: usize, last: u32, out: usize): usize {
  let to = out;
  const end = UNFLOODED | last;
  for (let k: usize = 0; k < count; k++) {
    const what = load<u32>(labels + (k << 2));
    if (what < UNFLOODED || what >= end) continue;
    store<u32>(to, <u32>k);
    to += 4;
  }
  return (to - out) >> 2;
}

/** Gathers voxels that are marked {@link BLOCKED} and wait in a queue, in their order. @returns how many */
export function markedInQueue(labels: usize, queue: usize, chunk: u32, out: usize): usize {
  let to = out;
  const end = load<u32>(queue, 4);
  for (let at = load<u32>(queue); at !== end; at += 4) {
    if ((at & (chunk - 1)) === 0) at = load<u32>(<usize>(at - chunk)) + 4;
    const voxel = load<u32>(<usize>at);
    if (load<u32>(labels + ((<usize>voxel) << 2)) !== BLOCKED) continue;
    store<u32>(to, voxel);
    to += 4;
  }
  return (to - out) >> 2;
}

/** Labels of rows as they go out: 0 where there is none, and where a mask is 0. @param mask float32 a voxel, or 0 for none */
export function giveRows(labels: usize, padded: usize, rows: usize, columns: usize, mask: usize, out: usize): void {
  for (let y: usize = 0; y < rows; y++)
    for (let x: usize = 0; x < columns; x++) {
      const label = load<u32>(labels + y * padded + (x << 2));
      const to = out + ((y * columns + x) << 2);
      const kept = label < UNFLOODED && (mask === 0 || load<f32>(mask + ((y * columns + x) << 2)) !== 0);
      store<u32>(to, kept ? label : 0);
    }
}
