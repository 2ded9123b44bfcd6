/**
 * Reconstruction by dilation: values rise to those of their neighbours, as far as limits allow. Both arrays have the same
 * strides; the outermost voxels of the box are only looked at, which their limits see to.
 */

/** What nothing can be below. */
function lowest<T>(): T {
  if (isFloat<T>()) return <T>-Infinity;
  if (!isSigned<T>()) return <T>0;
  return <T>(sizeof<T>() === 1 ? -128 : sizeof<T>() === 2 ? -32768 : i32.MIN_VALUE);
}

/** Reverses the order of values, in place. */
export function reverseOrder<T>(at: usize, bytes: usize): void {
  const all = isFloat<T>() ? i32x4.splat(0x80000000) : i64x2.splat(-1);
  for (let k: usize = 0; k < bytes; k += 16) v128.store(at + k, v128.xor(v128.load(at + k), all));
}

/** Holds values at their limits, in place; where one of the two is NaN, both become −∞. */
export function holdBelow<T>(values: usize, limits: usize, bytes: usize): void {
  for (let k: usize = 0; k < bytes; k += sizeof<T>()) {
    const value = load<T>(values + k);
    const limit = load<T>(limits + k);
    if (isFloat<T>() && !(value >= lowest<T>() && limit >= lowest<T>())) {
      store<T>(values + k, lowest<T>());
      store<T>(limits + k, lowest<T>());
    } else if (limit < value) store<T>(values + k, limit);
  }
}

/** Makes the values of the outermost voxels their limits. */
export function holdShell<T>(
  values: usize,
  limits: usize,
  row: usize,
  plane: usize,
  planes: usize,
  rows: usize,
  columns: usize,
): void {
  for (let z: usize = 0; z < planes; z++)
    for (let y: usize = 0; y < rows; y++) {
      const at = z * plane + y * row;
      const last = (columns - 1) * sizeof<T>();
      if (z === 0 || z === planes - 1 || y === 0 || y === rows - 1)
        memory.copy(limits + at, values + at, columns * sizeof<T>());
      store<T>(limits + at, load<T>(values + at));
      store<T>(limits + at + last, load<T>(values + at + last));
    }
}

/** The largest of a row's values and of their neighbours in other rows, sixteen bytes at a time. */
function largestAround<T>(row: usize, columns: usize, around: usize, stop: usize, line: usize): void {
  for (let x: usize = 0; x < columns * sizeof<T>(); x += 16) {
    let most = v128.load(row + x);
    for (let k = around; k < stop; k += 4) most = v128.max<T>(most, v128.load(row + x + load<i32>(k)));
    v128.store(line + x, most);
  }
}

/**
 * One plane forth: a value rises to the largest of those that lie before it.
 * @param around distances in bytes to these, the one in the row last
 * @param line room for a row
 */
export function raiseForth<T>(
  values: usize,
  toLimits: usize,
  row: usize,
  rows: usize,
  columns: usize,
  around: usize,
  count: usize,
  line: usize,
): void {
  const stop = around + ((count - 1) << 2);
  for (let y: usize = 0; y < rows; y++) {
    const first = values + y * row;
    largestAround<T>(first, columns, around, stop, line);
    let value = load<T>(first - sizeof<T>());
    for (let x: usize = 0; x < columns * sizeof<T>(); x += sizeof<T>()) {
      value = min<T>(max<T>(value, load<T>(line + x)), load<T>(first + x + toLimits));
      store<T>(first + x, value);
    }
  }
}

/**
 * One plane back, from its last voxel on; then whoever has a neighbour behind it that can still rise waits in the queue.
 * @param around distances in bytes to the voxels behind, the one in the row first
 * @param start of the values: places are counted from there
 * @param queued a byte for each place: it waits
 * @param state where the queue begins, and its length
 */
export function raiseBack<T>(
  values: usize,
  toLimits: usize,
  row: usize,
  rows: usize,
  columns: usize,
  around: usize,
  count: usize,
  line: usize,
  start: usize,
  queue: usize,
  queued: usize,
  state: usize,
): void {
  const stop = around + (count << 2);
  for (let y = rows; y > 0; y--) {
    const first = values + (y - 1) * row;
    largestAround<T>(first, columns, around + 4, stop, line);
    let value = load<T>(first + columns * sizeof<T>());
    for (let x = columns * sizeof<T>(); x > 0; x -= sizeof<T>()) {
      const at = first + x - sizeof<T>();
      value = min<T>(max<T>(value, load<T>(line + x - sizeof<T>())), load<T>(at + toLimits));
      store<T>(at, value);
    }
    for (let x: usize = 0; x < columns; x += 16 / sizeof<T>()) {
      const at = first + x * sizeof<T>();
      const here = v128.load(at);
      let more = i64x2.splat(0);
      for (let k = around; k < stop; k += 4) {
        const other = at + load<i32>(k);
        const there = v128.load(other);
        more = v128.or(more, v128.lt<T>(there, v128.min<T>(here, v128.load(other + toLimits))));
      }
      for (let bits = isFloat<T>() ? i32x4.bitmask(more) : v128.bitmask<T>(more); bits !== 0; bits &= bits - 1) {
        const k = x + <usize>ctz(bits);
        if (k >= columns) break;
        wait((first + k * sizeof<T>() - start) / sizeof<T>(), queue, queued, state);
      }
    }
  }
}

