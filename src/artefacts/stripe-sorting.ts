/** Removal of stripes from one sinogram by sorting (algorithms 3 to 6 of Vo 2018); runs in the threads. */

/** A sinogram in C order, angle by column. */
export interface StripeTask {
  readonly sinogram: Float32Array;
  readonly columns: number;
}

export interface SortingTask extends StripeTask {
  /** Width of the median in columns, odd. */
  readonly size: number;
}

export interface AllStripesTask extends StripeTask {
  readonly size: number;
  /** Width of the median for stripes that are wide, stuck or dead. */
  readonly largeSize: number;
  /** How far above the usual differences between columns a stripe stands out. */
  readonly ratio: number;
}

/** Algorithm 3: each column sorted, the sorted columns smoothed across by a median, and sorted back. */
export function removeSorted({ sinogram, columns, size }: SortingTask): Float32Array {
  const from = order(sinogram, columns);
  return unsorted(medianOfRows(sorted(sinogram, from, columns), columns, size), from, columns);
}

/** Algorithms 6, 5, 4 and 3 one after the other: dead columns, large stripes and, by sorting, the rest. */
export function removeAll({ sinogram, columns, size, largeSize, ratio }: AllStripesTask): Float32Array {
  const living = withoutDead(sinogram, columns, largeSize, ratio);
  return removeSorted({ sinogram: withoutLarge(living, columns, largeSize, ratio), columns, size });
}

/** Values as bits that compare as unsigned whole numbers: NaN last. */
function keysOf(values: Float32Array): Uint32Array {
  const keys = new Uint32Array(values.length);
  const bits = new Int32Array(values.buffer, values.byteOffset, values.length);
  for (let k = 0; k < keys.length; k++) {
    const b = bits[k]!;
    keys[k] = Number.isNaN(values[k]!) ? 0xffffffff : (b ^ ((b >> 31) | 0x80000000)) >>> 0;
  }
  return keys;
}

/** For each rank and column the row that the value comes from; equal values keep their order. */
function order(values: Float32Array, columns: number): Uint32Array {
  const rows = values.length / columns;
  const keys = keysOf(values);
  const out = new Uint32Array(values.length);
  // Key and row in one double, whose 53 digits hold both: typed arrays sort fast only without a comparison of ours.
  const scale = 2 ** Math.ceil(Math.log2(Math.max(2, rows)));
  const line = new Float64Array(rows);
  for (let x = 0; x < columns; x++) {
    for (let y = 0; y < rows; y++) line[y] = keys[y * columns + x]! * scale + y;
    line.sort();
    for (let y = 0; y < rows; y++) out[y * columns + x] = line[y]! % scale;
  }
  return out;
}

function sorted(values: Float32Array, from: Uint32Array, columns: number): Float32Array {
  const out = new Float32Array(values.length);
  for (let k = 0, x = 0; k < out.length; k++) {
    out[k] = values[from[k]! * columns + x]!;
    if (++x === columns) x = 0;
  }
  return out;
}

function unsorted(values: Float32Array, from: Uint32Array, columns: number): Float32Array {
  const out = new Float32Array(values.length);
  for (let k = 0, x = 0; k < values.length; k++) {
    out[from[k]! * columns + x] = values[k]!;
    if (++x === columns) x = 0;
  }
  return out;
}

/** Median along each row over an odd number of values; ends reflect (`c b a | a b c`). */
export function medianOfRows(values: Float32Array, columns: number, size: number): Float32Array {
  const out = new Float32Array(values.length);
  const half = size >> 1;
  const padded = new Float32Array(columns + 2 * half);
  const window = new Float32Array(size);
  for (let start = 0; start < values.length; start += columns) {
    for (let k = 0; k < padded.length; k++) padded[k] = values[start + reflect(k - half, columns)]!;
    window.set(padded.subarray(0, size));
    window.sort();
    out[start] = window[half]!;
    for (let x = 1; x < columns; x++) {
      exchange(window, padded[x - 1]!, padded[x + size - 1]!);
      out[start + x] = window[half]!;
    }
  }
  return out;
}

/** Takes one value out of a sorted list and puts another one in. */
function exchange(list: Float32Array, gone: number, come: number): void {
  if (gone === come) return;
  let low = 0;
  let high = list.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    // NaN, which compares with nothing, stands last.
    if (list[middle]! < gone || (Number.isNaN(gone) && !Number.isNaN(list[middle]!))) low = middle + 1;
    else high = middle;
  }
  let at = low;
  for (; at + 1 < list.length && (list[at + 1]! < come || (Number.isNaN(come) && !Number.isNaN(list[at + 1]!))); at++)
    list[at] = list[at + 1]!;
  for (; at > 0 && (list[at - 1]! > come || (Number.isNaN(list[at - 1]!) && !Number.isNaN(come))); at--)
    list[at] = list[at - 1]!;
  list[at] = come;
}

