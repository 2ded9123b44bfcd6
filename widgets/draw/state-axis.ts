/** An axis of states, by their times where they have some: for the page and for the picture alike. */
import { numberText, ticksOf } from "./axis.js";

/** Where states are on an axis, in pixels. */
export interface StateAxis {
  /** Where a state is. */
  middle(state: number): number;
  /** Where what is shown of a state begins and ends: halfway to its neighbours. */
  cell(state: number): readonly [begin: number, end: number];
  /** Where a time is; without times nowhere (NaN). */
  place(time: number): number;
  /** The state that is nearest. */
  at(x: number): number;
}

/** The times of states, where each has one. */
export function timesOf(states: readonly { readonly time?: number }[]): readonly number[] | undefined {
  const times = states.map(({ time }) => time);
  return times.length > 1 && times.every((time): time is number => time !== undefined) ? times : undefined;
}

/**
 * An axis from `from` on, `width` long.
 * @param count states
 * @param times of the states, rising; undefined: they are the same step apart. Equal times look as equal steps do
 */
export function stateAxis(count: number, times: readonly number[] | undefined, from: number, width: number): StateAxis {
  const room = width / (2 * count);
  const [first, last] = times === undefined ? [0, count - 1] : [times[0]!, times.at(-1)!];
  const place = (value: number): number =>
    last > first ? from + room + ((value - first) / (last - first)) * (width - 2 * room) : from + width / 2;
  const middle = (state: number): number => place(times?.[state] ?? state);
  const between = (state: number): number =>
    state < 0 ? from : state >= count - 1 ? from + width : (middle(state) + middle(state + 1)) / 2;
  return {
    middle,
    cell: (state) => [between(state - 1), between(state)],
    place: (time) => (times === undefined ? Number.NaN : place(time)),
    at(x) {
      let [low, high] = [0, count - 1];
      while (low < high) {
        const half = (low + high) >> 1;
        if (x < between(half)) high = half;
        else low = half + 1;
      }
      return low;
    },
  };
}

const UNITS = [
  ["d", 86_400],
  ["h", 3600],
  ["min", 60],
  ["s", 1],
] as const;

/** Round times to write below an axis, all in one unit. */
export interface TimeTicks {
  readonly unit: string;
  readonly ticks: readonly { readonly time: number; readonly text: string }[];
}

/** @param times in seconds, rising @param most so many ticks, about */
export function timeTicks(times: readonly number[], most: number): TimeTicks {
  const [low, high] = [times[0]!, times.at(-1)!];
  // In a unit of which there is hardly one the numbers would be all fractions.
  const [unit, size] = UNITS.find(([, size]) => high - low >= 2 * size) ?? (["s", 1] as const);
  const values = ticksOf({ low: low / size, high: high / size, log: false }, most);
  return { unit, ticks: values.map((value) => ({ time: value * size, text: numberText(value) })) };
}

/**
 * Which of several texts beside each other can be written, so that none meets another.
 * @param places middles of the texts, ascending
 * @param widths of the texts, with the gap between them
 * @param first those that are written in any case
 */
export function legible(places: readonly number[], widths: readonly number[], first: readonly number[]): Set<number> {
  const meets = (a: number, b: number): boolean => Math.abs(places[a]! - places[b]!) < (widths[a]! + widths[b]!) / 2;
  const written = new Set(first);
  let last: number | undefined;
  for (const k of places.keys()) {
    if (written.has(k) || first.some((one) => meets(one, k)) || (last !== undefined && meets(last, k))) continue;
    written.add(k);
    last = k;
  }
  return written;
}
