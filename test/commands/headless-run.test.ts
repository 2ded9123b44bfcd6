/** `voxbook run` with the real kernel, as a program of its own. */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Notebook, textOf } from "../../kernel/bin/notebook.mjs";
import { lacks, python, root } from "../support/require.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "voxbook-headless-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function run(sources: (string | { parameters: string })[], ...args: string[]) {
  const cells = sources.map((source, index) => ({
    cell_type: "code",
    id: `cell-${index}`,
    metadata: typeof source === "string" ? {} : { tags: ["parameters"] },
    source: typeof source === "string" ? source : source.parameters,
    outputs: [],
    execution_count: null,
  }));
  const file = join(folder, "lesson.ipynb");
  writeFileSync(file, JSON.stringify({ nbformat: 4, nbformat_minor: 5, metadata: {}, cells }));
  const out = join(folder, "out.ipynb");
  const { status, stderr } = spawnSync(
    process.execPath,
    [join(root, "kernel/bin/voxbook.mjs"), "run", file, "--out", out, ...args],
    { cwd: folder, encoding: "utf8" },
  );
  const executed = (): Notebook => JSON.parse(readFileSync(out, "utf8"));
  const shown = (index: number) =>
    executed().cells[index].outputs?.map(({ data }) => textOf((data as Record<string, unknown>)?.["text/plain"]));
  return { status, stderr, executed, shown };
}

test("cells see what earlier ones declared, types and top-level await included", () => {
  const { status, stderr, shown } = run([
    "interface Scan { name: string }\nconst scan: Scan = { name: 'a' };",
    "const later = await Promise.resolve(scan.name + 'b');\nlater.length * 20 + 2",
  ]);
  expect(status, stderr).toBe(0);
  expect(shown(1)).toEqual(["42"]);
});

test("parameters replace the declared values, for the cells after them", () => {
  const { status, stderr, shown } = run(
    [{ parameters: "let radius = 2;\nlet input = 'electrode';" }, "radius * 2 + input.toUpperCase().length"],
    "--param",
    "radius=19",
    "--param",
    "input=cell",
  );
  expect(status, stderr).toBe(0);
  expect(shown(2)).toEqual(["42"]);
});

test("the first error ends the run with status 1; the cell, its line and the message are told", () => {
  const { status, stderr, executed } = run([
    "const limit = 64;",
    "// asks for too much\nconst radius = 80;\nif (radius > limit) throw new RangeError('radius ' + radius);",
    "'not reached'",
  ]);
  expect(status).toBe(1);
  expect(stderr).toContain("cell 2 (In [2]) failed: // asks for too much");
  expect(stderr).toContain("RangeError: radius 80");
  expect(stderr).toMatch(/Cell \[2\], line 3/);
  const { cells } = executed();
  expect(cells[1].outputs?.at(-1)).toMatchObject({ output_type: "error", ename: "RangeError" });
  expect(cells[2].execution_count).toBeNull();
});

test("a cell that does not parse ends the run, too", () => {
  const { status, stderr } = run(["const a = ;"]);
  expect(status).toBe(1);
  expect(stderr).toContain("cell 1 (In [1]) failed: const a = ;");
  expect(stderr).toContain("SyntaxError");
});

test("what a cell prints is in the executed notebook, in order", () => {
  const { status, stderr, executed } = run(["for (let k = 0; k < 2000; k++) console.log(k);"]);
  expect(status, stderr).toBe(0);
  const text = executed()
    .cells[0].outputs?.flatMap((output) => output.text)
    .join("");
  expect(text).toBe(Array.from({ length: 2000 }, (_, k) => `${k}\n`).join(""));
});

test("a notebook that leaves a timer running still ends", () => {
  expect(run(["setInterval(() => {}, 1000);\n1"]).status).toBe(0);
});

test.skipIf(lacks("python"))(
  "what is written is a valid notebook by Jupyter's own check, and its own writer agrees",
  () => {
    const { executed } = run(
      [{ parameters: "let a = 1;" }, "console.log(a);\nconsole.error('e');\n({ b: 2 })", "throw new Error('x')"],
      "--param",
      "a=3",
    );
    expect(executed().metadata.kernelspec).toMatchObject({ name: "voxbook" });
    const script = `
import nbformat, sys
text = open(sys.argv[1], encoding="utf-8").read()
notebook = nbformat.reads(text, as_version=4)
nbformat.validate(notebook)
print(nbformat.writes(notebook) + "\\n" == text)`;
    expect(
      execFileSync(python()!, ["-W", "ignore", "-c", script, join(folder, "out.ipynb")], { encoding: "utf8" }).trim(),
    ).toBe("True");
  },
);
