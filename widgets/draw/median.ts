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
 * Median of the numbers that there are, of an even number of them the mean of the two in the middle; NaN where there are none. Of all rows
 * it is read off the order, of some it takes one walk through half of them.
 * @param order of all rows, by {@link orderOf}
 * @param lit by row, 1: counts; undefined: all do
 */
export function medianOf(numbers: ArrayLike<number>, order: Uint32Array, lit?: Uint8Array): number {
  if (lit === undefined) {
    let count = order.length;
    while (count > 0 && Number.isNaN(numbers[order[count - 1]!]!)) count--;
    return count === 0 ? Number.NaN : mean(numbers[order[(count - 1) >> 1]!]!, numbers[order[count >> 1]!]!);
  }
  let count = 0;
  for (let row = 0; row < lit.length; row++) if (lit[row] === 1 && !Number.isNaN(numbers[row]!)) count++;
  let seen = 0;
  let lower = Number.NaN;
  for (const row of order) {
    if (lit[row] !== 1) continue;
    if (seen === (count - 1) >> 1) lower = numbers[row]!;
    if (seen++ === count >> 1) return mean(lower, numbers[row]!);
  }
  return Number.NaN;
}

/** Of two numbers that may be the same infinity. */
const mean = (a: number, b: number): number => (a === b ? a : (a + b) / 2);
