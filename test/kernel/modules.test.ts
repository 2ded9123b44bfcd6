/** What cells import: packages, local files of every kind, what is seen of edits, and what is said when there is nothing. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { install, newHalt } from "#kernel/threads/halt.js";
import { Cells } from "../support/cells.js";

let folder: string;
let cells: Cells;
beforeEach(() => {
  install(newHalt());
  folder = realpathSync(mkdtempSync(join(tmpdir(), "voxbook-modules-")));
  cells = new Cells(folder);
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(files: Record<string, string>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}
const manifest = (more: object): string => JSON.stringify({ type: "module", ...more });
const run = (...sources: string[]): Promise<unknown> => cells.all(...sources);

/** Text of the error that an import ends with. */
async function told(source: string): Promise<string> {
  const error = await run(source).catch((reason: Error) => reason);
  return error instanceof Error ? error.message.replaceAll(folder, "FOLDER") : "no error";
}

describe("packages", () => {
  test("of the notebook's folder: ESM with top-level await, CommonJS, only for require, without suffix, in scopes", async () => {
    write({
      "node_modules/late/package.json": manifest({ name: "late", exports: "./x.js" }),
      "node_modules/late/x.js": "export const late = await Promise.resolve(11);",
      "node_modules/old/index.js": "const name = 'computed'; exports[name] = 12; exports.named = 13;",
      "node_modules/required/package.json": manifest({ type: "commonjs", exports: { require: "./x.js" } }),
      "node_modules/required/x.js": "exports.required = 14;",
      "node_modules/loose/package.json": "{}",
      "node_modules/loose/part.js": "exports.part = 15;",
      "node_modules/@a/b/package.json": manifest({ exports: { "./c": { node: "./d.js" } } }),
      "node_modules/@a/b/d.js": "export const scoped = 16;",
    });
    const imports =
      "import { late } from 'late'; import old, { computed, named } from 'old'; import { required } from 'required'; import { part } from 'loose/part'; import { scoped } from '@a/b/c'";
    expect(await run(imports, "[late, computed, named, old.named, required, part, scoped]")).toEqual([
      11, 12, 13, 13, 14, 15, 16,
    ]);
    const dynamic = "[(await import('late')).late, (await import('old')).default.computed, require('late2').x]";
    write({ "node_modules/late2/index.js": "exports.x = 17" });
    expect(await run(dynamic)).toEqual([11, 12, 17]);
  });

  test("of folders above the notebook's, and the kernel's own", async () => {
    write({ "node_modules/above/index.js": "exports.above = 1;", "deep/er/x.txt": "" });
    const inside = new Cells(join(folder, "deep/er"));
    const value = await inside.all(
      "import { above } from 'above'; import { um } from 'voxbook'; import { tableFromArrays } from 'apache-arrow'",
      "[above, um(1).metres, typeof tableFromArrays]",
    );
    expect(value).toEqual([1, 1e-6, "function"]);
  });

  test("that were not there at the first import, and are at the second", async () => {
    expect(await told("import { x } from 'added'")).toMatch(/there is no package 'added'/);
    write({ "own.ts": "export { x } from 'added';" });
    expect(await told("import { x } from './own.ts'")).toMatch(/there is no package 'added', which own.ts imports/);
    write({
      "node_modules/added/package.json": manifest({ exports: "./x.js" }),
      "node_modules/added/x.js": "export const x = 5;",
    });
    expect(await run("import { x } from 'added'; x")).toBe(5);
    expect(await run("import { x as y } from './own.ts'; y")).toBe(5);
  });
});

