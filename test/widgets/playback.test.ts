/** Which state a player shows, by a clock of the test's own. */
import { describe, expect, test } from "vitest";
import { axisEnd, inMark } from "#widgets/draw/marks.js";
import { Playback } from "#widgets/view/time/playback.js";

const always = () => true;

/** Plays for some time in frames of 16 ms. @returns the states that were shown, with the time */
function played(
  playback: Playback,
  until: number,
  complete: (state: number, now: number) => boolean,
): [number, number][] {
  const shown: [number, number][] = [];
  for (let now = 0; now <= until; now += 16) {
    const state = playback.next(now, (one) => complete(one, now));
    if (state !== undefined) shown.push([now, state]);
  }
  return shown;
}

describe("playback", () => {
  test("shows each state in its turn, at the speed that was asked for, round and round", () => {
    const shown = played(new Playback(4, 10, true, 1, 0), 2000, always);
    expect(shown.map(([, state]) => state)).toEqual(Array.from({ length: 20 }, (_, k) => (k + 2) % 4));
    for (const [k, [now]] of shown.entries()) expect(Math.abs(now - 100 * (k + 1))).toBeLessThanOrEqual(16);
  });

  test("leaves states out that did not come, and is never behind the clock when one does", () => {
    const shown = played(new Playback(10, 20, true, 0, 0), 3000, (state) => state % 3 === 0);
    // Of 59 states that were due those come that are there, each within its own 50 ms.
    for (const [now, state] of shown) expect(state).toBe(Math.floor(now / 50 + 1e-6) % 10);
    expect(shown.length).toBe(23);
  });

  test("shows what comes slowly though it is late, rather than nothing", () => {
    const playback = new Playback(50, 25, false, 0, 0);
    const there = new Set([0]);
    const shown: number[] = [];
    // Every 300 ms comes what is wanted most.
    for (let now = 0, come = 300; now <= 3000; now += 16) {
      const complete = (state: number) => there.has(state);
      const [wanted] = playback.ahead(now, complete);
      if (now >= come && wanted !== undefined) {
        there.add(wanted);
        come += 300;
      }
      const state = playback.next(now, complete);
      if (state !== undefined) shown.push(state);
    }
    expect(shown.length).toBeGreaterThanOrEqual(6);
    expect(shown).toEqual([...shown].sort((a, b) => a - b));
    expect(shown.at(-1)).toBeGreaterThan(25);
  });

  test("ends at the last state, which is not left out", () => {
    const playback = new Playback(3, 10, false, 0, 0);
    expect(played(playback, 150, always)).toEqual([[112, 1]]);
    expect(playback.ended).toBe(false);
    expect(playback.ahead(5000, (state) => state < 2)).toEqual([2]);
    expect(playback.next(5000, always)).toBe(2);
    expect(playback.ended).toBe(true);
    expect(playback.ahead(5000, always)).toEqual([]);
  });

  test("fetches what will be due, the nearest first, and nothing that is there", () => {
    const playback = new Playback(8, 10, true, 6, 0);
    expect(playback.ahead(0, (state) => state === 6)).toEqual([7, 0, 1, 2]);
    expect(playback.ahead(0, (state) => state === 6 || state === 0)).toEqual([7, 1, 2]);
    expect(playback.ahead(0, always)).toEqual([]);
  });

  test("changes its speed where it is", () => {
    const playback = new Playback(100, 10, true, 0, 0);
    expect(playback.due(1000)).toBe(10);
    playback.pace(20, 1000);
    expect(playback.due(1000)).toBe(10);
    expect(playback.due(2000)).toBe(30);
  });
});

describe("a chart over states", () => {
  test.each([
    [0.449, 0.5],
    [0.5, 0.5],
    [0.31, 0.4],
    [7, 8],
    [0.009, 0.01],
    [0, 1],
    [Number.NaN, 1],
  ])("of numbers up to %s ends at %s", (largest, end) => expect(axisEnd(largest)).toBeCloseTo(end, 12));

  test("has marks that hold their middle and end within one and a half of their size", () => {
    for (let line = 0; line < 8; line++) {
      expect(inMark(line, 0, 0, 4)).toBe(true);
      for (const [x, y] of [
        [6, 6],
        [-6, 0],
        [0, 6],
        [6, -6],
      ] as const)
        expect(inMark(line, x, y, 4)).toBe(false);
    }
  });
});
