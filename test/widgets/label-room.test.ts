/** Texts over a picture are inside of it, and none is over another. */
import { expect, test } from "vitest";
import { LabelRoom, shortened } from "#widgets/draw/label-room.js";
import { random } from "../support/random-volume.js";

const SIZE = { width: 200, height: 100 };
const text = { width: 50, height: 14 };

test("a text at an edge is moved inside, and one where another is takes the next place", () => {
  const room = new LabelRoom(SIZE);
  expect(room.place(text, [{ x: 195, y: -5 }])).toEqual({ x: 147, y: 3, ...text });
  expect(room.place(text, [{ x: 190, y: 5 }])).toBeUndefined();
  expect(
    room.place(text, [
      { x: 190, y: 5 },
      { x: 60, y: 50 },
    ]),
  ).toEqual({ x: 35, y: 43, ...text });
  // What has to be written is, if need be over others.
  expect(room.place(text, [{ x: 190, y: 5 }], true)).toEqual({ x: 147, y: 3, ...text });
  room.keep({ x: 0, y: 80, width: 200, height: 20 });
  expect(room.place(text, [{ x: 100, y: 90 }])).toBeUndefined();
  expect(room.place(text, [])).toBeUndefined();
});

test("of many texts none meets another", () => {
  const next = random(3);
  const room = new LabelRoom(SIZE);
  const boxes = Array.from({ length: 60 }, () =>
    room.place(text, [{ x: 220 * next() - 10, y: 120 * next() - 10 }]),
  ).flatMap((box) => (box === undefined ? [] : [box]));
  expect(boxes.length).toBeGreaterThan(5);
  for (const [k, a] of boxes.entries()) {
    expect(Math.min(a.x, a.y)).toBeGreaterThanOrEqual(0);
    expect([a.x + a.width <= SIZE.width, a.y + a.height <= SIZE.height]).toEqual([true, true]);
    for (const b of boxes.slice(k + 1))
      expect(a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y).toBe(true);
  }
});

test("a text that is too wide ends with …", () => {
  const widthOf = (part: string): number => 10 * [...part].length;
  expect(shortened("median 2", 80, widthOf)).toBe("median 2");
  expect(shortened("gaussian 3", 80, widthOf)).toBe("gaussia…");
  expect(shortened("\u{1d6fc}\u{1d6fd}\u{1d6fe}", 20, widthOf)).toBe("\u{1d6fc}…");
  expect(shortened("abc", 5, widthOf)).toBe("…");
});