describe("local files", () => {
  test("of every suffix, without one, and folders with an entry", async () => {
    write({
      "a.ts": "export const a: number = 1;",
      "b.mts": "export const b: number = 2;",
      "c.js": "export const c = 3;",
      "d.mjs": "export const d = 4;",
      "e.cjs": "exports.e = 5;",
      "f.json": '\uFEFF{ "f": 6 }',
      "index/index.ts": "export const g = 7;",
      "main/package.json": manifest({ main: "lib/x.js" }),
      "main/lib/x.js": "export const h = 8;",
      "map/package.json": manifest({ exports: { ".": { types: "./x.d.ts", import: "./x.js" } } }),
      "map/x.js": "export const i = 9;",
    });
    const value = await run(
      "import { a } from './a.ts'; import { a as a2 } from './a.js'; import { a as a3 } from './a'; import { b } from './b.mjs'; import { c } from './c.js'; import { d } from './d'; import { e } from './e.cjs'",
      "import f, { f as f2 } from './f.json' with { type: 'json' }; import { g } from './index'; import { g as g2 } from './index/'; import { h } from './main'; import { i } from './map'",
      "[a, a2, a3, b, c, d, e, f.f, f2, g, g2, h, i]",
    );
    expect(value).toEqual([1, 1, 1, 2, 3, 4, 5, 6, 6, 7, 7, 8, 9]);
  });

  test("in TypeScript that need the compiler, with their own import.meta, other local files, packages and the kernel's own", async () => {
    write({
      "lib/inner.ts":
        "export enum E { A = 3 }\nexport namespace N { export const n = 4 }\nexport class P { constructor(readonly x: number) {} accessor y = 5; }",
      "lib/data.json": '{ "k": 6 }',
      "lib/old.cjs": "exports.old = 7;",
      "outer.ts": `import { fileURLToPath } from "node:url";
import { E, N, P, type Nothing } from "./lib/inner.js";
import { P as Same } from "./lib/inner";
import data from "./lib/data.json";
import { old } from "./lib/old.cjs";
import { um } from "voxbook";
import { tableFromArrays } from "apache-arrow";
import { readFileSync } from "node:fs";
export const { dirname, filename } = import.meta;
export const path = fileURLToPath(import.meta.url);
export const sibling = readFileSync(new URL("./lib/data.json", import.meta.url), "utf8").length;
export const all = [E.A, N.n, new P(1).x, new P(1).y, P === Same, data.k, old, um(1).metres, typeof tableFromArrays];
export const later = () => import("./lib/inner.ts");`,
    });
    expect(await run("import * as outer from './outer.ts'; outer.all")).toEqual([
      3,
      4,
      1,
      5,
      true,
      6,
      7,
      1e-6,
      "function",
    ]);
    expect(await run("[outer.dirname, outer.filename, outer.path, outer.sibling, (await outer.later()).E.A]")).toEqual([
      folder,
      join(folder, "outer.ts"),
      join(folder, "outer.ts"),
      10,
      3,
    ]);
  });

  test("are seen anew at the next import after an edit, also of what they import; the others stay the same", async () => {
    write({
      "top.ts": "export { middle } from './middle.ts'; export const state = { count: 0 };",
      "middle.ts":
        "import { value } from './leaf.mjs'; import { old } from './old.cjs'; export const middle = (): unknown[] => [value, old()];",
      "leaf.mjs": "export const value = 1;",
      "old.cjs": "const { inner } = require('./inner.cjs'); exports.old = () => inner;",
      "inner.cjs": "exports.inner = 'a';",
      "other.ts": "export const other = { count: 0 };",
    });
    const load =
      "import { middle, state } from './top.ts'; import { other } from './other.ts'; state.count++; other.count++; [middle(), state.count, other.count]";
    expect(await run(load)).toEqual([[1, "a"], 1, 1]);
    expect(await run(load)).toEqual([[1, "a"], 2, 2]);
    write({ "leaf.mjs": "export const value = 2;" });
    expect(await run(load)).toEqual([[2, "a"], 1, 3]);
    write({ "inner.cjs": "exports.inner = 'b';" });
    expect(await run(load)).toEqual([[2, "b"], 1, 4]);
    write({ "other.ts": "export const other = { count: 10 };" });
    expect(await run(load)).toEqual([[2, "b"], 2, 11]);
    write({ "leaf.mjs": "export const value = 2;" });
    expect(await run(load), "the same text is no edit").toEqual([[2, "b"], 3, 12]);
  });

  test("that import each other in a circle are seen anew, too", async () => {
    write({
      "a.ts": "import { b } from './b.ts'; export const a = () => 1 + b(); export const one = 1;",
      "b.ts": "import { one } from './a.ts'; export const b = () => one;",
    });
    expect(await run("import { a } from './a.ts'; a()")).toBe(2);
    write({ "b.ts": "import { one } from './a.ts'; export const b = () => one * 10;" });
    expect(await run("import { a } from './a.ts'; a()")).toBe(11);
  });

  test("one that failed is tried again, without running again what had run", async () => {
    write({
      "good.ts": "export const state = { runs: ((globalThis as any).runs = ((globalThis as any).runs ?? 0) + 1) };",
      "bad.ts":
        "import { state } from './good.ts'; if (!(globalThis as any).ready) throw new Error('not ready'); export const bad = state;",
    });
    const before = await run("import { state } from './good.ts'; state.runs");
    expect(await told("const kept = 1; import { bad } from './bad.ts'; const never = 1")).toBe("not ready");
    expect(await run("[kept, typeof bad, typeof never]")).toEqual([1, "undefined", "undefined"]);
    expect(
      await run("(globalThis as any).ready = true; import { bad } from './bad.ts'; [bad.runs, bad === state]"),
    ).toEqual([before, true]);
    expect(await run("delete (globalThis as any).ready")).toBe(true);
  });

  test("that do not parse are named with the place, and are read again once mended", async () => {
    write({ "outer.mjs": "export * from './wrong.mjs';", "wrong.mjs": "export const a = 1;\nexport const b = [1, 2;" });
    const error = await run("import { a } from './outer.mjs'").catch((reason: unknown) => reason);
    expect(error).toMatchObject({
      name: "SyntaxError",
      place: { file: join(folder, "wrong.mjs"), line: 2, column: 23 },
    });
    write({ "wrong.mjs": "export const a = 1;" });
    expect(await run("import { a } from './outer.mjs'; a")).toBe(1);
  });
});

