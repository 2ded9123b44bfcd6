/**
 * Flooding of a volume from markers. Arrays have a voxel more on each side, whose labels are {@link BLOCKED}, as are those
 * outside the mask, so that no neighbour has to be looked for beyond them; 0 is a label yet to come.
 */

/** What is never flooded. */
const BLOCKED: u32 = 0xffffffff;
/** Where labels meet. */
const LINE: u32 = 0x80000000;
const NONE: u32 = 0xffffffff;

/** Gathers the keys of all voxels that may be flooded. @returns how many */
export function collectKeys(keys: usize, labels: usize, count: usize, out: usize): usize {
  let to = out;
  for (let k: usize = 0; k < count << 2; k += 4)
    if (load<u32>(labels + k) !== BLOCKED) {
      store<u32>(to, load<u32>(keys + k));
      to += 4;
    }
  return (to - out) >> 2;
}

/** Sorts by 11 bits from `shift` on, keeping the order of equal ones. @param table room for 2048 numbers */
export function sortByDigit(src: usize, dst: usize, count: usize, shift: u32, table: usize): void {
  memory.fill(table, 0, 8192);
  for (let k: usize = 0; k < count << 2; k += 4) {
    const at = table + ((<usize>((load<u32>(src + k) >> shift) & 2047)) << 2);
    store<u32>(at, load<u32>(at) + 1);
  }
  let sum: u32 = 0;
  for (let k: usize = 0; k < 8192; k += 4) {
    const here = load<u32>(table + k);
    store<u32>(table + k, sum);
    sum += here;
  }
  for (let k: usize = 0; k < count << 2; k += 4) {
    const key = load<u32>(src + k);
    const at = table + ((<usize>((key >> shift) & 2047)) << 2);
    const place = load<u32>(at);
    store<u32>(dst + ((<usize>place) << 2), key);
    store<u32>(at, place + 1);
  }
}

/** Leaves one of each among sorted keys. @returns how many */
export function distinctKeys(keys: usize, count: usize): usize {
  let to = keys;
  for (let k: usize = 0; k < count << 2; k += 4) {
    const key = load<u32>(keys + k);
    if (to === keys || key !== load<u32>(to - 4)) {
      store<u32>(to, key);
      to += 4;
    }
  }
  return (to - keys) >> 2;
}

/**
 * Exchanges keys for their place among the distinct ones.
 * @param table for each value of a key's upper 16 bits the place of the first key that has at least these, and one more
 */
export function placeKeys(keys: usize, labels: usize, count: usize, distinct: usize, table: usize): void {
  for (let k: usize = 0; k < count << 2; k += 4) {
    if (load<u32>(labels + k) === BLOCKED) continue;
    const key = load<u32>(keys + k);
    const upper = table + ((<usize>(key >> 16)) << 2);
    let low = load<u32>(upper);
    let high = load<u32>(upper, 4);
    while (low < high) {
      const middle = (low + high) >> 1;
      if (load<u32>(distinct + ((<usize>middle) << 2)) < key) low = middle + 1;
      else high = middle;
    }
    store<u32>(keys + k, low);
  }
}

/** Puts a voxel at the end of a level's queue. */
function enqueue(voxel: u32, level: u32, next: usize, queues: usize): void {
  const queue = queues + ((<usize>level) << 3);
  const last = load<u32>(queue, 4);
  if (last === NONE) store<u32>(queue, voxel);
  else store<u32>(next + ((<usize>last) << 2), voxel);
  store<u32>(queue, voxel, 4);
  store<u32>(next + ((<usize>voxel) << 2), NONE);
}

/** Puts the markers of a part of the voxels into the queues of their levels. @param queues first and last voxel of each level */
export function enqueueMarkers(labels: usize, ranks: usize, from: u32, to: u32, next: usize, queues: usize): u32 {
  let count: u32 = 0;
  for (let k = from; k < to; k++) {
    const label = load<u32>(labels + ((<usize>k) << 2));
    if (label === 0 || label === BLOCKED) continue;
    enqueue(k, load<u32>(ranks + ((<usize>k) << 2)), next, queues);
    count++;
  }
  return count;
}

/**
 * Floods level by level; on one level who was reached first floods first. A voxel lower than its level is flooded on it.
 * @param around distances in voxels to the neighbours
 * @param state the level to go on with
 * @param most voxels whose neighbours are looked at in this call
 * @returns how many were; fewer than `most` when all is flooded
 */
export function floodLevels(
  labels: usize,
  ranks: usize,
  next: usize,
  queues: usize,
  levels: u32,
  around: usize,
  neighbours: usize,
  state: usize,
  most: u32,
): u32 {
  let level = load<u32>(state);
  let done: u32 = 0;
  while (level < levels && done < most) {
    const queue = queues + ((<usize>level) << 3);
    const voxel = load<u32>(queue);
    if (voxel === NONE) {
      level++;
      continue;
    }
    const after = load<u32>(next + ((<usize>voxel) << 2));
    store<u32>(queue, after);
    if (after === NONE) store<u32>(queue, NONE, 4);
    done++;
    const label = load<u32>(labels + ((<usize>voxel) << 2));
    for (let k: usize = 0; k < neighbours << 2; k += 4) {
      const other = voxel + load<u32>(around + k);
      const place = labels + ((<usize>other) << 2);
      if (load<u32>(place) !== 0) continue;
      store<u32>(place, label);
      const rank = load<u32>(ranks + ((<usize>other) << 2));
      enqueue(other, max<u32>(rank, level), next, queues);
    }
  }
  store<u32>(state, level);
  return done;
}

