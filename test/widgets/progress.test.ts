/** A bar for loops: what it counts, how it ends, what Stop does. */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { progress, Stopped } from "#widgets/model/index.js";
import { custom, FakePage } from "../support/page.js";

let page: FakePage;
beforeEach(() => {
  page = new FakePage().attach();
});
afterEach(() => {
  page.detach();
  vi.restoreAllMocks();
});

const bar = () => page.model("ProgressModel");
const last = (): string => String(page.shown.at(-1)!.bundle["text/plain"]);
const states = (): unknown[] => bar().sent.map(({ data }) => data.state);
const pressStop = (): void => bar().say(custom({ kind: "stop" }));

async function* slowly<T>(items: Iterable<T>, log: string[] = []): AsyncGenerator<T> {
  try {
    for (const item of items) {
      await new Promise((done) => setImmediate(done));
      yield item;
    }
  } finally {
    log.push("source ended");
  }
}

describe("a loop", () => {
  test("over a list shows a bar that counts it, and leaves a line of text", () => {
    const seen: string[] = [];
    for (const item of progress(["a", "b", "c"], { title: "letters" })) seen.push(item);
    expect(seen).toEqual(["a", "b", "c"]);
    expect(bar().state).toMatchObject({ operation: "letters", done: 0, total: 3, state: "running" });
    expect(bar().extras.stops).toBe(true);
    expect(states().at(-1)).toMatchObject({ done: 3, state: "done" });
    expect(page.shown[0]).toMatchObject({ displayId: bar().id, update: false });
    expect(page.shown[0]!.bundle).toHaveProperty("application/vnd.jupyter.widget-view+json");
    expect(page.shown.at(-1)).toMatchObject({ displayId: bar().id, update: true });
    expect(last()).toMatch(/^letters: done after [\d.]+ s$/);
    expect(bar().closed).toBe(true);
  });

  test("over a number counts from 0", () => {
    expect([...progress(4)]).toEqual([0, 1, 2, 3]);
    expect([...progress(0)]).toEqual([]);
    expect(last()).toMatch(/^progress: done/);
  });

  test("over what nobody knows the length of says how many there were", () => {
    expect([...progress(new Map([[1, 2]]).keys())]).toEqual([1]);
    expect(bar().state.total).toBeNull();
    expect([...progress(new Set([5, 6]))]).toEqual([5, 6]);
    expect(page.opened.at(-1)!.state.total).toBe(2);
  });

  test("over items that come one after the other is written with `for await`", async () => {
    const seen: number[] = [];
    for await (const item of progress(slowly([1, 2, 3]))) seen.push(item);
    for await (const item of progress([4, 5])) seen.push(item);
    expect(seen).toEqual([1, 2, 3, 4, 5]);
    expect(() => [...progress(slowly([1]))]).toThrow(/write for await/);
  });

  test("does not flood the page: a thousand steps at once are few messages", () => {
    for (const _ of progress(1000));
    expect(bar().sent.length).toBeLessThanOrEqual(3);
  });

  test("that is left or fails says so, and its source ends", async () => {
    for (const item of progress([1, 2])) if (item === 1) break;
    expect(last()).toMatch(/stopped/);
    expect(() => {
      for (const _ of progress([1])) throw new RangeError("mine");
    }).toThrow("mine");
    expect(last()).toMatch(/stopped/);
    const log: string[] = [];
    for await (const _ of progress(slowly([1, 2], log))) break;
    expect(log).toEqual(["source ended"]);
    function* failing(): Generator<number> {
      yield 1;
      throw new RangeError("source");
    }
    expect(() => [...progress(failing())]).toThrow("source");
    expect(last()).toMatch(/failed/);
  });
});

