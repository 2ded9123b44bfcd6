/** Tracebacks: each case of tracebacks.txt must show exactly the lines that it says, and nothing of the kernel. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { createSession, type HeadlessSession } from "#kernel/headless.js";
import { type WrittenCase, writtenCases } from "../support/cases.js";
import { root } from "../support/require.js";

type Case = Omit<WrittenCase, "group">;

const written = writtenCases(join(root, "test/kernel/tracebacks.txt"));

const lines = (count: number, line: (k: number) => string): string[] =>
  Array.from({ length: count }, (_, k) => line(k));
const call = (line: number, name: string, text: string): string =>
  `    at Cell [1], line ${line}${name === "" ? "" : ` in ${name}`}\n      ${text}`;

/** Cases that no text file shows well. */
const made: Case[] = [
  {
    name: "lines that end as on Windows",
    cells: ["const one = 1;\r\nfunction f() {\r\n  throw new Error('crlf');\r\n}\r\n\r\nf();\r\n"],
    shows: ["Error: crlf", call(3, "f", "throw new Error('crlf');"), call(6, "", "f();")].join("\n"),
  },
  {
    name: "a message of a million characters: cut, and counted",
    cells: ["throw new Error('x'.repeat(1_000_000));"],
    shows: `Error: ${"x".repeat(10_000)}… (990,000 characters more)\n${call(1, "", "throw new Error('x'.repeat(1_000_000));")}`,
  },
  {
    name: "very many functions: cut, and counted",
    cells: [
      [
        ...lines(40, (k) => `const f${k} = (): never => f${k + 1}();`),
        "const f40 = (): never => JSON.parse('');",
        "f0();",
      ].join("\n"),
    ],
    shows: [
      "SyntaxError: Unexpected end of JSON input",
      call(41, "f40", "const f40 = (): never => JSON.parse('');"),
      ...lines(11, (k) => call(40 - k, `f${39 - k}`, `const f${39 - k} = (): never => f${40 - k}();`)),
      "    … 26 calls more",
      ...lines(3, (k) => call(3 - k, `f${2 - k}`, `const f${2 - k} = (): never => f${3 - k}();`)),
      call(42, "", "f0();"),
    ].join("\n"),
  },
  (() => {
    const ping = "const ping = (n: number): number => n === 0 ? JSON.parse('') : pong(n - 1) + 1;";
    const pong = "const pong = (n: number): number => ping(n) + 1;";
    const turn = (k: number): string => (k % 2 === 0 ? call(1, "ping", ping) : call(2, "pong", pong));
    return {
      name: "functions that call each other very often",
      cells: [`${ping}\n${pong}\nping(200);`],
      shows: [
        "SyntaxError: Unexpected end of JSON input",
        ...lines(12, turn),
        "    … 83 or more calls more",
        ...lines(4, (k) => turn(k + 1)),
      ].join("\n"),
    };
  })(),
  {
    name: "a hundred errors that hold each other: twelve of them",
    cells: ["let e = new Error('0');\nfor (let k = 1; k < 100; k++) e = new Error(String(k), { cause: e });\nthrow e;"],
    shows: [
      ...lines(12, (k) => {
        const text = `Error: ${99 - k}\n${call(2, "", "for (let k = 1; k < 100; k++) e = new Error(String(k), { cause: e });")}`;
        return k === 0 ? text : `\nCaused by ${text}`;
      }),
      "\nCaused by …",
    ].join("\n"),
  },
  {
    name: "code that is nested too deeply",
    cells: [`${"(".repeat(50_000)}1${")".repeat(50_000)}`],
    shows: [
      "SyntaxError: the code is nested too deeply for the compiler; split it into several statements",
      call(1, "", `${"(".repeat(200)}…`),
    ].join("\n"),
  },
].map((one) => ({ ...one, files: [] }));

describe("the traceback shows the reader's own lines of", () => {
  let folder: string;
  let session: HeadlessSession;
  /** Cells that earlier cases ran. */
  let before = 0;
  let heard: (traceback: string[]) => void = () => {};
  // The test runner has its own ways with errors, which a kernel has not.
  const { prepareStackTrace } = Error;
  const listeners = process.listeners("uncaughtException");

  let stackTraceLimit: number;
  afterEach(() => void Object.assign(Error, { stackTraceLimit, prepareStackTrace: undefined }));

  beforeAll(() => {
    Object.assign(Error, { prepareStackTrace: undefined });
    process.removeAllListeners("uncaughtException");
    folder = mkdtempSync(join(tmpdir(), "voxbook-tracebacks-"));
    // A project of its own, whatever lies above it: packages are installed there.
    writeFileSync(join(folder, "package.json"), "{}");
    session = createSession({
      cwd: folder,
      onOutput: (output) => {
        if (output.output_type === "error") heard(output.traceback);
      },
      input: () => Promise.resolve("Ada"),
    });
    stackTraceLimit = Error.stackTraceLimit;
  });
  afterAll(async () => {
    await session.close();
    Error.prepareStackTrace = prepareStackTrace;
    for (const listener of listeners) process.on("uncaughtException", listener);
    rmSync(folder, { recursive: true });
  });

  async function shown({ name, cells, files }: Case): Promise<string> {
    for (const [file, text] of files) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), text);
    }
    const late = new Promise<string[]>((resolve) => {
      heard = resolve;
    });
    const start = before;
    let traceback: string[] | undefined;
    for (const cell of cells) {
      before++;
      traceback = (await session.execute(cell)).error?.traceback;
    }
    if (name.endsWith("(late)")) traceback = await late;
    return (traceback ?? ["no error"])
      .join("\n")
      .replace(/Cell \[(\d+)\]/g, (_, cell) => `Cell [${Number(cell) - start}]`)
      .replaceAll(folder, "FOLDER");
  }

  test.each([...written, ...made].map((one) => [one.name, one] as const))("%s", async (_name, one) => {
    expect(await shown(one)).toBe(one.shows);
  });

  test("more than fifty kinds", () => expect(written.length).toBeGreaterThan(80));
});
