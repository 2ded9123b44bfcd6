/** Text that the I/O thread finds while the main thread spins. */
import { Worker } from "node:worker_threads";
import { describe, expect, test, vi } from "vitest";
import { type Announcement, TextWatch } from "#kernel/io/text-watch.js";
import { newHeader } from "#kernel/io/wire.js";
import { flushAll, type Output, OutputContext } from "#kernel/session/output.js";
import { Tail } from "#kernel/session/tail.js";
import { SharedText } from "#kernel/threads/shared-text.js";

describe("shared text", () => {
  test("is taken once, by its owner, and the writer goes on", () => {
    const shared = new SharedText();
    expect(shared.append(0, 1, "ab")).toBe(1);
    expect(shared.append(1, 2, "c🙂")).toBe(1);
    expect(shared.take(2)).toBe("");
    expect(shared.take(1)).toBe("abc🙂");
    expect(shared.take(1)).toBe("");
    expect(shared.append(1, 2, "d")).toBe(2);
    expect(shared.take(1)).toBe("");
    expect(shared.takeBack()).toBe("d");
    expect(shared.isEmpty).toBe(true);
  });

  test("has no room for more than 64 KiB, nor for half a character, and says so", () => {
    const shared = new SharedText();
    expect(shared.append(0, 1, "x".repeat(65_536))).toBe(1);
    expect(shared.append(1, 2, "y")).toBeUndefined();
    expect(shared.take(1)).toBe("x".repeat(65_536));
    expect(shared.append(1, 2, "é".repeat(32_769))).toBeUndefined();
    expect(shared.append(1, 2, "x".repeat(65_537))).toBeUndefined();
    expect(shared.append(1, 2, "\ud83d")).toBeUndefined();
    expect(shared.append(1, 2, "\ude42")).toBeUndefined();
    expect(shared.isEmpty).toBe(true);
  });

  test("loses nothing and keeps its order while another thread takes it", async () => {
    const shared = new SharedText();
    const found: string[] = [];
    const done = new Int32Array(new SharedArrayBuffer(4));
    const source = `
      const { workerData, parentPort } = require("node:worker_threads");
      import(workerData.module).then(({ SharedText }) => {
        const shared = new SharedText(workerData.memory);
        const owners = new Set();
        for (let end = false; ; ) {
          end = Atomics.load(workerData.done, 0) === 1;
          let text = "";
          for (let owner = 0; owner < 4096; owner++) text += shared.take(owner);
          if (text !== "") parentPort.postMessage(text);
          if (end) return parentPort.postMessage(null);
        }
      });
      parentPort.postMessage("ready");`;
    const module = new URL("../../dist/kernel/threads/shared-text.js", import.meta.url).href;
    const worker = new Worker(source, { eval: true, workerData: { memory: shared.memory, done, module } });
    await new Promise((resolve) => worker.once("message", resolve));
    const ended = new Promise<void>((resolve) => {
      worker.on("message", (text: string | null) => (text === null ? resolve() : void found.push(text)));
    });
    let owner = 0;
    for (let line = 0; line < 200_000; ) {
      const number = shared.append(owner, (owner + 1) % 4096, `${line}\n`);
      if (number === undefined) continue;
      owner = number;
      line++;
    }
    Atomics.store(done, 0, 1);
    await ended;
    await worker.terminate();
    expect(found.length).toBeGreaterThan(1);
    expect(found.join("") === Array.from({ length: 200_000 }, (_, line) => `${line}\n`).join("")).toBe(true);
  });
});

describe("a context with a tail", () => {
  const setting = () => {
    const shared = new SharedText();
    const announced: string[] = [];
    const tail = new Tail(shared, (owner, name, { cell }) => void announced.push(`${owner} ${name} ${cell}`));
    const outputs: Output[] = [];
    const context = (cell: number) => new OutputContext(cell, (output) => outputs.push(output), undefined, tail);
    return { shared, tail, announced, outputs, context };
  };

  test("announces what another may send, and sends what nobody has taken", () => {
    const { shared, announced, outputs, context } = setting();
    const cell = context(1);
    cell.write("stdout", "a");
    cell.write("stdout", "b");
    expect(announced).toEqual(["1 stdout 1"]);
    expect(shared.take(1)).toBe("ab");
    cell.write("stdout", "c");
    cell.write("stderr", "d");
    cell.flush();
    expect(announced).toEqual(["1 stdout 1", "2 stdout 1", "3 stderr 1"]);
    expect(outputs).toEqual([
      { output_type: "stream", name: "stdout", text: "c" },
      { output_type: "stream", name: "stderr", text: "d" },
    ]);
  });

  test("leaves the place to whoever has text there, and takes it when it is free", () => {
    const { announced, outputs, context } = setting();
    const [first, second] = [context(1), context(2)];
    first.write("stdout", "one");
    second.write("stdout", "two");
    expect(announced).toEqual(["1 stdout 1"]);
    second.flush();
    first.flush();
    second.write("stdout", "three");
    expect(announced).toEqual(["1 stdout 1", "2 stdout 2"]);
    second.flush();
    expect(outputs.map((output) => "text" in output && output.text)).toEqual(["two", "one", "three"]);
  });

  test("sends with all others when that is asked, wherever its text lies", () => {
    const { tail, outputs, context } = setting();
    const [first, second] = [context(1), context(2)];
    first.write("stdout", "one");
    second.write("stdout", "two");
    flushAll(tail);
    expect(outputs.map((output) => "text" in output && output.text)).toEqual(["one", "two"]);
    flushAll(tail);
    expect(outputs).toHaveLength(2);
  });

  test("keeps the order of texts of any size, halves of characters included", () => {
    const { outputs, context } = setting();
    const cell = context(1);
    const texts = ["a", "x".repeat(70_000), "b", "\ud83d", "\ude42", "c", "y".repeat(65_536), "z"];
    for (const text of texts) cell.write("stdout", text);
    cell.flush();
    expect(outputs.map((output) => "text" in output && output.text).join("")).toBe(texts.join(""));
  });
});

test("the watch sends what it finds soon, then ten times a second, and rests when there is nothing", () => {
  vi.useFakeTimers();
  try {
    const shared = new SharedText();
    const sent: string[] = [];
    const watch = new TextWatch(shared, ({ name }, text) => void sent.push(`${name} ${text}`));
    const announcement = (owner: number): Announcement => ({ owner, name: "stdout", parent: newHeader("x", "s") });
    shared.append(0, 1, "a");
    watch.announced(announcement(1));
    vi.advanceTimersByTime(19);
    expect(sent).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(sent).toEqual(["stdout a"]);
    shared.append(1, 2, "b");
    watch.announced(announcement(2));
    vi.advanceTimersByTime(99);
    expect(sent).toHaveLength(1);
    vi.advanceTimersByTime(1);
    expect(sent).toEqual(["stdout a", "stdout b"]);
    vi.advanceTimersByTime(100);
    expect(vi.getTimerCount()).toBe(0);
  } finally {
    vi.useRealTimers();
  }
});