describe("what is said of", () => {
  beforeEach(() =>
    write({
      // The folder is a project of its own, whatever lies above it.
      "package.json": "{}",
      "own.ts": "export const a = 1;",
      "needs.ts": "import { x } from 'nowhere-at-all';\nexport const y = x;",
      "astray.ts": "import { x } from './lib/gone.ts';\nexport const y = x;",
      "types.ts": "export type T = number;",
      "again.ts": "export { T } from './types.ts';",
      "bad.json": "{ a: 1 }",
      "node_modules/parts/package.json": manifest({ exports: { ".": "./x.js", "./filters": "./x.js" } }),
      "node_modules/parts/x.js": "export const x = 1;",
      "node_modules/hungry/package.json": manifest({ exports: "./x.js" }),
      "node_modules/hungry/x.js": "import 'not-installed';",
      "node_modules/late/package.json": manifest({ exports: "./x.js" }),
      "node_modules/late/x.js": "export const late = await 1;",
    }),
  );

  test.each([
    [
      "a package that is nowhere: where was looked, and the command",
      "import { x } from 'nowhere-at-all'",
      "there is no package 'nowhere-at-all'\nlooked in node_modules of FOLDER and of the folders above it, then among the kernel's own packages\nto install it, in a terminal: cd FOLDER && npm install nowhere-at-all",
    ],
    [
      "a part of a package in a scope",
      "import '@some/thing/deep/part.js'",
      /there is no package '@some\/thing'\n[\s\S]*npm install @some\/thing$/,
    ],
    ["a misspelt name of ours", "import 'voxbok'", /there is no package 'voxbok'; did you mean 'voxbook'\?/],
    [
      "a misspelt part of ours",
      "import 'voxbook/widget'",
      /does not export 'voxbook\/widget'; .*did you mean 'voxbook\/widgets'\?|has no part 'voxbook\/widget'; .*did you mean 'voxbook\/widgets'\?/,
    ],
    ["a misspelt installed package", "import 'part'", /there is no package 'part'; did you mean 'parts'\?/],
    ["a misspelt package of the kernel", "import 'apache-arow'", /did you mean 'apache-arrow'\?/],
    [
      "a misspelt module of Node",
      "import 'node:fs/promise'",
      "Node has no module 'node:fs/promise'; did you mean 'node:fs/promises'?",
    ],
    ["a misspelt module of Node, without its prefix", "import 'chld_process'", /did you mean 'node:child_process'\?/],
    [
      "a part that a package does not export",
      "import 'parts/filter'",
      "the package 'parts' does not export 'parts/filter'; it exports 'parts', 'parts/filters'; did you mean 'parts/filters'?",
    ],
    ["a file that is not there", "import './owm.ts'", "there is no file 'owm.ts'; did you mean 'own.ts'?"],
    ["a folder that is not there", "import './lib/own.ts'", "there is no file 'lib/own.ts'; its folder does not exist"],
    [
      "a package that a local file wants",
      "import './needs.ts'",
      /^there is no package 'nowhere-at-all', which needs.ts imports\n.*\nto install it, in a terminal: cd FOLDER && npm install nowhere-at-all$/,
    ],
    [
      "a file that a local file wants",
      "import './astray.ts'",
      "there is no file 'lib/gone.ts', which astray.ts imports; its folder does not exist",
    ],
    [
      "a package that a package wants",
      "import 'hungry'",
      /^there is no package 'not-installed', which node_modules\/hungry\/x.js imports\n[\s\S]*cd FOLDER && npm install not-installed\nthen restart the kernel$/,
    ],
    [
      "a type that a local file hands on as a value",
      "import './again.ts'",
      "'./types.ts' exports no value 'T'; where it is a type, say so: import type { T } or export type { T }",
    ],
    ["JSON that is none", "import bad from './bad.json'", /^'.\/bad.json' is not JSON: /],
    [
      "require of what only import can load",
      "require('late')",
      "'late' cannot be required, only imported: const module = await import(\"late\")",
    ],
    ["require of TypeScript", "require('./own.ts')", "'./own.ts' is TypeScript: import * as module from \"./own.ts\""],
    ["require of what is nowhere", "require('nowhere-at-all')", /^there is no package 'nowhere-at-all'\n/],
  ])("%s", async (_name, source, text) => {
    if (typeof text === "string") expect(await told(source)).toBe(text);
    else expect(await told(source)).toMatch(text);
  });

  test("the command names the project's folder where the notebook lies deeper, and quotes what a shell would split", async () => {
    write({ "package.json": "{}", "my books/x.txt": "" });
    const deep = new Cells(join(folder, "my books"));
    const error = (await deep.run("import 'nowhere-at-all'").catch((reason: Error) => reason)) as Error;
    expect(error.message).toContain(`cd ${folder} && npm install`);
    write({ "my books/package.json": "{}" });
    const again = (await deep.run("import 'nowhere-at-all'").catch((reason: Error) => reason)) as Error;
    expect(again.message).toContain(`cd '${folder}/my books' && npm install`);
  });
});