describe("Stop", () => {
  test("ends a loop that awaits at its next step, with an error that says how far it was", async () => {
    const seen: number[] = [];
    const run = async (): Promise<void> => {
      for (const n of progress(100, { title: "slow" })) {
        seen.push(n);
        await new Promise((done) => setImmediate(done));
        if (n === 3) pressStop();
      }
    };
    const error = (await run().catch((reason: unknown) => reason)) as Stopped;
    expect(error).toBeInstanceOf(Stopped);
    expect([error.name, error.message]).toEqual(["Stopped", "slow was stopped after 3 of 100; its variables are kept"]);
    expect(seen).toEqual([0, 1, 2, 3]);
    expect(last()).toMatch(/^slow: stopped after/);
  });

  test("ends a `for await` that waits for its source, and lets the source end", async () => {
    const log: string[] = [];
    async function* never(): AsyncGenerator<number> {
      try {
        yield 1;
        await new Promise((done) => setImmediate(done));
        yield 2;
      } finally {
        log.push("source ended");
      }
    }
    const run = async (): Promise<void> => {
      for await (const n of progress(never())) if (n === 1) setImmediate(pressStop);
    };
    await expect(run()).rejects.toThrow(Stopped);
    await expect.poll(() => log).toEqual(["source ended"]);
  });

  test("ends a `for await` whose source never answers", async () => {
    const source: AsyncIterable<number> = { [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => {}) }) };
    const run = async (): Promise<void> => {
      for await (const _ of progress(source));
    };
    setImmediate(pressStop);
    await expect(run()).rejects.toThrow(Stopped);
  });

  test("ends a loop that counts by hand, and what was given its signal", () => {
    const counted = progress(3);
    counted.step();
    expect([counted.done, counted.signal.aborted]).toEqual([1, false]);
    pressStop();
    expect(counted.signal.reason).toBeInstanceOf(Stopped);
    expect(() => counted.step()).toThrow(Stopped);
    expect(counted.done).toBe(1);
  });

  test("by an interrupt of the cell ends the bar of a loop that was cut off", () => {
    const counted = progress(3);
    counted.step();
    for (const interrupt of page.interrupts) interrupt();
    expect(last()).toMatch(/^progress: stopped/);
    expect(() => counted.step()).toThrow(Stopped);
    expect(page.interrupts.length).toBe(1);
  });
});

describe("a bar by hand", () => {
  test("ends with its last step, or before", () => {
    const counted = progress(3, { title: "hand" });
    counted.step(2);
    counted.step();
    expect(last()).toMatch(/^hand: done/);
    const early = progress(3);
    early.end();
    early.end();
    expect(last()).toMatch(/^progress: done/);
    expect(() => early.step(-1)).toThrow(/count is -1/);
  });
});

test.each<[string, () => unknown, RegExp]>([
  ["nothing to loop over", () => progress({} as never), /takes a number of steps or something to loop over/],
  ["text", () => progress("abc" as never), /got abc/],
  ["a number that is none", () => progress(Number.NaN), /number of steps is NaN/],
  ["an unknown option", () => progress(1, { titel: "x" } as never), /did you mean `title`/],
  ["a title that is too long", () => progress(1, { title: "x".repeat(61) }), /at most 60/],
])("progress is refused with %s", (_name, make, message) => {
  expect(make).toThrow(message);
});

test("where no page listens it is one line, which is the same in every run", () => {
  page.attach(false);
  for (const _ of progress(5, { title: "grains" }));
  expect(page.opened).toEqual([]);
  expect(page.shown.map(({ bundle, update }) => [bundle["text/plain"], update])).toEqual([
    ["grains: 0 %", false],
    ["grains: done, 5 of 5", true],
  ]);
});

test("without a kernel it writes a line beside the program's output", () => {
  page.detach();
  const written: string[] = [];
  vi.spyOn(process.stderr, "write").mockImplementation((text) => written.push(String(text)) > 0);
  for (const _ of progress(5, { title: "grains" }));
  expect(written).toEqual([expect.stringMatching(/^grains: done after [\d.]+ s\n$/)]);
});
