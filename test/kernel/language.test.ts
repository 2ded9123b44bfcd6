/** What the notebook knows of its own code: one virtual module a cell. */
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { home, ownEntries } from "#kernel/imports/modules.js";
import { Language, type Warning } from "#kernel/language/language.js";

let folder: string;
let language: Language;
let count: number;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "voxbook-language-"));
  language = new Language(folder, home, ownEntries("types"));
  count = 0;
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Checks cells one after the other; the last one's warnings. */
function check(...sources: string[]): Warning[] {
  let last: Warning[] = [];
  for (const source of sources) last = language.check(++count, source);
  return last;
}

describe("types of cells", () => {
  test.each([
    ["a name of an earlier cell keeps its type", ["const a = 1", "const b: number = a"]],
    ["a name may be declared anew with another type", ["const a = 1", "const a = 'x'", "a.toUpperCase()"]],
    ["a cell that used the older one keeps it", ["const a = 1", "const b = a", "const a = 'x'", "b.toFixed()"]],
    [
      "a cell may use a name and declare it anew from that",
      ["let v = 1", "const w = v + 1", "let v = w", "v.toFixed()"],
    ],
    ["top-level await gives the awaited type", ["const a = await Promise.resolve(3)", "a.toFixed()"]],
    [
      "types and interfaces travel",
      ["interface A { b: number }\ntype C = A['b']", "const a: A = { b: 1 }; const c: C = a.b"],
    ],
    ["a variable of an earlier cell may be assigned to", ["let n = 1", "n = 2; n++"]],
    ["a default export is no name", ["export default 3", "1"]],
    ["what `declare` promises is there later", ["declare const g: { h: number }", "g.h.toFixed()"]],
    ["global declarations stay", ["declare global { var answer: number }\nexport {}", "1", "answer.toFixed()"]],
    [
      "es2023 and `using` are known",
      ["[3, 1].toSorted().findLast((n) => n > 1)", "{ using a = { [Symbol.dispose]() {} } }"],
    ],
    [
      "what Node brings is known",
      ["process.version; Buffer.from('x'); setTimeout(() => {}, 1); new URL('a:b'); fetch"],
    ],
    ["Node's modules are known", ["import { join } from 'node:path'; join('a', 'b')"]],
    ["the DOM is not there to mislead", ["let document = 1", "document.toFixed()"]],
  ])("%s", (_name, sources) => {
    expect(check(...sources)).toEqual([]);
  });

  test.each([
    ["another type for a variable of an earlier cell", ["let n = 1", "\nn = 'x'"], 2, /'string'.*'number'/],
    ["a constant of an earlier cell", ["const n = 1", "n = 2"], 1, /constant/],
    ["a misspelt name", ["const volume = 1", "volme"], 1, /volume/],
    ["a misspelt name of the DOM", ["document.title"], 1, /document/],
    ["a module that is not there", ["import x from 'not-there'"], 1, /not-there/],
    ["a wrong setting of the notebook", ["notebook.typeErrors = 'no'"], 1, /"warn"/],
  ])("warn of %s, with the cell's own line", (_name, sources, line, message) => {
    const found = check(...sources);
    expect(found.map((one) => one.line)).toEqual([line]);
    expect(found[0]!.message).toMatch(message);
    expect(found[0]!.message).not.toContain("__cell");
  });

  test("of earlier cells are named without their virtual modules", () => {
    const [found] = check(
      "class Ball { radius = 1; #own = 1 }",
      "class Ball { radius = 'x' }",
      "const b: Ball = 3 as unknown as { a: 1 }",
    );
    expect(found!.message).toContain("Ball");
    expect(found!.message).not.toMatch(/import\(|__cell/);
  });

  test("are the same in the two-hundredth cell, which is a root of its own like the first", () => {
    for (let k = 1; k <= 200; k++) check(`let x${k} = ${k > 1 ? `x${k - 1} + 1` : 0}`);
    expect(check("x200.toFixed(); x1.toFixed()")).toEqual([]);
    expect(check("x100 = ''")[0]!.message).toMatch(/'string'.*'number'/);
  });

  test("of a local file follow the file", () => {
    const file = join(folder, "own.ts");
    writeFileSync(file, "export const n = 1;");
    expect(check("import { n } from './own'; n.toFixed()")).toEqual([]);
    writeFileSync(file, "export const n = 'x';");
    utimesSync(file, new Date(), new Date(Date.now() + 5000));
    expect(check("import { n } from './own.ts'; n.toUpperCase()")).toEqual([]);
  });

  test("of a package are found when it was installed meanwhile", () => {
    expect(check("import { late } from 'late'")[0]!.message).toContain("late");
    mkdirSync(join(folder, "node_modules/late"), { recursive: true });
    writeFileSync(
      join(folder, "node_modules/late/package.json"),
      '{ "name": "late", "types": "x.d.ts", "main": "x.js" }',
    );
    writeFileSync(join(folder, "node_modules/late/x.d.ts"), "export const late: number;");
    expect(check("import { late } from 'late'; late.toFixed()")).toEqual([]);
  });

  test("are known after a warm-up as without one", () => {
    let steps = 0;
    for (const _ of language.warm()) steps++;
    expect(steps).toBeGreaterThan(3);
    expect(check("const a: number[] = [1].toSorted(); console.log(a)")).toEqual([]);
    expect(check("a = 1")[0]!.message).toContain("constant");
  });

  test("are known to a cell that comes in the middle of the warm-up, and to all after it", () => {
    const destructuring = "const [a, b, c] = [1, 2, 3]; for (const n of new Set([a, b, c])) n.toFixed()";
    for (let done = 1; done <= 5; done++) {
      language = new Language(folder, home, ownEntries("types"));
      const steps = language.warm();
      for (let step = 0; step < done; step++) steps.next();
      expect(check(destructuring), `after ${done} steps`).toEqual([]);
      for (let end = false; !end; ) end = steps.next().done === true;
      expect(check("[a, b].toSorted().findLast((n) => n > 1)")).toEqual([]);
    }
  });

  test("complete what is typed in the middle of the warm-up", () => {
    const steps = language.warm();
    steps.next();
    expect(language.complete("[3, 1].toSor", 12).matches).toEqual(["toSorted"]);
  });
});

describe("while a cell is typed", () => {
  test("completion knows earlier cells, the newest included, and what the kernel gives", () => {
    check("const sphere = { radius: 1 }", "function spherical() {}");
    expect(language.complete("sphe", 4).matches).toEqual(["sphere", "spherical"]);
    expect(language.complete("sphere.", 7).matches).toEqual(["radius"]);
    expect(language.complete("noteb", 5).matches).toEqual(["notebook"]);
    expect(check("sphere.radius.toFixed(); spherical()")).toEqual([]);
  });

  test("completion goes on where a cell does not parse yet", () => {
    check("const sphere = { radius: 1 }");
    const source = "if (true) { const a = sphere.";
    expect(language.complete(source, source.length).matches).toEqual(["radius"]);
  });

  test("hover shows the doc comment of a constant, a variable and a function of an earlier cell", () => {
    check(
      "/** Voxel edge. */\nlet edge = 1;\n/** Twice. */\nfunction twice(n: number) { return 2 * n }\n/** Name. */\nconst name = 'x';",
    );
    expect(language.inspect("edge", 2)!.text).toMatch(/let edge: number[\s\S]*Voxel edge\./);
    expect(language.inspect("twice(1)", 2)!.text).toMatch(/function twice\(n: number\): number[\s\S]*Twice\./);
    expect(language.inspect("name", 2)!.markdown).toMatch(/```ts\n[\s\S]*const name[\s\S]*Name\./);
    expect(language.inspect("  ", 1)).toBeUndefined();
  });
});
