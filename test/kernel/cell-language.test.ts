/** What a cell may say, and what it then means: each case runs its cells alone, without session and types. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { completeness } from "#kernel/cells/cell.js";
import { transformCell } from "#kernel/cells/transform.js";
import { install, newHalt } from "#kernel/threads/halt.js";
import { writtenCases } from "../support/cases.js";
import { Cells } from "../support/cells.js";
import { root } from "../support/require.js";

let folder: string;
beforeAll(() => {
  install(newHalt());
  folder = mkdtempSync(join(tmpdir(), "voxbook-language-"));
  const write = (name: string, text: string): void => {
    mkdirSync(join(folder, name, ".."), { recursive: true });
    writeFileSync(join(folder, name), text);
  };
  write(
    "module.mjs",
    "export let count = 0; export const up = () => ++count; export default 'main'; export { up as 'a b' };",
  );
});
afterAll(() => rmSync(folder, { recursive: true }));

const run = (...cells: string[]): Promise<unknown> => new Cells(folder).all(...cells);

const written = writtenCases(join(root, "test/kernel/cell-language.txt"));
const groups = [...new Set(written.map(({ group }) => group))];

describe.each(groups)("%s:", (group) => {
  const rows = written.filter((row) => row.group === group);
  test.each(rows.map((row) => [row.name, row] as const))("%s", async (_name, { cells, shows }) => {
    const value = await run(...cells);
    expect(inspect(value, { breakLength: Number.POSITIVE_INFINITY, depth: 6 })).toBe(shows);
  });
});

describe("text that is unusual:", () => {
  test.each([
    ["a byte order mark", "\uFEFF1 + 1", 2],
    ["lines that end as on Windows", "const a = 1\r\nconst b = 2\r\na + b\r\n", 3],
    ["separators of lines in strings", "'\u2028\u2029'.length", 2],
    ["a cell of a megabyte", `const text = "${"x".repeat(1 << 20)}"; text.length`, 1 << 20],
    ["fifty thousand statements", `let n = 0;\n${"n++;\n".repeat(50_000)}n`, 50_000],
    ["a sum of two thousand terms", `const one = 1; ${Array.from({ length: 2000 }, () => "one").join(" + ")}`, 2000],
  ])("%s", async (_name, source, value) => {
    expect(await run(source)).toBe(value);
  });
});

describe("a name that is declared anew", () => {
  const kinds: Record<string, (value: string) => string> = {
    let: (value) => `let x: any = '${value}'`,
    const: (value) => `const x = '${value}'`,
    var: (value) => `var x: any = '${value}'`,
    "let of a pattern": (value) => `let { x }: any = { x: '${value}' }`,
    function: (value) => `function x() { return '${value}' }`,
    class: (value) => `class x { static toString() { return '${value}' } }`,
    enum: (value) => `enum x { A = '${value}' }`,
    namespace: (value) => `namespace x { export const a = '${value}' }`,
    import: () => "import { sep as x } from 'node:path'",
    "import of all": () => "import * as x from 'node:path'",
  };
  const pairs = Object.keys(kinds).flatMap((from) => Object.keys(kinds).map((to) => [from, to] as const));

  test.each(pairs)("from %s to %s is the newest everywhere, also in functions of the first cell", async (from, to) => {
    const cells = new Cells();
    await cells.run(`${kinds[from]!("old")}; const read = () => x; const kind = () => typeof x`);
    const old = await cells.run("x");
    await cells.run(kinds[to]!("new"));
    expect(await cells.run("[read() === x, kind() === typeof x]")).toEqual([true, true]);
    if (from !== to || !from.startsWith("import")) expect(await cells.run("x")).not.toBe(old);
  });

  test("keeps what instances of its earlier class can do", async () => {
    expect(
      await run(
        "class A { n() { return 1 } } const a = new A()",
        "class A { n() { return 2 } }",
        "[a.n(), new A().n(), a instanceof A]",
      ),
    ).toEqual([1, 2, false]);
  });
});

describe("a cell that throws", () => {
  const survivors = async (...sources: string[]): Promise<unknown> => {
    const cells = new Cells();
    for (const source of sources.slice(0, -1)) await cells.run(source).catch(() => undefined);
    return cells.run(sources.at(-1)!);
  };

  test("keeps what it declared before, in the same list of declarators, too", async () => {
    expect(await survivors("const a = 1, b = 2, c = JSON.parse('')", "[a, b, typeof c]")).toEqual([1, 2, "undefined"]);
  });

  test("keeps what it declared before, also after an await, and its functions", async () => {
    expect(
      await survivors(
        "let n = 1; await null; n = 2; await Promise.reject(1); n = 3; const never = 1; function f() { return n }",
        "[n, f(), typeof never]",
      ),
    ).toEqual([2, 2, "undefined"]);
  });

  test("leaves names that it did not reach what earlier cells gave them", async () => {
    expect(await survivors("let a = 'old', b = 'old'", "let a = 'new'; throw 1; let b = 'new'", "[a, b]")).toEqual([
      "new",
      "old",
    ]);
  });
});

describe("refused with a clear error are", () => {
  test.each([
    [
      "a constant that is assigned to, in its cell",
      ["const a = 1; a = 2"],
      /a.*is a constant|constant variable|read only/,
    ],
    ["a constant of an earlier cell", ["const a = 1", "a++"], /constant|read only/],
    ["an imported name", ["import { sep } from 'node:path'", "sep = 1"], /constant|only a getter/],
    ["a name that is read before its declaration has ever run", ["a; let a = 1"], /a is not defined/],
    [
      "a name that is assigned to and nowhere declared",
      ["const f = () => { undeclared = 1 }; f()"],
      /undeclared is not defined/,
    ],
    [
      "the export of a module that it does not have",
      ["import { upp } from './module.mjs'; upp"],
      /exports no value 'upp'; did you mean 'up'/,
    ],
  ])("%s", async (_name, cells, message) => {
    await expect(run(...cells)).rejects.toThrow(message);
  });

  test.each([
    ["return outside functions", "return 1", /return works inside functions only/],
    ["delete of a name", "let a = 1; delete a", /delete/],
    ["with", "with ({}) {}", /with/],
    ["octal numbers of old", "010", /octal/i],
    ["two declarations of a name", "let a; const a = 1", /redeclare/],
    ["nesting beyond all measure", `${"[".repeat(30_000)}${"]".repeat(30_000)}`, /nested too deeply/],
    ["Python's import", "import numpy as np", /Python's import.*import \* as np from "numpy"/],
    ["Python's from", "from scipy.ndimage import label, zoom", /import \{ label, zoom \} from "scipy.ndimage"/],
    ["magics", "%timeit 1", /no magics/],
    ["an install by a shell", "!pip install numpy", /npm install numpy/],
  ])("%s", (_name, source, message) => {
    expect(() => transformCell(source, new Set())).toThrow(message);
  });
});

test("a cell is whole, unfinished or wrong, as a console must know at Enter", () => {
  const status = (source: string): string => completeness(source).status;
  expect(["1 + 1", "{ a: 1, b: 2 }", "f(", "if (x) {", "`a", "{ a: 1,", "a b c", "const = 1"].map(status)).toEqual([
    "complete",
    "complete",
    "incomplete",
    "incomplete",
    "incomplete",
    "incomplete",
    "invalid",
    "invalid",
  ]);
});
