/** An axis of a plot: where values lie on it, and which of them are written. */

export interface AxisScale {
  /** Ends, in values. */
  readonly low: number;
  readonly high: number;
  readonly log: boolean;
  /** Share of the axis, 0 to 1 between its ends; NaN for what a logarithmic axis has not. */
  at(value: number): number;
  /** The value at a share of the axis. */
  valueAt(share: number): number;
}

/** An axis on which all finite values lie, with a little room beside them; on a logarithmic one those above 0. */
export function axisFor(values: ArrayLike<number>, log: boolean): AxisScale {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let k = 0; k < values.length; k++) {
    const value = values[k]!;
    if (!Number.isFinite(value) || (log && value <= 0)) continue;
    if (value < least) least = value;
    if (value > most) most = value;
  }
  if (least > most) [least, most] = log ? [1, 10] : [0, 1];
  const [from, to] = log ? [Math.log10(least), Math.log10(most)] : [least, most];
  // One value alone stands in the middle.
  const room = to > from ? 0.03 * (to - from) : log ? 0.5 : Math.abs(from) || 1;
  const [begin, end] = [from - room, to + room];
  const length = end - begin;
  return {
    low: log ? 10 ** begin : begin,
    high: log ? 10 ** end : end,
    log,
    at: (value) => ((log ? Math.log10(value > 0 ? value : Number.NaN) : value) - begin) / length,
    valueAt: (share) => (log ? 10 ** (begin + share * length) : begin + share * length),
  };
}

/** Values to write at an axis, 1-2-5 apart; on a logarithmic one of some decades powers of ten. @param most so many, about */
export function ticksOf({ low, high, log }: Pick<AxisScale, "low" | "high" | "log">, most: number): number[] {
  if (log && high / low >= 20) {
    const [from, to] = [Math.ceil(Math.log10(low)), Math.floor(Math.log10(high))];
    const step = Math.max(1, Math.ceil((to - from + 1) / most));
    const factors = (to - from + 1) * 3 <= most ? [1, 2, 5] : [1];
    const all: number[] = [];
    for (let power = from - 1; power <= to; power += step) for (const factor of factors) all.push(factor * 10 ** power);
    return all.filter((value) => value >= low && value <= high);
  }
  const raw = (high - low) / Math.max(1, most);
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = power * ([1, 2, 5, 10].find((factor) => factor * power >= raw) ?? 10);
  const ticks: number[] = [];
  // By whole numbers: steps of 0.1 that are added up drift.
  for (let k = Math.ceil(low / step); k * step <= high; k++) ticks.push(Number((k * step).toPrecision(12)));
  return ticks;
}

/** A number beside an axis or in a table, in so many digits. */
export function numberText(value: number, digits = 5): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e9) return String(value);
  const size = Math.abs(value);
  if (size !== 0 && (size >= 10 ** (digits + 1) || size < 1e-4))
    return value.toExponential(digits - 1).replace(/\.?0+e/, "e");
  return String(Number(value.toPrecision(digits)));
}
