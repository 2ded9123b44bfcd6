/** Cells without Jupyter: what they may say, what they keep, what their errors tell. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Compiler } from "#kernel/compiler.js";
import { createSession, type HeadlessSession } from "#kernel/headless.js";
import { home, ownEntries } from "#kernel/modules.js";

let folder: string;
let session: HeadlessSession;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "voxbook-cells-"));
  session = createSession({ cwd: folder });
});
afterEach(async () => {
  await session.close();
  rmSync(folder, { recursive: true });
});

type Result = Awaited<ReturnType<HeadlessSession["execute"]>>;

const shown = ({ outputs }: Result): string | undefined => {
  const output = outputs.find(({ output_type }) => output_type === "execute_result");
  return output !== undefined && "data" in output ? String(output.data["text/plain"]) : undefined;
};
const stream = ({ outputs }: Result, name: string): string =>
  outputs.map((output) => (output.output_type === "stream" && output.name === name ? output.text : "")).join("");

/** Runs cells one after the other; the last one's result. */
async function cells(...sources: string[]): Promise<Result> {
  let last: Result | undefined;
  for (const source of sources) last = await session.execute(source);
  return last!;
}

describe("cells", () => {
  test.each([
    ["a value", ["6 * 7"], "42"],
    ["a top-level await", ["await Promise.resolve(5)"], "5"],
    ["variables of an earlier cell", ["let a = 1", "a += 2", "a"], "3"],
    ["a name declared twice", ["const a = 1", "const a = 'two'; a"], "'two'"],
    [
      "a function that calls itself",
      ["function f(n: number): number { return n < 2 ? 1 : n * f(n - 1) }", "f(5)"],
      "120",
    ],
    ["a class with parameter properties", ["class P { constructor(readonly x: number) {} }", "new P(3).x"], "3"],
    ["an enum", ["enum E { A = 2, B }", "E.B"], "3"],
    ["names with two underscores", ["const __x = 4", "__x"], "4"],
    ["an exported name", ["export const a = 8", "a"], "8"],
    ["a type alone", ["interface A { b: number }", "const a: A = { b: 1 }; a.b"], "1"],
    ["destructuring", ["const { a, b: [c, ...d] } = { a: 1, b: [2, 3, 4] }", "[a, c, d]"], "[ 1, 2, [ 3, 4 ] ]"],
    ["a value changed by a function of an earlier cell", ["let n = 0; const up = () => ++n", "up(); up()", "n"], "2"],
    ["satisfies and as const", ["const a = { b: 1 } as const satisfies { b: number }", "a.b"], "1"],
    [
      "a decorator",
      [
        "function d(_: unknown, c: { name: string | symbol }) { console.log(String(c.name)) }",
        "class A { @d m() {} }; typeof A",
      ],
      "'function'",
    ],
  ])("know %s", async (_name, sources, expected) => {
    expect(shown(await cells(...sources))).toBe(expected);
  });

  test("import local TypeScript, JSON and packages of the notebook's folder, with top-level await in them", async () => {
    writeFileSync(join(folder, "own.ts"), "export const twice = (n: number): number => 2 * n;");
    writeFileSync(join(folder, "facts.json"), '{ "voxel": 0.39 }');
    mkdirSync(join(folder, "node_modules/late"), { recursive: true });
    writeFileSync(
      join(folder, "node_modules/late/package.json"),
      '{ "name": "late", "type": "module", "exports": "./x.js" }',
    );
    writeFileSync(join(folder, "node_modules/late/x.js"), "export const late = await Promise.resolve(11);");
    const result = await cells(
      "import { twice } from './own.ts'; import facts from './facts.json' with { type: 'json' }; import { late } from 'late';",
      "[twice(4), facts.voxel, late]",
    );
    expect(shown(result)).toBe("[ 8, 0.39, 11 ]");
  });

  test("see an edited local file at the next import", async () => {
    writeFileSync(join(folder, "own.ts"), "export const n: number = 1;");
    expect(shown(await cells("import { n } from './own.ts'; n"))).toBe("1");
    await new Promise((resolve) => setTimeout(resolve, 20));
    writeFileSync(join(folder, "own.ts"), "export const n: number = 2;");
    expect(shown(await cells("import { n } from './own.ts'; n"))).toBe("2");
  });

  test("that throw keep what they declared, and later cells run", async () => {
    const failed = await cells("const kept = 7; throw new Error('x')");
    expect(failed.status).toBe("error");
    expect(shown(await cells("kept"))).toBe("7");
  });

  test("tell where they threw: cell, line and the line itself, no frames of the kernel", async () => {
    const { error } = await cells("function f() {\n  throw new RangeError('deep');\n}", "\n\nf();");
    const text = error!.traceback.join("\n");
    expect(error!.ename).toBe("RangeError");
    expect(text).toContain("Cell [2], line 3");
    expect(text).toContain("Cell [1], line 2");
    expect(text).not.toMatch(/dist[\\/]kernel|node:internal/);
  });

  test("are quoted in messages as they were typed", async () => {
    await cells("const box = { a: 1 }; const f = 3 as unknown as () => void;");
    expect((await cells("(box as any).open()")).error!.evalue).toBe("box.open is not a function");
    expect((await cells("f()")).error!.evalue).toBe("f is not a function");
    expect((await cells("(box as any).x.y")).error!.evalue).toContain("reading 'y'");
  });

  test("with a syntax error say where, and run nothing", async () => {
    const { error } = await cells("let ran = false", "ran = true;\nconst = 3");
    expect(error!.traceback.join("\n")).toMatch(/Cell \[2\], line 2/);
    expect(shown(await cells("ran"))).toBe("false");
  });

  test("with a type error warn with the cell's line and run all the same", async () => {
    const result = await cells("const a: number = 1;\nconst b: string = a;\nb");
    expect(shown(result)).toBe("1");
    expect(stream(result, "stderr")).toMatch(/Cell \[1\], line 2:.*not assignable/);
  });

  test("import voxbook in an empty folder, and a misspelt option warns with the cell's line", async () => {
    const result = await cells(
      "import { um, median, samples } from 'voxbook';\num(0.37).metres",
      "const scan = await samples.electrode({ shape: [8, 16, 16] });\nconst a = median(scan, { radus: 1 }).catch((error) => error.message);\nawait a",
    );
    expect(stream(result, "stderr")).toMatch(/Cell \[2\], line 2:.*radus/);
    expect(shown(result)).toMatch(/did you mean `radius`/);
  });
});

