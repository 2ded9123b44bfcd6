/** Between-class sum of squares of values parted by ascending thresholds (a class: above one, not above the next). */
export function betweenClasses(
  values: readonly number[],
  counts: readonly number[],
  thresholds: readonly number[],
): number {
  const total = counts.reduce((a, b) => a + b, 0);
  const mean = values.reduce((sum, value, k) => sum + value * counts[k]!, 0) / total;
  let sum = 0;
  for (let c = 0; c <= thresholds.length; c++) {
    const low = thresholds[c - 1] ?? Number.NEGATIVE_INFINITY;
    const high = thresholds[c] ?? Number.POSITIVE_INFINITY;
    let weight = 0;
    let first = 0;
    for (const [k, value] of values.entries())
      if (value > low && value <= high) {
        weight += counts[k]!;
        first += counts[k]! * value;
      }
    if (weight > 0) sum += weight * (first / weight - mean) ** 2;
  }
  return sum;
}

/** All ways to choose `count` of the values, in order. */
function* chosen(values: readonly number[], count: number, from = 0): Iterable<number[]> {
  if (count === 0) yield [];
  else
    for (let k = from; k <= values.length - count; k++)
      for (const rest of chosen(values, count - 1, k + 1)) yield [values[k]!, ...rest];
}

/** The largest between-class sum of squares that any thresholds give, by trying all of them. */
export function bestBetweenClasses(values: readonly number[], counts: readonly number[], classes: number): number {
  let best = Number.NEGATIVE_INFINITY;
  for (const thresholds of chosen(values.slice(0, -1), classes - 1))
    best = Math.max(best, betweenClasses(values, counts, thresholds));
  return best;
}
