/** The programs by which others run notebooks: papermill, nbclient, nbconvert; and our own, which needs none of them. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Notebook, textOf } from "../../kernel/bin/notebook.mjs";
import { lacks, python, root } from "../support/require.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "voxbook-runners-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(name: string, cells: readonly (string | [source: string, tag: string])[]): string {
  const file = join(folder, name);
  const notebook = {
    nbformat: 4,
    nbformat_minor: 5,
    metadata: { kernelspec: { name: "voxbook", display_name: "TypeScript (voxbook)", language: "typescript" } },
    cells: cells.map((cell, k) => ({
      cell_type: "code",
      id: `cell-${k}`,
      metadata: { tags: Array.isArray(cell) ? [cell[1]] : [] },
      source: Array.isArray(cell) ? cell[0] : cell,
      outputs: [],
      execution_count: null,
    })),
  };
  writeFileSync(file, JSON.stringify(notebook));
  return file;
}

const read = (file: string): Notebook => JSON.parse(readFileSync(file, "utf8"));
const outputsOf = (notebook: Notebook, k: number): string =>
  (notebook.cells[k]!.outputs ?? [])
    .map(
      (output) => textOf(output.text) || textOf((output.data as Record<string, unknown> | undefined)?.["text/plain"]),
    )
    .join("");

/** Runs a program of the project's Python environment. */
function run(program: string, ...args: string[]) {
  const command = join(dirname(python()!), program);
  const env = { ...process.env, JUPYTER_RUNTIME_DIR: join(folder, "runtime"), JUPYTER_PLATFORM_DIRS: "1" };
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: folder, encoding: "utf8", env });
  return { status, text: stdout + stderr };
}

describe.skipIf(lacks("python"))("papermill", () => {
  test("gives parameters of every kind, which later cells see", { timeout: 120_000 }, () => {
    const file = write("in.ipynb", [
      ["let radius = 1; // in voxels\nlet name: string = 'scan';\nlet rest: unknown = null;", "parameters"],
      "console.log(JSON.stringify([radius, name, rest]))",
    ]);
    const values = `
radius: -2.5e-7
name: "it's \\"é😀\\"\\n\\u2028 \${x}"
rest: { list: [1, true, null, [], {}], "odd key": "x" }
`;
    writeFileSync(join(folder, "values.yaml"), values);
    const { status, text } = run("papermill", file, "out.ipynb", "-f", "values.yaml");
    expect(status, text).toBe(0);
    const notebook = read(join(folder, "out.ipynb"));
    // In the executed notebook the given values stand in a cell of their own.
    const given = [-2.5e-7, `it's "é😀"\n\u2028 \${x}`, { list: [1, true, null, [], {}], "odd key": "x" }];
    expect(JSON.parse(outputsOf(notebook, 2))).toEqual(given);
  });

  test("writes numbers that JSON lacks as TypeScript has them", { timeout: 60_000 }, () => {
    const script = `import papermill
from voxbook_papermill import TypeScriptTranslator as t
print(t.codify({"a": float("nan"), "b": float("-inf"), "c": [float("inf")]}))`;
    expect(run("python", "-c", script).text).toBe(
      "// Parameters\nlet a = Number.NaN;\nlet b = Number.NEGATIVE_INFINITY;\nlet c = [Number.POSITIVE_INFINITY];\n\n",
    );
  });

  test("tells the parameters of a notebook, with their types, defaults and meaning", { timeout: 60_000 }, () => {
    const file = write("in.ipynb", [["let radius: number = 2; // in voxels\nconst name = 'scan'", "parameters"]]);
    const { text } = run("papermill", "--help-notebook", file);
    expect(text).toMatch(/radius: number \(default 2\)\s+in voxels/);
    expect(text).toContain("name: Unknown type (default 'scan')");
  });

  test("refuses a number that TypeScript cannot hold, and a name that is none", { timeout: 60_000 }, () => {
    const file = write("in.ipynb", [["let n = 1", "parameters"]]);
    expect(run("papermill", file, "out.ipynb", "-p", "n", "9007199254740993").text).toContain("2**53 - 1");
    expect(run("papermill", file, "out.ipynb", "-p", "a;b", "1").text).toContain("no name in TypeScript");
  });
});

