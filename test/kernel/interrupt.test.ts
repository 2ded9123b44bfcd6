import { describe, expect, test } from "vitest";
import { Interrupter, type Means } from "#kernel/io/interrupt.js";
import { newHalt, raise, stopped } from "#kernel/threads/halt.js";

/**
 * A main thread: what it is told, and when it hears. `callbacks` spin one after the other; each takes one termination.
 * `free` says that the event loop turns by itself after so many questions.
 */
function thread({ callbacks = 0, free = Number.POSITIVE_INFINITY }: { callbacks?: number; free?: number } = {}) {
  const steps: string[] = [];
  let left = callbacks;
  let questions = 0;
  let ending: (() => void) | undefined;
  const answer = (name: string): boolean => {
    steps.push(name);
    if (++questions >= free) left = 0;
    if (left > 0) return false;
    // Nothing spins any more: a termination on its way ends the answer instead.
    if (ending === undefined) return true;
    ending();
    ending = undefined;
    steps.push("answer lost");
    return false;
  };
  const means: Means = {
    raise: (reason) => void steps.push(`raise ${reason}`),
    tell: async () => {
      const heard = callbacks === 0;
      return answer("tell") && heard;
    },
    turns: async () => answer("turns"),
    terminate: () =>
      new Promise((resolve) => {
        steps.push("terminate");
        if (left === 0) ending = resolve;
        else {
          left--;
          resolve();
        }
      }),
    settle: async () => answer("settle"),
  };
  return { means, steps };
}

const count = (steps: readonly string[], name: string): number => steps.filter((one) => one === name).length;

describe("an interrupt", () => {
  test("goes no further than the flag where that is heard", async () => {
    const { means, steps } = thread();
    await new Interrupter(means).interrupt("reader");
    expect(steps).toEqual(["raise reader", "tell"]);
  });

  test("terminates once for each callback that spins, and says at the end that it is over", async () => {
    for (const callbacks of [1, 2, 5]) {
      const { means, steps } = thread({ callbacks });
      await new Interrupter(means).interrupt("reader");
      expect(count(steps, "terminate")).toBe(callbacks);
      expect(steps.at(-1)).toBe("settle");
    }
  });

  test("whose termination comes too late ends its own question, and nothing after that", async () => {
    // The loop ends by itself between the decision and the termination.
    const { means, steps } = thread({ callbacks: 1, free: 1 });
    await new Interrupter(means).interrupt("reader");
    expect(count(steps, "answer lost")).toBeLessThanOrEqual(1);
    expect(steps.indexOf("answer lost")).toBeLessThan(steps.indexOf("settle"));
    expect(steps.slice(-2)).not.toContain("answer lost");
    expect(steps.at(-1)).toBe("settle");
  });

  test("gives up on a main thread that never turns", async () => {
    const { means, steps } = thread({ callbacks: Number.POSITIVE_INFINITY });
    await new Interrupter(means).interrupt("memory");
    expect(steps[0]).toBe("raise memory");
    expect(count(steps, "terminate")).toBeLessThanOrEqual(50);
  });

  test("that comes while one is on its way is the same one", async () => {
    const { means, steps } = thread({ callbacks: 1 });
    const interrupter = new Interrupter(means);
    const first = interrupter.interrupt("reader");
    expect(interrupter.pending).toBe(first);
    await Promise.all([first, interrupter.interrupt("reader")]);
    expect(interrupter.pending).toBeUndefined();
    expect(count(steps, "raise reader")).toBe(1);
    await interrupter.interrupt("reader");
    expect(count(steps, "raise reader")).toBe(2);
  });
});

test("the flag says who stops a loop", () => {
  const halt = newHalt();
  raise(halt, "memory", "cells hold 3 GiB");
  expect(stopped(halt)).toMatchObject({ name: "OutOfMemory", message: expect.stringContaining("cells hold 3 GiB") });
  raise(halt, "reader");
  expect(stopped(halt)).toMatchObject({ name: "Interrupted", message: expect.not.stringContaining("GiB") });
});
