/** Cells in a session: what they keep, what their errors and warnings tell, what the compiler knows of them. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createSession, type HeadlessSession } from "#kernel/headless.js";
import { home, ownEntries } from "#kernel/imports/modules.js";
import { Compiler } from "#kernel/language/compiler.js";
import { OutputContext } from "#kernel/session/output.js";
import { Session } from "#kernel/session/session.js";
import { kernel } from "../support/kernel.js";

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
  test("share their names, await at the top, and show their last value", async () => {
    expect(shown(await cells("let a: number = await Promise.resolve(5)", "a += 2", "export const b = { a }; b"))).toBe(
      "{ a: 7 }",
    );
  });

  test("without a number leave the lines of earlier cells right", async () => {
    const quiet = new Session({ folder, api: kernel() });
    const context = new OutputContext(1, () => {});
    await quiet.execute("const fail = () => {\n  throw new Error('one')\n}", context);
    await quiet.execute("// nothing", context, false);
    const result = await quiet.execute("fail()", context);
    expect(result.status === "error" && result.error.traceback.join("\n")).toContain("Cell [1], line 2 in fail");
    await quiet.close();
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