describe("in an empty folder, after cells that import voxbook", () => {
  const first = `import { median, samples } from "voxbook";
const scan = await samples.electrode();`;
  let compiler: Compiler;
  beforeEach(async () => {
    compiler = new Compiler({ folder, home, aliases: ownEntries("types") });
    expect(await compiler.check(1, first)).toEqual([]);
  });
  afterEach(() => compiler.close());

  test("`scan.` lists the methods of a volume", async () => {
    const { matches } = await compiler.complete("scan.", 5);
    expect(matches).toEqual(expect.arrayContaining(["read", "plane", "with", "shape", "spacing", "truth"]));
    expect((await compiler.complete("scan.sp", 7)).matches).toEqual(["spacing"]);
  });

  test("completion knows the options of a function", async () => {
    const source = "await median(scan, { r";
    expect((await compiler.complete(source, source.length)).matches).toEqual(
      expect.arrayContaining(["radius", "region"]),
    );
  });

  test("hover shows the doc comment, with what the function throws", async () => {
    const found = await compiler.inspect("median(scan)", 3);
    expect(found!.text).toContain("replaces each voxel by the middle one");
    expect(found!.text).toContain("InvalidArgument");
    expect((await compiler.inspect("scan.plane", 7))!.text).toContain("One plane of voxels");
  });
});
