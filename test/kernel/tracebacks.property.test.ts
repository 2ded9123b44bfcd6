/** Whatever stands before an error, its line is the one that was typed. */
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { transformCell } from "#kernel/cells/transform.js";
import { Tracebacks } from "#kernel/errors/traceback.js";
import { install, newHalt } from "#kernel/threads/halt.js";
import { Cells } from "../support/cells.js";

beforeAll(() => install(newHalt()));

/** Statements that the compiler removes, adds to or spreads over lines; `#` is a number that makes names differ. */
const pieces = [
  "interface I# {\n  a: number;\n\n  b: string;\n}",
  "enum E# {\n  A,\n  B = 2,\n  C = 'x'.length,\n}",
  "const enum CE# {\n  A = 1,\n}",
  "namespace N# {\n  export const a = 1;\n  export namespace M {\n    export const b = a;\n  }\n}",
  "class P# {\n  constructor(\n    readonly x: number,\n    private y = 2,\n  ) {}\n  static s = 1;\n  static {\n    this.s++;\n  }\n}",
  "type T# =\n  | 1\n  | 2;",
  "function f#(a: number): void;\nfunction f#(a: string): void;\nfunction f#(a: unknown): void {\n  for (;;) {\n    if (a) break;\n    else break;\n  }\n}",
  "const t# = `a\n\nb`;",
  "using r# = {\n  [Symbol.dispose]() {},\n};",
  "const d# = (_v: unknown, _c: unknown) => {};\nclass D# {\n  @d#\n  m() {}\n\n  @d# accessor z = 1;\n}",
  "{\n  using u# = {\n    [Symbol.dispose]() {},\n  };\n  u#;\n}",
  "/*\n  a comment\n*/",
  "import {\n  sep as s#,\n  join as j#,\n} from 'node:path';\nimport type { Stats as St# } from 'node:fs';",
  "let o# = {\n  a: 1,\n  get b() {\n    return this.a;\n  },\n} satisfies object;",
  "export const {\n  a: x#,\n  b: y# = x#,\n} = { a: 1 } as { a: number; b?: number };",
  "for (const k of [1, 2])\n  if (k > 1)\n    break;",
  "declare global {\n  var g#: number;\n}",
  "abstract class A# {\n  abstract m(): void;\n  n?(): void;\n}",
  "var v# = await new Promise<number>((done) =>\n  done(1),\n);",
  "",
];

/** Ways to throw, each on the last of its lines. */
const ends = [
  "throw new Error('here')",
  "(() => {\n  throw new Error('here')",
  "await (async () => {\n  await null;\n  throw new Error('here')",
  "[1].map((n) => {\n  if (n) throw new Error('here')",
  "new (class {\n  #a = 1;\n  constructor(readonly b = 2) {\n    if (this.#a) throw new Error('here')",
  "const made = {\n  a: 1,\n  b: (undefined as any).here",
];
const closing = ["", "})()", "})()", "})", "  }\n})()", "}"];

test("the line of an error is the line that was typed", async () => {
  const folder = tmpdir();
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.nat(pieces.length - 1), { maxLength: 12 }),
      fc.nat(ends.length - 1),
      fc.boolean(),
      async (chosen, end, windows) => {
        const before = chosen.map((piece, k) => pieces[piece]!.replaceAll("#", String(k)));
        const upTo = [...before, ends[end]!].join("\n");
        const line = upTo.split("\n").length;
        const source = `${upTo}\n${closing[end]}`.replaceAll("\n", windows ? "\r\n" : "\n");
        const tracebacks = new Tracebacks(folder);
        tracebacks.register(join(folder, "cell-1.ts"), 1, source, transformCell(source, new Set()).map);
        const error: unknown = await new Cells(folder).run(source).catch((reason: unknown) => reason);
        const place = tracebacks.describe(error).traceback.find((text) => text.includes("Cell [1]"));
        expect(place, source).toMatch(new RegExp(`^    at Cell \\[1\\], line ${line}\\b`));
      },
    ),
    { numRuns: 200, seed: 7 },
  );
}, 120_000);
