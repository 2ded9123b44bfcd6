/** Counts of values in bins [first + k·step, first + (k+1)·step), the last one closed, by comparing with every edge. */
export function histogram(
  values: ArrayLike<number>,
  first: number,
  step: number,
  bins: number,
): { counts: number[]; below: number; above: number; nan: number } {
  const counts = new Array<number>(bins).fill(0);
  let below = 0;
  let above = 0;
  let nan = 0;
  const edge = (k: number): number => first + step * k;
  for (const value of Array.from(values)) {
    if (Number.isNaN(value)) nan++;
    else if (value < first) below++;
    else if (value > edge(bins)) above++;
    else {
      let k = 0;
      while (k + 1 < bins && value >= edge(k + 1)) k++;
      counts[k]!++;
    }
  }
  return { counts, below, above, nan };
}