// What waits in a heap: value (f64), then age, voxel and marker voxel, 32 bits each, and 4 bytes for alignment.
const ITEM: usize = 24;

function before(a: usize, b: usize): boolean {
  const x = load<f64>(a);
  const y = load<f64>(b);
  return x < y || (x === y && load<u32>(a, 8) < load<u32>(b, 8));
}

/** Puts an item into a heap. @returns the heap's new length */
export function pushItem(heap: usize, length: u32, value: f64, age: u32, voxel: u32, source: u32): u32 {
  // The hole moves up to where the item belongs.
  let hole = length;
  while (hole > 0) {
    const parent = (hole - 1) >> 1;
    const above = heap + <usize>parent * ITEM;
    const x = load<f64>(above);
    if (x < value || (x === value && load<u32>(above, 8) <= age)) break;
    memory.copy(heap + <usize>hole * ITEM, above, ITEM);
    hole = parent;
  }
  const at = heap + <usize>hole * ITEM;
  store<f64>(at, value);
  store<u32>(at, age, 8);
  store<u32>(at, voxel, 12);
  store<u32>(at, source, 16);
  return length + 1;
}

/** Takes the first item out of a heap, whose last one finds a new place. @returns the heap's new length */
function removeFirst(heap: usize, length: u32): u32 {
  const last = heap + <usize>(length - 1) * ITEM;
  const count = length - 1;
  let hole: u32 = 0;
  for (let child: u32 = 1; child < count; child = 2 * hole + 1) {
    let least = heap + <usize>child * ITEM;
    if (child + 1 < count && before(least + ITEM, least)) {
      child++;
      least += ITEM;
    }
    if (!before(least, last)) break;
    memory.copy(heap + <usize>hole * ITEM, least, ITEM);
    hole = child;
  }
  memory.copy(heap + <usize>hole * ITEM, last, ITEM);
  return count;
}

/** True if a neighbour has another label. */
function parts(labels: usize, voxel: u32, label: u32, around: usize, neighbours: usize): boolean {
  for (let k: usize = 0; k < neighbours << 2; k += 4) {
    const other = load<u32>(labels + ((<usize>(voxel + load<u32>(around + k))) << 2));
    if (other !== 0 && other < LINE && other !== label) return true;
  }
  return false;
}

/**
 * Floods with compact regions or with lines between them: voxels get their label when their turn comes, and may wait
 * several times.
 * @param values of the voxels, float64
 * @param lines 1: a voxel between two labels becomes a line, which gets none
 * @param compactness what a voxel of distance from the marker voxel costs
 * @param row voxels of a row and @param plane of a plane, with those beyond
 * @param state length of the heap and age, 32 bits each
 * @returns how many items were taken out; fewer than `most` when all is flooded
 */
export function floodByTurns(
  labels: usize,
  values: usize,
  heap: usize,
  around: usize,
  neighbours: usize,
  lines: i32,
  compactness: f64,
  row: u32,
  plane: u32,
  state: usize,
  most: u32,
): u32 {
  let length = load<u32>(state);
  let age = load<u32>(state, 4);
  let done: u32 = 0;
  while (length > 0 && done < most) {
    const value = load<f64>(heap);
    const voxel = load<u32>(heap, 12);
    const source = load<u32>(heap, 16);
    length = removeFirst(heap, length);
    done++;
    const place = labels + ((<usize>voxel) << 2);
    const label = load<u32>(labels + ((<usize>source) << 2));
    if (load<u32>(place) !== 0 && voxel !== source) continue;
    if (lines && voxel !== source && parts(labels, voxel, label, around, neighbours)) {
      store<u32>(place, LINE);
      continue;
    }
    store<u32>(place, label);
    for (let k: usize = 0; k < neighbours << 2; k += 4) {
      const other = voxel + load<u32>(around + k);
      if (load<u32>(labels + ((<usize>other) << 2)) !== 0) continue;
      let cost = load<f64>(values + ((<usize>other) << 3));
      if (compactness > 0) cost += compactness * far(other, source, row, plane);
      length = pushItem(heap, length, max<f64>(cost, value), age++, other, source);
    }
  }
  store<u32>(state, length);
  store<u32>(state, age, 4);
  return done;
}

function far(a: u32, b: u32, row: u32, plane: u32): f64 {
  const z = <f64>(a / plane) - <f64>(b / plane);
  const y = <f64>((a % plane) / row) - <f64>((b % plane) / row);
  const x = <f64>(a % row) - <f64>(b % row);
  return Math.sqrt(z * z + y * y + x * x);
}
