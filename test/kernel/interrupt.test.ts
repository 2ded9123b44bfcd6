import { describe, expect, test } from "vitest";
import { newHalt, raise, stopped } from "#kernel/halt.js";
import { Interrupter, type Means } from "#kernel/interrupt.js";

/** A main thread that hears a step or does not; writes down what was tried. */
function deafUntil(step: "tell" | "signal" | "terminate" | "never", after = 1): { means: Means; steps: string[] } {
  const steps: string[] = [];
  const tried = (name: string) => steps.filter((one) => one === name).length;
  const heard = () => step !== "never" && tried(step) >= after;
  const note = (name: string) => void steps.push(name);
  const means: Means = {
    raise: (reason) => note(`raise ${reason}`),
    tell: async () => {
      note("tell");
      return heard();
    },
    turns: async () => heard(),
    signal: () => note("signal"),
    terminate: () => note("terminate"),
  };
  return { means, steps };
}

describe("an interrupt", () => {
  test("goes no further than needed", async () => {
    for (const [step, expected] of [
      ["tell", ["raise reader", "tell"]],
      ["signal", ["raise reader", "tell", "signal"]],
      ["terminate", ["raise reader", "tell", "signal", "terminate"]],
    ] as const) {
      const { means, steps } = deafUntil(step);
      await new Interrupter(means).interrupt("reader");
      expect(steps).toEqual(expected);
    }
  });

  test("terminates again while another callback spins", async () => {
    const { means, steps } = deafUntil("terminate", 3);
    await new Interrupter(means).interrupt("reader");
    expect(steps.filter((one) => one === "terminate").length).toBe(3);
  });

  test("gives up on a main thread that never turns", async () => {
    const { means, steps } = deafUntil("never");
    await new Interrupter(means).interrupt("memory");
    expect(steps[0]).toBe("raise memory");
    expect(steps.filter((one) => one === "terminate").length).toBeLessThanOrEqual(50);
  });

  test("that comes while one is on its way is the same one", async () => {
    const { means, steps } = deafUntil("signal");
    const interrupter = new Interrupter(means);
    await Promise.all([interrupter.interrupt("reader"), interrupter.interrupt("reader")]);
    expect(steps.filter((one) => one === "signal").length).toBe(1);
    await interrupter.interrupt("reader");
    expect(steps.filter((one) => one.startsWith("raise")).length).toBe(2);
  });

  test("by a page's Stop comes only where its handler cannot run", async () => {
    const deaf = deafUntil("tell");
    await new Interrupter(deaf.means).interruptIfDeaf();
    expect(deaf.steps).toEqual(["raise reader", "tell"]);
    const hearing = deafUntil("tell", 0);
    await new Interrupter(hearing.means).interruptIfDeaf();
    expect(hearing.steps).toEqual([]);
  });
});

test("the flag says who stops a loop", () => {
  const halt = newHalt();
  raise(halt, "memory", "cells hold 3 GiB");
  expect(stopped(halt)).toMatchObject({ name: "OutOfMemory", message: expect.stringContaining("cells hold 3 GiB") });
  raise(halt, "reader");
  expect(stopped(halt)).toMatchObject({ name: "Interrupted", message: expect.not.stringContaining("GiB") });
});