function reflect(index: number, length: number): number {
  const period = 2 * length;
  const folded = ((index % period) + period) % period;
  return folded < length ? folded : period - 1 - folded;
}

/** Algorithm 6: columns that do not follow the sample or fluctuate are filled from their neighbours. */
export function withoutDead(sinogram: Float32Array, columns: number, size: number, ratio: number): Float32Array {
  const rows = sinogram.length / columns;
  const rough = new Float32Array(columns);
  for (let x = 0; x < columns; x++) {
    let sum = 0;
    for (let y = 0; y < rows; y++) {
      let mean = 0;
      for (let d = -5; d < 5; d++) mean += sinogram[reflect(y + d, rows) * columns + x]!;
      sum += Math.abs(sinogram[y * columns + x]! - mean / 10);
    }
    rough[x] = sum;
  }
  const usual = medianOfRows(rough, columns, size);
  const mean = usual.reduce((a, b) => a + Math.abs(b), 0) / columns;
  const factors = Float64Array.from(rough, (value, x) =>
    mean === 0 ? 1 : value / (usual[x] === 0 ? mean : usual[x]!),
  );
  const bad = dilated(stripesIn(factors, ratio));
  // The outermost columns have no neighbours on both sides.
  for (const x of [0, 1, columns - 2, columns - 1]) bad[x] = 0;
  const count = bad.reduce((a, b) => a + b, 0);
  const out = sinogram.slice();
  if (count === 0 || count >= Math.floor(columns / 3)) return out;
  for (let x = 2; x < columns - 2; x++) {
    if (bad[x] === 0) continue;
    let [left, right] = [x, x];
    while (bad[left] === 1) left--;
    while (bad[right] === 1) right++;
    const share = (x - left) / (right - left);
    for (let row = 0; row < sinogram.length; row += columns)
      out[row + x] = (1 - share) * sinogram[row + left]! + share * sinogram[row + right]!;
  }
  return out;
}

/** Share of the ranks at both ends that do not count for the mean of a column. */
const DROPPED = 0.1;

/** Algorithm 5: columns are brought to the level of their smoothed neighbours; those that stand out are replaced. */
export function withoutLarge(sinogram: Float32Array, columns: number, size: number, ratio: number): Float32Array {
  const rows = sinogram.length / columns;
  const from = order(sinogram, columns);
  const ranks = sorted(sinogram, from, columns);
  const smooth = medianOfRows(ranks, columns, size);
  const drop = Math.floor(0.5 * DROPPED * rows);
  const factors = new Float64Array(columns);
  for (let x = 0; x < columns; x++) {
    let [own, around] = [0, 0];
    for (let y = drop; y < rows - drop; y++) {
      own += ranks[y * columns + x]!;
      around += smooth[y * columns + x]!;
    }
    factors[x] = around === 0 ? 1 : own / around;
  }
  const bad = dilated(stripesIn(factors, ratio));
  const corrected = unsorted(smooth, from, columns);
  return sinogram.map((value, k) => (bad[k % columns] === 1 ? corrected[k]! : value / (factors[k % columns] || 1)));
}

/**
 * Algorithm 4: which values stand out of a list: the middle half of the sorted values gives a line; beyond its ends by more
 * than `ratio` times its rise nothing usual lies.
 */
export function stripesIn(values: Float64Array, ratio: number): Uint8Array {
  const n = values.length;
  const list = values.toSorted();
  const drop = Math.floor(0.25 * n);
  const stop = n - drop - 1;
  const count = stop - drop;
  const meanX = (drop + stop - 1) / 2;
  let meanY = 0;
  for (let k = drop; k < stop; k++) meanY += list[k]! / count;
  let [xy, xx] = [0, 0];
  for (let k = drop; k < stop; k++) {
    xy += (k - meanX) * (list[k]! - meanY);
    xx += (k - meanX) ** 2;
  }
  const slope = xx === 0 ? 0 : xy / xx;
  const start = meanY - slope * meanX;
  const end = start + slope * (n - 1);
  const noise = Math.abs(end - start);
  const found = new Uint8Array(n);
  // Without any noise everything would stand out.
  if (noise < 1e-5) return found;
  if (Math.abs(list[n - 1]! - end) / noise >= ratio)
    for (let k = 0; k < n; k++) if (values[k]! > end + 0.5 * noise * ratio) found[k] = 1;
  if (Math.abs(start - list[0]!) / noise >= ratio)
    for (let k = 0; k < n; k++) if (values[k]! <= start - 0.5 * noise * ratio) found[k] = 1;
  return found;
}

/** One column more on both sides. */
function dilated(mask: Uint8Array): Uint8Array {
  return mask.map((value, x) => (value === 1 || mask[x - 1] === 1 || mask[x + 1] === 1 ? 1 : 0));
}