/** Puts a place at the end of the queue, which nothing has been taken out of yet. */
function wait(place: usize, queue: usize, queued: usize, state: usize): void {
  const length = <usize>load<u32>(state, 4);
  store<u32>(queue + (length << 2), <u32>place);
  store<u8>(queued + place, 1);
  store<u32>(state, <u32>length + 1, 4);
}

/**
 * The voxels of a row that can rise to a neighbour's value do so and wait: where only what lies around has changed.
 * @param around distances in bytes to all neighbours
 */
export function raiseRow<T>(
  first: usize,
  toLimits: usize,
  columns: usize,
  around: usize,
  count: usize,
  start: usize,
  queue: usize,
  queued: usize,
  state: usize,
): void {
  const stop = around + (count << 2);
  for (let x: usize = 0; x < columns * sizeof<T>(); x += sizeof<T>()) {
    const at = first + x;
    const limit = load<T>(at + toLimits);
    const before = load<T>(at);
    if (before >= limit) continue;
    let value = before;
    for (let k = around; k < stop; k += 4) value = max<T>(value, load<T>(at + load<i32>(k)));
    value = min<T>(value, limit);
    if (value <= before) continue;
    store<T>(at, value);
    wait((at - start) / sizeof<T>(), queue, queued, state);
  }
}

/**
 * Goes on from those that wait, each of which waits once at a time.
 * @param around distances in bytes to all neighbours
 * @param room places in the queue, as many as can wait
 * @param most steps of this call
 * @returns how many still wait
 */
export function raiseQueued<T>(
  start: usize,
  toLimits: usize,
  around: usize,
  count: usize,
  queue: usize,
  room: u32,
  queued: usize,
  state: usize,
  most: u32,
): u32 {
  const stop = around + (count << 2);
  let begin = load<u32>(state);
  let length = load<u32>(state, 4);
  for (let done: u32 = 0; length > 0 && done < most; done++) {
    const place = <usize>load<u32>(queue + ((<usize>begin) << 2));
    begin = begin + 1 === room ? 0 : begin + 1;
    length--;
    store<u8>(queued + place, 0);
    const at = start + place * sizeof<T>();
    const value = load<T>(at);
    for (let k = around; k < stop; k += 4) {
      const other = at + load<i32>(k);
      const there = load<T>(other);
      if (there >= value) continue;
      const limit = load<T>(other + toLimits);
      if (there >= limit) continue;
      store<T>(other, min<T>(value, limit));
      const next = (other - start) / sizeof<T>();
      if (load<u8>(queued + next)) continue;
      store<u8>(queued + next, 1);
      let end = begin + length;
      if (end >= room) end -= room;
      store<u32>(queue + ((<usize>end) << 2), <u32>next);
      length++;
    }
  }
  store<u32>(state, begin);
  store<u32>(state, length, 4);
  return length;
}

/** The next smaller number. */
function below(value: f32): f32 {
  if (!(value > -Infinity)) return value;
  if (value === 0) return reinterpret<f32>(0x80000001);
  const bits = reinterpret<u32>(value);
  return reinterpret<f32>(value > 0 ? bits - 1 : bits + 1);
}

/** A number less a height: at least the next smaller one, should the height be less than the step; below 0 it is that. */
function less(value: f32, height: f64): f32 {
  if (height === 0) return value;
  const next = below(value);
  return height < 0 ? next : min<f32>(next, <f32>(<f64>value - height));
}

/** Numbers less a height, see `less`. */
export function lowerFloats(
  src: usize,
  row: usize,
  dst: usize,
  dstRow: usize,
  rows: usize,
  columns: usize,
  height: f64,
): void {
  for (let y: usize = 0; y < rows; y++)
    for (let x: usize = 0; x < columns; x++) {
      const value = load<f32>(src + y * row + (x << 2));
      store<f32>(dst + y * dstRow + (x << 2), less(value, height));
    }
}

/** 1 where numbers are still those of `lowerFloats`: nothing higher was near. */
export function stillLow(
  values: usize,
  row: usize,
  heights: usize,
  heightRow: usize,
  dst: usize,
  dstRow: usize,
  rows: usize,
  columns: usize,
  height: f64,
): void {
  for (let y: usize = 0; y < rows; y++)
    for (let x: usize = 0; x < columns; x++) {
      const value = load<f32>(heights + y * heightRow + (x << 2));
      store<u8>(dst + y * dstRow + x, load<f32>(values + y * row + (x << 2)) === less(value, height) ? 1 : 0);
    }
}

/** −∞, where nothing could go, to NaN. */
export function nanForLowest(at: usize, bytes: usize): void {
  const none = f32x4.splat(-Infinity);
  for (let k: usize = 0; k < bytes; k += 16) {
    const values = v128.load(at + k);
    // All bits set are NaN.
    v128.store(at + k, v128.or(values, f32x4.eq(values, none)));
  }
}
