import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Output, writeWhole } from "../../kernel/bin/notebook.mjs";
import { runNotebook, type Session } from "../../kernel/bin/run.mjs";

let folder: string;
let lines: string[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "voxbook-run-"));
  lines = [];
});
afterEach(() => rmSync(folder, { recursive: true }));

const code = (source: string, tags: string[] = []) => ({
  cell_type: "code",
  metadata: { tags },
  source,
  outputs: [{ output_type: "stream", name: "stdout", text: "of an earlier run" }],
  execution_count: 99,
});

function write(...cells: object[]): string {
  const file = join(folder, "lesson.ipynb");
  writeFileSync(file, JSON.stringify({ nbformat: 4, nbformat_minor: 5, metadata: {}, cells }));
  return file;
}

/** A kernel that echoes a cell's text, fails on `throw …` and notes what it was given. */
function echo() {
  const seen: string[] = [];
  let closed = 0;
  const session = async (): Promise<Session> => ({
    execute: async (source) => {
      seen.push(source);
      if (source.includes("throw")) {
        const error = {
          ename: "RangeError",
          evalue: "radius is −1; allowed: 0 to 64",
          traceback: ["RangeError: radius is −1; allowed: 0 to 64", "    at Cell line 2"],
        };
        return { status: "error", outputs: [{ output_type: "error", ...error } as Output], error };
      }
      const data = { "text/plain": source };
      return { status: "ok", outputs: [{ output_type: "execute_result", data, metadata: {}, execution_count: 7 }] };
    },
    close: async () => {
      closed += 1;
    },
  });
  return { session, seen, closed: () => closed };
}

const say = (line: string) => lines.push(line);

describe("running a notebook", () => {
  test("executes the code cells in order, skips empty ones, numbers them and writes outputs anew", async () => {
    const kernel = echo();
    const file = write(
      { cell_type: "markdown", metadata: {}, source: "# A" },
      code("1 + 1"),
      code("  \n"),
      code("2 + 2"),
    );
    const out = join(folder, "out.ipynb");
    expect(await runNotebook({ file, out, say, session: kernel.session })).toBe(0);
    expect(kernel.seen).toEqual(["1 + 1", "2 + 2"]);
    expect(kernel.closed()).toBe(1);
    const { cells } = JSON.parse(readFileSync(out, "utf8"));
    expect(cells.map((cell: { execution_count?: number }) => cell.execution_count)).toEqual([undefined, 1, null, 2]);
    expect(cells[3].outputs).toMatchObject([
      { output_type: "execute_result", execution_count: 2, data: { "text/plain": ["2 + 2"] } },
    ]);
    expect(readFileSync(out, "utf8")).not.toContain("of an earlier run");
    expect(readdirSync(folder).sort()).toEqual(["lesson.ipynb", "out.ipynb"]);
  });

  test("stops at the first error with status 1 and names cell, line and message", async () => {
    const kernel = echo();
    const file = write(code("1"), code("// filter\nthrow 1"), code("3"));
    const html = join(folder, "page.html");
    expect(await runNotebook({ file, html, say, session: kernel.session })).toBe(1);
    expect(kernel.seen).toHaveLength(2);
    expect(kernel.closed()).toBe(1);
    const told = lines.at(-1)!;
    expect(told).toContain("cell 2 (In [2]) failed: // filter");
    expect(told).toContain("RangeError: radius is −1; allowed: 0 to 64");
    expect(told).toContain("Cell line 2");
    expect(readFileSync(html, "utf8")).toContain('<mark class="failed">');
  });

  test("a cell tagged raises-exception may fail", async () => {
    const kernel = echo();
    expect(
      await runNotebook({
        file: write(code("throw 1", ["raises-exception"]), code("2")),
        say,
        session: kernel.session,
      }),
    ).toBe(0);
    expect(kernel.seen).toHaveLength(2);
  });

  test("the parameters' cell runs after the one that declares them", async () => {
    const kernel = echo();
    const file = write(code("let radius = 2;", ["parameters"]), code("radius"));
    expect(await runNotebook({ file, param: ["radius=5"], say, session: kernel.session })).toBe(0);
    expect(kernel.seen).toEqual(["let radius = 2;", "// Parameters of this run\nradius = 5;", "radius"]);
  });

  test("the session is closed also when it breaks down", async () => {
    const kernel = echo();
    const session = async () => ({ ...(await kernel.session()), execute: () => Promise.reject(new Error("died")) });
    await expect(runNotebook({ file: write(code("1")), say, session })).rejects.toThrow("died");
    expect(kernel.closed()).toBe(1);
  });

  test("a folder for the results that does not exist is told before anything runs", async () => {
    const kernel = echo();
    const html = join(folder, "absent/page.html");
    await expect(runNotebook({ file: write(code("1")), html, say, session: kernel.session })).rejects.toThrow(
      "does not exist",
    );
    expect(kernel.seen).toEqual([]);
  });

  test.each([
    ["{ half", "is not a notebook"],
    ["[]", "it has no list of cells"],
    ['{"nbformat":3,"cells":[]}', "of format 3"],
    ['{"nbformat":4,"cells":[{"cell_type":"heading"}]}', 'cell 1 has the type "heading"'],
  ])("a file with %s is refused", async (text, sentence) => {
    const file = join(folder, "bad.ipynb");
    writeFileSync(file, text);
    await expect(runNotebook({ file, say, session: echo().session })).rejects.toThrow(sentence);
  });
});

test("a file that cannot be written leaves the old one and no half one", () => {
  const target = join(folder, "kept");
  writeFileSync(target, "old");
  writeFileSync(join(folder, `.kept.${process.pid}.tmp`), "someone else's");
  expect(() => writeWhole(target, "new")).toThrow("could not be written (EEXIST)");
  expect(readFileSync(target, "utf8")).toBe("old");
});
