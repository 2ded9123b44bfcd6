/** Thresholds from their definitions, by trying all of them; histograms are lists of counts, values are their indices. */

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
const mean = (counts: readonly number[], from: number, to: number): number =>
  sum(counts.slice(from, to).map((n, k) => n * (from + k))) / sum(counts.slice(from, to));

/** Entropy of the values of a class, −Σ p ln p. */
function entropy(counts: readonly number[]): number {
  const all = sum(counts);
  return -sum(counts.filter((n) => n > 0).map((n) => (n / all) * Math.log(n / all)));
}

/** Classes of the counts that ascending thresholds make. */
const classesOf = (counts: readonly number[], thresholds: readonly number[]): number[][] =>
  [...thresholds, counts.length - 1].map((end, k) => counts.slice(k === 0 ? 0 : thresholds[k - 1]! + 1, end + 1));

/** Sum of the entropies of the classes; −∞ if one is empty. */
export function kapurOf(counts: readonly number[], thresholds: readonly number[]): number {
  const classes = classesOf(counts, thresholds);
  return classes.some((part) => sum(part) === 0) ? Number.NEGATIVE_INFINITY : sum(classes.map(entropy));
}

/** Correlation of both classes: −Σ over them of ln Σ p². */
export function yenOf(counts: readonly number[], threshold: number): number {
  const classes = classesOf(counts, [threshold]);
  const correlation = (part: readonly number[]): number => {
    const all = sum(part);
    return -Math.log(sum(part.map((n) => (n / all) ** 2)));
  };
  return classes.some((part) => sum(part) === 0) ? Number.NEGATIVE_INFINITY : sum(classes.map(correlation));
}

/** All ways to choose ascending thresholds below `length − 1`. */
export function* choices(length: number, count: number, from = 0): Iterable<number[]> {
  if (count === 0) yield [];
  else for (let k = from; k < length - 1; k++) for (const rest of choices(length, count - 1, k + 1)) yield [k, ...rest];
}

/** The lowest thresholds with the largest value of a criterion. */
export function best(
  counts: readonly number[],
  count: number,
  of: (thresholds: readonly number[]) => number,
): { thresholds: number[]; value: number } {
  let found = { thresholds: [] as number[], value: Number.NEGATIVE_INFINITY };
  for (const thresholds of choices(counts.length, count)) {
    const value = of(thresholds);
    if (value > found.value + 1e-12) found = { thresholds, value };
  }
  return found;
}

/** How far halfway between the means of both classes lies above a threshold. */
export const isodataOf = (counts: readonly number[], threshold: number): number =>
  (mean(counts, 0, threshold + 1) + mean(counts, threshold + 1, counts.length)) / 2 - threshold;

/** From the mean, step by step, to the threshold at which both means have the least cross entropy; values count from 0. */
export function li(counts: readonly number[]): number {
  let [before, at] = [Number.NEGATIVE_INFINITY, mean(counts, 0, counts.length)];
  while (Math.abs(at - before) > 0.5) {
    before = at;
    const cut = Math.floor(before) + 1;
    const [dark, bright] = [mean(counts, 0, cut), mean(counts, cut, counts.length)];
    if (dark === 0) break;
    at = (bright - dark) / Math.log(bright / dark);
  }
  return at;
}

/** Distance of the top of a bin from the line through the tops of two others, below it. */
export function belowLine(counts: readonly number[], peak: number, foot: number, at: number): number {
  const [dx, dy] = [foot - peak, counts[foot]! - counts[peak]!];
  // The line goes down to zero at the foot.
  const drop = dy - counts[foot]!;
  const onLine = counts[peak]! + (drop * (at - peak)) / dx;
  return (onLine - counts[at]!) * (Math.abs(dx) / Math.hypot(dx, drop));
}

/** One iteration of expectation maximisation over single voxels; what it makes of weights, means and variances. */
export function emStep(
  voxels: readonly number[],
  { weights, means, variances }: { weights: number[]; means: number[]; variances: number[] },
): { weights: number[]; means: number[]; variances: number[]; likelihood: number } {
  const heights = voxels.map((value) =>
    weights.map(
      (weight, k) =>
        (weight * Math.exp(-((value - means[k]!) ** 2) / (2 * variances[k]!))) / Math.sqrt(2 * Math.PI * variances[k]!),
    ),
  );
  const shares = heights.map((all) => all.map((height) => height / sum(all)));
  const part = (k: number): number => sum(shares.map((all) => all[k]!));
  const centres = weights.map((_, k) => sum(shares.map((all, n) => all[k]! * voxels[n]!)) / part(k));
  return {
    weights: weights.map((_, k) => part(k) / voxels.length),
    means: centres,
    variances: weights.map((_, k) => sum(shares.map((all, n) => all[k]! * (voxels[n]! - centres[k]!) ** 2)) / part(k)),
    likelihood: sum(heights.map((all) => Math.log(sum(all)))) / voxels.length,
  };
}
