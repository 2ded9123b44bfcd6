/** Label of a value: how many of the thresholds it is above; NaN belongs to no phase. */
export function threshold(values: ArrayLike<number>, thresholds: readonly number[]): number[] {
  return Array.from(values, (value) =>
    Number.isNaN(value) ? 255 : thresholds.filter((limit) => value > limit).length,
  );
}
