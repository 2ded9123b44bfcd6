import type { Histogram } from "./histogram.js";

/** Grey values between the 0.1th and the 99.9th percentile, at least one bin. */
export function span({ counts, step, total }: Histogram): number {
  let low = 0;
  let high = 0;
  let sum = 0;
  for (let k = 0; k < counts.length; k++) {
    if (sum < 0.001 * total) low = k;
    if (sum < 0.999 * total) high = k;
    sum += counts[k]!;
  }
  return step * (high - low + 1);
}

/** Bins joined, `merge` to one, with `margin` empty ones at both ends. */
export function merged(counts: Float64Array, merge: number, margin: number): Float64Array {
  const out = new Float64Array(Math.ceil(counts.length / merge) + 2 * margin);
  for (let k = 0; k < counts.length; k++) out[margin + Math.floor(k / merge)]! += counts[k]!;
  return out;
}

/** Convolution with a Gaussian; nothing is counted beyond the ends. */
export function smooth(values: Float64Array, sigma: number): Float64Array {
  if (sigma === 0) return values;
  const half = Math.ceil(4 * sigma);
  const weights = Float64Array.from({ length: 2 * half + 1 }, (_, k) => Math.exp(-0.5 * ((k - half) / sigma) ** 2));
  const sum = weights.reduce((a, b) => a + b);
  return values.map((_, k) => {
    let mean = 0;
    for (let d = Math.max(-half, -k); d <= Math.min(half, values.length - 1 - k); d++)
      mean += weights[half + d]! * values[k + d]!;
    return mean / sum;
  });
}

/** Maxima by prominence; of a flat top the middle. */
export function peaksOf(heights: Float64Array, least: number): { at: number; prominence: number }[] {
  const found: { at: number; prominence: number }[] = [];
  for (let k = 1, from = 1; k < heights.length; k++) {
    if (heights[k] === heights[k - 1]) continue;
    if (heights[k]! > heights[k - 1]!) from = k;
    else if (from < k && heights[from]! > heights[from - 1]!) {
      const top = heights[from]!;
      const side = (start: number, direction: 1 | -1): number => {
        let valley = top;
        for (let n = start; n >= 0 && n < heights.length; n += direction) {
          // Of two equal peaks the first one is the higher one, or both would count as one mountain's foot.
          if (heights[n]! > top || (heights[n] === top && direction < 0)) return valley;
          valley = Math.min(valley, heights[n]!);
        }
        return 0;
      };
      const prominence = top - Math.max(side(from - 1, -1), side(k, 1));
      if (prominence > 0 && prominence >= least) found.push({ at: (from + k - 1) / 2, prominence });
      from = k;
    } else from = k;
  }
  return found;
}

/** Where the lowest of the heights between two peaks is; of a flat valley the middle. */
export function lowest(heights: Float64Array, from: number, to: number): number {
  let [first, last] = [Math.ceil(from), Math.ceil(from)];
  for (let k = first; k <= to; k++) {
    if (heights[k]! < heights[first]!) first = last = k;
    else if (heights[k] === heights[first] && k === last + 1) last = k;
  }
  return (first + last) / 2;
}

/**
 * Standard deviation, in bins, of the Gaussian that falls from a peak as fast as the heights do on their steeper side: to half,
 * or, where the valley beside the peak is not as low, half the way down to it.
 * @param valleys where the peak ends on both sides
 */
export function deviationOf(
  heights: Float64Array,
  at: number,
  valleys: readonly [before: number, after: number],
): number {
  const top = heights[Math.round(at)]!;
  const along = (step: 1 | -1): number => {
    const end = Math.round(valleys[step < 0 ? 0 : 1]);
    const level = Math.max(0.5, (1 + (heights[end] ?? 0) / top) / 2);
    let k = Math.round(at);
    while (k !== end && heights[k]! > level * top) k += step;
    const [beyond, before] = [heights[k]!, heights[k - step]!];
    const share = before > beyond ? (level * top - beyond) / (before - beyond) : 0;
    return Math.abs(k - step * share - at) / Math.sqrt(-2 * Math.log(level));
  };
  return Math.min(...([-1, 1] as const).map(along).filter((deviation) => !Number.isNaN(deviation)));
}
