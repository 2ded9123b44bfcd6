/** For each of some numbers the sum of it and all before. */
export function runningSums(values: ArrayLike<number>): Float64Array {
  const sums = new Float64Array(values.length);
  for (let k = 0, sum = 0; k < sums.length; k++) {
    sum += values[k]!;
    sums[k] = sum;
  }
  return sums;
}
