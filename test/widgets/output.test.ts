/** Output that is captured into a widget, with the kernel's own capture. */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Json } from "#kernel/comm.js";
import { captureStreams, contexts, OutputContext } from "#kernel/session/output.js";
import { Output, Text, type Widget } from "#widgets/model/index.js";
import { FakePage, update } from "../support/page.js";

let page: FakePage;
let release: () => void;
/** What the cell itself showed. */
let cell: Json[];
let context: OutputContext;

beforeEach(() => {
  cell = [];
  context = new OutputContext(1, (output) => cell.push(output as unknown as Json));
  page = new FakePage().attach();
  release = captureStreams();
});
afterEach(() => {
  release();
  page.detach();
  vi.useRealTimers();
});

/** Runs as a cell does. */
const asCell = <T>(run: () => T): T => contexts.run(context, run);
const print = (text: string): boolean => process.stdout.write(`${text}\n`);
const shown = (out: Output): unknown[] =>
  out.outputs.map((record) => record.text ?? record.ename ?? (record.data as Record<string, unknown>)["text/plain"]);
const messages = (widget: Widget): number => page.of(widget).sent.length;

describe("an output", () => {
  test("shows what is printed, displayed, returned and thrown inside, in order, and the cell shows none of it", async () => {
    const out = new Output();
    const value = await asCell(() =>
      out.capture(async () => {
        print("one");
        print("two");
        process.stderr.write("warned\n");
        page.kernel.display({ "text/plain": "picture" });
        await Promise.resolve();
        print("three");
        return 42;
      }),
    );
    await asCell(() => out.capture(() => Promise.reject(new RangeError("bad"))));
    context.flush();
    expect(value).toBe(42);
    expect(shown(out)).toEqual(["one\ntwo\n", "warned\n", "picture", "three\n", "42", "RangeError"]);
    expect(cell).toEqual([]);
  });

  test("returns what ran inside, and is no worse where there is no kernel", async () => {
    page.detach();
    const out = new Output();
    expect(await out.capture(() => 5)).toBe(5);
    await expect(out.capture(() => Promise.reject(new Error("x")))).rejects.toThrow("x");
  });

  test("lets the cell show everything where no page listens", async () => {
    page.attach(false);
    const out = new Output();
    await asCell(() =>
      out.capture(() => {
        print("inside");
        return 3;
      }),
    );
    context.flush();
    expect(cell).toMatchObject([{ text: "inside\n" }, { data: { "text/plain": "3" } }]);
    expect(out.outputs).toEqual([]);
  });

  test("shows what comes late from timers that were set inside, and not what others print meanwhile", async () => {
    const out = new Output();
    let done: () => void = () => {};
    const late = new Promise<void>((resolve) => {
      done = resolve;
    });
    await asCell(() =>
      out.capture(() => {
        setTimeout(() => {
          print("late");
          done();
        }, 5);
      }),
    );
    asCell(() => print("outside"));
    await late;
    await expect.poll(() => shown(out)).toEqual(["late\n"]);
    context.flush();
    expect(cell).toMatchObject([{ text: "outside\n" }]);
  });

  test("gathers what comes together into one message, and tells of all of it at the end", async () => {
    vi.useFakeTimers();
    const out = new Output();
    let go: () => void = () => {};
    const run = asCell(() =>
      out.capture(async () => {
        for (let k = 0; k < 100; k++) page.kernel.display({ "text/plain": String(k) });
        await new Promise<void>((resolve) => {
          go = resolve;
        });
        print("end");
      }),
    );
    expect(messages(out)).toBe(0);
    await vi.advanceTimersByTimeAsync(60);
    expect([messages(out), out.outputs.length]).toEqual([1, 100]);
    go();
    await run;
    expect([messages(out), out.outputs.length]).toEqual([2, 101]);
  });

  test("of a nested capture goes to the inner one", async () => {
    const [outer, inner] = [new Output(), new Output()];
    await asCell(() =>
      outer.capture(async () => {
        print("before");
        await inner.capture(() => {
          print("inside");
        });
        print("after");
      }),
    );
    expect([shown(outer), shown(inner)]).toEqual([["before\nafter\n"], ["inside\n"]]);
  });

  test("renews a display that it holds, wherever the renewal comes from; other displays stay the cell's", async () => {
    const out = new Output();
    await asCell(() => out.capture(() => page.kernel.display({ "text/plain": "old" }, { displayId: "d" })));
    asCell(() => page.kernel.display({ "text/plain": "new" }, { displayId: "d", update: true }));
    await expect.poll(() => shown(out)).toEqual(["new"]);
    await asCell(() =>
      out.capture(() => page.kernel.display({ "text/plain": "x" }, { displayId: "elsewhere", update: true })),
    );
    expect(cell.at(-1)).toMatchObject({ output_type: "update_display_data", transient: { display_id: "elsewhere" } });
    expect(shown(out)).toEqual(["new"]);
  });

  test("is cleared at once, or when something new comes", async () => {
    const out = new Output();
    await asCell(() => out.capture(() => void print("one")));
    out.clear(true);
    expect(shown(out)).toEqual(["one\n"]);
    await asCell(() => out.capture(() => void print("two")));
    expect(shown(out)).toEqual(["two\n"]);
    out.clear();
    expect(shown(out)).toEqual([]);
    expect(page.of(out).sent.map(({ data }) => (data.state as { outputs: Json[] }).outputs.length)).toEqual([1, 1, 0]);
    await asCell(() =>
      out.capture(() => {
        print("three");
        contexts.getStore()!.send({ output_type: "clear_output", wait: true });
        print("four");
      }),
    );
    expect(shown(out)).toEqual(["four\n"]);
  });

  test("takes the place of what was there, also if nothing comes; unless it was overtaken", async () => {
    const out = new Output();
    await asCell(() => out.replace(() => "one"));
    await asCell(() => out.replace(() => "two"));
    expect(shown(out)).toEqual(["'two'"]);
    const controller = new AbortController();
    controller.abort();
    await asCell(() => out.replace(() => undefined, controller.signal));
    expect(shown(out)).toEqual(["'two'"]);
    await asCell(() => out.replace(() => undefined));
    expect(shown(out)).toEqual([]);
  });

  test("shows widgets, and does not listen to a page about what it shows", async () => {
    const [out, text] = [new Output(), new Text()];
    await asCell(() => out.capture(() => text));
    expect(out.outputs[0]!.data).toMatchObject({
      "application/vnd.jupyter.widget-view+json": { model_id: text.id },
    });
    page.of(out).say(update({ outputs: [], msg_id: "x" }));
    expect(out.outputs.length).toBe(1);
    expect(page.of(out).sent.at(-1)!.data).toMatchObject({ method: "update", state: { msg_id: "" } });
  });

  test("may be watched: what the watcher prints goes to the cell, not round in a circle", async () => {
    const out = new Output();
    out.observe("outputs", ({ new: now }) => print(`has ${now.length}`));
    await asCell(() => out.capture(() => void print("inside")));
    context.flush();
    expect(shown(out)).toEqual(["inside\n"]);
    expect(cell).toMatchObject([{ text: "has 1\n" }]);
  });
});
