/** Where states are on an axis: by their times, else by equal steps; round times and names that can be read. */
import { describe, expect, test } from "vitest";
import { legible, stateAxis, timesOf, timeTicks } from "#widgets/draw/state-axis.js";

const HOUR = 3600;

describe("an axis of states", () => {
  test.each([undefined, "equal", "uneven"] as const)(
    "gives each place the state that is nearest, with times that are %s",
    (kind) => {
      for (const count of [1, 2, 7, 100]) {
        const times =
          kind === undefined
            ? undefined
            : Array.from({ length: count }, (_, k) => 5 + (kind === "equal" ? 3 * k : k ** 3));
        const axis = stateAxis(count, times, 50, 800);
        const middles = Array.from({ length: count }, (_, k) => axis.middle(k));
        for (const [k, x] of middles.entries()) {
          expect(axis.at(x)).toBe(k);
          const [begin, end] = axis.cell(k);
          expect(begin).toBeLessThan(x);
          expect(end).toBeGreaterThan(x);
          if (k > 0) expect(begin).toBe(axis.cell(k - 1)[1]);
        }
        expect([axis.cell(0)[0], axis.cell(count - 1)[1]]).toEqual([50, 850]);
        expect([axis.at(-9), axis.at(9999)]).toEqual([0, count - 1]);
        for (let x = 51; x < 850; x += 7.3) {
          const far = middles.map((middle) => Math.abs(middle - x));
          expect(far[axis.at(x)]).toBeCloseTo(Math.min(...far), 9);
        }
      }
    },
  );

  test("is proportional to time, and equal times are equal steps", () => {
    const axis = stateAxis(4, [0, HOUR, 2 * HOUR, 10 * HOUR], 0, 800);
    const step = axis.middle(1) - axis.middle(0);
    expect(axis.middle(2) - axis.middle(1)).toBeCloseTo(step, 9);
    expect(axis.middle(3) - axis.middle(2)).toBeCloseTo(8 * step, 9);
    expect(axis.place(6 * HOUR)).toBeCloseTo(axis.middle(0) + 6 * step, 9);
    const [equal, none] = [stateAxis(5, [7, 9, 11, 13, 15], 20, 500), stateAxis(5, undefined, 20, 500)];
    for (let k = 0; k < 5; k++) expect(equal.middle(k)).toBeCloseTo(none.middle(k), 9);
    expect(none.middle(0)).toBe(70);
    expect(none.place(9)).toBeNaN();
  });

  test("has times only where each state has one, and there are some", () => {
    expect(timesOf([{ time: 0 }, { time: 5 }])).toEqual([0, 5]);
    expect(timesOf([{ time: 0 }, {}])).toBeUndefined();
    expect(timesOf([{ time: 3 }])).toBeUndefined();
    expect(timesOf([{}, {}])).toBeUndefined();
  });
});

test.each([
  [[0, 1800, 12600], "h", ["0", "1", "2", "3"]],
  [[0, 90, 600], "min", ["0", "2", "4", "6", "8", "10"]],
  [[0, 30, 100], "s", ["0", "20", "40", "60", "80", "100"]],
  [[-HOUR, 0, HOUR], "h", ["-1", "-0.5", "0", "0.5", "1"]],
  [[100 * 86_400, 130 * 86_400], "d", ["100", "110", "120", "130"]],
  [[0, 0.01], "s", ["0", "0.002", "0.004", "0.006", "0.008", "0.01"]],
] as const)("round times of %j s are in %s", (times, unit, texts) => {
  const found = timeTicks(times, 5);
  expect(found.unit).toBe(unit);
  expect(found.ticks.map(({ text }) => text)).toEqual(texts);
  const size = { d: 86_400, h: HOUR, min: 60, s: 1 }[found.unit]!;
  for (const { time, text } of found.ticks) expect(time).toBeCloseTo(Number(text) * size, 6);
});

test("of names beside each other those are written that do not meet, what is shown in any case", () => {
  const places = [0, 10, 20, 30, 200];
  const widths = [18, 18, 18, 18, 18];
  expect([...legible(places, widths, [])].sort()).toEqual([0, 2, 4]);
  expect([...legible(places, widths, [1])].sort()).toEqual([1, 3, 4]);
  expect([...legible(places, widths, [1, 2])].sort((a, b) => a - b)).toEqual([1, 2, 4]);
  expect([...legible([], [], [])]).toEqual([]);
});
