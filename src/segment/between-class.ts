import { InvalidArgument } from "../core/errors.js";
import type { Histogram } from "../statistics/histogram.js";

/** Grey values that occur, ascending, and how often. */
export interface Occurring {
  readonly values: Float64Array;
  readonly counts: Float64Array;
}

/** The bins of a histogram that are not empty. */
export function occurring(histogram: Histogram): Occurring {
  const { centres, counts } = histogram;
  const filled = [...counts.keys()].filter((k) => counts[k]! > 0);
  return {
    values: Float64Array.from(filled, (k) => centres[k]!),
    counts: Float64Array.from(filled, (k) => counts[k]!),
  };
}

/**
 * Parts sorted values into classes so that the variance between the classes is largest: the thresholds, each the largest
 * value of its class. Exact, not a search: of all ways to part the values none is better; of equally good ones the lowest
 * thresholds are given, as far as double precision tells them apart.
 *
 * The between-class variance is largest where Σ S²/W is (S sum, W number of a class). The best end of the class before
 * never moves back as a class ends later (the cost satisfies the quadrangle inequality), so that each class is placed by
 * divide and conquer: O(classes · n · log n) for n values.
 * @see A. Grønlund et al., Fast exact k-means, k-medians and Bregman divergence clustering in 1D (2017),
 * arXiv:1701.07204 (least squares within classes, which is the same)
 */
export function bestThresholds(caller: string, { values, counts }: Occurring, classes: number): number[] {
  const n = values.length;
  if (n < classes)
    throw new InvalidArgument(
      `${caller}: ${classes} classes need at least ${classes} different grey values, and ${n === 1 ? `all voxels are ${values[0]}` : `there are ${n}`}`,
    );
  // Sums of the values' distances from their mean: S² then loses no digits to a large common offset.
  const mean = moments({ values, counts }).mean;
  const weight = new Float64Array(n + 1);
  const sum = new Float64Array(n + 1);
  for (let k = 0; k < n; k++) {
    weight[k + 1] = weight[k]! + counts[k]!;
    sum[k + 1] = sum[k]! + counts[k]! * (values[k]! - mean);
  }
  const gain = (from: number, to: number): number => (sum[to]! - sum[from]!) ** 2 / (weight[to]! - weight[from]!);
  let best = Float64Array.from({ length: n + 1 }, (_, to) => (to === 0 ? 0 : gain(0, to)));
  const cuts: Int32Array[] = [];
  for (let c = 2; c <= classes; c++) {
    const next = new Float64Array(n + 1);
    const cut = new Int32Array(n + 1);
    const place = (from: number, to: number, low: number, high: number): void => {
      if (from > to) return;
      const end = (from + to) >> 1;
      let at = -1;
      for (let k = low; k <= Math.min(high, end - 1); k++) {
        const total = best[k]! + gain(k, end);
        if (at < 0 || total > next[end]!) {
          next[end] = total;
          at = k;
        }
      }
      cut[end] = at;
      place(from, end - 1, low, at);
      place(end + 1, to, at, high);
    };
    // c classes need c values, and c − 1 of them stand before the cut.
    place(c, n, c - 1, n - 1);
    cuts.push(cut);
    best = next;
  }
  const thresholds: number[] = [];
  for (let c = classes - 2, end = n; c >= 0; c--) {
    end = cuts[c]![end]!;
    thresholds.unshift(values[end - 1]!);
  }
  return thresholds;
}

/** Number, mean and sum of squared distances from the mean. */
export interface ClassMoments {
  readonly total: number;
  readonly mean: number;
  readonly squares: number;
}

/** Moments of each class that ascending thresholds make; those of an empty one are 0. */
export function classMoments({ values, counts }: Occurring, thresholds: readonly number[]): ClassMoments[] {
  let from = 0;
  return [...thresholds, Number.POSITIVE_INFINITY].map((threshold) => {
    const above = values.findIndex((value) => value > threshold);
    const to = above < 0 ? values.length : above;
    const found = moments({ values: values.subarray(from, to), counts: counts.subarray(from, to) });
    from = to;
    return found;
  });
}

/** Moments of all values. */
export function moments({ values, counts }: Occurring): ClassMoments {
  let total = 0;
  let mean = 0;
  for (let k = 0; k < values.length; k++) {
    total += counts[k]!;
    mean += (counts[k]! / total) * (values[k]! - mean);
  }
  let squares = 0;
  for (let k = 0; k < values.length; k++) squares += counts[k]! * (values[k]! - mean) ** 2;
  return { total, mean, squares };
}
