/** The kernel on the main thread, with a link in place of sockets. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Json } from "#kernel/comm.js";
import type { Announcement } from "#kernel/io/text-watch.js";
import { type Message, newMessage } from "#kernel/io/wire.js";
import { Kernel } from "#kernel/session/kernel.js";
import { captureStreams, fallback } from "#kernel/session/output.js";
import { newHalt, raise } from "#kernel/threads/halt.js";
import { SharedText } from "#kernel/threads/shared-text.js";

let folder: string;
let sent: { channel: string; message: Message }[];
let remembered: [number, string][];
let stops: string[];
let kernel: Kernel;
let release: () => void;
/** Called before a barrier is passed. */
let atBarrier: () => void;
const halt = newHalt();
let text: SharedText;
let announced: Announcement[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "voxbook-kernel-"));
  sent = [];
  remembered = [];
  stops = [];
  announced = [];
  text = new SharedText();
  atBarrier = () => {};
  kernel = new Kernel(
    {
      send: (channel, message) => void sent.push({ channel, message }),
      barrier: (then) => {
        atBarrier();
        setImmediate(then);
      },
      remember: (line, source) => void remembered.push([line, source]),
      stops: (comm) => void stops.push(comm),
      announce: (announcement) => void announced.push(announcement),
      close: () => void sent.push({ channel: "control", message: newMessage("closed", {}, "s") }),
    },
    { folder, ident: "kernel", halt, text },
  );
  release = captureStreams();
  fallback.context = undefined;
});
afterEach(async () => {
  release();
  await kernel.session.close();
  rmSync(folder, { recursive: true });
});

const request = (type: string, content: Record<string, Json>): Message => ({
  ...newMessage(type, content, "client"),
  identities: [Uint8Array.of(1)],
});
const of = (asked: Message) => sent.filter(({ message }) => message.parent_header.msg_id === asked.header.msg_id);
const kinds = (asked: Message) =>
  of(asked).map(({ message }) =>
    message.header.msg_type === "status" ? String(message.content.execution_state) : message.header.msg_type,
  );
const replyTo = (asked: Message) =>
  of(asked).find(({ channel }) => channel === "shell" || channel === "control")?.message;

function execute(code: string, more: Record<string, Json> = {}): Message {
  const asked = request("execute_request", { code, silent: false, store_history: true, stop_on_error: true, ...more });
  kernel.receive("shell", asked);
  return asked;
}
async function run(code: string, more: Record<string, Json> = {}): Promise<Message> {
  const asked = execute(code, more);
  await expect.poll(() => kinds(asked).at(-1), { timeout: 20_000 }).toBe("idle");
  return asked;
}

describe("an execute request", () => {
  test("is answered in order: busy, input, output, result, reply, idle", async () => {
    const asked = await run("process.stdout.write('out'); 6 * 7");
    expect(kinds(asked)).toEqual(["busy", "execute_input", "stream", "execute_result", "execute_reply", "idle"]);
    expect(replyTo(asked)!.content).toMatchObject({ status: "ok", execution_count: 1, user_expressions: {} });
    expect(replyTo(asked)!.identities).toEqual(asked.identities);
    expect(remembered).toEqual([[1, "process.stdout.write('out'); 6 * 7"]]);
  });

  test("that is silent shows no input, output or result, takes no number and is not remembered", async () => {
    const asked = await run("process.stdout.write('out'); 6 * 7", { silent: true });
    expect(kinds(asked)).toEqual(["busy", "execute_reply", "idle"]);
    expect(remembered).toEqual([]);
    expect(replyTo(await run("1"))!.content.execution_count).toBe(1);
  });

  test("that fails aborts those behind it, also those that arrive until its reply, and none after", async () => {
    let late: Message | undefined;
    atBarrier = () => {
      late = execute("'late'");
    };
    const failing = execute("throw new Error('x')");
    const behind = execute("'behind'");
    await expect.poll(() => kinds(failing).at(-1), { timeout: 20_000 }).toBe("idle");
    expect(replyTo(failing)!.content).toMatchObject({ status: "error", ename: "Error", evalue: "x" });
    for (const one of [behind, late!]) {
      expect(replyTo(one)!.content).toEqual({ status: "aborted" });
      expect(kinds(one)).toEqual(["busy", "execute_reply", "idle"]);
    }
    expect(replyTo(await run("'after'"))!.content.status).toBe("ok");
  });

  test("that fails lets those behind it run if it says so", async () => {
    const failing = execute("throw new Error('x')", { stop_on_error: false });
    const behind = execute("1");
    await expect.poll(() => kinds(behind).at(-1), { timeout: 20_000 }).toBe("idle");
    expect(replyTo(failing)!.content.status).toBe("error");
    expect(replyTo(behind)!.content.status).toBe("ok");
  });
});

