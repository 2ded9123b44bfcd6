/** Medians of a column over all its rows and over some of them, without sorting again. */

/** Rows in the order of their numbers; those without one (NaN) are last. */
export function orderOf(numbers: ArrayLike<number>): Uint32Array {
  const order = Uint32Array.from({ length: numbers.length }, (_, row) => row);
  const rank = (a: number, b: number): number => {
    const [first, second] = [numbers[a]!, numbers[b]!];
    if (Number.isNaN(first) || Number.isNaN(second)) return Number(Number.isNaN(first)) - Number(Number.isNaN(second));
    return first - second;
  };
  // The same numbers stay in the order of their rows.
  return order.sort((a, b) => rank(a, b) || a - b);
}

/**
 * Median of the numbers that there are, of an even number of them the mean of the two in the middle; NaN where there are none.
 * @param order of all rows, by {@link orderOf}
 * @param lit by row, 1: counts; undefined: all do
 */
export function medianOf(numbers: ArrayLike<number>, order: Uint32Array, lit?: Uint8Array): number {
  const counts = (row: number): boolean => (lit === undefined || lit[row] === 1) && !Number.isNaN(numbers[row]!);
  let count = 0;
  for (const row of order) count += counts(row) ? 1 : 0;
  const [lower, upper] = [Math.floor((count - 1) / 2), Math.floor(count / 2)];
  let sum = Number.NaN;
  let seen = 0;
  for (const row of order) {
    if (!counts(row)) continue;
    if (seen === lower) sum = numbers[row]!;
    if (seen === upper) return upper === lower ? sum : (sum + numbers[row]!) / 2;
    seen++;
  }
  return sum;
}
