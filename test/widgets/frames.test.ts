/** When views draw: at once where a frame had nothing to draw, and once a frame however often they are asked. */
import { afterEach, beforeEach, expect, test } from "vitest";
import { behindFrames, perFrame } from "#widgets/view/dom.js";

/** What waits for the next frame, by number. */
const waiting = new Map<number, () => void>();
let last = 0;
const nextFrame = (): void => {
  const now = [...waiting.values()];
  waiting.clear();
  for (const call of now) call();
};
const behindEvent = (): Promise<void> => Promise.resolve();

beforeEach(() => {
  waiting.clear();
  Object.assign(globalThis, {
    requestAnimationFrame: (call: () => void) => waiting.set(++last, call) && last,
    cancelAnimationFrame: (number: number) => waiting.delete(number),
  });
});
afterEach(() => {
  Reflect.deleteProperty(globalThis, "requestAnimationFrame");
  Reflect.deleteProperty(globalThis, "cancelAnimationFrame");
});

function counted(): { drawn(): number } & ReturnType<typeof perFrame> {
  let drawn = 0;
  const frame = perFrame(() => drawn++);
  return { ...frame, drawn: () => drawn };
}

test("who asks at rest is served behind the event, once", async () => {
  const frame = counted();
  frame.ask();
  frame.ask();
  expect(frame.drawn()).toBe(0);
  await behindEvent();
  expect(frame.drawn()).toBe(1);
  nextFrame();
  expect(frame.drawn()).toBe(1);
});

test("who asks again before the frame waits for it, and a view that is asked all the time draws once a frame", async () => {
  const frame = counted();
  for (let k = 0; k < 5; k++) {
    for (let n = 0; n < 3; n++) {
      frame.ask();
      await behindEvent();
    }
    nextFrame();
  }
  // Once behind the first event, and in each frame.
  expect(frame.drawn()).toBe(6);
});

test("at rest nothing waits for frames", async () => {
  const frame = counted();
  frame.ask();
  await behindEvent();
  for (let k = 0; k < 3; k++) nextFrame();
  expect(waiting.size).toBe(0);
});

test("what is drawn now is not drawn again, and what is called off is not drawn", async () => {
  const frame = counted();
  frame.ask();
  frame.now();
  await behindEvent();
  nextFrame();
  expect(frame.drawn()).toBe(1);
  nextFrame();
  frame.ask();
  frame.cancel();
  await behindEvent();
  nextFrame();
  expect(frame.drawn()).toBe(1);
});

test("what is drawn behind the frame is drawn once, and not if it was called off", async () => {
  let drawn = 0;
  const behind = behindFrames(() => drawn++);
  const later = (): Promise<void> => new Promise((done) => setTimeout(done, 5));
  behind.ask();
  behind.ask();
  await later();
  expect(drawn).toBe(0);
  nextFrame();
  expect(drawn).toBe(0);
  behind.ask();
  await later();
  expect(drawn).toBe(1);
  nextFrame();
  await later();
  expect(drawn).toBe(1);
  behind.ask();
  nextFrame();
  behind.cancel();
  await later();
  expect(drawn).toBe(1);
});