describe("an interrupt", () => {
  test("ends an await that nothing would end, and the next cell runs", async () => {
    const asked = execute("let kept = 5; process.stdout.write('runs'); await new Promise(() => {})");
    await expect.poll(() => announced, { timeout: 20_000 }).toHaveLength(1);
    expect(announced[0]!.parent).toEqual(asked.header);
    expect(text.take(announced[0]!.owner)).toBe("runs");
    kernel.interrupt();
    await expect.poll(() => kinds(asked).at(-1), { timeout: 20_000 }).toBe("idle");
    expect(replyTo(asked)!.content.ename).toBe("Interrupted");
    expect(kinds(await run("kept"))).toContain("execute_result");
  });

  test("ends a cell whose promises a termination has dropped, and names it", async () => {
    const asked = execute("await new Promise(() => {})");
    await expect.poll(() => kinds(asked).length, { timeout: 20_000 }).toBe(2);
    kernel.session.interrupt = () => {};
    kernel.interrupt();
    await expect.poll(() => kinds(asked).at(-1), { timeout: 20_000 }).toBe("idle");
    const traceback = replyTo(asked)!.content.traceback as string[];
    expect(traceback[0]).toBe("Interrupted: the cell was interrupted; its variables are kept");
    expect(traceback.at(-1)).toBe("    at Cell [1]");
    expect(traceback.join()).not.toContain("dist/kernel");
    expect(replyTo(await run("1"))!.content.status).toBe("ok");
  });

  test("that comes while a cell is still being compiled keeps it from running", async () => {
    const asked = execute("globalThis.ran = true");
    expect(kinds(asked)).toEqual(["busy", "execute_input"]);
    kernel.interrupt();
    await expect.poll(() => kinds(asked).at(-1), { timeout: 20_000 }).toBe("idle");
    expect(replyTo(asked)!.content.ename).toBe("Interrupted");
    expect("ran" in globalThis).toBe(false);
  });

  test("for want of memory says so, and leaves the flag down", async () => {
    const asked = execute("for (;;) await new Promise((go) => setTimeout(go, 1))");
    await expect.poll(() => kinds(asked).length).toBe(2);
    raise(halt, "memory");
    await expect.poll(() => kinds(asked).at(-1), { timeout: 20_000 }).toBe("idle");
    expect(replyTo(asked)!.content.ename).toBe("OutOfMemory");
    kernel.interrupt();
    expect(halt[0]).toBe(0);
  });

  test("ends a question to the reader", async () => {
    const asked = execute("await input('Name? ')", { allow_stdin: true });
    await expect.poll(() => sent.some(({ channel }) => channel === "stdin"), { timeout: 20_000 }).toBe(true);
    kernel.interrupt();
    await expect.poll(() => replyTo(asked)?.content.ename, { timeout: 20_000 }).toBe("Interrupted");
  });
});