describe.skipIf(lacks("python"))("nbconvert and nbclient", () => {
  test("keep every line, results, late output and the state of widgets", { timeout: 120_000 }, () => {
    const file = write("in.ipynb", [
      "for (let k = 0; k < 3000; k++) console.log(k)",
      "setTimeout(() => console.log('late'), 300); 'now'",
      "await new Promise((go) => setTimeout(go, 800)); 6 * 7",
      "import { samples } from 'voxbook'; import { slices } from 'voxbook/widgets';\nawait slices(await samples.electrode({ shape: [8, 24, 24] }))",
    ]);
    const { status, text } = run(
      "jupyter",
      "nbconvert",
      "--to",
      "notebook",
      "--execute",
      file,
      "--output",
      "out.ipynb",
    );
    expect(status, text).toBe(0);
    const notebook = read(join(folder, "out.ipynb"));
    expect(outputsOf(notebook, 0)).toBe(Array.from({ length: 3000 }, (_, k) => `${k}\n`).join(""));
    expect(outputsOf(notebook, 1)).toContain("late");
    expect(outputsOf(notebook, 2)).toBe("42");
    const { state } = notebook.metadata.widgets["application/vnd.jupyter.widget-state+json"];
    const models = Object.values(state as Record<string, { model_name: string }>).map(({ model_name }) => model_name);
    expect(models).toContain("SlicesModel");
    const shown = notebook.cells[3]!.outputs!.find(({ data }) => data !== undefined)!.data as Record<string, unknown>;
    expect(Object.keys(shown)).toEqual(
      expect.arrayContaining(["image/png", "text/plain", "application/vnd.jupyter.widget-view+json"]),
    );
  });

  test.each([
    ["an error", "throw new RangeError('too far')", "RangeError: too far"],
    ["a syntax error", "const = 3", "SyntaxError"],
  ])("end with a failure and the message on %s", { timeout: 60_000 }, (_name, source, message) => {
    const file = write("in.ipynb", ["1", source]);
    const { status, text } = run("jupyter", "nbconvert", "--to", "html", "--execute", file);
    expect(status).not.toBe(0);
    expect(text).toContain(message);
  });
});

/** A notebook of everything that could come in another order or with another name the next time. */
const LIVELY = [
  "console.log('a'); console.error('b'); process.stdout.write('c\\n'); console.log('d')",
  "await Promise.all([30, 10, 20].map((ms) => new Promise<void>((go) => setTimeout(() => { console.log(ms); go() }, ms)))); undefined",
  "setTimeout(() => console.log('late, and still here'), 20); 'at once'",
  "await new Promise((go) => setTimeout(go, 60)); const n: number = 'x' as unknown as string; n",
  "import { histogram, samples } from 'voxbook'; import { slices } from 'voxbook/widgets';\nconst scan = await samples.electrode({ shape: [8, 24, 24], seed: 3 }); await histogram(scan)",
  "await slices(scan)",
  "await display({ a: 1 }, { displayId: 'x' }); await display({ a: 2 }, { displayId: 'x', update: true }); new Map([[1, { b: [1, 2] }]])",
  ["throw new Error('expected', { cause: new TypeError('within') })", "raises-exception"] as [string, string],
];

describe("voxbook run", () => {
  const times = process.env.VOXBOOK_TIER === "nightly" || process.env.VOXBOOK_TIER === "release" ? 100 : 4;

  test(`gives the same bytes ${times} times`, { timeout: times * 30_000 }, () => {
    const file = write("lively.ipynb", LIVELY);
    let first: Buffer | undefined;
    for (let k = 0; k < times; k++) {
      const out = join(folder, `out-${k}.ipynb`);
      const command = [join(root, "kernel/bin/voxbook.mjs"), "run", file, "--out", out];
      const { status, stderr } = spawnSync(process.execPath, command, { cwd: folder, encoding: "utf8" });
      expect(status, stderr).toBe(0);
      first ??= readFileSync(out);
      expect(readFileSync(out).equals(first), `run ${k} differs`).toBe(true);
    }
    const notebook = JSON.parse(first!.toString()) as Notebook;
    expect(outputsOf(notebook, 1)).toBe("10\n20\n30\n");
    expect(outputsOf(notebook, 2)).toContain("late, and still here");
    expect(outputsOf(notebook, 3)).toMatch(/Cell \[4\], line 1: .*not assignable/);
  });
});
