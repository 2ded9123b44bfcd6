/** Every loop of a cell, and of a local .ts file, ends when another thread raises the flag; what it ends with says where. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Output, OutputContext } from "#kernel/session/output.js";
import { type CellResult, Session } from "#kernel/session/session.js";
import { lower, newHalt, stopped as reason } from "#kernel/threads/halt.js";
import { kernel } from "../support/kernel.js";

const halt = newHalt();
let folder: string;
let session: Session;
let thread: Worker;
const outputs: Output[] = [];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "voxbook-interrupt-"));
  session = new Session({ folder, api: kernel(), halt });
  const raise = `const { parentPort, workerData } = require("node:worker_threads");
    parentPort.on("message", () => setTimeout(() => Atomics.store(workerData, 0, 1), 30));`;
  thread = new Worker(raise, { eval: true, workerData: halt });
});
afterAll(async () => {
  await thread.terminate();
  await session.close();
  rmSync(folder, { recursive: true });
});

const run = (source: string): Promise<CellResult> =>
  session.execute(source, new OutputContext(session.count + 1, (output) => outputs.push(output)));

/** Runs a cell that never ends by itself. */
async function stopped(...sources: string[]): Promise<string> {
  for (const source of sources.slice(0, -1)) await run(source);
  thread.postMessage("raise");
  const result = await run(sources.at(-1)!);
  lower(halt);
  if (result.status !== "error") return "it ended";
  return result.error.traceback
    .join("\n")
    .replace(/Cell \[(\d+)\]/g, (_, cell) => `Cell [${Number(cell) - session.count}]`);
}

test.each([
  ["while", ["let n = 0;\nwhile (true) n++;"], 2],
  ["for without a body", ["for (;;);"], 1],
  ["do", ["do { } while (true)"], 1],
  [
    "for of an endless generator",
    ["function* endless() { for (;;) yield 1 }", "\nfor (const x of endless()) x + 1"],
    undefined,
  ],
  ["for in, over and over", ["for (;;) for (const k in { a: 1 }) k"], 1],
  [
    "for await",
    ["async function* ticks() { for (;;) yield await null }", "for await (const t of ticks()) t;"],
    undefined,
  ],
  ["a loop after an await", ["await null;\nfor (;;) {}"], 2],
  ["a loop that awaits", ["for (;;)\n  await null;"], 2],
  ["a loop with a label that only continues", ["outer: for (;;) { for (;;) continue outer }"], 1],
  ["a loop that catches everything inside", ["while (true) { try { JSON.parse('') } catch {} }"], 1],
  ["a loop in a function of an earlier cell", ["function spin() {\n  while (true) {}\n}", "spin()"], undefined],
  ["a loop in an arrow, in a callback", ["[1].map(() => { for (;;) {} })"], 1],
  [
    "a loop in a method, a getter and a constructor",
    ["class A { get x() { for (;;) {} } m() { return this.x } constructor() { this.m() } }", "new A()"],
    undefined,
  ],
  ["a loop in a static block", ["class B {\n  static {\n    for (;;) {}\n  }\n}"], 3],
  [
    "a loop in an async function that is awaited",
    ["async function wait() { for (;;) await new Promise((done) => setTimeout(done)) } await wait()"],
    1,
  ],
  ["a loop whose variables are the cell's", ["var i = 0;\nfor (i = 0; i >= 0; i = (i + 1) % 9);"], 2],
  [
    "a loop in a cell that has its own names for ours",
    ["let __halt = 0, __stop = 0;\nwhile (true) __halt = (__halt + 1) % 7"],
    2,
  ],
] as const)("%s", async (_name, sources, line) => {
  const text = await stopped(...sources);
  expect(text).toMatch(/^Interrupted: the cell was interrupted; its variables are kept/);
  expect(text).toContain(line === undefined ? "Cell [0], line " : `Cell [0], line ${line}`);
  expect(text).not.toMatch(/dist[\\/]kernel/);
});

test("a loop in a local .ts file, in a function and while it is loaded", async () => {
  writeFileSync(join(folder, "spin.ts"), "export function spin(): never {\n  // a comment\n  for (;;) {}\n}\n");
  writeFileSync(join(folder, "stuck.ts"), "const x: number = 1;\nfor (;;) x;\nexport {};\n");
  expect(await stopped("import { spin } from './spin.ts'", "spin()")).toMatch(
    /Interrupted[\s\S]*spin\.ts, line 3 in spin[\s\S]*Cell \[0\]/,
  );
  expect(await stopped("import './stuck.ts'")).toMatch(/Interrupted[\s\S]*stuck\.ts, line 2[\s\S]*Cell \[0\]/);
});

test("what a stopped cell had done stays, its finally blocks run, and the next cell runs", async () => {
  await stopped("let done = 1, closed = false;\ntry { for (;;) done++ } finally { closed = true }");
  outputs.length = 0;
  expect((await run("[done > 0, closed]")).status).toBe("ok");
  expect(JSON.stringify(outputs)).toContain("[ true, true ]");
});

test.each([
  ["a loop", "for (;;) { await gate(); steps++ }"],
  ["for await", "async function* turns() { for (;;) yield gate() }\nfor await (const turn of turns()) steps++"],
])("%s that is stopped while it waits goes no further once what it waited for comes", async (_name, loop) => {
  const waits = new Promise<void>((resolve) => Object.assign(globalThis, { waits: resolve }));
  await run(`let steps = 0, open = () => {};
const gate = () => new Promise<void>((resolve) => { open = resolve; (globalThis as any).waits() })`);
  const running = run(loop);
  await waits;
  session.interrupt(reason(halt));
  expect(await running).toMatchObject({ status: "error", error: { ename: "Interrupted" } });
  outputs.length = 0;
  await run("open(); await new Promise(setImmediate); steps");
  expect(JSON.stringify(outputs)).toContain('"0"');
});

test("a function that a cell hands, as text, to another realm runs there", async () => {
  outputs.length = 0;
  await run(
    "import vm from 'node:vm'\nconst sum = (n: number) => { let s = 0; for (let i = 0; i < n; i++) s += i; return s }",
  );
  expect((await run("vm.runInNewContext('(' + sum + ')(4)')")).status).toBe("ok");
  expect(JSON.stringify(outputs)).toContain('"6"');
});