describe("questions", () => {
  test("are put one at a time, hidden where asked, to the client whose cell asks", async () => {
    const asked = execute("const [a, b] = await Promise.all([input('A'), input('B', { password: true })]); a + b", {
      allow_stdin: true,
    });
    const questions = () => sent.filter(({ channel }) => channel === "stdin").map(({ message }) => message);
    await expect.poll(() => questions().length, { timeout: 20_000 }).toBe(1);
    expect(questions()[0]).toMatchObject({ content: { prompt: "A", password: false }, identities: asked.identities });
    kernel.receive("stdin", request("input_reply", { value: "x" }));
    await expect.poll(() => questions().length).toBe(2);
    expect(questions()[1]!.content).toEqual({ prompt: "B", password: true });
    kernel.receive("stdin", request("input_reply", { value: "y" }));
    await expect.poll(() => kinds(asked).at(-1), { timeout: 20_000 }).toBe("idle");
    const result = of(asked).find(({ message }) => message.header.msg_type === "execute_result")!;
    expect((result.message.content.data as Record<string, string>)["text/plain"]).toBe("'xy'");
  });

  test("fail where the front end gives no way to answer", async () => {
    expect(replyTo(await run("await input()"))!.content.evalue).toContain("no way to answer");
  });
});

describe("comms", () => {
  test("take messages between busy and idle, and answer under the message that caused it", async () => {
    await run(
      "(globalThis as any)[Symbol.for('voxbook.kernel')].comms.onOpen('echo', (comm: any) => comm.onMessage((m: any) => comm.send(m.data, { buffers: m.buffers })))",
    );
    kernel.receive("shell", request("comm_open", { comm_id: "c", target_name: "echo", data: {} }));
    const asked = { ...request("comm_msg", { comm_id: "c", data: { n: 1 } }), buffers: [Uint8Array.of(1, 2)] };
    kernel.receive("shell", asked);
    const answered = sent.find(({ message }) => message.header.msg_type === "comm_msg")!.message;
    expect(answered.content).toEqual({ comm_id: "c", data: { n: 1 } });
    expect([...answered.buffers[0]!]).toEqual([1, 2]);
    expect(kinds(asked)).toEqual(["busy", "comm_msg", "idle"]);
  });

  test("of a target that nobody knows are closed", () => {
    const asked = request("comm_open", { comm_id: "c", target_name: "nobody", data: {} });
    kernel.receive("shell", asked);
    expect(sent.some(({ message }) => message.header.msg_type === "comm_close")).toBe(true);
  });

  test("that stop cells are made known to the I/O thread", async () => {
    await run("(globalThis as any)[Symbol.for('voxbook.kernel')].comms.open('t', {}, { id: 'bar', stops: true })");
    expect(stops).toEqual(["bar"]);
  });
});

describe("what the reader has to know", () => {
  test("is told with the next cell, once", async () => {
    kernel.tell("the kernel before this one died");
    const text = (asked: Message) =>
      of(asked)
        .filter(({ message }) => message.header.msg_type === "stream")
        .map(({ message }) => message.content.text)
        .join("");
    expect(text(await run("1"))).toBe("the kernel before this one died\n");
    expect(text(await run("2"))).toBe("");
  });

  test("that types stop a cell is the reader's own setting, and names the lines", async () => {
    await run("notebook.typeErrors = 'stop'; let ran = 0");
    const asked = await run("ran = 1;\nconst n: number = 'x'");
    expect(replyTo(asked)!.content).toMatchObject({ status: "error", ename: "TypeErrors" });
    expect((replyTo(asked)!.content.traceback as string[]).join("\n")).toMatch(
      /Cell \[2\], line 2[\s\S]*not assignable/,
    );
    await run("notebook.typeErrors = 'off'");
    const free = await run("const m: number = 'x' as any as string; ran");
    expect(kinds(free)).not.toContain("stream");
    expect(of(free).find(({ message }) => message.header.msg_type === "execute_result")!.message.content.data).toEqual({
      "text/plain": "0",
    });
  });
});

test("a shutdown is answered before the process ends", () => {
  const asked = request("shutdown_request", { restart: true });
  kernel.receive("control", asked);
  expect(kinds(asked)).toEqual(["busy", "shutdown_reply", "idle"]);
  expect(replyTo(asked)!.content).toEqual({ status: "ok", restart: true });
  expect(sent.at(-1)!.message.header.msg_type).toBe("closed");
});
