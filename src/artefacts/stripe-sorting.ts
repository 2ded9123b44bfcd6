/** Removal of stripes from one sinogram by sorting (algorithms 3 to 6 of Vo 2018); runs in the threads. */

import { medianOfRows, reflect, smoothRanks } from "./column-ranks.js";

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
  return smoothRanks(sinogram, columns, size);
}

/** Algorithms 6, 5, 4 and 3 one after the other: dead columns, large stripes and, by sorting, the rest. */
export function removeAll({ sinogram, columns, size, largeSize, ratio }: AllStripesTask): Float32Array {
  const living = withoutDead(sinogram, columns, largeSize, ratio);
  return removeSorted({ sinogram: withoutLarge(living, columns, largeSize, ratio), columns, size });
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
  const drop = Math.floor(0.5 * DROPPED * rows);
  const factors = new Float64Array(columns);
  const corrected = smoothRanks(sinogram, columns, size, (ranks, smooth) => {
    for (let x = 0; x < columns; x++) {
      let [own, around] = [0, 0];
      for (let y = drop; y < rows - drop; y++) {
        own += ranks[y * columns + x]!;
        around += smooth[y * columns + x]!;
      }
      factors[x] = around === 0 ? 1 : own / around;
    }
  });
  const bad = dilated(stripesIn(factors, ratio));
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
